"""The house as an office runs it: `amnuay serve` on PostgreSQL and RabbitMQ, with the small office in it."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy import select

from infra import migrate
from infra.clock import SettableClock, system_clock
from infra.database import Database
from infra.eventstore.tables import cursors, parked, relay
from infra.settings import SERVICES
from tests.amnuay.processes import Running, free_port, running
from tests.api.inprocess import InProcess
from tests.api.office import Known, populate
from tests.api.server import SERVICE_KEY, Server, ready
from tests.harness import PRIVATE_KEY, PUBLIC_KEY, Harness, fresh_database
from tests.infra.processes import until

PATIENCE = 60.0  # seconds until all services know of each other's events


class House:
    """The gateway and correspondence in processes of their own, the other services in a third."""

    def __init__(self, folder: Path, broker_url: str, opened: ExitStack) -> None:
        self._folder, self._opened = folder, opened
        urls = {name: opened.enter_context(fresh_database("postgresql")) for name in SERVICES}
        self._databases = {name: Database(url) for name, url in urls.items()}
        for name, database in self._databases.items():
            migrate.upgrade(name, database)
            opened.callback(database.dispose)
        self.known = _populated(urls["personnel"])
        self._settings: dict[str, Any] = {
            "BROKER_URL": broker_url,
            "IDENTITY_PUBLIC_KEY": PUBLIC_KEY,
            "IDENTITY_PRIVATE_KEY": PRIVATE_KEY,
            "SERVICE_KEY": SERVICE_KEY,
            "FILES": folder / "files",
            "DATA": folder,
            "RPC_DEADLINE": 8,
        }
        self._settings |= {f"DATABASE_URL_{name.upper()}": url for name, url in urls.items()}
        others = [name for name in SERVICES if name != "correspondence"]
        started = [self._start(*others), self._start("correspondence"), self._start("gateway")]
        for process, port in started:
            ready(process, port)
        self._correspondence = started[1][0]
        self.gateway = Server(*started[2], folder)
        until(self._settled, PATIENCE)

    def stop_correspondence(self) -> None:
        assert self._correspondence.stop() == 0, self._correspondence.said

    def start_correspondence(self) -> None:
        self._correspondence, port = self._start("correspondence")
        ready(self._correspondence, port)

    def _start(self, *names: str) -> tuple[Running, int]:
        """A process of these services, or of the gateway, and the port where it tells how it is."""
        port = free_port()
        settings = self._settings | {"PORT" if names == ("gateway",) else "HEALTH_PORT": port}
        command = running(self._folder / "-".join(names), "serve", *names, **settings)
        return self._opened.enter_context(command), port

    def _settled(self) -> bool:
        """Whether every service has taken in all that the others have published."""
        numbered = {}
        for name, database in self._databases.items():
            with database.read() as connection:
                row = connection.execute(select(relay)).one()
                if row.published < row.numbered:
                    return False
                numbered[name] = row.numbered
        for name, database in self._databases.items():
            with database.read() as connection:
                assert connection.execute(select(parked)).all() == []
                rows = connection.execute(select(cursors.c.source, cursors.c.position)).all()
            taken_in = {row.source: row.position for row in rows}
            if name != "personnel" and not taken_in.get("personnel"):
                return False
            if any(position < numbered[source] for source, position in taken_in.items()):
                return False
        return True


def _populated(personnel: str) -> Known:
    """The small office in the database of `personnel`, whose process will tell the others of it."""
    harness = Harness(
        migrate.service_class("personnel"), personnel, SettableClock(system_clock()), prepared=True
    )
    try:
        return populate(InProcess({"personnel": harness}))
    finally:
        harness.close()
