"""Nameko's view of `resources`: commands, queries, and what it learns of the directory."""

from typing import Any, TypeVar

from infra.errors import NotFound
from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import EventTypes, Recorded
from infra.eventstore.store import Conflict, Read, Work
from infra.ids import new_id
from infra.messaging.service import RuntimeProvider, command, query, subscription
from services.personnel.contract import directory
from services.resources import calendar, contract, rights, views
from services.resources.booking import Booking
from services.resources.calendar import Calendar, Month, Span
from services.resources.contract import (
    AddRoom,
    BookingScope,
    BookingState,
    CancelBooking,
    ChangeRoom,
    ConfirmBooking,
    GetBooking,
    GetRoom,
    ListBookings,
    ListRooms,
    RefuseBooking,
    RequestBooking,
    RetireRoom,
    RoomCalendar,
    RoomState,
)
from services.resources.room import Room

A = TypeVar("A", bound=Aggregate)
CONFLICT = "มีการจองอื่นที่ได้รับอนุมัติในช่วงเวลาเดียวกัน"


class ResourcesService:
    """Rooms and their bookings (จองทรัพยากร)."""

    name = "resources"
    runtime = RuntimeProvider(
        types=EventTypes(contract, calendar),
        project=views.project,
        read_tables=views.metadata,
        own_tables=[directory.metadata],
    )

    @subscription("personnel", *directory.EVENTS)
    def learn_directory(self, work: Work, recorded: Recorded) -> None:
        directory.learn(work.connection, recorded)

    @command(AddRoom)
    def add_room(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        organisation = work.actor.organisation
        rights.manager(work.connection, work.actor, organisation)
        room = Room(new_id())
        room.add(organisation, **body)
        work.save(room)
        return work.done(room)

    @command(ChangeRoom)
    def change_room(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        room = _of(work, Room, body.pop("id"))
        rights.manager(work.connection, work.actor, room.organisation)
        room.change(**body)
        work.save(room)
        return work.done(room)

    @command(RetireRoom)
    def retire_room(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        views.lock_room(work.connection, body["id"], alone=True)
        room = _of(work, Room, body["id"])
        rights.manager(work.connection, work.actor, room.organisation)
        room.retire(body["reason"], views.engaged(work.connection, room.id, work.now))
        work.save(room)
        return work.done(room)

    @command(RequestBooking)
    def request_booking(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        views.lock_room(work.connection, body["room"], alone=False)
        room = _of(work, Room, body["room"])
        rights.member(work.actor, room.organisation)
        booking = Booking(new_id())
        booking.request(room, work.actor.person, body, work.now)
        times = _calendar(work, booking)
        times.ask(room.organisation, booking.id, _span(booking))
        _save(work, times, booking)
        return work.done(booking)

    @command(ConfirmBooking)
    def confirm_booking(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        """Tried again where bookings and calendar, read one after the other, do not fit: somebody
        wrote in between."""
        booking = _of(work, Booking, body["id"])
        seat = rights.approver(work.connection, work.actor, booking.organisation)
        booking.confirm(seat, body["note"], work.now)
        times = _calendar(work, booking)
        if not times.awaits(booking.id, _span(booking)):
            raise Conflict(booking.stream)
        displaced = [work.load(Booking, id) for id in times.take(booking.id, _span(booking))]
        if any(other.state is not BookingState.REQUESTED for other in displaced):
            raise Conflict(booking.stream)
        for other in displaced:
            other.refuse(seat, CONFLICT, confirmed=booking.id)
            times.free(other.id, _span(other))
        _save(work, times, booking, *displaced)
        return work.done(booking)

    @command(RefuseBooking)
    def refuse_booking(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        booking = _of(work, Booking, body["id"])
        seat = rights.approver(work.connection, work.actor, booking.organisation)
        booking.refuse(seat, body["reason"])
        return self._give_up(work, booking)

    @command(CancelBooking)
    def cancel_booking(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        booking = _of(work, Booking, body["id"])
        if booking.requester != work.actor.person:
            rights.approver(work.connection, work.actor, booking.organisation)
        booking.cancel(body["reason"], work.now)
        return self._give_up(work, booking)

    def _give_up(self, work: Work, booking: Booking) -> dict[str, Any]:
        times = _calendar(work, booking)
        times.free(booking.id, _span(booking))
        _save(work, times, booking)
        return work.done(booking)

    @query(ListRooms)
    def list_rooms(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        may = rights.is_manager(read.connection, read.actor, read.actor.organisation)
        return {
            "items": _rooms(read, params["retired"]),
            "actions": ["add_room"] if may else [],
        }

    @query(GetRoom)
    def get_room(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        room = views.get_room(read.connection, read.actor.organisation, params["id"])
        return _with_actions(read, [room])[0]

    @query(RoomCalendar)
    def room_calendar(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        return params | {
            "rooms": _rooms(read, retired=False),
            "bookings": views.between(read.connection, read.actor.organisation, **params),
        }

    @query(ListBookings)
    def list_bookings(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        actor = read.actor
        if params["scope"] is BookingScope.WAITING and not rights.is_approver(
            read.connection, actor, actor.organisation
        ):
            return {"items": [], "next": None, "total": 0}
        return views.list_bookings(
            read.connection, actor.organisation, actor.person, params, read.now
        )

    @query(GetBooking)
    def get_booking(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        booking = views.get_booking(read.connection, read.actor.organisation, params["id"])
        stream = self.runtime.store.stream(read.connection, f"booking-{booking['id']}")
        return booking | {
            "overlapping": views.rivals(read.connection, booking),
            "history": [_step(recorded) for recorded in stream],
            "actions": _booking_actions(read, booking),
        }


def _of(work: Work, kind: type[A], id: str) -> A:
    """The actor's organisation's own; NotFound for others', which the actor need not know of."""
    found = work.load(kind, id)
    if found.organisation != work.actor.organisation:
        raise NotFound()
    return found


def _span(booking: Booking) -> Span:
    return Span(booking.starts, booking.ends)


def _calendar(work: Work, booking: Booking) -> Calendar:
    return Calendar(booking.room, lambda id: work.find(Month, id))


def _save(work: Work, times: Calendar, *bookings: Booking) -> None:
    for aggregate in (*times.changed(), *bookings):
        work.save(aggregate)


def _rooms(read: Read, retired: bool) -> list[dict[str, Any]]:
    found = views.list_rooms(read.connection, read.actor.organisation, retired)
    return _with_actions(read, found)


def _with_actions(read: Read, rooms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    organisation = read.actor.organisation
    manager = rights.is_manager(read.connection, read.actor, organisation)
    member = rights.is_member(read.actor, organisation)
    offered = [("request_booking", member), ("change_room", manager), ("retire_room", manager)]
    return [
        room
        | {"actions": [name for name, may in offered if may and room["state"] is RoomState.IN_USE]}
        for room in rooms
    ]


def _booking_actions(read: Read, booking: dict[str, Any]) -> list[str]:
    approver = rights.is_approver(read.connection, read.actor, booking["organisation"])
    ahead, state = booking["starts"] > read.now, booking["state"]
    waiting = state is BookingState.REQUESTED
    offered = [
        ("confirm_booking", approver and waiting and ahead),
        ("refuse_booking", approver and waiting),
        (
            "cancel_booking",
            ahead
            and (waiting or state is BookingState.CONFIRMED)
            and (approver or booking["requester"] == read.actor.person),
        ),
    ]
    return [name for name, may in offered if may]


def _step(recorded: Recorded) -> dict[str, Any]:
    event = recorded.event
    seat = getattr(event, "seat", None)
    texts = [getattr(event, name, "") for name in ("purpose", "note", "reason")]
    return {
        "event": recorded.type,
        "at": recorded.recorded_at,
        "actor": recorded.actor,
        "seat": seat.signature() if seat else [],
        "text": next(filter(None, texts), ""),
    }
