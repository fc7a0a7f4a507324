"""Who leads the work on the standards, and to whom an indicator can be given."""

from datetime import datetime

from sqlalchemy import Connection

from infra.clock import bangkok_date
from infra.errors import Forbidden, Invalid
from infra.identity import Actor, Role, Seat
from services.personnel.contract import directory

_NO_OWNERS = (Role.AUDITOR, Role.ADMINISTRATOR)


def _leading_seat(connection: Connection, actor: Actor, organisation: str) -> Seat | None:
    central = directory.central_group(connection, organisation)
    head = central and actor.find_seat(Role.GROUP_HEAD, organisation=organisation, group=central)
    return head or actor.find_seat(Role.DEPUTY, Role.DIRECTOR, organisation=organisation)


def is_leader(connection: Connection, actor: Actor, organisation: str) -> bool:
    return _leading_seat(connection, actor, organisation) is not None


def leader(connection: Connection, actor: Actor, organisation: str) -> Seat:
    """The seat in which the actor leads (เจ้าภาพหลัก). Raises Forbidden."""
    seat = _leading_seat(connection, actor, organisation)
    if seat is None:
        raise Forbidden()
    return seat


def require_member(
    connection: Connection, organisation: str, person: str, group: str, now: datetime
) -> None:
    """Raises Invalid where the person does not work in that group today."""
    if directory.group_of(connection, organisation, group) is None:
        raise Invalid(fields={"group": ["ไม่มีกลุ่มนี้"]})
    held = directory.holders(connection, bangkok_date(now), group=group, person=person)
    if not any(one.seat.role not in _NO_OWNERS for one in held):
        raise Invalid(fields={"owner": ["ไม่ได้ปฏิบัติงานในกลุ่มนี้"]})
