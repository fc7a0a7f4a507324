"""Documents listed: drafts and registers, filtered and sorted page by page; what waits for whom."""

from collections.abc import Iterator
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from infra import paging
from infra.identity import Actor, Role
from services.correspondence.contract import (
    DocumentKind,
    DocumentPolicySet,
    DocumentState,
    ReviewDesk,
)
from services.correspondence.document_rights import SIGNATORIES, DocumentReach
from services.correspondence.rights import CLERKS
from services.correspondence.series import owner_of, series_of
from services.correspondence.views import search
from services.correspondence.views.documents_projection import document_shelf
from services.correspondence.views.documents_rows import (
    IS_NUMBERED,
    document_rows,
    document_visible,
)
from services.correspondence.views.documents_tables import document_texts, documents
from services.correspondence.views.rows import behind

_c = documents.c
# What each sort goes by, and the types of these in a cursor.
_SORTS: dict[str, tuple[tuple[Any, ...], tuple[type, ...]]] = {
    "last_step": ((_c.last_step_at, _c.id), (datetime, str)),
    "number": ((_c.year, _c.number, _c.id), (int, int, str)),
}


def list_documents(
    connection: Connection, reach: DocumentReach, params: dict[str, Any]
) -> dict[str, Any]:
    """A DocumentPage without the actions."""
    wanted = [document_visible(reach), *_wanted(reach, params)]
    place = document_shelf(
        reach.organisation, *([] if params["year"] is None else [params["year"]])
    )
    matching = search.found_on(connection, document_texts, params["q"], place)
    if matching is None:
        query = select(documents).where(*wanted)
        total: Any = select(func.count()).select_from(documents).where(*wanted)
    else:  # found once, for the page and the total together
        joined = and_(document_texts.c.document == _c.id, matching)
        matches = select(_c.id).join(document_texts, joined).where(*wanted).cte("matches")
        query = select(documents).join(matches, matches.c.id == _c.id)
        total = select(func.count()).select_from(matches)
    columns, types = _SORTS[params["sort"].removeprefix("-")]
    downward = params["sort"].startswith("-")
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
    return {
        "items": document_rows(connection, reach.organisation, page),
        "next": following,
        "total": connection.execute(total).scalar_one(),
    }


def _wanted(reach: DocumentReach, params: dict[str, Any]) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [
        _c[name] == params[name]
        for name in ("kind", "state", "series", "year", "group")
        if params[name] is not None
    ]
    if params["numbered"] or params["sort"].endswith("number"):
        wanted.append(IS_NUMBERED)
    if params["mine"]:
        wanted.append(_c.drafter == reach.person)
    if params["first_day"] is not None:
        wanted.append(_c.dated >= params["first_day"])
    if params["last_day"] is not None:
        wanted.append(_c.dated <= params["last_day"])
    return wanted


def my_documents(
    connection: Connection, actor: Actor, policy: DocumentPolicySet, params: dict[str, Any]
) -> dict[str, Any]:
    """A DocumentPage of what waits for the actor: the most urgent first, then what has waited longest."""
    mine = [_c.organisation == actor.organisation, or_(*_waiting(actor, policy))]
    order = (_c.urgency_rank, _c.last_step_at, _c.id)
    query = select(documents).where(*mine)
    if params["cursor"] is not None:
        keys = paging.keys(params["cursor"], int, datetime, str)
        query = query.where(behind(order, keys))
    found = connection.execute(query.order_by(*order).limit(params["limit"] + 1)).all()
    page = found[: params["limit"]]
    following = None
    if len(found) > len(page):
        last = page[-1]
        following = paging.cursor(last.urgency_rank, last.last_step_at, last.id)
    total = select(func.count()).select_from(documents).where(*mine)
    return {
        "items": document_rows(connection, actor.organisation, page),
        "next": following,
        "total": connection.execute(total).scalar_one(),
        "actions": [],
    }


def _waiting(actor: Actor, policy: DocumentPolicySet) -> list[ColumnElement[bool]]:
    """What waits for the actor: to check, endorse, sign, mend, number."""
    seats = [seat for seat in actor.seats if seat.organisation == actor.organisation]
    headed = sorted({seat.group for seat in seats if seat.group and seat.role is Role.GROUP_HEAD})
    posts = sorted({seat.post for seat in seats if seat.role in SIGNATORIES})
    in_review = _c.state == DocumentState.IN_REVIEW
    waiting = [
        and_(in_review, _c.desk == ReviewDesk.CHECKER, _c.checker == actor.person),
        and_(in_review, _c.desk == ReviewDesk.GROUP_HEAD, _c.group.in_(headed)),
        and_(_c.state == DocumentState.TO_SIGN, _c.signatory.in_(posts)),
        and_(_c.state == DocumentState.RETURNED, _c.drafter == actor.person),
    ]
    if any(seat.role is Role.DEPUTY for seat in seats):
        waiting.append(and_(in_review, _c.desk == ReviewDesk.DEPUTY))
    signed = _c.state == DocumentState.SIGNED
    if any(seat.role in CLERKS for seat in seats):
        return [*waiting, signed]
    kept = sorted({seat.group for seat in seats if seat.group and seat.role is Role.GROUP_CLERK})
    return waiting + [and_(signed, own) for own in _in_own_series(policy, kept)]


def _in_own_series(policy: DocumentPolicySet, groups: list[str]) -> Iterator[ColumnElement[bool]]:
    """The conditions that a document is numbered in the own series of one of these groups."""
    for group, kind, circular in product(groups, DocumentKind, (False, True)):
        if owner_of(policy, series_of(policy, kind, circular), group) is not None:
            yield and_(_c.group == group, _c.kind == kind, _c.circular == circular)
