"""The log: racing writers, repeated appends, what the database itself refuses, old events."""

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from infra.errors import KeyReused, NotFound, OutOfOrder, Stale, Unavailable
from infra.eventstore import store as store_module
from infra.eventstore.events import Event, EventTypes, UnknownEvent
from infra.eventstore.store import Call, Conflict, Work, append_again
from infra.eventstore.tables import checkpoints, commands, events
from infra.eventstore.verify import checkpoint, verify
from infra.ids import new_id
from tests.harness import Harness
from tests.infra.conftest import LIBRARIAN
from tests.infra.shelf.contract import BookPut, BuildShelf, GetShelf, PutBook, ShelfBuilt, TakeBook
from tests.infra.shelf.service import Shelf


def build(shelf: Harness, name: str = "poetry") -> str:
    id = new_id()
    shelf.send(LIBRARIAN, BuildShelf, id=id, name=name)
    return id


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call gave, or the exception it raised, all begun in the same moment."""
    start, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index: int) -> None:
        start.wait()
        try:
            results[index] = calls[index]()
        except Exception as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def titles(shelf: Harness, id: str) -> list[str]:
    return [one.event.title for one in shelf.events(f"shelf-{id}") if one.type == "BookPut"]


def test_of_two_writers_one_wins_and_the_other_tries_again_on_fresh_state(shelf: Harness) -> None:
    """The second loads the stream before the first commits, as the barrier sees to."""
    id = build(shelf)
    seen: list[int] = []
    together = threading.Barrier(2)

    def put(title: str) -> dict[str, Any]:
        first = True

        def handler(work: Work) -> dict[str, Any]:
            nonlocal first
            loaded = work.load(Shelf, id)
            seen.append(loaded.version)
            if first and shelf.parts.database.dialect == "postgresql":
                together.wait(5)
            first = False
            loaded.record(BookPut(title=title, number=len(title)))
            work.save(loaded)
            return work.done(loaded)

        return shelf.parts.store.execute(Call(actor=LIBRARIAN, correlation_id=new_id()), handler)

    answers = at_once(lambda: put("a"), lambda: put("bb"))
    assert sorted(answer["version"] for answer in answers) == [2, 3]
    # On SQLite they never met: one writer at a time. On PostgreSQL both began at version 1.
    assert seen in ([1, 2], [1, 1, 2])
    assert sorted(titles(shelf, id)) == ["a", "bb"]
    assert shelf.ask(LIBRARIAN, GetShelf, id=id)["books"] == 2


def test_many_writers_on_one_stream_lose_and_double_nothing(shelf: Harness) -> None:
    id = build(shelf)
    wanted = [f"{writer}-{book}" for writer in range(4) for book in range(8)]

    def write(writer: int) -> None:
        for book in range(8):
            shelf.send(LIBRARIAN, PutBook, id=id, title=f"{writer}-{book}")

    assert at_once(*(lambda writer=writer: write(writer) for writer in range(4))) == [None] * 4
    assert sorted(titles(shelf, id)) == sorted(wanted)
    assert [one.version for one in shelf.events(f"shelf-{id}")] == list(range(1, 34))
    assert list(verify(shelf.parts.database)) == []


def test_a_writer_behind_the_stream_is_refused_by_the_database(shelf: Harness) -> None:
    id = build(shelf)
    behind = Shelf(id)
    behind.record(ShelfBuilt(name="again"))
    call = Call(actor=LIBRARIAN, correlation_id=new_id())
    with pytest.raises(Conflict), shelf.parts.store.begin() as connection:
        shelf.parts.store.append(connection, behind, call, shelf.clock())
    assert len(shelf.events()) == 1


def test_a_race_that_never_ends_is_given_up_in_words(
    shelf: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "ATTEMPTS", 3)

    def lose(work: Work) -> dict[str, Any]:
        raise Conflict

    with pytest.raises(Unavailable, match="พร้อมกัน"):
        shelf.parts.store.execute(Call(actor=LIBRARIAN, correlation_id=""), lose)


def test_appending_the_same_events_again_changes_nothing(shelf: Harness) -> None:
    id = build(shelf)
    shelf.send(LIBRARIAN, PutBook, id=id, title="moon")
    before = shelf.events()
    append_again(shelf.parts.store, before)
    assert shelf.events() == before


def test_appending_some_again_with_another_in_their_place_is_a_conflict(shelf: Harness) -> None:
    build(shelf)
    before = shelf.events()
    other = structs.replace(before[0], id=new_id(), data='{"name":"other"}')
    with pytest.raises(Conflict):
        append_again(shelf.parts.store, [other])
    with pytest.raises(Conflict):
        append_again(
            shelf.parts.store, [*before, structs.replace(other, version=2, stream="shelf-x")]
        )
    assert shelf.events() == before


@pytest.mark.parametrize(
    "tampering",
    [
        update(events).values(data="{}"),
        update(events).values(actor="somebody else"),
        update(events).values(position=7),
        delete(events),
        update(checkpoints).values(position=0),
        delete(checkpoints),
    ],
    ids=["data", "actor", "renumber", "delete", "checkpoint", "delete-checkpoint"],
)
def test_the_database_refuses_to_change_what_is_recorded(shelf: Harness, tampering: Any) -> None:
    build(shelf)
    shelf.relay()
    assert checkpoint(shelf.parts.store)
    before = shelf.events()
    with (
        pytest.raises(DBAPIError, match="append-only"),
        shelf.parts.database.begin() as connection,
    ):
        connection.execute(tampering)
    assert shelf.events() == before


@pytest.mark.parametrize("harness_database", ["postgresql"], indirect=True)
def test_the_database_refuses_to_empty_the_log(shelf: Harness) -> None:
    build(shelf)
    with (
        pytest.raises(DBAPIError, match="append-only"),
        shelf.parts.database.begin() as connection,
    ):
        connection.exec_driver_sql("TRUNCATE events")
    assert len(shelf.events()) == 1


def test_a_repeated_command_gets_the_first_answer_and_happens_once(shelf: Harness) -> None:
    id = build(shelf)
    first = shelf.send(LIBRARIAN, PutBook, idempotency_key="k", id=id, title="moon")
    again = shelf.send(LIBRARIAN, PutBook, idempotency_key="k", id=id, title="moon")
    assert again == first
    assert titles(shelf, id) == ["moon"]


def test_a_command_repeated_while_it_runs_happens_once(shelf: Harness) -> None:
    id = build(shelf)
    version = shelf.events(f"shelf-{id}")[-1].version

    def put() -> dict[str, Any]:
        return shelf.send(LIBRARIAN, PutBook, "k", version, id=id, title="moon")

    answers = at_once(*[put] * 4)
    assert answers == [answers[0]] * 4
    assert answers[0]["version"] == 2
    assert titles(shelf, id) == ["moon"]


def test_a_key_with_another_body_is_refused(shelf: Harness) -> None:
    id = build(shelf)
    shelf.send(LIBRARIAN, PutBook, "k", id=id, title="moon")
    with pytest.raises(KeyReused):
        shelf.send(LIBRARIAN, PutBook, "k", id=id, title="sun")
    with pytest.raises(KeyReused):
        shelf.send(LIBRARIAN, TakeBook, "k", id=id, title="moon")
    assert titles(shelf, id) == ["moon"]


def test_a_key_belongs_to_its_person(shelf: Harness) -> None:
    id = build(shelf)
    other = replace(LIBRARIAN, person=new_id())
    shelf.send(LIBRARIAN, PutBook, "k", id=id, title="moon")
    assert shelf.send(other, PutBook, "k", id=id, title="sun")["number"] == 2


def test_a_command_that_was_refused_may_be_mended_under_its_key(shelf: Harness) -> None:
    id = build(shelf)
    with pytest.raises(OutOfOrder):
        shelf.send(LIBRARIAN, TakeBook, "k", id=id, title="moon")
    shelf.send(LIBRARIAN, PutBook, id=id, title="moon")
    assert shelf.send(LIBRARIAN, TakeBook, "k", id=id, title="moon")["version"] == 3


def test_if_match_holds_a_command_against_the_version_it_saw(shelf: Harness) -> None:
    id = build(shelf)
    shelf.send(LIBRARIAN, PutBook, if_match=1, id=id, title="moon")
    with pytest.raises(Stale):
        shelf.send(LIBRARIAN, PutBook, if_match=1, id=id, title="sun")
    with pytest.raises(NotFound):
        shelf.send(LIBRARIAN, PutBook, if_match=1, id=new_id(), title="sun")
    assert titles(shelf, id) == ["moon"]


def test_of_two_who_saw_the_same_version_one_is_stale(shelf: Harness) -> None:
    id = build(shelf)
    answers = at_once(
        *(
            lambda title=title: shelf.send(LIBRARIAN, PutBook, if_match=1, id=id, title=title)
            for title in ("moon", "sun")
        )
    )
    assert {type(answer) for answer in answers} == {dict, Stale}
    assert len(titles(shelf, id)) == 1


def test_a_failing_command_leaves_no_trace(shelf: Harness) -> None:
    id = build(shelf)
    before, tables = shelf.events(), shelf.tables()
    with pytest.raises(OutOfOrder):
        shelf.send(LIBRARIAN, PutBook, "k", id=id, title="moon", fail=True)
    assert (shelf.events(), shelf.tables()) == (before, tables)
    with shelf.parts.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(commands)).scalar() == 0


def test_what_a_caller_reads_next_is_what_it_wrote(shelf: Harness) -> None:
    id = build(shelf, "history")
    shelf.send(LIBRARIAN, PutBook, id=id, title="moon")
    assert shelf.ask(LIBRARIAN, GetShelf, id=id) == {"name": "history", "books": 1}


def test_an_event_of_a_confidential_aggregate_is_not_published(shelf: Harness) -> None:
    build(shelf, "secret drawer")
    build(shelf, "poetry")
    assert [one.published for one in shelf.events()] == [False, True]
    assert [message["data"] for message in shelf.relay()] == ['{"name":"poetry"}']


@dataclass(frozen=True, kw_only=True)
class ShelfMoved(Event):
    """Its third form: 1 had `room`; 2 called it `place`; 3 names the floor too."""

    schema = 3
    place: str
    floor: int


UPCASTERS = {
    ("ShelfMoved", 1): lambda data: {"place": data["room"]},
    ("ShelfMoved", 2): lambda data: data | {"floor": 1},
}


@pytest.mark.parametrize(
    ("schema", "data"),
    [(1, '{"room":"east"}'), (2, '{"place":"east"}'), (3, '{"place":"east","floor":1}')],
)
def test_old_events_are_lifted_step_by_step(schema: int, data: str) -> None:
    types = EventTypes(sys.modules[__name__])
    assert types.decode("ShelfMoved", schema, data) == ShelfMoved(place="east", floor=1)


def test_an_event_that_is_not_known_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    types = EventTypes(sys.modules[__name__])
    with pytest.raises(UnknownEvent, match="ShelfBurnt is not an event"):
        types.decode("ShelfBurnt", 1, "{}")
    with pytest.raises(UnknownEvent, match="schema 4 is newer"):
        types.decode("ShelfMoved", 4, "{}")
    with pytest.raises(UnknownEvent, match="no upcaster for ShelfMoved schema 0"):
        types.decode("ShelfMoved", 0, "{}")


def test_only_what_a_contract_declares_is_published() -> None:
    from tests.infra.shelf import contract, service

    types = EventTypes(contract, service)
    assert types.published == {"ShelfBuilt", "BookPut", "BookTaken"}
    assert set(types.classes) - types.published == {"DustWiped"}
    assert EventTypes(SimpleNamespace(Other=int)).classes == {}  # type: ignore[arg-type]
