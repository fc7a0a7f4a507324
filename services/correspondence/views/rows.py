"""Letters as lines of the register: which an actor sees, and what a line says."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, literal, or_, select, tuple_

from infra.clock import bangkok_date
from services.correspondence.contract import (
    Channel,
    LetterState,
    OrderKind,
    Register,
    Secrecy,
    Stage,
    Urgency,
    WorkState,
)
from services.correspondence.rights import Reach
from services.correspondence.views.tables import NO_DAY, letters, works
from services.personnel.contract import directory


def visible(reach: Reach) -> ColumnElement[bool]:
    """The condition that a letter is one that the actor may read."""
    conditions: list[ColumnElement[bool]] = []
    if reach.registers:
        conditions.append(letters.c.register.in_(reach.registers))
    if Register.GENERAL not in reach.registers:
        conditions.append(and_(letters.c.register == Register.GENERAL, _theirs(reach)))
    return and_(letters.c.organisation == reach.organisation, or_(*conditions))


def visible_in(reach: Reach, register: Register) -> ColumnElement[bool] | None:
    """The same within one register; None where the actor may read nothing of it."""
    here = and_(letters.c.organisation == reach.organisation, letters.c.register == register)
    if register in reach.registers:
        return here
    return and_(here, _theirs(reach)) if register is Register.GENERAL else None


def _theirs(reach: Reach) -> ColumnElement[bool]:
    """Ordered to one of their groups, or assigned to them."""
    work = select(works.c.letter).where(
        works.c.letter == letters.c.id,
        or_(works.c.group.in_(reach.groups), works.c.officer == reach.person),
    )
    return work.exists()


def years_of(connection: Connection, seen: ColumnElement[bool]) -> list[int]:
    """The years in which there are letters, newest first: one step along the index a year."""
    years: list[int] = []
    query = select(letters.c.year).where(seen).order_by(letters.c.year.desc()).limit(1)
    year = connection.execute(query).scalar()
    while year is not None:
        years.append(year)
        year = connection.execute(query.where(letters.c.year < year)).scalar()
    return years


def is_visible(connection: Connection, reach: Reach, id: str) -> bool:
    query = select(letters.c.id).where(letters.c.id == id, visible(reach))
    return connection.execute(query).first() is not None


def behind(
    columns: Sequence[ColumnElement[Any]], keys: Sequence[Any], downward: bool = False
) -> ColumnElement[bool]:
    """The condition that a row comes after the one with these keys, in the order of the columns."""
    here: Any = tuple_(*columns)
    there = tuple_(*(literal(key, column.type) for key, column in zip(keys, columns, strict=True)))
    condition: ColumnElement[bool] = here < there if downward else here > there
    return condition


def letter_rows(
    connection: Connection, organisation: str, found: Sequence[Row[Any]], now: datetime
) -> list[dict[str, Any]]:
    """Rows of `letters` as LetterRow shows them."""
    names = directory.group_names(connection, organisation)
    parts = defaultdict(list)
    query = select(works).where(works.c.letter.in_([row.id for row in found]))
    for part in connection.execute(query.order_by(works.c.letter, works.c.place)):
        parts[part.letter].append(_work(part, names))
    return [_letter(row, parts[row.id], now) for row in found]


def _letter(row: Row[Any], groups: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    return row._asdict() | {
        "register": Register(row.register),
        "urgency": Urgency(row.urgency),
        "secrecy": Secrecy(row.secrecy),
        "channel": Channel(row.channel),
        "state": LetterState(row.state),
        "stage": row.stage and Stage(row.stage),
        "order": row.order and OrderKind(row.order),
        "dated": day_of(row.dated),
        "due": day_of(row.due),
        **lateness(row.due, row.deadline, now),
        "groups": sorted(groups, key=lambda group: not group["lead"]),
    }


def _work(row: Row[Any], names: dict[str, str]) -> dict[str, Any]:
    name = names.get(row.group, "")
    return row._asdict() | {"name": name, "state": WorkState(row.state)}


def day_of(stored: date) -> date | None:
    return None if stored == NO_DAY else stored


def lateness(due: date, deadline: datetime | None, now: datetime) -> dict[str, Any]:
    """`late` and `late_days` of what is due on that day, and by that moment where it is open."""
    days = max(0, (bangkok_date(now) - due).days)
    passed = due != NO_DAY and deadline is not None and deadline < now
    return {"late": days > 0 or passed, "late_days": days}


def late(due: ColumnElement[date], now: datetime) -> ColumnElement[bool]:
    """The condition of the same, on a letter or on a task joined to its letter."""
    today = bangkok_date(now)
    return and_(due <= today, or_(due < today, letters.c.deadline < now))
