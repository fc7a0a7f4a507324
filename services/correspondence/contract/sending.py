"""Letters on their way: from a sender's document to each recipient, and the receipt that comes back.

Two sides, two aggregates. A *delivery* is the sender's: one recipient of one document. An *arrival*
is the recipient's: a letter that waits in the tray to be registered, sent on the system or mailed
to the central address. They tell each other by events alone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from infra import fields
from infra.contract import Command, Done, Query, Shape
from infra.eventstore.events import Event
from infra.identity import Seat
from services.correspondence.contract.commands import Registered
from services.correspondence.contract.documents import RecipientChannel, RecipientShape
from services.correspondence.contract.events import Attachment, Urgency
from services.correspondence.contract.queries import AttachmentAnswer


class DeliveryState(StrEnum):
    """How far a letter has come to one recipient; each state includes those before it."""

    WAITING = "waiting"  # รอส่ง
    SENT = "sent"  # ส่งแล้ว (mail accepted, messenger or post under way)
    DELIVERED = "delivered"  # ถึงผู้รับ
    REGISTERED = "registered"  # ผู้รับลงทะเบียนรับแล้ว
    ACKNOWLEDGED = "acknowledged"  # ตอบรับแล้ว
    ANSWERED = "answered"  # ตอบกลับแล้ว
    UNDELIVERABLE = "undeliverable"  # ส่งไม่ถึง
    REFUSED = "refused"  # ผู้รับส่งคืน


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """To whom one delivery goes. `delivery` is its id; `organisation` None outside the system."""

    delivery: str
    organisation: str | None
    name: str
    channel: RecipientChannel
    address: str


@dataclass(frozen=True, kw_only=True)
class LetterSent(Event):
    """A numbered document was sent to these recipients (ส่ง); further ones may follow by another.

    What a recipient needs is here, so that the other side need not ask.
    """

    organisation: str
    sender: str
    reference: str
    dated: date
    subject: str
    urgency: Urgency
    deadline: datetime | None
    circular: bool
    frozen: Attachment
    enclosures: tuple[Attachment, ...]
    reply_to: str | None
    recipients: tuple[Recipient, ...]
    drafter: str
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class DeliveryBegun(Event):
    """The sender's record of one recipient of one document. `answers`: the delivery that brought the
    letter which this one answers, where that came on the system."""

    organisation: str
    document: str
    recipient: Recipient
    answers: str | None


@dataclass(frozen=True, kw_only=True)
class LetterMailed(Event):
    """The mail server accepted it for `address`; `at` is the time of sending (89/3)."""

    address: str
    message_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class LetterDelivered(Event):
    """It lies in the recipient's tray or mailbox, or was handed to `receiver` (form 17)."""

    at: datetime
    receiver: str
    how: str


@dataclass(frozen=True, kw_only=True)
class DeliveryFailed(Event):
    """It could not be delivered (ส่งไม่ถึง, annex 6 ⑩); from the second time on another way is asked
    for (annex 7). `drafter` is whose letter it is."""

    document: str
    subject: str
    drafter: str
    address: str
    reason: str
    times: int


@dataclass(frozen=True, kw_only=True)
class DeliveryRedirected(Event):
    """It goes again: to another address or by another way."""

    channel: RecipientChannel
    address: str
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class RecipientRegistered(Event):
    """The recipient entered it in its receive register: `number` of `year`, at `at`."""

    document: str
    year: int
    number: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class RecipientAcknowledged(Event):
    """The recipient said that it has come, by mail or otherwise."""

    document: str
    text: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class RecipientAnswered(Event):
    """The recipient answered it by a letter of its own."""

    document: str
    reference: str
    dated: date
    subject: str


@dataclass(frozen=True, kw_only=True)
class RecipientRefused(Event):
    """The recipient gave it back: not for them, or not as it should be."""

    document: str
    subject: str
    drafter: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReceiptConfirmed(Event):
    """The owner called and heard that it has come (annex 7); the time goes into หมายเหตุ."""

    spoken_to: str
    at: datetime
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class RecipientReminded(Event):
    """The recipient was reminded. On the system `organisation` sees it in its tray."""

    document: str
    organisation_reminded: str | None
    subject: str
    sender: str
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class DocumentClosed(Event):
    """All that was awaited has come in, or what has not is no longer awaited (ปิดเรื่อง)."""

    text: str
    seat: Seat


class ArrivalSource(StrEnum):
    SYSTEM = "system"
    EMAIL = "email"


