"""One service's parts, put together: database, log, relay, subscriptions, RPC client.

`Definition` says what a service is made of; `Parts` are those things at work, with or without
Nameko around them; `Runtime` is what a service's methods see as `self.runtime`.
"""

import hmac
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import structlog
from sqlalchemy import MetaData, select
from structlog.contextvars import bound_contextvars

from infra.clock import Clock, system_clock
from infra.contract import Command, Query
from infra.database import Database
from infra.errors import Broken, Forbidden, Problem
from infra.eventstore import tables
from infra.eventstore.events import EventTypes
from infra.eventstore.relay import Publish, Relay, to_message
from infra.eventstore.store import Call, Project, Read, Store, Work
from infra.eventstore.tables import events
from infra.files import FileStore
from infra.identity import Actor, Verifier, service_token
from infra.ids import new_id
from infra.messaging.broker import Broker, EventPublisher
from infra.messaging.rpc import Client
from infra.messaging.subscriber import LogPage, Subscriber
from infra.metrics import COMMANDS
from infra.settings import Settings

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What a service is made of.

    `read_tables` are filled from the own log by `project` and are disposable; `own_tables` hold
    what is not in the log (replicas of others' events, personal data).
    """

    types: EventTypes
    project: Project
    read_tables: MetaData
    own_tables: Sequence[MetaData] = field(default_factory=tuple)

    def metadata(self) -> list[MetaData]:
        """All tables of the service's database."""
        return [tables.metadata, self.read_tables, *self.own_tables]


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """What one method of a service subscribes to."""

    source: str
    types: EventTypes
    method: str


def subscriptions(service: type) -> Iterator[Subscription]:
    """The subscriptions that a service class declares."""
    for name in dir(service):
        found = getattr(getattr(service, name), "subscription", None)
        if isinstance(found, Subscription):
            yield found


class Parts:
    """A service's parts at work in this process."""

    def __init__(
        self,
        service: type,
        settings: Settings,
        clock: Clock = system_clock,
        publish: Publish | None = None,
    ) -> None:
        self.service = service
        self.name: str = service.name  # type: ignore[attr-defined]
        self.settings = settings
        self.clock = clock
        self.definition: Definition = service.runtime.definition  # type: ignore[attr-defined]
        self.verifier = Verifier(settings.public_key, settings.service_key)
        self.files = FileStore(settings.files, settings.upload_limit)
        self.database = Database(settings.database(self.name))
        self.store = Store(
            self.database,
            self.definition.types,
            self.definition.project,
            clock,
            committed=self._committed,
        )
        broker = Broker(settings.broker_url)
        self.client = Client(broker, self.name, settings.rpc_deadline)
        self.publisher = EventPublisher(broker, self.name)
        self.relay = Relay(self.name, self.store, publish or self.publisher.publish)
        self.subscribers = {
            found.source: self._subscriber(found) for found in subscriptions(service)
        }

    def _committed(self) -> None:
        self.relay.wake()

    def _subscriber(self, found: Subscription) -> Subscriber:
        def handle(work: Work, recorded: Any) -> None:
            getattr(self.instance(), found.method)(work, recorded)

        def read_log(after: int, types: Sequence[str], until: int | None, limit: int) -> LogPage:
            if found.source == self.name:  # nobody need be asked
                return self.log_page(after, types, until, limit)
            body = {"after": after, "types": list(types), "until": until, "limit": limit}
            page = self.client.request(
                found.source,
                "read_log",
                {"args": [], "kwargs": {"body": body}},
                {"auth_token": self.token()},
            )
            answer = _unwrap(page)
            return LogPage(events=answer["events"], upto=answer["upto"])

        return Subscriber(self.name, found.source, found.types, self.store, handle, read_log)

    def log_page(self, after: int, types: Sequence[str], until: int | None, limit: int) -> LogPage:
        """A page of this service's published events."""
        with self.database.read() as connection:
            found, upto = self.store.events_after(connection, after, types, until, limit)
        return LogPage(events=[to_message(self.name, one) for one in found], upto=upto)

    def token(self) -> str:
        """A token by which this service speaks for itself."""
        return service_token(self.name, self.settings.service_key, self.clock())

    def instance(self, context: dict[str, Any] | None = None) -> Any:
        """The service as an object whose methods may be called."""
        instance = self.service()
        instance.runtime = Runtime(self, context or {})
        return instance

    def close(self) -> None:
        self.relay.stop()
        self.client.stop()
        self.publisher.close()
        self.database.dispose()


Before = Callable[["Runtime", Actor, dict[str, Any]], dict[str, Any]]


class Runtime:
    """A service's parts, as seen by one call with its context (token, correlation id, keys)."""

    def __init__(self, parts: Parts, context: dict[str, Any]) -> None:
        self._parts = parts
        self._context = context
        self.settings = parts.settings
        self.files = parts.files
        self.verifier = parts.verifier
        self.clock = parts.clock
        self.database = parts.database
        self.store = parts.store

    @property
    def correlation_id(self) -> str:
        return str(self._context.get("correlation_id") or "")

    def ask(self, contract: type[Query], **params: Any) -> dict[str, Any]:
        """Ask another service, as this service. Never inside a transaction."""
        return self._parts.client.call(
            contract, params, token=self._parts.token(), correlation_id=self.correlation_id or None
        )

    def execute(self, handler: Callable[[Work], Any], about: str | None = None) -> None:
        """Run `handler` in a transaction of this service's own accord (timers).

        What it records belongs to the story in which the stream `about` began, where one is named.
        """
        actor = Actor(person=f"service:{self._parts.name}", organisation="")
        story, cause = (self.correlation_id, None) if about is None else self._beginning(about)
        call = Call(actor=actor, correlation_id=story or new_id(), causation_id=cause)

        def run(work: Work) -> dict[str, Any]:
            handler(work)
            return {}

        self.store.execute(call, run)

    def _beginning(self, stream: str) -> tuple[str, str | None]:
        first = select(events.c.correlation_id, events.c.id).where(
            events.c.stream == stream, events.c.version == 1
        )
        with self.database.read() as connection:
            row = connection.execute(first).first()
        return (row.correlation_id, row.id) if row else ("", None)

    def run_command(
        self,
        service: Any,
        contract: type[Command],
        handler: Callable[..., Any],
        body: Any,
        before: Before | None = None,
    ) -> dict[str, Any]:
        """Carry a command out: `{"ok": answer}` or `{"problem": …}`."""

        def run(actor: Actor, correlation_id: str) -> dict[str, Any]:
            data = contract.check(body)
            if before is not None:
                data = before(self, actor, data)
            key = self._context.get("idempotency_key")
            if contract.public or not contract.remembered:
                key = None
            call = Call(
                actor=actor,
                correlation_id=correlation_id,
                key=f"{actor.person}:{key}" if key else None,
                if_match=self._context.get("if_match"),
            )
            # Each attempt has the body to itself: a handler may take it to pieces.
            return self.store.execute(
                call,
                lambda work: contract.answer().dump(handler(service, work, dict(data))),
                self._fingerprint(contract, body),
            )

        return self._answer(contract, run)

    def run_query(
        self,
        service: Any,
        contract: type[Query],
        handler: Callable[..., Any],
        body: Any,
        before: Before | None = None,
    ) -> dict[str, Any]:
        """Answer a query: `{"ok": answer}` or `{"problem": …}`."""

        def run(actor: Actor, correlation_id: str) -> dict[str, Any]:
            data = contract.check(body)
            if before is not None:
                data = before(self, actor, data)
            with self.database.read() as connection:
                read = Read(connection=connection, actor=actor, now=self.clock())
                answer: dict[str, Any] = contract.answer().dump(handler(service, read, data))
            return answer

        return self._answer(contract, run)

    def read_log(self, body: dict[str, Any]) -> dict[str, Any]:
        """A page of this service's published events, for other services."""
        try:
            if not self._actor(public=False).is_service:
                raise Forbidden()
            page = self._parts.log_page(
                body["after"], body["types"], body["until"], min(body["limit"], 1000)
            )
            return {"ok": {"events": page.events, "upto": page.upto}}
        except Problem as problem:
            return {"problem": problem.to_dict()}

    def _fingerprint(self, contract: type[Command], body: Any) -> str:
        """What tells requests apart; keyed, since it is kept and the body may hold a password."""
        asked = {name: value for name, value in body.items() if name not in contract.proofs}
        request = contract.method().encode() + msgspec.json.encode(asked, order="sorted")
        return hmac.digest(self.settings.service_key.encode(), request, "sha256").hex()

    def _actor(self, public: bool) -> Actor:
        token = self._context.get("auth_token")
        if public and not token:
            return Actor(person="anonymous", organisation="")
        return self._parts.verifier.verify(token, self.clock())

    def _answer(
        self, contract: type[Command] | type[Query], run: Callable[[Actor, str], dict[str, Any]]
    ) -> dict[str, Any]:
        started, outcome, person = time.perf_counter(), "ok", None
        correlation_id = self.correlation_id or new_id()
        try:
            with bound_contextvars(correlation_id=correlation_id):
                actor = self._actor(contract.public)
                person = actor.person
                return {"ok": run(actor, correlation_id)}
        except Problem as problem:
            outcome = problem.type
            return {"problem": problem.to_dict()}
        except Exception:
            outcome = "broken"
            _log.exception(
                "call-broke",
                service=self._parts.name,
                method=contract.method(),
                correlation_id=correlation_id,
            )
            return {"problem": Broken().to_dict()}
        finally:
            seconds = time.perf_counter() - started
            COMMANDS.labels(self._parts.name, contract.method(), outcome).observe(seconds)
            _log.info(
                "call",
                service=self._parts.name,
                method=contract.method(),
                actor=person,
                correlation_id=correlation_id,
                outcome=outcome,
                ms=round(seconds * 1000, 1),
            )


def _unwrap(reply: dict[str, Any]) -> dict[str, Any]:
    if "problem" in reply:
        raise Problem.from_dict(reply["problem"])
    answer: dict[str, Any] = reply.get("ok", reply)
    return answer
