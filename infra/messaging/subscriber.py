"""A subscription: takes the events of one source in, each once, in the order of its log.

Its cursor moves in the transaction of the handler's effect. Messages only say that there is
something; when they tell of an event that never came, the gap is read from the source's log.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

import msgspec
import structlog
from sqlalchemy import Connection, Row, delete, func, select, update

from infra.database import contended
from infra.errors import Unavailable
from infra.eventstore.events import EventTypes, Recorded
from infra.eventstore.store import Call, Store, Work
from infra.eventstore.tables import cursors, parked
from infra.identity import Actor
from infra.logs import describe
from infra.metrics import EVENTS_HANDLED
from infra.postgresql import together

Message = dict[str, Any]
Handler = Callable[[Work, Recorded], Any]


BACK_OFF = (0.05, 0.5, 2.0)  # seconds before the second, third, fourth try
PAGE = 500

_log = structlog.get_logger()


class Delivered(TypedDict):
    """A message as it must look; what else it carries is passed over."""

    source: str
    id: str
    stream: str
    version: int
    position: int
    type: str
    schema: int
    recorded_at: str
    organisation: str
    actor: str
    correlation_id: str
    causation_id: str | None
    data: str
    last: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class LogPage:
    """Events of a source's log in order, all there are up to `upto`."""

    events: list[Message]
    upto: int


# read_log(after, types, until, limit): the page of the source's log behind `after`.
ReadLog = Callable[[int, Sequence[str], int | None, int], LogPage]


