"""What a person wants to be told of, by which channel: everything, but for what was switched off."""

from dataclasses import dataclass

from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from services.notify.contract import Channel, Kind


@dataclass(frozen=True, kw_only=True)
class PreferencesSet(Event):
    """`off` holds, by kind, the channels that are switched off: all of them, as they now stand."""

    organisation: str
    off: dict[Kind, tuple[Channel, ...]]


class Preferences(Aggregate):
    """The switches of one person; its id is the person's."""

    kind = "preferences"

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self._organisation = ""
        self.off: dict[Kind, tuple[Channel, ...]] = {}

    @property
    def organisation(self) -> str:
        return self._organisation

    def choose(self, organisation: str, wishes: dict[Kind, set[Channel]]) -> None:
        """`wishes` holds the channels wanted for each kind named; the other kinds stay."""
        off = dict(self.off)
        for kind, wanted in wishes.items():
            off[kind] = tuple(channel for channel in Channel if channel not in wanted)
        off = {kind: channels for kind, channels in off.items() if channels}
        if off != self.off or not self.version:
            self.record(PreferencesSet(organisation=organisation, off=off))

    def channels(self, kind: Kind) -> list[Channel]:
        return [channel for channel in Channel if channel not in self.off.get(kind, ())]

    def apply(self, event: Event) -> None:
        match event:
            case PreferencesSet():
                self._organisation, self.off = event.organisation, event.off
