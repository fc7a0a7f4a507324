"""The small office served by real processes, and raw HTTP to talk to them with."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import msgspec

from infra.settings import SERVICES
from tests.amnuay.processes import Running, free_port, running, status
from tests.api.office import PASSWORD
from tests.harness import PRIVATE_KEY, PUBLIC_KEY

SERVICE_KEY = "a service key of at least thirty-two bytes"
Answer = tuple[int, dict[str, str], Any]


class Server:
    """A gateway at work somewhere, and sessions of the office's people there."""

    def __init__(self, running: Running, port: int, data: Path) -> None:
        self.running, self.port, self.files = running, port, data / "office" / "files"
        self._tokens: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def token(self, who: str) -> str:
        if who not in self._tokens:
            body = {"username": who, "password": PASSWORD + who}
            answered, _, answer = self.ask("POST", "/api/tokens", body)
            assert answered == 201, answer
            self._tokens[who] = answer["token"]
        return self._tokens[who]

    def ask(
        self, method: str, path: str, body: Any = None, who: str | None = None, **headers: str
    ) -> Answer:
        """Status, headers and decoded JSON."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, _encoded(body), self._headers(body, who) | headers)
            response = connection.getresponse()
            content = response.read()
            return response.status, dict(response.headers), msgspec.json.decode(content or b"null")
        finally:
            connection.close()

    def begin(self, path: str, who: str, length: int | None, **headers: str) -> socket.socket:
        """A POST of which only the head has been sent."""
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        more = {"Authorization": f"Bearer {self.token(who)}"}
        more |= {} if length is None else {"Content-Length": str(length)}
        lines += [f"{name}: {value}" for name, value in (more | headers).items()]
        sock.sendall("\r\n".join([*lines, "", ""]).encode())
        return sock

    def _headers(self, body: Any, who: str | None) -> dict[str, str]:
        found = {} if body is None else {"Content-Type": "application/json"}
        return found | ({} if who is None else {"Authorization": f"Bearer {self.token(who)}"})


def answered(sock: socket.socket) -> Answer:
    """What was answered to a request sent by hand; the connection is then closed."""
    with sock:
        response = HTTPResponse(sock)
        response.begin()
        content = response.read()
        response.close()
        return response.status, dict(response.headers), msgspec.json.decode(content or b"null")


@contextmanager
def served_in_one_process(office: Path, folder: Path, **settings: str | int) -> Iterator[Server]:
    """`amnuay run` on a copy of `office`."""
    port = free_port()
    shutil.copytree(office, folder / "office")
    keys = {"private_key": PRIVATE_KEY, "public_key": PUBLIC_KEY, "service_key": SERVICE_KEY}
    (folder / "keys.json").write_bytes(msgspec.json.encode(keys))
    with running(folder / "said", "run", DATA=folder, PORT=port, **settings) as process:
        server = Server(process, port, folder)
        ready(process, port)
        yield server


class Street:
    """`amnuay serve`, a process each, on a copy of `office`."""

    def __init__(self, office: Path, folder: Path, broker_url: str, opened: ExitStack) -> None:
        shutil.copytree(office, folder / "office")
        self._folder, self._opened = folder, opened
        self._settings: dict[str, Any] = {
            "BROKER_URL": broker_url,
            "IDENTITY_PUBLIC_KEY": PUBLIC_KEY,
            "IDENTITY_PRIVATE_KEY": PRIVATE_KEY,
            "SERVICE_KEY": SERVICE_KEY,
            "FILES": folder / "office" / "files",
            "DATA": folder,
            "RPC_DEADLINE": 3,
        }
        for name in SERVICES:
            url = f"sqlite:///{folder}/office/{name}.sqlite"
            self._settings[f"DATABASE_URL_{name.upper()}"] = url

    def start(self, name: str) -> tuple[Running, int]:
        """A process of the service, or of the gateway, and its port."""
        port = free_port()
        settings = self._settings | {"PORT" if name == "gateway" else "HEALTH_PORT": port}
        process = self._opened.enter_context(
            running(self._folder / name, "serve", name, **settings)
        )
        return process, port

    def gateway(self) -> Server:
        return Server(*self.start("gateway"), self._folder)


def ready(process: Running, port: int) -> None:
    """Wait until the process can do its work."""
    process.until(lambda: status(f"http://127.0.0.1:{port}/readyz") == 200)


def _encoded(body: Any) -> bytes | None:
    return None if body is None else msgspec.json.encode(body)
