"""A booking (การจอง): a room asked for, granted or not, perhaps given up."""

from datetime import datetime, timedelta
from typing import Any

from infra.errors import Invalid
from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from infra.identity import Seat
from services.resources.contract import (
    BookingCancelled,
    BookingConfirmed,
    BookingRefused,
    BookingRequested,
    BookingState,
    RefusalCause,
)
from services.resources.contract.commands import MOST_DAYS, MOST_DAYS_AHEAD
from services.resources.room import Room


class Booking(Aggregate):
    """One booking of one room, over the half-open interval [starts, ends)."""

    kind = "booking"
    room: str
    requester: str
    starts: datetime
    ends: datetime

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.state: BookingState | None = None
        self._organisation = ""

    @property
    def organisation(self) -> str:
        return self._organisation

    @property
    def open(self) -> bool:
        """Whether it waits or is confirmed."""
        return self.state in (BookingState.REQUESTED, BookingState.CONFIRMED)

    def request(self, room: Room, requester: str, wish: dict[str, Any], now: datetime) -> None:
        """Ask for `room`; `wish` is a checked RequestBooking. Raises Invalid, OutOfOrder."""
        room.require_in_use()
        faults = _faults(wish, room.capacity, now)
        if faults:
            raise Invalid(fields=faults)
        self.record(
            BookingRequested(
                organisation=room.organisation,
                room=room.id,
                requester=requester,
                starts=wish["starts"],
                ends=wish["ends"],
                purpose=wish["purpose"],
                attendees=wish["attendees"],
                layout=wish["layout"],
                equipment=wish["equipment"],
            )
        )

    def confirm(self, seat: Seat, note: str, now: datetime) -> None:
        self.require(self.state is BookingState.REQUESTED, "อนุมัติได้เฉพาะการจองที่รออนุมัติ")
        self.require(self.starts > now, "เลยเวลาเริ่มใช้แล้ว")
        self.record(
            BookingConfirmed(
                room=self.room,
                requester=self.requester,
                starts=self.starts,
                ends=self.ends,
                note=note,
                seat=seat,
            )
        )

    def refuse(self, seat: Seat, reason: str, confirmed: str | None = None) -> None:
        """Turn it down; `confirmed` is the booking that took its time, if that is why."""
        self.require(self.state is BookingState.REQUESTED, "ไม่อนุมัติได้เฉพาะการจองที่รออนุมัติ")
        self.record(
            BookingRefused(
                room=self.room,
                requester=self.requester,
                cause=RefusalCause.CONFLICT if confirmed else RefusalCause.DECIDED,
                reason=reason,
                confirmed=confirmed,
                seat=seat,
            )
        )

    def cancel(self, reason: str, now: datetime) -> None:
        self.require(self.open, "การจองนี้สิ้นสุดแล้ว")
        self.require(self.starts > now, "เลยเวลาเริ่มใช้แล้ว ยกเลิกไม่ได้")
        self.record(
            BookingCancelled(
                room=self.room,
                requester=self.requester,
                reason=reason,
                was_confirmed=self.state is BookingState.CONFIRMED,
                starts=self.starts,
                ends=self.ends,
            )
        )

    def apply(self, event: Event) -> None:
        match event:
            case BookingRequested():
                self.state = BookingState.REQUESTED
                self._organisation = event.organisation
                self.room, self.requester = event.room, event.requester
                self.starts, self.ends = event.starts, event.ends
            case BookingConfirmed():
                self.state = BookingState.CONFIRMED
            case BookingRefused():
                self.state = BookingState.REFUSED
            case BookingCancelled():
                self.state = BookingState.CANCELLED


def _faults(wish: dict[str, Any], capacity: int, now: datetime) -> dict[str, list[str]]:
    starts, ends = wish["starts"], wish["ends"]
    rules = [
        ("starts", starts > now, "เวลาเริ่มต้องยังมาไม่ถึง"),
        (
            "starts",
            starts <= now + timedelta(days=MOST_DAYS_AHEAD),
            f"จองล่วงหน้าได้ไม่เกิน {MOST_DAYS_AHEAD} วัน",
        ),
        ("ends", ends > starts, "เวลาสิ้นสุดต้องหลังเวลาเริ่ม"),
        ("ends", ends <= starts + timedelta(days=MOST_DAYS), f"จองได้ครั้งละไม่เกิน {MOST_DAYS} วัน"),
        ("attendees", wish["attendees"] <= capacity, f"ห้องนี้รับได้ {capacity:,} คน"),
    ]
    faults: dict[str, list[str]] = {}
    for field, kept, message in rules:
        if not kept:
            faults.setdefault(field, []).append(message)
    return faults
