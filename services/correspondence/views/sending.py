"""What was sent, recipient by recipient: the matrix of a document, who has not received, the
messenger book (form 16), kept lists of recipients."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from infra.clock import BANGKOK, bangkok_date
from services.correspondence.contract import (
    DeliveryState,
    DocumentState,
    Recipient,
    RecipientChannel,
    Urgency,
)
from services.correspondence.delivery import DELIVERED, FAILED, PAPER, RECEIVED
from services.correspondence.document_rights import DocumentReach
from services.correspondence.mailbox.clock import Calendar
from services.correspondence.views.documents_rows import document_visible
from services.correspondence.views.documents_tables import documents
from services.correspondence.views.sending_tables import deliveries, recipient_lists, sendings
from services.personnel.contract import directory

_d, _s = deliveries.c, sendings.c
MOST_USED = 500
MOST = 1000  # documents, and twice as many lines of the messenger book


def delivery_matrix(
    connection: Connection,
    document: str,
    sent: Sequence[Recipient],
    days: int,
    calendar: Calendar,
    now: datetime,
) -> dict[str, Any]:
    """A DeliveryMatrix without the actions; whoever has not received after `days` is late.

    `sent` are all to whom the document was sent: to some it may not have set out yet.
    """
    query = select(deliveries, _s.urgency, _s.deadline).join(sendings, _s.document == _d.document)
    found = connection.execute(query.where(_d.document == document).order_by(_d.id))
    begun = {row.id: _delivery(row, days, calendar, now) for row in found}
    items = [begun.get(one.delivery) or _setting_out(one) for one in sent]
    return {"items": items, "total": len(items), **_counts(items)}


def _setting_out(recipient: Recipient) -> dict[str, Any]:
    """The DeliveryRow of a recipient to whom it sets out in a moment."""
    return _NOTHING | {
        "id": recipient.delivery,
        "organisation": recipient.organisation,
        "name": recipient.name,
        "channel": recipient.channel,
        "address": recipient.address,
    }


_NOTHING: dict[str, Any] = {
    **dict.fromkeys(("sent_at", "delivered_at", "registered_at", "year", "number")),
    **dict.fromkeys(("acknowledged_at", "confirmed_at", "reminded_at")),
    **dict.fromkeys(("receiver", "answer", "spoken_to", "reason"), ""),
    "state": DeliveryState.WAITING,
    "open": True,
    "failures": 0,
    "waited_days": 0,
    "late": False,
    "call": False,
}


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
    pressing = or_(_s.urgency == Urgency.MOST_URGENT, _s.deadline.is_not(None))
    waiting = func.count().filter(_d.begun_at < _late_before(days, calendar, now))
    failed = func.count().filter(_d.state.in_(FAILED))
    calls = func.count().filter(_d.confirmed_at.is_(None), pressing)
    oldest = func.min(_d.begun_at)
    lines = (
        select(
            _s.document,
            _s.reference,
            _s.dated,
            _s.subject,
            _s.urgency,
            waiting.label("waiting"),
            failed.label("failed"),
            calls.label("calls"),
            oldest.label("oldest"),
        )
        .select_from(deliveries)
        .join(sendings, _s.document == _d.document)
        .join(documents, documents.c.id == _d.document)
        .where(
            _d.organisation == reach.organisation,
            _d.open,
            documents.c.state == DocumentState.SENT,
            document_visible(reach),
        )
        .group_by(*sendings.c)
        .having(or_(waiting > 0, failed > 0, calls > 0))
        .order_by(oldest, _s.document)
        .limit(MOST)
    )
    return [row._asdict() | {"urgency": Urgency(row.urgency)} for row in connection.execute(lines)]


def _late_before(days: int, calendar: Calendar, now: datetime) -> datetime:
    """The moment: what was sent before it has waited for more than so many working days."""
    day, passed = bangkok_date(now), 0
    while True:
        passed += calendar.is_working(day)
        if passed > days:
            return _begins(day)
        day -= timedelta(days=1)


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
        way = _d.channel.in_(PAPER)
        wanted.append(and_(_d.open, way, _d.state == DeliveryState.SENT))
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
    return [_line(row) for row in connection.execute(query)]


def _line(row: Row[Any]) -> dict[str, Any]:
    """What went another way in the end was not handed over."""
    values = row._asdict() | {"delivery": row.id, "sent_at": row.paper_at}
    return values if row.channel in PAPER else values | {"receiver": "", "delivered_at": None}


def _begins(day: date) -> datetime:
    """The moment at which a Bangkok day begins."""
    return datetime.combine(day, time(), BANGKOK)


def deliveries_of(connection: Connection, document: str) -> tuple[int, int]:
    """How many deliveries of a document have begun, and how many of them are still awaited."""
    query = select(func.count(), func.count().filter(_d.open)).where(_d.document == document)
    begun, awaited = connection.execute(query).one()
    return begun, awaited


def is_void(connection: Connection, document: str) -> bool:
    """Whether a document's number was cancelled."""
    query = select(documents.c.state).where(documents.c.id == document)
    return bool(connection.execute(query).scalar() == DocumentState.CANCELLED)


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


def used_recipients(connection: Connection, organisation: str) -> list[dict[str, Any]]:
    """Those outside the system to whom the organisation sent, each once, the latest first."""
    one = (_d.name, _d.channel, _d.address)
    query = select(*one).where(_d.organisation == organisation, _d.recipient.is_(None))
    latest = func.max(_d.begun_at).desc()
    found = connection.execute(query.group_by(*one).order_by(latest, *one).limit(MOST_USED))
    return [
        row._asdict() | {"organisation": None, "channel": RecipientChannel(row.channel)}
        for row in found
    ]


def list_named(connection: Connection, organisation: str, name: str) -> str | None:
    """The id of the list of that name."""
    lists = recipient_lists.c
    query = select(lists.id).where(lists.organisation == organisation, lists.name == name)
    return connection.execute(query).scalar()