@dataclass(frozen=True, kw_only=True)
class LetterArrived(Event):
    """A letter waits in `organisation`'s tray to be registered.

    From the system: `delivery` and `document` are the sender's. By e-mail: `mail` is its Message-ID,
    `address` who wrote, `text` the message, `spam` whether it lay in the junk folder.
    """

    organisation: str
    source: ArrivalSource
    delivery: str | None
    document: str | None
    from_organisation: str | None
    sender: str
    reference: str
    dated: date | None
    subject: str
    urgency: Urgency
    deadline: datetime | None
    circular: bool
    attachments: tuple[Attachment, ...]
    reply_to_document: str | None
    mail: str
    address: str
    text: str
    spam: bool
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ArrivalRegistered(Event):
    """It was registered as `letter`, under `number` of `year`."""

    delivery: str | None
    letter: str
    year: int
    number: int
    at: datetime
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class ArrivalRefused(Event):
    """It is not for this organisation: given back to the sender, or told the right address."""

    delivery: str | None
    reason: str
    right_address: str
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class ArrivalAcknowledged(Event):
    """The sender of an e-mail was told that it has come; `late`: after the legal clock (annex 7)."""

    at: datetime
    late: bool


@dataclass(frozen=True, kw_only=True)
class ArrivalVoided(Event):
    """The sender cancelled its number (ยกเลิกเลข), for `reason`: it is not to be registered, and where
    it was, not to be acted on."""

    organisation: str
    sender: str
    reference: str
    subject: str
    letter: str | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class MailboxChecked(Event):
    """The central mailbox was looked into: at least twice a working day (annex 6 ⑧)."""

    organisation: str
    at: datetime
    by: str
    found: int


@dataclass(frozen=True, kw_only=True)
class RecipientListKept(Event):
    """A kept list of recipients: by district, size, network."""

    organisation: str
    name: str
    members: tuple[Recipient, ...]
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class RecipientListDropped(Event):
    seat: Seat


class Sent(Done):
    deliveries = fields.Integer(required=True)


class SendDocument(Command):
    """Send a numbered document: to the recipients chosen in its draft where none are given."""

    service = "correspondence"
    answer = Sent
    id = fields.Id(required=True)
    recipients = fields.Many(fields.Nested(RecipientShape), max=1000, load_default=list)


class CountDone(Shape):
    count = fields.Integer(required=True)


class RemindRecipients(Command):
    """Remind those recipients of a document who have not registered it: the named ones, or all."""

    service = "correspondence"
    answer = CountDone
    id = fields.Id(required=True)
    deliveries = fields.Many(fields.Id(), max=1000, load_default=list)


class ConfirmReceipt(Command):
    """Write down the call by which the recipient confirmed an urgent letter (annex 7)."""

    service = "correspondence"
    id = fields.Id(required=True)
    delivery = fields.Id(required=True)
    spoken_to = fields.Text(max=200, required=True)
    at = fields.Moment(required=True)


class RedirectDelivery(Command):
    """Send it to that recipient again, to another address or by another way."""

    service = "correspondence"
    id = fields.Id(required=True)
    delivery = fields.Id(required=True)
    channel = fields.Choice(RecipientChannel, required=True)
    address = fields.Text(max=500, blank=True, required=True)


class NoteHandover(Command):
    """Note who took the paper and when (forms 16, 17), or that the recipient acknowledged otherwise."""

    service = "correspondence"
    id = fields.Id(required=True)
    delivery = fields.Id(required=True)
    receiver = fields.Text(max=200, required=True)
    at = fields.Moment(required=True)


class CloseDocument(Command):
    """All that was awaited has come in: close it (ปิดเรื่อง)."""

    service = "correspondence"
    id = fields.Id(required=True)
    text = fields.Text(max=2000, lines=True, blank=True, load_default="")


class DeliveryRow(Shape):
    """One recipient of a document, and how far it has come. `waited_days`: working days since it was
    sent, while it is not registered; `call`: the confirming call is still to be made."""

    id = fields.Id(required=True)
    organisation = fields.Id(required=True, allow_none=True)
    name = fields.Text(required=True)
    channel = fields.Choice(RecipientChannel, required=True)
    address = fields.Text(required=True, blank=True)
    state = fields.Choice(DeliveryState, required=True)
    sent_at = fields.Moment(required=True, allow_none=True)
    delivered_at = fields.Moment(required=True, allow_none=True)
    receiver = fields.Text(required=True, blank=True)
    registered_at = fields.Moment(required=True, allow_none=True)
    year = fields.Integer(required=True, allow_none=True)
    number = fields.Integer(required=True, allow_none=True)
    acknowledged_at = fields.Moment(required=True, allow_none=True)
    answer = fields.Text(required=True, blank=True)
    confirmed_at = fields.Moment(required=True, allow_none=True)
    spoken_to = fields.Text(required=True, blank=True)
    reminded_at = fields.Moment(required=True, allow_none=True)
    failures = fields.Integer(required=True)
    reason = fields.Text(required=True, blank=True)
    waited_days = fields.Integer(required=True)
    late = fields.Boolean(required=True)
    call = fields.Boolean(required=True)


