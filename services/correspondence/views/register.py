"""The receive register (ทะเบียนหนังสือรับ, form 13): filtered, sorted, page by page."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from infra import paging
from services.correspondence.course import OPEN
from services.correspondence.rights import Reach
from services.correspondence.views import search
from services.correspondence.views.rows import (
    behind,
    late,
    letter_rows,
    visible_in,
    years_of,
)
from services.correspondence.views.tables import letters, texts, works

_NUMBER = (letters.c.year, letters.c.number, letters.c.copy)
# What each sort goes by, and the types of these in a cursor. The number decides between equals.
_SORTS: dict[str, tuple[tuple[Any, ...], tuple[type, ...]]] = {
    "number": (_NUMBER, (int, int, int)),
    "dated": ((letters.c.dated, *_NUMBER), (date, int, int, int)),
    "sender": ((letters.c.sender_key, *_NUMBER), (str, int, int, int)),
    "subject": ((letters.c.subject_key, *_NUMBER), (str, int, int, int)),
    "due": ((letters.c.due, *_NUMBER), (date, int, int, int)),
}
_EMPTY: dict[str, Any] = {"items": [], "next": None, "total": 0, "years": []}


def list_letters(
    connection: Connection, reach: Reach, params: dict[str, Any], days: int, now: datetime
) -> dict[str, Any]:
    """A LetterPage; `days` without a step make a letter unattended."""
    seen = visible_in(reach, params["register"])
    if seen is None:
        return dict(_EMPTY)
    wanted = [seen, *_wanted(params, days, now)]
    place = (reach.organisation, params["register"], params["year"])
    common = not params["count"] and search.is_common(connection, params["q"], *place)
    matching = search.matches(connection, params["q"], *place, common=common)
    downward = params["sort"].startswith("-")
    columns, types = _SORTS[params["sort"].removeprefix("-")]
    total: Any
    if matching is None:
        query = select(letters).where(*wanted)
        total = select(func.count()).select_from(letters).where(*wanted)
    elif common:
        query = select(letters).join(texts, matching).where(*wanted)
    else:  # found once, for the page and the total together
        matches = select(letters.c.id).join(texts, matching).where(*wanted).cte("matches")
        query = select(letters).join(matches, matches.c.id == letters.c.id)
        total = select(func.count()).select_from(matches)
    if params["cursor"] is not None:
        keys = paging.keys(params["cursor"], *types)
        query = query.where(behind(columns, keys, downward))
    query = query.order_by(*(column.desc() if downward else column for column in columns))
    query = query.limit(params["limit"] + 1)
    together = matching is not None and not common
    if together:
        query = query.add_columns(total.scalar_subquery().label("total"))
    found = connection.execute(query).all()
    page = found[: params["limit"]]
    following = None
    if len(found) > len(page):
        last = page[-1]._mapping
        following = paging.cursor(*(last[column.name] for column in columns))
    if together and found:
        count = found[0].total
    else:
        count = connection.execute(total).scalar_one() if together or params["count"] else None
    return {
        "items": letter_rows(connection, reach.organisation, page, now),
        "next": following,
        "total": count,
        "years": years_of(connection, seen),
    }


def _wanted(params: dict[str, Any], days: int, now: datetime) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [
        letters.c[name] == params[name]
        for name in ("year", "state", "urgency", "channel")
        if params[name] is not None
    ]
    if params["first_day"] is not None:
        wanted.append(letters.c.received_on >= params["first_day"])
    if params["last_day"] is not None:
        wanted.append(letters.c.received_on <= params["last_day"])
    for name in ("group", "officer"):
        if params[name] is not None:
            work = select(works.c.letter).where(works.c[name] == params[name])
            wanted.append(letters.c.id.in_(work))
    if params["open"] or params["state"] in OPEN:
        wanted.append(letters.c.open)
    if params["overdue"]:
        wanted.append(overdue(now))
    if params["unattended"]:
        wanted += unattended(days, now)
    return wanted


def overdue(now: datetime) -> ColumnElement[bool]:
    """Something open had to be done before now; what has ended is due no more."""
    return late(letters.c.due, now)


def unattended(days: int, now: datetime) -> list[ColumnElement[bool]]:
    """Open, and no step for that many days (ข้อ 50)."""
    return [letters.c.open, letters.c.last_step_at <= now - timedelta(days=days)]
