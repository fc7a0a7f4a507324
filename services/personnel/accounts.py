"""Accounts: user names, what is kept of passwords, and when somebody last came in."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    MetaData,
    Row,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from infra.database import UtcMoment
from infra.errors import Taken
from infra.thai import fold

metadata = MetaData()

# `key` is the user name without regard to case and to how it was typed.
accounts = Table(
    "accounts",
    metadata,
    Column("person", Text, primary_key=True),
    Column("username", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("password", Text, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("locked", Boolean, nullable=False),
    Column("last_log_in", UtcMoment),
)


def key(username: str) -> str:
    return fold(username)


def add(
    connection: Connection, person: str, username: str, password: str, must_change: bool
) -> None:
    """`password` is what is kept of it. Raises Taken where another has the user name."""
    row: dict[str, Any] = {"person": person, "username": username, "key": key(username)}
    row |= {"password": password, "must_change": must_change, "locked": False}
    if by_key(connection, row["key"]) is not None:
        raise Taken("มีผู้ใช้ชื่อนี้แล้ว")
    try:
        connection.execute(insert(accounts), row)
    except IntegrityError as error:
        raise Taken("มีผู้ใช้ชื่อนี้แล้ว") from error


def change(connection: Connection, person: str, **values: Any) -> None:
    connection.execute(update(accounts).where(accounts.c.person == person).values(**values))


def came_in(connection: Connection, person: str, password: str, now: datetime) -> None:
    """Note a log-in; `password` is what is kept from now on."""
    change(connection, person, password=password, last_log_in=now)


def remove(connection: Connection, person: str) -> None:
    connection.execute(delete(accounts).where(accounts.c.person == person))


def of(connection: Connection, person: str) -> Row[Any] | None:
    return connection.execute(select(accounts).where(accounts.c.person == person)).first()


def hold(connection: Connection, person: str) -> Row[Any] | None:
    """A person's account, which nobody else changes until the transaction ends."""
    query = select(accounts).where(accounts.c.person == person).with_for_update()
    return connection.execute(query).first()


def by_key(connection: Connection, key: str) -> Row[Any] | None:
    return connection.execute(select(accounts).where(accounts.c.key == key)).first()
