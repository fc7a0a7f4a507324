"""What every aggregate stands on: state from events, decisions recorded as new events."""

from collections.abc import Iterable
from typing import ClassVar

from infra.errors import OutOfOrder
from infra.eventstore.events import GENESIS, Event


class Aggregate:
    """A thing with rules. Pure: no I/O, no clock, no randomness; time and ids are passed in.

    A subclass names its `kind` (the stream's prefix), decides in methods that call `record`, and
    changes its state only in `apply`.
    """

    kind: ClassVar[str]

    def __init__(self, id: str) -> None:
        self.id = id
        self.version = 0
        self.digest = GENESIS
        self.pending: list[Event] = []

    @property
    def stream(self) -> str:
        return f"{self.kind}-{self.id}"

    @property
    def organisation(self) -> str:
        """The organisation whose record this is."""
        raise NotImplementedError

    @property
    def confidential(self) -> bool:
        """Whether this aggregate's events never leave the service, published types included."""
        return False

    def apply(self, event: Event) -> None:
        """Change state by one event. Must not refuse: the event has happened."""
        raise NotImplementedError

    def record(self, event: Event) -> None:
        self.apply(event)
        self.version += 1
        self.pending.append(event)

    def replay(self, events: Iterable[Event]) -> None:
        for event in events:
            self.apply(event)
            self.version += 1

    def require(self, condition: bool, message: str) -> None:
        """Refuse the step with a Thai `message` unless `condition` holds (OutOfOrder, 409)."""
        if not condition:
            raise OutOfOrder(message)
