"""Work that is measured runs in a process of its own, which says when it is ready and is told to go.

Only the standard library is used here: the peers' environment has nothing of ours.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
OURS = sys.executable
PEERS = str(ROOT / ".venv-bench/bin/python")

Go = Callable[[], None]


class Child:
    """One process: `python -m module task` with arguments."""

    def __init__(self, python: str, module: str, task: str, **arguments: Any) -> None:
        self._process = subprocess.Popen(
            [python, "-W", "ignore", "-m", module, task, json.dumps(arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def ready(self) -> None:
        """Wait until it has set itself up."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if line != "ready\n":
            raise RuntimeError(f"{self._process.args} did not get ready: {line}")

    def go(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def answer(self) -> Any:
        """What it found."""
        out, _ = self._process.communicate()
        if self._process.returncode:
            raise RuntimeError(f"{self._process.args} failed")
        return json.loads(out.splitlines()[-1])


def run(python: str, module: str, task: str, copies: int = 1, **arguments: Any) -> list[Any]:
    """Run `copies` of a task at once, from the moment when all are ready; their answers."""
    children = [Child(python, module, task, **arguments) for _ in range(copies)]
    for child in children:
        child.ready()
    for child in children:
        child.go()
    return [child.answer() for child in children]


def serve(*tasks: Callable[..., Any]) -> None:
    """In the child: do the task that was named. It is given `go`, to call when it is set up."""
    _, name, arguments = sys.argv
    task = next(task for task in tasks if task.__name__ == name)
    _say(json.dumps(task(_go, **json.loads(arguments))))


def _go() -> None:
    _say("ready")
    sys.stdin.readline()


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def repeat(seconds: float, work: Callable[[], Any]) -> int:
    """How often `work` was done in `seconds`."""
    done, ends = 0, time.perf_counter() + seconds
    while time.perf_counter() < ends:
        work()
        done += 1
    return done


def threads(count: int, seconds: float, work: Callable[[], Any]) -> int:
    """The same by `count` threads, together."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(count) as pool:
        return sum(pool.map(lambda _: repeat(seconds, work), range(count)))
