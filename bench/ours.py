"""What is measured of ours in a process of its own."""

import resource
import time
from typing import Any

from bench import desk
from bench.child import Go, repeat, serve, threads
from infra.database import Database
from infra.eventstore import rebuild as rebuilding
from infra.eventstore.relay import number
from infra.eventstore.store import Store, Work
from infra.ids import new_id


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


def load(go: Go, url: str, events: int, seconds: float) -> float:
    """Events a second from the database to an aggregate."""
    store = open_store(url)

    def write(work: Work) -> dict[str, Any]:
        slip = desk.Slip(new_id())
        slip.record(desk.SlipWritten(text=desk.WORDS))
        for line in range(1, events):
            slip.record(desk.SlipAmended(text=desk.WORDS, line=line))
        work.save(slip)
        return work.done(slip)

    id = store.execute(desk.CALL, write)["id"]

    def once() -> None:
        with store.database.read() as connection:
            slip = store.load(connection, desk.Slip, id)
            assert slip is not None
            assert slip.lines == events - 1

    once()
    go()
    started = time.perf_counter()
    return repeat(seconds, once) * events / (time.perf_counter() - started)


def rebuild(go: Go, url: str) -> dict[str, float]:
    """How long the read table takes to be made anew, and the most memory held, in MB."""
    store = open_store(url)
    go()
    started = time.perf_counter()
    rebuilding.rebuild(store, desk.read_tables)
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "memory": memory}


def follow(go: Go, url: str, page: int) -> float:
    """How long it takes to read the whole log, in pages."""
    store = open_store(url)
    with store.database.read() as connection:
        store.events_after(connection, 0, limit=1)
    go()
    started, position = time.perf_counter(), 0
    while True:
        with store.database.read() as connection:
            found, position = store.events_after(connection, position, limit=page)
        if len(found) < page:
            return time.perf_counter() - started


if __name__ == "__main__":
    serve(record, load, rebuild, follow)
