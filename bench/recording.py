"""Recording one event with its projection, in one transaction."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from bench import child, desk
from bench.report import Options, Row, alternate
from tests.harness import Harness, fresh_database

TABLE = "CREATE TABLE bare (id bigserial PRIMARY KEY, stream text, version int, data text)"
INSERT = f"INSERT INTO bare (stream, version, data) VALUES ('slip-1', 1, '{desk.WORDS}')"


def rows(options: Options) -> Iterator[Row]:
    yield _row("one writer, PostgreSQL", "postgresql", 1, 2, options)
    yield _row("8 writers in two processes, PostgreSQL", "postgresql", 8, 4, options)
    yield _row("one writer, SQLite", "sqlite", 1, 1, options)


@contextmanager
def store(dialect: str) -> Iterator[str]:
    """The URL of an empty database with the desk's tables."""
    with fresh_database(dialect) as url:
        Harness(desk.DeskService, url).close()
        yield url


def _row(where: str, dialect: str, writers: int, reach: float, options: Options) -> Row:
    seconds = options.seconds
    copies = 2 if writers > 1 else 1
    with store(dialect) as ours, fresh_database(dialect) as peer, fresh_database(dialect) as bare:
        child.run(child.OURS, "bench.limits", "prepare", url=bare, table=TABLE)

        def record(python: str, module: str, url: str, copies: int, task: str = "record") -> float:
            each = writers // copies
            return sum(
                child.run(python, module, task, copies, url=url, writers=each, seconds=seconds)
            )

        measured = {
            "ours": lambda: record(child.OURS, "bench.ours", ours, copies),
            "peer": lambda: record(child.PEERS, "bench.peers.events", peer, 1),
            "driver": lambda: record(child.OURS, "bench.limits", bare, min(4, writers), "insert"),
        }
        if dialect == "postgresql" and shutil.which("pgbench"):
            measured["pgbench"] = lambda: _pgbench(bare, writers, seconds)
        found = alternate(options.rounds, **measured)
    pgbench = found.get("pgbench")
    drivers = f"The driver alone, one insert a transaction: {found['driver']:,.0f}/s"
    if pgbench:
        drivers += f"; pgbench: {pgbench:,.0f}/s (the limit)"
    return Row(
        work=f"record one event with its projection, {where}",
        unit="/s",
        ours=found["ours"],
        peer=found["peer"],
        limit=pgbench or found["driver"],
        ratio=found["ours"] / found["peer"],
        reach=reach,
        note=f"{drivers}. Ours: a command as services run it, its event, its row, and the numbering of"
        " the log afterwards. The peer: one event, no projection.",
    )


def _pgbench(url: str, clients: int, seconds: float) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(INSERT + ";\n")
        script.flush()
        said = subprocess.run(
            [
                *("pgbench", "--no-vacuum", f"--client={clients}", f"--jobs={min(clients, 2)}"),
                *(f"--time={max(1, round(seconds))}", f"--file={script.name}", url),
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    return float(said.split("tps = ")[1].split()[0])
