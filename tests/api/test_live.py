"""Open pages hear at once what the services publish."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gateway.broadcast import Listener
from gateway.live import MOST_STREAMS_PER_PERSON, Live
from infra.errors import Unavailable
from infra.ids import new_id
from infra.messaging.broker import Broker, EventPublisher


@pytest.fixture(params=["memory", "rabbitmq"])
def broker(request: pytest.FixtureRequest) -> Broker:
    return Broker(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def memory_url() -> str:
    return "memory://"


@pytest.fixture
def live(broker: Broker) -> Iterator[Live]:
    live = Live()
    listener = Listener(broker, live)
    listener.start()
    deadline = time.monotonic() + 10
    while not listener.attached and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    assert listener.attached
    yield live
    listener.stop()


@pytest.fixture
def publish(broker: Broker) -> Iterator[Callable[..., None]]:
    """Publishes an event of a service, as its relay would."""
    publishers = {name: EventPublisher(broker, name) for name in ("correspondence", "notify")}
    yield lambda source, type, message: publishers[source].publish(type, message)
    for publisher in publishers.values():
        publisher.close()


def event(source: str, stream: str, version: int, data: str = "{}") -> dict[str, Any]:
    return {"source": source, "stream": stream, "version": version, "data": data, "id": new_id()}


def test_a_letter_that_moves_is_told_with_its_version(
    publish: Callable[..., None], live: Live
) -> None:
    letter = new_id()
    stream = live.open("somebody", f"letter:{letter}")
    publish("correspondence", "LetterOrdered", event("correspondence", f"letter-{letter}", 4))
    assert stream.wait(10) == {f"letter:{letter}": 4}


@pytest.mark.parametrize(
    ("kind", "topic", "type"),
    [("arrival", "tray", "LetterArrived"), ("delivery", "deliveries", "LetterDelivered")],
)
def test_one_of_an_organisations_many_is_told_to_who_looks_at_them_all(
    publish: Callable[..., None], live: Live, kind: str, topic: str, type: str
) -> None:
    ours, another = (live.open("somebody", f"{topic}:{id}") for id in ("office", "school"))
    told = event("correspondence", f"{kind}-{new_id()}", 1) | {"organisation": "office"}
    publish("correspondence", type, told)
    assert ours.wait(10) == {f"{topic}:office": None}
    assert another.wait(0) == {}


def test_a_notification_rings_its_person_alone(publish: Callable[..., None], live: Live) -> None:
    mine, theirs = live.open("me", "bell:me"), live.open("them", "bell:them")
    told = event("notify", f"notification-{new_id()}", 1, '{"person":"me"}')
    publish("notify", "NotificationRaised", told)
    assert mine.wait(10) == {"bell:me": None}
    assert theirs.wait(0) == {}


def test_what_cannot_be_read_is_passed_over(publish: Callable[..., None], live: Live) -> None:
    publish("correspondence", "Odd", {"id": "x", "odd": True})
    letter = new_id()
    stream = live.open("somebody", f"letter:{letter}")
    publish("correspondence", "LetterOrdered", event("correspondence", f"letter-{letter}", 2))
    assert stream.wait(10) == {f"letter:{letter}": 2}


def test_streams_are_bounded() -> None:
    live = Live()
    streams = [live.open("me", "bell:me") for _ in range(MOST_STREAMS_PER_PERSON)]
    another = live.open("another", "bell:another")
    newest = live.open("me", "bell:me")
    assert [stream.over for stream in streams] == [True] + [False] * (len(streams) - 1)
    assert not another.over
    live.close(streams[0])
    live.close(streams[0])
    live.stop()
    assert newest.over
    with pytest.raises(Unavailable):
        live.open("late", "bell:late")
