"""The directory that every service keeps for itself: organisations, groups, posts, who holds them.

A service puts `metadata` among its own tables, subscribes to `EVENTS` of `personnel`, and gives each
to `learn`. What it then asks here is of its own database and holds no personal data.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Index,
    MetaData,
    Row,
    Table,
    Text,
    and_,
    delete,
    insert,
    or_,
    select,
    update,
)

from infra.eventstore.events import Event, Recorded
from infra.identity import Capacity, Role, Seat
from services.personnel.contract.events import (
    ActingAppointed,
    ActingEnded,
    GroupAdded,
    GroupChanged,
    GroupClosed,
    OrganisationAdded,
    OrganisationChanged,
    OrganisationClosed,
    PostChanged,
    PostClosed,
    PostCreated,
    PostFilled,
    PostVacated,
)

EVENTS: tuple[type[Event], ...] = (
    OrganisationAdded,
    OrganisationChanged,
    OrganisationClosed,
    GroupAdded,
    GroupChanged,
    GroupClosed,
    PostCreated,
    PostChanged,
    PostClosed,
    PostFilled,
    PostVacated,
    ActingAppointed,
    ActingEnded,
)

metadata = MetaData()

organisations = Table(
    "directory_organisations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("parent", Text),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("short_name", Text, nullable=False),
    Column("closed", Boolean, nullable=False),
)

groups = Table(
    "directory_groups",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("central", Boolean, nullable=False),
    Column("closed", Boolean, nullable=False),
)

posts = Table(
    "directory_posts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("group", Text),
    Column("role", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("closed_after", Date),
)
Index("directory_posts_role", posts.c.organisation, posts.c.role)

# Who holds which post, from when until when (both days included).
holdings = Table(
    "directory_holdings",
    metadata,
    Column("post", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("first_day", Date, primary_key=True),
    Column("last_day", Date),
)
Index("directory_holdings_person", holdings.c.person)

acting = Table(
    "directory_acting",
    metadata,
    Column("id", Text, primary_key=True),
    Column("post", Text, nullable=False, index=True),
    Column("person", Text, nullable=False, index=True),
    Column("own_post", Text),
    Column("capacity", Text, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date),
    Column("order", Text, nullable=False),
)


def learn(connection: Connection, recorded: Recorded) -> None:
    """Take one of EVENTS in."""
    id = recorded.aggregate_id
    match recorded.event:
        case OrganisationAdded() as event:
            row = _row(event) | {"id": id, "closed": False}
            connection.execute(insert(organisations), row)
        case OrganisationChanged() as event:
            _change(connection, organisations, id, **_row(event))
        case OrganisationClosed():
            _change(connection, organisations, id, closed=True)
        case GroupAdded() as event:
            connection.execute(insert(groups), _row(event) | {"id": id, "closed": False})
        case GroupChanged() as event:
            _change(connection, groups, id, **_row(event))
        case GroupClosed():
            _change(connection, groups, id, closed=True)
        case PostCreated() as event:
            connection.execute(insert(posts), _row(event) | {"id": id})
        case PostChanged() as event:
            _change(connection, posts, id, **_row(event))
        case PostClosed() as event:
            _change(connection, posts, id, closed_after=event.last_day)
        case PostFilled() as event:
            connection.execute(insert(holdings), _row(event) | {"post": id})
        case PostVacated() as event:
            _vacate(connection, id, event)
        case ActingAppointed() as event:
            row = _row(event) | {"post": id, "id": event.acting}
            row.pop("acting")
            connection.execute(insert(acting), row)
        case ActingEnded() as event:
            _change(connection, acting, event.acting, last_day=event.last_day)


def _row(event: Event) -> dict[str, Any]:
    return dict(vars(event))


def _change(connection: Connection, table: Table, id: str, **values: Any) -> None:
    connection.execute(update(table).where(table.c.id == id).values(**values))


def _vacate(connection: Connection, post: str, event: PostVacated) -> None:
    here = and_(
        holdings.c.post == post,
        holdings.c.person == event.person,
        holdings.c.first_day == event.first_day,
    )
    if event.last_day < event.first_day:
        connection.execute(delete(holdings).where(here))
    else:
        connection.execute(update(holdings).where(here).values(last_day=event.last_day))


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A person who exercises a post on a day, and the seat from which they do."""

    person: str
    seat: Seat


