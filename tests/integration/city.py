"""Real services in processes of their own, on a broker and databases of their own."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import select

from infra import migrate
from infra.clock import system_clock
from infra.contract import Command, Query
from infra.database import Database
from infra.eventstore.tables import cursors, parked, relay
from infra.identity import service_token
from services.personnel.contract import Authenticate, LogIn
from tests.harness import settings
from tests.infra.processes import House, until

PASSWORD = "รหัสผ่านที่ยาวพอ-"  # and the user name


class ServiceHouse(House):
    module = "tests.integration.house"


class City:
    """Some services, each with its migrated database. `house` is the process that runs them all."""

    def __init__(self, broker_url: str, urls: dict[str, str], **more: Any) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.settings = settings(
            self.folder, urls, broker_url=broker_url, rpc_deadline=10.0, **more
        )
        self.databases = {name: Database(url) for name, url in urls.items()}
        for name, database in self.databases.items():
            migrate.upgrade(name, database)
        self.house = self.start()

    def start(self) -> ServiceHouse:
        self.house = ServiceHouse(self, tuple(self.databases), {}).ready()  # type: ignore[arg-type,assignment]
        return self.house

    def close(self) -> None:
        self.house.kill()
        for database in self.databases.values():
            database.dispose()
        shutil.rmtree(self.folder)

    def call(self, contract: type[Command] | type[Query], token: str, **body: Any) -> Any:
        return self.house.call(contract.method(), token, service=contract.service, **body)

    def set_up(self, command: type[Command], **body: Any) -> str:
        """A command of the command line's; the id of what it made."""
        token = service_token("amnuay", self.settings.service_key, system_clock())
        id: str = self.call(command, token, **body)["id"]
        return id

    def log_in(self, name: str) -> str:
        """The token of a person who logs in."""
        session = self.house.call(
            LogIn.method(), None, service="personnel", username=name, password=PASSWORD + name
        )
        answer = self.house.call(
            Authenticate.method(), None, service="personnel", session=session["token"]
        )
        token: str = answer["token"]
        return token

    def settled(self) -> bool:
        """Whether every service has taken in all that the others have published."""
        numbered = {}
        for name, database in self.databases.items():
            with database.read() as connection:
                row = connection.execute(select(relay)).one()
                if row.published < row.numbered:
                    return False
                numbered[name] = row.numbered
        for database in self.databases.values():
            with database.read() as connection:
                assert connection.execute(select(parked)).all() == []
                for row in connection.execute(select(cursors)).all():
                    if row.position < numbered.get(row.source, 0):
                        return False
        return True

    def settle(self) -> None:
        until(self.settled)
