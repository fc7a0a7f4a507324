"""A service that follows itself: what a command need not wait for comes of its event, once."""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.eventstore.events import Recorded
from infra.eventstore.store import Work
from infra.ids import new_id
from infra.messaging.service import subscription
from tests.harness import Harness
from tests.infra.conftest import LIBRARIAN
from tests.infra.shelf.contract import BookPut, BuildShelf, PutBook, ShelfBuilt, TakeBook
from tests.infra.shelf.service import Shelf, ShelfService


class GenerousShelfService(ShelfService):
    """Puts an almanac on each new shelf, and one more book for each that is a pair."""

    stumbles: list[str] = []

    @subscription("shelf", ShelfBuilt, BookPut)
    def give(self, work: Work, recorded: Recorded) -> None:
        shelf = work.load(Shelf, recorded.aggregate_id)
        event = recorded.event
        if isinstance(event, BookPut) and event.title != "pair":
            return
        title = "almanac" if isinstance(event, ShelfBuilt) else "second of the pair"
        shelf.record(BookPut(title=title, number=work.take_number("books")))
        work.save(shelf)
        if self.stumbles:
            raise RuntimeError(self.stumbles.pop())


@pytest.fixture
def generous(harness_database: str) -> Iterator[Harness]:
    harness = Harness(GenerousShelfService, harness_database)
    yield harness
    harness.close()


def settle(harness: Harness) -> list[dict[str, Any]]:
    """Take in what it published, until nothing follows from it; all messages."""
    told: list[dict[str, Any]] = []
    while new := harness.relay():
        told += new
        for message in new:
            harness.parts.subscribers["shelf"].receive(message)
    return told


def titles(harness: Harness, id: str) -> list[str]:
    return [
        one.event.title for one in harness.events(f"shelf-{id}") if isinstance(one.event, BookPut)
    ]


def test_what_follows_from_its_own_events_happens_once(generous: Harness) -> None:
    id = new_id()
    generous.send(LIBRARIAN, BuildShelf, id=id, name="poetry")
    assert titles(generous, id) == []
    settle(generous)
    generous.send(LIBRARIAN, PutBook, id=id, title="pair")
    told = settle(generous)
    wanted = ["almanac", "pair", "second of the pair"]
    assert titles(generous, id) == wanted
    for message in told:  # again, and out of order
        generous.parts.subscribers["shelf"].receive(message)
    generous.parts.subscribers["shelf"].catch_up()
    assert titles(generous, id) == wanted
    [cause] = [one.id for one in generous.events(f"shelf-{id}") if one.type == "ShelfBuilt"]
    first = next(one for one in generous.events(f"shelf-{id}") if one.type == "BookPut")
    assert (first.actor, first.causation_id) == ("service:shelf", cause)


def test_messages_that_never_came_are_read_from_its_own_log(generous: Harness) -> None:
    ids = [new_id() for _ in range(3)]
    for id in ids:
        generous.send(LIBRARIAN, BuildShelf, id=id, name="poetry")
    generous.relay()
    subscriber = generous.parts.subscribers["shelf"]
    assert subscriber.catch_up() == 3
    assert [titles(generous, id) for id in ids] == [["almanac"]] * 3
    generous.send(LIBRARIAN, TakeBook, id=ids[0], title="almanac")
    generous.relay()
    assert subscriber.catch_up() == 3  # what it recorded itself
    assert subscriber.catch_up() == 0


def test_what_fails_leaves_nothing_and_is_tried_again(generous: Harness) -> None:
    GenerousShelfService.stumbles = ["once"]
    id = new_id()
    generous.send(LIBRARIAN, BuildShelf, id=id, name="poetry")
    settle(generous)
    assert GenerousShelfService.stumbles == []
    assert titles(generous, id) == ["almanac"]
    assert [one.version for one in generous.events(f"shelf-{id}")] == [1, 2]
