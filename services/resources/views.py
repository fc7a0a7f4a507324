"""Rooms and bookings as they are listed."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    func,
    insert,
    select,
    tuple_,
    update,
)

from infra import paging
from infra.clock import BANGKOK
from infra.database import UtcMoment
from infra.errors import Invalid, NotFound
from infra.eventstore.events import Recorded
from services.resources.contract import (
    BookingCancelled,
    BookingConfirmed,
    BookingRefused,
    BookingRequested,
    BookingScope,
    BookingState,
    RoomAdded,
    RoomChanged,
    RoomRetired,
    RoomState,
)
from services.resources.contract.queries import MOST_CALENDAR_DAYS

metadata = MetaData()

rooms = Table(
    "rooms",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("organisation", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("equipment", Text, nullable=False),
    Column("state", Text, nullable=False),
)

bookings = Table(
    "bookings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("room", Text, nullable=False),
    Column("requester", Text, nullable=False),
    Column("starts", UtcMoment, nullable=False),
    Column("ends", UtcMoment, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("attendees", Integer, nullable=False),
    Column("layout", Text, nullable=False),
    Column("equipment", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("requested_at", UtcMoment, nullable=False),
)
Index("bookings_room", bookings.c.room, bookings.c.starts)
Index("bookings_requester", bookings.c.requester, bookings.c.starts)
Index("bookings_organisation", bookings.c.organisation, bookings.c.starts)

OPEN = (BookingState.REQUESTED, BookingState.CONFIRMED)


def project(connection: Connection, recorded: Recorded) -> None:
    id, version = recorded.aggregate_id, recorded.version
    match recorded.event:
        case RoomAdded() as event:
            row = _room(event) | {"id": id, "organisation": event.organisation}
            row |= {"version": version, "state": RoomState.IN_USE}
            connection.execute(insert(rooms), row)
        case RoomChanged() as event:
            _set(connection, rooms, id, version, **_room(event))
        case RoomRetired():
            _set(connection, rooms, id, version, state=RoomState.RETIRED)
        case BookingRequested() as event:
            connection.execute(
                insert(bookings).values(
                    id=id,
                    version=version,
                    organisation=event.organisation,
                    room=event.room,
                    requester=event.requester,
                    starts=event.starts,
                    ends=event.ends,
                    purpose=event.purpose,
                    attendees=event.attendees,
                    layout=event.layout,
                    equipment=event.equipment,
                    state=BookingState.REQUESTED,
                    reason="",
                    requested_at=recorded.recorded_at,
                )
            )
        case BookingConfirmed() as event:
            state = BookingState.CONFIRMED
            _set(connection, bookings, id, version, state=state, reason=event.note)
        case BookingRefused() as event:
            state = BookingState.REFUSED
            _set(connection, bookings, id, version, state=state, reason=event.reason)
        case BookingCancelled() as event:
            state = BookingState.CANCELLED
            _set(connection, bookings, id, version, state=state, reason=event.reason)


def _room(event: RoomAdded | RoomChanged) -> dict[str, Any]:
    return {
        "name": event.name,
        "place": event.place,
        "capacity": event.capacity,
        "equipment": json.dumps(event.equipment, ensure_ascii=False),
    }


def _set(connection: Connection, table: Table, id: str, version: int, **values: Any) -> None:
    connection.execute(update(table).where(table.c.id == id).values(version=version, **values))


def lock_room(connection: Connection, id: str, alone: bool) -> None:
    """Hold the room's row: shared by those who ask for it, `alone` to take it out of use."""
    connection.execute(select(rooms.c.id).where(rooms.c.id == id).with_for_update(read=not alone))


def engaged(connection: Connection, room: str, now: datetime) -> int:
    """How many bookings of a room wait or are confirmed and not over."""
    here = (bookings.c.room == room) & bookings.c.state.in_(OPEN) & (bookings.c.ends > now)
    return connection.execute(select(func.count()).where(here)).scalar_one()


def list_rooms(connection: Connection, organisation: str, retired: bool) -> list[dict[str, Any]]:
    query = select(rooms).where(rooms.c.organisation == organisation)
    if not retired:
        query = query.where(rooms.c.state == RoomState.IN_USE)
    rows = connection.execute(query.order_by(rooms.c.name, rooms.c.id))
    return [_room_answer(row) for row in rows]


