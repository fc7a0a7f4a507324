"""The same by the `eventsourcing` library."""

import time
from typing import Any
from urllib.parse import urlsplit

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.utils import get_topic
from psycopg.sql import SQL

from bench.child import Go, repeat, serve, threads

WORDS = "ขอความอนุเคราะห์ข้อมูลประกอบการพิจารณา"


class Slip(Aggregate):
    @event("Written")
    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = 0

    @event("Amended")
    def amend(self, text: str, line: int) -> None:
        self.text, self.lines = text, line


class Desk(Application):
    log_section_size = 1000


def environment(url: str) -> dict[str, str]:
    """The settings of an application on the database at `url`."""
    parsed = urlsplit(url)
    if parsed.scheme == "sqlite":
        return {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": parsed.path[1:]}
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parsed.path[1:],
        "POSTGRES_HOST": parsed.hostname or "",
        "POSTGRES_PORT": str(parsed.port or 5432),
        "POSTGRES_USER": parsed.username or "",
        "POSTGRES_PASSWORD": parsed.password or "",
        "POSTGRES_POOL_SIZE": "10",
    }


def record(go: Go, url: str, writers: int, seconds: float) -> Any:
    """One event an aggregate, no projection."""
    desk = Desk(env=environment(url))

    def write() -> None:
        desk.save(Slip(text=WORDS))

    threads(writers, 0.1, write)
    go()
    started = time.perf_counter()
    done = threads(writers, seconds, write)
    return done / (time.perf_counter() - started)


def load(go: Go, url: str, events: int, seconds: float) -> float:
    """Events a second by `repository.get`."""
    desk = Desk(env=environment(url))
    slip = Slip(text=WORDS)
    for line in range(1, events):
        slip.amend(text=WORDS, line=line)
    desk.save(slip)

    def once() -> None:
        assert desk.repository.get(slip.id).lines == events - 1

    once()
    go()
    started = time.perf_counter()
    return repeat(seconds, once) * events / (time.perf_counter() - started)


def fill(go: Go, url: str, count: int) -> None:
    """Record `count` slips, 500 at a time."""
    go()
    desk = Desk(env=environment(url))
    for first in range(0, count, 500):
        desk.save(*(Slip(text=WORDS) for _ in range(min(500, count - first))))


def follow(go: Go, url: str, page: int) -> float:
    """How long it takes to read the whole log, in pages."""
    desk = Desk(env=environment(url))
    desk.notification_log.select(1, 1)
    go()
    started, position = time.perf_counter(), 1
    while True:
        found = desk.notification_log.select(position, page)
        if len(found) < page:
            return time.perf_counter() - started
        position = found[-1].id + 1


class SlipsView(PostgresTrackingRecorder):
    """A read table with one row a slip."""

    def __init__(self, datastore: PostgresDatastore, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        self.sql_create_statements.append(
            SQL("CREATE TABLE IF NOT EXISTS slips (id text PRIMARY KEY, text text, lines int)")
        )

    def add(self, id: str, text: str, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute("INSERT INTO slips VALUES (%s, %s, 0)", (id, text), prepare=True)


class Slips(Projection[SlipsView]):
    name = "slips"
    topics = (get_topic(Slip.Written),)

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        self.view.add(str(domain_event.originator_id), domain_event.text, tracking)


def project(go: Go, url: str, count: int) -> float:
    """Events a second by a projection runner, from the log's start."""
    desk = Desk(env=environment(url))
    last = desk.recorder.max_notification_id() or 0
    if last == 0:
        for _ in range(0, count, 500):
            desk.save(*(Slip(text=WORDS) for _ in range(min(500, count))))
        last = desk.recorder.max_notification_id() or 0
    view = SlipsView(desk.factory.datastore, tracking_table_name="slips_tracking")
    with desk.factory.datastore.transaction(commit=True) as cursor:
        cursor.execute("DROP TABLE IF EXISTS slips, slips_tracking")
    del view
    go()
    started = time.perf_counter()
    with ProjectionRunner(
        application_class=Desk, projection_class=Slips, view_class=SlipsView, env=environment(url)
    ) as runner:
        runner.wait(last, timeout=600)
    return last / (time.perf_counter() - started)


if __name__ == "__main__":
    serve(record, load, fill, follow, project)
