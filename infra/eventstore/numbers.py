"""Gapless running numbers (เลขทะเบียน): 1, 2, 3, … in a series, never reused.

A number is taken in the transaction of the event that bears it, under the series' row lock, so a
rolled-back command gives it back and no two commands get the same one.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, case
from sqlalchemy.dialects import postgresql, sqlite

from infra.eventstore.tables import number_series

_LAST = number_series.c.last


def take(connection: Connection, series: str) -> int:
    """The next number of `series`; others who want one wait until this transaction ends."""
    statement = _taking(connection.dialect.name)
    taken: int = connection.execute(statement, {"series": series, "last": 1}).scalar_one()
    return taken


def observe(connection: Connection, series: str, number: int) -> None:
    """Note in a projection that `number` was used, so that a rebuild finds the series' end."""
    connection.execute(_observing(connection.dialect.name), {"series": series, "last": number})


@lru_cache
def _taking(dialect: str) -> Any:
    statement = _insert(dialect).on_conflict_do_update(
        index_elements=["series"], set_={"last": _LAST + 1}
    )
    return statement.returning(_LAST)


@lru_cache
def _observing(dialect: str) -> Any:
    statement = _insert(dialect)
    used = statement.excluded.last
    return statement.on_conflict_do_update(
        index_elements=["series"], set_={"last": case((used > _LAST, used), else_=_LAST)}
    )


def _insert(dialect: str) -> Any:
    return (postgresql.insert if dialect == "postgresql" else sqlite.insert)(number_series)
