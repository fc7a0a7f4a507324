"""Following the log from another process."""

from collections.abc import Iterator

from bench import child, log
from bench.recording import store
from bench.report import Options, Row, alternate
from infra.database import Database
from tests.harness import fresh_database

LOG = 50_000
PAGE = 500


def rows(options: Options) -> Iterator[Row]:
    count = options.sized(LOG)
    with store("postgresql") as ours, fresh_database("postgresql") as peer:
        database = Database(ours)
        log.fill(database, count)
        database.dispose()
        child.run(child.PEERS, "bench.peers.events", "fill", url=peer, count=count)

        def follow(python: str, module: str, task: str, url: str) -> float:
            [seconds] = child.run(python, module, task, url=url, page=PAGE)
            return count / float(seconds)

        found = alternate(
            options.rounds,
            ours=lambda: follow(child.OURS, "bench.ours", "follow", ours),
            peer=lambda: follow(child.PEERS, "bench.peers.events", "follow", peer),
            limit=lambda: follow(child.OURS, "bench.limits", "follow", ours),
        )
    yield Row(
        work=f"follow a log of {count:,} events from another process",
        unit="events/s",
        ours=found["ours"],
        peer=found["peer"],
        limit=found["limit"],
        ratio=found["ours"] / found["peer"],
        reach=3,
        note=f"In pages of {PAGE}, decoded to events. The peer: its notification log, whose"
        " notifications are not decoded. The limit: the same `SELECT` by psycopg2.",
    )
