"""What was sent, recipient by recipient: the matrix of a document, who has not received, the
messenger book (form 16), kept lists of recipients."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, func, select

from infra.clock import BANGKOK, bangkok_date
from services.correspondence.contract import (
    DeliveryState,
    Recipient,
    RecipientChannel,
    Urgency,
)
from services.correspondence.delivery import DELIVERED, FAILED, RECEIVED
from services.correspondence.document_rights import DocumentReach
from services.correspondence.mailbox.clock import Calendar
from services.correspondence.views.documents_rows import document_visible
from services.correspondence.views.documents_tables import documents
from services.correspondence.views.sending_tables import deliveries, recipient_lists, sendings
from services.personnel.contract import directory

_d, _s = deliveries.c, sendings.c
MOST = 1000  # documents, and twice as many lines of the messenger book


def delivery_matrix(
    connection: Connection, document: str, days: int, calendar: Calendar, now: datetime
) -> dict[str, Any]:
    """A DeliveryMatrix without the actions; whoever has not received after `days` is late."""
    query = select(deliveries, _s.urgency, _s.deadline).join(sendings, _s.document == _d.document)
    found = connection.execute(query.where(_d.document == document).order_by(_d.id))
    items = [_delivery(row, days, calendar, now) for row in found]
    return {"items": items, "total": len(items), **_counts(items)}


def _counts(items: Sequence[dict[str, Any]]) -> dict[str, int]:
    def count(*states: DeliveryState) -> int:
        return sum(one["state"] in states for one in items)

    return {
        "delivered": count(*DELIVERED),
        "registered": count(*RECEIVED),
        "answered": count(DeliveryState.ANSWERED),
        "failed": count(*FAILED),
        "late": sum(one["late"] for one in items),
    }


def _delivery(row: Row[Any], days: int, calendar: Calendar, now: datetime) -> dict[str, Any]:
    waited = _waited(row, calendar, now)
    return row._asdict() | {
        "organisation": row.recipient,
        "channel": RecipientChannel(row.channel),
        "state": DeliveryState(row.state),
        "waited_days": waited,
        "late": waited > days,
        "call": _is_to_be_called(row),
    }


def _waited(row: Row[Any], calendar: Calendar, now: datetime) -> int:
    """Working days since it was sent, while it is awaited."""
    if not row.open:
        return 0
    return calendar.working_days(bangkok_date(row.begun_at), bangkok_date(now))


def _is_to_be_called(row: Row[Any]) -> bool:
    """Whether the confirming call is still to be made (annex 7)."""
    pressing = row.urgency == Urgency.MOST_URGENT or row.deadline is not None
    return bool(row.open and row.confirmed_at is None and pressing)


def unreceived(
    connection: Connection, reach: DocumentReach, days: int, calendar: Calendar, now: datetime
) -> list[dict[str, Any]]:
    """UnreceivedRows, the oldest first."""
    query = (
        select(deliveries, _s.urgency, _s.deadline, _s.reference, _s.dated, _s.subject)
        .join(sendings, _s.document == _d.document)
        .join(documents, documents.c.id == _d.document)
        .where(_d.organisation == reach.organisation, _d.open, document_visible(reach))
        .order_by(_d.begun_at, _d.id)
    )
    awaited: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        awaited[row.document].append(row)
    found = []
    for document, rows in awaited.items():
        failed = sum(row.state in FAILED for row in rows)
        calls = sum(map(_is_to_be_called, rows))
        waiting = sum(_waited(row, calendar, now) > days for row in rows)
        if failed or calls or waiting:
            first = rows[0]
            line = {
                "document": document,
                **{name: getattr(first, name) for name in ("reference", "dated", "subject")},
                "urgency": Urgency(first.urgency),
                "waiting": waiting,
                "failed": failed,
                "calls": calls,
                "oldest": first.begun_at,
            }
            found.append(line)
    return found[:MOST]


def messenger_book(
    connection: Connection, reach: DocumentReach, first_day: date | None, last_day: date | None
) -> list[dict[str, Any]]:
    """MessengerRows in the order in which they went out: of those days, else what is under way."""
    wanted: list[ColumnElement[bool]] = [
        _d.organisation == reach.organisation,
        _d.paper_at.is_not(None),
        document_visible(reach),
    ]
    if first_day is None and last_day is None:
        wanted.append(and_(_d.open, _d.state == DeliveryState.SENT))
    if first_day is not None:
        wanted.append(_d.paper_at >= _begins(first_day))
    if last_day is not None:
        wanted.append(_d.paper_at < _begins(last_day + timedelta(days=1)))
    query = (
        select(deliveries, _s.reference, _s.sender, _s.subject)
        .join(sendings, _s.document == _d.document)
        .join(documents, documents.c.id == _d.document)
        .where(*wanted)
        .order_by(_d.paper_at, _d.id)
        .limit(2 * MOST)
    )
    return [
        row._asdict() | {"delivery": row.id, "sent_at": row.paper_at}
        for row in connection.execute(query)
    ]


def _begins(day: date) -> datetime:
    """The moment at which a Bangkok day begins."""
    return datetime.combine(day, time(), BANGKOK)


def unreceived_of(connection: Connection, document: str) -> int:
    """How many recipients of a document have not received it."""
    query = select(func.count()).select_from(deliveries)
    return connection.execute(query.where(_d.document == document, _d.open)).scalar_one()


def sent_already(connection: Connection, document: str) -> list[Recipient]:
    """The recipients to whom a document was sent, as they were named."""
    query = select(deliveries).where(_d.document == document)
    return [
        Recipient(
            delivery=row.id,
            organisation=row.recipient,
            name=row.name,
            channel=RecipientChannel(row.channel),
            address=row.address,
        )
        for row in connection.execute(query)
    ]


def on_system(connection: Connection, organisations: Collection[str]) -> set[str]:
    """Those of the organisations that are on the system, and open."""
    known = directory.organisations.c
    query = select(known.id).where(known.id.in_(organisations), ~known.closed)
    return set(connection.execute(query).scalars())


def remindable(connection: Connection, document: str) -> list[str]:
    """The deliveries that lie in a tray on the system, unregistered."""
    query = select(_d.id).where(
        _d.document == document,
        _d.open,
        _d.channel == RecipientChannel.SYSTEM,
        _d.state == DeliveryState.DELIVERED,
    )
    return list(connection.execute(query.order_by(_d.id)).scalars())


def kept_lists(connection: Connection, organisation: str) -> list[dict[str, Any]]:
    """RecipientListAnswers, by name."""
    lists = recipient_lists.c
    query = select(recipient_lists).where(lists.organisation == organisation)
    return [
        row._asdict() | {"members": msgspec.json.decode(row.members, type=list[Recipient])}
        for row in connection.execute(query.order_by(lists.name, lists.id))
    ]


def list_named(connection: Connection, organisation: str, name: str) -> str | None:
    """The id of the list of that name."""
    lists = recipient_lists.c
    query = select(lists.id).where(lists.organisation == organisation, lists.name == name)
    return connection.execute(query).scalar()
