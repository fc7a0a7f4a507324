"""Who may read a letter, and from which seat who may do what to it.

Rights go by the seats in the actor's token, acting ones included; whoever may not read a letter
cannot learn that it exists.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from infra.errors import Forbidden, OutOfOrder
from infra.identity import Actor, Role, Seat
from services.correspondence.contract import Register, Secrecy, Stage
from services.correspondence.letter import Letter
from services.personnel.contract import directory

CLERKS = (Role.CENTRAL_CLERK, Role.SCHOOL_CLERK)
DIRECTORS = (Role.DIRECTOR, Role.SCHOOL_DIRECTOR)
GROUP = (Role.GROUP_CLERK, Role.GROUP_HEAD)
OFFICERS = (*GROUP, Role.OFFICER)
READERS = (*CLERKS, *DIRECTORS, Role.DEPUTY, Role.SECRETARY, Role.AUDITOR)
NO_WORKERS = (Role.AUDITOR, Role.ADMINISTRATOR)  # nothing is assigned to these
ROUTERS = (Role.ADMINISTRATOR, *DIRECTORS, *CLERKS)

# What can be done to a letter as a whole, the likeliest first.
LETTER_STEPS = (
    "order_letter",
    "endorse_letter",
    "propose_letter",
    "send_letter_back",
    "acknowledge_to_sender",
    "add_attachments",
    "correct_registration",
    "forward_letter",
    "cancel_registration",
)
_BY_DESK = ("endorse_letter", "send_letter_back")

# What can be done for a group, the likeliest first.
_BY_OFFICER = ("acknowledge_letter", "report_result", "note_progress")
_BY_GROUP = ("receive_by_group", "return_by_group")
_BY_HEAD = ("assign_letter", "close_group_work", "send_report_back")
GROUP_STEPS = (
    "receive_by_group",
    "assign_letter",
    "acknowledge_letter",
    "report_result",
    "note_progress",
    "close_group_work",
    "send_report_back",
    "return_by_group",
)


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What of `organisation` an actor may read: whole registers; of the general one also what was
    ordered to `groups` or assigned to `person`."""

    organisation: str
    person: str
    registers: tuple[Register, ...]
    groups: tuple[str, ...]


def reach(connection: Connection, actor: Actor) -> Reach:
    organisation = actor.organisation
    seats = [seat for seat in actor.seats if seat.organisation == organisation]
    central = directory.central_group(connection, organisation)
    general = any(seat.role in READERS or _heads(seat, central) for seat in seats)
    secret = any(seat.role is Role.REGISTRAR for seat in seats)
    wanted = ((Register.GENERAL, general), (Register.SECRET, secret))
    return Reach(
        organisation=organisation,
        person=actor.person,
        registers=tuple(register for register, may in wanted if may),
        groups=tuple(
            sorted({seat.group for seat in seats if seat.group and seat.role in OFFICERS})
        ),
    )


def _heads(seat: Seat, group: str | None) -> bool:
    return group is not None and seat.role is Role.GROUP_HEAD and seat.group == group


def registering(actor: Actor, secrecy: Secrecy) -> Seat:
    """The seat from which the actor registers a letter of that class. Raises Forbidden."""
    here = actor.organisation
    if secrecy is Secrecy.MOST_SECRET:  # refused to whoever registers anything
        return actor.seat(Role.REGISTRAR, *CLERKS, organisation=here)
    if secrecy is Secrecy.NONE:
        return actor.seat(*CLERKS, organisation=here)
    seat = actor.find_seat(Role.REGISTRAR, organisation=here)
    if seat is None:
        raise Forbidden("เฉพาะนายทะเบียนข้อมูลข่าวสารลับเท่านั้นที่ลงทะเบียนหนังสือลับได้")
    return seat


def seat_for(
    connection: Connection, actor: Actor, letter: Letter, step: str, group: str | None = None
) -> Seat:
    """The seat from which the actor takes `step` (a command's method name). Raises Forbidden."""
    here = letter.organisation
    if step in _BY_GROUP:
        return actor.seat(*GROUP, organisation=here, group=group)
    if step in _BY_HEAD:
        work = letter.course.works.get(group or "")
        clerk = () if work is None or work.by_head else (Role.GROUP_CLERK,)
        return actor.seat(Role.GROUP_HEAD, *clerk, organisation=here, group=group)
    if step == "order_letter":
        return actor.seat(*DIRECTORS, organisation=here)
    if step in _BY_DESK:
        return _desk(connection, actor, letter, step)
    if letter.confidential:
        return actor.seat(Role.REGISTRAR, organisation=here)
    return actor.seat(*CLERKS, organisation=here)


def held_desks(connection: Connection, organisation: str, day: date) -> set[Stage]:
    """The desks behind the clerk's that somebody holds on `day`."""

    def held(*roles: Role, group: str | None = None) -> bool:
        found = directory.holders(
            connection, day, organisation=organisation, roles=roles, group=group
        )
        return bool(found)

    central = directory.central_group(connection, organisation)
    desks = {
        Stage.CENTRAL_HEAD: central is not None and held(Role.GROUP_HEAD, group=central),
        Stage.DEPUTY: held(Role.DEPUTY),
        Stage.DIRECTOR: held(*DIRECTORS),
    }
    return {stage for stage, somebody in desks.items() if somebody}


def _desk(connection: Connection, actor: Actor, letter: Letter, step: str) -> Seat:
    """The seat at the desk on which the letter lies; at any desk, where it lies on none of these.

    The clerk fetches it back from whatever desk: it may have been proposed in error, or nobody
    holds that desk any longer. Raises Forbidden, and OutOfOrder where it lies on another's desk.
    """
    here, stage = letter.organisation, letter.course.stage
    central = directory.central_group(connection, here)
    found = {
        Stage.CENTRAL_HEAD: central
        and actor.find_seat(Role.GROUP_HEAD, organisation=here, group=central),
        Stage.DEPUTY: actor.find_seat(Role.DEPUTY, organisation=here),
        Stage.DIRECTOR: actor.find_seat(*DIRECTORS, organisation=here),
    }
    held = {desk: seat for desk, seat in found.items() if isinstance(seat, Seat)}
    clerk = actor.find_seat(*CLERKS, organisation=here) if step == "send_letter_back" else None
    if clerk is not None and stage not in held:
        return clerk
    if not held:
        raise Forbidden()
    if stage in found and stage not in held:
        raise OutOfOrder("หนังสือไม่ได้อยู่ที่ท่าน")
    return held[stage] if stage in held else next(iter(held.values()))


def officer_for(actor: Actor, letter: Letter, group: str) -> str:
    """The actor, where the letter is assigned to them for that group. Raises Forbidden."""
    work = letter.course.works.get(group)
    if work is None or work.officer != actor.person:
        raise Forbidden("ไม่ได้มอบหมายหนังสือนี้ให้ท่าน")
    return actor.person


def require(
    connection: Connection, actor: Actor, letter: Letter, step: str, group: str | None = None
) -> None:
    """Raises Forbidden unless the actor may take `step`."""
    if step in _BY_OFFICER:
        officer_for(actor, letter, group or "")
    else:
        seat_for(connection, actor, letter, step, group)
