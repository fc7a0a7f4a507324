"""Migrations: Alembic for each service's database, run from code, no ini file.

`python -m infra.migrate revise SERVICE` writes the next migration from the tables as declared.
"""

import importlib
import sys
import tempfile
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from infra.database import Database
from infra.messaging.runtime import Definition

_ENVIRONMENT = Path(__file__).parent / "migrations"
_SERVICES = Path(__file__).parent.parent / "services"


def service_class(name: str) -> type:
    """The Nameko service of that name."""
    module = importlib.import_module(f"services.{name}.service")
    for member in vars(module).values():
        if isinstance(member, type) and getattr(member, "name", None) == name:
            return member
    raise LookupError(f"services.{name}.service declares no service named {name}")


def definition(name: str) -> Definition:
    found: Definition = service_class(name).runtime.definition  # type: ignore[attr-defined]
    return found


def upgrade(name: str, database: Database) -> None:
    """Bring the database of service `name` to the newest migration."""
    with database.begin() as connection:
        if connection.dialect.name == "postgresql":
            # Several replicas may start at once; one migrates, the others wait.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4242)")
        upgrade_within(name, connection)


def upgrade_within(name: str, connection: Connection, migration: str = "head") -> None:
    """Bring the database of service `name` to a migration, in the transaction of `connection`."""
    command.upgrade(_config(name, connection=connection), migration)


def current(name: str, database: Database) -> bool:
    """Whether the database of service `name` is at the newest migration."""
    head = ScriptDirectory.from_config(_config(name)).get_current_head()
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def differences(name: str, database: Database) -> list[Any]:
    """What the migrated database of service `name` lacks of its declared tables, or has beyond."""
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found: list[Any] = compare_metadata(context, definition(name).metadata())  # type: ignore[arg-type]
        return found


def revise(name: str, message: str = "first") -> None:
    """Write the migration that brings an up-to-date database to the tables as declared."""
    versions = _SERVICES / name / "migrations" / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    number = len(list(versions.glob("[0-9]*.py"))) + 1
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/{name}.sqlite")
        with database.begin() as connection:
            config = _config(name, connection=connection)
            command.upgrade(config, "head")
            command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")
        database.dispose()


def _config(name: str, **attributes: Any) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_ENVIRONMENT))
    versions = _SERVICES / name / "migrations" / "versions"
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["metadata"] = lambda: definition(name).metadata()
    config.attributes.update(attributes)
    return config


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] != "revise":
        sys.exit("usage: python -m infra.migrate revise SERVICE [MESSAGE]")
    revise(sys.argv[2], *sys.argv[3:4])
