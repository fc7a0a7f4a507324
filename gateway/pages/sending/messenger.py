"""The messenger book (สมุดส่งหนังสือ, form 16): what goes on paper, who took it and when."""

from typing import Any

from flask import Response, make_response, render_template, request, url_for

from gateway import sessions
from gateway.api import messenger_book as printing
from gateway.pages import dates
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from infra.errors import Invalid, NotFound
from services.correspondence.contract import ListMessengerBook, NoteHandover

HANDOVER = NoteHandover.method()


@pages.route("/documents/messenger", methods=["GET", "POST"])
def messenger_book() -> Response:
    """What is under way; with days in the address, all of those days. `?open=` shows a row's form."""
    asked, wrong = _days()
    found = sessions.ask(ListMessengerBook, **asked)
    open_one = request.form.get("delivery") or request.args.get("open", "")
    one = next((row for row in found["items"] if row["delivery"] == open_one), None)
    form = Form({"day": _("วันนี้")}, name=HANDOVER)
    context: dict[str, Any] = {
        "found": found["items"],
        "asked": asked,
        "wrong": wrong,
        "one": one,
        "form": form,
        "may_note": HANDOVER in found["actions"],
    }
    if request.method == "GET":
        return make_response(render_template("sending/messenger.html", **context))
    if one is None or not form.sent:
        raise NotFound()
    body = {
        "id": one["document"],
        "delivery": one["delivery"],
        "receiver": form.text("receiver"),
        "at": form.moment("day", "time"),
    }
    if form.send(NoteHandover, body, {"at": "day"}) is not None:
        kept: dict[str, Any] = {name: request.args[name] for name in asked if name in request.args}
        return see(url_for("pages.messenger_book", **kept), _("บันทึกการรับแล้ว"))
    return form.render("sending/messenger.html", **context)


@pages.get("/documents/messenger/<name>.pdf")
def print_messenger(name: str) -> Response:
    """The book (form 16) or the receipts (form 17) of the days that the address names."""
    makers = {"book": printing.book_pdf, "receipts": printing.receipts_pdf}
    if name not in makers:
        raise NotFound()
    asked, wrong = _days()
    if wrong:
        raise Invalid(fields={name: [message] for name, message in wrong.items()})
    return makers[name](asked)


def _days() -> tuple[dict[str, str], dict[str, str]]:
    """The days that the address names, and what is wrong with them."""
    asked, wrong = dict[str, str](), dict[str, str]()
    for name in ("first_day", "last_day"):
        typed = request.args.get(name, "").strip()
        if not typed:
            continue
        try:
            asked[name] = dates.read_date(typed).isoformat()
        except ValueError as error:
            wrong[name] = _(str(error))
    return asked, wrong
