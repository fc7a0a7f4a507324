"""Runs all tests, each kind in a process of the sort it needs, and sums the runs up as pytest would.

Playwright has an event loop of its own; processes that are started, killed and waited for leave the
processor idle: these run beside the others, and are shown after them. The house in containers, two of
each service, needs the machine for itself. Arguments go to pytest, which then runs once.
"""

import re
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

WAITING = ("tests/amnuay", "tests/fault", "tests/infra", "tests/integration")
_PLAIN = ("-m", "not browser and not docker")
LANES = (  # of runs, by pytest's arguments; the first is shown as it goes
    ((*_PLAIN, *(f"--ignore={folder}" for folder in WAITING)),),
    ((*_PLAIN, *WAITING[1:]),),
    (("-m", "browser"), (*_PLAIN, WAITING[0])),
)
LAST = ("-m", "docker")
NOTHING_COLLECTED = 5
_CLOSING = re.compile(r"^=+ (?P<counts>.*) in (?P<seconds>[\d.]+)s.* =+$", re.MULTILINE)
_COUNT = re.compile(r"(\d+) (\w+)")


class Run(NamedTuple):
    status: int
    output: str

    def counts(self) -> Counter[str]:
        closing = [match["counts"] for match in _CLOSING.finditer(self.output)]
        found = _COUNT.findall(closing[-1]) if closing else []
        return Counter({what: int(number) for number, what in found})


def main() -> int:
    if sys.argv[1:]:
        return subprocess.call([sys.executable, "-m", "pytest", *sys.argv[1:]])
    started = time.monotonic()
    with ThreadPoolExecutor() as pool:
        beside = [pool.submit(_lane, lane, False) for lane in LANES[1:]]
        runs = _lane(LANES[0], True)
        for lane in beside:
            for run in lane.result():
                sys.stdout.write(run.output)
                runs.append(run)
    runs.append(_run(LAST, True))
    counts = sum((run.counts() for run in runs), Counter[str]())
    del counts["deselected"]  # each run leaves to the others what is theirs
    words = ", ".join(f"{number} {what}" for what, number in counts.items())
    seconds = time.monotonic() - started
    sys.stdout.write(f" {words} in {seconds:.2f}s ".center(80, "=") + "\n")
    return next((run.status for run in runs if run.status not in (0, NOTHING_COLLECTED)), 0)


def _lane(lane: tuple[tuple[str, ...], ...], shown: bool) -> list[Run]:
    return [_run(arguments, shown) for arguments in lane]


def _run(arguments: tuple[str, ...], shown: bool) -> Run:
    """One run of pytest, `shown` as it goes."""
    command = [sys.executable, "-m", "pytest", *arguments]
    output = list[str]()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            output.append(line)
            if shown:
                sys.stdout.write(line)
                sys.stdout.flush()
    return Run(process.returncode, "".join(output))


if __name__ == "__main__":
    sys.exit(main())
