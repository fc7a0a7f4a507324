"""Shelf and reader at work in Nameko's containers, on RabbitMQ and on the broker in memory."""

import signal
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

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
from tests.infra.processes import House, Town, until

QUEUE = "reader.from.shelf"
on_rabbitmq = pytest.mark.parametrize("broker_url", ["rabbitmq"], indirect=True)


@pytest.fixture
def town(broker_url: str) -> Iterator[Town]:
    """On RabbitMQ with PostgreSQL, as an office runs it; in memory with SQLite, as `make run`."""
    dialect = "sqlite" if broker_url.startswith("memory") else "postgresql"
    with fresh_database(dialect) as shelf, fresh_database(dialect) as reader:
        town = Town(broker_url, shelf, reader)
        yield town
        town.close()


def build(house: House) -> str:
    id = new_id()
    house.send("build_shelf", id=id, name="poetry")
    return id


def put(house: House, id: str, *titles: str) -> None:
    for title in titles:
        house.send("put_book", id=id, title=title)


def whole(id: str, events: int, start: int = 1) -> list[tuple[int, str, int]]:
    """All events of a lone shelf, each once, in order."""
    return [(start + n, f"shelf-{id}", n + 1) for n in range(events)]


def test_every_event_takes_effect_once_and_in_order(town: Town) -> None:
    house = town.start("shelf", "reader").ready()
    id = build(house)
    put(house, id, *"abcdefgh")
    until(lambda: town.told() == whole(id, 9))
    assert house.stop() == 0
    assert town.relay().expires == 0  # its lease given back
    assert town.cursor() == 9


def test_what_is_in_the_queue_when_it_is_purged_takes_effect_all_the_same(town: Town) -> None:
    """The reader is held at an event that fails while more come, then the queue is emptied."""
    house = town.start("shelf", "reader", BROKEN="held").ready()
    id, other = build(house), build(house)
    until(lambda: len(town.told()) == 2)
    put(house, id, "held")
    put(house, other, *map(str, range(120)))
    until(lambda: town.relay().published == 123)
    house.do("purge", queue=QUEUE)
    until(lambda: town.cursor() == 123)
    assert town.parked() == ["held"]
    assert [version for _, stream, version in town.told() if stream == f"shelf-{other}"] == list(
        range(1, 122)
    )


def test_a_deleted_queue_is_made_again_and_nothing_is_lost(town: Town) -> None:
    house = town.start("shelf", "reader").ready()
    id = build(house)
    put(house, id, "a")
    until(lambda: len(town.told()) == 2)
    house.do("delete", queue=QUEUE)
    put(house, id, *"bcd")
    until(lambda: town.told() == whole(id, 5))
    until(lambda: house.get("/healthz")[0] == 200)
    put(house, id, "e")
    until(lambda: town.told() == whole(id, 6))


