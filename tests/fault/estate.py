"""Where the drill takes place: the house's processes under a supervisor, on servers of our own."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text

from infra import migrate
from infra.database import Database
from infra.settings import SERVICES
from tests.amnuay.processes import environment, free_port, status
from tests.api.office import Known
from tests.api.server import SERVICE_KEY, Server
from tests.e2e.house import _populated
from tests.fault import serve
from tests.fault.audit import Audit
from tests.fault.driver import Ledger
from tests.fault.network import Network
from tests.fault.serve import Faults
from tests.fault.servers import PostgreSQL, RabbitMQ
from tests.harness import PRIVATE_KEY, PUBLIC_KEY
from tests.infra.processes import until

COMES_BACK = 90.0  # seconds until a process must be ready, on a machine with other work


class Process:
    """One process of the house, started again by its supervisor whenever it ends."""

    def __init__(
        self, name: str, folder: Path, command: list[str], settings: dict[str, Any]
    ) -> None:
        self.name, self.port = name, free_port()
        self.wanted = False
        self.starts: list[float] = []
        self.exits: list[int] = []
        self.log = folder / f"{name}.log"
        self.faults = folder / f"{name}.faults"
        serve.write(self.faults, Faults())
        health = {"PORT" if name == "gateway" else "HEALTH_PORT": self.port}
        self._command = command
        self.environment = environment(**settings, **health, FAULTS=self.faults)
        self._popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._popen = subprocess.Popen(
                self._command, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )
        self.wanted = True
        self.starts.append(time.monotonic())

    def supervise(self) -> None:
        """Start it again where it has ended; where that goes on and on, not at once."""
        if not self.wanted or self._popen is None or self._popen.poll() is None:
            return
        if len(self.exits) < len(self.starts):
            self.exits.append(self._popen.returncode)
        if time.monotonic() - self.starts[-1] > 1:
            self.start()

    def tell(self, number: int) -> None:
        if self._popen is not None and self._popen.poll() is None:
            self._popen.send_signal(number)

    def end(self, number: int = signal.SIGKILL) -> int:
        """End it for good; its exit status."""
        self.wanted = False
        self.tell(number)
        return self._popen.wait(COMES_BACK) if self._popen else 0

    def started_after(self, moment: float) -> bool:
        return self.starts[-1] > moment

    @property
    def ready(self) -> bool:
        return status(f"http://127.0.0.1:{self.port}/readyz") == 200

    @property
    def memory(self) -> int:
        """MiB resident."""
        assert self._popen is not None
        pages = Path(f"/proc/{self._popen.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") // 2**20


class Estate:
    """The gateway and each service in processes of their own; correspondence behind a `Network`.

    With `replicas` there are two processes of correspondence and of notify. With `meddled`
    processes run by `tests.fault.serve`, so that their clocks and handlers can be put wrong.
    """

    def __init__(
        self, folder: Path, opened: ExitStack, replicas: bool = False, meddled: bool = False
    ) -> None:
        self.folder = folder
        self.postgresql, self.rabbitmq = PostgreSQL(folder / "pg"), RabbitMQ(folder / "mq")
        opened.callback(self.rabbitmq.kill)
        starting = threading.Thread(target=self.rabbitmq.start)
        starting.start()
        self.postgresql.start()
        opened.callback(self.postgresql.stop, "immediate")
        self.urls = {name: self._database(name) for name in SERVICES}
        self.known: Known = _populated(self.urls["personnel"])
        starting.join()
        self.to_database = Network(self.urls["correspondence"])
        self.to_broker = Network(self.rabbitmq.url)
        self.processes = self._processes(replicas, meddled)
        opened.callback(self.to_database.close)
        opened.callback(self.to_broker.close)
        for process in self.processes.values():
            process.start()
        opened.enter_context(supervised(self.processes))
        self.settle_down()
        knows = Audit(self.urls, self.known, Ledger())
        assert knows.settle() == []  # everybody has heard of the people from personnel
        knows.close()

    @property
    def gateway(self) -> Server:
        """The house as its clients see it."""
        return Server(None, self.processes["gateway"].port, self.folder)  # type: ignore[arg-type]

    def settle_down(self) -> None:
        """Wait until every process is ready."""
        until(lambda: all(one.ready for one in self.processes.values()), COMES_BACK)

    def restarted(self, *names: str, number: int = signal.SIGKILL) -> None:
        """Send a signal to these processes; when they are ready again, it returns."""
        for name in names:
            process, moment = self.processes[name], time.monotonic()
            process.tell(number)
            until(lambda p=process, m=moment: p.started_after(m) and p.ready, COMES_BACK)

    def meddle(self, faults: Faults, service: str = "") -> None:
        """Put this into the processes of `service`, or of all."""
        for name, process in self.processes.items():
            if name.startswith(service):
                serve.write(process.faults, faults)

    def replicas(self, service: str) -> list[str]:
        return [name for name in self.processes if name.rstrip("2") == service]

    def _database(self, name: str) -> str:
        admin = Database(self.postgresql.url)
        with admin.engine.connect() as connection:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text(f"CREATE DATABASE amnuay_{name}"))
        admin.dispose()
        url = self.postgresql.database(f"amnuay_{name}")
        database = Database(url)
        migrate.upgrade(name, database)
        database.dispose()
        return url

    def _processes(self, replicas: bool, meddled: bool) -> dict[str, Process]:
        settings: dict[str, Any] = {
            "IDENTITY_PUBLIC_KEY": PUBLIC_KEY,
            "IDENTITY_PRIVATE_KEY": PRIVATE_KEY,
            "SERVICE_KEY": SERVICE_KEY,
            "FILES": self.folder / "files",
            "DATA": self.folder,
            "RPC_DEADLINE": 5,
        }
        module = "tests.fault.serve" if meddled else "amnuay"
        names = ["gateway", *SERVICES]
        names += ["correspondence2", "notify2"] if replicas else []
        found = {}
        for name in names:
            service = name.rstrip("2")
            urls = {f"DATABASE_URL_{one.upper()}": url for one, url in self.urls.items()}
            broker = self.rabbitmq.url
            if service == "correspondence":
                urls["DATABASE_URL_CORRESPONDENCE"] = self.to_database.url
                broker = self.to_broker.url
            command = [sys.executable, "-m", module, "serve", service]
            all_of_it = settings | urls | {"BROKER_URL": broker}
            found[name] = Process(name, self.folder, command, all_of_it)
        return found


@contextmanager
def supervised(processes: dict[str, Process]) -> Iterator[None]:
    """Whichever of them ends is started again; in the end, none is left."""
    stopped = threading.Event()

    def look() -> None:
        while not stopped.wait(0.2):
            for process in processes.values():
                process.supervise()

    supervisor = threading.Thread(target=look)
    supervisor.start()
    try:
        yield
    finally:
        stopped.set()
        supervisor.join()
        for process in processes.values():
            process.end()
