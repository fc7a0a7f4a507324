"""Who exercises which post today, as it is answered: with names, and with the lines of a signature."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import select

from infra.clock import bangkok_date
from infra.errors import NotFound
from infra.eventstore.store import Read
from infra.identity import Seat
from services.personnel import people, rights, views
from services.personnel.contract import directory


def seats_of(read: Read, ids: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """The seats of each of these people today, as SeatAnswer."""
    found: dict[str, list[Seat]] = {id: [] for id in ids}
    for holder in directory.holders(read.connection, bangkok_date(read.now), people=ids):
        found[holder.person].append(holder.seat)
    groups = group_names(read, (seat.group for seats in found.values() for seat in seats))
    return {id: [_seat(seat, groups) for seat in seats] for id, seats in found.items()}


def office_holders(read: Read, params: dict[str, Any]) -> dict[str, Any]:
    """OfficeHolders of a role."""
    organisation = params["organisation"] or home(read)
    if not rights.knows(read.connection, read.actor, organisation):
        raise NotFound()
    day = params["day"] or bangkok_date(read.now)
    found = directory.holders(
        read.connection,
        day,
        organisation=organisation,
        roles=[params["role"]],
        group=params["group"],
    )
    names = people.names(read.connection, {one.person for one in found})
    groups = group_names(read, (one.seat.group for one in found))
    items = [
        {"person": one.person, "name": names[one.person], "seat": _seat(one.seat, groups)}
        for one in found
    ]
    return {"day": day, "items": items}


def home(read: Read) -> str:
    """The actor's organisation; a service's is the office. Raises NotFound where there is none yet."""
    organisation = read.actor.organisation or views.office(read.connection)
    if organisation is None:
        raise NotFound("ยังไม่มีสำนักงานในระบบ")
    return organisation


def organisation_name(read: Read, id: str) -> str:
    row = directory.organisation_of(read.connection, id)
    return str(row.name) if row else ""


def group_names(read: Read, ids: Iterable[str | None]) -> dict[str | None, str]:
    table = directory.groups
    wanted = {id for id in ids if id is not None}
    rows = read.connection.execute(select(table.c.id, table.c.name).where(table.c.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def _seat(seat: Seat, groups: dict[str | None, str]) -> dict[str, Any]:
    return {
        "post": seat.post,
        "organisation": seat.organisation,
        "group": seat.group,
        "group_name": groups.get(seat.group, ""),
        "role": seat.role,
        "title": seat.title,
        "capacity": seat.capacity,
        "signature": seat.signature(),
    }
