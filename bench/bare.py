"""Bare nameko, at the versions that this house is pinned to: an HTTP handler that calls an RPC which
does one insert; a dispatched event whose handler does one insert."""

import eventlet

eventlet.monkey_patch()

import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

import psycopg2  # noqa: E402
from eventlet import tpool  # noqa: E402
from eventlet.pools import Pool  # noqa: E402
from nameko.events import EventDispatcher, event_handler  # noqa: E402
from nameko.extensions import DependencyProvider  # noqa: E402
from nameko.rpc import RpcProxy, rpc  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402
from nameko.standalone.rpc import ClusterRpcProxy  # noqa: E402
from nameko.web.handlers import http  # noqa: E402
from psycogreen.eventlet import patch_psycopg  # noqa: E402

from bench.child import Go, repeat, serve  # noqa: E402
from bench.desk import WORDS  # noqa: E402

patch_psycopg()

INSERT = "INSERT INTO bare (stream, version, data) VALUES ('slip-1', 1, %s)"


class Connections(DependencyProvider):  # type: ignore[misc]
    """A pool of psycopg2's connections."""

    def setup(self) -> None:
        url = self.container.config["database"]
        self.pool = Pool(max_size=10, create=lambda: psycopg2.connect(url))

    def get_dependency(self, worker_ctx: Any) -> Callable[[Any], None]:
        return self.insert

    def insert(self, data: Any) -> None:
        with self.pool.item() as connection:
            connection.cursor().execute(INSERT, [data])
            connection.commit()


class Writer:
    name = "bare_writer"
    insert = Connections()
    dispatch = EventDispatcher()

    @rpc  # type: ignore[untyped-decorator]
    def write(self, data: str) -> str:
        self.insert(data)
        return "done"

    @rpc  # type: ignore[untyped-decorator]
    def tell(self) -> str:
        self.dispatch("told", repr(time.time()))
        return "done"


class Gate:
    name = "bare_gate"
    writer = RpcProxy("bare_writer")

    @http("POST", "/")  # type: ignore[untyped-decorator]
    def post(self, request: Any) -> str:
        answer: str = self.writer.write(request.get_data(as_text=True))
        return answer


class Listener:
    name = "bare_listener"
    insert = Connections()

    @event_handler("bare_writer", "told")  # type: ignore[untyped-decorator]
    def take(self, told: str) -> None:
        self.insert(told)


def keep(go: Go, service: str, url: str, broker: str, port: int = 0) -> None:
    """Serve until killed."""
    config = {
        "AMQP_URI": broker,
        "WEB_SERVER_ADDRESS": f"127.0.0.1:{port}",
        "max_workers": 60 if service == "Gate" else 10,
        "database": url,
    }
    runner = ServiceRunner(config)
    runner.add_service(globals()[service])
    runner.start()
    tpool.execute(go)  # in a thread of its own: it waits
    runner.wait()


def call(go: Go, broker: str, clients: int, seconds: float) -> float:
    """The RPC alone, by so many clients: calls a second."""

    def work() -> int:
        with ClusterRpcProxy({"AMQP_URI": broker}) as cluster:
            return repeat(seconds, lambda: cluster.bare_writer.write(WORDS))

    with ClusterRpcProxy({"AMQP_URI": broker}) as cluster:
        cluster.bare_writer.write(WORDS)
    go()
    started = time.perf_counter()
    waiting = [eventlet.spawn(work) for _ in range(clients)]
    return float(sum(one.wait() for one in waiting) / (time.perf_counter() - started))


def tell(go: Go, broker: str, count: int, every: float) -> None:
    """Dispatch so many events, one in so many seconds."""
    with ClusterRpcProxy({"AMQP_URI": broker}) as cluster:
        cluster.bare_writer.tell()
        go()
        started = time.perf_counter()
        for number in range(count):
            time.sleep(max(0, started + number * every - time.perf_counter()))
            cluster.bare_writer.tell()


def bounce(go: Go, broker: str, count: int, every: float) -> list[float]:
    """RabbitMQ alone, publish to get: seconds, of so many messages."""
    from kombu import Connection, Consumer, Producer, Queue

    with Connection(broker) as sending, Connection(broker) as receiving:
        queue, took = Queue("bounced", durable=True), []
        producer = Producer(sending.channel())
        queue(sending.channel()).declare()

        def took_it(body: str, message: Any) -> None:
            took.append(time.time() - float(body))
            message.ack()

        with Consumer(receiving.channel(), [queue], callbacks=[took_it]):
            go()
            for _ in range(count):
                producer.publish(repr(time.time()), routing_key="bounced", delivery_mode=2)
                receiving.drain_events(timeout=5)
                time.sleep(every)
    return took


if __name__ == "__main__":
    serve(keep, call, tell, bounce)
