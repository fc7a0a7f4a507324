"""Filling the read tables anew from the log, beside the live ones, then swapping.

Progress is committed page by page in the shadow's own table, so a rebuild that was stopped goes on
where it was. Shadow tables live in the schema `rebuild` (PostgreSQL) or in an attached file
(SQLite); projections write to them unchanged, by SQLAlchemy's schema translation.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    MetaData,
    Table,
    Text,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateSchema, CreateTable, DropSchema

from infra.database import contended
from infra.errors import Unavailable
from infra.eventstore.store import Store
from infra.eventstore.tables import events, number_series, relay
from infra.postgresql import together

SHADOW = "rebuild"
PAGE = 1000
PATIENCE = 60  # seconds in which a moment without readers must be found

Progress = Callable[[int, int], None]

_progress = Table(
    "rebuild_progress",
    MetaData(),
    Column("position", BigInteger, nullable=False),
    Column("tables", Text, nullable=False),
)


def rebuild(
    store: Store,
    read_tables: MetaData,
    progress: Progress = lambda done, total: None,
    keep_on: Callable[[], bool] = lambda: True,
) -> bool:
    """Rebuild and swap; False when `keep_on` said to stop half-way (call again to go on).

    `progress` is told how many events of how many are done. Raises Unavailable when the tables are
    in use so much that they cannot be swapped; call again to go on.
    """
    tables = [*read_tables.sorted_tables, number_series]
    with _shadow(store) as connection:
        _prepare(connection, tables)
        while True:
            with connection.begin():
                done, total = _page(store, connection)
            progress(done, total)
            if total - done < PAGE:
                break  # writers may be as fast as this; the rest is done while they are held
            if not keep_on():
                return False
        done = _finish(store, connection, tables)
        progress(done, done)
    if store.database.dialect == "sqlite":
        _shadow_file(store).unlink(missing_ok=True)
    return True


@contextmanager
def _shadow(store: Store) -> Iterator[Connection]:
    """A connection that sees the shadow as schema `rebuild`."""
    database = store.database
    with database.engine.connect() as connection:
        if database.dialect == "sqlite":
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.execute(f"ATTACH DATABASE ? AS {SHADOW}", (str(_shadow_file(store)),))
            try:
                yield connection
            finally:
                connection.rollback()
                raw.execute(f"DETACH DATABASE {SHADOW}")
        else:
            yield connection


def _shadow_file(store: Store) -> Path:
    return Path(f"{store.database.url.database}.{SHADOW}")


def _prepare(connection: Connection, tables: list[Table]) -> None:
    """Make the shadow, unless one of the same tables is there to go on with."""
    made = "".join(str(CreateTable(table).compile(connection)) for table in tables)
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(CreateSchema(SHADOW, if_not_exists=True))
        if inspect(connection).has_table(_progress.name, schema=SHADOW):
            kept = _translated(connection).execute(select(_progress.c.tables)).scalar()
            _translated(connection, live=True)
            if kept == made:
                return
            _clear(connection)
        shadow = _translated(connection)
        for table in [*tables, _progress]:
            table.create(shadow)
        shadow.execute(_progress.insert().values(position=0, tables=made))
        _translated(connection, live=True)


def _clear(connection: Connection) -> None:
    """Take the shadow's tables away."""
    if connection.dialect.name == "postgresql":
        connection.execute(DropSchema(SHADOW, cascade=True))
        connection.execute(CreateSchema(SHADOW))
        return
    for name in inspect(connection).get_table_names(schema=SHADOW):
        connection.execute(text(f'DROP TABLE {SHADOW}."{name}"'))


def _translated(connection: Connection, live: bool = False) -> Connection:
    """The same connection with unqualified tables meaning the shadow's (or the live ones)."""
    return connection.execution_options(schema_translate_map={} if live else {None: SHADOW})


def _page(store: Store, connection: Connection) -> tuple[int, int]:
    """Project the next page of numbered events into the shadow: (done, total)."""
    position = _translated(connection).execute(select(_progress.c.position)).scalar_one()
    _translated(connection, live=True)
    found, upto = store.events_after(connection, position, limit=PAGE, published=False)
    total = connection.execute(select(relay.c.numbered)).scalar() or 0
    shadow = _translated(connection)
    with together(shadow):
        for recorded in found:
            store.project(shadow, recorded)
        shadow.execute(update(_progress).values(position=upto))
    _translated(connection, live=True)
    return upto, total


def _unnumbered(store: Store, connection: Connection) -> None:
    """Project what is committed but not numbered yet, in the order in which it will be."""
    rows = connection.execute(
        select(events).where(events.c.position.is_(None)).order_by(events.c.seq)
    ).all()
    shadow = _translated(connection)
    with together(shadow):
        for row in rows:
            store.project(shadow, store.decode(row))
    _translated(connection, live=True)


def _finish(store: Store, connection: Connection, tables: list[Table]) -> int:
    """Take in the last events while nobody writes, swap, and take the shadow away, all or nothing.

    How many numbered events there were in all.
    """
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            with store.database.alone(connection):
                done, total = 0, 1
                while done < total:
                    done, total = _page(store, connection)
                _unnumbered(store, connection)
                _shut_out_readers(connection, tables)
                _swap(connection, tables)
                return done
        except OperationalError as error:
            if not contended(error):
                raise
            if time.monotonic() > ends:
                raise Unavailable("ตารางมีผู้ใช้อยู่ตลอดเวลา กรุณาสั่งใหม่ในเวลาที่มีผู้ใช้น้อย") from error
            time.sleep(0.5)


def _shut_out_readers(connection: Connection, tables: list[Table]) -> None:
    """Hold all read tables, or fail before long: readers wait meanwhile, and writers with them."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(_name(connection, table) for table in tables)
        connection.execute(text("SET LOCAL lock_timeout = '1s'"))
        connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))


def _swap(connection: Connection, tables: list[Table]) -> None:
    if connection.dialect.name == "postgresql":
        for table in reversed(tables):
            connection.execute(text(f"DROP TABLE {_name(connection, table)}"))
        for table in tables:
            name = _name(connection, table)
            connection.execute(text(f"ALTER TABLE {SHADOW}.{name} SET SCHEMA public"))
        _clear(connection)
        return
    for table in reversed(tables):
        connection.execute(text(f"DELETE FROM main.{_name(connection, table)}"))
    for table in tables:
        name = _name(connection, table)
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        connection.execute(
            text(f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM {SHADOW}.{name}")
        )
    _clear(connection)


def _name(connection: Connection, table: Table) -> str:
    return connection.dialect.identifier_preparer.quote(table.name)
