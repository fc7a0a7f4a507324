"""The relay: numbering beside writers, publishing once confirmed, one at a time."""

import random
import threading
import time
from typing import Any

import pytest
from sqlalchemy import select, update

from infra.database import Database
from infra.errors import Unavailable
from infra.eventstore import relay as relay_module
from infra.eventstore.relay import Relay, number
from infra.eventstore.store import Call, Store, Work
from infra.eventstore.tables import events, relay
from infra.ids import new_id
from infra.metrics import log
from tests.harness import Harness
from tests.infra.conftest import LIBRARIAN
from tests.infra.shelf.contract import BuildShelf, PutBook, ShelfBuilt
from tests.infra.shelf.service import Shelf

only_postgresql = pytest.mark.parametrize("harness_database", ["postgresql"], indirect=True)


def build(shelf: Harness, name: str = "poetry") -> str:
    id = new_id()
    shelf.send(LIBRARIAN, BuildShelf, id=id, name=name)
    return id


def save(work: Work, id: str, name: str) -> dict[str, Any]:
    new = Shelf(id)
    new.record(ShelfBuilt(name=name))
    work.save(new)
    return {}


def write(store: Store, name: str) -> None:
    call = Call(actor=LIBRARIAN, correlation_id=new_id())
    store.execute(call, lambda work: save(work, new_id(), name))


def row(shelf: Harness) -> Any:
    with shelf.parts.database.read() as connection:
        return connection.execute(select(relay)).one()


class Reader(threading.Thread):
    """Reads the log from its cursor to its end, again and again, until told that all is written."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.seen: list[tuple[int | None, str]] = []
        self.done = threading.Event()
        self._store = store

    def run(self) -> None:
        position = 0
        while True:
            last_round = self.done.is_set()
            with self._store.database.read() as connection:
                found, position = self._store.events_after(connection, position, limit=7)
            self.seen += [(one.position, one.event.name) for one in found]  # type: ignore[attr-defined]
            if last_round and not found:
                return


@only_postgresql
def test_a_late_commit_gets_a_later_number_and_is_not_skipped(shelf: Harness) -> None:
    """The early writer's row is inserted first and committed last."""
    store, inserted, may_commit = shelf.parts.store, threading.Event(), threading.Event()

    def slowly() -> None:
        with store.database.begin() as connection:
            call = Call(actor=LIBRARIAN, correlation_id=new_id())
            save(Work(store, connection, call, shelf.clock()), new_id(), "early")
            connection.execute(select(1))  # what was held back is sent before it
            inserted.set()
            may_commit.wait(10)

    slow = threading.Thread(target=slowly)
    slow.start()
    assert inserted.wait(10)
    build(shelf, "late")
    assert [m["data"] for m in shelf.relay()] == ['{"name":"late"}']
    may_commit.set()
    slow.join()
    (message,) = shelf.relay()
    assert (message["data"], message["position"]) == ('{"name":"early"}', 2)
    with store.database.read() as connection:
        found, _ = store.events_after(connection, 0)
        seqs = connection.execute(select(events.c.seq).order_by(events.c.position)).scalars().all()
    assert [one.position for one in found] == [1, 2]
    assert seqs == sorted(seqs, reverse=True)


