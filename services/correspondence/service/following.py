"""What follows from what was sent: the service takes in its own log, each event once.

A command need not wait for 102 recipients: it records that the letter was sent, and from there each
delivery goes its way in a transaction of its own. One that fails holds up no other.
"""

from typing import Any

from sqlalchemy import select

from infra.eventstore.events import Recorded
from infra.eventstore.store import Work
from infra.eventstore.tables import events
from infra.messaging.service import subscription
from services.correspondence import views
from services.correspondence.arrival import Arrival, arrival_of
from services.correspondence.contract import (
    ArrivalRefused,
    ArrivalRegistered,
    DeliveryBegun,
    LetterSent,
    NumberCancelled,
    Recipient,
    RecipientChannel,
    SenderAcknowledged,
)
from services.correspondence.delivery import Delivery
from services.correspondence.document import Document
from services.correspondence.mailbox import outbox
from services.correspondence.mailbox.owner import calendar_of
from services.personnel.contract import directory


class Following:
    """From a letter that was sent to its deliveries, from a tray to the sender."""

    runtime: Any

    @subscription(
        "correspondence",
        LetterSent,
        DeliveryBegun,
        ArrivalRegistered,
        ArrivalRefused,
        NumberCancelled,
        SenderAcknowledged,
    )
    def follow_letters(self, work: Work, recorded: Recorded) -> None:
        match recorded.event:
            case LetterSent() as event:
                self._begin(work, recorded.aggregate_id, event)
            case DeliveryBegun():
                delivery = work.load(Delivery, recorded.aggregate_id)
                void = views.is_void(work.connection, delivery.begun.document)
                if delivery.rounds == 1 and not void:  # else it went another way meanwhile
                    self.dispatch(work, delivery)
            case ArrivalRegistered(delivery=str(id)) as event:
                delivery = work.load(Delivery, id)
                delivery.note_registration(event.year, event.number, event.at)
                work.save(delivery)
            case ArrivalRefused(delivery=str(id)) as event:
                self._give_back(work, work.load(Delivery, id), event)
            case NumberCancelled() as event:
                for id in views.arrivals_of(work.connection, recorded.aggregate_id):
                    arrival = work.load(Arrival, id)
                    arrival.make_void(event.reason)
                    work.save(arrival)
            case SenderAcknowledged():
                self._acknowledge(work, recorded)

    def _acknowledge(self, work: Work, recorded: Recorded) -> None:
        """Whoever wrote by e-mail was told by hand that it has come."""
        id = views.email_of_letter(work.connection, recorded.aggregate_id)
        if id is not None:
            arrival, at = work.load(Arrival, id), recorded.recorded_at
            by = calendar_of(self.runtime.settings).acknowledge_by(arrival.arrived.at)
            arrival.acknowledge(at, late=at > by)
            work.save(arrival)

    def _begin(self, work: Work, document: str, letter: LetterSent) -> None:
        """Begin the delivery to each recipient; what the letter answers is answered.

        Nothing of a document that was made void meanwhile.
        """
        if views.is_void(work.connection, document):
            return
        answered = _answered(work, letter)
        for recipient in letter.recipients:
            delivery, answers = Delivery(recipient.delivery), None
            if answered is not None and _is_sender(work, answered, recipient):
                answers = answered.id
                answered.note_answer(letter.reference, letter.dated, letter.subject)
            delivery.begin(letter.organisation, document, recipient, answers)
            work.save(delivery)
        if answered is not None:
            work.save(answered)

    def dispatch(self, work: Work, delivery: Delivery) -> None:
        """Let it go the way that it is to go now."""
        recipient, letter = delivery.recipient, self._letter(work, delivery)
        match recipient.channel:
            case RecipientChannel.SYSTEM:
                answers = delivery.begun.answers
                answered = work.find(Delivery, answers) if answers else None
                arrival = Arrival(arrival_of(delivery.id, delivery.rounds))
                document = delivery.begun.document
                reply_to = answered.begun.document if answered else None
                arrival.come(letter, recipient, document, reply_to, work.now)
                work.save(arrival)
                delivery.deliver(work.now, "", RecipientChannel.SYSTEM)
                work.save(delivery)
            case RecipientChannel.EMAIL:
                outbox.enqueue(
                    work.connection,
                    now=work.now,
                    document=delivery.begun.document,
                    letter=letter,
                    recipient=recipient,
                )
            case RecipientChannel.MESSENGER | RecipientChannel.POST:
                pass  # it waits in the messenger book

    def _give_back(self, work: Work, delivery: Delivery, event: ArrivalRefused) -> None:
        letter = self._letter(work, delivery)
        where = f"ที่ถูกต้อง: {event.right_address}" if event.right_address else ""
        reason = "\n".join(filter(None, [event.reason, where]))
        delivery.note_refusal(letter.subject, letter.drafter, reason)
        work.save(delivery)

    def _letter(self, work: Work, delivery: Delivery) -> LetterSent:
        """What was sent, as this recipient got it. The rest of the document's stream is long."""
        query = select(events).where(
            events.c.stream == f"{Document.kind}-{delivery.begun.document}",
            events.c.type == LetterSent.__name__,
        )
        for row in work.connection.execute(query.order_by(events.c.version.desc())):
            letter = self.runtime.store.decode(row).event
            assert isinstance(letter, LetterSent)
            if any(one.delivery == delivery.id for one in letter.recipients):
                return letter
        raise LookupError(f"delivery {delivery.id} was never sent")


def _answered(work: Work, letter: LetterSent) -> Delivery | None:
    """The delivery that brought the letter which this one answers, where it came on the system."""
    if letter.reply_to is None:
        return None
    delivery = views.delivery_of_letter(work.connection, letter.reply_to)
    return work.load(Delivery, delivery) if delivery else None


def _is_sender(work: Work, answered: Delivery, recipient: Recipient) -> bool:
    """Whether a recipient is who sent the letter that is answered, by name where not on the system.

    Others to whom the answer goes, too, have asked nothing, and the sender need not know of them.
    """
    if recipient.organisation is not None:
        return recipient.organisation == answered.organisation
    sender = directory.organisation_of(work.connection, answered.organisation)
    return sender is not None and sender.name in recipient.name
