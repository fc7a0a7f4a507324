"""The log of one service: append, read, and the transaction in which a command does its work."""

import hashlib
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Dialect, Row, func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from infra.clock import Clock, system_clock
from infra.database import Database, contended
from infra.errors import KeyReused, NotFound, Problem, Stale, Unavailable
from infra.eventstore import numbers
from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import GENESIS, Event, EventTypes, Recorded, digest
from infra.eventstore.tables import commands, events, relay
from infra.identity import Actor
from infra.ids import new_id
from infra.metrics import CONFLICTS
from infra.postgresql import held_back, together

A = TypeVar("A", bound=Aggregate)
Project = Callable[[Connection, Recorded], None]
ATTEMPTS = 20
LAST = ATTEMPTS - 1
# How PostgreSQL and SQLite name the rules by which the log refuses who comes second.
_RACED = (
    *("events_stream_version", "events.stream, events.version", "events_id_key", "events.id"),
    *("commands_pkey", "commands.key"),
)
_COLUMNS = [column.name for column in events.columns if column.name not in ("seq", "position")]
# Written out: built by SQLAlchemy each time, it took a quarter of a command's processor time.
_INSERT = "INSERT INTO events ({}) VALUES ({{}})".format(
    ", ".join(f'"{name}"' for name in _COLUMNS)
)
_NAMES = [column.name for column in events.columns]
_FIELDS = itemgetter(*map(_NAMES.index, Recorded.__struct_fields__[:-1]))  # all but the event


class Conflict(Exception):
    """Somebody else appended to the stream first; the command is tried again on fresh state."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """The circumstances of one command. `key` is its Idempotency-Key, `if_match` the version acted on."""

    actor: Actor
    correlation_id: str
    causation_id: str | None = None
    key: str | None = None
    if_match: int | None = None


class Work:
    """One command's transaction: what it loads, decides and saves is committed whole or not at all."""

    def __init__(self, store: "Store", connection: Connection, call: Call, now: datetime) -> None:
        self.connection = connection
        self.call = call
        self.actor = call.actor
        self.now = now
        self._store = store
        self._unchecked = call.if_match is not None

    def load(self, kind: type[A], id: str) -> A:
        """The aggregate as its stream tells it; the first one loaded is held against If-Match.

        Raises NotFound when there is none, Stale when it has moved on.
        """
        aggregate = self.find(kind, id)
        if aggregate is None:
            raise NotFound()
        if self._unchecked:
            self._unchecked = False
            if aggregate.version != self.call.if_match:
                raise Stale()
        return aggregate

    def find(self, kind: type[A], id: str) -> A | None:
        """As `load`, but None when there is none, and without a look at If-Match."""
        return self._store.load(self.connection, kind, id)

    def save(self, aggregate: Aggregate) -> list[Recorded]:
        """Append what the aggregate decided and bring the read tables up to it."""
        with together(self.connection):
            recorded = self._store.append(self.connection, aggregate, self.call, self.now)
            for one in recorded:
                self._store.project(self.connection, one)
        return recorded

    def take_number(self, series: str) -> int:
        """The next number of a gapless series, held until this transaction ends."""
        return numbers.take(self.connection, series)

    def done(self, aggregate: Aggregate, **more: Any) -> dict[str, Any]:
        """The usual answer to a command."""
        return {"id": aggregate.id, "version": aggregate.version, **more}


@dataclass(frozen=True, kw_only=True)
class Read:
    """What a query stands on."""

    connection: Connection
    actor: Actor
    now: datetime


