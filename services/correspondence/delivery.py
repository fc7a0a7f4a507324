"""A letter on its way to one recipient (การส่ง), as the sender keeps it: sent, delivered, received."""

from dataclasses import dataclass
from datetime import date, datetime

from infra.errors import Invalid
from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from infra.identity import Seat
from services.correspondence.contract import (
    DeliveryBegun,
    DeliveryFailed,
    DeliveryRedirected,
    DeliveryState,
    LetterDelivered,
    LetterMailed,
    ReceiptConfirmed,
    Recipient,
    RecipientAcknowledged,
    RecipientAnswered,
    RecipientChannel,
    RecipientRefused,
    RecipientRegistered,
    RecipientReminded,
)

PAPER = (RecipientChannel.MESSENGER, RecipientChannel.POST)
# How far it has come, in order; that it did not come this far is told by the other two states.
_WAY = (
    DeliveryState.WAITING,
    DeliveryState.SENT,
    DeliveryState.DELIVERED,
    DeliveryState.REGISTERED,
    DeliveryState.ACKNOWLEDGED,
    DeliveryState.ANSWERED,
)
RECEIVED = (DeliveryState.REGISTERED, DeliveryState.ACKNOWLEDGED, DeliveryState.ANSWERED)
DELIVERED = (DeliveryState.DELIVERED, *RECEIVED)
FAILED = (DeliveryState.UNDELIVERABLE, DeliveryState.REFUSED)
_NOT_YET = "วันเวลาต้องไม่อยู่ในอนาคต"


def same_recipient(one: Recipient) -> tuple[str, ...]:
    """Equal for what would be one recipient named twice: an organisation, or the same name by the
    same way to the same address."""
    if one.organisation is not None:
        return (one.organisation,)
    return ("", one.name.casefold(), one.channel, one.address.casefold())


@dataclass
class Passage:
    """How far a letter has come to its recipient. Plain state, moved on by events; the aggregate
    decides by it, and the read tables keep it."""

    channel: RecipientChannel = RecipientChannel.SYSTEM
    address: str = ""
    state: DeliveryState = DeliveryState.WAITING
    failures: int = 0
    confirmed: bool = False

    @property
    def received(self) -> bool:
        """Whether the recipient has it, as they said themselves or signed for."""
        by_hand = self.channel in PAPER and self.state is DeliveryState.DELIVERED
        return by_hand or self.state in RECEIVED

    @property
    def in_tray(self) -> bool:
        """Whether it lies in the recipient's tray on the system."""
        return self.channel is RecipientChannel.SYSTEM and self.state is DeliveryState.DELIVERED

    def apply(self, event: Event) -> None:
        match event:
            case DeliveryBegun():
                self._set_out(event.recipient.channel, event.recipient.address)
            case DeliveryRedirected():
                self._set_out(event.channel, event.address)
            case LetterMailed():
                self._reach(DeliveryState.SENT)
            case LetterDelivered():
                self._reach(DeliveryState.DELIVERED)
            case RecipientRegistered():
                self._reach(DeliveryState.REGISTERED)
            case RecipientAcknowledged():
                self._reach(DeliveryState.ACKNOWLEDGED)
            case RecipientAnswered():
                self._reach(DeliveryState.ANSWERED)
            case DeliveryFailed():
                self.failures += 1
                self._fall_short(DeliveryState.UNDELIVERABLE)
            case RecipientRefused():
                self._fall_short(DeliveryState.REFUSED)
            case ReceiptConfirmed():
                self.confirmed = True

    def _set_out(self, channel: RecipientChannel, address: str) -> None:
        self.channel, self.address = channel, address
        if self.state not in RECEIVED:
            self.state = DeliveryState.SENT if channel in PAPER else DeliveryState.WAITING

    def _reach(self, state: DeliveryState) -> None:
        if self.state in FAILED or _WAY.index(state) > _WAY.index(self.state):
            self.state = state

    def _fall_short(self, state: DeliveryState) -> None:
        """A failure that is told of late takes nothing back from who has received it."""
        if not self.received:
            self.state = state


