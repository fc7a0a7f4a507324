"""One round of sending from the central mailbox: what is due is claimed, handed to the mail server,
and what became of it recorded."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from infra.errors import NotFound
from infra.eventstore.store import Work
from infra.mail import MailConnection, Refused, ServerAway
from infra.messaging.runtime import Runtime
from infra.threads import unhindered
from services.correspondence.arrival import Arrival
from services.correspondence.contract import Attachment, RecipientChannel
from services.correspondence.delivery import Delivery
from services.correspondence.mailbox import outbox
from services.correspondence.mailbox.composing import Office, compose, message_id
from services.correspondence.mailbox.outbox import Mail, MailState
from services.correspondence.mailbox.owner import calendar_of, office_of
from services.correspondence.mailbox.tables import smtp

BATCH = 50
_log = structlog.get_logger()


def send_due(runtime: Runtime, pauses: Sequence[timedelta]) -> int:
    """Send a batch; how many were looked at. `pauses` are the waits between tries."""
    with runtime.database.read() as connection:
        if smtp.resting(connection, runtime.clock()):
            return 0
        due = outbox.due(connection, runtime.clock(), BATCH)
    if not due:
        return 0
    try:
        with MailConnection(runtime.settings.saraban_smtp_url) as server:
            for id in due:
                _send(runtime, server, id, pauses)
    except ServerAway as away:
        _log.warning("mail-server-away", service="correspondence", reason=str(away))
        with runtime.database.begin() as connection:
            smtp.note_away(connection, str(away), runtime.clock(), pauses)
    else:
        with runtime.database.begin() as connection:
            smtp.note_back(connection)
    return len(due)


def _send(runtime: Runtime, server: MailConnection, id: str, pauses: Sequence[timedelta]) -> None:
    """Hand one mail over. Raises ServerAway when the connection broke over it."""
    taken = _claim(runtime, id)
    if taken is None:
        return
    mail, office = taken
    address = runtime.settings.saraban_address
    try:
        message = unhindered(
            lambda: compose(mail, office, address, lambda one: _read(runtime, one))
        )
        server.send(message, mail.id)
    except Refused as refused:
        _note_refusal(runtime, mail, refused.reason, () if refused.permanent else pauses)
    except ServerAway as away:
        # It costs the mail a try, so that one which breaks every connection cannot hold up the
        # others for ever.
        _note_refusal(runtime, mail, str(away), pauses)
        raise
    else:
        _note_sent(runtime, mail, message_id(mail, address))


def _claim(runtime: Runtime, id: str) -> tuple[Mail, Office] | None:
    """The mail and who writes, where it is ours to send and still wanted."""
    with runtime.database.begin() as connection:
        mail = outbox.claim(connection, id, runtime.clock())
        if mail is None:
            return None
        if not _wanted(runtime, connection, mail):
            outbox.note_failed(connection, id, "ส่งทางอื่นแทนแล้ว")
            return None
        return mail, office_of(connection, runtime.settings, mail.organisation)


def _wanted(runtime: Runtime, connection: Connection, mail: Mail) -> bool:
    """Whether the letter has not been sent another way since."""
    if mail.delivery is None:
        return True
    delivery = runtime.store.load(connection, Delivery, mail.delivery)
    return delivery is None or is_current(delivery, mail.address)


def is_current(delivery: Delivery, address: str) -> bool:
    """Whether a letter goes to its recipient by e-mail, and to that address, as matters stand."""
    recipient = delivery.recipient
    return recipient.channel is RecipientChannel.EMAIL and recipient.address == address


def _read(runtime: Runtime, file: Attachment) -> bytes:
    try:
        with runtime.files.open(file.sha256) as content:
            return content.read()
    except NotFound as error:
        raise Refused(reason=f"ไม่พบไฟล์ {file.name} ในคลังไฟล์", permanent=True) from error


def _note_sent(runtime: Runtime, mail: Mail, message_id: str) -> None:
    now = runtime.clock()

    def note(work: Work) -> None:
        if mail.delivery is not None:
            delivery = work.find(Delivery, mail.delivery)
            if delivery is not None:
                first = outbox.first_try(work.connection, mail.delivery) or now
                delivery.mail(mail.address, message_id, first)
                work.save(delivery)
        if mail.arrival is not None:
            arrival = work.find(Arrival, mail.arrival)
            if arrival is not None:
                _acknowledge(runtime, arrival, now)
                work.save(arrival)
        outbox.note_sent(work.connection, mail.id, now)

    _settle(runtime, mail, note)


def _acknowledge(runtime: Runtime, arrival: Arrival, now: datetime) -> None:
    by = calendar_of(runtime.settings).acknowledge_by(arrival.arrived.at)
    arrival.acknowledge(now, late=now > by)


def _note_refusal(runtime: Runtime, mail: Mail, reason: str, pauses: Sequence[timedelta]) -> None:
    """It is tried again after the next of `pauses`; when there is none left it has failed."""
    if mail.attempts <= len(pauses):
        next_try = runtime.clock() + pauses[mail.attempts - 1]
        _settle(
            runtime,
            mail,
            lambda work: outbox.note_again(work.connection, mail.id, reason, next_try),
        )
    else:
        _settle(runtime, mail, lambda work: fail(work, mail, reason))


def fail(work: Work, mail: Mail, reason: str) -> None:
    """A mail was refused for good, or came back: so the letter did not reach its recipient."""
    if mail.delivery is not None:
        delivery = work.find(Delivery, mail.delivery)
        if delivery is not None and is_current(delivery, mail.address):
            delivery.fail(mail.content.subject, mail.content.drafter, mail.address, reason)
            work.save(delivery)
    outbox.note_failed(work.connection, mail.id, reason)


def _settle(runtime: Runtime, mail: Mail, note: Callable[[Work], None]) -> None:
    """Record how it went, unless another has: a claim may end before the server answers."""

    def settle(work: Work) -> None:
        now = outbox.find(work.connection, mail.id)
        if now is not None and now.state is MailState.WAITING:
            note(work)

    about = None
    if mail.delivery or mail.arrival:
        kind = Delivery.kind if mail.delivery else Arrival.kind
        about = f"{kind}-{mail.delivery or mail.arrival}"
    runtime.execute(settle, about=about)
