"""Processes of shelf and reader on one broker, and what they have in their databases."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import func, select

from infra.clock import system_clock
from infra.database import Database
from infra.errors import Problem
from infra.eventstore.tables import checkpoints, cursors, parked, relay
from infra.identity import Actor, Signer
from infra.messaging.runtime import Parts
from tests.harness import PRIVATE_KEY, prepare, settings
from tests.infra.conftest import LIBRARIAN
from tests.infra.shelf.service import ReaderService, ShelfService, told

PATIENCE = 30  # seconds until something that must come about is given up


def until(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What `condition` gave when it came to hold."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not come about in time"
        threading.Event().wait(0.02)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Town:
    """The databases of shelf and reader, prepared, and the processes that work on them."""

    def __init__(self, broker_url: str, shelf_database: str, reader_database: str) -> None:
        self.folder = Path(tempfile.mkdtemp())
        urls = {"shelf": shelf_database, "reader": reader_database}
        self.settings = settings(self.folder, urls, broker_url=broker_url, rpc_deadline=5.0)
        for service in (ShelfService, ReaderService):
            parts = Parts(service, self.settings)
            prepare(parts)
            parts.close()
        self.shelf, self.reader = (Database(urls[name]) for name in ("shelf", "reader"))
        self.houses: list[House] = []

    def start(self, *names: str, **environment: str) -> "House":
        house = House(self, names, environment)
        self.houses.append(house)
        return house

    def close(self) -> None:
        for house in self.houses:
            house.kill()
        self.shelf.dispose()
        self.reader.dispose()
        shutil.rmtree(self.folder)

    def token(self, actor: Actor = LIBRARIAN) -> str:
        return Signer(PRIVATE_KEY).sign(actor, system_clock())

    def told(self) -> list[tuple[int, str, int]]:
        """What took effect in the reader: (position, stream, version), in the order of the log."""
        with self.reader.read() as connection:
            rows = connection.execute(select(told).order_by(told.c.position)).all()
        return [(row.position, row.stream, row.version) for row in rows]

    def relay(self) -> Any:
        with self.shelf.read() as connection:
            return connection.execute(select(relay)).one()

    def cursor(self) -> int:
        with self.reader.read() as connection:
            return connection.execute(select(cursors.c.position)).scalar() or 0

    def checkpoints(self) -> int:
        with self.shelf.read() as connection:
            return connection.execute(select(func.count()).select_from(checkpoints)).scalar_one()

    def parked(self) -> list[str]:
        with self.reader.read() as connection:
            rows = connection.execute(select(parked).order_by(parked.c.position)).all()
        return [
            msgspec.json.decode(msgspec.json.decode(row.message)["data"])["title"] for row in rows
        ]


class Proxy:
    """A way to the broker that can be closed (refused), cut, and made silent."""

    def __init__(self, url: str) -> None:
        parsed = urlsplit(url)
        self._target = (parsed.hostname, parsed.port)
        self.port = free_port()
        host = f"{parsed.username}:{parsed.password}@127.0.0.1:{self.port}"
        self.url = parsed._replace(netloc=host).geturl()
        self.silent = threading.Event()
        self._open: list[socket.socket] = []
        self._listener: socket.socket | None = None

    def listen(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def close(self) -> None:
        """Refuse whoever comes, and cut off who is here."""
        listener, self._listener = self._listener, None
        if listener is not None:
            cut(listener)
        self.cut()

    def cut(self) -> None:
        for one in self._open:
            cut(one)
        self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(self._target)
            except OSError:
                return
            self._open += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._copy, args=(one, other), daemon=True).start()

    def _copy(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65536):
                if not self.silent.is_set():
                    other.sendall(data)
        except OSError:
            pass
        finally:
            cut(one)
            cut(other)


def cut(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


class House:
    """One process, which runs `module`."""

    module = "tests.infra.house"

    def __init__(self, town: Town, names: tuple[str, ...], environment: dict[str, str]) -> None:
        self._town = town
        self.port = free_port()
        self.log = town.folder / f"{self.port}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.module, *names],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=os.environ | environment,
            )
        assert self.process.stdin is not None
        given = asdict(replace(town.settings, health_port=self.port))
        self.process.stdin.write(msgspec.json.encode(given, enc_hook=str) + b"\n")
        self.process.stdin.close()

    def ready(self) -> "House":
        assert self.process.stdout is not None
        late = threading.Timer(2 * PATIENCE, self.process.kill)
        late.start()
        line = self.process.stdout.readline()
        late.cancel()
        assert line == b"ready\n", self.log.read_text()
        return self

    def do(self, what: str, **arguments: Any) -> Any:
        """Ask the process's `Control`; raises its Problem."""
        body = msgspec.json.encode({"do": what, **arguments})
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/", body)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            reply = msgspec.json.decode(answer.read())
        if "problem" in reply:
            raise Problem.from_dict(reply["problem"])
        return reply["ok"]

    def send(
        self, method: str, *, service: str = "shelf", key: str | None = None, **body: Any
    ) -> Any:
        return self.call(method, self._town.token(), service=service, key=key, **body)

    def call(
        self,
        method: str,
        token: str | None,
        *,
        service: str = "shelf",
        key: str | None = None,
        **body: Any,
    ) -> Any:
        return self.do("call", service=service, method=method, body=body, token=token, key=key)

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}{path}", timeout=10
            ) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def stop(self) -> int:
        """End it as a supervisor would; its exit status."""
        self.signal(signal.SIGTERM)
        return self._ended()

    def kill(self) -> None:
        if self.process.poll() is None:
            self.signal(signal.SIGKILL)
        self._ended()

    def _ended(self) -> int:
        status = self.process.wait(PATIENCE)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status
