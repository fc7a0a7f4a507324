"""How far each import is: a table of the service's own, since an unfinished job is nobody's history."""

from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    select,
    update,
)

from infra.database import UtcMoment
from infra.ids import new_id
from services.correspondence.contract import ImportedRegister, ImportState

metadata = MetaData()

imports = Table(
    "imports",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("register", Text, nullable=False),
    Column("year", Integer),  # of rows that do not say
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("done", Integer, nullable=False),  # of those that can be taken over, in order
    Column("skipped", Integer, nullable=False),
    Column("headings", Text, nullable=False),
    Column("years", Text, nullable=False),
    Column("faults", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("begun_at", UtcMoment, nullable=False),
    Column("by", Text, nullable=False),
    Column("worked_at", BigInteger().with_variant(Integer, "sqlite"), nullable=False),  # epoch
)
Index("imports_organisation", imports.c.organisation, imports.c.begun_at)

AT_WORK = (ImportState.CHECKING, ImportState.LOADING)
ABANDONED = 20  # seconds without a sign of life after which another replica goes on


def begin(connection: Connection, **columns: Any) -> str:
    """Put a job down to be checked; its id."""
    id = new_id()
    row = {"id": id, "state": ImportState.CHECKING, "rows": 0, "done": 0, "skipped": 0}
    row |= {"headings": "{}", "years": "[]", "faults": "[]", "error": "", "worked_at": 0}
    connection.execute(imports.insert().values(row | columns))
    return id


def any_waiting(connection: Connection, now: int) -> bool:
    """Whether there is a job that nobody works on; `now` is an epoch, in seconds."""
    return connection.execute(_waiting(now).limit(1)).first() is not None


def _waiting(now: int) -> Select[Any]:
    return select(imports).where(
        imports.c.state.in_(AT_WORK), imports.c.worked_at < now - ABANDONED
    )


def take(connection: Connection, now: int) -> Row[Any] | None:
    """A job that nobody works on, now ours; None where there is none."""
    query = _waiting(now).order_by(imports.c.begun_at).limit(1).with_for_update(skip_locked=True)
    row = connection.execute(query).first()
    if row is not None:
        change(connection, row.id, worked_at=now)
    return row


def hold(connection: Connection, id: str) -> Row[Any] | None:
    """The job, held until the transaction ends."""
    return connection.execute(select(imports).where(imports.c.id == id).with_for_update()).first()


def change(connection: Connection, id: str, **columns: Any) -> None:
    connection.execute(update(imports).where(imports.c.id == id).values(columns))


def answer(row: Row[Any], faults: bool = True) -> dict[str, Any]:
    """An ImportAnswer but for version and actions."""
    return {
        **{
            name: getattr(row, name)
            for name in ("id", "name", "rows", "done", "skipped", "error", "begun_at", "by")
        },
        "register": ImportedRegister(row.register),
        "state": ImportState(row.state),
        "columns": msgspec.json.decode(row.headings),
        "years": msgspec.json.decode(row.years),
        "faults": msgspec.json.decode(row.faults) if faults else [],
    }
