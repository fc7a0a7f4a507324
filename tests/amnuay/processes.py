"""The command line as people meet it: processes with an environment of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 120.0  # seconds


def environment(**settings: str | Path | int) -> dict[str, str]:
    """What a process is told: this machine's environment without AMNUAY_*, and `settings`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AMNUAY_")}
    return kept | {f"AMNUAY_{name}": str(value) for name, value in settings.items()}


def amnuay(*arguments: str, **settings: str | Path | int) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "amnuay", *arguments],
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


class Running:
    """A command that goes on; what it says is in `said`."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def said(self) -> str:
        return self._log.read_text("utf-8")

    def until(self, happens: Callable[[], bool], patience: float = PATIENCE) -> None:
        """Wait for something while the process lives."""
        deadline = time.monotonic() + patience
        while not happens():
            assert self.process.poll() is None, f"it ended by itself:\n{self.said}"
            assert time.monotonic() < deadline, f"it did not happen:\n{self.said}"
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal; the exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def running(folder: Path, *command: str, **settings: str | Path | int) -> Iterator[Running]:
    """`amnuay …` at work; killed in the end if it was not stopped."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"said-{time.monotonic_ns()}"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "amnuay", *command],
            env=environment(**settings),
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Running(process, log)
    finally:
        process.kill()
        process.wait()


def status(url: str) -> int:
    """The HTTP status at `url`; 0 while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
