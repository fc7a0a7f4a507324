"""The register in figures (ข้อ 50), duplicates, and the parties that were used before."""

from collections import Counter
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from services.correspondence.contract import LetterState, Party, Register
from services.correspondence.rights import Reach
from services.correspondence.views import search
from services.correspondence.views.projection import twin
from services.correspondence.views.register import overdue, unattended
from services.correspondence.views.rows import visible, years_of
from services.correspondence.views.tables import letters, parties, works

SUGGESTED = 10
TWINS = 20


def summary(
    connection: Connection, reach: Reach, year: int, days: int, now: datetime
) -> dict[str, Any]:
    """SummaryAnswer of the letters of `year` (พ.ศ.) that the actor may read."""
    seen = visible(reach)
    wanted = [seen, letters.c.year == year]
    by = (letters.c.state, letters.c.urgency, letters.c.received_on)
    states: Counter[str] = Counter()
    urgencies: Counter[str] = Counter()
    months: Counter[str] = Counter()
    open_ones = 0
    query = select(*by, letters.c.open, func.count()).where(*wanted).group_by(*by, letters.c.open)
    for state, urgency, day, is_open, number in connection.execute(query):
        states[state] += number
        urgencies[urgency] += number
        months[f"{day:%Y-%m}"] += number
        open_ones += number * is_open
    groups: dict[str, int] = {}
    part = works.alias()  # `visible` asks about a letter's works too
    counted = select(part.c.group, func.count()).join(letters, letters.c.id == part.c.letter)
    for group, number in connection.execute(counted.where(*wanted).group_by(part.c.group)):
        groups[group] = number
    return {
        "year": year,
        "years": years_of(connection, seen),
        "total": states.total(),
        "open": open_ones,
        "overdue": _count(connection, *wanted, overdue(now)),
        "unattended": _count(connection, *wanted, *unattended(days, now)),
        "by_state": _counts(states),
        "by_urgency": _counts(urgencies),
        "by_month": _counts(months),
        "by_group": _counts(groups),
    }


def _count(connection: Connection, *wanted: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(letters).where(*wanted)).scalar_one()


def _counts(found: dict[str, int]) -> list[dict[str, Any]]:
    return [{"key": key, "count": number} for key, number in sorted(found.items())]


def duplicates(
    connection: Connection,
    reach: Reach,
    reference: str,
    dated: date | None,
    sender: str,
    but: str | None = None,
) -> list[dict[str, Any]]:
    """The newest TWINS letters with the same ที่, ลงวันที่ and จาก that the actor may read, `but` for
    one, in the order of the register."""
    key = twin(reference, dated, sender)
    if key is None:
        return []
    query = select(letters).where(
        letters.c.twin == key, visible(reach), letters.c.id != (but or "")
    )
    newest = query.order_by(letters.c.year.desc(), letters.c.number.desc()).limit(TWINS)
    rows = connection.execute(newest).all()
    return [
        row._asdict() | {"register": Register(row.register), "state": LetterState(row.state)}
        for row in reversed(rows)
    ]


def suggestions(connection: Connection, reach: Reach, column: Party, q: str) -> list[str]:
    """Names used in the registers that the actor may read whole, the most used first."""
    query = select(parties.c.name).where(
        parties.c.organisation == reach.organisation,
        parties.c.register.in_(reach.registers),
        parties.c.column == column,
        parties.c.uses > 0,
        search.holds(connection, parties.c.folded, q),
    )
    query = query.group_by(parties.c.name).order_by(
        func.sum(parties.c.uses).desc(), func.min(parties.c.folded)
    )
    return list(connection.execute(query.limit(SUGGESTED)).scalars())
