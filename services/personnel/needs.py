"""What a command needs to be so outside of the aggregate that decides: looked up, and held so that
it stays so until the command is done.
"""

from datetime import date
from typing import Any, TypeVar

from sqlalchemy.exc import IntegrityError

from infra.clock import bangkok_date
from infra.errors import Invalid, NotFound, Taken
from infra.eventstore.aggregate import Aggregate
from infra.eventstore.store import Work
from services.personnel import rights, views
from services.personnel.contract import directory
from services.personnel.group import Group
from services.personnel.organisation import Organisation

A = TypeVar("A", bound=Aggregate)
_TAKEN = {"code": "มีหน่วยงานที่ใช้รหัสนี้แล้ว", "name": "มีหน่วยงานชื่อนี้แล้ว"}


def today(work: Work) -> date:
    return bangkok_date(work.now)


def saved(work: Work, aggregate: Aggregate) -> dict[str, Any]:
    """Save it, and the usual answer."""
    work.save(aggregate)
    return work.done(aggregate)


def managed(work: Work, kind: type[A], id: str) -> A:
    """The aggregate, which the actor must be entitled to manage. Raises NotFound, Forbidden, Stale."""
    found = work.load(kind, id)
    rights.administrator(work.connection, work.actor, found.organisation)
    return found


def open_organisation(work: Work, id: str, alone: bool = False) -> Organisation:
    """The organisation, open until the command is done, which the actor must be entitled to manage.

    `alone` keeps other commands that need it out.
    """
    views.hold(work.connection, directory.organisations, id, alone)
    found = work.find(Organisation, id)
    if found is None:
        raise NotFound("ไม่พบหน่วยงานนี้")
    rights.administrator(work.connection, work.actor, found.id)
    found.require_open()
    return found


def open_group(work: Work, organisation: str, group: str | None) -> None:
    """Raises Invalid unless `group` is an open one of the organisation, or None."""
    if group is None:
        return
    views.hold(work.connection, directory.groups, group, alone=False)
    if directory.group_of(work.connection, organisation, group) is None:
        raise Invalid(fields={"group": ["ไม่พบกลุ่มนี้ในหน่วยงาน"]})


def person(work: Work, id: str) -> str:
    """The organisation of a person who is not erased meanwhile. Raises Invalid."""
    views.hold(work.connection, views.persons, id, alone=False)
    found = views.person(work.connection, id)
    if (
        found is None
        or found.erased
        or not rights.is_reader(work.connection, work.actor, found.organisation)
    ):
        raise Invalid(fields={"person": ["ไม่พบบุคคลนี้"]})
    organisation: str = found.organisation
    return organisation


def own_post(work: Work, person: str, post: str | None, day: date) -> str | None:
    """The post that stands above the capacity when the person signs: theirs by default. Raises Invalid."""
    held = views.held_posts(work.connection, person, day)
    if post is None:
        return held[0] if held else None
    if post not in held:
        raise Invalid(fields={"own_post": ["บุคคลนี้ไม่ได้ดำรงตำแหน่งนี้ในวันแรก"]})
    return post


def new_group_name(work: Work, organisation: str, name: str, but: str | None = None) -> None:
    """Raises Taken where another open group has the name."""
    if views.named_group(work.connection, organisation, name, but):
        raise Taken("มีกลุ่มชื่อนี้แล้ว", fields={"name": ["มีกลุ่มชื่อนี้แล้ว"]})


def no_central_group(work: Work, organisation: str) -> None:
    """Whichever group does general administration does so no longer."""
    central = directory.central_group(work.connection, organisation)
    if central is not None:
        group = work.find(Group, central)
        assert group is not None
        group.change(group.name, central=False)
        work.save(group)


def save_named(work: Work, organisation: Organisation, code: str, name: str) -> dict[str, Any]:
    """Save an organisation. Raises Taken where another has the code or the name."""
    if found := views.taken(work.connection, code, name, but=organisation.id):
        fields = {field: [_TAKEN[field]] for field in found}
        raise Taken(_TAKEN[found[0]], fields=fields)
    try:
        return saved(work, organisation)
    except IntegrityError as error:
        raise Taken("มีหน่วยงานที่ใช้รหัสหรือชื่อนี้แล้ว") from error