def get_room(connection: Connection, organisation: str, id: str) -> dict[str, Any]:
    """Raises NotFound where there is none in that organisation."""
    row = connection.execute(
        select(rooms).where(rooms.c.id == id, rooms.c.organisation == organisation)
    ).first()
    if row is None:
        raise NotFound("ไม่พบห้องนี้")
    return _room_answer(row)


def _room_answer(row: Row[Any]) -> dict[str, Any]:
    return row._asdict() | {
        "equipment": json.loads(row.equipment),
        "state": RoomState(row.state),
    }


def list_bookings(
    connection: Connection, organisation: str, person: str, params: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """A page of BookingPage. What waits comes first start first, the rest last start first."""
    query = _bookings().where(bookings.c.organisation == organisation)
    waiting = params["scope"] is BookingScope.WAITING
    if waiting:
        query = query.where(bookings.c.state == BookingState.REQUESTED, bookings.c.starts > now)
    if params["scope"] is BookingScope.MINE:
        query = query.where(bookings.c.requester == person)
    if params["state"] is not None:
        query = query.where(bookings.c.state == params["state"])
    if params["room"] is not None:
        query = query.where(bookings.c.room == params["room"])
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    total = connection.execute(counted).scalar_one()
    place = tuple_(bookings.c.starts, bookings.c.id)
    if params["cursor"] is not None:
        after = paging.keys(params["cursor"], datetime, str)
        query = query.where(place > after if waiting else place < after)
    order = [bookings.c.starts, bookings.c.id]
    query = query.order_by(*(order if waiting else [column.desc() for column in order]))
    rows = connection.execute(query.limit(params["limit"] + 1)).all()
    page = rows[: params["limit"]]
    last = page[-1] if len(rows) > len(page) else None
    return {
        "items": [_booking_answer(row) for row in page],
        "next": paging.cursor(last.starts, last.id) if last else None,
        "total": total,
    }


def between(
    connection: Connection, organisation: str, room: str | None, first_day: date, last_day: date
) -> list[dict[str, Any]]:
    """Open bookings that touch the Bangkok days. Raises Invalid for too many days."""
    if not first_day <= last_day < first_day + timedelta(days=MOST_CALENDAR_DAYS):
        message = f"ต้องไม่ก่อนวันแรก และดูได้ครั้งละไม่เกิน {MOST_CALENDAR_DAYS} วัน"
        raise Invalid(fields={"last_day": [message]})
    query = _bookings().where(
        bookings.c.organisation == organisation,
        bookings.c.state.in_(OPEN),
        bookings.c.starts < _midnight(last_day + timedelta(days=1)),
        bookings.c.ends > _midnight(first_day),
    )
    if room is not None:
        query = query.where(bookings.c.room == room)
    rows = connection.execute(query.order_by(bookings.c.starts, bookings.c.id))
    return [_booking_answer(row) for row in rows]


def get_booking(connection: Connection, organisation: str, id: str) -> dict[str, Any]:
    """Raises NotFound where there is none in that organisation."""
    row = connection.execute(
        _bookings().where(bookings.c.id == id, bookings.c.organisation == organisation)
    ).first()
    if row is None:
        raise NotFound("ไม่พบการจองนี้")
    return _booking_answer(row)


def rivals(connection: Connection, booking: dict[str, Any]) -> list[dict[str, Any]]:
    """The other waiting requests that overlap a waiting one."""
    if booking["state"] is not BookingState.REQUESTED:
        return []
    query = _bookings().where(
        bookings.c.room == booking["room"],
        bookings.c.state == BookingState.REQUESTED,
        bookings.c.starts < booking["ends"],
        bookings.c.ends > booking["starts"],
        bookings.c.id != booking["id"],
    )
    rows = connection.execute(query.order_by(bookings.c.requested_at, bookings.c.id))
    return [_booking_answer(row) for row in rows]


def _bookings() -> Select[Any]:
    return select(bookings, rooms.c.name.label("room_name")).join(
        rooms, rooms.c.id == bookings.c.room
    )


def _booking_answer(row: Row[Any]) -> dict[str, Any]:
    return row._asdict() | {"state": BookingState(row.state)}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BANGKOK)
