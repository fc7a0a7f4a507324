"""The receive register (ทะเบียนหนังสือรับ, form 13): filtered, sorted, page by page."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from infra import paging
from infra.clock import bangkok_date
from services.correspondence.contract import LetterSort
from services.correspondence.course import OPEN
from services.correspondence.rights import Reach
from services.correspondence.views import search
from services.correspondence.views.rows import behind, letter_rows, visible_in
from services.correspondence.views.tables import letters, texts, works

_NUMBER = (letters.c.year, letters.c.number)
# What each sort goes by, and the types of these in a cursor. The number decides between equals.
_SORTS: dict[str, tuple[tuple[Any, ...], tuple[type, ...]]] = {
    "number": (_NUMBER, (int, int)),
    "dated": ((letters.c.dated, *_NUMBER), (date, int, int)),
    "sender": ((letters.c.sender_key, *_NUMBER), (str, int, int)),
    "subject": ((letters.c.subject_key, *_NUMBER), (str, int, int)),
    "due": ((letters.c.due, *_NUMBER), (date, int, int)),
}
_EMPTY: dict[str, Any] = {"items": [], "next": None, "total": 0}


def list_letters(
    connection: Connection, reach: Reach, params: dict[str, Any], days: int, now: datetime
) -> dict[str, Any]:
    """A LetterPage; `days` without a step make a letter unattended."""
    seen = visible_in(reach, params["register"])
    if seen is None:
        return dict(_EMPTY)
    wanted = [seen, *_wanted(params, days, now)]
    source: Any = letters
    matching = search.matches(connection, params["q"])
    if matching is not None:
        source = letters.join(texts, matching)
    sort = LetterSort(params["sort"])
    downward = sort.startswith("-")
    columns, types = _SORTS[sort.removeprefix("-")]
    query = select(letters).select_from(source).where(*wanted)
    if params["cursor"] is not None:
        keys = paging.keys(params["cursor"], *types)
        query = query.where(behind(columns, keys, downward))
    query = query.order_by(*(column.desc() if downward else column for column in columns))
    found = connection.execute(query.limit(params["limit"] + 1)).all()
    page = found[: params["limit"]]
    following = None
    if len(found) > len(page):
        last = page[-1]._mapping
        following = paging.cursor(*(last[column.name] for column in columns))
    count = select(func.count()).select_from(source).where(*wanted)
    return {
        "items": letter_rows(connection, reach.organisation, page, now),
        "next": following,
        "total": connection.execute(count).scalar_one(),
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
    """Something open had to be done before today; what has ended is due no more."""
    return letters.c.due < bangkok_date(now)


def unattended(days: int, now: datetime) -> list[ColumnElement[bool]]:
    """Open, and no step for that many days (ข้อ 50)."""
    return [letters.c.open, letters.c.last_step_at <= now - timedelta(days=days)]
