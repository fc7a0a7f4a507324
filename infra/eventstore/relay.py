"""The relay: numbers the log and publishes it, one relay a service at a time.

An event gets its `position` only when the relay first sees it committed, so a transaction that
commits late gets a later number and no reader ever skips it. The log is the outbox: the cursor
moves after the broker's confirm, and a crash between the two repeats, never loses.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import Connection, Integer, cast, extract, func, literal_column, select, update

from infra.database import Database
from infra.eventstore.events import Recorded
from infra.eventstore.store import Store
from infra.eventstore.tables import events, relay
from infra.ids import new_id
from infra.logs import describe
from infra.postgresql import together

LEASE = 20  # seconds
RENEWED = 5  # seconds after which the holder renews it; longer than any publish takes, twice
BATCH = 500
STUCK = 60.0  # seconds
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
        update(events).where(events.c.seq == waiting.c.seq).values(position=last + waiting.c.rank)
    ).rowcount
    if count:
        with together(connection):
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
        self._renew_at = 0.0
        self._passed = -STUCK
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

    @property
    def alive(self) -> bool:
        """Whether it is being run, and not stuck in a pass."""
        return time.monotonic() - self._passed < STUCK

    def run(self) -> None:
        """Relay until stopped; a broker or database that is away is waited for."""
        pause, told = 0.5, False
        while not self._stopped.is_set():
            self._passed = time.monotonic()
            try:
                while self.run_once(told) and not self._stopped.is_set():
                    told = False
                pause = 0.5
                wait = POLL
            except Exception as error:
                _log.warning("relay-waits", service=self.source, error=describe(error))
                self._last = None
                wait = pause = min(pause * 2, 5)
            told = self._woken.wait(wait)
            self._woken.clear()
        self._release()

    def run_once(self, told: bool = False) -> int:
        """One pass: renew the lease, number, publish. How many events it moved on.

        It looks first whether there is anything to do, unless it was `told` so.
        """
        if self._lease_is_fresh() and not told and not self._has_work():
            return 0
        with self._database.begin() as connection:
            if not self._lease_is_fresh() and not self._hold(connection):
                self._last = None
                return 0
            numbered = number(connection)
            found, upto = self._unpublished(connection)
        return numbered + self._publish_all(found, upto)

    def _lease_is_fresh(self) -> bool:
        return time.monotonic() < self._renew_at

    def _has_work(self) -> bool:
        with self._database.read() as connection:
            row = connection.execute(select(relay.c.numbered, relay.c.published)).one()
            unnumbered = select(events.c.seq).where(events.c.position.is_(None)).limit(1)
            return (
                row.numbered > row.published or connection.execute(unnumbered).first() is not None
            )

    def _unpublished(self, connection: Connection) -> tuple[list[Recorded], int]:
        """What is to be published next, and the position up to which that is all."""
        if self._last is None:
            self._published = connection.execute(select(relay.c.published)).scalar_one()
            self._last = latest(connection, self._store.types.published, self._published)
        return self._store.events_after(connection, self._published, limit=BATCH)

    def _publish_all(self, found: list[Recorded], upto: int) -> int:
        if self._last is None or upto == self._published:
            return 0
        started, confirmed = self._published, self._published
        try:
            for recorded in found:
                if not self._lease_is_fresh():
                    break
                message = to_message(self.source, recorded) | {"last": dict(self._last)}
                self._publish(recorded.type, message)
                confirmed = self._last[recorded.type] = recorded.position or 0
            else:
                confirmed = upto
        finally:
            if confirmed > started:
                self._move(confirmed)
        return confirmed - started

    def _move(self, position: int) -> None:
        """Note what the broker has confirmed. One who has lost the lease leaves that to the next."""
        with self._database.begin() as connection:
            kept = connection.execute(
                update(relay)
                .where(relay.c.holder == self._holder)
                .values(published=position)
                .returning(relay.c.numbered)
            ).scalar()
        if kept is None:
            self._last, self._renew_at = None, 0.0
            return
        self._published = position

    def _hold(self, connection: Connection) -> bool:
        """Take or renew the lease, by the database's clock."""
        asked, now = time.monotonic(), _epoch(connection)
        held = connection.execute(
            update(relay)
            .where((relay.c.holder == self._holder) | (relay.c.expires < now))
            .values(holder=self._holder, expires=now + LEASE)
        ).rowcount
        if held:
            self._renew_at = asked + RENEWED
        return bool(held)

    def _release(self) -> None:
        try:
            with self._database.begin() as connection:
                connection.execute(
                    update(relay).where(relay.c.holder == self._holder).values(expires=0)
                )
        except Exception as error:
            _log.info("relay-lease-left", service=self.source, error=describe(error))


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
        return cast(extract("epoch", func.clock_timestamp()), Integer)
    return cast(literal_column("strftime('%s', 'now')"), Integer)
