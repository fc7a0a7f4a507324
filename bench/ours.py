"""What is measured of ours in a process of its own."""

import time
from typing import Any

from bench import desk
from bench.child import Go, serve, threads
from infra.database import Database
from infra.eventstore.relay import number
from infra.eventstore.store import Store


def open_store(url: str) -> Store:
    definition = desk.DeskService.runtime.definition
    return Store(Database(url), definition.types, definition.project)


def record(go: Go, url: str, writers: int, seconds: float) -> Any:
    """Commands by `writers` threads, and the numbering of what they recorded."""
    store = open_store(url)

    def write() -> None:
        store.execute(desk.CALL, desk.write)

    threads(writers, 0.1, write)
    go()
    started = time.perf_counter()
    done = threads(writers, seconds, write)
    while _number(store):
        pass
    return done / (time.perf_counter() - started)


def _number(store: Store) -> int:
    with store.database.begin() as connection:
        return number(connection)


if __name__ == "__main__":
    serve(record)
