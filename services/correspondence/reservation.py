"""Numbers kept ahead (จองเลข): each is used by a document or, in the end, burned with a reason."""

from datetime import date
from typing import Any

from infra.errors import Invalid
from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from infra.identity import Seat
from services.correspondence.contract import (
    NumbersReserved,
    ReservedNumbersBurned,
    ReservedNumberUsed,
    Series,
)


def check_expiry(expires: date, today: date) -> None:
    """Raises Invalid unless numbers kept today can expire on that day.

    A number counts in its calendar year (ข้อ 43.1), so none is kept beyond that.
    """
    if expires < today:
        raise Invalid(fields={"expires": ["วันสิ้นสุดต้องไม่เป็นวันที่ผ่านมาแล้ว"]})
    if expires.year != today.year:
        raise Invalid(fields={"expires": [f"เลขของปีนี้จองได้ถึง 31 ธันวาคม {today.year + 543}"]})


class Reservation(Aggregate):
    """Consecutive numbers of one series; `free` are those that can still be used."""

    kind = "reservation"
    reserved: NumbersReserved

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.free: list[int] = []
        self.used: dict[int, str] = {}
        self.burned: dict[int, str] = {}

    @property
    def organisation(self) -> str:
        return self.reserved.organisation

    def reserve(
        self,
        organisation: str,
        owner: str | None,
        seat: Seat,
        wish: dict[str, Any],
        year: int,
        first: int,
    ) -> None:
        """Keep `wish["count"]` numbers from `first` on; `owner` is the group whose series it is."""
        self.record(
            NumbersReserved(
                organisation=organisation,
                group=owner,
                series=wish["series"],
                year=year,
                first=first,
                count=wish["count"],
                expires=wish["expires"],
                reason=wish["reason"],
                seat=seat,
            )
        )

    def use(self, document: str, series: Series, owner: str | None, year: int, today: date) -> int:
        """The lowest free number, for a document that is numbered in that series today.

        `owner` as `series.owner_of` says. Raises Invalid where the numbers are of another series
        or year, OutOfOrder where none is free.
        """
        kept = self.reserved
        if (kept.series, kept.group, kept.year) != (series, owner, year):
            message = "เลขที่จองไว้เป็นของทะเบียนอื่น เลือกรายการจองของทะเบียนเดียวกับหนังสือ"
            raise Invalid(message, fields={"reservation": [message]})
        self.require(today <= kept.expires, "การจองเลขนี้ครบกำหนดแล้ว")
        self.require(bool(self.free), "เลขที่จองไว้ใช้หมดแล้ว")
        number = self.free[0]
        self.record(ReservedNumberUsed(number=number, document=document))
        return number

    def burn(self, seat: Seat, reason: str) -> None:
        """Give up what is left. Raises OutOfOrder where nothing is."""
        self.require(bool(self.free), "ไม่มีเลขเหลือให้ยกเลิก")
        self.record(ReservedNumbersBurned(numbers=tuple(self.free), reason=reason, seat=seat))

    def expire(self, today: date) -> bool:
        """Burn what is left of numbers whose last day has passed; whether there was anything."""
        if not self.free or today <= self.reserved.expires:
            return False
        reason = "ครบกำหนดการจอง ไม่ได้ใช้"
        self.record(ReservedNumbersBurned(numbers=tuple(self.free), reason=reason, seat=None))
        return True

    def apply(self, event: Event) -> None:
        match event:
            case NumbersReserved():
                self.reserved = event
                self.free = list(range(event.first, event.first + event.count))
            case ReservedNumberUsed():
                self.free.remove(event.number)
                self.used[event.number] = event.document
            case ReservedNumbersBurned():
                for number in event.numbers:
                    self.free.remove(number)
                    self.burned[number] = event.reason