def test_messages_doubled_disordered_or_not_ours_change_nothing(town: Town) -> None:
    house = town.start("shelf", "reader").ready()
    id = build(house)
    put(house, id, *"abc")
    until(lambda: len(town.told()) == 4)
    message = {
        "source": "shelf",
        "id": new_id(),
        "stream": f"shelf-{id}",
        "version": 2,
        "position": 2,
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
    odd = msgspec.json.encode(message | {"position": "9"}).decode()
    house.do("put", queue=QUEUE, bodies=[double, "no JSON", "[]", "{}", odd, double])
    put(house, id, "d")
    until(lambda: len(town.told()) == 5)
    assert town.told() == whole(id, 5)
    assert town.parked() == []


def test_a_subscriber_that_comes_later_receives_all_history(town: Town) -> None:
    """In memory a restart stands for it: the broker's queues are gone with the process."""
    house = town.start("shelf").ready()
    id = build(house)
    put(house, id, *"abc")
    until(lambda: town.relay().published == 4)
    if town.settings.broker_url.startswith("memory"):
        assert house.stop() == 0
        house = town.start("shelf", "reader").ready()
    else:
        town.start("reader").ready()
    until(lambda: town.told() == whole(id, 4))
    put(house, id, "d")
    until(lambda: town.told() == whole(id, 5))


def test_a_failing_event_holds_up_its_own_stream_alone(town: Town) -> None:
    house = town.start("shelf", "reader", BROKEN="illegible").ready()
    bad, good = build(house), build(house)
    put(house, bad, "illegible", "behind")
    put(house, good, "a", "b")
    until(lambda: town.cursor() == 6)
    assert town.parked() == ["illegible", "behind"]
    assert town.told() == [
        (1, f"shelf-{bad}", 1),
        (2, f"shelf-{good}", 1),
        (5, f"shelf-{good}", 2),
        (6, f"shelf-{good}", 3),
    ]
    assert 'amnuay_parked{service="reader",source="shelf"} 2.0' in house.get("/metrics")[1]


def test_health_tells_of_consumers_relay_and_database(town: Town) -> None:
    house = town.start("shelf", "reader").ready()
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
    until(lambda: 'amnuay_log_position{service="shelf"} 1.0' in house.get("/metrics")[1])
    metrics = house.get("/metrics")[1]
    assert (
        'amnuay_command_seconds_count{method="build_shelf",outcome="ok",service="shelf"} 1.0'
        in (metrics)
    )
    assert house.get("/elsewhere")[0] == 404


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


def test_a_call_without_a_good_token_is_refused_by_the_service_itself(town: Town) -> None:
    house = town.start("shelf").ready()
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
    assert town.relay().numbered <= 1


def test_a_method_that_is_not_there_is_not_waited_for(town: Town) -> None:
    house = town.start("shelf").ready()
    with pytest.raises(Unavailable):
        house.send("burn_shelf", id=new_id())


@on_rabbitmq
def test_two_replicas_of_each_take_every_event_in_once(town: Town) -> None:
    """One of each is killed in the midst; its lease runs out, or is given up, and work goes on."""
    houses = [town.start("shelf", "reader") for _ in range(2)]
    for house in houses:
        house.ready()
    ids = [build(houses[0]) for _ in range(4)]
    threads = [
        threading.Thread(target=put, args=(houses[index % 2], id, *"abcdefghij"))
        for index, id in enumerate(ids)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: len(town.told()) == 44)
    houses[1].kill()
    with town.shelf.begin() as connection:
        connection.execute(update(relay).values(expires=0))  # as time would have it
    put(houses[0], ids[0], "k")
    until(lambda: len(town.told()) == 45)
    for id in ids:
        versions = [version for _, stream, version in town.told() if stream == f"shelf-{id}"]
        assert versions == list(range(1, len(versions) + 1))
    assert [position for position, _, _ in town.told()] == list(range(1, 46))


@on_rabbitmq
def test_a_reader_killed_in_the_midst_loses_and_doubles_nothing(town: Town) -> None:
    shelf, reader = town.start("shelf").ready(), town.start("reader").ready()
    id = build(shelf)
    put(shelf, id, *map(str, range(30)))
    until(lambda: town.told())
    reader.kill()
    put(shelf, id, *map(str, range(30, 40)))
    town.start("reader").ready()
    until(lambda: len(town.told()) == 41)
    assert town.told() == whole(id, 41)


@on_rabbitmq
def test_a_silent_reader_reads_what_it_missed_when_it_comes_to(town: Town) -> None:
    """Stopped in its tracks while its queue is purged: nothing but the log can tell it."""
    shelf, reader = town.start("shelf").ready(), town.start("reader").ready()
    id = build(shelf)
    until(lambda: len(town.told()) == 1)
    reader.signal(signal.SIGSTOP)
    put(shelf, id, *map(str, range(130)))
    until(lambda: town.relay().published == 131)
    assert shelf.do("purge", queue=QUEUE) > 0
    reader.signal(signal.SIGCONT)
    until(lambda: len(town.told()) == 131)
    assert town.told() == whole(id, 131)


@on_rabbitmq
def test_a_source_that_is_away_is_waited_for_in_good_health(town: Town) -> None:
    reader = town.start("reader").ready()
    until(lambda: reader.get("/healthz")[0] == 200)
    shelf = town.start("shelf").ready()
    id = build(shelf)
    until(lambda: town.told() == whole(id, 1))
    assert shelf.stop() == 0
    with pytest.raises(Unavailable):
        reader.send("get_shelf", id=id)
    assert reader.get("/healthz")[0] == 200
    shelf = town.start("shelf").ready()
    put(shelf, id, "a")
    until(lambda: town.told() == whole(id, 2))


@on_rabbitmq
def test_a_command_repeated_over_rpc_happens_once(town: Town) -> None:
    shelf = town.start("shelf").ready()
    id = build(shelf)
    answers = [shelf.send("put_book", key="k", id=id, title="moon") for _ in range(3)]
    assert answers == [answers[0]] * 3
    assert shelf.send("get_shelf", id=id)["books"] == 1
