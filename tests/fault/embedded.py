"""The embedded default, `amnuay run`: everything in one process, on SQLite files."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import msgspec

from infra.settings import SERVICES
from tests.api.office import Known
from tests.api.server import SERVICE_KEY, Server
from tests.fault.estate import COMES_BACK, Process, supervised
from tests.harness import PRIVATE_KEY, PUBLIC_KEY
from tests.infra.processes import until

CAN_MOUNT = os.getuid() == 0
SIZE = 96  # MiB, of the disk that is filled


class Embedded:
    """`amnuay run` on a copy of `office`, under a supervisor."""

    def __init__(self, folder: Path, office: Path, opened: ExitStack) -> None:
        folder.mkdir(exist_ok=True)
        self.data = folder / "data"
        shutil.copytree(office, self.data / "office")
        keys = {"private_key": PRIVATE_KEY, "public_key": PUBLIC_KEY, "service_key": SERVICE_KEY}
        (self.data / "keys.json").write_bytes(msgspec.json.encode(keys))
        known = (self.data / "office" / "known.json").read_bytes()
        self.known = msgspec.json.decode(known, type=Known)
        self.urls = {name: f"sqlite:///{self.data}/office/{name}.sqlite" for name in SERVICES}
        command = [sys.executable, "-m", "amnuay", "run"]
        self.process = Process("gateway", folder, command, {"DATA": self.data})
        self.process.start()
        opened.enter_context(supervised({"gateway": self.process}))
        until(lambda: self.process.ready, COMES_BACK)

    @property
    def gateway(self) -> Server:
        return Server(None, self.process.port, self.data)  # type: ignore[arg-type]

    def killed(self, rng: random.Random, times: int) -> None:
        """Killed at any moment, at work or on its way up."""
        for _ in range(times):
            time.sleep(rng.uniform(0.1, 6))
            self.process.tell(signal.SIGKILL)
        until(lambda: self.process.ready, COMES_BACK)

    def filled(self, seconds: float) -> None:
        """The disk is full for so long, and then it is not."""
        ballast = self.data / "ballast"
        deadline = time.monotonic() + seconds
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(b"x" * 65536):
                pass
        while time.monotonic() < deadline:
            with suppress(OSError), ballast.open("ab", buffering=0) as file:
                while file.write(b"x" * 512):  # whatever was given back meanwhile
                    pass
            time.sleep(0.2)
        ballast.unlink()


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """A disk of `SIZE` MiB at `place`; only root can have one."""
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)
