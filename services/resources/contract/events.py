"""What happens to rooms and bookings, published as `resources.events`."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from infra.eventstore.events import Event
from infra.identity import Seat


class RefusalCause(StrEnum):
    """Why a request was not granted."""

    DECIDED = "decided"  # the approver said no
    CONFLICT = "conflict"  # another booking of that time was confirmed


@dataclass(frozen=True, kw_only=True)
class RoomAdded(Event):
    """A room (ห้องประชุม) can be booked from now on."""

    organisation: str
    name: str
    place: str
    capacity: int
    equipment: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RoomChanged(Event):
    """What is known of a room was corrected."""

    name: str
    place: str
    capacity: int
    equipment: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RoomRetired(Event):
    """A room can no longer be booked."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class BookingRequested(Event):
    """Somebody asks for a room (ขอใช้) from `starts` up to, not including, `ends`."""

    organisation: str
    room: str
    requester: str
    starts: datetime
    ends: datetime
    purpose: str
    attendees: int
    layout: str
    equipment: str


@dataclass(frozen=True, kw_only=True)
class BookingConfirmed(Event):
    """The room is theirs at that time (อนุมัติ)."""

    room: str
    requester: str
    starts: datetime
    ends: datetime
    note: str
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class BookingRefused(Event):
    """The request was not granted (ไม่อนุมัติ); `confirmed` is the booking that took the time."""

    room: str
    requester: str
    cause: RefusalCause
    reason: str
    confirmed: str | None
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class BookingCancelled(Event):
    """A request or a confirmed booking was given up, or displaced by official need."""

    room: str
    requester: str
    reason: str
    was_confirmed: bool
    starts: datetime
    ends: datetime
