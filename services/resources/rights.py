"""Who may ask for a room, who grants it, and who looks after the list of rooms."""

from sqlalchemy import Connection

from infra.errors import Forbidden, NotFound
from infra.identity import Actor, Role, Seat
from services.personnel.contract import directory

_KEEPERS = (Role.CENTRAL_CLERK, Role.ADMINISTRATOR, Role.SCHOOL_CLERK)


def is_member(actor: Actor, organisation: str) -> bool:
    """Whether the actor works there, and does not only look on."""
    return any(
        seat.organisation == organisation and seat.role is not Role.AUDITOR for seat in actor.seats
    )


def member(actor: Actor, organisation: str) -> None:
    """Raises NotFound for another's organisation, Forbidden for one who only looks on."""
    if organisation != actor.organisation:
        raise NotFound()
    if not is_member(actor, organisation):
        raise Forbidden()


def _approving_seat(connection: Connection, actor: Actor, organisation: str) -> Seat | None:
    central = directory.central_group(connection, organisation)
    head = central and actor.find_seat(Role.GROUP_HEAD, organisation=organisation, group=central)
    return head or actor.find_seat(
        Role.DEPUTY, Role.DIRECTOR, Role.SCHOOL_DIRECTOR, organisation=organisation
    )


def is_approver(connection: Connection, actor: Actor, organisation: str) -> bool:
    return _approving_seat(connection, actor, organisation) is not None


def approver(connection: Connection, actor: Actor, organisation: str) -> Seat:
    """The seat in which the actor decides. Raises Forbidden."""
    seat = _approving_seat(connection, actor, organisation)
    if seat is None:
        raise Forbidden()
    return seat


def is_manager(connection: Connection, actor: Actor, organisation: str) -> bool:
    """Whether the actor looks after the list of rooms."""
    keeps = actor.has(*_KEEPERS, organisation=organisation)
    return keeps or is_approver(connection, actor, organisation)


def manager(connection: Connection, actor: Actor, organisation: str) -> None:
    """Raises Forbidden."""
    if not is_manager(connection, actor, organisation):
        raise Forbidden()
