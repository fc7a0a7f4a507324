"""The checks of a central mailbox, on record (annex 6: at least twice a working day)."""

from datetime import datetime

from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from services.correspondence.contract import MailboxChecked
from services.correspondence.mailbox.clock import Calendar

SYSTEM = "service:correspondence"  # who looked, where it was no person


class Mailbox(Aggregate):
    """The central mailbox of the organisation that is its id (อีเมลสารบรรณกลาง)."""

    kind = "mailbox"
    last: datetime | None = None

    @property
    def organisation(self) -> str:
        return self.id

    def check(self, at: datetime, by: str, found: int) -> None:
        """`by` looked into it and found so many new letters."""
        self.record(MailboxChecked(organisation=self.id, at=at, by=by, found=found))

    def check_by_system(self, at: datetime, found: int, calendar: Calendar) -> bool:
        """Put a reading on record if it is the first look in this half of a working day."""
        half = calendar.half_to_check(at)
        if half is None or (self.last and calendar.half_to_check(self.last) == half):
            return False
        self.check(at, SYSTEM, found)
        return True

    def apply(self, event: Event) -> None:
        if isinstance(event, MailboxChecked):
            self.last = event.at
