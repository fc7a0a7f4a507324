"""The tests that the `eventsourcing` library ships for those who store events, run against our store.

There an event has its place in the log when it is appended; here the relay gives it one afterwards.
So the adapter appends and numbers in one transaction, while nobody else writes.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    Notification,
    StoredEvent,
    Tracking,
    TrackingRecorder,
)
from eventsourcing.tests import persistence as shipped
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError as Refused

from infra.clock import system_clock
from infra.eventstore.events import GENESIS, Event, EventTypes, Recorded
from infra.eventstore.relay import number, to_message
from infra.eventstore.store import Store, Work, insert
from infra.eventstore.tables import events
from infra.ids import new_id
from infra.messaging.subscriber import LogPage, Subscriber
from tests.harness import Harness, fresh_database
from tests.infra.shelf.service import ShelfService

ALL = 1_000_000  # more than any of these tests appends


class Opaque(EventTypes):
    """Events of any type; what they hold is nobody's business."""

    def decode(self, type: str, schema: int, data: str) -> Event:
        return Event()


class Seen(Event):
    """What the tracking recorder's subscriptions take in."""


def recorded(stream: str, version: int, type: str, data: str, position: int | None) -> Recorded:
    return Recorded(
        id=new_id(),
        stream=stream,
        version=version,
        position=position,
        type=type,
        schema=1,
        recorded_at=system_clock(),
        organisation="",
        actor="",
        correlation_id="",
        causation_id=None,
        published=True,
        data=data,
        digest=GENESIS,
        event=Event(),
    )


class Log(ApplicationRecorder):
    """Our store as an application recorder."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        rows = [
            recorded(
                f"thing-{one.originator_id}",
                one.originator_version,
                one.topic,
                one.state.decode(),
                None,
            )
            for one in stored_events
        ]
        try:
            return self._append(rows)
        except Refused as error:
            raise IntegrityError from error

    def _append(self, rows: list[Recorded]) -> list[int]:
        database = self._store.database
        with database.engine.connect() as connection, database.alone(connection):
            insert(connection, rows)
            number(connection, ALL)
            last = connection.execute(select(func.max(events.c.position))).scalar() or 0
        return list(range(last - len(rows) + 1, last + 1))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[StoredEvent]:
        with self._store.database.read() as connection:
            found = self._store.stream(connection, f"thing-{originator_id}")
        wanted = [
            StoredEvent(originator_id, one.version, one.type, one.data.encode())
            for one in found
            if (gt is None or one.version > gt) and (lte is None or one.version <= lte)
        ]
        return (wanted[::-1] if desc else wanted)[:limit]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> list[Notification]:
        after = (start or 0) - (1 if start and inclusive_of_start else 0)
        with self._store.database.read() as connection:
            found, _ = self._store.events_after(connection, after, topics or None, stop, limit)
        return [
            Notification(
                UUID(one.aggregate_id), one.version, one.type, one.data.encode(), one.position or 0
            )
            for one in found
        ]

    def max_notification_id(self) -> int | None:
        with self._store.database.read() as connection:
            last: int | None = connection.execute(select(func.max(events.c.position))).scalar()
        return last

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Any:
        raise NotImplementedError


class Cursors(TrackingRecorder):
    """Our subscriptions as a tracking recorder: one subscriber a source."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._taken: list[Recorded] = []

    def insert_tracking(self, tracking: Tracking) -> None:
        before = len(self._taken)
        one = recorded("thing-1", 1, "Seen", "{}", tracking.notification_id)
        message = to_message(tracking.application_name, one) | {"last": {}}
        self._subscriber(tracking.application_name).receive(message)
        if len(self._taken) == before:
            raise IntegrityError

    def max_tracking_id(self, application_name: str) -> int | None:
        return self._subscriber(application_name).position() or None

    def has_tracking_id(self, application_name: str, notification_id: int | None) -> bool:
        return self._subscriber(application_name).position() >= (notification_id or 0)

    def _subscriber(self, source: str) -> Subscriber:
        def take(work: Work, one: Recorded) -> None:
            self._taken.append(one)

        def read_log(*_: Any) -> LogPage:
            return LogPage(events=[], upto=0)

        types = EventTypes.of([Seen])
        return Subscriber("conformance", source, types, self._store, take, read_log)


class Ours:
    """Where the shipped tests get what they try: a store on an empty database of each kind."""

    dialect: str

    @pytest.fixture(autouse=True)
    def prepared(self) -> Iterator[None]:
        with ExitStack() as opened:
            url = opened.enter_context(fresh_database(self.dialect))
            harness = Harness(ShelfService, url)
            opened.callback(harness.close)
            self.store = Store(harness.parts.database, Opaque(), lambda *_: None)
            yield


class LogCase(Ours):
    def create_recorder(self) -> Log:
        return Log(self.store)


class CursorCase(Ours):
    def create_recorder(self) -> Cursors:
        return Cursors(self.store)


class TestLogOnPostgresql(LogCase, shipped.ApplicationRecorderTestCase[Log]):
    dialect = "postgresql"


class TestLogOnSqlite(LogCase, shipped.ApplicationRecorderTestCase[Log]):
    dialect = "sqlite"


class TestCursorsOnPostgresql(CursorCase, shipped.TrackingRecorderTestCase):
    dialect = "postgresql"


class TestCursorsOnSqlite(CursorCase, shipped.TrackingRecorderTestCase):
    dialect = "sqlite"


class TestOrderOnPostgresql(LogCase, shipped.NonInterleavingNotificationIDsBaseCase):
    dialect = "postgresql"


class TestOrderOnSqlite(LogCase, shipped.NonInterleavingNotificationIDsBaseCase):
    dialect = "sqlite"
