"""How a notice is worded: short enough for a list, with urgency and due day as letters say them."""

from datetime import date

from infra import thai
from services.correspondence.contract import Urgency

MOST = 500  # characters of a title, and of a line of what somebody wrote

_URGENCY = {
    Urgency.URGENT: "ด่วน",
    Urgency.VERY_URGENT: "ด่วนมาก",
    Urgency.MOST_URGENT: "ด่วนที่สุด",
}


def tag(urgency: Urgency) -> str:
    """The urgency before a title; nothing where there is none."""
    return f"{_URGENCY[urgency]} " if urgency in _URGENCY else ""


def due_by(*days: date | None) -> str:
    """By when it must be done: the earliest of these days."""
    known = [day for day in days if day]
    return f"กำหนดแล้วเสร็จ {thai.format_date(min(known))}" if known else ""


def body(*texts: str) -> str:
    return "\n".join(brief(text) for text in texts if text)


def brief(text: str) -> str:
    """Cut at the end; the whole is where the link leads."""
    return text if len(text) <= MOST else f"{text[: MOST - 1]}…"
