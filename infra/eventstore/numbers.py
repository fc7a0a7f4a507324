"""Gapless running numbers (เลขทะเบียน): 1, 2, 3, … in a series, never reused.

A number is taken in the transaction of the event that bears it, under the series' row lock, so a
rolled-back command gives it back and no two commands get the same one.
"""

from typing import Any

from sqlalchemy import Connection, case
from sqlalchemy.dialects import postgresql, sqlite

from infra.eventstore.tables import number_series


def take(connection: Connection, series: str) -> int:
    """The next number of `series`; others who want one wait until this transaction ends."""
    statement = _insert(connection)(number_series).values(series=series, last=1)
    taken: int = connection.execute(
        statement.on_conflict_do_update(
            index_elements=["series"], set_={"last": number_series.c.last + 1}
        ).returning(number_series.c.last)
    ).scalar_one()
    return taken


def observe(connection: Connection, series: str, number: int) -> None:
    """Note in a projection that `number` was used, so that a rebuild finds the series' end."""
    statement = _insert(connection)(number_series).values(series=series, last=number)
    last = number_series.c.last
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["series"], set_={"last": case((last < number, number), else_=last)}
        )
    )


def _insert(connection: Connection) -> Any:
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
