"""The central mailbox (saraban@): its post is sent and fetched, and that somebody looked is on record."""

from datetime import datetime, timedelta
from typing import Any

from infra.errors import Forbidden, Problem, Unavailable
from infra.eventstore.store import Read, Work
from infra.identity import Actor, Role
from infra.mail import ServerAway
from infra.messaging.runtime import Runtime
from infra.messaging.service import command, query, timer
from services.correspondence import sending_rights
from services.correspondence.contract import CheckMailbox, MailboxStatus
from services.correspondence.mailbox import outbox, reading
from services.correspondence.mailbox.checks import Mailbox
from services.correspondence.mailbox.outbox import MailState
from services.correspondence.mailbox.owner import calendar_of, owner_of
from services.correspondence.mailbox.sending import send_due
from services.correspondence.mailbox.tables import smtp
from services.correspondence.views import mailbox

SHOWN = timedelta(days=7)


def _look(runtime: Runtime, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Read the mailbox at once, as far as there is time for while somebody waits."""
    sending_rights.tray_seat(actor)
    settings = runtime.settings
    with runtime.database.read() as connection:
        ours = owner_of(connection, settings) == actor.organisation
    if not (ours and settings.saraban_imap_url):
        return body | {"found": 0}  # they look for themselves
    patience = settings.rpc_deadline / 2
    try:
        found = reading.read_mailbox(runtime, at_once=True, patience=patience)
    except reading.Busy:
        found = 0
    except ServerAway as away:
        raise Unavailable(f"อ่านกล่องจดหมายไม่ได้: {away}") from away
    return body | {"found": found}


class CentralMailbox:
    """What goes and comes by e-mail (อีเมลสารบรรณกลาง)."""

    runtime: Any

    @timer(seconds=5)
    def send_saraban(self) -> None:
        if self.runtime.settings.saraban_smtp_url:
            minutes = self.runtime.settings.mail_back_off
            send_due(self.runtime, [timedelta(minutes=each) for each in minutes])

    @timer(seconds=5)
    def read_saraban(self) -> None:
        if self.runtime.settings.saraban_imap_url:
            try:
                reading.read_mailbox(self.runtime)
            except (reading.Busy, ServerAway):
                return

    @command(CheckMailbox, before=_look)
    def check_mailbox(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        sending_rights.tray_seat(work.actor)
        organisation = work.actor.organisation
        ours = work.find(Mailbox, organisation) or Mailbox(organisation)
        ours.check(work.now, work.actor.person, body["found"])
        work.save(ours)
        return {"count": body["found"]}

    @query(MailboxStatus)
    def mailbox_status(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        connection, organisation = read.connection, read.actor.organisation
        administers = read.actor.has(Role.ADMINISTRATOR, organisation=organisation)
        if not administers and not sending_rights.sees_tray(connection, read.actor):
            raise Forbidden()
        settings = self.runtime.settings
        ours = owner_of(connection, settings) == organisation
        reads = bool(settings.saraban_imap_url) and ours
        away = smtp.away(connection)
        return {
            "reads": reads,
            "sends": bool(settings.saraban_smtp_url),
            "last_read_at": reading.last_read(connection) if reads else None,
            "error": reading.error(connection) if reads else "",
            "sending_error": away.reason if away else "",
            "waiting": outbox.count(connection, organisation, MailState.WAITING),
            "failed": outbox.count(connection, organisation, MailState.FAILED),
            "checks": mailbox.checks_since(connection, organisation, read.now - SHOWN),
            "missed": self._missed(read, organisation),
            "actions": [CheckMailbox.method()] * _may_check(read.actor),
        }

    def _missed(self, read: Read, organisation: str) -> list[str]:
        """Half-days since the mailbox was first looked into, in the last week."""
        first = mailbox.first_check(read.connection, organisation)
        if first is None:
            return []
        since: datetime = max(first, read.now - SHOWN)
        checks = mailbox.checks_since(read.connection, organisation, read.now - SHOWN)
        calendar = calendar_of(self.runtime.settings)
        return calendar.missed((one["at"] for one in checks), since, read.now)


def _may_check(actor: Actor) -> bool:
    try:
        sending_rights.tray_seat(actor)
    except Problem:
        return False
    return True
