"""What a `service.py` is written with: Nameko's entrypoints over our own runtime.

Nameko delivers RPC and timers; a subscription has an entrypoint of its own, because Nameko's loses
a message whose handler raises.
"""

import functools
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import eventlet
import msgspec
import structlog
from nameko.extensions import DependencyProvider, Entrypoint
from nameko.rpc import rpc
from nameko.timer import timer as nameko_timer
from sqlalchemy import MetaData

from infra.contract import Command, Query
from infra.errors import Problem, Unavailable
from infra.eventstore import upkeep
from infra.eventstore.events import Event, EventTypes
from infra.eventstore.store import Project
from infra.logs import describe
from infra.messaging.broker import Broker
from infra.messaging.runtime import Before, Definition, Parts, Runtime, Subscription
from infra.messaging.subscriber import Delivered, Message, Subscriber
from infra.metrics import Figures, standing

F = TypeVar("F", bound=Callable[..., Any])
Thread = Any  # eventlet's GreenThread
IDLE = 15  # seconds without a message after which the source's log is read
LAST_STEP = 5  # seconds that relay and subscriptions may take to stop
_log = structlog.get_logger()


class RuntimeProvider(DependencyProvider):  # type: ignore[misc]
    """Declares what a service is made of; its methods see a `Runtime` in its place.

    `figures` reads from its database what Prometheus is told besides what all services tell.
    """

    def __init__(
        self,
        *,
        types: EventTypes,
        project: Project,
        read_tables: MetaData,
        own_tables: Sequence[MetaData] = (),
        figures: Figures | None = None,
    ) -> None:
        self._figures = figures
        self.definition = Definition(
            types=types, project=project, read_tables=read_tables, own_tables=own_tables
        )

    def __set_name__(self, owner: type, name: str) -> None:
        """Every service lets others read its log."""
        owner.read_log = rpc(_read_log)  # type: ignore[attr-defined]

    def setup(self) -> None:
        config = self.container.config
        self.parts = Parts(self.container.service_cls, config["settings"], config["clock"])
        self._relaying: Thread | None = None

    def start(self) -> None:
        self._stopping = threading.Event()
        self.parts.client.start()
        standing.watch(self.parts.name, self.parts.database, self._figures)
        self._relaying = self.container.spawn_managed_thread(self.parts.relay.run)
        self.container.spawn_managed_thread(self._keep_up)

    def _keep_up(self) -> None:
        while not self._stopping.wait(upkeep.EVERY):
            try:
                upkeep.keep_up(self.parts.store)
            except Exception as error:
                _log.warning("upkeep-waits", service=self.parts.name, error=describe(error))

    def stop(self) -> None:
        self._stopping.set()
        standing.forget(self.parts.name)
        self.parts.relay.stop()
        _join(self._relaying)  # it gives its lease back, so that another need not wait for that
        self.parts.close()

    def kill(self) -> None:
        self._stopping.set()
        self.parts.relay.stop()

    def get_dependency(self, worker_ctx: Any) -> Runtime:
        return Runtime(self.parts, worker_ctx.data)


