"""What was measured, as a table for people (`RESULTS.md`) and as data (`results.json`)."""

import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Options:
    """How much is measured: rounds, seconds a measurement, and a factor on all sizes."""

    rounds: int
    seconds: float
    size: float

    def sized(self, count: int) -> int:
        return max(1, round(count * self.size))


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line. `ratio` is ours to the peer's, turned so that more is better; met where it is `reach`.

    `limit` is what the machine could do at all; `note` says what else was seen, and what holds
    a figure back that does not reach its mark.
    """

    work: str
    unit: str
    ours: float
    peer: float | None
    limit: float | None
    ratio: float
    reach: float
    note: str = ""

    @property
    def met(self) -> bool:
        return self.ratio >= self.reach


def alternate(rounds: int, **measured: Callable[[], float]) -> dict[str, float]:
    """The median of each, measured in turn, round by round, so that all see the same weather."""
    found: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(rounds):
        for name, measure in measured.items():
            found[name].append(measure())
    return {name: statistics.median(figures) for name, figures in found.items()}


def percentile(figures: list[float], part: float) -> float:
    """The figure below which `part` (0 to 1) of them lie."""
    return sorted(figures)[min(len(figures) - 1, int(len(figures) * part))]


def machine() -> str:
    """What it was measured on."""
    model = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if "model name" in line),
        platform.processor(),
    )
    memory = next((line.split()[1] for line in _lines("/proc/meminfo") if "MemTotal" in line), "0")
    servers = [
        _version("postgres", "psql", "--version"),
        _version("rabbitmq", "rabbitmqctl", "version"),
    ]
    return (
        f"{os.cpu_count()} × {model}, {int(memory) / 2**20:.0f} GiB, {platform.system()}"
        f" {platform.release()}, Python {platform.python_version()}, {', '.join(filter(None, servers))}"
    )


def load() -> str:
    """How busy the machine is besides: load averages of 1, 5 and 15 minutes."""
    return " ".join(f"{one:.1f}" for one in os.getloadavg())


def line(row: Row) -> str:
    """A row as the table shows it."""
    return (
        f"| {row.work} | {_figure(row.ours, row.unit)} | {_figure(row.peer, row.unit)}"
        f" | {_figure(row.limit, row.unit)} | {row.ratio:.2f} | ≥ {row.reach:.2f}"
        f" | {'yes' if row.met else '**missed**'} |"
    )


def write(rows: list[Row], options: Options, started: float, loads: tuple[str, str]) -> None:
    """Both files, in this folder."""
    HERE.joinpath("results.json").write_text(
        json.dumps(list(map(_data, rows)), ensure_ascii=False, indent=1) + "\n"
    )
    HERE.joinpath("RESULTS.md").write_text("\n".join(_page(rows, options, started, loads)) + "\n")


def _page(
    rows: list[Row], options: Options, started: float, loads: tuple[str, str]
) -> Iterator[str]:
    yield "# What was measured\n"
    yield f"`make bench` on {time.strftime('%Y-%m-%d', time.gmtime(started))}: {machine()}."
    yield f"Load averages before and after: {loads[0]}; {loads[1]}."
    yield (
        f"Medians of {options.rounds} rounds in turn, {options.seconds:g} s a measurement,"
        f" sizes × {options.size:g}; {(time.time() - started) / 60:.1f} minutes in all."
    )
    yield "The ratio is the result (more is better, whatever the unit); figures belong to this machine.\n"
    yield "| work | ours | peer | limit | ratio | reach | met |"
    yield "|---|--:|--:|--:|--:|--:|---|"
    yield from map(line, rows)
    yield "\n## What each line says\n"
    for row in rows:
        yield f"- **{row.work}**: {row.note}"


def _data(row: Row) -> dict[str, object]:
    return vars(row) | {"met": row.met}


def _figure(figure: float | None, unit: str) -> str:
    if figure is None:
        return "–"
    return f"{figure:,.0f} {unit}" if figure >= 100 else f"{figure:,.3g} {unit}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def _version(name: str, *command: str) -> str:
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.split()
    except OSError:
        return ""
    return next((f"{name} {word}" for word in said if word[0].isdigit()), "")
