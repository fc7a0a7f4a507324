"""Numbers of what an organisation makes: its choices, numbers kept ahead, the proof that none is
missing, and all of it in figures."""

from typing import Any

from infra.clock import bangkok_date, register_year
from infra.errors import Forbidden, Invalid, NotFound
from infra.eventstore.store import Read, Work
from infra.identity import Actor, Seat
from infra.ids import new_id
from infra.messaging.service import command, query, timer
from services.correspondence import rights, series, views
from services.correspondence.contract import (
    AuditNumbers,
    BurnReservation,
    DocumentPolicySet,
    DocumentSummary,
    GetDocumentPolicy,
    ListReservations,
    Register,
    ReserveNumbers,
    Series,
    SetDocumentPolicy,
)
from services.correspondence.document_rights import document_reach
from services.correspondence.emblem import check_emblem
from services.correspondence.policy import DocumentPolicy, default
from services.correspondence.reservation import Reservation, check_expiry
from services.personnel.contract import directory

_EXPIRY = 600  # seconds between two looks at what expired


class NumberingDocuments:
    """The series of an organisation's documents (ชุดเลขของหนังสือ)."""

    runtime: Any

    @command(SetDocumentPolicy)
    def set_document_policy(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        organisation, year = work.actor.organisation, register_year(work.now)
        seat = work.actor.seat(*rights.ROUTERS, organisation=organisation)
        known = work.find(DocumentPolicy, organisation)
        chosen = work.load(DocumentPolicy, organisation) if known else DocumentPolicy(organisation)
        chosen.choose(
            seat,
            body,
            emblem=self._emblem(work, body["emblem"]),
            school=views.is_school(work.connection, organisation),
            groups=directory.group_names(work.connection, organisation),
            begun=views.series_begun(work.connection, organisation, year),
            circulars_begun=views.circulars_begun(work.connection, organisation, year),
        )
        work.save(chosen)
        return work.done(chosen)

    def _emblem(self, work: Work, upload: str | None) -> str | None:
        """The SHA-256 of the picture in an upload. Raises Invalid where it cannot be printed."""
        if upload is None:
            return None
        found = self.runtime.files.claim(upload, work.actor.person)
        with self.runtime.files.open(found.sha256) as content:
            check_emblem(found.media_type, content.read())
        return str(found.sha256)

    @query(GetDocumentPolicy)
    def get_document_policy(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        organisation = read.actor.organisation
        version, chosen = views.policy_row(read.connection, organisation)
        may = read.actor.has(*rights.ROUTERS, organisation=organisation)
        return vars(chosen) | {
            "version": version,
            "group_codes": [vars(one) for one in chosen.group_codes],
            "by_group": list(chosen.by_group),
            "actions": [SetDocumentPolicy.method()] * may,
        }

    @command(ReserveNumbers)
    def reserve_numbers(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        organisation, group, wanted = work.actor.organisation, body["group"], body["series"]
        chosen = policy_in(work)
        if group is not None and directory.group_of(work.connection, organisation, group) is None:
            raise Invalid(fields={"group": ["ไม่พบกลุ่มนี้ในหน่วยงาน"]})
        owner = series.owner_of(chosen, wanted, group)
        seat = _keeper(work.actor, owner)
        check_expiry(body["expires"], bangkok_date(work.now))
        if not series.is_used(chosen, wanted):
            message = "หน่วยงานใช้เลขร่วมกับทะเบียนหนังสือส่ง ให้จองจากทะเบียนหนังสือส่ง"
            raise Invalid(fields={"series": [message]})
        year, reservation = register_year(work.now), Reservation(new_id())
        # Last, since whoever numbers next waits for the number until this is committed.
        key = series.key_of(wanted, owner or organisation, year)
        taken = [work.take_number(key) for _ in range(body["count"])]
        reservation.reserve(organisation, owner, seat, body, year, taken[0])
        work.save(reservation)
        return work.done(reservation, series=wanted, year=year, first=taken[0], count=body["count"])

    @command(BurnReservation)
    def burn_reservation(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        reservation = work.load(Reservation, body["id"])
        if reservation.organisation != work.actor.organisation:
            raise NotFound()
        seat = _keeper(work.actor, reservation.reserved.group)
        reservation.burn(seat, body["reason"])
        work.save(reservation)
        return work.done(reservation)

    @query(ListReservations)
    def list_reservations(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        organisation = read.actor.organisation
        reach = rights.reach(read.connection, read.actor)
        groups = None if Register.GENERAL in reach.registers else reach.groups
        items = views.list_reservations(read.connection, organisation, groups, params["open"])
        chosen = views.policy_of(read.connection, organisation)
        may = _keeps_any(read.actor, chosen, reach.groups)
        return {"items": items, "actions": [ReserveNumbers.method()] * may}

    @query(AuditNumbers)
    def audit_numbers(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        organisation, group = read.actor.organisation, params["group"]
        if group is not None and group not in directory.group_names(read.connection, organisation):
            raise Invalid(fields={"group": ["ไม่พบกลุ่มนี้ในหน่วยงาน"]})
        reach = rights.reach(read.connection, read.actor)
        if Register.GENERAL not in reach.registers and group not in reach.groups:
            raise Forbidden()
        wanted = (group or organisation, params["series"], params["year"])
        return views.audit(read.connection, *wanted, gaps=params["gaps"])

    @query(DocumentSummary)
    def document_summary(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        reach = document_reach(read.connection, read.actor)
        year = params["year"] or register_year(read.now)
        return views.document_summary(read.connection, reach, year)

    @timer(seconds=_EXPIRY)
    def burn_expired(self) -> None:
        """Burn what was kept beyond its last day."""
        today = bangkok_date(self.runtime.clock())
        with self.runtime.database.read() as connection:
            due = views.expired(connection, today)
        for id in due:
            self.runtime.execute(lambda work, id=id: _expire(work, id), f"{Reservation.kind}-{id}")


def policy_in(work: Work) -> DocumentPolicySet:
    """What the actor's organisation chose about its documents, as its stream says."""
    organisation = work.actor.organisation
    known = work.find(DocumentPolicy, organisation)
    chosen = known.chosen if known else None
    return chosen or default(organisation, views.is_school(work.connection, organisation))


def use_reserved(work: Work, id: str, document: str, wanted: Series, owner: str | None) -> int:
    """Take the lowest number of a reservation for a document that is numbered in that series now.

    `owner` is the group whose own series it is (`series.owner_of`). Raises Invalid, OutOfOrder.
    """
    found = work.find(Reservation, id)
    if found is None or found.organisation != work.actor.organisation:
        raise Invalid(fields={"reservation": ["ไม่พบเลขที่จองไว้"]})
    number = found.use(document, wanted, owner, register_year(work.now), bangkok_date(work.now))
    work.save(found)
    return number


def _may_keep(actor: Actor, owner: str | None) -> Seat | None:
    """The seat from which the actor keeps numbers ahead: the clerk's, in a group's series its own."""
    here = actor.organisation
    seat = actor.find_seat(*rights.CLERKS, organisation=here)
    if seat is None and owner is not None:
        seat = actor.find_seat(*rights.GROUP, organisation=here, group=owner)
    return seat


def _keeper(actor: Actor, owner: str | None) -> Seat:
    """The same. Raises Forbidden."""
    seat = _may_keep(actor, owner)
    if seat is None:
        raise Forbidden()
    return seat


def _keeps_any(actor: Actor, chosen: DocumentPolicySet, groups: tuple[str, ...]) -> bool:
    owners = {series.owner_of(chosen, one, group) for one in Series for group in groups}
    return any(_may_keep(actor, owner) for owner in {None, *owners})


def _expire(work: Work, id: str) -> None:
    reservation = work.load(Reservation, id)
    if reservation.expire(bangkok_date(work.now)):
        work.save(reservation)