class Store:
    """The event log of one service, with the projections that run beside it."""

    def __init__(
        self,
        database: Database,
        types: EventTypes,
        project: Project,
        clock: Clock = system_clock,
        committed: Callable[[], None] = lambda: None,
    ) -> None:
        self.database = database
        self.types = types
        self.project = project
        self.clock = clock
        self.committed = committed

    def execute(
        self,
        call: Call,
        handler: Callable[[Work], dict[str, Any]],
        request: str = "",
    ) -> dict[str, Any]:
        """Run `handler` in a transaction, again on fresh state when it loses a race.

        A repeated `call.key` gets the answer of the first time (KeyReused where `request`, the
        method and body, is another). Raises Unavailable, and what the handler raises.
        """
        fingerprint = hashlib.sha256(request.encode()).hexdigest()
        for attempt in range(ATTEMPTS):
            try:
                with self.begin() as connection:
                    if call.key is not None:
                        known = _answer(connection, call.key, fingerprint)
                        if known is not None:
                            return known
                    now = self.clock()
                    answer = handler(Work(self, connection, call, now))
                    if call.key is not None:
                        _remember(connection, call.key, fingerprint, answer, now)
                self.committed()
                return answer
            except Problem:
                # What it found out of order may be what its own twin did a moment ago.
                known = self._answered(call, fingerprint)
                if known is None:
                    raise
                return known
            except Conflict:
                CONFLICTS.inc()
            except IntegrityError:
                # A read table's own rule: somebody else's row came first, or the code is at fault.
                CONFLICTS.inc()
                if attempt == LAST:
                    raise
            except OperationalError as error:
                if not contended(error):
                    raise
            time.sleep(random.uniform(0, 0.002 * 2 ** min(attempt, 6)))
        raise Unavailable("มีผู้ทำรายการเดียวกันพร้อมกันจำนวนมาก กรุณาลองใหม่")

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A write transaction on the log. Raises Conflict when a stream has moved on meanwhile."""
        try:
            with self.database.begin() as connection:
                yield connection
        except IntegrityError as error:
            if any(name in str(error.orig) for name in _RACED):
                raise Conflict from error
            raise

    def _answered(self, call: Call, fingerprint: str) -> dict[str, Any] | None:
        if call.key is None:
            return None
        with self.database.read() as connection:
            return _answer(connection, call.key, fingerprint)

    def load(self, connection: Connection, kind: type[A], id: str) -> A | None:
        rows = connection.execute(
            select(events.c.type, events.c.schema, events.c.data, events.c.digest)
            .where(events.c.stream == f"{kind.kind}-{id}")
            .order_by(events.c.version)
        ).all()
        if not rows:
            return None
        aggregate = kind(id)
        decode = self.types.decode
        aggregate.replay(decode(type, schema, data) for type, schema, data, _ in rows)
        aggregate.digest = rows[-1].digest
        return aggregate

    def append(
        self, connection: Connection, aggregate: Aggregate, call: Call, now: datetime
    ) -> list[Recorded]:
        """Write the aggregate's pending events behind the version it was loaded at.

        Where the stream has moved on, the transaction is lost: see `begin`.
        """
        recorded, before = [], aggregate.digest
        first = aggregate.version - len(aggregate.pending) + 1
        for version, event in enumerate(aggregate.pending, first):
            name = type(event).__name__
            row: dict[str, Any] = {
                "id": new_id(),
                "stream": aggregate.stream,
                "version": version,
                "type": name,
                "schema": event.schema,
                "recorded_at": now,
                "organisation": aggregate.organisation,
                "actor": call.actor.person,
                "correlation_id": call.correlation_id,
                "causation_id": call.causation_id,
                "published": name in self.types.published and not aggregate.confidential,
                "data": self.types.encode(event),
            }
            row["digest"] = before = digest(before, row)
            recorded.append(Recorded(position=None, event=event, **row))
        insert(connection, recorded)
        aggregate.pending.clear()
        aggregate.digest = before
        return recorded

    def stream(self, connection: Connection, stream: str) -> list[Recorded]:
        """A stream's events in order; empty when there is none."""
        rows = connection.execute(
            select(events).where(events.c.stream == stream).order_by(events.c.version)
        )
        return [self.decode(row) for row in rows]

    def events_after(
        self,
        connection: Connection,
        position: int,
        types: Sequence[str] | None = None,
        until: int | None = None,
        limit: int = 500,
        published: bool = True,
    ) -> tuple[list[Recorded], int]:
        """Up to `limit` numbered events after `position`, and the position up to which that is all.

        `types` and `published` narrow the answer; `until` ends it.
        """
        head = connection.execute(select(func.max(relay.c.numbered))).scalar() or 0
        head = head if until is None else min(head, until)
        query = select(events).where(events.c.position > position, events.c.position <= head)
        if types is not None:
            query = query.where(events.c.type.in_(types))
        if published:
            query = query.where(events.c.published)
        rows = connection.execute(query.order_by(events.c.position).limit(limit)).all()
        found = [self.decode(row) for row in rows]
        full = len(found) == limit
        return found, (found[-1].position or 0) if full else max(head, position)

    def decode(self, row: Row[Any]) -> Recorded:
        """A row of `events` as the event it holds."""
        event = self.types.decode(row.type, row.schema, row.data)
        return Recorded(*(*_FIELDS(row), event))


def insert(connection: Connection, recorded: Iterable[Recorded]) -> None:
    """Append events as they stand."""
    sent, bind = _insertion(connection.dialect)
    held_back(connection, sent, [bind(one) for one in recorded])


@lru_cache
def _insertion(dialect: Dialect) -> tuple[str, Callable[[Recorded], list[Any]]]:
    """The statement for a database's driver, and an event as the values that it wants."""
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    values = attrgetter(*_COLUMNS)
    processors = [
        events.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in _COLUMNS
    ]
    processed = [(at, process) for at, process in enumerate(processors) if process]

    def bind(one: Recorded) -> list[Any]:
        row = list(values(one))
        for at, process in processed:
            row[at] = process(row[at])
        return row

    return _INSERT.format(", ".join([mark] * len(_COLUMNS))), bind


def append_again(store: Store, recorded: Sequence[Recorded]) -> None:
    """Append events that may be in the log already: the same ids again change nothing.

    Raises Conflict when only some are there, or another event has their place.
    """
    try:
        with store.begin() as connection:
            insert(connection, recorded)
    except Conflict:
        with store.database.read() as connection:
            known = connection.execute(
                select(func.count())
                .select_from(events)
                .where(events.c.id.in_([one.id for one in recorded]))
            ).scalar_one()
        if known != len(recorded):
            raise


def _answer(connection: Connection, key: str, fingerprint: str) -> dict[str, Any] | None:
    row = connection.execute(
        select(commands.c.request, commands.c.answer).where(commands.c.key == key)
    ).first()
    if row is None:
        return None
    if row.request != fingerprint:
        raise KeyReused()
    answer: dict[str, Any] = msgspec.json.decode(row.answer)
    return answer


def _remember(
    connection: Connection, key: str, fingerprint: str, answer: dict[str, Any], now: datetime
) -> None:
    row = {"key": key, "request": fingerprint, "recorded_at": now}
    row["answer"] = msgspec.json.encode(answer).decode()
    with together(connection):
        connection.execute(commands.insert(), row)


__all__ = ["GENESIS", "Call", "Conflict", "Event", "Read", "Store", "Work", "append_again"]
