"""One round of sending e-mail: what is due is claimed, handed to the server, and noted."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from infra.eventstore.store import Work
from infra.mail import MailConnection, Refused, ServerAway
from infra.messaging.runtime import Runtime
from services.notify import outbox
from services.notify.contract import Channel
from services.notify.mail import compose
from services.notify.notification import Notification
from services.notify.outbox import Mail
from services.personnel.contract import Contact

BATCH = 50
_log = structlog.get_logger()


def send_due(runtime: Runtime, pauses: Sequence[timedelta]) -> int:
    """Send a batch; how many were handled. `pauses` are the waits between tries.

    Raises Unavailable when the people's addresses cannot be asked for.
    """
    with runtime.database.read() as connection:
        mails = outbox.due(connection, runtime.clock(), BATCH)
    if not mails:
        return 0
    addresses = _addresses(runtime, sorted({mail.person for mail in mails}))
    reachable = []
    for mail in mails:
        if addresses.get(mail.person):
            reachable.append(mail)
        else:
            _note(runtime, mail, lambda one: one.unused(Channel.EMAIL, "ไม่มีที่อยู่อีเมล"))
    if not reachable:
        return len(mails)
    try:
        with MailConnection(runtime.settings.smtp_url) as server:
            for mail in reachable:
                _send(runtime, server, mail, addresses[mail.person], pauses)
    except ServerAway as away:
        _log.warning("mail-server-away", service="notify", reason=str(away))
        with runtime.database.begin() as connection:
            outbox.server.note_away(connection, str(away), runtime.clock(), pauses)
    else:
        with runtime.database.begin() as connection:
            outbox.server.note_back(connection)
    return len(mails)


def _addresses(runtime: Runtime, people: list[str]) -> dict[str, str]:
    answer = runtime.ask(Contact, ids=people)
    return {one["id"]: one["email"] for one in answer["items"] if one["email"]}


def _send(
    runtime: Runtime,
    server: MailConnection,
    mail: Mail,
    address: str,
    pauses: Sequence[timedelta],
) -> None:
    """Hand one message over. Raises ServerAway when the connection broke over it."""
    now = runtime.clock()
    with runtime.database.begin() as connection:
        if not outbox.claim(connection, mail.id, now):
            return
    try:
        message = compose(
            id=mail.id,
            title=mail.title,
            body=mail.body,
            link=mail.link,
            sender=runtime.settings.mail_from,
            to=address,
            site=runtime.settings.public_url,
            now=now,
        )
        server.send(message)
    except Refused as refused:
        rest = () if refused.permanent else pauses
        reason = refused.reason
        _note(runtime, mail, lambda one: one.failed(Channel.EMAIL, reason, now, rest))
    except ServerAway as away:
        # It costs the message a try, so that one which breaks every connection cannot hold up
        # the others for ever.
        reason = str(away)
        _note(runtime, mail, lambda one: one.failed(Channel.EMAIL, reason, now, pauses))
        raise
    else:
        _note(runtime, mail, lambda one: one.sent(Channel.EMAIL))


def _note(runtime: Runtime, mail: Mail, outcome: Callable[[Notification], None]) -> None:
    """Record how it went, and end the claim; nothing when it is settled already."""

    def note(work: Work) -> None:
        notification = work.find(Notification, mail.id)
        if notification is not None and notification.waits(Channel.EMAIL):
            outcome(notification)
            work.save(notification)
        outbox.release(work.connection, mail.id)

    runtime.execute(note, about=f"{Notification.kind}-{mail.id}")
