"""From one office to all: letters a day, events a second, storage a year, how many cells.

`python -m bench.simulation` loads the sample office into PostgreSQL and takes from that what a letter
costs: events, calls, seconds of work, bytes. The rest are assumptions, each a flag, with which a
working day is then played: letters arrive by chance, more of them in the busiest hour, and each step of
each waits for the one before it. `--write` puts the tables into docs/scale.md.
"""

import argparse
import math
import os
import random
import re
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

PAGE = Path("docs/scale.md")
HOUR, DAY, GIB = 3600, 86400, 2**30
SERVICE = "correspondence"  # letters are what grows


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """What nobody has measured here. Put in figures of your own."""

    offices: int = 245  # area offices in the country
    schools: int = 30_000  # schools under them, about
    office_letters: float = 60.0  # letters an office takes in on a working day
    school_letters: float = 4.0  # letters a school takes in on a working day
    working_days: int = 240  # in a year
    busiest_hour: float = 0.25  # part of a day's letters that comes in its busiest hour
    attachment: float = 1.0  # MiB of files with a letter
    pages: float = 10.0  # queries for each command, by people's looking; each as dear as a command
    fullness: float = 0.5  # part of its time that a process may be busy in the busiest hour


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a letter of the sample cost, from registering to where the sample leaves it."""

    letters: int
    events: Mapping[str, float]  # events a letter, by service
    commands: float  # calls that change something, a letter
    command: float  # seconds of one, from token to commit
    taken_in: Mapping[str, tuple[float, float]]  # subscriber: (events a letter, seconds of one)
    stored: float  # bytes of all databases a letter, indexes included
    log: float  # of these, bytes of the logs


@dataclass(frozen=True, kw_only=True)
class Scope:
    """So many offices and schools."""

    name: str
    offices: int
    schools: int


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How it goes. Times in seconds, storage in GiB a year."""

    letters: float  # a day
    events: float  # a second in the busiest hour, all services
    busiest_second: int  # events in it, as played
    cells: int
    processes: int  # of `correspondence`, in all cells
    wait: float  # of an event for its subscription in a cell, p95 in the busiest hour
    database: float
    files: float


def scopes(assumed: Assumptions) -> list[Scope]:
    each = round(assumed.schools / assumed.offices)
    return [
        Scope(name="one office alone", offices=1, schools=0),
        Scope(name="one office and its schools", offices=1, schools=each),
        Scope(name="ten offices and theirs", offices=10, schools=10 * each),
        Scope(name="all", offices=assumed.offices, schools=assumed.schools),
    ]


def outcome(scope: Scope, cost: Cost, assumed: Assumptions, seed: int = 2569) -> Outcome:
    """Play the busiest hour of `scope`, spread over as few cells as keep each part of them in bounds."""
    letters = scope.offices * assumed.office_letters + scope.schools * assumed.school_letters
    hourly = letters * assumed.busiest_hour
    # A subscription works on one event after the other; that, and no replica, sets a cell's bounds.
    busiest = max(number * seconds for number, seconds in cost.taken_in.values())
    cells = min(max(1, math.ceil(hourly * busiest / HOUR / assumed.fullness)), scope.offices)
    calls = cost.commands * (1 + assumed.pages) * cost.command
    processes = cells * max(1, math.ceil(hourly / cells * calls / HOUR / assumed.fullness))
    yearly = letters * assumed.working_days
    chance = random.Random(seed)
    heavy = max(cost.taken_in.values(), key=lambda each: each[0] * each[1])
    return Outcome(
        letters=letters,
        events=hourly * sum(cost.events.values()) / HOUR,
        busiest_second=_busiest_second(chance, hourly * sum(cost.events.values())),
        cells=cells,
        processes=processes,
        wait=_wait(chance, hourly / cells * heavy[0], heavy[1]),
        database=yearly * cost.stored / GIB,
        files=yearly * assumed.attachment / 1024,
    )


def _arrivals(chance: random.Random, hourly: float) -> Iterator[float]:
    """The moments of one hour at which something arrives, by chance."""
    now = chance.expovariate(hourly / HOUR)
    while now < HOUR:
        yield now
        now += chance.expovariate(hourly / HOUR)


def _busiest_second(chance: random.Random, hourly: float) -> int:
    seconds: defaultdict[int, int] = defaultdict(int)
    for moment in _arrivals(chance, hourly):
        seconds[int(moment)] += 1
    return max(seconds.values(), default=0)


def _wait(chance: random.Random, hourly: float, seconds: float) -> float:
    """How long nineteen in twenty wait at most, where one after the other takes `seconds` on average."""
    free, waits = 0.0, []
    for moment in _arrivals(chance, hourly):
        waits.append(max(0.0, free - moment))
        free = max(free, moment) + chance.expovariate(1 / seconds)
    return sorted(waits)[int(len(waits) * 0.95)] if waits else 0.0


def measure() -> Cost:
    """Load the sample office into databases of its own on PostgreSQL, and see what a letter cost."""
    from amnuay.sample import stage
    from infra.messaging.subscriber import Subscriber
    from infra.settings import SERVICES

    with _databases(SERVICES) as (settings, databases):
        empty = sum(_bytes(database) for database in databases.values())
        with _timed(Subscriber, "_take_in") as taken:
            stage.load(settings, lambda *_: None)
        letters = _count(databases[SERVICE], "events WHERE type = 'LetterReceived'")
        return Cost(
            letters=letters,
            events={
                name: _count(databases[name], f"events WHERE {_ABOUT_LETTERS}") / letters
                for name in (SERVICE, "notify")
            },
            **_calls(letters),
            taken_in={
                name: (len(times) / letters, sum(times) / len(times))
                for (name, source), times in taken.items()
                if source == SERVICE
            },
            stored=(sum(_bytes(database) for database in databases.values()) - empty) / letters,
            log=sum(_bytes(database, "events") for database in databases.values()) / letters,
        )


