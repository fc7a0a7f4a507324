"""What is personal about people: names, e-mail, telephone. Never in events, so that it can be erased."""

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import (
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

from infra import thai
from infra.database import Sorted
from infra.errors import Invalid

FIELDS = ("prefix", "first_name", "last_name", "email", "phone")
ERASED = "(ลบข้อมูลแล้ว)"

metadata = MetaData()

people = Table(
    "people",
    metadata,
    Column("id", Text, primary_key=True),
    *(Column(field, Text, nullable=False) for field in FIELDS),
    Column("sort", Sorted, nullable=False, index=True),
    Column("search", Text, nullable=False),
)


def check(data: dict[str, Any]) -> None:
    """Raises Invalid where an e-mail address cannot be one."""
    if data["email"] and not re.fullmatch(
        r"[^@\s<>,;:]+@[^@\s<>,;:]+\.[^@\s<>,;:.]+", data["email"]
    ):
        raise Invalid(fields={"email": ["อีเมลไม่ถูกต้อง (เช่น name@example.org)"]})


def add(connection: Connection, id: str, data: dict[str, Any]) -> None:
    connection.execute(insert(people).values(id=id, **_row(data)))


def change(connection: Connection, id: str, data: dict[str, Any]) -> tuple[str, ...]:
    """The names of the fields that are other than before."""
    before = get(connection, id)
    changed = tuple(field for field in FIELDS if getattr(before, field) != data[field])
    if changed:
        connection.execute(update(people).where(people.c.id == id).values(**_row(data)))
    return changed


def erase(connection: Connection, id: str) -> None:
    connection.execute(delete(people).where(people.c.id == id))


def get(connection: Connection, id: str) -> Row[Any] | None:
    """A person's data; None once they are erased."""
    return connection.execute(select(people).where(people.c.id == id)).first()


def find(connection: Connection, ids: Collection[str]) -> dict[str, Row[Any]]:
    """The data of those of `ids` who are not erased."""
    rows = connection.execute(select(people).where(people.c.id.in_(ids)))
    return {row.id: row for row in rows}


def names(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """The names of all of `ids`; those erased (or never known) are ERASED."""
    known = find(connection, ids)
    return {id: full_name(known[id]) if id in known else ERASED for id in ids}


def full_name(row: Row[Any]) -> str:
    """As it is written: the prefix joins the first name (นางสาวมาลี ใจดี)."""
    return f"{row.prefix}{row.first_name} {row.last_name}"


def _row(data: dict[str, Any]) -> dict[str, Any]:
    given = {field: data[field] for field in FIELDS}
    name = f"{data['first_name']} {data['last_name']}"
    return given | {
        "sort": thai.sort_key(name),
        "search": thai.fold(f"{data['prefix']}{name}"),
    }
