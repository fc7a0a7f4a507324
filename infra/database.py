"""A service's database: PostgreSQL or SQLite behind the same few calls, SQLAlchemy Core throughout."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, String, Text, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.types import TypeDecorator, TypeEngine

from infra import postgresql
from infra.errors import DISK_FULL, Unavailable

# PostgreSQL's lock that write transactions share.
_SHARED, _ALONE = "SELECT pg_advisory_xact_lock_shared(7331)", "SELECT pg_advisory_xact_lock(7331)"
_CONTENDED = ("40001", "40P01", "55P03")  # serialization, deadlock, lock timeout

# One writer at a time on a SQLite file, by a lock of ours: SQLite's own makes the whole process
# wait its full busy timeout when a greenlet holds the file.
_writers: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class UtcMoment(TypeDecorator[datetime]):
    """An aware datetime in UTC; sortable ISO text on SQLite, which has no such type."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        moment = value.astimezone(UTC)
        return moment.isoformat(timespec="microseconds") if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC)


def address(url: str) -> URL:
    """The database's URL, with the driver that does not hold up green threads."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg2")
    return parsed


# Text in the order of its code points, as `infra.thai.sort_key` wants it, on either database.
Sorted = Text().with_variant(Text(collation="C"), "postgresql")


class Database:
    """One service's database. `begin` gives a write transaction, `read` a connection to look with."""

    def __init__(self, url: str, pool_size: int = 10) -> None:
        self.url = address(url)
        self.dialect = self.url.get_backend_name()
        sqlite = self.dialect == "sqlite"
        connect_args: dict[str, Any] = (
            {"check_same_thread": False, "timeout": 10, "isolation_level": None}
            if sqlite
            else {
                "connection_factory": postgresql.Connection,
                "connect_timeout": 5,
                "keepalives_idle": 10,
                "keepalives_interval": 5,
                "keepalives_count": 3,
                "tcp_user_timeout": 20000,
                "options": "-c timezone=UTC -c lock_timeout=10s"
                " -c idle_in_transaction_session_timeout=60s",
            }
        )
        self.engine = create_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            hide_parameters=True,  # errors are logged; letters and names are not
            connect_args=connect_args,
        )
        self._lock = _writers[str(self.url)] if sqlite else None
        if sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            postgresql.listen(self.engine)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A write transaction, committed on leaving, rolled back on an exception.

        Raises Unavailable when the database cannot be reached.
        """
        with self._turn(), self._connection(write=_SHARED) as connection, connection.begin():
            yield connection

    @contextmanager
    def alone(self, connection: Connection) -> Iterator[None]:
        """A transaction on `connection` while there is no other write transaction.

        Those at work are waited for; others wait until it ends.
        """
        with self._turn(), connection.execution_options(write=_ALONE).begin():
            yield

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection to read with; what it reads in one statement is of one moment."""
        with self._connection() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection all of whose statements see the same moment."""
        with self._connection() as connection:
            if self.dialect == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._lock is None:
            yield
            return
        with self._lock:
            yield

    @contextmanager
    def _connection(self, write: str = "") -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection:
                yield connection.execution_options(write=write)
        except (PoolTimeout, OperationalError) as error:
            if _is_full(error):
                raise Unavailable(DISK_FULL) from error
            if unreachable(error):
                raise Unavailable("ฐานข้อมูลยังไม่พร้อม ข้อมูลที่กรอกไว้ยังอยู่ กรุณาลองใหม่") from error
            raise

    def dispose(self) -> None:
        self.engine.dispose()


def _is_full(error: Exception) -> bool:
    """Whether `error` says that there is no room for what was to be written."""
    if not isinstance(error, OperationalError):
        return False
    code = getattr(error.orig, "pgcode", None)
    return code == "53100" or "disk is full" in str(error.orig)


def unreachable(error: Exception) -> bool:
    """Whether `error` says that the database is away, not that the statement was wrong."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if not type(error.orig).__module__.startswith("psycopg2"):
        return False
    code = getattr(error.orig, "pgcode", None)
    return error.connection_invalidated or code is None or code[:2] in ("08", "53", "57")


def contended(error: Exception) -> bool:
    """Whether `error` says that others held what the statement needed: it may be tried again."""
    if not isinstance(error, OperationalError):
        return False
    code = getattr(error.orig, "pgcode", None)
    return code in _CONTENDED or "database is locked" in str(error.orig)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("write")
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.execute("BEGIN IMMEDIATE" if write else "BEGIN")