_ABOUT_LETTERS = "stream LIKE 'letter-%' OR stream LIKE 'notification-%' OR stream LIKE 'group%'"


@contextmanager
def _databases(names: tuple[str, ...]) -> Iterator[tuple[Any, dict[str, Any]]]:
    from infra import migrate
    from infra.database import Database
    from tests.harness import fresh_database, settings

    with ExitStack() as stack:
        urls = {name: stack.enter_context(fresh_database("postgresql")) for name in names}
        folder = Path(stack.enter_context(_folder()))
        databases = {}
        for name, url in urls.items():
            databases[name] = Database(url)
            stack.callback(databases[name].dispose)
            migrate.upgrade(name, databases[name])
        yield settings(folder, urls), databases


def _folder() -> Any:
    import tempfile

    return tempfile.TemporaryDirectory()


@contextmanager
def _timed(kind: Any, method: str) -> Iterator[dict[tuple[str, str], list[float]]]:
    """The seconds of each call of a subscriber's method, by (subscriber, source)."""
    found: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    original = getattr(kind, method)

    def timed(self: Any, *arguments: Any, **more: Any) -> Any:
        started = time.perf_counter()
        try:
            return original(self, *arguments, **more)
        finally:
            found[self.service, self.source].append(time.perf_counter() - started)

    setattr(kind, method, timed)
    try:
        yield found
    finally:
        setattr(kind, method, original)


def _calls(letters: int) -> dict[str, float]:
    """Commands a letter, and the seconds of one, as this process has counted them."""
    from infra.metrics import COMMANDS

    count, total = 0.0, 0.0
    for sample in COMMANDS.collect()[0].samples:
        if sample.labels.get("service") == SERVICE:
            count += sample.value if sample.name.endswith("_count") else 0
            total += sample.value if sample.name.endswith("_sum") else 0
    return {"commands": count / letters, "command": total / count}


def _bytes(database: Any, table: str | None = None) -> int:
    from sqlalchemy import text

    asked = (
        f"pg_total_relation_size('{table}')" if table else "pg_database_size(current_database())"
    )
    with database.read() as connection:
        return int(connection.execute(text(f"SELECT {asked}")).scalar_one())


def _count(database: Any, what: str) -> int:
    from sqlalchemy import text

    with database.read() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {what}")).scalar_one())


_HEAD = (
    "| computed | letters a day | events a second, busiest hour | in its busiest second | cells"
    " | processes of `correspondence` | an event waits, p95 | databases a year | files a year |"
)


def tables(cost: Cost, assumed: Assumptions, machine: str) -> str:
    """What docs/scale.md shows between its marks."""
    lines = [f"Measured on {machine}.", ""]
    lines += ["| measured of the sample's letters | |", "|---|---|"]
    lines += [f"| letters | {cost.letters:,} |"]
    lines += [
        f"| events a letter in `{name}` | {number:.1f} |" for name, number in cost.events.items()
    ]
    lines += [
        f"| commands a letter | {cost.commands:.1f} |",
        f"| a command, from token to commit | {cost.command * 1000:.1f} ms |",
    ]
    for name, (number, seconds) in cost.taken_in.items():
        lines.append(
            f"| `{name}` takes in, a letter | {number:.1f} events, {seconds * 1000:.1f} ms each |"
        )
    lines += [
        f"| all databases, a letter | {cost.stored / 1024:.1f} KiB |",
        f"| of these the logs | {cost.log / 1024:.1f} KiB |",
        "",
        "| **assumed**, not measured (flag) | |",
        "|---|---|",
    ]
    for one in fields(assumed):
        flag = one.name.replace("_", "-")
        lines.append(f"| `--{flag}` | {getattr(assumed, one.name):,} |")
    lines += [
        "",
        _HEAD,
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for scope in scopes(assumed):
        found = outcome(scope, cost, assumed)
        lines.append(
            f"| {scope.name} ({scope.offices:,} + {scope.schools:,}) | {found.letters:,.0f}"
            f" | {found.events:,.2f} | {found.busiest_second:,} | {found.cells:,} | {found.processes:,}"
            f" | {found.wait * 1000:,.0f} ms | {found.database:,.1f} GiB | {found.files:,.0f} GiB |"
        )
    return "\n".join(lines)


def write(text: str, page: Path = PAGE) -> None:
    """Put `text` between the marks of the page."""
    marks = r"(<!-- computed -->\n).*(<!-- /computed -->)"
    written, count = re.subn(
        marks,
        lambda found: f"{found[1]}\n{text}\n\n{found[2]}",
        page.read_text("utf-8"),
        flags=re.S,
    )
    if not count:
        raise ValueError(f"{page} has no marks")
    page.write_text(written, "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.simulation", description=__doc__)
    for one in fields(Assumptions):
        parser.add_argument(
            f"--{one.name.replace('_', '-')}", type=type(one.default), default=one.default
        )
    parser.add_argument("--write", action="store_true", help=f"into {PAGE}")
    given = vars(parser.parse_args())
    writes = given.pop("write")
    from bench.report import machine
    from infra import logs

    logs.configure("warning")
    cost = measure()
    load = f", {os.getloadavg()[0]:.1f} processes waiting for it at the end"
    text = tables(cost, Assumptions(**given), machine() + load)
    if writes:
        write(text)
    else:
        print(text)  # noqa: T201


if __name__ == "__main__":
    main()
