"""Calling a service by Nameko RPC, with a deadline on every call.

Nameko's own proxy waits for ever for a service that is away, and its pooled publisher blocks
through a memory alarm; this client speaks the same protocol and gives up in time.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from kombu import Connection, Consumer, Exchange, Producer, Queue

from infra.contract import Command, Query
from infra.errors import Broken, Problem, Unavailable
from infra.ids import new_id
from infra.logs import describe
from infra.messaging.broker import CONNECT_TIMEOUT, PUBLISH_TIMEOUT, Broker, drop

_log = structlog.get_logger()
_exchange = Exchange("nameko-rpc", durable=True, type="topic")

LOOK = 1.0  # seconds between looks at whether to stop
POOL = 8  # connections that publish at once


class Client:
    """Sends commands and queries to services and waits for their answers."""

    def __init__(self, broker: Broker, name: str, deadline: float = 10.0) -> None:
        self._broker = broker
        self._deadline = deadline
        self._routing_key = new_id()
        self._queue = Queue(
            f"rpc.reply-{name}-{self._routing_key}",
            exchange=_exchange,
            routing_key=self._routing_key,
            durable=False,
            auto_delete=True,
            queue_arguments={} if broker.embedded else {"x-expires": 300_000},
        )
        self._pending: dict[str, tuple[threading.Event, list[Any]]] = {}
        self._listening = threading.Event()
        self._stopped = False
        self._idle: list[tuple[Connection, Producer]] = []
        self._turns = threading.BoundedSemaphore(POOL)
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to listen for replies."""
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped = True
        if self._thread is not None:
            self._thread.join(2 * LOOK)
        self._forget_idle()

    @property
    def attached(self) -> bool:
        """Whether replies can arrive."""
        return self._listening.is_set()

    def call(
        self,
        contract: type[Command] | type[Query],
        body: dict[str, Any],
        *,
        token: str | None = None,
        correlation_id: str | None = None,
        idempotency_key: str | None = None,
        if_match: int | None = None,
        deadline: float | None = None,
    ) -> dict[str, Any]:
        """The service's answer as JSON values.

        Raises the Problem the service answered with; Unavailable when it, or the broker, did not
        answer in time (`deadline`, seconds); then the command may still be carried out, once, by
        trying again with the same `idempotency_key`.
        """
        context = {
            "auth_token": token,
            "correlation_id": correlation_id or new_id(),
            "idempotency_key": idempotency_key,
            "if_match": if_match,
        }
        payload = {"args": [], "kwargs": {"body": body}}
        answer: dict[str, Any] = self.request(
            contract.service, contract.method(), payload, context, deadline
        )
        return answer

    def request(
        self,
        service: str,
        method: str,
        payload: dict[str, Any],
        context: dict[str, Any],
        deadline: float | None = None,
    ) -> Any:
        """One RPC by names; see `call`."""
        deadline = self._deadline if deadline is None else deadline
        ends = time.monotonic() + deadline
        if not self._listening.wait(min(3.0, deadline)):
            raise _unavailable(service)
        correlation_id = new_id()
        arrived, reply = threading.Event(), list[Any]()
        self._pending[correlation_id] = (arrived, reply)
        try:
            self._publish(service, method, payload, context, correlation_id, ends)
            if not arrived.wait(max(0.0, ends - time.monotonic())):
                self._forget_idle()  # one of them may lead nowhere
                raise _unavailable(service)
        finally:
            self._pending.pop(correlation_id, None)
        return _result(reply[0], service, method)

    def _publish(
        self,
        service: str,
        method: str,
        payload: dict[str, Any],
        context: dict[str, Any],
        correlation_id: str,
        ends: float,
    ) -> None:
        if not self._turns.acquire(timeout=max(0.0, ends - time.monotonic())):
            raise _unavailable(service)
        try:
            while True:
                left = max(0.1, ends - time.monotonic())
                connection, producer, used = self._channel(min(CONNECT_TIMEOUT, left))
                try:
                    producer.publish(
                        payload,
                        routing_key=f"{service}.{method}",
                        reply_to=self._routing_key,
                        correlation_id=correlation_id,
                        headers={f"nameko.{k}": v for k, v in context.items() if v is not None},
                        # A request that nobody took in time is not to be carried out later.
                        expiration=None if self._broker.embedded else left,
                        timeout=min(PUBLISH_TIMEOUT, left),
                    )
                    self._idle.append((connection, producer))
                    return
                except Exception:
                    _discard(connection)
                    if not used:
                        raise
                    self._forget_idle()  # those of its age are no better
        except Exception as error:
            raise _unavailable(service) from error
        finally:
            self._turns.release()

    def _channel(self, timeout: float) -> tuple[Connection, Producer, bool]:
        """A connection to publish on, and whether it was used before."""
        while (idle := self._take_idle()) is not None:
            if self._broker.is_quiet(idle[0]):
                return *idle, True
            _discard(idle[0])
        connection = self._broker.connect(heartbeat=0, timeout=timeout)
        producer = Producer(connection.channel(), exchange=_exchange, serializer="json")
        return connection, producer, False

    def _take_idle(self) -> tuple[Connection, Producer] | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _forget_idle(self) -> None:
        while (idle := self._take_idle()) is not None:
            _discard(idle[0])

    def _listen(self) -> None:
        while not self._stopped:
            try:
                with (
                    self._broker.connect() as connection,
                    Consumer(connection, [self._queue], on_message=self._on_reply, no_ack=True),
                ):
                    self._listening.set()
                    self._drain(connection)
            except Exception as error:
                _log.warning("rpc-replies-lost", error=describe(error))
            self._listening.clear()
            if not self._stopped:
                time.sleep(0.5)

    def _drain(self, connection: Connection) -> None:
        while not self._stopped:
            try:
                connection.drain_events(timeout=LOOK)
            except TimeoutError:
                if not self._broker.embedded:
                    connection.heartbeat_check()

    def _on_reply(self, message: Any) -> None:
        waiting = self._pending.get(message.properties.get("correlation_id"))
        if waiting is not None:
            waiting[1].append(message.payload)
            waiting[0].set()


def _result(reply: Any, service: str, method: str) -> Any:
    error = reply.get("error")
    if error:
        _log.error("rpc-failed", service=service, method=method, error=error.get("exc_type"))
        if error.get("exc_type") == "MethodNotFound":
            raise _unavailable(service)
        raise Broken()
    result = reply["result"]
    if "problem" in result:
        raise Problem.from_dict(result["problem"])
    return result["ok"]


def _discard(connection: Connection) -> None:
    try:
        drop(connection)
    except Exception as error:
        _log.info("connection-dropped", error=describe(error))


THAI_NAMES = {
    "correspondence": "ระบบหนังสือ",
    "personnel": "ระบบบุคลากร",
    "resources": "ระบบจองทรัพยากร",
    "standards": "ระบบมาตรฐาน",
    "notify": "ระบบแจ้งเตือน",
}


def _unavailable(service: str) -> Unavailable:
    name = THAI_NAMES.get(service, "ระบบ")
    return Unavailable(f"{name}ยังไม่พร้อม ข้อมูลที่กรอกไว้ยังอยู่ ลองใหม่ใน 10 วินาที")


Ask = Callable[..., dict[str, Any]]
