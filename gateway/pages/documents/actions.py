"""What can be done to a document from its page: each command's verb, what its form brings, what is said after."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request

from gateway.pages.confirming import confirmation
from gateway.pages.forms import Form
from gateway.pages.language import N_, _
from infra.contract import Command
from services.correspondence.contract import (
    CancelNumber,
    DiscardDraft,
    DocumentState,
    EndorseDraft,
    NumberDocument,
    ReturnDraft,
    SignDocument,
    SubmitDraft,
    WithdrawDraft,
)

Body = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Action:
    """A command as a document's page offers it. `seldom`: it stands behind the likely ones."""

    contract: type[Command]
    name: str
    said: str
    read: Callable[[Form], Body]
    seldom: bool = False
    danger: bool = False

    @property
    def method(self) -> str:
        return self.contract.method()


def _text(form: Form) -> Body:
    return {"text": form.text("text")}


def _reason(form: Form) -> Body:
    return {"reason": form.text("reason")}


def _return(form: Form) -> Body:
    """The remark on the whole, and those on places: `comment_field`, `comment_quote`, `comment_text`
    of each in a row."""
    rows = zip(
        *(request.form.getlist(f"comment_{name}") for name in ("field", "quote", "text")),
        strict=False,
    )
    comments = [
        {"field": field, "quote": quote.strip(), "text": text.strip()}
        for field, quote, text in rows
        if text.strip()
    ]
    said = form.text("text") or (_("แก้ไขตามความเห็นที่ทำเครื่องหมายไว้") if comments else "")
    return {"text": said, "comments": comments}


ACTIONS: dict[str, Action] = {
    action.method: action
    for action in (
        Action(contract=SignDocument, name=N_("ลงนาม"), said=N_("ลงนามแล้ว"), read=lambda form: {}),
        Action(
            contract=EndorseDraft,
            name=N_("เห็นชอบและส่งต่อ"),
            said=N_("เห็นชอบแล้ว ร่างอยู่ที่คนถัดไป"),
            read=_text,
        ),
        Action(
            contract=NumberDocument,
            name=N_("ออกเลข"),
            said=N_("ออกเลขแล้ว"),
            read=lambda form: {"reservation": form.optional("reservation")},
        ),
        Action(contract=SubmitDraft, name=N_("เสนอ"), said=N_("เสนอแล้ว"), read=_text),
        Action(
            contract=ReturnDraft,
            name=N_("ส่งกลับแก้ไข"),
            said=N_("ส่งกลับไปที่ผู้ร่างแล้ว"),
            read=_return,
        ),
        Action(
            contract=WithdrawDraft,
            name=N_("ดึงกลับมาแก้ไข"),
            said=N_("ดึงร่างกลับมาแล้ว"),
            read=_text,
            seldom=True,
        ),
        Action(
            contract=DiscardDraft,
            name=N_("ทิ้งร่าง"),
            said=N_("ทิ้งร่างแล้ว"),
            read=_reason,
            seldom=True,
            danger=True,
        ),
        Action(
            contract=CancelNumber,
            name=N_("ยกเลิกเลข"),
            said=N_("ยกเลิกเลขแล้ว เลขนี้ไม่นำกลับมาใช้"),
            read=_reason,
            seldom=True,
            danger=True,
        ),
    )
}


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An action that this visitor may take now on this document, with its form."""

    action: Action
    form: Form

    @property
    def name(self) -> str:
        return _(self.action.name)


def offers(document: Body) -> list[Offer]:
    """What may be done now, the likeliest first, what is seldom done last."""
    found = [_offer(document, ACTIONS[one]) for one in document["actions"] if one in ACTIONS]
    if document["missing"] and document["state"] in (DocumentState.DRAFT, DocumentState.RETURNED):
        found = [one for one in found if one.action.contract is not SubmitDraft]
    return sorted(found, key=lambda one: one.action.seldom)


def sent_offer(document: Body, name: str) -> Offer | None:
    """The offer whose form was sent, also where it is one that may be made no longer."""
    return _offer(document, ACTIONS[name]) if name in ACTIONS else None


def carry_out(offer: Offer, document: Body) -> Body | None:
    """Send what the offer's form holds: the answer, or None with the form's errors set."""
    form, contract = offer.form, offer.action.contract
    body = {"id": document["id"]} | offer.action.read(form)
    if contract is SignDocument:
        proof = confirmation(form, document["id"])
        if proof is None:
            return None
        body["confirmation"] = proof
    return form.send(contract, body, {"confirmation": "password"})


def _offer(document: Body, action: Action) -> Offer:
    return Offer(action=action, form=Form({}, document["version"], action.method))
