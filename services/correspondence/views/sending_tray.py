"""The tray of an organisation: letters that wait to be registered, and what became of others."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from infra import paging
from services.correspondence.contract import ArrivalSource, ArrivalState, Urgency
from services.correspondence.mailbox.clock import Calendar
from services.correspondence.views.rows import behind
from services.correspondence.views.sending_tables import arrivals, deliveries

_a = arrivals.c
_EMPTY: dict[str, Any] = {"items": [], "next": None, "total": 0, "breached": 0}


def no_arrivals() -> dict[str, Any]:
    """An ArrivalPage for one who may not see the tray."""
    return dict(_EMPTY)


def list_arrivals(
    connection: Connection,
    organisation: str,
    params: dict[str, Any],
    calendar: Calendar,
    now: datetime,
) -> dict[str, Any]:
    """An ArrivalPage without the actions: what waits, the most urgent and oldest first; what does
    not, the latest first."""
    here = _a.organisation == organisation
    late = and_(here, _breached(connection, organisation, calendar, now))
    wanted: list[ColumnElement[bool]] = [here]
    if params["breached"]:
        wanted.append(late)
    else:
        wanted.append(_a.state == params["state"])
    if params["source"] is not None:
        wanted.append(_a.source == params["source"])
    waiting = params["state"] is ArrivalState.WAITING and not params["breached"]
    columns: tuple[Any, ...] = (_a.rank, _a.at, _a.id) if waiting else (_a.at, _a.id)
    query = select(arrivals).where(*wanted)
    if params["cursor"] is not None:
        types = (int, datetime, str) if waiting else (datetime, str)
        query = query.where(behind(columns, paging.keys(params["cursor"], *types), not waiting))
    query = query.order_by(*(one if waiting else one.desc() for one in columns))
    found = connection.execute(query.limit(params["limit"] + 1)).all()
    page = found[: params["limit"]]
    following = None
    if len(found) > len(page):
        last = page[-1]._mapping
        following = paging.cursor(*(last[column.name] for column in columns))
    count = select(func.count()).select_from(arrivals)
    return {
        "items": [_arrival(row, calendar, now) for row in page],
        "next": following,
        "total": connection.execute(count.where(*wanted)).scalar_one(),
        "breached": connection.execute(count.where(late)).scalar_one(),
    }


def arrival_row(
    connection: Connection, id: str, calendar: Calendar, now: datetime
) -> dict[str, Any] | None:
    """An ArrivalRow."""
    row = connection.execute(select(arrivals).where(_a.id == id)).first()
    return None if row is None else _arrival(row, calendar, now)


def delivery_of_letter(connection: Connection, letter: str) -> str | None:
    """The sender's delivery that brought a registered letter, where it came on the system."""
    query = select(_a.delivery).where(_a.letter == letter)
    return connection.execute(query).scalar()


def email_of_letter(connection: Connection, letter: str) -> str | None:
    """The arrival by which a registered letter came by e-mail."""
    query = select(_a.id).where(_a.letter == letter, _a.source == ArrivalSource.EMAIL)
    return connection.execute(query).scalar()


def arrivals_of(connection: Connection, document: str) -> list[str]:
    """What a sender's document laid into trays."""
    ours = select(deliveries.c.id).where(deliveries.c.document == document)
    query = select(_a.id).where(_a.delivery.in_(ours))
    return list(connection.execute(query.order_by(_a.id)).scalars())


def _breached(
    connection: Connection, organisation: str, calendar: Calendar, now: datetime
) -> ColumnElement[bool]:
    """The condition that an e-mail's clock passed without acknowledgement (annex 7). What was given
    back needs none, though where one is sent late that shows.

    Those not acknowledged are few; each is looked at.
    """
    query = select(_a.id, _a.at).where(
        _a.organisation == organisation,
        _a.source == ArrivalSource.EMAIL,
        _a.state != ArrivalState.REFUSED,
        _a.acknowledged_at.is_(None),
        _a.at < now,
    )
    passed = [row.id for row in connection.execute(query) if calendar.acknowledge_by(row.at) < now]
    return or_(_a.late, _a.id.in_(passed))


def _arrival(row: Row[Any], calendar: Calendar, now: datetime) -> dict[str, Any]:
    by = calendar.acknowledge_by(row.at) if row.source == ArrivalSource.EMAIL else None
    owed = row.state != ArrivalState.REFUSED and row.acknowledged_at is None
    passed = by is not None and owed and by < now
    return row._asdict() | {
        "state": ArrivalState(row.state),
        "source": ArrivalSource(row.source),
        "urgency": Urgency(row.urgency),
        "acknowledge_by": by,
        "breached": bool(row.late or passed),
    }
