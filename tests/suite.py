"""Runs all tests, each kind in a process of the sort it needs, and sums the runs up as pytest would.

Playwright has an event loop of its own, and containers are worked for minutes: these come after
the others. Arguments go to pytest, which then runs once.
"""

import re
import subprocess
import sys
import time
from collections import Counter

RUNS = ("not browser and not docker", "browser", "docker")
NOTHING_COLLECTED = 5
_CLOSING = re.compile(r"^=+ (?P<counts>.*) in (?P<seconds>[\d.]+)s.* =+$")
_COUNT = re.compile(r"(\d+) (\w+)")


def main() -> int:
    if sys.argv[1:]:
        return subprocess.call([sys.executable, "-m", "pytest", *sys.argv[1:]])
    started, status, counts = time.monotonic(), 0, Counter[str]()
    for mark in RUNS:
        code, found = _run(mark)
        status = status or (0 if code == NOTHING_COLLECTED else code)
        counts += found
    del counts["deselected"]  # each run leaves to the others what is theirs
    words = ", ".join(f"{number} {what}" for what, number in counts.items())
    seconds = time.monotonic() - started
    sys.stdout.write(f" {words} in {seconds:.2f}s ".center(80, "=") + "\n")
    return status


def _run(mark: str) -> tuple[int, Counter[str]]:
    """One run of pytest, shown as it goes: its exit status and its counts."""
    command = [sys.executable, "-m", "pytest", "-m", mark]
    closing = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            sys.stdout.write(line)
            sys.stdout.flush()
            if _CLOSING.match(line.strip()):
                closing = line.strip()
    match = _CLOSING.match(closing)
    found = _COUNT.findall(match["counts"]) if match else []
    return process.returncode, Counter({what: int(number) for number, what in found})


if __name__ == "__main__":
    sys.exit(main())