@only_postgresql
def test_a_reader_beside_many_writers_sees_every_event_once_and_skips_none(
    shelf: Harness,
) -> None:
    """Writers commit after random delays, some roll back; a relay numbers and a reader reads."""
    store, chance = shelf.parts.store, random.Random(7)
    delays = {
        f"{w}-{n}": chance.choice((0, 0, 0.001, 0.01, 0.05)) for w in range(8) for n in range(25)
    }
    lost = {name for name in delays if chance.random() < 0.1}

    def write_all(writer: int) -> None:
        for name in (f"{writer}-{n}" for n in range(25)):
            try:
                with store.database.begin() as connection:
                    call = Call(actor=LIBRARIAN, correlation_id=new_id())
                    save(Work(store, connection, call, shelf.clock()), new_id(), name)
                    time.sleep(delays[name])  # the transaction is open: this is what is tried
                    if name in lost:
                        raise RuntimeError("rolled back")
            except RuntimeError:
                pass

    relaying = threading.Thread(target=shelf.parts.relay.run)
    reader = Reader(store)
    writers = [threading.Thread(target=write_all, args=(writer,)) for writer in range(8)]
    for thread in (relaying, reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    until(lambda: row(shelf).published == len(delays) - len(lost))
    reader.done.set()
    reader.join()
    shelf.parts.relay.stop()
    relaying.join()
    assert [position for position, _ in reader.seen] == list(range(1, len(delays) - len(lost) + 1))
    assert sorted(name for _, name in reader.seen) == sorted(set(delays) - lost)
    published = [message["position"] for message in shelf.published]
    assert published == [position for position, _ in reader.seen]


def until(condition: Any, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        threading.Event().wait(0.01)


def test_two_relays_numbering_at_once_leave_no_gap(shelf: Harness) -> None:
    for book in range(40):
        build(shelf, str(book))

    def go() -> None:
        for _ in range(20):
            with shelf.parts.database.begin() as connection:
                number(connection, limit=3)

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.position for one in shelf.events()] == list(range(1, 41))
    assert row(shelf).numbered == 40


def test_each_message_tells_what_came_before_it_by_type(shelf: Harness) -> None:
    id = build(shelf)
    shelf.send(LIBRARIAN, PutBook, id=id, title="moon")
    build(shelf, "secret drawer")
    shelf.send(LIBRARIAN, PutBook, id=id, title="sun")
    told = [(m["type"], m["position"], m["last"]) for m in shelf.relay()]
    expected = [
        ("ShelfBuilt", 1, {}),
        ("BookPut", 2, {"ShelfBuilt": 1}),
        ("BookPut", 4, {"ShelfBuilt": 1, "BookPut": 2}),
    ]
    assert told == expected
    # Another replica's relay finds the same in the log as the first had in memory.
    build(shelf)
    expire(shelf)
    other, heard = another(shelf)
    assert other.run_once() == 2  # numbered one, published one
    assert [m["last"] for m in heard] == [{"ShelfBuilt": 1, "BookPut": 4}]


@pytest.fixture
def failing(shelf: Harness) -> list[str]:
    """Names of shelves at whose event the broker fails."""
    names: list[str] = []

    def publish(type: str, message: dict[str, Any]) -> None:
        if any(name in message["data"] for name in names):
            raise ConnectionError("the broker went away")
        shelf.published.append(message)

    shelf.parts.relay._publish = publish
    return names


def test_what_the_broker_did_not_confirm_is_published_again(
    shelf: Harness, failing: list[str]
) -> None:
    for name in ("one", "two", "three"):
        build(shelf, name)
    failing.append("two")
    for _ in range(2):
        with pytest.raises(ConnectionError):
            shelf.parts.relay.run_once()
    assert (row(shelf).numbered, row(shelf).published) == (3, 1)
    assert standing(shelf) == {"amnuay_log_position": 3, "amnuay_unpublished": 2}
    failing.clear()
    assert [message["position"] for message in shelf.relay()] == [2, 3]
    assert [message["position"] for message in shelf.published] == [1, 2, 3]
    assert row(shelf).published == 3
    build(shelf, "four")
    assert standing(shelf) == {"amnuay_log_position": 3, "amnuay_unpublished": 1}
    shelf.relay()
    assert standing(shelf) == {"amnuay_log_position": 4, "amnuay_unpublished": 0}


def standing(shelf: Harness) -> dict[str, float]:
    with shelf.parts.database.read() as connection:
        return {figure.name: figure.value for figure in log(connection)}


def test_a_relay_waits_for_a_broker_that_is_away(shelf: Harness, failing: list[str]) -> None:
    failing.append("poetry")
    build(shelf)
    thread = threading.Thread(target=shelf.parts.relay.run)
    assert not shelf.parts.relay.alive
    thread.start()
    until(lambda: row(shelf).numbered == 1)
    assert shelf.published == []
    failing.clear()
    until(lambda: shelf.published)
    assert shelf.parts.relay.alive
    shelf.parts.relay.stop()
    thread.join()
    assert row(shelf).expires == 0  # the lease is given back


def another(shelf: Harness) -> tuple[Relay, list[dict[str, Any]]]:
    """The relay of another replica on the same database, and what it publishes."""
    heard: list[dict[str, Any]] = []
    store = Store(
        Database(shelf.settings.database("shelf")), shelf.parts.store.types, lambda *_: None
    )
    return Relay("shelf", store, lambda _, message: heard.append(message)), heard


def expire(shelf: Harness) -> None:
    with shelf.parts.database.begin() as connection:
        connection.execute(update(relay).values(expires=0))


def test_of_two_relays_one_publishes_until_its_lease_runs_out(shelf: Harness) -> None:
    other, heard = another(shelf)
    build(shelf)
    assert shelf.parts.relay.run_once()
    build(shelf)
    assert other.run_once() == 0
    assert heard == []
    expire(shelf)  # as when the first had died
    assert other.run_once()
    assert [message["position"] for message in heard] == [2]
    assert [message["position"] for message in shelf.published] == [1]


def test_a_relay_that_lost_its_lease_while_publishing_stops_and_moves_nothing(
    shelf: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first hangs in a publish beyond its lease; the second takes over; the first comes to."""
    other, heard = another(shelf)
    for name in ("one", "two", "three"):
        build(shelf, name)
    published = []

    def hang(type: str, message: dict[str, Any]) -> None:
        published.append(message["position"])
        if len(published) == 1:
            expire(shelf)
            while other.run_once():
                pass
            monkeypatch.setattr(shelf.parts.relay, "_renew_at", 0.0)  # so long has it hung

    shelf.parts.relay._publish = hang
    shelf.parts.relay.run_once()
    assert published == [1]
    assert [message["position"] for message in heard] == [1, 2, 3]
    assert row(shelf).published == 3
    assert shelf.parts.relay.run_once() == 0
    assert row(shelf).holder == other._holder


def test_an_idle_relay_leaves_the_database_alone(
    shelf: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.relay()
    monkeypatch.setattr(shelf.parts.database, "begin", lambda: pytest.fail("a write"))
    assert shelf.parts.relay.run_once() == 0


def test_a_lease_outlasts_the_slowest_publish() -> None:
    from infra.messaging.broker import CONNECT_TIMEOUT, PUBLISH_TIMEOUT

    slowest = CONNECT_TIMEOUT + 2 * PUBLISH_TIMEOUT
    assert relay_module.RENEWED + slowest < relay_module.LEASE


def test_a_database_that_is_away_is_waited_for(
    shelf: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = threading.Event()
    hold = shelf.parts.database.begin

    def begin() -> Any:
        if not away.is_set():
            away.set()
            raise Unavailable()
        return hold()

    monkeypatch.setattr(shelf.parts.database, "begin", begin)
    build_later = threading.Thread(target=shelf.parts.relay.run)
    build_later.start()
    assert away.wait(10)
    write(shelf.parts.store, "poetry")
    until(lambda: shelf.published)
    shelf.parts.relay.stop()
    build_later.join()
