"""An office whose letters, rooms and standards `notify` hears of, by the events of the real services."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from infra.clock import SettableClock
from infra.identity import Actor, Capacity
from services.notify.contract import NotificationRaised
from services.notify.service import NotifyService
from services.personnel.contract import ActingAppointed
from tests import directory
from tests.correspondence import office as letters
from tests.correspondence.office import MONDAY, PEOPLE
from tests.directory import introduce
from tests.harness import Harness, follow
from tests.resources.meeting_house import MeetingHouse
from tests.standards import office as standards

NAMES = {actor.person: name for name, actor in PEOPLE.items()}


class Notify(Harness):
    """The service at work, with the directory learnt."""

    def __init__(self, database_url: str, prepared: bool = False, **settings: Any) -> None:
        clock = SettableClock(MONDAY)
        super().__init__(NotifyService, database_url, clock, prepared=prepared, **settings)
        if not prepared:
            introduce(self)

    def raised(self) -> list[NotificationRaised]:
        return [one.event for one in self.events() if isinstance(one.event, NotificationRaised)]

    def act(self, who: Actor, post_of: Actor, acting: str) -> None:
        """Let `who` act in the other's post from now on (รักษาราชการแทน)."""
        appointed = ActingAppointed(
            acting=acting,
            person=who.person,
            own_post=who.seats[0].post,
            capacity=Capacity.ACTING,
            first_day=date(2026, 1, 1),
            last_day=None,
            order="คำสั่งที่ 1/2569",
        )
        self.deliver("personnel", f"post-{post_of.seats[0].post}", appointed)


class Town:
    """The services of one office. `news` is what people have been told since it was last asked."""

    def __init__(
        self,
        letters: letters.Office,
        rooms: MeetingHouse,
        standards: standards.Office,
        notify: Notify,
    ) -> None:
        self.letters, self.rooms, self.standards, self.notify = letters, rooms, standards, notify
        self._heard = 0

    def raised(self) -> list[NotificationRaised]:
        for source in (self.letters, self.rooms, self.standards):
            follow(self.notify, source)
        found = self.notify.raised()
        fresh, self._heard = found[self._heard :], len(found)
        return fresh

    def news(self) -> list[tuple[str, str]]:
        """(who, of what kind), sorted."""
        return sorted((NAMES[one.person], str(one.kind)) for one in self.raised())


class Told:
    """What every town is copied from: each service's database, with the directory learnt."""

    def __init__(self) -> None:
        self.notify = directory.Told(Notify)
        self.letters = directory.Told(_letters)
        self.rooms = directory.Told(MeetingHouse)
        self.standards = directory.Told(standards.Office)

    @contextmanager
    def opened(self) -> Iterator[Town]:
        with (
            self.letters.opened() as letters,
            self.rooms.opened() as rooms,
            self.standards.opened() as standards,
            self.notify.opened() as notify,
        ):
            yield Town(letters, rooms, standards, notify)

    def close(self) -> None:
        for told in (self.notify, self.letters, self.rooms, self.standards):
            told.close()


def _letters(url: str, prepared: bool = False) -> letters.Office:
    return letters.Office(url, told=prepared)
