"""What waits for somebody (งานของฉัน): selected from the tasks by the actor's seats."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    func,
    or_,
    select,
)

from infra import paging
from infra.identity import Actor, Role, Seat
from services.correspondence.contract import Stage, TaskKind
from services.correspondence.rights import CLERKS, DIRECTORS
from services.correspondence.views.rows import behind, day_of, late, lateness, letter_rows
from services.correspondence.views.tables import letters, tasks
from services.personnel.contract import directory


def my_tasks(
    connection: Connection, actor: Actor, params: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """A TaskPage: late first, then by urgency and due day, then what has waited longest."""
    mine = [tasks.c.organisation == actor.organisation, or_(*_mine(connection, actor))]
    if params["kind"] is not None:
        mine.append(tasks.c.kind == params["kind"])
    is_late = late(tasks.c.due, now)
    in_time = case((is_late, 0), else_=1)
    order = (in_time, tasks.c.urgency, tasks.c.due, tasks.c.since, tasks.c.letter, tasks.c.group)
    waiting = tasks.join(letters, letters.c.id == tasks.c.letter)
    query = select(tasks, in_time.label("in_time")).select_from(waiting).where(*mine)
    if params["cursor"] is not None:
        keys = paging.keys(params["cursor"], int, int, date, datetime, str, str)
        query = query.where(behind(order, keys))
    found = connection.execute(query.order_by(*order).limit(params["limit"] + 1)).all()
    page = found[: params["limit"]]
    following = None
    if len(found) > len(page):
        last = page[-1]
        following = paging.cursor(
            last.in_time, last.urgency, last.due, last.since, last.letter, last.group
        )
    counted = select(func.count(), func.count().filter(is_late)).select_from(waiting)
    total, number_late = connection.execute(counted.where(*mine)).one()
    return {
        "items": _answers(connection, actor.organisation, page, now),
        "next": following,
        "total": total,
        "late": number_late,
    }


def _answers(
    connection: Connection, organisation: str, page: Any, now: datetime
) -> list[dict[str, Any]]:
    wanted = {row.letter for row in page}
    found = connection.execute(select(letters).where(letters.c.id.in_(wanted))).all()
    by_id = {row["id"]: row for row in letter_rows(connection, organisation, found, now)}
    return [
        {
            "kind": TaskKind(row.kind),
            "group": row.group or None,
            "since": row.since,
            "due": day_of(row.due),
            **lateness(row.due, by_id[row.letter]["deadline"], now),
            "letter": by_id[row.letter],
        }
        for row in page
    ]


def _mine(connection: Connection, actor: Actor) -> list[ColumnElement[bool]]:
    central = directory.central_group(connection, actor.organisation)
    conditions: list[ColumnElement[bool]] = [tasks.c.person == actor.person]
    for seat in actor.seats:
        if seat.organisation == actor.organisation:
            conditions += _at(seat, central)
    return conditions


def _at(seat: Seat, central: str | None) -> list[ColumnElement[bool]]:
    """What waits for whoever holds that seat."""
    of_group = and_(tasks.c.group == seat.group, tasks.c.person.is_(None))
    if seat.role in CLERKS:
        return [tasks.c.stage == Stage.CLERK]
    if seat.role in DIRECTORS:
        return [tasks.c.stage == Stage.DIRECTOR]
    if seat.role is Role.DEPUTY:
        return [tasks.c.stage == Stage.DEPUTY]
    if seat.group is not None and seat.role is Role.GROUP_CLERK:
        return [and_(of_group, tasks.c.clerk)]
    if seat.group is not None and seat.role is Role.GROUP_HEAD:
        desk = [tasks.c.stage == Stage.CENTRAL_HEAD] if seat.group == central else []
        return [of_group, *desk]
    return []
