"""`make drill`: long rounds of all faults, in an order that a seed decides, and what came of them.

Without a seed there is another order each time; the one printed gives the same order again.
"""

import random
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from infra import logs
from tests.api.office import build
from tests.fault.driver import Driver, Ledger
from tests.fault.embedded import CAN_MOUNT, Embedded, small_disk
from tests.fault.estate import Estate
from tests.fault.faults import FAULTS, possible
from tests.fault.rounds import Round, play, played
from tests.fault.servers import missing

EMBEDDED = 0.2  # of the time, for the embedded default
HEAD = ("fault", "commands", "sent again", "503", "slowest", "longest wait", "settled in", "found")


@click.command()
@click.option("--minutes", default=30.0, show_default=True)
@click.option("--seed", default=None, type=int)
@click.option(
    "--only", multiple=True, type=click.Choice(sorted(FAULTS)), help="These faults alone."
)
@click.option("--clients", default=6, show_default=True)
def drill(minutes: float, seed: int | None, only: tuple[str, ...], clients: int) -> None:
    """Break things for so many minutes. The exit status is 1 where anything was lost or done twice."""
    logs.configure("error")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # all that was started is ended
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    click.echo(f"SEED={seed}")
    rng, started = random.Random(seed), time.monotonic()
    rounds: list[Round] = []
    if (lacks := missing()) is not None:
        click.echo(f"NOT RUN: what needs servers of our own: {lacks}")
    else:
        for name in sorted(set(FAULTS) - set(possible())):
            click.echo(f"NOT RUN: {FAULTS[name].words}")
        until = started + 60 * minutes * (1 if only else 1 - EMBEDDED)
        for round in _served(rng, until, list(only) or possible(), clients):
            rounds.append(round)
            _show(round)
    if not only:
        for round in _embedded(rng, started + 60 * minutes, clients):
            rounds.append(round)
            _show(round)
    click.echo(f"\n{table(rounds)}")
    lost = sum(bool(round.findings) for round in rounds)
    commands = sum(round.commands for round in rounds)
    click.echo(f"\n{len(rounds)} rounds, {commands:,} commands, {lost} rounds with findings")
    sys.exit(1 if lost else 0)


def _served(rng: random.Random, until: float, names: list[str], clients: int) -> Iterator[Round]:
    with TemporaryDirectory() as folder, ExitStack() as opened:
        estate = Estate(Path(folder), opened, replicas=True, meddled=True)
        driver = Driver(estate.gateway, estate.known, Ledger(), clients)
        driver.prepare()
        while time.monotonic() < until:
            rng.shuffle(names)
            for name in names:
                if time.monotonic() < until:
                    yield played(estate, driver, name, rng)


def _embedded(rng: random.Random, until: float, clients: int) -> Iterator[Round]:
    with TemporaryDirectory() as folder, ExitStack() as opened:
        office = Path(folder, "built")
        office.mkdir()
        build(office)
        if CAN_MOUNT:
            disk = opened.enter_context(small_disk(Path(folder, "disk")))
            with ExitStack() as here:
                house = Embedded(disk, office, here)
                driver = Driver(house.gateway, house.known, Ledger(), clients)
                driver.prepare()
                run = partial(house.filled, 10)
                words = "embedded: the disk full for 10 seconds"
                yield play(house.urls, house.known, driver, words, run)
        house = Embedded(Path(folder, "embedded"), office, opened)
        driver = Driver(house.gateway, house.known, Ledger(), clients)
        driver.prepare()
        while time.monotonic() < until:
            run = partial(house.killed, rng, 6)
            yield play(house.urls, house.known, driver, "embedded: killed (-9) at random", run)


def table(rounds: list[Round]) -> str:
    """All rounds as a table in Markdown."""
    lines = [HEAD, ("---",) * len(HEAD), *map(_cells, rounds)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cells(one: Round) -> tuple[str, ...]:
    found = "; ".join((*one.notes, *(one.findings or ("nothing",)))).replace("|", "/")
    seconds = (f"{value:.1f} s" for value in (one.slowest, one.wait, one.settled))
    counts = (f"{value:,}" for value in (one.commands, one.again, one.unavailable))
    return (one.fault, *counts, *seconds, found)


def _show(round: Round) -> None:
    click.echo(f"{time.strftime('%H:%M:%S')} {' | '.join(_cells(round))}")


if __name__ == "__main__":
    drill()
