"""Who may manage and who may look: administrators, the command line, and everybody at home."""

from datetime import date

from sqlalchemy import Connection

from infra.errors import Forbidden, NotFound
from infra.identity import Actor, Role
from services.personnel import views
from services.personnel.contract import directory
from services.personnel.contract.events import OrganisationKind

COMMAND_LINE = "service:amnuay"  # holds the services' key: whoever runs it runs the house


def is_administrator(connection: Connection, actor: Actor, organisation: str | None) -> bool:
    """Whether the actor manages `organisation` (None: a house that has no office yet).

    An office's administrator manages its schools too.
    """
    if actor.person == COMMAND_LINE:
        return True
    if organisation is None or not actor.has(Role.ADMINISTRATOR):
        return False
    found = directory.organisation_of(connection, organisation)
    return found is not None and manages(actor, organisation, found.parent)


def manages(actor: Actor, organisation: str, parent: str | None) -> bool:
    """As `is_administrator`, of an organisation whose `parent` is known."""
    above = parent is not None and actor.has(Role.ADMINISTRATOR, organisation=parent)
    own = actor.has(Role.ADMINISTRATOR, organisation=organisation)
    return own or above or actor.person == COMMAND_LINE


def administrator(connection: Connection, actor: Actor, organisation: str | None) -> None:
    """Raises NotFound where the actor need not know of the organisation, else Forbidden."""
    if is_administrator(connection, actor, organisation):
        return
    if organisation is not None:
        reader(connection, actor, organisation)
    raise Forbidden("เฉพาะผู้ดูแลระบบ")


def is_reader(connection: Connection, actor: Actor, organisation: str) -> bool:
    """Whether the actor may look into the directory of `organisation`.

    It is their own, a school under it, or one in which they act.
    """
    at_home = organisation in (actor.organisation, *(seat.organisation for seat in actor.seats))
    if actor.is_service or at_home:
        return True
    found = directory.organisation_of(connection, organisation)
    return found is not None and found.parent == actor.organisation


def reader(connection: Connection, actor: Actor, organisation: str) -> None:
    """Raises NotFound."""
    if not is_reader(connection, actor, organisation):
        raise NotFound()


def knows(connection: Connection, actor: Actor, organisation: str) -> bool:
    """Whether the actor may be told names from there: schools read the office's letters."""
    if is_reader(connection, actor, organisation):
        return True
    found = directory.organisation_of(connection, organisation)
    return found is not None and found.kind == OrganisationKind.OFFICE


def is_holder(connection: Connection, actor: Actor, post: str, day: date) -> bool:
    """Whether the post is the actor's own, though another may act in it."""
    return post in views.held_posts(connection, actor.person, day)


def returned_holder(connection: Connection, actor: Actor, post: str, day: date) -> None:
    """Raises Forbidden, or NotFound where the actor need not know of the post."""
    if is_holder(connection, actor, post, day):
        return
    found = views.post(connection, post)
    administrator(connection, actor, found.organisation if found else None)
