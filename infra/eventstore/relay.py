"""The relay: numbers the log and publishes it, one relay a service at a time.

An event gets its `position` only when the relay first sees it committed, so a transaction that
commits late gets a later number and no reader ever skips it. The log is the outbox: the cursor
moves after the broker's confirm, and a crash between the two repeats, never loses.
"""

import threading
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import Connection, Integer, cast, func, literal_column, select, text, update

from infra.database import Database
from infra.errors import Problem
from infra.eventstore.events import Recorded
from infra.eventstore.store import Store
from infra.eventstore.tables import events, relay
from infra.ids import new_id
from infra.metrics import UNPUBLISHED

LEASE = 10  # seconds
BATCH = 500
POLL = 0.2  # seconds between looks when nothing woke the relay

Message = dict[str, Any]
Publish = Callable[[str, Message], None]

_log = structlog.get_logger()


def to_message(source: str, recorded: Recorded) -> Message:
    """An event as it travels: in a message, and in an answer that reads the log."""
    return {
        "source": source,
        "id": recorded.id,
        "stream": recorded.stream,
        "version": recorded.version,
        "position": recorded.position,
        "type": recorded.type,
        "schema": recorded.schema,
        "recorded_at": recorded.recorded_at.isoformat(),
        "organisation": recorded.organisation,
        "actor": recorded.actor,
        "correlation_id": recorded.correlation_id,
        "causation_id": recorded.causation_id,
        "data": recorded.data,
    }


def number(connection: Connection, limit: int = BATCH) -> int:
    """Give positions to committed, unnumbered events in order of insertion; how many there were.

    The relay's row is locked meanwhile, so even two relays at once number gaplessly.
    """
    row = select(relay.c.numbered).where(relay.c.name == "relay").with_for_update()
    last = connection.execute(row).scalar_one()
    waiting = (
        select(events.c.seq, func.row_number().over(order_by=events.c.seq).label("rank"))
        .where(events.c.position.is_(None))
        .order_by(events.c.seq)
        .limit(limit)
        .subquery()
    )
    count = connection.execute(
        update(events)
        .where(events.c.seq == waiting.c.seq)
        .values(position=last + waiting.c.rank)
    ).rowcount
    if count:
        connection.execute(
            update(relay).where(relay.c.name == "relay").values(numbered=last + count)
        )
    return count


class Relay:
    """Numbers and publishes one service's log while it holds the lease."""

    def __init__(self, source: str, store: Store, publish: Publish) -> None:
        self.source = source
        self._store = store
        self._database: Database = store.database
        self._publish = publish
        self._holder = new_id()
        self._last: dict[str, int] | None = None
        self._published = 0
        self._woken = threading.Event()
        self._stopped = threading.Event()

    def wake(self) -> None:
        """Say that something was committed."""
        self._woken.set()

    def stop(self) -> None:
        self._stopped.set()
        self._woken.set()

    def run(self) -> None:
        """Relay until stopped; a broker or database that is away is waited for."""
        pause = 0.5
        while not self._stopped.is_set():
            try:
                while self.run_once() and not self._stopped.is_set():
                    pass
                pause = 0.5
                wait = POLL
            except Exception as error:
                _log.warning("relay-waits", service=self.source, error=str(error)[:300])
                self._last = None
                wait = pause = min(pause * 2, 5)
            self._woken.wait(wait)
            self._woken.clear()
        self._release()

    def run_once(self) -> int:
        """One pass: renew the lease, number, publish. How many events it moved on."""
        with self._database.begin() as connection:
            if not self._hold(connection):
                self._last = None
                return 0
            numbered = number(connection)
        return numbered + self._publish_numbered()

    def _publish_numbered(self) -> int:
        with self._database.read() as connection:
            if self._last is None:
                self._published = connection.execute(select(relay.c.published)).scalar_one()
                self._last = latest(connection, self._store.types.published, self._published)
            found, upto = self._store.events_after(
                connection, self._published, limit=BATCH
            )
        if upto == self._published:
            return 0
        for recorded in found:
            message = to_message(self.source, recorded) | {"last": dict(self._last)}
            self._publish(recorded.type, message)
            self._last[recorded.type] = recorded.position or 0
        with self._database.begin() as connection:
            connection.execute(update(relay).values(published=upto))
        moved, self._published = upto - self._published, upto
        UNPUBLISHED.labels(self.source).set(0)
        return moved

    def _hold(self, connection: Connection) -> bool:
        """Take or renew the lease, by the database's clock."""
        now = _epoch(connection)
        return bool(
            connection.execute(
                update(relay)
                .where((relay.c.holder == self._holder) | (relay.c.expires < now))
                .values(holder=self._holder, expires=now + LEASE)
            ).rowcount
        )

    def _release(self) -> None:
        try:
            with self._database.begin() as connection:
                connection.execute(
                    update(relay).where(relay.c.holder == self._holder).values(expires=0)
                )
        except (Problem, OSError) as error:
            _log.info("relay-lease-left", service=self.source, error=str(error)[:300])


def latest(connection: Connection, types: set[str], position: int) -> dict[str, int]:
    """For each type, the position of its latest published event up to `position`."""
    found = {}
    for name in sorted(types):
        last = connection.execute(
            select(func.max(events.c.position)).where(
                events.c.type == name, events.c.position <= position, events.c.published
            )
        ).scalar()
        if last is not None:
            found[name] = last
    return found


def _epoch(connection: Connection) -> Any:
    if connection.dialect.name == "postgresql":
        return cast(func.extract(text("epoch FROM clock_timestamp()")), Integer)
    return cast(literal_column("strftime('%s', 'now')"), Integer)
