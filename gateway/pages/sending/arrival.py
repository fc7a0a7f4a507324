"""A letter in the tray, opened: its papers in place, the register's columns filled in, and giving it back."""

from typing import Any
from uuid import UUID

from flask import Response, make_response, render_template, request, url_for

from gateway import sessions
from gateway.pages import dates
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from gateway.pages.letters import files, words
from infra import thai
from infra.errors import NotFound, Problem
from services.correspondence.contract import (
    GetArrival,
    ListArrivals,
    Party,
    RefuseArrival,
    RegisterArrival,
    SuggestParties,
)

REGISTER, REFUSE = RegisterArrival.method(), RefuseArrival.method()


@pages.route("/letters/tray/<uuid:id>", methods=["GET", "POST"])
def arrival(id: UUID) -> Response:
    found = sessions.ask(GetArrival, id=str(id))
    register = Form(_begin(found), version=found["version"], name=REGISTER)
    refuse = Form(version=found["version"], name=REFUSE)
    if register.sent:
        answer = register.send(RegisterArrival, {"id": found["id"]} | _columns(register))
        if answer is not None:
            return see(url_for("pages.tray", after=answer["id"]))
    elif refuse.sent:
        reason = {name: refuse.text(name) for name in ("reason", "right_address")}
        if refuse.send(RefuseArrival, {"id": found["id"]} | reason) is not None:
            return see(url_for("pages.tray"), _("ส่งคืนแล้ว"))
    elif request.method == "POST":
        raise NotFound()
    context = _context(found, register, refuse)
    sent = next((form for form in (register, refuse) if form.sent), None)
    if sent is not None:
        return sent.render("sending/arrival.html", **context)
    return make_response(render_template("sending/arrival.html", **context))


def _columns(form: Form) -> dict[str, Any]:
    """The columns as the clerk left them; what stands empty stays as it came."""
    return {
        "reference": form.text("reference"),
        "dated": form.date("dated"),
        "sender": form.optional("sender"),
        "recipient": form.optional("recipient"),
        "subject": " ".join(form.text("subject").split()) or None,
        "urgency": form.optional("urgency"),
        "note": form.text("note"),
    }


def _begin(found: dict[str, Any]) -> dict[str, Any]:
    dated = found["dated"]
    return {
        **{name: found[name] for name in ("reference", "sender", "subject", "urgency")},
        "dated": thai.format_date(dates.as_day(dated), "short") if dated else "",
        "recipient": _usual_recipient(),
    }


def _usual_recipient() -> str:
    """Whom letters to this organisation are usually for."""
    try:
        return "".join(sessions.ask(SuggestParties, column=Party.RECIPIENT.value)["items"][:1])
    except Problem:
        return ""  # the clerk writes it


def _context(found: dict[str, Any], register: Form, refuse: Form) -> dict[str, Any]:
    wanted = request.args.get("file")
    shown = next((file for file in found["files"] if file["id"] == wanted), None)
    shown = shown or next(iter(found["files"]), None)
    return {
        "it": found,
        "register": register,
        "refuse": refuse,
        "may_register": REGISTER in found["actions"],
        "may_refuse": REFUSE in found["actions"],
        "urgency_options": words.options(words.URGENCY),
        "files": found["files"],
        "shown": files.shown(shown) if shown else None,
        "widths": files.WIDTHS,
        "papers": {
            "at": "pages.arrival",
            "file": "pages.arrival_file",
            "page": "pages.arrival_page",
            "none": _("ไม่มีไฟล์แนบ"),
        },
        "behind": _behind(found),
    }


def _behind(found: dict[str, Any]) -> dict[str, Any] | None:
    """What waits behind this one, for a clerk who goes through the tray."""
    try:
        waiting = sessions.ask(ListArrivals, limit=50)["items"]
    except Problem:
        return None
    places = [one["id"] for one in waiting]
    if found["id"] not in places:
        return None
    return next(iter(waiting[places.index(found["id"]) + 1 :]), None)
