"""What an event is: a frozen dataclass in the past tense, and the record the log keeps of it."""

import hashlib
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, ClassVar

import msgspec

GENESIS = ""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened, named in the past tense. Subclasses are frozen, keyword-only dataclasses."""

    schema: ClassVar[int] = 1


class Recorded(msgspec.Struct, frozen=True):
    """An event as the log holds it.

    `stream` is `<kind>-<aggregate id>`; `version` counts 1, 2, … in the stream; `position` is the
    order in the service's log, None until the relay has numbered it; `actor` is a person's id or
    `service:<name>`; `digest` chains it to the event before it in its stream (hex SHA-256).
    """

    id: str
    stream: str
    version: int
    position: int | None
    type: str
    schema: int
    recorded_at: datetime
    organisation: str
    actor: str
    correlation_id: str
    causation_id: str | None
    published: bool
    data: str
    digest: str
    event: Event

    @property
    def aggregate_id(self) -> str:
        return self.stream.split("-", 1)[1]


Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


class UnknownEvent(Exception):
    """The log holds an event type or schema that this code does not know."""


class EventTypes:
    """A set of event classes: which there are, which are published, how old ones are read.

    An event declared in a `contract` module is published; one declared elsewhere stays private.
    A module that declares events may declare `UPCASTERS`: `{("LetterReceived", 1): f}` turns the
    data of schema 1 into that of schema 2.
    """

    def __init__(self, *modules: ModuleType) -> None:
        self.classes: dict[str, type[Event]] = {}
        self.published: set[str] = set()
        self._upcasters: dict[tuple[str, int], Upcaster] = {}
        # Made beforehand: msgspec crashes where threads learn the same new type at once.
        self._decoders: dict[str, msgspec.json.Decoder[Event]] = {}
        for module in modules:
            for member in vars(module).values():
                if isinstance(member, type) and issubclass(member, Event) and member is not Event:
                    self._add(member)

    @classmethod
    def of(cls, classes: Iterable[type[Event]]) -> "EventTypes":
        """Just these classes."""
        types = cls()
        for one in classes:
            types._add(one)
        return types

    def _add(self, cls: type[Event]) -> None:
        self.classes[cls.__name__] = cls
        self._decoders[cls.__name__] = msgspec.json.Decoder(cls)
        self._upcasters |= getattr(sys.modules[cls.__module__], "UPCASTERS", {})
        if "contract" in cls.__module__.split("."):
            self.published.add(cls.__name__)

    def encode(self, event: Event) -> str:
        return msgspec.json.encode(event, order="deterministic").decode()

    def decode(self, type: str, schema: int, data: str) -> Event:
        """The event of `type` from its stored JSON, lifted to the present schema.

        Raises UnknownEvent where the type, or a step from its schema, is not known.
        """
        cls = self.classes.get(type)
        if cls is None:
            raise UnknownEvent(f"{type} is not an event of this service")
        if schema == cls.schema:
            return self._decoders[type].decode(data)
        fields = msgspec.json.decode(data)
        while schema < cls.schema:
            upcaster = self._upcasters.get((type, schema))
            if upcaster is None:
                raise UnknownEvent(f"no upcaster for {type} schema {schema}")
            fields, schema = upcaster(fields), schema + 1
        if schema != cls.schema:
            raise UnknownEvent(f"{type} schema {schema} is newer than this code")
        return msgspec.convert(fields, type=cls)


def digest(previous: str, recorded: dict[str, Any]) -> str:
    """The hex SHA-256 of an event's canonical form, chained to the digest before it in its stream."""
    moment: datetime = recorded["recorded_at"]
    canonical = msgspec.json.encode(
        [
            previous,
            recorded["id"],
            recorded["stream"],
            recorded["version"],
            recorded["type"],
            recorded["schema"],
            moment.astimezone(UTC).isoformat(timespec="microseconds"),
            recorded["organisation"],
            recorded["actor"],
            recorded["correlation_id"],
            recorded["causation_id"],
            recorded["published"],
            recorded["data"],
        ]
    )
    return hashlib.sha256(canonical).hexdigest()
