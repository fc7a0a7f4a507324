"""Logs to read: events made in bulk as the store would have written and numbered them."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update

from bench import desk
from infra.database import Database
from infra.eventstore.events import GENESIS, Event, digest
from infra.eventstore.tables import events, relay
from infra.ids import new_id

PAGE = 10_000
COLUMNS = [column.name for column in events.columns if column.name != "seq"]


def fill(database: Database, count: int) -> None:
    """Append `count` slips, one event each, to a PostgreSQL log that is empty."""
    with database.engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        names = ", ".join(f'"{name}"' for name in COLUMNS)
        for first in range(1, count + 1, PAGE):
            page = range(first, min(first + PAGE, count + 1))
            with raw.cursor() as cursor:
                rows = copied(_slip(position) for position in page)
                cursor.copy_expert(f"COPY events ({names}) FROM STDIN", rows)
            raw.commit()
    with database.begin() as connection:
        connection.execute(update(relay).values(numbered=count, published=count))
    with database.engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("VACUUM ANALYZE events")


def copied(rows: Iterator[list[Any]]) -> io.StringIO:
    """Rows as COPY reads them."""
    return io.StringIO("".join("\t".join(map(_field, row)) + "\n" for row in rows))


def _field(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, list):
        return f"{{{','.join(map(str, value))}}}"
    return str(value).replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n")


def _slip(position: int) -> list[Any]:
    event = desk.SlipWritten(text=f"{desk.WORDS} {position}")
    row = recorded(f"slip-{new_id()}", 1, event)
    return [(row | {"position": position})[name] for name in COLUMNS]


def recorded(stream: str, version: int, event: Event) -> dict[str, Any]:
    """A row of the log, first in its stream."""
    row: dict[str, Any] = {
        "id": new_id(),
        "stream": stream,
        "version": version,
        "type": type(event).__name__,
        "schema": event.schema,
        "recorded_at": datetime.now(UTC),
        "organisation": "office",
        "actor": desk.CALL.actor.person,
        "correlation_id": desk.CALL.correlation_id,
        "causation_id": None,
        "published": True,
        "data": desk.DeskService.runtime.definition.types.encode(event),
    }
    return row | {"digest": digest(GENESIS, row)}