def holders(
    connection: Connection,
    day: date,
    *,
    organisation: str | None = None,
    roles: Collection[Role] = (),
    group: str | None = None,
    post: str | None = None,
    person: str | None = None,
    people: Collection[str] | None = None,
) -> list[Holder]:
    """Who exercises the posts of that organisation, those roles, that group (or one `post`) on `day`.

    `person` and `people` narrow it to posts that they exercise.

    Where somebody acts in a post (รักษาราชการแทน), its holder does not exercise it meanwhile; where
    its power is delegated (ปฏิบัติราชการแทน), both do. Own posts come before acting ones.
    """
    wanted = [or_(posts.c.closed_after.is_(None), posts.c.closed_after >= day)]
    if organisation is not None:
        wanted.append(posts.c.organisation == organisation)
    if roles:
        wanted.append(posts.c.role.in_(sorted(roles)))
    if group is not None:
        wanted.append(posts.c.group == group)
    if post is not None:
        wanted.append(posts.c.id == post)
    own = select(posts, holdings.c.person).join(holdings, holdings.c.post == posts.c.id)
    own = own.where(*wanted, _on(holdings, day)).order_by(posts.c.title, posts.c.id)
    stands_in = select(posts, acting.c.person, acting.c.own_post, acting.c.capacity).join(
        acting, acting.c.post == posts.c.id
    )
    stands_in = stands_in.where(*wanted, _on(acting, day)).order_by(posts.c.title, acting.c.id)
    if person is not None:
        people = [person]
    if people is not None:
        own = own.where(holdings.c.person.in_(people))
        stands_in = stands_in.where(acting.c.person.in_(people))
    replaced = _replaced(connection, day)
    found = [
        Holder(person=row.person, seat=_seat(row))
        for row in connection.execute(own)
        if row.id not in replaced
    ]
    rows = connection.execute(stands_in).all()
    titles = titles_of(connection, {row.own_post for row in rows if row.own_post})
    return found + [
        Holder(
            person=row.person,
            seat=_seat(row, Capacity(row.capacity), titles.get(row.own_post or "")),
        )
        for row in rows
    ]


def seats(connection: Connection, person: str, day: date) -> tuple[Seat, ...]:
    """The seats from which a person acts on `day`, own posts before acting ones."""
    return tuple(one.seat for one in holders(connection, day, person=person))


def central_group(connection: Connection, organisation: str) -> str | None:
    """The group that does general administration (กลุ่มอำนวยการ); None where there is none."""
    return connection.execute(
        select(groups.c.id).where(
            groups.c.organisation == organisation, groups.c.central, ~groups.c.closed
        )
    ).scalar()


def group_of(connection: Connection, organisation: str, id: str) -> Row[Any] | None:
    """An open group of that organisation."""
    return connection.execute(
        select(groups).where(
            groups.c.id == id, groups.c.organisation == organisation, ~groups.c.closed
        )
    ).first()


def group_names(connection: Connection, organisation: str) -> dict[str, str]:
    """All groups of an organisation, closed ones included, by id."""
    rows = connection.execute(
        select(groups.c.id, groups.c.name).where(groups.c.organisation == organisation)
    )
    return {row.id: row.name for row in rows}


def organisation_of(connection: Connection, id: str) -> Row[Any] | None:
    """An organisation, closed ones included."""
    return connection.execute(select(organisations).where(organisations.c.id == id)).first()


def organisation_named(connection: Connection, name: str) -> str | None:
    """The id of the open organisation of exactly that name; None where there is none, or several."""
    query = select(organisations.c.id).where(organisations.c.name == name, ~organisations.c.closed)
    found = connection.execute(query.limit(2)).scalars().all()
    return found[0] if len(found) == 1 else None


def posts_of(
    connection: Connection, organisation: str, roles: Collection[Role], day: date
) -> list[Row[Any]]:
    """The posts of an organisation in those roles that there are on `day`, in the order of `roles`."""
    query = select(posts).where(
        posts.c.organisation == organisation,
        posts.c.role.in_(sorted(roles)),
        or_(posts.c.closed_after.is_(None), posts.c.closed_after >= day),
    )
    found = connection.execute(query.order_by(posts.c.title, posts.c.id)).all()
    places = {role: place for place, role in enumerate(roles)}
    return sorted(found, key=lambda post: places[Role(post.role)])


def role_of(connection: Connection, post: str) -> Role | None:
    """What a post entitles its holder to; None where there is no such post."""
    found = connection.execute(select(posts.c.role).where(posts.c.id == post)).scalar()
    return Role(found) if found else None


def titles_of(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """The titles of posts by id."""
    rows = connection.execute(select(posts.c.id, posts.c.title).where(posts.c.id.in_(ids)))
    return {row.id: row.title for row in rows}


def _replaced(connection: Connection, day: date) -> set[str]:
    query = select(acting.c.post).where(
        acting.c.capacity == Capacity.ACTING.value, _on(acting, day)
    )
    return set(connection.execute(query).scalars())


def _on(table: Table, day: date) -> Any:
    """Whether the row's days include `day`."""
    return and_(table.c.first_day <= day, or_(table.c.last_day.is_(None), table.c.last_day >= day))


def _seat(row: Row[Any], capacity: Capacity | None = None, own_title: str | None = None) -> Seat:
    return Seat(
        post=row.id,
        organisation=row.organisation,
        group=row.group,
        role=Role(row.role),
        title=row.title,
        capacity=capacity,
        own_title=own_title,
    )
