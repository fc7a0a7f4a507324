"""The legal clock of the central mailbox: working days, by when an e-mail is to be acknowledged
(annex 7), and in which half of a working day somebody has looked into it (annex 6)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays

from infra.clock import BANGKOK, bangkok

CLOSES = time(16, 30)  # what comes later may wait for the next working day
BY = time(10)
END = time(23, 59, 59, 999999)
OPENS, NOON, AFTERNOON = time(8, 30), time(12), time(13)


class Half(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"


@dataclass(frozen=True)
class Calendar:
    """The working days of government offices: neither weekend nor public or government holiday,
    nor one of `closed`, days that the cabinet added or the province has of its own."""

    closed: frozenset[date] = field(default_factory=frozenset)

    def is_working(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.closed and day not in _holidays(day.year)

    def next_working(self, day: date) -> date:
        """The first working day after `day`."""
        day += timedelta(days=1)
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def working_days(self, first: date, last: date) -> int:
        """How many working days have passed since `first`, which is not counted, up to `last`."""
        days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
        return sum(self.is_working(day) for day in days)

    def acknowledge_by(self, received_at: datetime) -> datetime:
        """The last moment at which an e-mail received then is acknowledged in time.

        The end of the same working day; of what came after 16:30:00, or on no working day, 10:00 of
        the next.
        """
        local = bangkok(received_at)
        day = local.date()
        if self.is_working(day) and local.time() <= CLOSES:
            return datetime.combine(day, END, BANGKOK)
        return datetime.combine(self.next_working(day), BY, BANGKOK)

    def half_to_check(self, moment: datetime) -> tuple[date, Half] | None:
        """The half of a working day in which a look at `moment` counts; None outside of hours."""
        local = bangkok(moment)
        if not self.is_working(local.date()) or not OPENS <= local.time() < CLOSES:
            return None
        if local.time() < NOON:
            return local.date(), Half.MORNING
        return (local.date(), Half.AFTERNOON) if local.time() >= AFTERNOON else None

    def missed(self, checks: Iterable[datetime], since: datetime, now: datetime) -> list[str]:
        """The halves of working days between `since` and `now` that ended without a check, such as
        `2026-11-24 morning`. What was looked at before noon counts for the morning."""
        seen = {_half(check) for check in checks}
        found, day = [], bangkok(since).date()
        while day <= bangkok(now).date():
            if self.is_working(day):
                for half, ends in ((Half.MORNING, NOON), (Half.AFTERNOON, CLOSES)):
                    over = since < datetime.combine(day, ends, BANGKOK) <= now
                    if over and (day, half) not in seen:
                        found.append(f"{day} {half}")
            day += timedelta(days=1)
        return found


def _half(moment: datetime) -> tuple[date, Half]:
    local = bangkok(moment)
    return local.date(), Half.MORNING if local.time() < NOON else Half.AFTERNOON


@lru_cache(maxsize=200)
def _holidays(year: int) -> frozenset[date]:
    """Public and government holidays of `year`, as far as the `holidays` package knows them."""
    kinds = (holidays.PUBLIC, holidays.GOVERNMENT)
    return frozenset(holidays.country_holidays("TH", years=year, categories=kinds))
