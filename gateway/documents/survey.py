"""The periodic survey of the receive register (ข้อ 50): how far each open letter has come, by whom it
waits, and what is late or was left lying on the day of the survey."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from gateway.documents.actions import STAGE, URGENCY, WORK
from infra import thai
from infra.clock import bangkok_date
from infra.typesetting import typeset
from services.correspondence.contract import LetterState, Stage, Urgency, WorkState

TITLE = "รายงานการสำรวจทะเบียนหนังสือรับ"
_TEMPLATE = Path(__file__).parent / "templates" / "survey.typ"
_DONE = (WorkState.CLOSED, WorkState.RETURNED)


@dataclass(frozen=True, kw_only=True)
class Line:
    """An open letter where it waits: `idle` days since its last step, `late` days beyond its due
    day (None where it is not late)."""

    letter: dict[str, Any]
    standing: str
    officer: str
    idle: int
    late: int | None
    unattended: bool


@dataclass
class Place:
    """One who has open letters: a group, or a desk before the order."""

    name: str
    group: str | None
    lines: list[Line] = field(default_factory=list)

    @property
    def overdue(self) -> int:
        return sum(line.late is not None for line in self.lines)

    @property
    def unattended(self) -> int:
        return sum(line.unattended for line in self.lines)

    @property
    def longest(self) -> int:
        """The most days that one lies without a step."""
        return max((line.idle for line in self.lines), default=0)


@dataclass(frozen=True, kw_only=True)
class Survey:
    """`letters` is how many are open; one that waits with two groups stands with both."""

    day: date
    days: int
    letters: int
    overdue: int
    unattended: int
    places: list[Place]


def survey(
    letters: Iterable[dict[str, Any]], names: Mapping[str, str], days: int, now: datetime
) -> Survey:
    """Of the open `letters` (as ListLetters answers them); `days` without a step is too long."""
    places: dict[str, Place] = {}
    count = overdue = unattended = 0
    for letter in letters:
        count += 1
        last = datetime.fromisoformat(letter["last_step_at"])
        lying = (now - last).total_seconds() >= days * 86400
        overdue += letter["late"]
        unattended += lying
        for key, name, group, standing, officer in _waits(letter, names):
            line = Line(
                letter=letter,
                standing=standing,
                officer=officer,
                idle=(bangkok_date(now) - bangkok_date(last)).days,
                late=letter["late_days"] if letter["late"] else None,
                unattended=lying,
            )
            places.setdefault(key, Place(name, group)).lines.append(line)
    return Survey(
        day=bangkok_date(now),
        days=days,
        letters=count,
        overdue=overdue,
        unattended=unattended,
        places=sorted(places.values(), key=lambda place: (place.group is not None, place.name)),
    )


def _waits(
    letter: dict[str, Any], names: Mapping[str, str]
) -> list[tuple[str, str, str | None, str, str]]:
    """(key, name, group, how far, officer) of each with whom it waits."""
    works = [work for work in letter["groups"] if WorkState(work["state"]) not in _DONE]
    found = [
        (
            work["group"],
            work["name"],
            work["group"],
            WORK[WorkState(work["state"])],
            names.get(work["officer"] or "", ""),
        )
        for work in works
    ]
    if found:
        return list(found)
    stage = Stage(letter["stage"] or Stage.CLERK)
    proposed = letter["state"] == LetterState.PROPOSED
    return [(stage, STAGE[stage], None, "รอพิจารณา" if proposed else "รอเสนอ", "")]


def survey_pdf(
    found: Survey, *, organisation: str, printed_at: datetime, thai_digits: bool = False
) -> bytes:
    """The report on A4: the figures of each, then the letters."""
    data = {
        "title": TITLE,
        "organisation": organisation,
        "day": thai.format_date(found.day),
        "days": found.days,
        "printed": f"พิมพ์เมื่อ {thai.format_moment(printed_at, 'long')}",
        "letters": found.letters,
        "overdue": found.overdue,
        "unattended": found.unattended,
        "places": [
            {
                "name": place.name,
                "open": len(place.lines),
                "overdue": place.overdue,
                "unattended": place.unattended,
                "longest": place.longest,
                "lines": [_line(line) for line in place.lines],
            }
            for place in found.places
        ],
        "thai_digits": thai_digits,
    }
    return typeset(_TEMPLATE, data)


def _line(line: Line) -> dict[str, Any]:
    letter = line.letter
    due = date.fromisoformat(letter["due"]) if letter["due"] else None
    return {
        "number": f"{letter['number']}/{letter['year']}",
        "received": thai.format_date(
            bangkok_date(datetime.fromisoformat(letter["received_at"])), "short"
        ),
        "subject": letter["subject"],
        "tag": URGENCY[Urgency(letter["urgency"])] or None,
        "sender": letter["sender"],
        "standing": " ".join(filter(None, [line.standing, line.officer])),
        "idle": str(line.idle),
        "due": thai.format_date(due, "short") if due else "",
        "late": "" if line.late is None else f"ช้า {line.late} วัน" if line.late else "เลยเวลา",
        "unattended": line.unattended,
    }
