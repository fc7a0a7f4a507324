"""Tries to log in, counted before they are made: some at once, after that one in a while.

Each user name has its allowance, and all together have one. A try that was right costs nothing.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, MetaData, String, Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from infra.database import UtcMoment
from infra.errors import Throttled


@dataclass(frozen=True)
class Allowance:
    """`tries` at once, and one more each `every`."""

    tries: int
    every: timedelta


EACH = Allowance(5, timedelta(minutes=1))
ALL = Allowance(200, timedelta(seconds=1))
_ALL = "all"

metadata = MetaData()

# `used_until` is when all that was used will have come back; no user name is kept as it was typed,
# since people type passwords there.
tries = Table(
    "log_in_tries",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("used_until", UtcMoment, nullable=False, index=True),
)


def take(connection: Connection, username: str, now: datetime) -> None:
    """Use one try of the user name's. Raises Throttled with the seconds to wait."""
    _take(connection, _key(username), EACH, now)
    _take(connection, _ALL, ALL, now)


def give_back(connection: Connection, username: str) -> None:
    """It was right: the user name has all its tries again, and everybody one more."""
    forget(connection, username)
    used = connection.execute(
        select(tries.c.used_until).where(tries.c.key == _ALL).with_for_update()
    ).scalar()
    if used is not None:
        given = update(tries).where(tries.c.key == _ALL)
        connection.execute(given.values(used_until=used - ALL.every))


def forget(connection: Connection, username: str) -> None:
    """The user name has all its tries again."""
    connection.execute(delete(tries).where(tries.c.key == _key(username)))


def sweep(connection: Connection, now: datetime) -> None:
    """Forget what has come back."""
    connection.execute(delete(tries).where(tries.c.used_until <= now))


def _take(connection: Connection, key: str, allowance: Allowance, now: datetime) -> None:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    # An update that changes nothing holds the row until the transaction ends.
    held = (
        insert(tries)
        .values(key=key, used_until=now)
        .on_conflict_do_update(index_elements=["key"], set_={"key": key})
        .returning(tries.c.used_until)
    )
    used = connection.execute(held).scalar_one()
    until = max(used, now) + allowance.every
    wait = (until - now - allowance.tries * allowance.every).total_seconds()
    if wait > 0:
        raise Throttled(retry_after=math.ceil(wait))
    connection.execute(update(tries).where(tries.c.key == key).values(used_until=until))


def _key(username: str) -> str:
    return hashlib.sha256(username.encode()).hexdigest()
