"""What can be done to a letter from its page: each command's verb, what its form brings, what is said after."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from gateway.pages.dates import as_day, as_moment
from gateway.pages.forms import Form
from gateway.pages.language import N_, _
from infra import thai
from infra.contract import Command
from services.correspondence.contract import (
    AcknowledgeLetter,
    AcknowledgeToSender,
    AddAttachments,
    AssignLetter,
    CancelRegistration,
    CloseGroupWork,
    CorrectRegistration,
    EndorseLetter,
    ForwardLetter,
    LetterState,
    NoteProgress,
    OrderKind,
    OrderLetter,
    ProposeLetter,
    ReceiveByGroup,
    ReportResult,
    ReturnByGroup,
    SendLetterBack,
    SendReportBack,
)

Body = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Action:
    """A command as a page offers it.

    `press`: it needs nothing typed, one press is enough. `regardless`: it is right whatever others
    did to the letter while the page was open.
    """

    contract: type[Command]
    name: str
    said: str
    read: Callable[[Form], Body]
    press: bool = False
    regardless: bool = False
    danger: bool = False

    @property
    def method(self) -> str:
        return self.contract.method()

    @property
    def of_group(self) -> bool:
        return "group" in self.contract().fields


def _text(form: Form) -> Body:
    return {"text": form.text("text")}


def _reason(form: Form) -> Body:
    return {"reason": form.text("reason")}


def _nothing(form: Form) -> Body:
    return {}


def _order(form: Form) -> Body:
    """`choice` is the kind of order, or `schools`: to a group, which is to tell the schools.

    A letter that a group leads already (`led`) is given to supporting ones only.
    """
    choice = form.text("choice")
    if not choice:
        form.refuse("choice", _("เลือกคำสั่งก่อน"))
    kind = OrderKind.ACT if choice in ("schools", "") else choice
    acts = kind == OrderKind.ACT
    lead = form.optional("lead") if acts else None
    supporting = [id for id in form.many("supporting") if id != lead] if acts else []
    if acts and choice and not lead and not supporting:
        if form.flag("led"):
            form.refuse("supporting", _("เลือกกลุ่มที่จะมอบเพิ่ม"))
        else:
            form.refuse("lead", _("เลือกกลุ่มเจ้าของเรื่อง"))
    return {
        "kind": str(kind),
        "text": form.text("text"),
        "lead": lead,
        "supporting": supporting,
        "schools": choice == "schools",
        "due": form.date("due") if acts else None,
    }


def _assign(form: Form) -> Body:
    officer = form.text("officer")
    if not officer:
        form.refuse("officer", _("เลือกผู้รับมอบหมาย"))
    return {"officer": officer, "text": form.text("text"), "due": form.date("due")}


def _report(form: Form) -> Body:
    return {"text": form.text("text"), "uploads": form.many("uploads")}


def registration(form: Form) -> Body:
    """The columns of form 13 and what belongs to them, as registering and correcting send them."""
    deadline = None
    if form.text("deadline_day") or form.text("deadline_time"):
        deadline = form.moment("deadline_day", "deadline_time")
    return {
        "reference": form.text("reference"),
        "dated": form.date("dated"),
        "sender": form.text("sender"),
        "recipient": form.text("recipient"),
        "subject": " ".join(form.text("subject").split()),
        "urgency": form.text("urgency"),
        "deadline": deadline,
        "channel": form.text("channel"),
        "defect": form.text("defect"),
        "note": form.text("note"),
    }


NAMES = {"deadline": "deadline_day"}  # fields of the commands that go by another name in the forms

ACTIONS: dict[str, Action] = {
    action.method: action
    for action in (
        Action(contract=ProposeLetter, name=N_("เสนอ"), said=N_("เสนอแล้ว"), read=_text),
        Action(contract=EndorseLetter, name=N_("เกษียนและส่งต่อ"), said=N_("เกษียนแล้ว"), read=_text),
        Action(contract=OrderLetter, name=N_("สั่งการ"), said=N_("สั่งการแล้ว"), read=_order),
        Action(
            contract=SendLetterBack,
            name=N_("ส่งกลับแก้ไข"),
            said=N_("กลับมาที่สารบรรณแล้ว"),
            read=_reason,
        ),
        Action(
            contract=ReceiveByGroup,
            name=N_("ลงรับเข้ากลุ่ม"),
            said=N_("ลงรับเข้ากลุ่มแล้ว"),
            read=_nothing,
            press=True,
            regardless=True,
        ),
        Action(
            contract=AcknowledgeLetter,
            name=N_("รับทราบ"),
            said=N_("รับทราบแล้ว"),
            read=_nothing,
            press=True,
            regardless=True,
        ),
        Action(contract=AssignLetter, name=N_("มอบหมาย"), said=N_("มอบหมายแล้ว"), read=_assign),
        Action(contract=ReportResult, name=N_("รายงานผล"), said=N_("รายงานผลแล้ว"), read=_report),
        Action(
            contract=NoteProgress,
            name=N_("บันทึกความคืบหน้า"),
            said=N_("บันทึกความคืบหน้าแล้ว"),
            read=_text,
            regardless=True,
        ),
        Action(contract=CloseGroupWork, name=N_("ปิดเรื่อง"), said=N_("ปิดเรื่องแล้ว"), read=_text),
        Action(
            contract=SendReportBack,
            name=N_("ส่งกลับแก้ไข"),
            said=N_("ส่งกลับให้ดำเนินการเพิ่มแล้ว"),
            read=_reason,
        ),
        Action(
            contract=ReturnByGroup,
            name=N_("ส่งคืน ไม่ใช่เรื่องของกลุ่ม"),
            said=N_("ส่งคืนแล้ว"),
            read=_reason,
        ),
        Action(
            contract=AcknowledgeToSender,
            name=N_("ตอบรับผู้ส่ง"),
            said=N_("บันทึกการตอบรับผู้ส่งแล้ว"),
            read=lambda form: {"how": form.text("how")},
            regardless=True,
        ),
        Action(
            contract=AddAttachments,
            name=N_("เพิ่มเอกสาร"),
            said=N_("เพิ่มเอกสารแล้ว"),
            read=lambda form: {"uploads": form.many("uploads")},
            regardless=True,
        ),
        Action(
            contract=CorrectRegistration,
            name=N_("แก้ไขทะเบียน"),
            said=N_("แก้ไขทะเบียนแล้ว"),
            read=lambda form: registration(form) | _reason(form),
        ),
        Action(
            contract=ForwardLetter,
            name=N_("ส่งต่อหน่วยงานอื่น"),
            said=N_("ส่งต่อแล้ว"),
            read=lambda form: {"to": form.text("to")} | _reason(form),
            danger=True,
        ),
        Action(
            contract=CancelRegistration,
            name=N_("ยกเลิกเลข"),
            said=N_("ยกเลิกเลขแล้ว เลขนี้ไม่นำกลับมาใช้"),
            read=_reason,
            danger=True,
        ),
    )
}
# Right for many a letter and likely for none: they stand behind the steps.
_SELDOM = (
    AcknowledgeToSender,
    AddAttachments,
    CorrectRegistration,
    ForwardLetter,
    CancelRegistration,
)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An action that this visitor may take now on this letter, for `group` where it is a group's."""

    action: Action
    form: Form
    name: str
    seldom: bool
    group: dict[str, Any] | None = None


