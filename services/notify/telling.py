"""Raising notifications: each person once for an event, by the channels that the person left on."""

from collections.abc import Iterable

from infra.eventstore.store import Work
from services.notify.contract import Channel
from services.notify.notification import Notice, Notification, notification_id
from services.notify.preferences import Preferences


def tell(work: Work, cause: str, notices: Iterable[Notice], email: bool) -> None:
    """Raise `notices` of the event `cause`. `email` says whether this office sends e-mail."""
    for notice in notices:
        id = notification_id(cause, notice)
        if work.find(Notification, id) is not None:
            continue
        switches = work.find(Preferences, notice.person) or Preferences(notice.person)
        channels = [
            channel
            for channel in switches.channels(notice.kind)
            if email or channel is not Channel.EMAIL
        ]
        if channels:
            notification = Notification(id)
            notification.tell(cause, notice, channels)
            work.save(notification)