class Delivery(Aggregate):
    """One recipient of one document. Steps of people raise OutOfOrder where they cannot be taken;
    what is told by the recipient's side is taken in, whatever came before, and once."""

    kind = "delivery"
    begun: DeliveryBegun

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.passage = Passage()
        self.rounds = 1  # how often it was sent, by whatever way
        self.answers: set[str] = set()
        self.registrations: set[tuple[int, int]] = set()

    @property
    def organisation(self) -> str:
        return self.begun.organisation

    @property
    def recipient(self) -> Recipient:
        """Where it goes now."""
        begun = self.begun.recipient
        return Recipient(
            delivery=self.id,
            organisation=begun.organisation,
            name=begun.name,
            channel=self.passage.channel,
            address=self.passage.address,
        )

    def begin(
        self, organisation: str, document: str, recipient: Recipient, answers: str | None
    ) -> None:
        self.record(
            DeliveryBegun(
                organisation=organisation,
                document=document,
                recipient=recipient,
                answers=answers,
            )
        )

    def mail(self, address: str, message_id: str, at: datetime) -> None:
        """The mail server accepted it."""
        self.record(LetterMailed(address=address, message_id=message_id, at=at))

    def deliver(self, at: datetime, receiver: str, how: str) -> None:
        self.record(LetterDelivered(at=at, receiver=receiver, how=how))

    def fail(self, subject: str, drafter: str, address: str, reason: str) -> None:
        self.record(
            DeliveryFailed(
                document=self.begun.document,
                subject=subject,
                drafter=drafter,
                address=address,
                reason=reason,
                times=self.passage.failures + 1,
            )
        )

    def redirect(self, channel: RecipientChannel, address: str, seat: Seat) -> None:
        self.require(not self.passage.received, "ผู้รับได้รับแล้ว ไม่ต้องส่งใหม่")
        self.require(
            not (self.passage.in_tray and channel is RecipientChannel.SYSTEM),
            "หนังสืออยู่ในระบบของผู้รับแล้ว ให้เตือนผู้รับ หรือเลือกส่งทางอื่น",
        )
        self.record(DeliveryRedirected(channel=channel, address=address, seat=seat))

    def hand_over(self, receiver: str, at: datetime, now: datetime) -> None:
        """Paper was handed to `receiver`; what went otherwise, they acknowledged. Raises Invalid."""
        self.require(not self.passage.received, "บันทึกการรับไว้แล้ว")
        if at > now:
            raise Invalid(fields={"at": [_NOT_YET]})
        if self.passage.channel in PAPER:
            self.deliver(at, receiver, self.passage.channel)
        else:
            self.acknowledge(receiver, at)

    def confirm(self, spoken_to: str, at: datetime, now: datetime, seat: Seat) -> None:
        """The owner called, and heard that it has come (annex 7). Raises Invalid."""
        self.require(not self.passage.confirmed, "บันทึกการโทรยืนยันไว้แล้ว")
        if at > now:
            raise Invalid(fields={"at": [_NOT_YET]})
        self.record(ReceiptConfirmed(spoken_to=spoken_to, at=at, seat=seat))

    def remind(self, subject: str, sender: str, seat: Seat) -> None:
        """Only who has it in a tray on the system can be reminded there."""
        self.require(self.passage.in_tray, "เตือนได้เฉพาะผู้รับทางระบบที่ยังไม่ลงทะเบียนรับ")
        self.record(
            RecipientReminded(
                document=self.begun.document,
                organisation_reminded=self.begun.recipient.organisation,
                subject=subject,
                sender=sender,
                seat=seat,
            )
        )

    def acknowledge(self, text: str, at: datetime) -> None:
        self.record(RecipientAcknowledged(document=self.begun.document, text=text, at=at))

    def note_registration(self, year: int, number: int, at: datetime) -> None:
        if (year, number) not in self.registrations:
            self.record(
                RecipientRegistered(document=self.begun.document, year=year, number=number, at=at)
            )

    def note_answer(self, reference: str, dated: date, subject: str) -> None:
        if reference not in self.answers:
            self.record(
                RecipientAnswered(
                    document=self.begun.document,
                    reference=reference,
                    dated=dated,
                    subject=subject,
                )
            )

    def note_refusal(self, subject: str, drafter: str, reason: str) -> None:
        self.record(
            RecipientRefused(
                document=self.begun.document, subject=subject, drafter=drafter, reason=reason
            )
        )

    def apply(self, event: Event) -> None:
        self.passage.apply(event)
        match event:
            case DeliveryBegun():
                self.begun = event
            case DeliveryRedirected():
                self.rounds += 1
            case RecipientRegistered():
                self.registrations.add((event.year, event.number))
            case RecipientAnswered():
                self.answers.add(event.reference)