def _read_log(self: Any, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = self.runtime.read_log(body)
    return answer


def command(contract: type[Command], before: Before | None = None) -> Callable[[F], Any]:
    """The method carries out `contract`: `(self, work, body) -> answer`, in one transaction.

    `before` does what must not be done inside one (asks others, takes long): it is given runtime,
    actor and body, once, before any right is checked; what it returns is the handler's body.
    """

    def decorate(handler: F) -> Any:
        _same_name(contract, handler)

        @functools.wraps(handler)
        def entry(self: Any, body: Any) -> dict[str, Any]:
            answer: dict[str, Any] = self.runtime.run_command(self, contract, handler, body, before)
            return answer

        return rpc(_plain(entry, contract))

    return decorate


def query(contract: type[Query], before: Before | None = None) -> Callable[[F], Any]:
    """The method answers `contract`: `(self, read, params) -> answer`; `before` as for a command."""

    def decorate(handler: F) -> Any:
        _same_name(contract, handler)

        @functools.wraps(handler)
        def entry(self: Any, body: Any) -> dict[str, Any]:
            answer: dict[str, Any] = self.runtime.run_query(self, contract, handler, body, before)
            return answer

        return rpc(_plain(entry, contract))

    return decorate


def _same_name(contract: type[Command] | type[Query], handler: Callable[..., Any]) -> None:
    if handler.__name__ != contract.method():
        raise TypeError(f"{handler.__qualname__} must be called {contract.method()}")


def _plain(entry: Any, contract: Any) -> Any:
    """Nameko checks calls against the signature, which must be the entry's, not the handler's."""
    del entry.__wrapped__
    entry.contract = contract
    return entry


def timer(seconds: float) -> Callable[[F], Any]:
    """The method runs every `seconds` in each replica; a database or broker away is waited for."""

    def decorate(handler: F) -> Any:
        @functools.wraps(handler)
        def entry(self: Any) -> None:
            try:
                handler(self)
            except Problem as problem:
                _log.warning("timer-waits", timer=handler.__qualname__, problem=problem.type)

        return nameko_timer(interval=seconds)(entry)

    return decorate


def subscription(source: str, *classes: type[Event], after: Sequence[str] = ()) -> Callable[[F], F]:
    """The method takes in events of `source`: `(self, work, recorded)`, each once, in log order.

    A service may subscribe to itself: what a command need not wait for follows from its event.
    `after` names sources without whose latest events these cannot be understood: their logs are read
    before each.
    """

    def decorate(handler: F) -> F:
        handler.subscription = Subscription(  # type: ignore[attr-defined]
            source=source, types=EventTypes.of(classes), method=handler.__name__
        )
        consumed: F = SubscriptionConsumer.decorator(source, after)(handler)
        return consumed

    return decorate


class SubscriptionConsumer(Entrypoint):  # type: ignore[misc]
    """Consumes the queue of one subscription; the subscriber decides, then it is acknowledged."""

    def __init__(self, source: str, after: Sequence[str], **kwargs: Any) -> None:
        self.source, self._after = source, after
        super().__init__(**kwargs)

    def setup(self) -> None:
        self._stopped = False
        self.attached = False
        self._consuming: Thread | None = None
        self._broker = Broker(self.container.config["settings"].broker_url)

    def start(self) -> None:
        parts = next(
            one.parts for one in self.container.dependencies if isinstance(one, RuntimeProvider)
        )
        before = [parts.subscribers[name] for name in self._after]
        intake = _Intake(parts.subscribers[self.source], before)
        self._consuming = self.container.spawn_managed_thread(
            functools.partial(self._run, intake, parts.name)
        )

    def stop(self) -> None:
        self._stopped = True
        _join(self._consuming)

    def kill(self) -> None:
        self._stopped = True

    def _run(self, intake: "_Intake", name: str) -> None:
        queues = self._broker.subscription_queue(name, self.source, intake.subscriber.names)
        pause = 0.2
        while not self._stopped:
            try:
                with self._broker.connect() as connection:
                    channel = connection.channel()
                    channel.basic_qos(0, 100, False)
                    bound = [queue(channel) for queue in queues]
                    for queue in bound:
                        queue.declare()
                    with connection.Consumer(bound[:1], channel=channel, on_message=intake):
                        self.attached = True
                        intake.catch_up()
                        pause = 0.2
                        self._drain(connection, intake)
            except Exception as error:
                # A source or a database that is away is waited for; the broker is there.
                self.attached = isinstance(error, Unavailable)
                _log.warning(
                    "subscription-waits", service=name, source=self.source, error=describe(error)
                )
                time.sleep(pause)
                pause = min(pause * 2, 5)

    def _drain(self, connection: Any, intake: "_Intake") -> None:
        quiet = time.monotonic()
        while not self._stopped:
            try:
                connection.drain_events(timeout=1)
                quiet = time.monotonic()
            except TimeoutError:
                if not self._broker.embedded:
                    connection.heartbeat_check()
                if time.monotonic() - quiet > IDLE:
                    intake.catch_up()
                    quiet = time.monotonic()


def _join(thread: Thread | None) -> None:
    """Let a thread that was told to stop end what it is at; its container kills it afterwards."""
    if thread is not None:
        with eventlet.Timeout(LAST_STEP, False):
            thread.wait()


class _Intake:
    """Hands a delivered message to the subscriber and acknowledges it when that has it."""

    def __init__(self, subscriber: Subscriber, before: Sequence[Subscriber]) -> None:
        self.subscriber, self._before = subscriber, before

    def catch_up(self) -> None:
        for one in (*self._before, self.subscriber):
            one.catch_up()

    def __call__(self, message: Any) -> None:
        try:
            told = msgspec.json.decode(_bytes(message.body), type=Delivered)
        except msgspec.DecodeError as error:
            # Not of our making; whatever it stood for is in the log.
            _log.error("message-unreadable", source=self.subscriber.source, error=describe(error))
            message.ack()
            self.catch_up()
            return
        for one in self._before:
            one.catch_up()
        self.subscriber.receive(cast(Message, told))
        message.ack()


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)
