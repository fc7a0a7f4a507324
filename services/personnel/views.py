"""The read tables of `personnel`: the directory that every service keeps, and what only this one needs."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    and_,
    func,
    insert,
    or_,
    select,
    union,
    update,
)

from infra.database import Sorted
from infra.eventstore.events import Recorded
from infra.thai import fold, sort_key
from services.personnel.contract import (
    OrganisationAdded,
    OrganisationChanged,
    OrganisationClosed,
    OrganisationKind,
    PersonAdded,
    PersonErased,
    directory,
)

metadata = MetaData()
for _table in directory.metadata.sorted_tables:
    _table.to_metadata(metadata)

# The version at which each organisation, group, post and person stands.
versions = Table(
    "versions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
)

persons = Table(
    "persons",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation", Text, nullable=False, index=True),
    Column("erased", Boolean, nullable=False),
)

# How organisations are found and ordered. No two have a code or a name in common; one that is
# closed has neither any longer.
names = Table(
    "organisation_names",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("code", Text, unique=True),
    Column("name", Text, unique=True),
    Column("sort", Sorted, nullable=False),
    Column("search", Text, nullable=False),
)
_office = names.c.kind == OrganisationKind.OFFICE.value
Index(
    "organisation_names_office",
    names.c.kind,
    unique=True,
    postgresql_where=_office,
    sqlite_where=_office,
)


def project(connection: Connection, recorded: Recorded) -> None:
    id = recorded.aggregate_id
    if recorded.version == 1:
        connection.execute(insert(versions).values(id=id, version=1))
    else:
        _set(connection, versions, id, version=recorded.version)
    directory.learn(connection, recorded)
    match recorded.event:
        case OrganisationAdded() as event:
            row = _names(event) | {"id": id, "kind": event.kind}
            connection.execute(insert(names), row)
        case OrganisationChanged() as event:
            _set(connection, names, id, **_names(event))
        case OrganisationClosed():
            _set(connection, names, id, code=None, name=None)
        case PersonAdded() as event:
            row = {"id": id, "organisation": event.organisation, "erased": False}
            connection.execute(insert(persons), row)
        case PersonErased():
            _set(connection, persons, id, erased=True)


def _names(event: OrganisationAdded | OrganisationChanged) -> dict[str, Any]:
    return {
        "code": fold(event.code),
        "name": fold(event.name),
        "sort": sort_key(event.name),
        "search": fold(f"{event.code} {event.name} {event.short_name}"),
    }


def _set(connection: Connection, table: Table, id: str, **values: Any) -> None:
    connection.execute(update(table).where(table.c.id == id).values(**values))


def hold(connection: Connection, table: Table, id: str, alone: bool) -> None:
    """Hold a row until the transaction ends: shared by those who build on it, or `alone`."""
    connection.execute(select(table.c.id).where(table.c.id == id).with_for_update(read=not alone))


def count(connection: Connection, query: Select[Any]) -> int:
    """How many rows there are to a query."""
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    return connection.execute(counted).scalar_one()


def version_of(connection: Connection, id: str) -> int:
    return connection.execute(select(versions.c.version).where(versions.c.id == id)).scalar() or 0


def versions_of(connection: Connection, ids: Collection[str]) -> dict[str, int]:
    rows = connection.execute(select(versions).where(versions.c.id.in_(ids)))
    return {row.id: row.version for row in rows}


def office(connection: Connection) -> str | None:
    """The office's id; None while there is none."""
    return connection.execute(select(names.c.id).where(_office)).scalar()


def person(connection: Connection, id: str) -> Row[Any] | None:
    return connection.execute(select(persons).where(persons.c.id == id)).first()


def post(connection: Connection, id: str) -> Row[Any] | None:
    return connection.execute(select(directory.posts).where(directory.posts.c.id == id)).first()


def taken(connection: Connection, code: str, name: str, but: str | None = None) -> list[str]:
    """Which of `code` and `name` another open organisation has."""
    wanted = {"code": fold(code), "name": fold(name)}
    return [
        column
        for column, value in wanted.items()
        if connection.execute(
            select(names.c.id).where(names.c[column] == value, names.c.id != (but or ""))
        ).first()
    ]


def named_group(
    connection: Connection, organisation: str, name: str, but: str | None = None
) -> bool:
    """Whether another open group of the organisation has that name."""
    groups = directory.groups
    rows = connection.execute(
        select(groups.c.id, groups.c.name).where(
            groups.c.organisation == organisation, ~groups.c.closed
        )
    )
    return any(fold(row.name) == fold(name) and row.id != but for row in rows)


def posts_in(connection: Connection, group: str, today: date) -> int:
    """How many open posts a group has."""
    posts = directory.posts
    still = or_(posts.c.closed_after.is_(None), posts.c.closed_after >= today)
    query = select(func.count()).where(posts.c.group == group, still)
    return connection.execute(query).scalar_one()


def engaged(
    connection: Connection,
    today: date,
    *,
    organisation: str | None = None,
    person: str | None = None,
) -> int:
    """How many posts (of an organisation, by a person) are held or acted in from `today` on."""
    found = []
    for table in (directory.holdings, directory.acting):
        ahead = and_(table.c.last_day >= today, table.c.last_day >= table.c.first_day)
        query = select(table.c.post).where(or_(table.c.last_day.is_(None), ahead))
        if organisation is not None:
            query = query.join(directory.posts, directory.posts.c.id == table.c.post)
            query = query.where(directory.posts.c.organisation == organisation)
        if person is not None:
            query = query.where(table.c.person == person)
        found.append(query)
    return connection.execute(
        select(func.count()).select_from(union(*found).subquery())
    ).scalar_one()


def held_posts(connection: Connection, person: str, day: date) -> list[str]:
    """The posts that a person holds on `day`, whoever acts in them."""
    holdings = directory.holdings
    ends = or_(holdings.c.last_day.is_(None), holdings.c.last_day >= day)
    query = select(holdings.c.post).where(
        holdings.c.person == person, holdings.c.first_day <= day, ends
    )
    return list(connection.execute(query.order_by(holdings.c.first_day, holdings.c.post)).scalars())


def people_in_groups(connection: Connection, organisation: str, day: date) -> dict[str, int]:
    """How many people exercise a post in each group."""
    found: dict[str, set[str]] = {}
    for one in directory.holders(connection, day, organisation=organisation):
        if one.seat.group:
            found.setdefault(one.seat.group, set()).add(one.person)
    return {group: len(people) for group, people in found.items()}
