"""How events fill the tables of sending: a delivery's way, the tray, kept lists of recipients."""

from typing import Any

import msgspec
from sqlalchemy import Connection, and_, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from infra.eventstore.events import Event, Recorded
from infra.thai import format_date
from services.correspondence.contract import (
    ArrivalAcknowledged,
    ArrivalRefused,
    ArrivalRegistered,
    ArrivalState,
    ArrivalVoided,
    DeliveryBegun,
    DeliveryFailed,
    DeliveryRedirected,
    DeliveryState,
    DocumentClosed,
    LetterArrived,
    LetterDelivered,
    LetterMailed,
    LetterSent,
    NumberCancelled,
    ReceiptConfirmed,
    RecipientAcknowledged,
    RecipientAnswered,
    RecipientChannel,
    RecipientListDropped,
    RecipientListKept,
    RecipientRefused,
    RecipientRegistered,
    RecipientReminded,
)
from services.correspondence.delivery import FAILED, PAPER, Passage
from services.correspondence.views.documents_tables import documents
from services.correspondence.views.projection import urgency_rank
from services.correspondence.views.sending_tables import (
    arrivals,
    deliveries,
    recipient_lists,
    sendings,
)


def project_document(connection: Connection, recorded: Recorded) -> None:
    """What sending keeps of a document, and of what becomes of it with its recipients."""
    match recorded.event:
        case LetterSent() as event:
            _send(connection, recorded, event)
        case DocumentClosed() | NumberCancelled():
            here = deliveries.c.document == recorded.aggregate_id
            awaited = and_(here, deliveries.c.open)
            connection.execute(update(deliveries).where(awaited).values(open=False))


_SENT = ("organisation", "sender", "reference", "dated", "subject", "urgency", "deadline")


def _send(connection: Connection, recorded: Recorded, event: LetterSent) -> None:
    row = {name: getattr(event, name) for name in _SENT}
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(sendings).values(document=recorded.aggregate_id, **row)
    connection.execute(statement.on_conflict_do_nothing())  # sent to further recipients
    _count(connection, recorded.aggregate_id, recipients=len(event.recipients))


def _count(connection: Connection, document: str, **more: int) -> None:
    changes = {name: documents.c[name] + by for name, by in more.items() if by}
    if changes:
        here = documents.c.id == document
        connection.execute(update(documents).where(here).values(changes))


def project_delivery(connection: Connection, recorded: Recorded) -> None:
    if isinstance(recorded.event, DeliveryBegun):
        _begin(connection, recorded, recorded.event)
    else:
        _move_on(connection, recorded, recorded.event)


def _begin(connection: Connection, recorded: Recorded, event: DeliveryBegun) -> None:
    """Without a question, because many are begun at once."""
    passage, at = Passage(), recorded.recorded_at
    passage.apply(event)
    row = {
        "id": recorded.aggregate_id,
        "organisation": event.organisation,
        "document": event.document,
        "recipient": event.recipient.organisation,
        "name": event.recipient.name,
        "open": True,
        "begun_at": at,
        "sent_at": None if passage.channel is RecipientChannel.EMAIL else at,
        "paper_at": at if passage.channel in PAPER else None,
        "receiver": "",
        "answer": "",
        "spoken_to": "",
        "reason": "",
    }
    connection.execute(insert(deliveries), row | _standing(passage))


def _standing(passage: Passage) -> dict[str, Any]:
    return {
        "channel": passage.channel,
        "address": passage.address,
        "state": passage.state,
        "failures": passage.failures,
    }


def _move_on(connection: Connection, recorded: Recorded, event: Event) -> None:
    here = deliveries.c.id == recorded.aggregate_id
    row = connection.execute(select(deliveries).where(here)).one()
    passage = Passage(
        channel=RecipientChannel(row.channel),
        address=row.address,
        state=DeliveryState(row.state),
        failures=row.failures,
        confirmed=row.confirmed_at is not None,
    )
    received, failed = passage.received, passage.state in FAILED
    passage.apply(event)
    values = _standing(passage) | _told(event, recorded, row)
    if passage.received:
        values["open"] = False
    _count(  # before the delivery's own row, as whoever closes the document does
        connection,
        row.document,
        received=passage.received - received,
        failed=(passage.state in FAILED) - failed,
    )
    connection.execute(update(deliveries).where(here).values(values))
    if isinstance(event, RecipientReminded):  # the recipient sees it in the tray
        lies = arrivals.c.delivery == recorded.aggregate_id
        reminded = {"reminded_at": recorded.recorded_at}
        connection.execute(update(arrivals).where(lies).values(reminded))


