"""Shelf and reader at work in Nameko's containers, on RabbitMQ and on the broker in memory."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import ClassVar

import msgspec
import pytest
from sqlalchemy import update

from infra.clock import system_clock
from infra.errors import Forbidden, Unauthenticated, Unavailable
from infra.eventstore.tables import relay
from infra.identity import Actor, Signer, new_keys, service_token
from infra.ids import new_id
from tests.harness import PRIVATE_KEY, fresh_database
from tests.infra.conftest import LIBRARIAN
from tests.infra.processes import House, Proxy, Town, until

QUEUE = "reader.from.shelf"
ILLEGIBLE = "illegible"  # the reader cannot read books of this title


@pytest.fixture(scope="module", params=["memory", "rabbitmq"])
def town(request: pytest.FixtureRequest) -> Iterator[Town]:
    """On RabbitMQ with PostgreSQL, as an office runs it; in memory with SQLite, as `make run`."""
    if request.param == "memory":
        with fresh_town("memory://", "sqlite") as town:
            yield town
    else:
        with fresh_town(request.getfixturevalue("rabbitmq_url"), "postgresql") as town:
            yield town


@contextmanager
def fresh_town(broker_url: str, dialect: str) -> Iterator[Town]:
    with fresh_database(dialect) as shelf, fresh_database(dialect) as reader:
        town = Town(broker_url, shelf, reader)
        try:
            yield town
        finally:
            town.close()


@pytest.fixture(scope="module")
def house(town: Town) -> House:
    """Shelf and reader in one process, which the tests share."""
    return town.start("shelf", "reader", BROKEN=ILLEGIBLE).ready()


def build(house: House) -> str:
    id = new_id()
    house.send("build_shelf", id=id, name="poetry")
    return id


def put(house: House, id: str, *titles: str) -> None:
    for title in titles:
        house.send("put_book", id=id, title=title)


def told(town: Town, id: str) -> list[int]:
    """The versions of one shelf that took effect in the reader, in the order of the log."""
    return [version for _, stream, version in town.told() if stream == f"shelf-{id}"]


def upto(version: int) -> list[int]:
    return list(range(1, version + 1))


def test_every_event_takes_effect_once_and_in_order(town: Town, house: House) -> None:
    ids = [build(house) for _ in range(3)]
    for title in "abcde":
        for id in ids:
            put(house, id, title)
    until(lambda: all(told(town, id) == upto(6) for id in ids))


def test_what_is_in_the_queue_when_it_is_purged_takes_effect_all_the_same(
    town: Town, house: House
) -> None:
    """The reader is held up by an event that fails while more come, then the queue is emptied."""
    held, other = build(house), build(house)
    put(house, held, ILLEGIBLE)
    put(house, other, *map(str, range(120)))
    until(lambda: town.relay().published == town.relay().numbered)
    house.do("purge", queue=QUEUE)
    until(lambda: told(town, other) == upto(121))
    assert told(town, held) == [1]


def test_a_deleted_queue_is_made_again_and_nothing_is_lost(town: Town, house: House) -> None:
    id = build(house)
    house.do("delete", queue=QUEUE)
    put(house, id, *"bcd")
    until(lambda: told(town, id) == upto(4))
    until(lambda: house.get("/healthz")[0] == 200)
    put(house, id, "e")
    until(lambda: told(town, id) == upto(5))


def test_messages_doubled_disordered_or_not_ours_change_nothing(town: Town, house: House) -> None:
    id = build(house)
    put(house, id, *"ab")
    until(lambda: told(town, id) == upto(3))
    before = town.parked()
    message = {
        "source": "shelf",
        "id": new_id(),
        "stream": f"shelf-{id}",
        "version": 2,
        "position": town.cursor() - 1,
        "type": "BookPut",
        "schema": 1,
        "recorded_at": system_clock().isoformat(),
        "organisation": "library",
        "actor": "nobody",
        "correlation_id": "",
        "causation_id": None,
        "data": '{"title":"a","number":1}',
        "last": {"ShelfBuilt": 1},
    }
    double = msgspec.json.encode(message).decode()
    odd = msgspec.json.encode(message | {"position": "99999"}).decode()
    house.do("put", queue=QUEUE, bodies=[double, "no JSON", "[]", "{}", odd, double])
    put(house, id, "c")
    until(lambda: told(town, id) == upto(4))
    assert town.parked() == before


def test_a_failing_event_holds_up_its_own_stream_alone(town: Town, house: House) -> None:
    bad, good = build(house), build(house)
    before = len(town.parked())
    put(house, bad, ILLEGIBLE, "behind")
    put(house, good, "a", "b")
    until(lambda: told(town, good) == upto(3))
    assert told(town, bad) == [1]
    assert town.parked()[before:] == [ILLEGIBLE, "behind"]
    gauge = f'amnuay_parked{{service="reader",source="shelf"}} {before + 2}.0'
    until(lambda: gauge in house.get("/metrics")[1])


def test_health_tells_of_consumers_relay_and_database(town: Town, house: House) -> None:
    until(lambda: house.get("/readyz")[0] == 200)
    status, body = house.get("/healthz")
    assert (status, msgspec.json.decode(body)) == (
        200,
        {
            "started": True,
            "shelf-calls": True,
            "shelf-relay": True,
            "reader-calls": True,
            "reader-relay": True,
            "reader-from-shelf": True,
        },
    )
    assert {"shelf-database", "reader-database", "shelf-replies"} <= set(
        msgspec.json.decode(house.get("/readyz")[1])
    )
    build(house)
    until(lambda: town.relay().published == town.relay().numbered)
    position = f'amnuay_log_position{{service="shelf"}} {town.relay().numbered}.0'
    until(lambda: position in house.get("/metrics")[1])
    count = 'amnuay_command_seconds_count{method="build_shelf",outcome="ok",service="shelf"}'
    assert count in house.get("/metrics")[1]
    assert house.get("/elsewhere")[0] == 404


def test_a_checkpoint_of_the_log_is_recorded(town: Town, house: House) -> None:
    until(lambda: town.checkpoints() == 1)


TOKENS: dict[str, Callable[[Town], str | None]] = {
    "missing": lambda town: None,
    "nonsense": lambda town: "nonsense",
    "expired": lambda town: Signer(PRIVATE_KEY).sign(
        LIBRARIAN, system_clock() - timedelta(minutes=11)
    ),
    "of another signer": lambda town: Signer(new_keys()[0]).sign(LIBRARIAN, system_clock()),
    "of another service key": lambda town: service_token("shelf", "x" * 32, system_clock()),
    "of a person who claims to be a service": lambda town: town.token(
        Actor(person="service:notify", organisation="")
    ),
}


def test_a_call_without_a_good_token_is_refused_by_the_service_itself(
    town: Town, house: House
) -> None:
    id = build(house)
    for make in TOKENS.values():
        with pytest.raises(Unauthenticated):
            house.call("put_book", make(town), id=id, title="moon")
        with pytest.raises(Unauthenticated):
            house.call("get_shelf", make(town), id=id)
        with pytest.raises(Unauthenticated):
            house.call("read_log", make(town), after=0, types=[], until=None, limit=10)
    with pytest.raises(Forbidden):  # a person may not read the log, whatever its seats
        house.call("read_log", town.token(), after=0, types=[], until=None, limit=10)
    assert house.call("get_shelf", town.token(), id=id)["books"] == 0
    assert told(town, id) in ([], [1])


def test_a_method_that_is_not_there_is_not_waited_for(house: House) -> None:
    with pytest.raises(Unavailable):
        house.send("burn_shelf", id=new_id())


def test_a_command_repeated_over_rpc_happens_once(house: House) -> None:
    id = build(house)
    answers = [house.send("put_book", key=id, id=id, title="moon") for _ in range(3)]
    assert answers == [answers[0]] * 3
    assert house.send("get_shelf", id=id)["books"] == 1


def test_told_to_stop_it_ends_well_and_goes_on_later(town: Town, house: House) -> None:
    """The last here: in memory the queues are gone with the process, the log is not."""
    id = build(house)
    put(house, id, "a")
    assert house.stop() == 0
    assert town.relay().expires == 0  # its lease given back
    again = town.start("shelf", "reader").ready()
    put(again, id, "b")
    until(lambda: told(town, id) == upto(3))
    again.kill()


@pytest.fixture(scope="module")
def apart(request: pytest.FixtureRequest) -> Iterator[Town]:
    """A town on RabbitMQ whose shelf and reader are processes of their own."""
    with fresh_town(request.getfixturevalue("rabbitmq_url"), "postgresql") as town:
        yield town


@pytest.mark.rabbitmq
@pytest.mark.postgresql
class TestApart:
    """In one order: each begins with the processes that the one before has left."""

    houses: ClassVar[dict[str, House]] = {}
    shelf: ClassVar[str]

    def restart(self, town: Town, name: str) -> House:
        self.houses[name] = town.start(name).ready()
        return self.houses[name]

    def test_a_subscriber_that_comes_later_receives_all_history(self, apart: Town) -> None:
        shelf = self.restart(apart, "shelf")
        TestApart.shelf = id = build(shelf)
        put(shelf, id, *"abc")
        until(lambda: apart.relay().published == 4)
        self.restart(apart, "reader")
        until(lambda: told(apart, id) == upto(4))

    def test_a_reader_that_was_silent_reads_what_it_missed(self, apart: Town) -> None:
        """Stopped in its tracks while its queue is purged: nothing but the log can tell it."""
        shelf, reader, id = self.houses["shelf"], self.houses["reader"], self.shelf
        reader.signal(signal.SIGSTOP)
        put(shelf, id, *map(str, range(120)))
        until(lambda: apart.relay().published == 124)
        assert shelf.do("purge", queue=QUEUE) > 0
        reader.signal(signal.SIGCONT)
        until(lambda: told(apart, id) == upto(124))

    def test_a_reader_killed_in_the_midst_loses_and_doubles_nothing(self, apart: Town) -> None:
        shelf, id = self.houses["shelf"], self.shelf
        put(shelf, id, *map(str, range(20)))
        self.houses["reader"].kill()
        put(shelf, id, *map(str, range(10)))
        self.restart(apart, "reader")
        until(lambda: told(apart, id) == upto(154))

    def test_two_replicas_of_each_take_every_event_in_once(self, apart: Town) -> None:
        """Then those that hold the lease and consume are killed, and the others go on."""
        first, second = self.houses["shelf"], apart.start("shelf", "reader").ready()
        ids = [build(first) for _ in range(4)]
        threads = [
            threading.Thread(target=put, args=((first, second)[index % 2], id, *"abcdefghij"))
            for index, id in enumerate(ids)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        until(lambda: all(told(apart, id) == upto(11) for id in ids))
        for house in self.houses.values():
            house.kill()
        with apart.shelf.begin() as connection:
            connection.execute(update(relay).values(expires=0))  # as time would have it
        put(second, ids[0], "k")
        until(lambda: told(apart, ids[0]) == upto(12))
        assert [position for position, _, _ in apart.told()] == upto(154 + 45)
        assert second.stop() == 0
        assert apart.relay().expires == 0  # its lease given back

    def test_a_source_that_is_away_is_waited_for_in_good_health(self, apart: Town) -> None:
        reader, id = self.restart(apart, "reader"), self.shelf
        until(lambda: reader.get("/healthz")[0] == 200)
        with pytest.raises(Unavailable):
            reader.send("get_shelf", id=id)
        assert reader.get("/healthz")[0] == 200
        shelf = self.restart(apart, "shelf")
        put(shelf, id, "back")
        until(lambda: told(apart, id) == upto(155))
        assert shelf.stop() == 0
        assert reader.stop() == 0


@pytest.mark.rabbitmq
@pytest.mark.postgresql
def test_a_broker_that_went_away_and_came_back_needs_no_restart(rabbitmq_url: str) -> None:
    proxy = Proxy(rabbitmq_url)
    proxy.listen()
    with fresh_town(proxy.url, "postgresql") as town:
        house = town.start("shelf", "reader").ready()
        id = build(house)
        until(lambda: told(town, id) == upto(1))
        proxy.close()
        with pytest.raises(Unavailable):
            put(house, id, "lost")
        until(lambda: house.get("/healthz")[0] == 503)
        proxy.listen()
        until(lambda: house.get("/healthz")[0] == 200)
        put(house, id, "a", "b")
        until(lambda: told(town, id) == upto(3))
    proxy.close()
