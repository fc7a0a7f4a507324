"""Publishing events: confirmed, or an error in time; and the broker in memory."""

import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from kombu import Queue
from kombu.exceptions import OperationalError

from infra.ids import new_id
from infra.messaging import memory
from infra.messaging.broker import Broker, EventPublisher, events_exchange
from tests.infra.processes import Proxy


@pytest.fixture
def source() -> str:
    return f"source{new_id()[-6:]}"


def message(number: int = 0) -> dict[str, Any]:
    return {"id": new_id(), "number": number}


class Ear:
    """A queue that is bound to what `source` publishes of one type."""

    def __init__(self, url: str, source: str) -> None:
        self._connection = Broker(url).connect()
        queue = Queue(new_id(), events_exchange(source), routing_key="Told", auto_delete=False)
        self._queue = queue(self._connection.channel())
        self._queue.declare()

    def numbers(self) -> list[int]:
        heard = []
        while (one := self._queue.get(no_ack=True)) is not None:
            body = one.body.encode() if isinstance(one.body, str) else bytes(one.body)
            heard.append(msgspec.json.decode(body)["number"])
        return heard

    def close(self) -> None:
        self._queue.delete()
        self._connection.release()


@pytest.fixture
def ear(broker_url: str, source: str) -> Iterator[Ear]:
    ear = Ear(broker_url, source)
    yield ear
    ear.close()


def test_what_is_published_arrives_by_type_and_in_order(
    broker_url: str, source: str, ear: Ear
) -> None:
    publisher = EventPublisher(Broker(broker_url), source)
    for number in range(5):
        publisher.publish("Told", message(number))
        publisher.publish("Untold", message(99))
    publisher.close()
    assert ear.numbers() == [0, 1, 2, 3, 4]


def test_what_nobody_listens_to_is_kept_nowhere(broker_url: str, source: str) -> None:
    before = {name: queue.qsize() for name, queue in memory.Channel.queues.items()}
    publisher = EventPublisher(Broker(broker_url), source)
    publisher.publish("Told", message())
    publisher.close()
    assert {name: queue.qsize() for name, queue in memory.Channel.queues.items()} == before


@pytest.fixture
def proxy(rabbitmq_url: str) -> Iterator[Proxy]:
    proxy = Proxy(rabbitmq_url)
    yield proxy
    proxy.close()


def test_a_broker_that_is_away_is_told_in_time_and_found_again(
    proxy: Proxy, rabbitmq_url: str, source: str
) -> None:
    ear, publisher = Ear(rabbitmq_url, source), EventPublisher(Broker(proxy.url), source)
    with pytest.raises(OperationalError, match="refused"):
        publisher.publish("Told", message(0))
    proxy.listen()
    publisher.publish("Told", message(1))
    proxy.close()
    with pytest.raises(OperationalError, match="refused"):
        publisher.publish("Told", message(2))
    proxy.listen()
    publisher.publish("Told", message(3))
    publisher.close()
    assert ear.numbers() == [1, 3]
    ear.close()


def test_a_connection_that_the_broker_closed_does_not_cost_a_publish(
    proxy: Proxy, rabbitmq_url: str, source: str
) -> None:
    ear, publisher = Ear(rabbitmq_url, source), EventPublisher(Broker(proxy.url), source)
    proxy.listen()
    publisher.publish("Told", message(1))
    proxy.cut()
    publisher.publish("Told", message(2))
    publisher.close()
    assert ear.numbers() == [1, 2]
    ear.close()


def test_a_confirm_that_does_not_come_is_not_waited_for_for_ever(
    proxy: Proxy, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.messaging.broker.PUBLISH_TIMEOUT", 0.3)
    monkeypatch.setattr("infra.messaging.broker.CONNECT_TIMEOUT", 0.3)
    publisher = EventPublisher(Broker(proxy.url), source)
    proxy.listen()
    publisher.publish("Told", message(1))
    proxy.silent.set()
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        publisher.publish("Told", message(2))
    assert time.monotonic() - started < 3
    publisher.close()