def _told(event: Event, recorded: Recorded, row: Any) -> dict[str, Any]:
    """What an event says of a delivery, besides how far it has come."""
    at = recorded.recorded_at
    match event:
        case DeliveryRedirected(channel=channel):
            mailed = channel is RecipientChannel.EMAIL
            return {
                "reason": "",
                "sent_at": row.sent_at or (None if mailed else at),
                "paper_at": at if channel in PAPER else row.paper_at,
            }
        case LetterMailed():
            return {"sent_at": row.sent_at or event.at, "reason": ""}
        case LetterDelivered():
            return {"delivered_at": event.at, "receiver": event.receiver, "reason": ""}
        case DeliveryFailed():
            return {"sent_at": row.sent_at or at, "reason": event.reason}
        case RecipientRefused():
            return {"reason": event.reason}
        case RecipientRegistered():
            return {"registered_at": event.at, "year": event.year, "number": event.number}
        case RecipientAcknowledged():
            return {"acknowledged_at": event.at, "receiver": row.receiver or event.text[:200]}
        case RecipientAnswered():
            answer = f"ที่ {event.reference} ลงวันที่ {format_date(event.dated)}"
            return {"answer": ", ".join(filter(None, [row.answer, answer]))}
        case ReceiptConfirmed():
            return {"confirmed_at": event.at, "spoken_to": event.spoken_to}
        case RecipientReminded():
            return {"reminded_at": at}
    return {}


def project_arrival(connection: Connection, recorded: Recorded) -> None:
    here = arrivals.c.id == recorded.aggregate_id
    values: dict[str, Any] = {"version": recorded.version}
    match recorded.event:
        case LetterArrived() as event:
            _arrive(connection, recorded, event)
            return
        case ArrivalRegistered() as event:
            values |= {
                "state": ArrivalState.REGISTERED,
                "letter": event.letter,
                "year": event.year,
                "number": event.number,
            }
        case ArrivalRefused() as event:
            where = f"ที่ถูกต้อง: {event.right_address}" if event.right_address else ""
            reason = "\n".join(filter(None, [event.reason, where]))
            values |= {"state": ArrivalState.REFUSED, "reason": reason}
        case ArrivalVoided() as event:
            values["void"] = event.reason
        case ArrivalAcknowledged() as event:
            values |= {
                "acknowledged_at": func.coalesce(arrivals.c.acknowledged_at, event.at),
                "late": event.late,
            }
    connection.execute(update(arrivals).where(here).values(values))


_ARRIVED = (
    *("organisation", "source", "delivery", "sender", "reference", "dated", "subject", "urgency"),
    *("deadline", "circular", "at", "spam"),
)


def _arrive(connection: Connection, recorded: Recorded, event: LetterArrived) -> None:
    row = {name: getattr(event, name) for name in _ARRIVED}
    row |= {
        "id": recorded.aggregate_id,
        "version": recorded.version,
        "state": ArrivalState.WAITING,
        "rank": urgency_rank(event.urgency),
        "attachments": len(event.attachments),
        "late": False,
        "reason": "",
        "void": "",
    }
    connection.execute(insert(arrivals), row)


def project_list(connection: Connection, recorded: Recorded) -> None:
    here = recipient_lists.c.id == recorded.aggregate_id
    match recorded.event:
        case RecipientListKept() as event:
            members = msgspec.json.encode(event.members).decode()
            values = {"version": recorded.version, "name": event.name, "members": members}
            if recorded.version == 1:
                key = {"id": recorded.aggregate_id, "organisation": event.organisation}
                connection.execute(insert(recipient_lists), key | values)
            else:
                connection.execute(update(recipient_lists).where(here).values(values))
        case RecipientListDropped():
            connection.execute(delete(recipient_lists).where(here))
