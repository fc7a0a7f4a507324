"""A room's calendar, a month at a time: the one place where bookings of a room meet.

Whoever asks for, takes or frees a time writes to the stream of each month that it touches. Two who
race write to the same stream: one loses, and decides again on what the other has done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from infra.clock import bangkok
from infra.errors import Taken
from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event


@dataclass(frozen=True, kw_only=True)
class TimeAsked(Event):
    """A booking that waits would like this time."""

    organisation: str
    booking: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, kw_only=True)
class TimeTaken(Event):
    """The booking that asked for this time has it."""

    booking: str


@dataclass(frozen=True, kw_only=True)
class TimeFreed(Event):
    """The booking neither has nor wants its time any longer."""

    booking: str


@dataclass(frozen=True)
class Span:
    """A half-open interval [starts, ends)."""

    starts: datetime
    ends: datetime

    def overlaps(self, other: "Span") -> bool:
        return self.starts < other.ends and other.starts < self.ends

    def months(self) -> list[str]:
        """The Bangkok months that it touches: `2026-02`, …"""
        month, last = bangkok(self.starts).date().replace(day=1), bangkok(self.ends)
        last_day = (last - timedelta(microseconds=1)).date()
        found = []
        while month <= last_day:
            found.append(f"{month:%Y-%m}")
            month = (month + timedelta(days=32)).replace(day=1)
        return found


class Month(Aggregate):
    """Who has and who wants a room within one month."""

    kind = "calendar"

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self._organisation = ""
        self.asked: dict[str, Span] = {}
        self.taken: dict[str, Span] = {}

    @property
    def organisation(self) -> str:
        return self._organisation

    def require_free(self, span: Span) -> None:
        """Raises Taken where a confirmed booking has some of it."""
        for other in self.taken.values():
            if span.overlaps(other):
                when = f"{bangkok(other.starts):%H:%M}-{bangkok(other.ends):%H:%M} น."
                raise Taken(f"ห้องนี้มีผู้ใช้แล้วในช่วงเวลานั้น ({when})")

    def ask(self, organisation: str, booking: str, span: Span) -> None:
        self.require_free(span)
        self.record(
            TimeAsked(
                organisation=organisation, booking=booking, starts=span.starts, ends=span.ends
            )
        )

    def take(self, booking: str) -> set[str]:
        """Give the time to `booking`; the waiting bookings that can no longer have theirs."""
        span = self.asked[booking]
        self.require_free(span)
        self.record(TimeTaken(booking=booking))
        return {other for other, wanted in self.asked.items() if wanted.overlaps(span)}

    def free(self, booking: str) -> None:
        self.record(TimeFreed(booking=booking))

    def apply(self, event: Event) -> None:
        match event:
            case TimeAsked():
                self._organisation = event.organisation
                self.asked[event.booking] = Span(event.starts, event.ends)
            case TimeTaken():
                self.taken[event.booking] = self.asked.pop(event.booking)
            case TimeFreed():
                self.asked.pop(event.booking, None)
                self.taken.pop(event.booking, None)


class Calendar:
    """A room's months as one command needs them, each loaded once by `find(month id)`."""

    def __init__(self, room: str, find: Callable[[str], Month | None]) -> None:
        self._room, self._find = room, find
        self._months: dict[str, Month] = {}

    def touched(self, span: Span) -> list[Month]:
        ids = [f"{self._room}.{month}" for month in span.months()]
        for id in ids:
            if id not in self._months:
                self._months[id] = self._find(id) or Month(id)
        return [self._months[id] for id in ids]

    def ask(self, organisation: str, booking: str, span: Span) -> None:
        """Raises Taken where a confirmed booking has some of it."""
        for month in self.touched(span):
            month.ask(organisation, booking, span)

    def awaits(self, booking: str, span: Span) -> bool:
        """Whether `booking` waits for `span`."""
        return all(booking in month.asked for month in self.touched(span))

    def take(self, booking: str, span: Span) -> list[str]:
        """Give `span` to `booking`; the waiting bookings that must be refused for it."""
        return sorted({other for month in self.touched(span) for other in month.take(booking)})

    def free(self, booking: str, span: Span) -> None:
        for month in self.touched(span):
            month.free(booking)

    def changed(self) -> list[Month]:
        """The months to save, always in the same order, so that two commands cannot deadlock."""
        return [month for _, month in sorted(self._months.items()) if month.pending]
