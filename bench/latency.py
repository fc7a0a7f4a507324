"""From a recorded event to its effect in another service's database."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack

from sqlalchemy import select, text

from bench import child
from bench.commands import bare
from bench.limits import connect
from bench.report import Options, Row, percentile
from infra.eventstore.tables import events
from infra.ids import new_id
from tests import servers
from tests.harness import fresh_database
from tests.infra.processes import Town, until

RATE = 50  # events a second
SECONDS = 6


def rows(options: Options) -> Iterator[Row]:
    count = options.sized(RATE * SECONDS)
    ours, peer, limit = [], [], []
    for _ in range(options.rounds):
        ours.append(_ours(count))
        peer.append(_peer(count))
        limit.append(_limit(count))
    for part, name in ((0.5, "p50"), (0.95, "p95")):
        mine, theirs, least = (
            sorted(percentile(one, part) for one in found)[len(found) // 2] * 1000
            for found in (ours, peer, limit)
        )
        yield Row(
            work=f"event recorded → effect in another service, {name} at {RATE} events/s",
            unit="ms",
            ours=mine,
            peer=theirs,
            limit=least,
            ratio=theirs / mine,
            reach=0.5,
            note="From the event's own time to the effect's row, by the database's clock. Ours: the"
            " log, numbered and published after the commit, confirmed by the broker, taken in under"
            " the cursor. The peer: nameko's `EventDispatcher` to an `event_handler` that does one"
            " insert. The limit: RabbitMQ alone, publish to get.",
        )


def _ours(count: int) -> list[float]:
    with ExitStack() as opened:
        broker = opened.enter_context(servers.virtual_host(os.environ["AMNUAY_BROKER_URL"]))
        shelf, reader = (opened.enter_context(fresh_database("postgresql")) for _ in range(2))
        town = Town(broker, shelf, reader)
        opened.callback(town.close)
        with town.reader.begin() as connection:
            connection.execute(
                text("ALTER TABLE told ADD COLUMN at timestamptz DEFAULT clock_timestamp()")
            )
        shelves = town.start("shelf")
        town.start("reader").ready()
        shelves.ready()
        shelves.send("build_shelf", id=new_id(), name="poetry")
        until(lambda: len(town.told()) == 1)
        started = time.perf_counter()
        for number in range(count):
            time.sleep(max(0, started + number / RATE - time.perf_counter()))
            shelves.send("build_shelf", id=new_id(), name="poetry")
        until(lambda: len(town.told()) == count + 1)
        with town.shelf.read() as connection:
            query = select(events.c.position, events.c.recorded_at)
            recorded = {row.position: row.recorded_at for row in connection.execute(query)}
        with town.reader.read() as connection:
            told = connection.execute(text("SELECT position, at FROM told")).all()
        return [(row.at - recorded[row.position]).total_seconds() for row in told]


def _peer(count: int) -> list[float]:
    with bare("Writer", "Listener") as peer:
        connection = connect(peer.database)
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("ALTER TABLE bare ADD COLUMN at timestamptz DEFAULT clock_timestamp()")

        def told() -> int:
            cursor.execute("SELECT count(*) FROM bare")
            return int(cursor.fetchone()[0])

        child.run(child.OURS, "bench.bare", "tell", broker=peer.broker, count=count, every=1 / RATE)
        until(lambda: told() == count + 1)
        cursor.execute("SELECT extract(epoch FROM at)::float - data::float FROM bare")
        return [took for (took,) in cursor.fetchall()]


def _limit(count: int) -> list[float]:
    with servers.virtual_host(os.environ["AMNUAY_BROKER_URL"]) as broker:
        [took] = child.run(
            child.OURS, "bench.bare", "bounce", broker=broker, count=count, every=1 / RATE
        )
    return list(took)
