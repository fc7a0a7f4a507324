"""PostgreSQL by psycopg2, in as few round trips as a transaction needs.

A write transaction sends nothing before something asks for an answer: its `BEGIN`, and what is
written within `together`, travel in one message with the next query, or with `COMMIT`. An error of
what was held back is raised there.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy
from psycopg2 import extensions
from sqlalchemy import Engine, event

_UUID = 2950  # PostgreSQL's number for the type
MANY = 200  # statements that are held back at most


class Connection(extensions.connection):
    """A connection with statements that wait to be sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting: list[bytes] = []
        self.holding = False

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        return super().cursor(*args, **{"cursor_factory": Cursor, **kwargs})

    def open(self, *statements: str) -> None:
        """Begin a transaction with these statements, all of which wait."""
        self.autocommit = True  # the driver's own BEGIN is a round trip
        self.waiting = [b"BEGIN", *(statement.encode() for statement in statements)]

    def commit(self) -> None:
        if self.autocommit:
            self._execute(b"COMMIT")
            self.autocommit = False
            return
        if self.waiting:
            self._execute(self.waiting.pop())
        super().commit()

    def rollback(self) -> None:
        self.waiting.clear()
        if not self.autocommit:
            super().rollback()
            return
        if self.get_transaction_status() != extensions.TRANSACTION_STATUS_IDLE:
            self._execute(b"ROLLBACK")
        self.autocommit = False

    def _execute(self, statement: bytes) -> None:
        with self.cursor() as cursor:
            cursor.execute(statement)


class Cursor(extensions.cursor):
    """A cursor before whose statement go those that wait."""

    connection: Connection

    def execute(self, query: Any, vars: Any = None) -> None:
        waiting = self.connection.waiting
        if waiting:
            query, vars = b";".join([*waiting, self.mogrify(query, vars)]), None
            waiting.clear()
        super().execute(query, vars)

    def executemany(self, query: Any, vars_list: Any) -> None:
        for vars in vars_list:
            self.execute(query, vars)


@contextmanager
def together(connection: sqlalchemy.Connection) -> Iterator[None]:
    """Hold back what is written here until something asks for an answer (nothing on SQLite).

    How many rows a statement changed can be asked for with SQLAlchemy's option `preserve_rowcount`.
    """
    raw = connection.connection.dbapi_connection
    if not isinstance(raw, Connection) or raw.holding:
        yield
        return
    raw.holding = True
    try:
        yield
    finally:
        raw.holding = False


def held_back(
    connection: sqlalchemy.Connection, statement: str, rows: Iterable[Sequence[Any]]
) -> None:
    """Write `rows` by a statement in the driver's own words, held back as within `together`."""
    raw = connection.connection.dbapi_connection
    if not isinstance(raw, Connection):
        for row in rows:
            connection.exec_driver_sql(statement, tuple(row))
        return
    with raw.cursor() as cursor:
        for row in rows:
            if len(raw.waiting) >= MANY:
                connection.exec_driver_sql("SELECT 1")
            raw.waiting.append(cursor.mogrify(statement, row))


def listen(engine: Engine) -> None:
    """Let write transactions of `engine` (option `write`: their first statement) hold back."""
    event.listen(engine, "connect", _leave_ids)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "do_execute", _hold_back)


def _leave_ids(raw: Any, _record: Any) -> None:
    """Ids are text here: made an object and text again, they take a fifth of the time to read a log."""
    extensions.register_type(extensions.new_type((_UUID,), "UUID", lambda value, _: value), raw)


def _begin(connection: sqlalchemy.Connection) -> None:
    first = connection.get_execution_options().get("write")
    raw = connection.connection.dbapi_connection
    if first and isinstance(raw, Connection):
        raw.open(first)


def _hold_back(cursor: Any, statement: str, parameters: Any, context: Any) -> bool | None:
    """Whether the statement now waits; None lets it be sent."""
    connection = cursor.connection
    if not connection.holding or len(connection.waiting) >= MANY or _asks(context):
        return None
    connection.waiting.append(cursor.mogrify(statement, parameters))
    return True


def _asks(context: Any) -> bool:
    writes = context.isinsert or context.isupdate or context.isdelete
    return (
        not writes
        or context.compiled.effective_returning
        or context.execution_options.get("preserve_rowcount", False)
    )
