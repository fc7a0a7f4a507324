"""What `notify` offers: its events, commands and queries."""

from dataclasses import dataclass
from enum import StrEnum

from infra import fields
from infra.contract import Command, Query, Shape
from infra.eventstore.events import Event


class Kind(StrEnum):
    """What a notification is about; a person's preferences go by it."""

    LETTER_PROPOSED = "letter_proposed"
    LETTER_ORDERED = "letter_ordered"
    LETTER_RECEIVED = "letter_received"
    LETTER_ASSIGNED = "letter_assigned"
    LETTER_REPORTED = "letter_reported"
    LETTER_RETURNED = "letter_returned"
    LETTER_MOVED = "letter_moved"  # forwarded or cancelled
    LETTER_DUE = "letter_due"  # tomorrow, or overdue
    DOCUMENT_SUBMITTED = "document_submitted"  # a draft lies on my desk
    DOCUMENT_RETURNED = "document_returned"
    DOCUMENT_NUMBERED = "document_numbered"  # signed, numbered, or its number cancelled
    LETTER_ARRIVED = "letter_arrived"  # in the tray; asked after, or made void, by its sender
    DELIVERY_FAILED = "delivery_failed"  # or refused by its recipient
    DOCUMENT_ANSWERED = "document_answered"
    BOOKING_REQUESTED = "booking_requested"
    BOOKING_DECIDED = "booking_decided"
    BOOKING_CANCELLED = "booking_cancelled"
    INDICATOR_ASSIGNED = "indicator_assigned"
    INDICATOR_REPORTED = "indicator_reported"
    INDICATOR_DECIDED = "indicator_decided"


class Channel(StrEnum):
    IN_APP = "in_app"
    EMAIL = "email"


class DeliveryState(StrEnum):
    """How far a notification has come on a channel; `unused` where the person has no address."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    UNUSED = "unused"


class NoticeUrgency(StrEnum):
    """The urgency of the letter that it is about (ชั้นความเร็ว)."""

    NORMAL = "normal"
    URGENT = "urgent"  # ด่วน
    VERY_URGENT = "very_urgent"  # ด่วนมาก
    MOST_URGENT = "most_urgent"  # ด่วนที่สุด


@dataclass(frozen=True, kw_only=True)
class NotificationRaised(Event):
    """A person is told something. `cause` is the id of the event that it tells of."""

    person: str
    organisation: str
    kind: Kind
    cause: str
    channels: tuple[Channel, ...]
    title: str
    body: str
    link: str
    urgency: NoticeUrgency


@dataclass(frozen=True, kw_only=True)
class NotificationRead(Event):
    """The person has read it."""

    person: str


class MarkRead(Command):
    """Mark one of my notifications as read."""

    service = "notify"
    id = fields.Id(required=True)


class Marked(Shape):
    """How many notifications were marked."""

    count = fields.Integer(required=True)


class MarkAllRead(Command):
    """Mark all my notifications as read."""

    service = "notify"
    answer = Marked


class Preference(Shape):
    """Whether I am told of a kind of thing, by channel."""

    kind = fields.Choice(Kind, required=True)
    in_app = fields.Boolean(required=True)
    email = fields.Boolean(required=True)


class PreferenceAnswer(Preference):
    title = fields.Text(required=True)


class Preferences(Shape):
    """All kinds; `email_available` says whether this office sends e-mail at all."""

    version = fields.Integer(required=True)
    items = fields.Many(fields.Nested(PreferenceAnswer), required=True)
    email_available = fields.Boolean(required=True)


class SetPreferences(Command):
    """Switch channels on or off for the kinds named; the others stay as they are."""

    service = "notify"
    answer = Preferences
    items = fields.Many(fields.Nested(Preference), min=1, max=len(Kind), required=True)


class GetPreferences(Query):
    """What I am told of, by which channel."""

    service = "notify"
    answer = Preferences


class Delivery(Shape):
    """How far a notification has come on one channel."""

    channel = fields.Choice(Channel, required=True)
    state = fields.Choice(DeliveryState, required=True)
    reason = fields.Text(required=True, blank=True)
    attempts = fields.Integer(required=True)
    next_try = fields.Moment(required=True, allow_none=True)
    at = fields.Moment(required=True)


class NotificationAnswer(Shape):
    id = fields.Id(required=True)
    version = fields.Integer(required=True)
    kind = fields.Choice(Kind, required=True)
    title = fields.Text(required=True)
    body = fields.Text(max=2000, required=True, blank=True, lines=True)
    link = fields.Text(required=True)
    urgency = fields.Choice(NoticeUrgency, required=True)
    raised_at = fields.Moment(required=True)
    read_at = fields.Moment(required=True, allow_none=True)
    deliveries = fields.Many(fields.Nested(Delivery), required=True)


class NotificationPage(Shape):
    """A page of notifications; `next` is the cursor of the page behind it."""

    items = fields.Many(fields.Nested(NotificationAnswer), required=True)
    next = fields.Text(required=True, allow_none=True)
    total = fields.Integer(required=True)
    unread = fields.Integer(required=True)


class ListNotifications(Query):
    """My notifications, newest first."""

    service = "notify"
    answer = NotificationPage
    unread = fields.Boolean(load_default=False)
    limit = fields.Integer(strict=False, min=1, max=200, load_default=50)
    cursor = fields.Text(max=200, load_default=None, allow_none=True)


class Unread(Shape):
    unread = fields.Integer(required=True)


class UnreadCount(Query):
    """How many of my notifications I have not read."""

    service = "notify"
    answer = Unread


class FailedMailRow(Shape):
    """An e-mail that could not be sent."""

    id = fields.Id(required=True)
    version = fields.Integer(required=True)
    person = fields.Text(required=True)
    kind = fields.Choice(Kind, required=True)
    raised_at = fields.Moment(required=True)
    failed_at = fields.Moment(required=True)
    attempts = fields.Integer(required=True)
    reason = fields.Text(required=True)


class FailedMailPage(Shape):
    """A page of failed e-mails; `next` is the cursor of the page behind it."""

    items = fields.Many(fields.Nested(FailedMailRow), required=True)
    next = fields.Text(required=True, allow_none=True)
    total = fields.Integer(required=True)


class ListFailedMail(Query):
    """E-mails that could not be sent, newest first (administrators)."""

    service = "notify"
    answer = FailedMailPage
    limit = fields.Integer(strict=False, min=1, max=200, load_default=50)
    cursor = fields.Text(max=200, load_default=None, allow_none=True)


class RetryMail(Command):
    """Try a failed e-mail again (administrators)."""

    service = "notify"
    id = fields.Id(required=True)


class MailStatusAnswer(Shape):
    """Whether e-mail is on, how much waits or failed, and since when the mail server is away."""

    on = fields.Boolean(required=True)
    waiting = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    away_since = fields.Moment(required=True, allow_none=True)
    reason = fields.Text(required=True, blank=True)
    next_try = fields.Moment(required=True, allow_none=True)


class MailStatus(Query):
    """The state of e-mail sending (administrators, and this system itself)."""

    service = "notify"
    answer = MailStatusAnswer
