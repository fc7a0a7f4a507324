"""Filling the read tables anew from the log, beside the live ones, then swapping.

Progress is committed page by page in the shadow's own table, so a rebuild that was stopped goes on
where it was. Shadow tables live in the schema `rebuild` (PostgreSQL) or in an attached file
(SQLite); projections write to them unchanged, by SQLAlchemy's schema translation.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, inspect, select, text, update
from sqlalchemy.schema import CreateSchema, DropSchema

from infra.eventstore.store import Store
from infra.eventstore.tables import events, number_series, relay

SHADOW = "rebuild"
PAGE = 1000

Progress = Callable[[int, int], None]

_progress = Table(
    "rebuild_progress", MetaData(), Column("position", BigInteger, nullable=False)
)


def rebuild(
    store: Store,
    read_tables: MetaData,
    progress: Progress = lambda done, total: None,
    keep_on: Callable[[], bool] = lambda: True,
) -> bool:
    """Rebuild and swap; False when `keep_on` said to stop half-way (call again to go on).

    `progress` is told how many events of how many are done.
    """
    tables = [*read_tables.sorted_tables, number_series]
    with _shadow(store) as connection:
        _prepare(connection, tables)
        while True:
            with connection.begin():
                done, total = _page(store, connection)
            progress(done, total)
            if done >= total:
                break
            if not keep_on():
                return False
        with _writers_held(store, connection):
            while True:
                done, total = _page(store, connection)
                if done >= total:
                    break
            _unnumbered(store, connection)
            _swap(connection, tables)
        _drop(connection, tables)
    return True


@contextmanager
def _shadow(store: Store) -> Iterator[Connection]:
    """A connection that sees the shadow as schema `rebuild`."""
    database = store.database
    with database.engine.connect() as connection:
        connection = connection.execution_options(write=True)
        if database.dialect == "sqlite":
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.execute(f"ATTACH DATABASE '{database.url.database}.rebuild' AS {SHADOW}")
            try:
                yield connection
            finally:
                connection.rollback()
                raw.execute(f"DETACH DATABASE {SHADOW}")
        else:
            yield connection


def _prepare(connection: Connection, tables: list[Table]) -> None:
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(CreateSchema(SHADOW, if_not_exists=True))
        if inspect(connection).has_table(_progress.name, schema=SHADOW):
            return
        shadow = _translated(connection)
        for table in [*tables, _progress]:
            table.create(shadow)
        shadow.execute(_progress.insert().values(position=0))
        _translated(connection, live=True)


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
    for row in rows:
        store.project(shadow, store.decode(row))
    _translated(connection, live=True)


@contextmanager
def _writers_held(store: Store, connection: Connection) -> Iterator[None]:
    """A transaction during which nobody appends and nothing is numbered."""
    with store.database._turn(), connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = '60s'"))
            connection.execute(text("LOCK TABLE events, relay IN EXCLUSIVE MODE"))
        yield


def _swap(connection: Connection, tables: list[Table]) -> None:
    for table in tables:
        name = connection.dialect.identifier_preparer.quote(table.name)
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"DROP TABLE {name}"))
            connection.execute(text(f"ALTER TABLE {SHADOW}.{name} SET SCHEMA public"))
        else:
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            connection.execute(text(f"DELETE FROM main.{name}"))
            connection.execute(
                text(f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM {SHADOW}.{name}")
            )


def _drop(connection: Connection, tables: list[Table]) -> None:
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(DropSchema(SHADOW, cascade=True))
            return
        for table in [*tables, _progress]:
            connection.execute(text(f'DROP TABLE IF EXISTS {SHADOW}."{table.name}"'))