class DeliveryMatrix(Shape):
    """All recipients of a document, in the order in which they were named; counts by state."""

    total = fields.Integer(required=True)
    delivered = fields.Integer(required=True)
    registered = fields.Integer(required=True)
    answered = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    late = fields.Integer(required=True)
    items = fields.Many(fields.Nested(DeliveryRow), max=2000, required=True)
    actions = fields.Many(fields.Text(), required=True)


class ListDeliveries(Query):
    """The recipients of a document that I may read."""

    service = "correspondence"
    answer = DeliveryMatrix
    id = fields.Id(required=True)


class UnreceivedRow(Shape):
    document = fields.Id(required=True)
    reference = fields.Text(required=True)
    dated = fields.Date(required=True)
    subject = fields.Text(required=True)
    urgency = fields.Choice(Urgency, required=True)
    waiting = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    calls = fields.Integer(required=True)
    oldest = fields.Moment(required=True)


class UnreceivedList(Shape):
    items = fields.Many(fields.Nested(UnreceivedRow), max=1000, required=True)


class ListUnreceived(Query):
    """Documents with recipients who have not received them after the days that the policy names,
    whom it did not reach, or who are still to be called."""

    service = "correspondence"
    answer = UnreceivedList


class MessengerRow(Shape):
    """A line of the messenger book (form 16)."""

    document = fields.Id(required=True)
    delivery = fields.Id(required=True)
    reference = fields.Text(required=True)
    sender = fields.Text(required=True)
    name = fields.Text(required=True)
    subject = fields.Text(required=True)
    receiver = fields.Text(required=True, blank=True)
    sent_at = fields.Moment(required=True)
    delivered_at = fields.Moment(required=True, allow_none=True)


class MessengerBook(Shape):
    items = fields.Many(fields.Nested(MessengerRow), max=2000, required=True)
    actions = fields.Many(fields.Text(), required=True)


class ListMessengerBook(Query):
    """What goes by messenger and post: of those days, or what is still under way."""

    service = "correspondence"
    answer = MessengerBook
    first_day = fields.Date(load_default=None, allow_none=True)
    last_day = fields.Date(load_default=None, allow_none=True)


class RecipientListAnswer(Shape):
    id = fields.Id(required=True)
    version = fields.Integer(required=True)
    name = fields.Text(required=True)
    members = fields.Many(fields.Nested(RecipientShape), max=1000, required=True)


class RecipientLists(Shape):
    """The kept lists; `used` are recipients outside the system to whom letters went before, the latest
    first, for those who send."""

    items = fields.Many(fields.Nested(RecipientListAnswer), required=True)
    used = fields.Many(fields.Nested(RecipientShape), required=True)
    actions = fields.Many(fields.Text(), required=True)


class ListRecipientLists(Query):
    """The kept lists of recipients of my organisation."""

    service = "correspondence"
    answer = RecipientLists


class KeepRecipientList(Command):
    """Keep a list of recipients; with `id`, in the place of that one."""

    service = "correspondence"
    id = fields.Id(load_default=None, allow_none=True)
    name = fields.Text(max=200, required=True)
    members = fields.Many(fields.Nested(RecipientShape), min=1, max=1000, required=True)


class DropRecipientList(Command):
    """Take a kept list away."""

    service = "correspondence"
    id = fields.Id(required=True)


class ArrivalState(StrEnum):
    WAITING = "waiting"  # รอลงทะเบียนรับ
    REGISTERED = "registered"
    REFUSED = "refused"


