"""Letters that come in: their commands and queries."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from infra.clock import bangkok_date, register_year
from infra.contract import Command
from infra.errors import NotFound, Problem
from infra.eventstore.events import Recorded
from infra.eventstore.store import Read, Work
from infra.identity import Role, Seat
from infra.ids import new_id
from infra.messaging.service import command, query
from services.correspondence import rights, routing, views
from services.correspondence.contract import (
    AcknowledgeLetter,
    AcknowledgeToSender,
    AddAttachments,
    AssignLetter,
    Attachment,
    CancelRegistration,
    CloseGroupWork,
    CorrectRegistration,
    EndorseLetter,
    FindDuplicates,
    ForwardLetter,
    GetAttachment,
    GetLetter,
    GetRouting,
    LetterSummary,
    ListLetters,
    MyTasks,
    NoteProgress,
    OrderLetter,
    ProposeLetter,
    ReceiveByGroup,
    Register,
    RegisterLetter,
    ReportResult,
    ReturnByGroup,
    RoutingSet,
    Secrecy,
    SendLetterBack,
    SendReportBack,
    SetRouting,
    Stage,
    SuggestParties,
)
from services.correspondence.letter import (
    Letter,
    check_registration,
    group_series,
    receive_series,
    register_of,
)
from services.correspondence.routing import Routing
from services.personnel.contract import directory


class Receiving:
    """Letters that come in (หนังสือรับ)."""

    runtime: Any

    @command(RegisterLetter)
    def register_letter(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        organisation, secrecy = work.actor.organisation, body["secrecy"]
        seat = rights.registering(work.actor, secrecy)
        check_registration(body, bangkok_date(work.now))
        attachments = self._claimed(work, body["uploads"])
        reach = rights.reach(work.connection, work.actor)
        twins = (body["reference"], body["dated"], body["sender"])
        duplicates = views.duplicates(work.connection, reach, *twins)
        letter, year = Letter(new_id()), register_year(work.now)
        # Last, since whoever registers next waits for the number until this is committed.
        number = work.take_number(receive_series(register_of(secrecy), organisation, year))
        letter.register(organisation, seat, body, attachments, year, number)
        work.save(letter)
        return work.done(
            letter,
            year=year,
            number=number,
            received_at=work.now,
            duplicates=[one["id"] for one in duplicates],
        )

    def _claimed(self, work: Work, uploads: list[str]) -> list[Attachment]:
        claimed = []
        for upload in dict.fromkeys(uploads):
            found = self.runtime.files.claim(upload, work.actor.person)
            claimed.append(
                Attachment(
                    id=found.id,
                    name=found.name,
                    media_type=found.media_type,
                    size=found.size,
                    sha256=found.sha256,
                )
            )
        return claimed

    @command(CorrectRegistration)
    def correct_registration(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        letter, seat = _at_desk(work, body, CorrectRegistration)
        letter.correct(seat, body, bangkok_date(work.now))
        return _saved(work, letter)

    @command(AddAttachments)
    def add_attachments(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        letter, seat = _at_desk(work, body, AddAttachments)
        letter.require_step(AddAttachments.method())
        letter.attach(seat, self._claimed(work, body["uploads"]))
        return _saved(work, letter)

    @command(AcknowledgeToSender)
    def acknowledge_to_sender(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        letter, seat = _at_desk(work, body, AcknowledgeToSender)
        letter.acknowledge_to_sender(seat, body["how"])
        return _saved(work, letter)

    @command(ProposeLetter)
    def propose_letter(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        letter, seat = _at_desk(work, body, ProposeLetter)
        chosen = work.find(Routing, letter.organisation)
        present = chosen.chosen if chosen else None
        present = present or _default_routing(work.connection, letter.organisation)
        held = rights.held_desks(work.connection, letter.organisation, bangkok_date(work.now))
        desks = routing.desks(present, held)
        letter.propose(seat, body["text"], desks, present.group_head)
        return _saved(work, letter)

    @command(EndorseLetter)
    def endorse_letter(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        letter, seat = _at_desk(work, body, EndorseLetter)
        letter.endorse(seat, body["text"])
        return _saved(work, letter)

    @command(SendLetterBack)
    def send_letter_back(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        letter, seat = _at_desk(work, body, SendLetterBack)
        letter.send_back(seat, body["reason"])
        return _saved(work, letter)

    @command(OrderLetter)
    def order_letter(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        letter, seat = _at_desk(work, body, OrderLetter)
        named = filter(None, [body["lead"], *body["supporting"]])
        here = letter.organisation
        groups = {one for one in named if directory.group_of(work.connection, here, one)}
        letter.order(seat, body, groups, bangkok_date(work.now))
        return _saved(work, letter)

    @command(ReceiveByGroup)
    def receive_by_group(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        letter, seat = _at_desk(work, body, ReceiveByGroup)
        group, year = body["group"], register_year(work.now)
        letter.require_step(ReceiveByGroup.method(), group)
        number = work.take_number(group_series(group, year))
        letter.receive_by_group(seat, group, year, number)
        return _saved(work, letter, year=year, number=number)

    @command(ReturnByGroup)
    def return_by_group(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        letter, seat = _at_desk(work, body, ReturnByGroup)
        letter.return_by_group(seat, body["group"], body["reason"])
        return _saved(work, letter)

    @command(AssignLetter)
    def assign_letter(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        letter, seat = _at_desk(work, body, AssignLetter)
        today = bangkok_date(work.now)
        holders = directory.holders(
            work.connection,
            today,
            organisation=letter.organisation,
            roles=[role for role in Role if role not in rights.NO_WORKERS],
            group=body["group"],
        )
        letter.assign(seat, body, {one.person for one in holders}, today)
        return _saved(work, letter)

    @command(AcknowledgeLetter)
    def acknowledge_letter(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        letter, officer = _of_officer(work, body)
        letter.acknowledge(officer, body["group"])
        return _saved(work, letter)

    @command(NoteProgress)
    def note_progress(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        letter, officer = _of_officer(work, body)
        letter.note_progress(officer, body["group"], body["text"])
        return _saved(work, letter)

    @command(ReportResult)
    def report_result(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        letter, officer = _of_officer(work, body)
        letter.require_step(ReportResult.method(), body["group"])
        attachments = self._claimed(work, body["uploads"])
        letter.report(officer, body["group"], body["text"], attachments)
        return _saved(work, letter)

    @command(SendReportBack)
    def send_report_back(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        letter, seat = _at_desk(work, body, SendReportBack)
        letter.send_report_back(seat, body["group"], body["reason"])
        return _saved(work, letter)

    @command(CloseGroupWork)
    def close_group_work(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        letter, seat = _at_desk(work, body, CloseGroupWork)
        letter.close_group_work(seat, body["group"], body["text"])
        return _saved(work, letter)

    @command(CancelRegistration)
    def cancel_registration(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        letter, seat = _at_desk(work, body, CancelRegistration)
        letter.cancel(seat, body["reason"])
        return _saved(work, letter)

    @command(ForwardLetter)
    def forward_letter(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        letter, seat = _at_desk(work, body, ForwardLetter)
        letter.forward(seat, body["to"], body["reason"])
        return _saved(work, letter)

    @command(SetRouting)
    def set_routing(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        organisation = work.actor.organisation
        work.actor.seat(*rights.ROUTERS, organisation=organisation)
        known = work.find(Routing, organisation)
        chosen = work.load(Routing, organisation) if known else Routing(organisation)
        chosen.choose(views.is_school(work.connection, organisation), **body)
        work.save(chosen)
        return work.done(chosen)

    @query(ListLetters)
    def list_letters(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        reach = rights.reach(read.connection, read.actor)
        days = _routing(read).unattended_days
        page = views.list_letters(read.connection, reach, params, days, read.now)
        secrecy = Secrecy.NONE if params["register"] is Register.GENERAL else Secrecy.SECRET
        actions = possible(
            [RegisterLetter.method()], lambda step: rights.registering(read.actor, secrecy)
        )
        return page | {"actions": actions}

    @query(MyTasks)
    def my_tasks(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        return views.my_tasks(read.connection, read.actor, params, read.now)

    @query(GetLetter)
    def get_letter(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        reach = rights.reach(read.connection, read.actor)
        letter, stream = self._readable(read, reach, params["id"])
        page = views.letter_page(read.connection, reach, letter, stream, read.now)

        def attempt(step: str, group: str | None = None) -> None:
            rights.require(read.connection, read.actor, letter, step, group)
            letter.require_step(step, group)

        actions = {
            group: possible(rights.GROUP_STEPS, partial(attempt, group=group))
            for group in letter.course.works
        }
        stage = letter.course.stage
        held = rights.held_desks(read.connection, letter.organisation, bangkok_date(read.now))
        return page | {
            "desk_held": stage in (None, Stage.CLERK, *held),
            "actions": possible(rights.LETTER_STEPS, attempt),
            "group_actions": [
                {"group": group, "actions": found} for group, found in actions.items() if found
            ],
        }

    @query(GetAttachment)
    def get_attachment(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        reach = rights.reach(read.connection, read.actor)
        letter, _ = self._readable(read, reach, params["id"])
        found = (letter.files | letter.report_files).get(params["attachment"])
        if found is None:
            raise NotFound("ไม่พบไฟล์นี้")
        return dict(vars(found))

    def _readable(self, read: Read, reach: rights.Reach, id: str) -> tuple[Letter, list[Recorded]]:
        """The letter with its stream. Raises NotFound where the actor may not know of it."""
        if not views.is_visible(read.connection, reach, id):
            raise NotFound("ไม่พบหนังสือนี้")
        stream = self.runtime.store.stream(read.connection, f"{Letter.kind}-{id}")
        letter = Letter(id)
        letter.replay(recorded.event for recorded in stream)
        return letter, stream

    @query(FindDuplicates)
    def find_duplicates(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        reach = rights.reach(read.connection, read.actor)
        return {"items": views.duplicates(read.connection, reach, **params)}

    @query(SuggestParties)
    def suggest_parties(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        reach = rights.reach(read.connection, read.actor)
        items = views.suggestions(read.connection, reach, params["column"], params["q"])
        return {"items": items}

    @query(LetterSummary)
    def letter_summary(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        reach = rights.reach(read.connection, read.actor)
        year = params["year"] or register_year(read.now)
        return views.summary(read.connection, reach, year, _routing(read).unattended_days, read.now)

    @query(GetRouting)
    def get_routing(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        may = read.actor.has(*rights.ROUTERS, organisation=read.actor.organisation)
        row = _routing(read)
        return {
            "version": getattr(row, "version", 0),
            "central_head": row.central_head,
            "deputy": row.deputy,
            "group_head": row.group_head,
            "unattended_days": row.unattended_days,
            "actions": [SetRouting.method()] * may,
        }


def _load(work: Work, id: str) -> Letter:
    """Raises NotFound where the actor may not know of it, before anything else can tell of it."""
    if not views.is_visible(work.connection, rights.reach(work.connection, work.actor), id):
        raise NotFound("ไม่พบหนังสือนี้")
    return work.load(Letter, id)


def _at_desk(work: Work, body: dict[str, Any], step: type[Command]) -> tuple[Letter, Seat]:
    """The letter, and the seat from which the actor takes that step. Raises Forbidden."""
    letter = _load(work, body["id"])
    group = body.get("group")
    return letter, rights.seat_for(work.connection, work.actor, letter, step.method(), group)


def _of_officer(work: Work, body: dict[str, Any]) -> tuple[Letter, str]:
    letter = _load(work, body["id"])
    return letter, rights.officer_for(work.actor, letter, body["group"])


def _saved(work: Work, letter: Letter, **more: Any) -> dict[str, Any]:
    work.save(letter)
    return work.done(letter, **more)


def possible(steps: Iterable[str], attempt: Callable[[str], object]) -> list[str]:
    """Those of `steps` at which `attempt` raises no problem."""
    found = []
    for step in steps:
        try:
            attempt(step)
        except Problem:
            continue
        found.append(step)
    return found


def _default_routing(connection: Connection, organisation: str) -> RoutingSet:
    return routing.default(organisation, views.is_school(connection, organisation))


def _routing(read: Read) -> Any:
    """The row of the actor's organisation, or the default."""
    organisation = read.actor.organisation
    query = select(views.routings).where(views.routings.c.organisation == organisation)
    row = read.connection.execute(query).first()
    return row or _default_routing(read.connection, organisation)
