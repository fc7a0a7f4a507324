"""Days and times on pages: read as people write them, shown in the Buddhist era.

Answers of the services carry ISO 8601 text; every function that shows takes that, or the value itself.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from flask import Flask

from gateway.pages.language import language
from gateway.parts import parts
from infra import thai
from infra.clock import bangkok

Reader = Callable[[str], Any]
Shower = Callable[[Any], str]
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def install(app: Flask) -> None:
    app.jinja_env.filters |= {
        "day": short_day,
        "long_day": long_day,
        "moment": moment,
        "clock": clock_time,
        "weekday": weekday,
        "month": month,
        "by_day": by_day,
        "as_day": as_day,
        "iso_day": lambda value: as_day(value).isoformat(),
        "numeric_day": lambda value: thai.format_date(as_day(value), "numeric"),
    }
    app.jinja_env.globals |= {"today": today, "span": span}


def today() -> date:
    """Today in Bangkok."""
    return bangkok(parts().clock()).date()


def read_date(text: str) -> date:
    """The day that was typed. Raises ValueError with a Thai message."""
    return thai.parse_date(text, today())


def read_time(text: str) -> time:
    """The time that was typed. Raises ValueError with a Thai message."""
    return thai.parse_time(text)


def as_day(value: str | date | datetime) -> date:
    """The Bangkok day of a date or moment."""
    found = _value(value)
    return bangkok(found).date() if isinstance(found, datetime) else found


def as_moment(value: str | datetime) -> datetime:
    found = _value(value)
    if not isinstance(found, datetime):
        raise TypeError(f"{value!r} is a day, not a moment")
    return bangkok(found)


def short_day(value: Any) -> str:
    """15 ก.พ. 69; nothing for None."""
    if value is None:
        return ""
    day = as_day(value)
    if language() == "en":
        return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year + thai.ERA}"
    return thai.format_date(day, "short").replace(" ", "\u00a0")


def long_day(value: Any) -> str:
    """วันจันทร์ที่ 16 กุมภาพันธ์ 2569"""
    if value is None:
        return ""
    day = as_day(value)
    if language() == "en":
        return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year + thai.ERA} BE"
    return f"วัน{thai.WEEKDAYS[day.weekday()]}ที่ {thai.format_date(day)}"


def weekday(value: Any) -> str:
    number = as_day(value).weekday()
    return _WEEKDAYS[number] if language() == "en" else thai.WEEKDAYS[number]


def month(day: date) -> str:
    """กุมภาพันธ์ 2569"""
    names = _MONTHS if language() == "en" else thai.MONTHS
    return f"{names[day.month - 1]} {day.year + thai.ERA}"


def clock_time(value: Any) -> str:
    """09:30 น."""
    found = value if isinstance(value, time) else as_moment(value)
    return f"{found:%H:%M}" if language() == "en" else thai.format_time(found)


def span(starts: Any, ends: Any) -> str:
    """From when until when: 09:00–12:00 น., with the days where there is more than one."""
    first, last = as_moment(starts), as_moment(ends)
    if first.date() == last.date():
        return f"{first:%H:%M}–{clock_time(last)}"
    return f"{short_day(first)} {first:%H:%M} – {short_day(last)} {clock_time(last)}"


def moment(value: Any) -> str:
    """15 ก.พ. 69 09:30 น.; today's by its time alone, yesterday's by that word."""
    if value is None:
        return ""
    local = as_moment(value)
    days = (today() - local.date()).days
    if days == 0:
        return ("today " if language() == "en" else "วันนี้ ") + clock_time(local)
    if days == 1:
        return ("yesterday " if language() == "en" else "เมื่อวาน ") + clock_time(local)
    return f"{short_day(local)} {clock_time(local)}"


def by_day(steps: Iterable[dict[str, Any]]) -> list[tuple[date, list[dict[str, Any]]]]:
    """Things that have happened `at` a moment, in their order, by the day of each."""
    return [(day, list(some)) for day, some in groupby(steps, lambda step: as_day(step["at"]))]


def monday(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(day.weekday())


def _value(value: str | date | datetime) -> date | datetime:
    if not isinstance(value, str):
        return value
    return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
