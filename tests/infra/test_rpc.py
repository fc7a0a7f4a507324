"""Calling a service: a deadline on every call, whatever is away, and work again when it is back."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from kombu import Connection, Consumer, Exchange, Producer, Queue

from infra.errors import Broken, NotFound, Unavailable
from infra.ids import new_id
from infra.messaging.broker import Broker
from infra.messaging.rpc import Client
from tests.infra.processes import Proxy, cut, until
from tests.infra.shelf.contract import GetShelf

EXCHANGE = Exchange("nameko-rpc", durable=True, type="topic")


class Service(threading.Thread):
    """Answers calls as Nameko does; `reply` says with what, None not at all."""

    def __init__(self, url: str, name: str = "shelf") -> None:
        super().__init__(daemon=True)
        self.reply: Any = {"result": {"ok": {"name": "poetry", "books": 1}}, "error": None}
        self.heard: list[Any] = []
        self.attached = threading.Event()
        self._stopped = threading.Event()
        self._broker = Broker(url)
        self._queue = Queue(
            f"rpc-{name}", exchange=EXCHANGE, routing_key=f"{name}.*", auto_delete=True
        )

    def run(self) -> None:
        with (
            self._broker.connect() as connection,
            Consumer(connection, [self._queue], on_message=self._answer, no_ack=True),
        ):
            self.attached.set()
            while not self._stopped.is_set():
                try:
                    connection.drain_events(timeout=0.1)
                except TimeoutError:
                    continue

    def _answer(self, message: Any) -> None:
        self.heard.append((message.delivery_info["routing_key"], message.payload, message.headers))
        if self.reply is not None:
            with self._broker.connect() as connection:
                Producer(connection.channel(), exchange=EXCHANGE, serializer="json").publish(
                    self.reply,
                    routing_key=message.properties["reply_to"],
                    correlation_id=message.properties["correlation_id"],
                )

    def stop(self) -> None:
        self._stopped.set()
        self.join()


@pytest.fixture
def service(broker_url: str) -> Iterator[Service]:
    service = Service(broker_url)
    service.start()
    assert service.attached.wait(10)
    yield service
    service.stop()


@pytest.fixture
def client(broker_url: str) -> Iterator[Client]:
    client = Client(Broker(broker_url), "test", deadline=10)
    client.start()
    until(lambda: client.attached)
    yield client
    client.stop()


def call(client: Client, deadline: float | None = None) -> Any:
    return client.call(GetShelf, {"id": new_id()}, token="a token", deadline=deadline)


def refused(client: Client, deadline: float) -> float:
    """How long a call took to be refused, with nothing left behind."""
    started = time.monotonic()
    with pytest.raises(Unavailable, match="ยังไม่พร้อม"):
        call(client, deadline)
    assert client._pending == {}
    return time.monotonic() - started


def test_a_call_carries_its_context_and_brings_the_answer(client: Client, service: Service) -> None:
    body = {"id": new_id()}
    answer = client.call(
        GetShelf, body, token="a token", correlation_id="c", idempotency_key="k", if_match=3
    )
    assert answer == {"name": "poetry", "books": 1}
    ((key, payload, headers),) = service.heard
    assert key == "shelf.get_shelf"
    assert payload == {"args": [], "kwargs": {"body": body}}
    assert {name: headers[f"nameko.{name}"] for name in ("auth_token", "correlation_id")} == {
        "auth_token": "a token",
        "correlation_id": "c",
    }
    assert (headers["nameko.idempotency_key"], headers["nameko.if_match"]) == ("k", 3)
    assert client._pending == {}


def test_a_service_that_is_absent_is_not_waited_for_beyond_the_deadline(client: Client) -> None:
    assert 0.3 <= refused(client, 0.3) < 2


def test_a_service_that_does_not_answer_is_given_up_and_its_late_answer_ignored(
    client: Client, service: Service
) -> None:
    good, service.reply = service.reply, None
    assert 0.3 <= refused(client, 0.3) < 2
    service.reply = good
    assert call(client)["books"] == 1


def test_a_problem_arrives_as_what_it_is(client: Client, service: Service) -> None:
    service.reply = {"result": {"problem": NotFound("ไม่มีชั้นนี้").to_dict()}, "error": None}
    with pytest.raises(NotFound, match="ไม่มีชั้นนี้"):
        call(client)


@pytest.mark.parametrize(
    ("kind", "raised"), [("MethodNotFound", Unavailable), ("IncorrectSignature", Broken)]
)
def test_an_error_of_nameko_s_own_becomes_a_problem(
    client: Client, service: Service, kind: str, raised: type[Exception]
) -> None:
    service.reply = {"result": None, "error": {"exc_type": kind, "value": "words", "exc_args": []}}
    with pytest.raises(raised):
        call(client)


def test_many_callers_at_once_get_their_own_answers(client: Client, service: Service) -> None:
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(call(client))) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 30
    assert len({payload["kwargs"]["body"]["id"] for _, payload, _ in service.heard}) == 30
    assert client._pending == {}
    assert len(client._idle) <= 8


@pytest.fixture
def proxy(rabbitmq_url: str) -> Iterator[Proxy]:
    proxy = Proxy(rabbitmq_url)
    yield proxy
    proxy.close()


@pytest.fixture
def distant(proxy: Proxy) -> Iterator[Client]:
    """A client whose way to the broker is the proxy, closed at first."""
    client = Client(Broker(proxy.url), "distant")
    client.start()
    yield client
    client.stop()


@pytest.fixture
def near(rabbitmq_url: str) -> Iterator[Service]:
    service = Service(rabbitmq_url)
    service.start()
    assert service.attached.wait(10)
    yield service
    service.stop()


def test_a_broker_that_is_down_is_told_in_time_and_found_again_when_it_is_up(
    proxy: Proxy, distant: Client, near: Service
) -> None:
    """At start, after having been up, and when the connections were cut in between."""
    assert refused(distant, 0.5) < 2
    assert not distant.attached
    for _ in range(2):
        proxy.listen()
        until(lambda: distant.attached)
        assert call(distant)["books"] == 1
        proxy.close()
        assert refused(distant, 1) < 3
        until(lambda: not distant.attached)


def test_connections_that_were_cut_do_not_cost_a_call(
    proxy: Proxy, distant: Client, near: Service
) -> None:
    proxy.listen()
    until(lambda: distant.attached)
    assert call(distant)["books"] == 1
    connection, _ = distant._idle[0]
    cut(connection.connection.transport.sock)
    assert call(distant)["books"] == 1


def test_a_network_that_swallows_everything_is_given_up_in_time(
    proxy: Proxy, distant: Client, near: Service
) -> None:
    proxy.listen()
    until(lambda: distant.attached)
    assert call(distant)["books"] == 1
    proxy.silent.set()
    assert refused(distant, 1) < 2.5
    assert refused(distant, 1) < 2.5  # now on a new connection, which is not made
    proxy.silent.clear()
    proxy.close()
    until(lambda: not distant.attached)
    proxy.listen()
    until(lambda: distant.attached)
    assert call(distant)["books"] == 1


def test_a_request_that_nobody_took_in_time_is_not_carried_out_later(
    rabbitmq_url: str,
) -> None:
    """The queue of a service that is down stays, and with it what was asked."""
    queue = Queue("rpc-shelf", exchange=EXCHANGE, routing_key="shelf.*")
    with Connection(rabbitmq_url) as connection:
        queue(connection.channel()).declare()
        client = Client(Broker(rabbitmq_url), "test")
        client.start()
        until(lambda: client.attached)
        assert refused(client, 0.3) < 2
        client.stop()
        bound = queue(connection.channel())
        until(lambda: bound.get() is None, seconds=2)
        bound.delete()
