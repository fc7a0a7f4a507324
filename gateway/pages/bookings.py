"""Bookings of rooms: asking for one, deciding, giving one up."""

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway import sessions
from gateway.pages import dates, names
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.language import N_, _
from gateway.pages.rooms import may_approve
from infra.contract import Command
from infra.errors import OutOfOrder, Stale
from services.resources.contract import (
    CancelBooking,
    ConfirmBooking,
    GetBooking,
    ListBookings,
    ListRooms,
    RefuseBooking,
    RequestBooking,
)

SCOPES = ("mine", "waiting", "all")


@pages.get("/bookings")
def bookings() -> str:
    scope = request.args.get("scope", "mine")
    scope = scope if scope in SCOPES else "mine"
    found = sessions.ask(ListBookings, scope=scope, cursor=request.args.get("cursor"))
    names.know(booking["requester"] for booking in found["items"])
    return render_template(
        "rooms/bookings.html", found=found, scope=scope, may_approve=may_approve()
    )


@pages.route("/bookings/new", methods=["GET", "POST"])
def request_booking() -> AnyResponse:
    rooms = sessions.ask(ListRooms)["items"]
    form = Form(_begun(rooms))
    if form.sent:
        until_day = form.text("until_day") and "until_day"
        body = {
            "room": form.text("room"),
            "starts": form.moment("day", "from"),
            "ends": form.moment(until_day or "day", "until"),
            "purpose": form.text("purpose"),
            "attendees": form.whole("attendees"),
            "layout": form.text("layout"),
            "equipment": form.text("equipment"),
        }
        made = form.send(RequestBooking, body, names={"starts": "from", "ends": "until"})
        if made:
            said = _("ส่งคำขอใช้แล้ว เมื่อพิจารณาแล้วจะแจ้งให้ทราบ")
            return see(url_for("pages.booking", id=made["id"]), said)
    return form.render("rooms/request.html", form=form, rooms=rooms)


def _begun(rooms: list[dict[str, Any]]) -> dict[str, str]:
    """What the calendar's click, or a link, already says."""
    wanted = {name: request.args.get(name, "") for name in ("room", "day", "from", "until")}
    if not wanted["room"] and len(rooms) == 1:
        wanted["room"] = rooms[0]["id"]
    try:
        wanted["day"] = wanted["day"] and dates.short_day(dates.read_date(wanted["day"]))
    except ValueError:
        wanted["day"] = ""
    wanted["day"] = wanted["day"].replace("\u00a0", " ")
    return wanted


@pages.route("/bookings/<id>", methods=["GET", "POST"])
def booking(id: str) -> AnyResponse:
    """One booking, and what the visitor may do about it, each in a form of its own."""
    found = sessions.ask(GetBooking, id=id)
    forms = {name: Form(version=found["version"], name=name) for name in _DONE}
    for name, form in forms.items():
        contract, field, said = _DONE[name]
        if form.sent and form.send(contract, {"id": id, field: form.text(field)}):
            return see(url_for("pages.booking", id=id), _(said))
        if isinstance(form.problem, OutOfOrder | Stale):  # somebody else was quicker
            found = sessions.ask(GetBooking, id=id)
            form.version = found["version"]
    names.know([found["requester"], *(step["actor"] for step in found["history"])])
    names.know(other["requester"] for other in found["overlapping"])
    shown = next((form for form in forms.values() if form.sent), forms["confirm"])
    return shown.render("rooms/booking.html", booking=found, forms_by_name=forms)


# form → (command, the field that it asks for, what is said afterwards)
_DONE: dict[str, tuple[type[Command], str, str]] = {
    "confirm": (ConfirmBooking, "note", N_("อนุมัติแล้ว ผู้ขอได้รับแจ้งแล้ว")),
    "refuse": (RefuseBooking, "reason", N_("บันทึกว่าไม่อนุมัติแล้ว ผู้ขอได้รับแจ้งแล้ว")),
    "cancel": (CancelBooking, "reason", N_("ยกเลิกการจองแล้ว")),
}
