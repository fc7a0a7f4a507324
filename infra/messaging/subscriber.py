"""A subscription: takes the events of one source in, each once, in the order of its log.

Its cursor moves in the transaction of the handler's effect. Messages only say that there is
something; when they tell of an event that never came, the gap is read from the source's log.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection, Row, delete, func, select, update

from infra.errors import Unavailable
from infra.eventstore.events import EventTypes, Recorded
from infra.eventstore.store import Call, Store, Work
from infra.eventstore.tables import cursors, parked
from infra.identity import Actor
from infra.metrics import BEHIND, EVENTS_HANDLED, PARKED

Message = dict[str, Any]
Handler = Callable[[Work, Recorded], Any]

BACK_OFF = (0.05, 0.5, 2.0)  # seconds before the second, third, fourth try
PAGE = 500

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class LogPage:
    """Events of a source's log in order, all there are up to `upto`."""

    events: list[Message]
    upto: int


# read_log(after, types, until, limit): the page of the source's log behind `after`.
ReadLog = Callable[[int, Sequence[str], int | None, int], LogPage]


class Gap(Exception):
    """The message is not the next one: something before it never came."""


class Subscriber:
    """One (subscriber, source) pair. Replicas of a service meet at its cursor's row."""

    def __init__(
        self,
        service: str,
        source: str,
        types: EventTypes,
        store: Store,
        handler: Handler,
        read_log: ReadLog,
        back_off: Sequence[float] = BACK_OFF,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.service, self.source = service, source
        self.names = sorted(types.classes)
        self._types = types
        self._store = store
        self._handler = handler
        self._read_log = read_log
        self._back_off = back_off
        self._pause = pause

    def receive(self, message: Message) -> None:
        """Take in what `message` tells of: itself, or the whole gap before it.

        Returns when the effect is committed or the event is parked; raises Unavailable when the
        database or the source cannot be reached (the message is to be tried again).
        """
        if message["type"] not in self._types.classes:
            return
        try:
            self._take_in(message)
        except Gap:
            self.catch_up()

    def catch_up(self) -> int:
        """Read the source's log from the cursor to its end, gained types first. How many events."""
        taken = self._catch_up_on_gained_types()
        while True:
            position = self.position()
            page = self._read_log(position, self.names, None, PAGE)
            for message in page.events:
                self._take_in(message, after=position)
                position = message["position"]
            self._pass(page.upto)
            taken += len(page.events)
            BEHIND.labels(self.service, self.source).set(0)
            if len(page.events) < PAGE:
                return taken

    def position(self) -> int:
        """The cursor: the last position of the source that was taken in."""
        with self._store.database.read() as connection:
            row = connection.execute(_cursor(self.source)).first()
        return row.position if row else 0

    def retry_parked(self, stream: str | None = None) -> tuple[int, int]:
        """Try parked events again, each stream in order up to its first failure: (done, left)."""
        with self._store.database.read() as connection:
            query = select(parked.c.stream).where(parked.c.source == self.source).distinct()
            streams = [row.stream for row in connection.execute(query)]
        done = 0
        for name in streams:
            if stream in (None, name):
                done += self._retry_stream(name)
        with self._store.database.read() as connection:
            return done, self._count_parked(connection)

    def _take_in(self, message: Message, after: int | None = None) -> None:
        for pause in (*self._back_off, None):
            try:
                with self._store.database.begin() as connection:
                    cursor = self._lock(connection)
                    if message["position"] <= cursor.position:
                        return
                    if after is None and self._misses(message, cursor):
                        raise Gap
                    if self._is_parked(connection, message["stream"]):
                        self._park(connection, message, None, 0)
                    else:
                        self._handle(connection, message)
                    self._move(connection, message["position"])
                EVENTS_HANDLED.labels(self.service, self.source, "done").inc()
                self._store.committed()
                return
            except (Gap, Unavailable):
                raise
            except Exception as error:
                _log.warning(
                    "event-failed",
                    service=self.service,
                    source=self.source,
                    type=message["type"],
                    id=message["id"],
                    correlation_id=message["correlation_id"],
                    error=repr(error)[:500],
                )
                if pause is not None:
                    self._pause(pause)
                    continue
                with self._store.database.begin() as connection:
                    if message["position"] > self._lock(connection).position:
                        self._park(connection, message, error, len(self._back_off) + 1)
                        self._move(connection, message["position"])
                EVENTS_HANDLED.labels(self.service, self.source, "parked").inc()

    def _handle(self, connection: Connection, message: Message) -> None:
        recorded = Recorded(
            event=self._types.decode(message["type"], message["schema"], message["data"]),
            recorded_at=datetime.fromisoformat(message["recorded_at"]),
            published=True,
            digest="",
            **{
                name: message[name]
                for name in (
                    "id", "stream", "version", "position", "type", "schema", "organisation",
                    "actor", "correlation_id", "causation_id", "data",
                )
            },
        )
        call = Call(
            actor=Actor(person=f"service:{self.service}", organisation=recorded.organisation),
            correlation_id=recorded.correlation_id,
            causation_id=recorded.id,
        )
        self._handler(Work(self._store, connection, call, self._store.clock()), recorded)

    def _misses(self, message: Message, cursor: Row[Any]) -> bool:
        last: dict[str, int] = message["last"]
        return any(last.get(name, 0) > cursor.position for name in self.names) or (
            cursor.catching is not None or _gained(cursor, self.names) != {}
        )

    def _lock(self, connection: Connection) -> Row[Any]:
        """The cursor's row, made where it is new, held until the transaction ends."""
        query = _cursor(self.source).with_for_update()
        row = connection.execute(query).first()
        if row is None:
            types = msgspec.json.encode(dict.fromkeys(self.names)).decode()
            connection.execute(
                cursors.insert().values(source=self.source, position=0, types=types)
            )
            row = connection.execute(query).one()
        return row

    def _move(self, connection: Connection, position: int) -> None:
        connection.execute(
            update(cursors)
            .where(cursors.c.source == self.source, cursors.c.position < position)
            .values(position=position)
        )

    def _pass(self, position: int) -> None:
        """Move the cursor over events that are not ours."""
        if position > self.position():
            with self._store.database.begin() as connection:
                self._lock(connection)
                self._move(connection, position)

    def _catch_up_on_gained_types(self) -> int:
        """Take in the history of types that are handled since the cursor was last here."""
        with self._store.database.begin() as connection:
            cursor = self._lock(connection)
            types = msgspec.json.decode(cursor.types)
            for name in set(types) - set(self.names):
                if types[name] is None:
                    types[name] = cursor.position
            connection.execute(
                update(cursors)
                .where(cursors.c.source == self.source)
                .values(types=msgspec.json.encode(types).decode())
            )
        taken = 0
        for name, start in sorted(_gained(cursor, self.names).items()):
            taken += self._catch_up_on(name, start, cursor.position)
        return taken

    def _catch_up_on(self, name: str, start: int, until: int) -> int:
        taken = 0
        while True:
            with self._store.database.read() as connection:
                row = connection.execute(_cursor(self.source)).one()
            progress = msgspec.json.decode(row.catching) if row.catching else {}
            position = progress.get(name, start)
            page = self._read_log(position, [name], until, PAGE)
            for message in page.events:
                with self._store.database.begin() as connection:
                    if self._catching(connection).get(name, start) < message["position"]:
                        self._handle_or_park(connection, message)
                        self._note(connection, name, message["position"])
                        taken += 1
            if len(page.events) < PAGE:
                with self._store.database.begin() as connection:
                    self._note(connection, name, None)
                return taken

    def _handle_or_park(self, connection: Connection, message: Message) -> None:
        if self._is_parked(connection, message["stream"]):
            self._park(connection, message, None, 0)
            return
        try:
            with connection.begin_nested():
                self._handle(connection, message)
        except Exception as error:
            self._park(connection, message, error, 1)

    def _catching(self, connection: Connection) -> dict[str, int]:
        row = self._lock(connection)
        return msgspec.json.decode(row.catching) if row.catching else {}

    def _note(self, connection: Connection, name: str, position: int | None) -> None:
        """Note how far `name` is caught up with; None: wholly."""
        catching = self._catching(connection)
        values: dict[str, Any] = {}
        if position is None:
            catching.pop(name, None)
            types = msgspec.json.decode(self._lock(connection).types) | {name: None}
            values["types"] = msgspec.json.encode(types).decode()
        else:
            catching[name] = position
        values["catching"] = msgspec.json.encode(catching).decode() if catching else None
        connection.execute(
            update(cursors).where(cursors.c.source == self.source).values(**values)
        )

    def _is_parked(self, connection: Connection, stream: str) -> bool:
        query = select(parked.c.position).where(
            parked.c.source == self.source, parked.c.stream == stream
        )
        return connection.execute(query.limit(1)).first() is not None

    def _park(
        self, connection: Connection, message: Message, error: Exception | None, attempts: int
    ) -> None:
        connection.execute(
            parked.insert().values(
                source=self.source,
                position=message["position"],
                stream=message["stream"],
                type=message["type"],
                message=msgspec.json.encode(message).decode(),
                error=repr(error)[:2000] if error else None,
                attempts=attempts,
                parked_at=self._store.clock(),
            )
        )
        PARKED.labels(self.service, self.source).set(self._count_parked(connection))

    def _count_parked(self, connection: Connection) -> int:
        query = select(func.count()).select_from(parked).where(parked.c.source == self.source)
        return connection.execute(query).scalar_one()

    def _retry_stream(self, stream: str) -> int:
        query = (
            select(parked)
            .where(parked.c.source == self.source, parked.c.stream == stream)
            .order_by(parked.c.position)
        )
        done = 0
        while True:
            try:
                with self._store.database.begin() as connection:
                    self._lock(connection)
                    row = connection.execute(query.limit(1)).first()
                    if row is None:
                        return done
                    self._handle(connection, msgspec.json.decode(row.message))
                    connection.execute(_one_parked(delete(parked), row))
                    PARKED.labels(self.service, self.source).set(self._count_parked(connection))
                done += 1
                self._store.committed()
            except Unavailable:
                raise
            except Exception as error:
                with self._store.database.begin() as connection:
                    connection.execute(
                        _one_parked(update(parked), row).values(
                            error=repr(error)[:2000], attempts=row.attempts + 1
                        )
                    )
                return done


def _cursor(source: str) -> Any:
    return select(cursors).where(cursors.c.source == source)


def _one_parked(statement: Any, row: Any) -> Any:
    return statement.where(parked.c.source == row.source, parked.c.position == row.position)


def _gained(cursor: Row[Any], names: Sequence[str]) -> dict[str, int]:
    """The handled types whose history the cursor has passed by, and from where."""
    types: dict[str, int | None] = msgspec.json.decode(cursor.types)
    starts = {name: types.get(name, 0) for name in names if name not in types or types[name] is not None}
    return {name: start or 0 for name, start in starts.items()}
