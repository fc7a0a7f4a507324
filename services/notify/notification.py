"""A notification: one person told of one event, and how far that has come on each channel."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from services.notify.contract import (
    Channel,
    DeliveryState,
    Kind,
    NoticeUrgency,
    NotificationRaised,
    NotificationRead,
)

_NAMESPACE = uuid.UUID("0d6a3e6c-7a0f-5f7b-8e0e-3b0f6f4c9d52")


@dataclass(frozen=True, kw_only=True)
class NotificationSent(Event):
    """The channel took it."""

    channel: Channel


@dataclass(frozen=True, kw_only=True)
class NotificationFailed(Event):
    """The channel did not take it; `next_try` is None when that was the last try."""

    channel: Channel
    reason: str
    attempt: int
    next_try: datetime | None


@dataclass(frozen=True, kw_only=True)
class ChannelUnused(Event):
    """The person cannot be reached by this channel."""

    channel: Channel
    reason: str


@dataclass(frozen=True, kw_only=True)
class NotificationRetried(Event):
    """An administrator has it tried again, from the first try on."""

    channel: Channel


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What a person is to be told."""

    person: str
    organisation: str
    kind: Kind
    title: str
    body: str
    link: str
    urgency: NoticeUrgency = NoticeUrgency.NORMAL


def notification_id(cause: str, notice: Notice) -> str:
    """The same event, person and kind is the same notification, however often it is told."""
    return str(uuid.uuid5(_NAMESPACE, f"{cause}:{notice.person}:{notice.kind}"))


class Notification(Aggregate):
    """One person told of one event."""

    kind = "notification"

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.person = ""
        self._organisation = ""
        self.read = False
        self.deliveries: dict[Channel, DeliveryState] = {}
        self.attempts: dict[Channel, int] = {}

    @property
    def organisation(self) -> str:
        return self._organisation

    def tell(self, cause: str, notice: Notice, channels: Sequence[Channel]) -> None:
        self.record(
            NotificationRaised(
                person=notice.person,
                organisation=notice.organisation,
                kind=notice.kind,
                cause=cause,
                channels=tuple(channels),
                title=notice.title,
                body=notice.body,
                link=notice.link,
                urgency=notice.urgency,
            )
        )

    def waits(self, channel: Channel) -> bool:
        return self.deliveries.get(channel) is DeliveryState.WAITING

    def sent(self, channel: Channel) -> None:
        self._require_waiting(channel)
        self.record(NotificationSent(channel=channel))

    def failed(
        self, channel: Channel, reason: str, now: datetime, pauses: Sequence[timedelta]
    ) -> None:
        """A try failed; the next follows after the pause of this one, none when there is no more."""
        self._require_waiting(channel)
        attempt = self.attempts[channel] + 1
        next_try = now + pauses[attempt - 1] if attempt <= len(pauses) else None
        self.record(
            NotificationFailed(channel=channel, reason=reason, attempt=attempt, next_try=next_try)
        )

    def unused(self, channel: Channel, reason: str) -> None:
        self._require_waiting(channel)
        self.record(ChannelUnused(channel=channel, reason=reason))

    def retry(self, channel: Channel) -> None:
        gone = self.deliveries.get(channel)
        self.require(gone is DeliveryState.FAILED, "ส่งใหม่ได้เฉพาะรายการที่ส่งไม่ถึง")
        self.record(NotificationRetried(channel=channel))

    def mark_read(self) -> None:
        """Reading twice is reading once."""
        if not self.read:
            self.record(NotificationRead(person=self.person))

    def _require_waiting(self, channel: Channel) -> None:
        self.require(self.waits(channel), "ไม่ได้รอส่งอยู่")

    def apply(self, event: Event) -> None:
        match event:
            case NotificationRaised():
                self.person, self._organisation = event.person, event.organisation
                for channel in event.channels:
                    self.deliveries[channel] = first_state(channel)
                    self.attempts[channel] = 0
            case NotificationSent():
                self.deliveries[event.channel] = DeliveryState.SENT
            case NotificationFailed():
                self.attempts[event.channel] = event.attempt
                if event.next_try is None:
                    self.deliveries[event.channel] = DeliveryState.FAILED
            case ChannelUnused():
                self.deliveries[event.channel] = DeliveryState.UNUSED
            case NotificationRetried():
                self.deliveries[event.channel] = DeliveryState.WAITING
                self.attempts[event.channel] = 0
            case NotificationRead():
                self.read = True


def first_state(channel: Channel) -> DeliveryState:
    """In the application it has arrived as soon as it is raised; an e-mail has yet to leave."""
    return DeliveryState.SENT if channel is Channel.IN_APP else DeliveryState.WAITING
