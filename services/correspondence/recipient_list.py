"""Kept lists of recipients (รายชื่อผู้รับ): an organisation's own, by district, size, network."""

from collections.abc import Sequence
from typing import Any

from infra.errors import Invalid
from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from infra.identity import Seat
from services.correspondence.contract import (
    Recipient,
    RecipientListDropped,
    RecipientListKept,
)
from services.correspondence.delivery import same_recipient


def merged(recipients: Sequence[Recipient]) -> list[Recipient]:
    """Each recipient once, where it was named first."""
    found: dict[tuple[str, ...], Recipient] = {}
    for one in recipients:
        found.setdefault(same_recipient(one), one)
    return list(found.values())


class RecipientList(Aggregate):
    kind = "recipientlist"
    kept: RecipientListKept
    dropped = False

    @property
    def organisation(self) -> str:
        return self.kept.organisation

    def keep(self, organisation: str, name: str, members: Sequence[Recipient], seat: Seat) -> None:
        """Keep it, in the place of what it was before. Raises OutOfOrder, Invalid."""
        self.require(not self.dropped, "ลบรายชื่อนี้ไปแล้ว")
        once = tuple(merged(members))
        if self.version and self._is(name, once):
            raise Invalid("รายชื่อเหมือนเดิม")
        self.record(
            RecipientListKept(organisation=organisation, name=name, members=once, seat=seat)
        )

    def _is(self, name: str, members: tuple[Recipient, ...]) -> bool:
        return (self.kept.name, self.kept.members) == (name, members)

    def drop(self, seat: Seat) -> None:
        self.require(not self.dropped, "ลบรายชื่อนี้ไปแล้ว")
        self.record(RecipientListDropped(seat=seat))

    def apply(self, event: Event) -> None:
        match event:
            case RecipientListKept():
                self.kept = event
            case RecipientListDropped():
                self.dropped = True


def recipients_of(shapes: Sequence[dict[str, Any]]) -> list[Recipient]:
    """Checked RecipientShapes as recipients who have no delivery yet."""
    return [Recipient(delivery="", **shape) for shape in shapes]
