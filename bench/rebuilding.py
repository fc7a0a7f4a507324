"""Rebuilding: an aggregate from its stream, a read table from the whole log."""

from collections.abc import Iterator

from bench import child, log
from bench.recording import store
from bench.report import Options, Row, alternate
from infra.database import Database
from tests.harness import fresh_database

EVENTS = 1000  # of one aggregate
LOG = 1_000_000
PEERS_LOG = 5_000  # the peer takes a transaction an event: its rate does not depend on the length
MEMORY = 200  # MB


def rows(options: Options) -> Iterator[Row]:
    with store("postgresql") as ours, fresh_database("postgresql") as peer:
        yield _aggregate(options, ours, peer)
    with store("postgresql") as ours, fresh_database("postgresql") as peer:
        yield from _read_table(options, ours, peer)


def _aggregate(options: Options, ours: str, peer: str) -> Row:
    def load(python: str, module: str, task: str, url: str) -> float:
        return child.run(python, module, task, url=url, events=EVENTS, seconds=options.seconds / 2)[
            0
        ]

    found = alternate(
        options.rounds,
        ours=lambda: load(child.OURS, "bench.ours", "load", ours),
        peer=lambda: load(child.PEERS, "bench.peers.events", "load", peer),
        limit=lambda: load(child.OURS, "bench.limits", "decode", ours),
    )
    return Row(
        work="rebuild an aggregate of 1,000 events",
        unit="events/s",
        ours=found["ours"],
        peer=found["peer"],
        limit=found["limit"],
        ratio=found["ours"] / found["peer"],
        reach=5,
        note="From the database to the object. The limit: `json.loads` of the same rows, fetched"
        " by psycopg2.",
    )


def _read_table(options: Options, ours: str, peer: str) -> Iterator[Row]:
    count, peers = options.sized(LOG), options.sized(PEERS_LOG)
    database = Database(ours)
    log.fill(database, count)
    database.dispose()
    memory: list[float] = []

    def rebuild() -> float:
        # The longest there is, so once.
        [found] = child.run(child.OURS, "bench.ours", "rebuild", url=ours)
        memory.append(found["memory"])
        return count / float(found["seconds"])

    def project() -> float:
        [rate] = child.run(child.PEERS, "bench.peers.events", "project", url=peer, count=peers)
        return float(rate)

    mine, theirs = [rebuild()], []
    for _ in range(options.rounds):
        theirs.append(project())
    [limit] = child.run(child.OURS, "bench.limits", "copy", url=ours)
    rate, other = mine[0], sorted(theirs)[len(theirs) // 2]
    yield Row(
        work=f"rebuild a read table from {count:,} events",
        unit="events/s",
        ours=rate,
        peer=other,
        limit=limit,
        ratio=rate / other,
        reach=5,
        note="Beside the live table, in pages, swapped in the end; one round. The peer: its"
        f" projection runner over {peers:,} events. The limit: `COPY` of the rows that result.",
    )
    yield Row(
        work=f"memory at the end of that rebuild of {count:,} events",
        unit="MB",
        ours=memory[0],
        peer=None,
        limit=MEMORY,
        ratio=MEMORY / memory[0],
        reach=1,
        note="The most that the process ever held, interpreter and libraries included.",
    )
