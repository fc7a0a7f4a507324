"""Answers to queries: people, posts and who acts, with names, and with what the asker may do to each."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Row, Table, or_, select, tuple_

from infra import paging
from infra.clock import bangkok_date
from infra.errors import NotFound
from infra.eventstore.store import Read
from infra.identity import Capacity, Role
from infra.thai import fold, sort_key
from services.personnel import accounts, people, rights, seats, views
from services.personnel.contract import OrganisationKind, directory

_RANK = (Role.DIRECTOR, Role.SCHOOL_DIRECTOR, Role.DEPUTY, Role.GROUP_HEAD)


def organisations(read: Read, params: dict[str, Any]) -> dict[str, Any]:
    """OrganisationPage."""
    names, table = views.names, directory.organisations
    query = select(table, names.c.sort).join(names, names.c.id == table.c.id)
    query = query.where(~table.c.closed)
    if params["kind"] is not None:
        query = query.where(table.c.kind == params["kind"])
    if params["q"]:
        query = query.where(names.c.search.contains(fold(params["q"]), autoescape=True))
    total = views.count(read.connection, query)
    if params["cursor"] is not None:
        kind, *after = paging.keys(params["cursor"], str, str, str)
        query = query.where(tuple_(table.c.kind, names.c.sort, table.c.id) > tuple_(kind, *after))
    query = query.order_by(table.c.kind, names.c.sort, table.c.id).limit(params["limit"] + 1)
    rows = read.connection.execute(query).all()
    page = rows[: params["limit"]]
    last = page[-1] if len(rows) > len(page) else None
    may = rights.is_administrator(read.connection, read.actor, views.office(read.connection))
    return {
        "items": _organisations(read, page),
        "next": paging.cursor(last.kind, last.sort, last.id) if last else None,
        "total": total,
        "actions": ["add_organisation", "import_directory"] if may else [],
    }


def office_name(read: Read) -> dict[str, Any]:
    """OfficeNameAnswer."""
    id = views.office(read.connection)
    found = directory.organisation_of(read.connection, id) if id else None
    return {"name": found.name if found else ""}


def organisation(read: Read, id: str) -> dict[str, Any]:
    row = directory.organisation_of(read.connection, id)
    if row is None:
        raise NotFound()
    return _organisations(read, [row])[0]


def _organisations(read: Read, rows: Iterable[Row[Any]]) -> list[dict[str, Any]]:
    rows = list(rows)
    versions = views.versions_of(read.connection, [row.id for row in rows])
    answers = []
    for row in rows:
        kind = OrganisationKind(row.kind)
        may = not row.closed and rights.manages(read.actor, row.id, row.parent)
        actions = ["change_organisation"] if may else []
        if may and kind is OrganisationKind.SCHOOL:
            actions.append("close_organisation")
        answers.append(
            row._asdict() | {"kind": kind, "version": versions[row.id], "actions": actions}
        )
    return answers


def groups(read: Read, organisation: str | None) -> dict[str, Any]:
    """GroupPage."""
    organisation = _readable(read, organisation)
    table = directory.groups
    rows = read.connection.execute(
        select(table).where(table.c.organisation == organisation, ~table.c.closed)
    ).all()
    today = bangkok_date(read.now)
    counts = views.people_in_groups(read.connection, organisation, today)
    versions = views.versions_of(read.connection, [row.id for row in rows])
    may = rights.is_administrator(read.connection, read.actor, organisation)
    items = [
        row._asdict()
        | {
            "version": versions[row.id],
            "people": counts.get(row.id, 0),
            "actions": ["change_group", "close_group", "create_post"] if may else [],
        }
        for row in sorted(rows, key=lambda row: (not row.central, sort_key(row.name), row.id))
    ]
    return {"items": items, "actions": ["add_group"] if may else []}


def list_people(read: Read, params: dict[str, Any]) -> dict[str, Any]:
    """PersonPage."""
    organisation = _readable(read, params["organisation"])
    table, persons = people.people, views.persons
    query = select(table, persons.c.organisation).join(persons, persons.c.id == table.c.id)
    query = query.where(persons.c.organisation == organisation)
    today = bangkok_date(read.now)
    if params["group"] is not None or params["role"] is not None:
        roles = [params["role"]] if params["role"] is not None else []
        found = directory.holders(read.connection, today, roles=roles, group=params["group"])
        query = query.where(table.c.id.in_({one.person for one in found}))
    if wanted := fold(params["q"]):
        titled = {
            one.person
            for one in directory.holders(read.connection, today, organisation=organisation)
            if wanted in fold(one.seat.title)
        }
        named = table.c.search.contains(wanted, autoescape=True)
        query = query.where(or_(named, table.c.id.in_(titled)))
    total = views.count(read.connection, query)
    if params["cursor"] is not None:
        after = paging.keys(params["cursor"], str, str)
        query = query.where(tuple_(table.c.sort, table.c.id) > tuple_(*after))
    query = query.order_by(table.c.sort, table.c.id).limit(params["limit"] + 1)
    rows = read.connection.execute(query).all()
    page = rows[: params["limit"]]
    last = page[-1] if len(rows) > len(page) else None
    may = rights.is_administrator(read.connection, read.actor, organisation)
    return {
        "items": _people(read, page, organisation),
        "next": paging.cursor(last.sort, last.id) if last else None,
        "total": total,
        "actions": ["add_person", "import_directory"] if may else [],
    }


def _people(read: Read, rows: Iterable[Row[Any]], organisation: str) -> list[dict[str, Any]]:
    rows = list(rows)
    ids = [row.id for row in rows]
    held, versions = seats.seats_of(read, ids), views.versions_of(read.connection, ids)
    name = seats.organisation_name(read, organisation)
    return [
        {
            "id": row.id,
            "version": versions[row.id],
            "name": people.full_name(row),
            "organisation": organisation,
            "organisation_name": name,
            "seats": held[row.id],
        }
        for row in rows
    ]


def person(read: Read, id: str) -> dict[str, Any]:
    """PersonAnswer."""
    row = views.person(read.connection, id)
    if row is None or not rights.is_reader(read.connection, read.actor, row.organisation):
        raise NotFound()
    data = people.get(read.connection, id)
    may = rights.is_administrator(read.connection, read.actor, row.organisation)
    shown = data is not None and (may or read.actor.person == id)
    account = accounts.of(read.connection, id) if shown else None
    return {
        "id": id,
        "version": views.version_of(read.connection, id),
        "name": people.full_name(data) if data else people.ERASED,
        "organisation": row.organisation,
        "organisation_name": seats.organisation_name(read, row.organisation),
        "seats": seats.seats_of(read, [id])[id],
        **{field: getattr(data, field) if shown else "" for field in people.FIELDS},
        "holdings": holdings(read, directory.holdings.c.person == id),
        "actings": actings(read, directory.acting.c.person == id),
        "account": account,
        "actions": _person_actions(read, id, account) if data is not None and may else [],
    }


def _person_actions(read: Read, id: str, account: Row[Any] | None) -> list[str]:
    engaged = views.engaged(read.connection, bangkok_date(read.now), person=id)
    actions = ["change_person"] + ([] if engaged else ["erase_person"])
    if account is None:
        return [*actions, "open_account"]
    return [*actions, "reset_password", "unlock_account" if account.locked else "lock_account"]


def posts(read: Read, params: dict[str, Any]) -> dict[str, Any]:
    """PostPage."""
    organisation = _readable(read, params["organisation"])
    table, today = directory.posts, bangkok_date(read.now)
    query = select(table).where(
        table.c.organisation == organisation,
        or_(table.c.closed_after.is_(None), table.c.closed_after >= today),
    )
    if params["group"] is not None:
        query = query.where(table.c.group == params["group"])
    if params["role"] is not None:
        query = query.where(table.c.role == params["role"])
    rows = read.connection.execute(query).all()
    central = directory.central_group(read.connection, organisation)
    names = seats.group_names(read, (row.group for row in rows))

    def place(row: Row[Any]) -> tuple[Any, ...]:
        group = sort_key(names.get(row.group, ""))
        rank = _RANK.index(row.role) if row.role in _RANK else len(_RANK)
        elsewhere = row.group is not None and row.group != central
        return row.group is not None, elsewhere, group, rank, sort_key(row.title), row.id

    may = rights.is_administrator(read.connection, read.actor, organisation)
    items = _posts(read, sorted(rows, key=place))
    return {"items": items, "actions": ["create_post"] if may else []}


def post(read: Read, id: str) -> dict[str, Any]:
    row = views.post(read.connection, id)
    if row is None or not rights.is_reader(read.connection, read.actor, row.organisation):
        raise NotFound()
    return _posts(read, [row])[0]


def _posts(read: Read, rows: list[Row[Any]]) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    held = _by_post(holdings(read, directory.holdings.c.post.in_(ids)))
    acted = _by_post(actings(read, directory.acting.c.post.in_(ids)))
    versions = views.versions_of(read.connection, ids)
    groups = seats.group_names(read, (row.group for row in rows))
    today = bangkok_date(read.now)
    holders = {
        id: next((term["person"] for term in terms if _includes(term, today)), None)
        for id, terms in held.items()
    }
    names = people.names(read.connection, {one for one in holders.values() if one})
    managed = {
        organisation: rights.is_administrator(read.connection, read.actor, organisation)
        for organisation in {row.organisation for row in rows}
    }
    answers = []
    for row in rows:
        terms, holder = held.get(row.id, []), holders.get(row.id)
        actions = ["fill_post", "appoint_acting"] + (["vacate_post"] if terms else [])
        open_actions = [*actions, "change_post", "close_post"] if row.closed_after is None else []
        answers.append(
            row._asdict()
            | {
                "version": versions[row.id],
                "group_name": groups.get(row.group, ""),
                "role": Role(row.role),
                "holder": holder,
                "holder_name": names[holder] if holder else "",
                "holdings": terms,
                "actings": acted.get(row.id, []),
                "actions": open_actions if managed[row.organisation] else [],
            }
        )
    return answers


def holdings(read: Read, wanted: Any) -> list[dict[str, Any]]:
    """HoldingAnswers, newest first."""
    rows = _terms(read, directory.holdings, wanted)
    groups = seats.group_names(read, (row.group for row in rows))
    return [
        row._asdict() | {"role": Role(row.role), "group_name": groups.get(row.group, "")}
        for row in rows
    ]


def actings(read: Read, wanted: Any) -> list[dict[str, Any]]:
    """ActingAnswers, newest first."""
    rows = _terms(read, directory.acting, wanted)
    names = people.names(read.connection, {row.person for row in rows})
    today = bangkok_date(read.now)
    answers = []
    for row in rows:
        term = row._asdict()
        ends = row.last_day is None or (row.last_day >= today and row.last_day >= row.first_day)
        may = ends and may_end(read, row.organisation, row.post)
        answers.append(
            term
            | {
                "name": names[row.person],
                "capacity": Capacity(row.capacity),
                "current": _includes(term, today),
                "actions": ["end_acting"] if may else [],
            }
        )
    return answers


def may_end(read: Read, organisation: str, post: str) -> bool:
    """Whether the actor may end an acting appointment in that post."""
    today = bangkok_date(read.now)
    return rights.is_administrator(read.connection, read.actor, organisation) or rights.is_holder(
        read.connection, read.actor, post, today
    )


def list_acting(read: Read, params: dict[str, Any]) -> dict[str, Any]:
    """ActingPage of the actor's organisation."""
    items = actings(read, directory.posts.c.organisation == seats.home(read))
    if params["day"] is not None:
        items = [one for one in items if _includes(one, params["day"])]
    return {"items": items}


