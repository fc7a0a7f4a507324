"""A service's database as one file, taken in one snapshot while the service works, and put back.

On SQLite it is a copy of the database; on PostgreSQL a zip of its tables as `COPY` writes them.
Either is loaded as it was, at its own migration, and then brought to the newest one: an old dump
needs no old release. Those who look after PostgreSQL may use its own tools in place of this.
"""

import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
from alembic.migration import MigrationContext
from sqlalchemy import Connection, delete, func, inspect, select, text, update

from infra import migrate
from infra.database import Database
from infra.eventstore.tables import cursors, events, parked, relay

_VERSION = "alembic_version"


class Stand(msgspec.Struct, frozen=True, kw_only=True):
    """Where a database stands: its migration, its log's last position, its cursors by source."""

    dialect: str
    migration: str
    numbered: int
    cursors: dict[str, int]


class Misfit(Exception):
    """A dump that cannot be put into this database."""


def dump(database: Database, place: Path) -> Stand:
    """Write the database as it is at one moment to `place`; nobody is kept from working."""
    if database.dialect == "sqlite":
        with (
            closing(sqlite3.connect(str(database.url.database))) as source,
            closing(sqlite3.connect(place)) as target,
        ):
            source.backup(target)
        copy = Database(f"sqlite:///{place}")
        try:
            with copy.begin() as connection:
                _let_go(connection)
                stand = _stand(connection)
        finally:
            copy.dispose()
        with closing(sqlite3.connect(place)) as target:
            target.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
        return stand
    with database.snapshot() as connection:
        stand = _stand(connection)
        with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            for table in inspect(connection).get_table_names():
                if table != _VERSION:
                    _copy_out(connection, archive, table)
    return stand


def load(service: str, database: Database, place: Path, stand: Stand) -> None:
    """Put a dump in the place of whatever the database holds, whole or not at all.

    Nobody may be at work on it. Raises Misfit where it was taken from the other kind of database.
    """
    if database.dialect != stand.dialect:
        raise Misfit(f"it is of {stand.dialect}, and {service} is on {database.dialect}")
    if database.dialect == "sqlite":
        with (
            closing(sqlite3.connect(place)) as source,
            closing(sqlite3.connect(str(database.url.database))) as target,
        ):
            source.backup(target)
        migrate.upgrade(service, database)
        return
    with database.engine.connect() as connection, database.alone(connection):
        _clear(connection)
        migrate.upgrade_within(service, connection, stand.migration)
        with zipfile.ZipFile(place) as archive:
            for table in archive.namelist():
                _copy_in(connection, archive, table)
        _let_go(connection)
        migrate.upgrade_within(service, connection)


def is_empty(database: Database) -> bool:
    """Whether its log holds nothing, or it has no tables at all."""
    with database.read() as connection:
        if not inspect(connection).has_table(events.name):
            return True
        return connection.execute(select(events.c.seq).limit(1)).first() is None


def is_at_work(database: Database) -> bool:
    """Whether a relay holds its lease, which one that was killed does for 20 seconds more."""
    with database.read() as connection:
        if not inspect(connection).has_table(relay.name):
            return False
        epoch = {
            "sqlite": "CAST(strftime('%s', 'now') AS INTEGER)",
            "postgresql": "extract(epoch FROM clock_timestamp())",
        }[database.dialect]
        held = select(relay.c.name).where(relay.c.expires > text(epoch))
        return connection.execute(held).first() is not None


def align(databases: dict[str, Database]) -> list[str]:
    """Bring back subscriptions that are ahead of their sources' logs; a sentence for each.

    One behind its source needs nothing: it reads the log when it starts. One ahead would pass over
    what is recorded from now on. What it took in of a past that is no more stays where it is.
    """
    heads = {name: _read(database).numbered for name, database in databases.items()}
    found = []
    for name, database in databases.items():
        for source, position in sorted(_read(database).cursors.items()):
            head = heads.get(source, position)
            if position > head:
                with database.begin() as connection:
                    _bring_back(connection, source, head)
                found.append(
                    f"{name} was at {position} of {source}, whose log ends at {head}: it goes on"
                    " from there, and keeps what it had made of the events that are lost"
                )
    return found


