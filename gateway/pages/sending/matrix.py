"""Who has received a document: one line a recipient, late ones first; reminding, calling, sending again."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Flask, Response, make_response, render_template, request, url_for

from gateway import sessions
from gateway.api import downloads
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.language import N_, _
from gateway.pages.sending import words
from infra import thai
from infra.contract import Command
from infra.errors import NotFound, Problem
from services.correspondence.contract import (
    CloseDocument,
    ConfirmReceipt,
    DeliveryState,
    GetDocument,
    ListDeliveries,
    NoteHandover,
    RecipientChannel,
    RedirectDelivery,
    RemindRecipients,
)

Row = dict[str, Any]

_REMIND = RemindRecipients.method()
# The parts of a matrix that the address may ask for (`?state=`), and whom each shows.
VIEWS: dict[str, tuple[str, Callable[[Row], bool]]] = {
    "late": (N_("เกินกำหนด"), lambda row: row["late"]),
    "failed": (N_("ส่งไม่ถึง"), lambda row: row["state"] in words.FAILED),
    "call": (N_("ต้องโทรยืนยัน"), lambda row: row["call"]),
    "waiting": (
        N_("ยังไม่รับ"),
        lambda row: not words.received(row) and row["state"] not in words.FAILED,
    ),
    "received": (N_("รับแล้ว"), words.received),
    "answered": (N_("ตอบกลับแล้ว"), lambda row: row["state"] == DeliveryState.ANSWERED),
}


def install(app: Flask) -> None:
    app.jinja_env.globals["deliveries_of"] = deliveries_of


def deliveries_of(document: Row) -> Row | None:
    """How far a document has come to its recipients; None where it went to nobody."""
    if not document["recipients"]:
        return None
    try:
        found = sessions.ask(ListDeliveries, id=document["id"])
    except Problem:
        return None
    return found if found["total"] else None


@pages.route("/documents/<uuid:id>/recipients", methods=["GET", "POST"])
def document_recipients(id: UUID) -> Response:
    document = sessions.ask(GetDocument, id=str(id))
    found = sessions.ask(ListDeliveries, id=str(id))
    if request.method == "GET":
        return make_response(
            render_template("sending/matrix.html", **_context(document, found, None))
        )
    act = _ACTS.get(request.form.get("form", ""))
    one = _one(found, request.form.get("delivery", ""))
    if act is None:
        raise NotFound()
    form = Form(name=request.form["form"])
    body: Row = {"id": str(id)} | act.body(form, one)
    if form.flag("late"):
        body["deliveries"] = [row["id"] for row in found["items"] if _is_late_in_tray(row)]
    answer = form.send(act.contract, body, act.names)
    if answer is None:
        context = _context(document, sessions.ask(ListDeliveries, id=str(id)), form)
        return form.render("sending/matrix.html", **context)
    kept: dict[str, Any] = {
        name: request.args[name] for name in ("state", "q", "view") if request.args.get(name)
    }
    return see(url_for("pages.document_recipients", id=id, **kept), act.said(answer))


class _Act:
    """What can be done from the matrix: its command, what its form brings, what is said after."""

    names = {"at": "day"}

    def __init__(
        self,
        contract: type[Command],
        body: Callable[[Form, Row | None], Row],
        said: Callable[[Row], str],
    ) -> None:
        self.contract, self.body, self.said = contract, body, said


def _reminded(form: Form, one: Row | None) -> Row:
    return {"deliveries": [one["id"]] if one else []}


def _required(one: Row | None) -> str:
    if one is None:
        raise NotFound()
    return str(one["id"])


def _confirmed(form: Form, one: Row | None) -> Row:
    return {
        "delivery": _required(one),
        "spoken_to": form.text("spoken_to"),
        "at": form.moment("day", "time"),
    }


def _redirected(form: Form, one: Row | None) -> Row:
    return {
        "delivery": _required(one),
        "channel": form.text("channel"),
        "address": form.text("address"),
    }


def _handed_over(form: Form, one: Row | None) -> Row:
    return {
        "delivery": _required(one),
        "receiver": form.text("receiver"),
        "at": form.moment("day", "time"),
    }


_ACTS = {
    act.contract.method(): act
    for act in (
        _Act(
            RemindRecipients,
            _reminded,
            lambda answer: _("เตือนแล้ว %(number)s ราย", number=answer["count"]),
        ),
        _Act(ConfirmReceipt, _confirmed, lambda _answer: _("บันทึกการโทรยืนยันแล้ว")),
        _Act(RedirectDelivery, _redirected, lambda _answer: _("ส่งใหม่แล้ว")),
        _Act(NoteHandover, _handed_over, lambda _answer: _("บันทึกการรับแล้ว")),
        _Act(
            CloseDocument,
            lambda form, _one: {"text": form.text("text")},
            lambda _answer: _("ปิดเรื่องแล้ว"),
        ),
    )
}


def _context(document: Row, found: Row, sent: Form | None) -> Row:
    """What the page shows; `sent` is a form that was refused, shown again as it was."""
    ordered = sorted(enumerate(found["items"], 1), key=_late_first)
    rows = [row | {"place": place} for place, row in ordered]
    view, asked = request.args.get("state", ""), request.args.get("q", "").strip()
    shown = [row for row in rows if view not in VIEWS or VIEWS[view][1](row)]
    if asked:
        folded = thai.fold(asked)
        shown = [row for row in shown if folded in thai.fold(f"{row['name']} {row['address']}")]
    open_one = request.form.get("delivery") or request.args.get("delivery", "")
    one = _one(found, open_one)
    return {
        "it": document,
        "found": found,
        "rows": shown,
        "view": view if view in VIEWS else "",
        "counts": {name: sum(map(fits, rows)) for name, (_word, fits) in VIEWS.items()},
        "views": VIEWS,
        "q": asked,
        "as_grid": request.args.get("view") == "grid",
        "cells": _cells(shown),
        "one": one,
        "forms_of": _forms(one, sent),
        "to_remind": sum(map(_is_late_in_tray, rows)) * (_REMIND in found["actions"]),
        "actions": found["actions"],
        "channel_options": [(channel.value, _(name)) for channel, name in words.CHANNEL.items()],
        "acts": {act.contract.__name__: method for method, act in _ACTS.items()},
    }


def _is_late_in_tray(row: Row) -> bool:
    """Whether it lies in a tray on the system, where a reminder is seen."""
    in_tray = row["channel"] == RecipientChannel.SYSTEM and row["state"] == DeliveryState.DELIVERED
    return bool(row["late"]) and in_tray


def _late_first(placed: tuple[int, Row]) -> tuple[int, int, int]:
    place, row = placed
    if row["late"]:
        return 0, -row["waited_days"], place
    return (1 if row["state"] in words.FAILED else 2 if row["call"] else 3), 0, place


def _one(found: Row, id: str) -> Row | None:
    return next((row for row in found["items"] if row["id"] == id), None)


def _forms(one: Row | None, sent: Form | None) -> dict[str, Form]:
    """A form for each act, with what stands in it to begin with."""
    begun = {"channel": one["channel"], "address": one["address"]} if one else {}
    begun |= {"day": _("วันนี้"), "time": ""}
    forms = {method: Form(begun, name=method) for method in _ACTS}
    return forms | ({sent.name: sent} if sent else {})


def _cells(rows: list[Row]) -> list[tuple[str, str, list[Row]]]:
    """The rows by state, those first that need something done: (word, colour, rows)."""
    late = [row for row in rows if row["late"] and row["state"] not in words.FAILED]
    found = [(_("เกินกำหนด"), "red", late)]
    for state in (*words.FAILED, *(state for state in DeliveryState if state not in words.FAILED)):
        name, colour = words.DELIVERY[state]
        some = [row for row in rows if row["state"] == state and row not in late]
        found.append((_(name), colour, some))
    return [one for one in found if one[2]]


@pages.get("/documents/<uuid:id>/recipients.<kind>")
def export_recipients(id: UUID, kind: str) -> Response:
    """The matrix as a workbook or CSV."""
    makers = {"xlsx": downloads.deliveries_xlsx, "csv": downloads.deliveries_csv}
    if kind not in makers:
        raise NotFound()
    return makers[kind]({"id": str(id)})