class ArrivalRow(Shape):
    """A letter in the tray. `acknowledge_by`: the legal clock of an e-mail (annex 7); `breached`:
    it passed without acknowledgement; `reminded_at`: the sender asked after it; `void`: why the
    sender made it void."""

    id = fields.Id(required=True)
    version = fields.Integer(required=True)
    state = fields.Choice(ArrivalState, required=True)
    source = fields.Choice(ArrivalSource, required=True)
    sender = fields.Text(required=True, blank=True)
    reference = fields.Text(required=True, blank=True)
    dated = fields.Date(required=True, allow_none=True)
    subject = fields.Text(required=True, blank=True)
    urgency = fields.Choice(Urgency, required=True)
    deadline = fields.Moment(required=True, allow_none=True)
    circular = fields.Boolean(required=True)
    at = fields.Moment(required=True)
    spam = fields.Boolean(required=True)
    attachments = fields.Integer(required=True)
    acknowledge_by = fields.Moment(required=True, allow_none=True)
    acknowledged_at = fields.Moment(required=True, allow_none=True)
    breached = fields.Boolean(required=True)
    reminded_at = fields.Moment(required=True, allow_none=True)
    letter = fields.Id(required=True, allow_none=True)
    year = fields.Integer(required=True, allow_none=True)
    number = fields.Integer(required=True, allow_none=True)
    reason = fields.Text(required=True, blank=True, lines=True)
    void = fields.Text(required=True, blank=True, lines=True)


class ArrivalPage(Shape):
    items = fields.Many(fields.Nested(ArrivalRow), max=1000, required=True)
    next = fields.Text(required=True, allow_none=True)
    total = fields.Integer(required=True)
    breached = fields.Integer(required=True)
    actions = fields.Many(fields.Text(), required=True)


class ListArrivals(Query):
    """The tray of my organisation: what waits to be registered, the most urgent and oldest first.

    `breached`: e-mails whose clock passed without acknowledgement, whatever became of them.
    """

    service = "correspondence"
    answer = ArrivalPage
    state = fields.Choice(ArrivalState, load_default=ArrivalState.WAITING)
    source = fields.Choice(ArrivalSource, load_default=None, allow_none=True)
    breached = fields.Boolean(load_default=False)
    limit = fields.Integer(strict=False, min=1, max=200, load_default=50)
    cursor = fields.Text(max=400, load_default=None, allow_none=True)


class ArrivalAnswer(ArrivalRow):
    address = fields.Text(required=True, blank=True)
    text = fields.Text(required=True, blank=True, lines=True)
    files = fields.Many(fields.Nested(AttachmentAnswer), required=True)
    actions = fields.Many(fields.Text(), required=True)


class GetArrival(Query):
    """One letter in the tray of my organisation, with its files."""

    service = "correspondence"
    answer = ArrivalAnswer
    id = fields.Id(required=True)


class GetArrivalFile(Query):
    """The facts of a file of a letter in my tray."""

    service = "correspondence"
    answer = AttachmentAnswer
    id = fields.Id(required=True)
    attachment = fields.Id(required=True)


class RegisterArrival(Command):
    """Enter a letter from the tray in the receive register, with one key. What is left out stays as
    it came; an e-mail's columns are for the clerk to fill."""

    service = "correspondence"
    answer = Registered
    id = fields.Id(required=True)
    reference = fields.Text(max=100, blank=True, load_default=None, allow_none=True)
    dated = fields.Date(load_default=None, allow_none=True)
    sender = fields.Text(max=300, load_default=None, allow_none=True)
    recipient = fields.Text(max=300, load_default=None, allow_none=True)
    subject = fields.Text(max=1000, load_default=None, allow_none=True)
    urgency = fields.Choice(Urgency, load_default=None, allow_none=True)
    note = fields.Text(max=500, lines=True, blank=True, load_default="")


class RefuseArrival(Command):
    """Give a letter in the tray back: not for us. An e-mail's sender is told the right address."""

    service = "correspondence"
    id = fields.Id(required=True)
    reason = fields.Text(max=500, lines=True, required=True)
    right_address = fields.Text(max=300, blank=True, load_default="")


class CheckMailbox(Command):
    """Look into the central mailbox now, and put the check on record."""

    service = "correspondence"
    answer = CountDone


class MailboxCheck(Shape):
    at = fields.Moment(required=True)
    by = fields.Text(required=True)
    found = fields.Integer(required=True)


class MailboxAnswer(Shape):
    """How the central mailbox stands: read (IMAP), sending (SMTP), the checks of the last days.

    `error` is why it could not be read, `sending_error` why nothing leaves.
    `missed` are working half-days of the last week without a check, as `2026-11-24 morning`.
    """

    reads = fields.Boolean(required=True)
    sends = fields.Boolean(required=True)
    last_read_at = fields.Moment(required=True, allow_none=True)
    error = fields.Text(required=True, blank=True)
    sending_error = fields.Text(required=True, blank=True)
    waiting = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    checks = fields.Many(fields.Nested(MailboxCheck), required=True)
    missed = fields.Many(fields.Text(), required=True)
    actions = fields.Many(fields.Text(), required=True)


class MailboxStatus(Query):
    """How the central mailbox stands, with the checks of the last days."""

    service = "correspondence"
    answer = MailboxAnswer