def ahead(databases: dict[str, Database]) -> list[str]:
    """The subscriptions that are ahead of their sources' logs, a sentence for each."""
    # A source is looked at after its subscribers: meanwhile it can only have grown.
    stands = {name: _read(database) for name, database in databases.items()}
    heads = {name: _read(database).numbered for name, database in databases.items()}
    return [
        f"{name}: its subscription to {source} is at {position}, beyond the end of that log at"
        f" {heads[source]}; stop the services, then `amnuay restore --align`"
        for name, stand in stands.items()
        for source, position in sorted(stand.cursors.items())
        if position > heads.get(source, position)
    ]


def _bring_back(connection: Connection, source: str, head: int) -> None:
    row = connection.execute(select(cursors).where(cursors.c.source == source)).one()
    known = msgspec.json.decode(row.types, type=dict[str, int | None])
    types = {name: min(stopped, head) if stopped else stopped for name, stopped in known.items()}
    connection.execute(
        update(cursors)
        .where(cursors.c.source == source)
        .values(position=head, types=msgspec.json.encode(types).decode(), catching=None)
    )
    connection.execute(delete(parked).where(parked.c.source == source, parked.c.position > head))


def _read(database: Database) -> Stand:
    with database.read() as connection:
        return _stand(connection)


def _stand(connection: Connection) -> Stand:
    migration = MigrationContext.configure(connection).get_current_revision()
    if migration is None:
        raise Misfit("it holds no tables: amnuay migrate")
    return Stand(
        dialect=connection.dialect.name,
        migration=migration,
        numbered=connection.execute(select(func.max(relay.c.numbered))).scalar() or 0,
        cursors={row.source: row.position for row in connection.execute(select(cursors))},
    )


def _let_go(connection: Connection) -> None:
    """No relay of today has the lease that one of then had."""
    connection.execute(update(relay).values(holder=None, expires=0))


def _copy_out(connection: Connection, archive: zipfile.ZipFile, table: str) -> None:
    names = ", ".join(_quoted(column["name"]) for column in inspect(connection).get_columns(table))
    with archive.open(f"{table}({names})", "w", force_zip64=True) as member:
        _copy(connection, f"COPY {_quoted(table)} ({names}) TO STDOUT", member)


def _copy_in(connection: Connection, archive: zipfile.ZipFile, member: str) -> None:
    table, _, names = member.rstrip(")").partition("(")
    connection.execute(text(f"DELETE FROM {_quoted(table)}"))  # what the migrations put there
    with archive.open(member) as rows:
        _copy(connection, f"COPY {_quoted(table)} ({names}) FROM STDIN", rows)
    for name in names.split(", "):
        column = {"table": _quoted(table), "column": name.strip('"')}
        query = text("SELECT pg_get_serial_sequence(:table, :column)")
        sequence = connection.execute(query, column).scalar()
        if sequence:
            last = text(f"SELECT setval(:sequence, max({name})) FROM {_quoted(table)}")
            connection.execute(last, {"sequence": sequence})


def _copy(connection: Connection, statement: str, file: object) -> None:
    raw = connection.connection.dbapi_connection
    assert raw is not None
    cursor = raw.cursor()
    try:
        copy: Callable[[str, object], None] = cursor.copy_expert
        copy(statement, file)
    finally:
        cursor.close()


def _clear(connection: Connection) -> None:
    for table in inspect(connection).get_table_names():
        connection.execute(text(f"DROP TABLE {_quoted(table)} CASCADE"))
    connection.execute(text("DROP FUNCTION IF EXISTS append_only()"))


def _quoted(name: str) -> str:
    return f'"{name}"'