class Gap(Exception):
    """Something before this event is not taken in yet: it never came, or its type is new to us."""


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
            self._take_in(message, last=message["last"])
        except Gap:
            self.catch_up()

    def catch_up(self) -> int:
        """Read the source's log from the cursor to its end, gained types first. How many events."""
        taken = self._catch_up_on_gained_types()
        while True:
            page = self._read_log(self.position(), self.names, None, PAGE)
            for message in page.events:
                self._take_in(message)
            self._pass(page.upto)
            taken += len(page.events)
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

    def _take_in(
        self, message: Message, *, last: dict[str, int] | None = None, gained: str | None = None
    ) -> None:
        """Handle one event and move the cursor over it, tried again with back-off, then parked.

        `last` is what a message tells of events before it (None where these were read from the
        log); `gained` the type whose history is being caught up on. Raises Gap, Unavailable.
        """
        started = time.perf_counter()
        for pause in (*self._back_off, None):
            try:
                with self._store.database.begin() as connection:
                    cursor = self._lock(connection)
                    if message["position"] <= _reached(cursor, gained):
                        return
                    if gained is None and self._misses(cursor, last or {}):
                        raise Gap
                    waits = self._is_parked(connection, message["stream"])
                    with together(connection):
                        if waits:
                            self._park(connection, message, None, 0)
                        else:
                            self._handle(connection, message)
                        self._move(connection, cursor, message["position"], gained)
                self._tell(message, "waiting" if waits else "done", started)
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
                    error=describe(error),
                )
                if pause is not None:
                    self._pause(pause)
                elif contended(error):
                    raise Unavailable() from error
                else:
                    self._give_up(message, error, gained, started)

    def _give_up(
        self, message: Message, error: Exception, gained: str | None, started: float
    ) -> None:
        with self._store.database.begin() as connection:
            cursor = self._lock(connection)
            if message["position"] <= _reached(cursor, gained):
                return
            self._park(connection, message, error, len(self._back_off) + 1)
            self._move(connection, cursor, message["position"], gained)
        self._tell(message, "parked", started)

    def _handle(self, connection: Connection, message: Message) -> None:
        recorded = Recorded(
            event=self._types.decode(message["type"], message["schema"], message["data"]),
            recorded_at=datetime.fromisoformat(message["recorded_at"]),
            published=True,
            digest="",
            **{name: message[name] for name in _CARRIED},
        )
        call = Call(
            actor=Actor(person=f"service:{self.service}", organisation=recorded.organisation),
            correlation_id=recorded.correlation_id,
            causation_id=recorded.id,
        )
        self._handler(Work(self._store, connection, call, self._store.clock()), recorded)

    def _misses(self, cursor: Row[Any], last: dict[str, int]) -> bool:
        """Whether an event of ours lies between cursor and message, or a type of ours is behind.

        During an update, replicas that handle other types than this one move the same cursor.
        """
        return _handled(cursor) != set(self.names) or any(
            last.get(name, 0) > cursor.position for name in self.names
        )

    def _lock(self, connection: Connection) -> Row[Any]:
        """The cursor's row, made where it is new, held until the transaction ends."""
        query = _cursor(self.source).with_for_update()
        row = connection.execute(query).first()
        if row is None:
            types = msgspec.json.encode(dict.fromkeys(self.names)).decode()
            connection.execute(cursors.insert().values(source=self.source, position=0, types=types))
            row = connection.execute(query).one()
        return row

    def _move(
        self, connection: Connection, cursor: Row[Any], position: int, gained: str | None = None
    ) -> None:
        values: dict[str, Any] = {"position": position}
        if gained is not None:
            catching = _decoded(cursor.catching) | {gained: position}
            values = {"catching": msgspec.json.encode(catching).decode()}
        connection.execute(update(cursors).where(cursors.c.source == self.source).values(**values))

    def _pass(self, position: int) -> None:
        """Move the cursor over events that are not ours."""
        if position > self.position():
            with self._store.database.begin() as connection:
                cursor = self._lock(connection)
                if position > cursor.position and not self._misses(cursor, {}):
                    self._move(connection, cursor, position)

    def _catch_up_on_gained_types(self) -> int:
        """Take in the history of types that are handled since the cursor was last here."""
        with self._store.database.begin() as connection:
            cursor = self._lock(connection)
            types = _decoded(cursor.types)
            for name in _handled(cursor) - set(self.names):
                types[name] = cursor.position
                self._write_types(connection, types)
        behind = sorted(set(self.names) - {name for name in types if types[name] is None})
        return sum(map(self._catch_up_on, behind))

    def _catch_up_on(self, name: str) -> int:
        """Take in events of one type up to the cursor, which may move meanwhile."""
        taken = 0
        while True:
            with self._store.database.begin() as connection:
                cursor = self._lock(connection)
                position = _reached(cursor, name)
                if position >= cursor.position:
                    self._write_types(connection, _decoded(cursor.types) | {name: None})
                    self._forget_catching(connection, cursor, name)
                    return taken
            page = self._read_log(position, [name], cursor.position, PAGE)
            for message in page.events:
                self._take_in(message, gained=name)
            taken += len(page.events)
            if len(page.events) < PAGE:
                with self._store.database.begin() as connection:
                    self._move(connection, self._lock(connection), cursor.position, name)

    def _write_types(self, connection: Connection, types: dict[str, Any]) -> None:
        written = msgspec.json.encode(types).decode()
        connection.execute(
            update(cursors).where(cursors.c.source == self.source).values(types=written)
        )

    def _forget_catching(self, connection: Connection, cursor: Row[Any], name: str) -> None:
        catching = _decoded(cursor.catching)
        catching.pop(name, None)
        connection.execute(
            update(cursors)
            .where(cursors.c.source == self.source)
            .values(catching=msgspec.json.encode(catching).decode() if catching else None)
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
                error=describe(error) if error else None,
                attempts=attempts,
                parked_at=self._store.clock(),
            )
        )

    def _count_parked(self, connection: Connection) -> int:
        query = select(func.count()).select_from(parked).where(parked.c.source == self.source)
        return connection.execute(query).scalar_one()

    def _tell(self, message: Message, outcome: str, started: float) -> None:
        """Count an event, and log it: a line an event, whatever came of it."""
        EVENTS_HANDLED.labels(self.service, self.source, outcome).inc()
        _log.info(
            "event",
            service=self.service,
            source=self.source,
            **{name: message[name] for name in ("type", "stream", "position", "id", "actor")},
            correlation_id=message["correlation_id"],
            outcome=outcome,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )

    def _retry_stream(self, stream: str) -> int:
        query = (
            select(parked)
            .where(parked.c.source == self.source, parked.c.stream == stream)
            .order_by(parked.c.position)
            .limit(1)
        )
        done = 0
        while True:
            row, started = None, time.perf_counter()
            try:
                with self._store.database.begin() as connection:
                    self._lock(connection)
                    row = connection.execute(query).first()
                    if row is None:
                        return done
                    self._handle(connection, msgspec.json.decode(row.message))
                    connection.execute(_one_parked(delete(parked), row))
                self._tell(msgspec.json.decode(row.message), "retried", started)
                done += 1
                self._store.committed()
            except Unavailable:
                raise
            except Exception as error:
                if row is None or contended(error):
                    raise Unavailable() from error
                with self._store.database.begin() as connection:
                    connection.execute(
                        _one_parked(update(parked), row).values(
                            error=describe(error), attempts=row.attempts + 1
                        )
                    )
                return done


_CARRIED = (
    *("id", "stream", "version", "position", "type", "schema", "organisation", "actor"),
    *("correlation_id", "causation_id", "data"),
)


def _cursor(source: str) -> Any:
    return select(cursors).where(cursors.c.source == source)


def _one_parked(statement: Any, row: Any) -> Any:
    return statement.where(parked.c.source == row.source, parked.c.position == row.position)


def _decoded(written: str | None) -> dict[str, int | None]:
    return msgspec.json.decode(written or "{}", type=dict[str, int | None])


def _handled(cursor: Row[Any]) -> set[str]:
    """The types that are taken in up to the cursor."""
    return {name for name, stopped in _decoded(cursor.types).items() if stopped is None}


def _reached(cursor: Row[Any], gained: str | None) -> int:
    """Up to where events are taken in: all those of ours, or of the type that is gained."""
    position: int = cursor.position
    if gained is None or gained in _handled(cursor):
        return position
    return _decoded(cursor.catching).get(gained) or _decoded(cursor.types).get(gained) or 0
