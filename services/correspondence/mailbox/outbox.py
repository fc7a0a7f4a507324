"""The e-mails that are to leave from the central mailbox: which are due, and who is sending which.

A row is written in the transaction that decides on the mail; replicas share the rows. Who wants to
send one claims it first; a claim ends by itself, so that a replica that dies keeps nothing. The
table is no part of the record: what became of a mail is told by events.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    Row,
    Table,
    Text,
    and_,
    func,
    insert,
    or_,
    select,
    update,
)

from infra.database import UtcMoment
from infra.ids import new_id
from services.correspondence.contract import (
    Attachment,
    LetterArrived,
    LetterSent,
    Recipient,
    Urgency,
)
from services.correspondence.mailbox.naming import named
from services.correspondence.mailbox.tables import metadata
from services.correspondence.views import policy_of

CLAIM = timedelta(minutes=5)  # longer than a mail of the greatest size takes to hand over


class MailKind(StrEnum):
    LETTER = "letter"  # a letter of ours
    ACKNOWLEDGEMENT = "acknowledgement"  # the sender of an e-mail is told that it has come
    REDIRECTION = "redirection"  # or that it is not for us, and whom to write to
    FORWARD = "forward"  # what was not for us goes to whom it is for


class MailState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"  # the mail server has it
    DELIVERED = "delivered"  # the recipient's server reported it delivered
    FAILED = "failed"  # refused, or came back


# `delivery` and `document` for a letter, `arrival` for what is said about one. `content` is a
# `Content` as JSON. `first_try` is the time of sending that counts (89/3).
mails = Table(
    "mail_outbox",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("delivery", Text, index=True),
    Column("document", Text),
    Column("arrival", Text, index=True),
    Column("address", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("queued_at", UtcMoment, nullable=False),
    Column("next_try", UtcMoment),
    Column("first_try", UtcMoment),
    Column("sent_at", UtcMoment),
    Column("claimed_until", UtcMoment),
)
Index("mail_outbox_due", mails.c.state, mails.c.next_try)


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a mail says. `files` bear the names under which they go, the letter itself first;
    `answers` is the Message-ID that it answers; `year` and `number` are those of the register."""

    subject: str
    urgency: Urgency = Urgency.NORMAL
    reference: str = ""
    dated: date | None = None
    deadline: datetime | None = None
    recipient: str = ""
    drafter: str = ""
    files: tuple[Attachment, ...] = ()
    answers: str = ""
    year: int | None = None
    number: int | None = None
    received_at: datetime | None = None
    reason: str = ""
    right_address: str = ""
    sender: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail in the outbox. `first_try` is None before the first."""

    id: str
    kind: MailKind
    organisation: str
    delivery: str | None
    document: str | None
    arrival: str | None
    address: str
    content: Content
    state: MailState
    attempts: int
    first_try: datetime | None


def enqueue(
    connection: Connection,
    *,
    now: datetime,
    document: str,
    letter: LetterSent,
    recipient: Recipient,
) -> str:
    """Let `letter` leave to `recipient.address`; the id of the mail.

    To send it again (RedirectDelivery), call it again with the recipient's new address.
    """
    policy = policy_of(connection, letter.organisation)
    content = Content(
        subject=letter.subject,
        urgency=letter.urgency,
        reference=letter.reference,
        dated=letter.dated,
        deadline=letter.deadline,
        recipient=recipient.name,
        drafter=letter.drafter,
        files=named(policy, letter),
    )
    return _enqueue(
        connection,
        now,
        MailKind.LETTER,
        content,
        organisation=letter.organisation,
        delivery=recipient.delivery,
        document=document,
        address=recipient.address,
    )


def enqueue_acknowledgement(
    connection: Connection,
    *,
    now: datetime,
    organisation: str,
    arrival: str,
    address: str,
    mail: str,
    subject: str,
    received_at: datetime,
    year: int,
    number: int,
) -> str:
    """Let the sender of an e-mail know that it has come and was registered; `mail` is its
    Message-ID, `received_at` when it came."""
    content = Content(
        subject=subject, answers=mail, received_at=received_at, year=year, number=number
    )
    return _enqueue(
        connection,
        now,
        MailKind.ACKNOWLEDGEMENT,
        content,
        organisation=organisation,
        arrival=arrival,
        address=address,
    )


def enqueue_redirection(
    connection: Connection,
    *,
    now: datetime,
    organisation: str,
    arrival: str,
    address: str,
    mail: str,
    subject: str,
    received_at: datetime,
    reason: str,
    right_address: str,
) -> str:
    """Let the sender of an e-mail know that it is not for us, and the right address."""
    content = Content(
        subject=subject,
        answers=mail,
        received_at=received_at,
        reason=reason,
        right_address=right_address,
    )
    return _enqueue(
        connection,
        now,
        MailKind.REDIRECTION,
        content,
        organisation=organisation,
        arrival=arrival,
        address=address,
    )


def enqueue_forward(
    connection: Connection, *, now: datetime, mail: LetterArrived, address: str
) -> str:
    """Send on to `address` what came by e-mail and was not for us (annex 7)."""
    content = Content(
        subject=mail.subject,
        urgency=mail.urgency,
        received_at=mail.at,
        sender=f"{mail.sender} <{mail.address}>",
        text=mail.text,
        files=mail.attachments,
    )
    return _enqueue(
        connection,
        now,
        MailKind.FORWARD,
        content,
        organisation=mail.organisation,
        address=address,
    )


def _enqueue(
    connection: Connection, now: datetime, kind: MailKind, content: Content, **more: str
) -> str:
    id = new_id()
    row = {
        "id": id,
        "kind": kind,
        "content": msgspec.json.encode(content).decode(),
        "state": MailState.WAITING,
        "attempts": 0,
        "reason": "",
        "queued_at": now,
        "next_try": now,
    }
    connection.execute(insert(mails), row | more)
    return id


def due(connection: Connection, now: datetime, limit: int) -> list[str]:
    """The ids of what is to leave now, the longest due first."""
    query = select(mails.c.id).where(_is_due(now)).order_by(mails.c.next_try, mails.c.id)
    return list(connection.execute(query.limit(limit)).scalars())


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        mails.c.state == MailState.WAITING,
        mails.c.next_try <= now,
        or_(mails.c.claimed_until.is_(None), mails.c.claimed_until <= now),
    )


def claim(connection: Connection, id: str, now: datetime) -> Mail | None:
    """The mail, if it is ours to send now; None where another replica has it, or had it."""
    claimed = connection.execute(
        update(mails)
        .where(mails.c.id == id, _is_due(now))
        .values(
            claimed_until=now + CLAIM,
            attempts=mails.c.attempts + 1,
            first_try=func.coalesce(mails.c.first_try, now),
        )
        .returning(mails)
    ).first()
    return None if claimed is None else _mail(claimed)


def _mail(row: Row[Any]) -> Mail:
    fields = {name: getattr(row, name) for name in Mail.__dataclass_fields__}
    fields |= {"kind": MailKind(row.kind), "state": MailState(row.state)}
    return Mail(**fields | {"content": msgspec.json.decode(row.content, type=Content)})


def find(connection: Connection, id: str) -> Mail | None:
    row = connection.execute(select(mails).where(mails.c.id == id)).first()
    return None if row is None else _mail(row)


def first_try(connection: Connection, delivery: str) -> datetime | None:
    """When the letter was first tried to be sent to that recipient, at whatever address (89/3)."""
    query = select(mails.c.first_try).where(
        mails.c.delivery == delivery, mails.c.first_try.is_not(None)
    )
    return connection.execute(query.order_by(mails.c.first_try).limit(1)).scalar()


def note_sent(connection: Connection, id: str, now: datetime) -> None:
    _note(connection, id, state=MailState.SENT, reason="", next_try=None, sent_at=now)


def note_again(connection: Connection, id: str, reason: str, next_try: datetime) -> None:
    """It did not go this time; it is tried again at `next_try`."""
    _note(connection, id, reason=reason, next_try=next_try)


def note_failed(connection: Connection, id: str, reason: str) -> None:
    """It was refused for good, or came back."""
    _note(connection, id, state=MailState.FAILED, reason=reason, next_try=None)


def note_delivered(connection: Connection, id: str) -> None:
    _note(connection, id, state=MailState.DELIVERED)


def _note(connection: Connection, id: str, **values: Any) -> None:
    connection.execute(update(mails).where(mails.c.id == id).values(claimed_until=None, **values))


def count(connection: Connection, organisation: str, state: MailState) -> int:
    query = select(func.count()).select_from(mails)
    query = query.where(mails.c.organisation == organisation, mails.c.state == state)
    return connection.execute(query).scalar_one()
