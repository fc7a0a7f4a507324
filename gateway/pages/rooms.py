"""The rooms: who has which, when; and the list of rooms for those who look after it."""

from datetime import date, timedelta
from typing import Any

import msgspec
from flask import Response, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from gateway import sessions
from gateway.pages import dates, names
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from infra.clock import bangkok
from infra.identity import Role
from services.resources.contract import (
    AddRoom,
    ChangeRoom,
    GetRoom,
    ListRooms,
    RetireRoom,
    RoomCalendar,
)

COLOURS = 6  # `room-1` … in app.css


@pages.get("/rooms")
def rooms() -> str:
    """The calendar of a week or a day, and beneath it the same as a table."""
    day, unread = _day()
    view = "day" if request.args.get("view") == "day" else "week"
    first = day if view == "day" else dates.monday(day)
    last = first if view == "day" else first + timedelta(6)
    chosen = request.args.get("room") or None
    every = sessions.ask(ListRooms)
    known = {room["id"] for room in every["items"]}
    found = sessions.ask(
        RoomCalendar,
        first_day=first.isoformat(),
        last_day=last.isoformat(),
        room=chosen if chosen in known else None,
    )
    names.know(booking["requester"] for booking in found["bookings"])
    step = 1 if view == "day" else 7
    return render_template(
        "rooms/calendar.html",
        every=every,
        chosen=chosen,
        view=view,
        day=day,
        unread=unread,
        first=first,
        last=last,
        before=(day - timedelta(step)).isoformat(),
        after=(day + timedelta(step)).isoformat(),
        days=_days(found["bookings"], first, last),
        calendar=_calendar(found, every, view, first),
        may_approve=may_approve(),
        may_request=any("request_booking" in room["actions"] for room in every["items"]),
    )


def may_approve() -> bool:
    """Whether requests wait for the visitor: a director, a deputy, the head of general administration."""
    actor = sessions.current().actor
    central = [group["id"] for group in names.groups() if group["central"]]
    return actor.has(Role.DEPUTY, Role.DIRECTOR, Role.SCHOOL_DIRECTOR) or any(
        actor.has(Role.GROUP_HEAD, group=group) for group in central
    )


@pages.get("/rooms/list")
def room_list() -> str:
    found = sessions.ask(ListRooms, retired=request.args.get("retired") == "true")
    return render_template("rooms/list.html", found=found)


@pages.route("/rooms/new", methods=["GET", "POST"])
def add_room() -> AnyResponse:
    form = Form()
    if form.sent and form.send(AddRoom, _body(form)):
        said = _("เพิ่ม %(name)s แล้ว", name=form.text("name"))
        return see(url_for("pages.room_list"), said)
    return form.render("rooms/edit.html", form=form, room=None)


@pages.route("/rooms/<id>", methods=["GET", "POST"])
def room(id: str) -> AnyResponse:
    found = sessions.ask(GetRoom, id=id)
    begun = found | {"equipment": "\n".join(found["equipment"])}
    form = Form(begun, version=found["version"])
    retire = Form(version=found["version"], name="retire")
    if form.sent and form.send(ChangeRoom, {"id": id} | _body(form)):
        return see(url_for("pages.room_list"), _("บันทึกแล้ว"))
    if retire.sent and retire.send(RetireRoom, {"id": id, "reason": retire.text("reason")}):
        said = _("เลิกใช้ %(name)s แล้ว", name=found["name"])
        return see(url_for("pages.room_list"), said)
    shown = retire if retire.sent else form
    return shown.render("rooms/edit.html", form=form, retire=retire, room=found)


def _body(form: Form) -> dict[str, Any]:
    return {
        "name": form.text("name"),
        "place": form.text("place"),
        "capacity": form.whole("capacity"),
        "equipment": form.lines("equipment"),
    }


def _day() -> tuple[date, str]:
    """The day asked for, as a person or a link writes it; and what could not be read, instead."""
    text = request.args.get("day", "").strip()
    try:
        return (dates.read_date(text), "") if text else (dates.today(), "")
    except ValueError as error:
        return dates.today(), str(error)


def _days(
    bookings: list[dict[str, Any]], first: date, last: date
) -> list[tuple[date, list[dict[str, Any]]]]:
    """The bookings of each day; one that lasts for days stands under each of them."""
    days = [first + timedelta(number) for number in range((last - first).days + 1)]
    return [(day, some) for day in days if (some := [one for one in bookings if _on(one, day)])]


def _on(booking: dict[str, Any], day: date) -> bool:
    starts, ends = dates.as_moment(booking["starts"]), dates.as_moment(booking["ends"])
    # Up to, not including, its end: one that ends at midnight is not of the day that begins then.
    return starts.date() <= day <= (ends - timedelta(microseconds=1)).date()


def _calendar(found: dict[str, Any], every: dict[str, Any], view: str, first: date) -> Markup:
    """What the calendar draws, as JSON in the page. Times are Bangkok's, whatever the browser's."""
    colours = {room["id"]: number % COLOURS + 1 for number, room in enumerate(every["items"])}
    waits = _("รออนุมัติ")
    data = {
        "view": view,
        "date": first.isoformat(),
        "weekend": any(
            _on(one, first + timedelta(number)) for one in found["bookings"] for number in (5, 6)
        ),
        "rooms": [{"id": room["id"], "title": room["name"]} for room in every["items"]],
        "request": url_for("pages.request_booking"),
        "labels": {
            (first + timedelta(number)).isoformat(): [
                dates.weekday(first + timedelta(number)),
                dates.short_day(first + timedelta(number)),
            ]
            for number in range(7)
        },
        "bookings": [
            {
                "id": booking["id"],
                "resourceId": booking["room"],
                "start": _local(booking["starts"]),
                "end": _local(booking["ends"]),
                "title": booking["purpose"],
                "room": booking["room_name"],
                "state": waits if booking["state"] == "requested" else "",
                "who": names.person(booking["requester"]),
                "colour": colours.get(booking["room"], 1),
                "address": url_for("pages.booking", id=booking["id"]),
            }
            for booking in found["bookings"]
        ],
    }
    # `<` may not end the script element that holds it.
    return Markup(msgspec.json.encode(data).decode().replace("<", "\\u003c"))


def _local(moment: str) -> str:
    return bangkok(dates.as_moment(moment)).strftime("%Y-%m-%dT%H:%M:%S")


@pages.get("/rooms/day")
def room_day() -> Response | str:
    """What a room's day already holds, while a form asks for it."""
    try:
        day = dates.read_date(request.args.get("day", ""))
    except ValueError:
        return Response("", content_type="text/html; charset=utf-8")
    iso, chosen = day.isoformat(), request.args.get("room", "")
    found = sessions.ask(RoomCalendar, first_day=iso, last_day=iso, room=chosen or None)
    return render_template("rooms/day.html", found=found, day=day)
