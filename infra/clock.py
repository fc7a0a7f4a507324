"""The clock: stored in UTC, decided in Asia/Bangkok, passed in so that tests can set it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BANGKOK = ZoneInfo("Asia/Bangkok")

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


class SettableClock:
    """A clock that stands where it was put; for tests and for loading the sample office."""

    def __init__(self, now: datetime) -> None:
        self.set(now)

    def __call__(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._now = now.astimezone(UTC)

    def advance(self, **delta: float) -> None:
        self._now += timedelta(**delta)


def bangkok(moment: datetime) -> datetime:
    """The same moment on a Bangkok wall clock."""
    return moment.astimezone(BANGKOK)


def bangkok_date(moment: datetime) -> date:
    return bangkok(moment).date()


def next_day(moment: datetime) -> datetime:
    """The moment at which the next Bangkok day begins."""
    return datetime.combine(bangkok_date(moment) + timedelta(days=1), time(), BANGKOK)


def register_year(moment: datetime) -> int:
    """The calendar year (พ.ศ.) in which a number taken at `moment` counts (ข้อ 38)."""
    return bangkok(moment).year + 543


def fiscal_year(moment: datetime) -> int:
    """The fiscal year (ปีงบประมาณ พ.ศ.) of `moment`: 1 October to 30 September, named by its end."""
    local = bangkok(moment)
    return local.year + 543 + (local.month >= 10)
