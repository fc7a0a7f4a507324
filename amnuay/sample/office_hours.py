"""Office hours: when things happen in the sample office, by a Bangkok wall clock."""

from datetime import date, datetime, time, timedelta

from infra.clock import BANGKOK

OPENS, CLOSES = time(8, 30), time(16, 30)
_HOLIDAYS = {
    (1, 1),
    (4, 6),
    (4, 13),
    (4, 14),
    (4, 15),
    (5, 1),
    (10, 23),
    (12, 5),
    (12, 10),
    (12, 31),
}


def is_open(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in _HOLIDAYS


def open_days(first: date, last: date) -> list[date]:
    """The office's working days from `first` to `last`, both counted."""
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    return [day for day in days if is_open(day)]


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second), BANGKOK)


def later(moment: datetime, minutes: float) -> datetime:
    """`minutes` of office hours after `moment`."""
    left = timedelta(minutes=minutes)
    while True:
        opens = datetime.combine(moment.date(), OPENS, BANGKOK)
        closes = datetime.combine(moment.date(), CLOSES, BANGKOK)
        moment = max(moment, opens)
        if is_open(moment.date()) and moment + left <= closes:
            return moment + left
        if is_open(moment.date()) and moment < closes:
            left -= closes - moment
        moment = opens + timedelta(days=1)
