"""The same by the `eventsourcing` library."""

import time
from typing import Any
from urllib.parse import urlsplit

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from bench.child import Go, serve, threads

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
    pass


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


if __name__ == "__main__":
    serve(record)
