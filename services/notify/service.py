"""Nameko's view of `notify`: what it hears, what it may be asked, and the post it sends."""

from datetime import timedelta
from typing import Any

from infra.clock import bangkok, bangkok_date
from infra.errors import NotFound
from infra.eventstore.events import EventTypes, Recorded
from infra.eventstore.store import Read, Work
from infra.identity import Actor, Role
from infra.messaging.service import RuntimeProvider, command, query, subscription, timer
from services.notify import contract, matters, notification, outbox, preferences, rules, views
from services.notify.contract import (
    Channel,
    DeliveryState,
    GetPreferences,
    Kind,
    ListFailedMail,
    ListNotifications,
    MailStatus,
    MarkAllRead,
    MarkRead,
    RetryMail,
    SetPreferences,
    UnreadCount,
)
from services.notify.notification import Notification
from services.notify.preferences import Preferences
from services.notify.sending import send_due
from services.notify.telling import tell
from services.personnel.contract import directory

MORNING = 6  # the hour (Bangkok) from which people are reminded


class NotifyService:
    """Who is told what, by which channel, and whether it arrived (แจ้งเตือน)."""

    name = "notify"
    runtime = RuntimeProvider(
        types=EventTypes(contract, notification, preferences),
        project=views.project,
        read_tables=views.metadata,
        own_tables=[directory.metadata, matters.metadata, outbox.metadata],
        figures=outbox.figures,
    )

    @subscription("personnel", *directory.EVENTS)
    def learn_directory(self, work: Work, recorded: Recorded) -> None:
        directory.learn(work.connection, recorded)

    @subscription("correspondence", *rules.CORRESPONDENCE, after=["personnel"])
    def hear_correspondence(self, work: Work, recorded: Recorded) -> None:
        self._hear(work, recorded)

    @subscription("resources", *rules.RESOURCES, after=["personnel"])
    def hear_resources(self, work: Work, recorded: Recorded) -> None:
        self._hear(work, recorded)

    @subscription("standards", *rules.STANDARDS, after=["personnel"])
    def hear_standards(self, work: Work, recorded: Recorded) -> None:
        self._hear(work, recorded)

    def _hear(self, work: Work, recorded: Recorded) -> None:
        notices = rules.notices(work.connection, recorded)
        matters.learn(work.connection, recorded)
        tell(work, recorded.id, notices, self._email_on())

    def _email_on(self) -> bool:
        return bool(self.runtime.settings.smtp_url)

    @timer(seconds=5)
    def send_mail(self) -> None:
        if self._email_on():
            minutes = self.runtime.settings.mail_back_off
            send_due(self.runtime, [timedelta(minutes=each) for each in minutes])

    @timer(seconds=600)
    def remind(self) -> None:
        """Tell of letters that are due tomorrow, due today or overdue, each once."""
        self.runtime.execute(self._remind)

    def _remind(self, work: Work) -> None:
        if bangkok(work.now).hour < MORNING:
            return
        today = bangkok_date(work.now)
        for reminder in matters.reminders(work.connection, today, today + timedelta(days=1)):
            notices = rules.reminder_notices(work.connection, reminder, today)
            if notices:  # else whoever comes to have it is reminded
                tell(work, reminder.cause, notices, self._email_on())
                matters.note_told(work.connection, reminder)

    @command(MarkRead)
    def mark_read(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        one = work.load(Notification, body["id"])
        if one.person != work.actor.person:
            raise NotFound()
        one.mark_read()
        work.save(one)
        return work.done(one)

    @command(MarkAllRead)
    def mark_all_read(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        ids = views.unread(work.connection, work.actor.person)
        for id in ids:
            one = work.load(Notification, id)
            one.mark_read()
            work.save(one)
        return {"count": len(ids)}

    @command(SetPreferences)
    def set_preferences(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        person = work.actor.person
        own = work.find(Preferences, person) or Preferences(person)
        own.choose(
            work.actor.organisation,
            {
                item["kind"]: {channel for channel in Channel if item[channel.value]}
                for item in body["items"]
            },
        )
        work.save(own)
        return self._preferences(own.version, own.off)

    @command(RetryMail)
    def retry_mail(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        work.actor.seat(Role.ADMINISTRATOR)
        one = work.load(Notification, body["id"])
        one.retry(Channel.EMAIL)
        work.save(one)
        return work.done(one)

    @query(ListNotifications)
    def list_notifications(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        return views.list_notifications(read.connection, read.actor.person, params)

    @query(UnreadCount)
    def unread_count(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        return {"unread": views.count_unread(read.connection, read.actor.person)}

    @query(GetPreferences)
    def get_preferences(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        version, off = views.preferences_of(read.connection, read.actor.person)
        return self._preferences(version, off)

    def _preferences(self, version: int, off: dict[Kind, Any]) -> dict[str, Any]:
        items = [
            {"kind": kind, "title": rules.TITLES[kind]}
            | {channel.value: channel not in off.get(kind, ()) for channel in Channel}
            for kind in Kind
        ]
        return {"version": version, "items": items, "email_available": self._email_on()}

    @query(ListFailedMail)
    def list_failed_mail(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        read.actor.seat(Role.ADMINISTRATOR)
        return views.list_failed(read.connection, params)

    @query(MailStatus)
    def mail_status(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        _may_look_after_mail(read.actor)
        away = outbox.server.away(read.connection)
        return {
            "on": self._email_on(),
            "waiting": views.count_mail(read.connection, DeliveryState.WAITING),
            "failed": views.count_mail(read.connection, DeliveryState.FAILED),
            "away_since": away.away_since if away else None,
            "reason": away.reason if away else "",
            "next_try": away.next_try if away else None,
        }


def _may_look_after_mail(actor: Actor) -> None:
    if not actor.is_service:
        actor.seat(Role.ADMINISTRATOR)
