"""A service without Nameko and without a broker: its commands, queries and subscriptions, called.

What runs is what runs in production from the RPC entry inwards: the token is verified, the body
checked, the transaction retried, the answer dumped.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from infra import identity, migrate
from infra.clock import SettableClock
from infra.contract import Command, Query
from infra.database import Database
from infra.errors import Problem
from infra.eventstore.events import Event, EventTypes, Recorded
from infra.eventstore.relay import number, to_message
from infra.eventstore.tables import cursors, events, guards, relay
from infra.identity import Actor, Signer
from infra.ids import new_id
from infra.messaging.runtime import Parts
from infra.messaging.subscriber import LogPage
from infra.settings import Settings, from_environment

PRIVATE_KEY, PUBLIC_KEY = identity.new_keys()


def settings(data: Path, database_urls: dict[str, str], **more: Any) -> Settings:
    """Settings of a test: everything under `data`, keys of our own."""
    return replace(
        from_environment(
            data=data,
            files=data / "files",
            public_key=PUBLIC_KEY,
            private_key=PRIVATE_KEY,
            service_key="a service key of at least thirty-two bytes",
            database_urls=database_urls,
        ),
        **more,
    )


@contextmanager
def fresh_database(dialect: str, like: str | None = None) -> Iterator[str]:
    """The URL of a database of our own, dropped afterwards: empty, or a copy of the one at `like`,
    which nobody may have open."""
    template = make_url(like).database if like else "template1"
    if dialect == "sqlite":
        folder = tempfile.mkdtemp()
        if like:
            shutil.copy(str(template), f"{folder}/service.sqlite")
        try:
            yield f"sqlite:///{folder}/service.sqlite"
        finally:
            shutil.rmtree(folder)
        return
    admin = Database(postgresql_url("postgres"))
    name = f"amnuay_test_{new_id().replace('-', '')}"
    with admin.engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        try:
            yield postgresql_url(name)
        finally:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


def postgresql_url(database: str) -> str:
    """A database on the PostgreSQL that the tests were given."""
    url = make_url(
        os.environ.get("AMNUAY_DATABASE_URL") or "postgresql://root@127.0.0.1:5432/postgres"
    )
    return url.set(database=database).render_as_string(hide_password=False)


class Harness:
    """One service on one database (`prepared`: with its tables), with a clock that can be set."""

    def __init__(
        self,
        service: type,
        database_url: str,
        clock: SettableClock | None = None,
        prepared: bool = False,
        **more: Any,
    ) -> None:
        self.clock = clock or SettableClock(datetime(2026, 2, 16, 3, 0, tzinfo=UTC))
        self.folder = Path(tempfile.mkdtemp())
        self.name: str = service.name  # type: ignore[attr-defined]
        self.settings = settings(self.folder, {self.name: database_url}, **more)
        self.published: list[dict[str, Any]] = []
        self.parts = Parts(
            service,
            self.settings,
            self.clock,
            publish=lambda type, message: self.published.append(message),
        )
        if not prepared:
            prepare(self.parts)
        self._positions: dict[str, int] = {}

    def close(self) -> None:
        self.parts.close()
        shutil.rmtree(self.folder)

    def send(
        self,
        actor: Actor | None,
        command: type[Command],
        idempotency_key: str | None = None,
        if_match: int | None = None,
        **body: Any,
    ) -> dict[str, Any]:
        """Carry a command out as `actor`; raises its Problem."""
        return self._call(actor, command, body, idempotency_key, if_match)

    def ask(self, actor: Actor | None, query: type[Query], **params: Any) -> dict[str, Any]:
        """Answer a query as `actor`; raises its Problem."""
        return self._call(actor, query, params)

    def _call(
        self,
        actor: Actor | None,
        contract: type[Command] | type[Query],
        body: dict[str, Any],
        key: str | None = None,
        if_match: int | None = None,
    ) -> dict[str, Any]:
        context = {
            "auth_token": self.token(actor) if actor else None,
            "correlation_id": new_id(),
            "idempotency_key": key,
            "if_match": if_match,
        }
        instance = self.parts.instance(context)
        reply: dict[str, Any] = getattr(instance, contract.method())(body)
        if "problem" in reply:
            raise Problem.from_dict(reply["problem"])
        answer: dict[str, Any] = reply["ok"]
        return answer

    def token(self, actor: Actor) -> str:
        if actor.is_service:
            key = self.settings.service_key
            return identity.service_token(actor.person.split(":")[1], key, self.clock())
        return Signer(PRIVATE_KEY).sign(actor, self.clock())

    def deliver(
        self,
        source: str,
        stream: str,
        event: Event,
        *,
        version: int = 1,
        organisation: str = "",
        actor: str = "service:system",
        id: str | None = None,
        position: int | None = None,
    ) -> dict[str, Any]:
        """Feed one event of another service to this one's subscription; the message it came in."""
        position = position or self._positions.get(source, 0) + 1
        self._positions[source] = max(position, self._positions.get(source, 0))
        recorded = Recorded(
            id=id or new_id(),
            stream=stream,
            version=version,
            position=position,
            type=type(event).__name__,
            schema=event.schema,
            recorded_at=self.clock(),
            organisation=organisation,
            actor=actor,
            correlation_id=new_id(),
            causation_id=None,
            published=True,
            data=EventTypes().encode(event),
            digest="",
            event=event,
        )
        message = to_message(source, recorded) | {"last": {}}
        self.parts.subscribers[source].receive(message)
        return message

    def events(self, stream: str | None = None) -> list[Recorded]:
        """The service's log (or one stream of it), in order of insertion."""
        query = select(events).order_by(events.c.seq)
        if stream is not None:
            query = query.where(events.c.stream == stream)
        with self.parts.database.read() as connection:
            return [self.parts.store.decode(row) for row in connection.execute(query)]

    def run_timers(self, *names: str) -> None:
        """Run these timers once."""
        for name in names:
            getattr(self.parts.instance(), name)()

    def relay(self) -> list[dict[str, Any]]:
        """Number and publish what is new; the messages."""
        before = len(self.published)
        while self.parts.relay.run_once():
            pass
        return self.published[before:]

    def tables(self) -> dict[str, list[Any]]:
        """The read tables' rows, sorted, for comparison with a rebuild."""
        found = {}
        with self.parts.database.read() as connection:
            for table in self.parts.definition.read_tables.sorted_tables:
                rows = connection.execute(select(table)).all()
                found[table.name] = sorted((tuple(row) for row in rows), key=repr)
        return found

    def rebuild(self) -> None:
        from infra.eventstore.rebuild import rebuild

        with self.parts.database.begin() as connection:
            while number(connection):
                pass
        rebuild(self.parts.store, self.parts.definition.read_tables)


def prepare(parts: Parts) -> None:
    """Make the service's tables: by its migrations, or as declared where a test declares it."""
    if parts.service.__module__.startswith("services."):
        migrate.upgrade(parts.name, parts.database)
        return
    with parts.database.begin() as connection:
        for metadata in parts.definition.metadata():
            metadata.create_all(connection)
        for statement in guards(parts.database.dialect):
            connection.execute(text(statement))
        connection.execute(relay.insert().values(name="relay"))


def follow(subscriber: Harness, source: Harness) -> None:
    """Let `subscriber` read everything `source` has published, from its log."""
    source.relay()

    def read_log(after: int, types: Any, until: int | None, limit: int) -> LogPage:
        with source.parts.database.read() as connection:
            found, upto = source.parts.store.events_after(connection, after, types, until, limit)
        return LogPage(events=[to_message(source.name, one) for one in found], upto=upto)

    subscription = subscriber.parts.subscribers[source.name]
    subscription._read_log = read_log
    subscription.catch_up()


__all__ = ["Harness", "cursors", "follow", "fresh_database", "settings"]
