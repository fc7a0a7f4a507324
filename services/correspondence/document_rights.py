"""Who may read a document, and from which seat who may do what to it.

A draft is read by those concerned: who drafts and types it, their group, who reviews it, and who is
to sign. From the number on it is read like a letter in the register. Others cannot learn of it.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from infra.errors import Forbidden, OutOfOrder
from infra.identity import Actor, Role, Seat
from services.correspondence.contract import DocumentPolicySet, ReviewDesk
from services.correspondence.document import Document
from services.correspondence.rights import CLERKS, DIRECTORS, NO_WORKERS, OFFICERS, READERS
from services.correspondence.series import owner_of, series_of
from services.personnel.contract import directory

DRAFTERS = tuple(role for role in Role if role not in NO_WORKERS)
SIGNATORIES = (*DIRECTORS, Role.DEPUTY, Role.GROUP_HEAD)
TEMPLATE_KEEPERS = (*CLERKS, *DIRECTORS, Role.DEPUTY, Role.GROUP_HEAD, Role.GROUP_CLERK)

# What can be done to a document, the likeliest first.
DOCUMENT_STEPS = (
    "sign_document",
    "endorse_draft",
    "number_document",
    "submit_draft",
    "return_draft",
    "send_document",
    "save_draft",
    "add_enclosures",
    "remove_enclosure",
    "withdraw_draft",
    "close_document",
    "discard_draft",
    "cancel_number",
)
_BY_WRITERS = ("submit_draft", "save_draft", "add_enclosures", "remove_enclosure")
_BY_OWNERS = ("withdraw_draft", "discard_draft")
_BY_SENDERS = ("send_document", "close_document")


@dataclass(frozen=True, kw_only=True)
class DocumentReach:
    """What of an organisation's documents an actor may read: numbered ones where `register`, signed
    ones where `clerk`, those that pass the deputy's desk where `deputy`; what concerns their
    `groups`, is to be signed from one of their `posts`, or names the `person`."""

    organisation: str
    person: str
    register: bool
    clerk: bool
    deputy: bool
    groups: tuple[str, ...]
    posts: tuple[str, ...]


def document_reach(connection: Connection, actor: Actor) -> DocumentReach:
    here = actor.organisation
    seats = [seat for seat in actor.seats if seat.organisation == here]
    central = directory.central_group(connection, here)
    heads = any(seat.role is Role.GROUP_HEAD and seat.group == central for seat in seats)
    return DocumentReach(
        organisation=here,
        person=actor.person,
        register=any(seat.role in READERS for seat in seats) or (central is not None and heads),
        clerk=any(seat.role in CLERKS for seat in seats),
        deputy=any(seat.role is Role.DEPUTY for seat in seats),
        groups=tuple(
            sorted({seat.group for seat in seats if seat.group and seat.role in OFFICERS})
        ),
        posts=tuple(sorted({seat.post for seat in seats if seat.role in SIGNATORIES})),
    )


def drafting(actor: Actor, group: str | None) -> Seat:
    """The seat from which the actor drafts, in that group where one is named. Raises Forbidden."""
    here = actor.organisation
    found = actor.find_seat(*OFFICERS, organisation=here, group=group)
    found = found or actor.find_seat(*DRAFTERS, organisation=here, group=group)
    if found is None:
        raise Forbidden("ร่างหนังสือได้เฉพาะในหน่วยงานและกลุ่มของท่าน")
    return found


def recording(actor: Actor, group: str | None, own_series: bool) -> Seat:
    """The seat from which the actor numbers a document; `own_series`: the group's own clerk may, too.

    Raises Forbidden.
    """
    here = actor.organisation
    if own_series and group is not None:
        found = actor.find_seat(Role.GROUP_CLERK, organisation=here, group=group)
        if found is not None:
            return found
    return actor.seat(*CLERKS, organisation=here)


def recording_any(actor: Actor, policy: DocumentPolicySet) -> Seat:
    """The seat from which the actor numbers documents of any kind or group. Raises Forbidden."""
    owners = {
        owner_of(policy, series, seat.group) for seat in actor.seats for series in policy.by_group
    }
    for group in sorted(owners - {None}, key=str):
        found = actor.find_seat(Role.GROUP_CLERK, organisation=actor.organisation, group=group)
        if found is not None:
            return found
    return actor.seat(*CLERKS, organisation=actor.organisation)


def document_seat(actor: Actor, document: Document, step: str, policy: DocumentPolicySet) -> Seat:
    """The seat from which the actor takes `step` (a command's method name). Raises Forbidden."""
    here = document.organisation
    if step == "sign_document":
        return _signing(actor, document)
    if step in ("endorse_draft", "return_draft"):
        return _at_desk(actor, document, step)
    if step in _BY_WRITERS:
        return _writing(actor, document)
    if step in _BY_OWNERS:
        return _owning(actor, document)
    if step == "number_document":
        series = series_of(policy, document.begun.kind, document.draft.circular)
        own = owner_of(policy, series, document.group) is not None
        return recording(actor, document.group, own)
    if step in _BY_SENDERS:
        clerk = actor.find_seat(*CLERKS, organisation=here)
        return clerk or _writing(actor, document)
    return actor.seat(*CLERKS, *DIRECTORS, organisation=here)


def _signing(actor: Actor, document: Document) -> Seat:
    found = _seat_of_post(actor, document.draft.signatory)
    if found is None:
        raise Forbidden("ลงนามได้เฉพาะผู้ดำรงตำแหน่งผู้ลงนาม หรือผู้รักษาราชการแทนหรือปฏิบัติราชการแทน")
    return found


def _seat_of_post(actor: Actor, post: str | None) -> Seat | None:
    """The actor's seat of that post, their own before an acting one."""
    seats = sorted(actor.seats, key=lambda seat: seat.capacity is not None)
    return next((seat for seat in seats if seat.post == post), None)


def _at_desk(actor: Actor, document: Document, step: str) -> Seat:
    """The seat at the desk on which the draft lies. Raises Forbidden, and OutOfOrder where it lies on
    another's although the actor reviews it, too."""
    desk = document.course.desk
    found = {one: _reviewing(actor, document, one) for one in ReviewDesk}
    seat = found.get(desk) if desk is not None else None
    if seat is not None:
        return seat
    if not any(found[one] for one in document.passed):
        raise Forbidden("ร่างนี้ไม่ได้ผ่านท่าน")
    raise OutOfOrder("ร่างไม่ได้อยู่ที่ท่าน")


def _reviewing(actor: Actor, document: Document, desk: ReviewDesk) -> Seat | None:
    here = document.organisation
    match desk:
        case ReviewDesk.CHECKER if document.draft.checker == actor.person:
            return actor.find_seat(*DRAFTERS, organisation=here)
        case ReviewDesk.GROUP_HEAD if document.group is not None:
            return actor.find_seat(Role.GROUP_HEAD, organisation=here, group=document.group)
        case ReviewDesk.DEPUTY:
            return actor.find_seat(Role.DEPUTY, organisation=here)
        case ReviewDesk.SIGNATORY:
            return _seat_of_post(actor, document.draft.signatory)
    return None


def _writing(actor: Actor, document: Document) -> Seat:
    """The drafter, the typist, or one of the group."""
    here, group = document.organisation, document.group
    if actor.person in (document.drafter, document.draft.typist):
        found = actor.find_seat(*DRAFTERS, organisation=here, group=group)
        found = found or actor.find_seat(*DRAFTERS, organisation=here)
        if found is not None:
            return found
    if group is None:
        raise Forbidden("เฉพาะผู้ร่างและผู้พิมพ์เท่านั้น")
    return actor.seat(*OFFICERS, organisation=here, group=group)


def _owning(actor: Actor, document: Document) -> Seat:
    """The drafter, or the head of their group: who drafted it may have left."""
    here, group = document.organisation, document.group
    if actor.person == document.drafter:
        found = actor.find_seat(*DRAFTERS, organisation=here, group=group)
        found = found or actor.find_seat(*DRAFTERS, organisation=here)
        if found is not None:
            return found
    if group is None:
        raise Forbidden("เฉพาะผู้ร่างเท่านั้น")
    return actor.seat(Role.GROUP_HEAD, organisation=here, group=group)


def review_desks(
    connection: Connection, document: Document, policy: DocumentPolicySet, day: date
) -> set[ReviewDesk]:
    """The desks that a draft given in on `day` passes before the signatory's.

    It passes by a desk that nobody holds, the drafter's own, and one that does not stand below the
    post which signs it.
    """
    here, group = document.organisation, document.group
    signs = directory.role_of(connection, document.draft.signatory or "")

    def passes(role: Role, group: str | None = None) -> bool:
        found = directory.holders(connection, day, organisation=here, roles=(role,), group=group)
        return bool(found) and document.drafter not in {one.person for one in found}

    head = policy.group_head and group is not None and signs is not Role.GROUP_HEAD
    wanted = {
        ReviewDesk.CHECKER: document.draft.checker not in (None, document.drafter),
        ReviewDesk.GROUP_HEAD: head and passes(Role.GROUP_HEAD, group),
        ReviewDesk.DEPUTY: policy.deputy and signs in DIRECTORS and passes(Role.DEPUTY),
    }
    return {desk for desk, passed in wanted.items() if passed}


def is_worker(connection: Connection, organisation: str, person: str, day: date) -> bool:
    """Whether that person holds a post there from which documents are made."""
    found = directory.holders(
        connection, day, organisation=organisation, roles=DRAFTERS, person=person
    )
    return bool(found)