def names_of(read: Read, ids: Collection[str]) -> dict[str, Any]:
    """NamesAnswer of those whom the actor may know of, in the order asked."""
    persons = views.persons
    rows = read.connection.execute(select(persons).where(persons.c.id.in_(ids)))
    known = {row.id: row.organisation for row in rows}
    may = {one: rights.knows(read.connection, read.actor, one) for one in set(known.values())}
    shown = [id for id in dict.fromkeys(ids) if id in known and may[known[id]]]
    names, held = people.names(read.connection, shown), seats.seats_of(read, shown)
    items = [
        {"id": id, "name": names[id], "title": held[id][0]["title"] if held[id] else ""}
        for id in shown
    ]
    return {"items": items}


def contacts(read: Read, ids: Collection[str]) -> dict[str, Any]:
    """ContactAnswer; those erased are left out."""
    known = people.find(read.connection, ids)
    items = [
        {"id": id, "name": people.full_name(row), "email": row.email} for id, row in known.items()
    ]
    return {"items": items}


def me(read: Read) -> dict[str, Any]:
    """MeAnswer."""
    id = read.actor.person
    row, data = views.person(read.connection, id), people.get(read.connection, id)
    if row is None or data is None:
        raise NotFound()
    here = directory.organisation_of(read.connection, read.actor.organisation)
    assert here is not None
    account = accounts.of(read.connection, id)
    return {
        "id": id,
        "name": people.full_name(data),
        "username": account.username if account else "",
        "email": data.email,
        "organisation": here.id,
        "organisation_name": here.name,
        "organisation_kind": OrganisationKind(here.kind),
        "seats": seats.seats_of(read, [id])[id],
        "must_change_password": bool(account and account.must_change),
    }


def _readable(read: Read, organisation: str | None) -> str:
    organisation = organisation or seats.home(read)
    rights.reader(read.connection, read.actor, organisation)
    return organisation


def _terms(read: Read, table: Table, wanted: Any) -> list[Row[Any]]:
    posts = directory.posts
    query = select(table, posts.c.title, posts.c.role, posts.c.group, posts.c.organisation)
    query = query.join(posts, posts.c.id == table.c.post).where(wanted)
    query = query.order_by(table.c.first_day.desc(), table.c.post, table.c.person)
    return list(read.connection.execute(query))


def _includes(term: dict[str, Any], day: Any) -> bool:
    last = term["last_day"]
    return bool(term["first_day"] <= day and (last is None or last >= day))


def _by_post(terms: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for term in terms:
        found.setdefault(term["post"], []).append(term)
    return found