def offers(letter: dict[str, Any]) -> list[Offer]:
    """What may be done now, the likeliest first, what is seldom done last."""
    found = list(_offers(letter))
    return [one for one in found if not one.seldom] + [one for one in found if one.seldom]


def _offers(letter: dict[str, Any]) -> Iterator[Offer]:
    for method in letter["actions"]:
        if method in ACTIONS:
            yield _offer(letter, ACTIONS[method])
    groups = {work["group"]: work for work in letter["groups"]}
    for of_group in letter["group_actions"]:
        for method in of_group["actions"]:
            if method in ACTIONS:
                yield _offer(letter, ACTIONS[method], groups[of_group["group"]])


def sent_offer(letter: dict[str, Any], name: str) -> Offer | None:
    """The offer whose form was sent, also where it is one that may be made no longer."""
    method, _dot, group = name.partition(".")
    action = ACTIONS.get(method)
    work = next((work for work in letter["groups"] if work["group"] == group), None)
    if action is None or action.of_group != (work is not None):
        return None
    return _offer(letter, action, work)


def carry_out(offer: Offer, letter: dict[str, Any]) -> dict[str, Any] | None:
    """Send what the offer's form holds: the answer, or None with the form's errors set."""
    body = {"id": letter["id"]} | offer.action.read(offer.form)
    if offer.group is not None:
        body["group"] = offer.group["group"]
    return offer.form.send(offer.action.contract, body, NAMES)


def _offer(letter: dict[str, Any], action: Action, group: dict[str, Any] | None = None) -> Offer:
    name, seldom = _(action.name), action.contract in _SELDOM
    if action.contract is OrderLetter and letter["state"] == LetterState.ORDERED:
        name, seldom = _("สั่งการเพิ่ม"), True
    elif action.contract is SendLetterBack and not _at_my_desk(letter):
        name, seldom = _("ดึงกลับมาแก้ไข"), True
    form = _form(letter, action, group)
    return Offer(action=action, form=form, name=name, seldom=seldom, group=group)


def _at_my_desk(letter: dict[str, Any]) -> bool:
    """Whether it lies with the visitor; the clerk may fetch it from another's desk."""
    return not {EndorseLetter.method(), OrderLetter.method()}.isdisjoint(letter["actions"])


def _form(letter: dict[str, Any], action: Action, group: dict[str, Any] | None) -> Form:
    name = f"{action.method}.{group['group']}" if group else action.method
    version = None if action.regardless else letter["version"]
    return Form(_begin(letter, action), version, name)


def _begin(letter: dict[str, Any], action: Action) -> dict[str, Any]:
    """What stands in the form to begin with."""
    if action.contract is OrderLetter:
        return {"choice": OrderKind.ACT.value}
    if action.contract is not CorrectRegistration:
        return {}
    columns = (
        "reference",
        "sender",
        "recipient",
        "subject",
        "urgency",
        "channel",
        "defect",
        "note",
    )
    return {name: letter[name] for name in columns} | written_dates(letter)


def written_dates(letter: dict[str, Any]) -> dict[str, str]:
    """A letter's dates as they are typed into its form."""
    dated, deadline = letter["dated"], letter["deadline"]
    return {
        "dated": thai.format_date(as_day(dated), "short") if dated else "",
        "deadline_day": thai.format_date(as_day(deadline), "short") if deadline else "",
        "deadline_time": f"{as_moment(deadline):%H:%M}" if deadline else "",
    }
