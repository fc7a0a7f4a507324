"""A letter that waits in an organisation's tray to be registered (หนังสือรอลงทะเบียนรับ)."""

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from infra.errors import Invalid
from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from infra.identity import Seat
from services.correspondence.contract import (
    ArrivalAcknowledged,
    ArrivalRefused,
    ArrivalRegistered,
    ArrivalSource,
    ArrivalState,
    ArrivalVoided,
    Attachment,
    Channel,
    LetterArrived,
    LetterSent,
    Recipient,
    Secrecy,
)

_CHANNELS = {ArrivalSource.SYSTEM: Channel.SYSTEM, ArrivalSource.EMAIL: Channel.EMAIL}


def arrival_of(delivery: str, round: int) -> str:
    """The id of what a delivery lays into the recipient's tray when it is sent for the nth time."""
    return str(uuid5(NAMESPACE_OID, delivery if round == 1 else f"{delivery}/{round}"))


class Arrival(Aggregate):
    """One letter in the tray, until it is registered or given back.

    Every method but those that begin it raises OutOfOrder where the step cannot be taken now.
    """

    kind = "arrival"
    arrived: LetterArrived
    registered: ArrivalRegistered | None = None
    state = ArrivalState.WAITING
    acknowledged = False
    void = False

    @property
    def organisation(self) -> str:
        return self.arrived.organisation

    @property
    def files(self) -> dict[str, Attachment]:
        return {one.id: one for one in self.arrived.attachments}

    def come(
        self,
        letter: LetterSent,
        recipient: Recipient,
        document: str,
        reply_to_document: str | None,
        now: datetime,
    ) -> None:
        """It came on the system, from another organisation's `document`."""
        assert recipient.organisation is not None
        self.record(
            LetterArrived(
                organisation=recipient.organisation,
                source=ArrivalSource.SYSTEM,
                delivery=recipient.delivery,
                document=document,
                from_organisation=letter.organisation,
                sender=letter.sender,
                reference=letter.reference,
                dated=letter.dated,
                subject=letter.subject,
                urgency=letter.urgency,
                deadline=letter.deadline,
                circular=letter.circular,
                attachments=(letter.frozen, *letter.enclosures),
                reply_to_document=reply_to_document,
                mail="",
                address="",
                text="",
                spam=False,
                at=now,
            )
        )

    def require_open(self) -> None:
        self.require(self.state is not ArrivalState.REGISTERED, "ลงทะเบียนรับหนังสือนี้แล้ว")
        self.require(self.state is not ArrivalState.REFUSED, "ส่งคืนหนังสือนี้แล้ว")

    def require_registration(self) -> None:
        """Raises OutOfOrder unless it can be registered."""
        self.require_open()
        self.require(not self.void, "ผู้ส่งยกเลิกเลขของหนังสือนี้แล้ว ลงทะเบียนรับไม่ได้")

    def registration(self, wish: dict[str, Any], recipient: str) -> dict[str, Any]:
        """The columns of form 13: as it came, where `wish` (a RegisterArrival) says nothing else.

        `recipient` is to whom it was sent. Raises Invalid where a column would stay empty.
        """
        arrived = self.arrived
        columns = {
            "reference": arrived.reference,
            "dated": arrived.dated,
            "sender": arrived.sender,
            "recipient": recipient,
            "subject": arrived.subject,
            "urgency": arrived.urgency,
        }
        columns |= {name: wish[name] for name in columns if wish[name] is not None}
        empty = [name for name in ("sender", "recipient", "subject") if not columns[name]]
        if empty:
            raise Invalid(fields={name: ["ต้องกรอกช่องนี้"] for name in empty})
        return columns | {
            "deadline": arrived.deadline,
            "channel": _CHANNELS[arrived.source],
            "secrecy": Secrecy.NONE,
            "defect": "",
            "note": wish["note"],
        }

    def register(self, letter: str, year: int, number: int, at: datetime, seat: Seat) -> None:
        """It was entered as `letter` under `number` of `year`."""
        self.require_registration()
        self.record(
            ArrivalRegistered(
                delivery=self.arrived.delivery,
                letter=letter,
                year=year,
                number=number,
                at=at,
                seat=seat,
            )
        )

    def refuse(self, reason: str, right_address: str, seat: Seat) -> None:
        self.require_open()
        self.record(
            ArrivalRefused(
                delivery=self.arrived.delivery,
                reason=reason,
                right_address=right_address,
                seat=seat,
            )
        )

    def make_void(self, reason: str) -> None:
        """Its sender cancelled its number; what was given back needs no telling."""
        if not self.void and self.state is not ArrivalState.REFUSED:
            self.record(
                ArrivalVoided(
                    organisation=self.organisation,
                    sender=self.arrived.sender,
                    reference=self.arrived.reference,
                    subject=self.arrived.subject,
                    letter=self.registered.letter if self.registered else None,
                    reason=reason,
                )
            )

    def acknowledge(self, at: datetime, late: bool) -> None:
        """The sender of an e-mail was told that it has come; once is enough."""
        if not self.acknowledged:
            self.record(ArrivalAcknowledged(at=at, late=late))

    def apply(self, event: Event) -> None:
        match event:
            case LetterArrived():
                self.arrived = event
            case ArrivalRegistered():
                self.state, self.registered = ArrivalState.REGISTERED, event
            case ArrivalRefused():
                self.state = ArrivalState.REFUSED
            case ArrivalAcknowledged():
                self.acknowledged = True
            case ArrivalVoided():
                self.void = True
