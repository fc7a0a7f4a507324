"""A letter that came in (หนังสือรับ): registered, proposed, ordered, worked on by groups, closed (W1)."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from infra.errors import Invalid
from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from infra.identity import Seat
from services.correspondence.contract import (
    Attachment,
    AttachmentsAdded,
    Channel,
    Charge,
    GroupWorkClosed,
    LetterAcknowledged,
    LetterAnswered,
    LetterAssigned,
    LetterClosed,
    LetterEndorsed,
    LetterForwarded,
    LetterImported,
    LetterOrdered,
    LetterProposed,
    LetterReceived,
    LetterReceivedByGroup,
    LetterReturnedByGroup,
    LetterSentBack,
    LetterState,
    OrderKind,
    ProgressNoted,
    Register,
    RegistrationCancelled,
    RegistrationCorrected,
    ReportSentBack,
    ResultReported,
    Secrecy,
    SenderAcknowledged,
    Stage,
    WorkState,
)
from services.correspondence.course import Course
from services.correspondence.group_work import GroupWork

COLUMNS = (
    "reference",
    "dated",
    "sender",
    "recipient",
    "subject",
    "urgency",
    "deadline",
    "channel",
    "defect",
    "note",
)
_TOO_SECRET = (
    "หนังสือชั้นลับที่สุดรับทางระบบอิเล็กทรอนิกส์ไม่ได้ (ระเบียบงานสารบรรณ ข้อ 29 และภาคผนวก 7 ข้อ 3.6)"
    " ให้แจ้งผู้ส่งขอรับเป็นเอกสาร และลบไฟล์ที่ได้รับทันที"
)


def check_registration(wish: dict[str, Any], today: date) -> None:
    """Raises Invalid where the columns of form 13 cannot be so; `wish` is a checked command."""
    if wish.get("secrecy") is Secrecy.MOST_SECRET:
        raise Invalid(_TOO_SECRET, fields={"secrecy": [_TOO_SECRET]})
    if wish["dated"] is not None and wish["dated"] > today:
        raise Invalid(fields={"dated": ["ลงวันที่ต้องไม่อยู่ในอนาคต"]})


def imported_columns(event: LetterImported) -> dict[str, Any]:
    """The columns of a row of an old register, which had fewer."""
    unknown = {"deadline": None, "channel": Channel.PAPER, "defect": ""}
    return {name: unknown.get(name, getattr(event, name, None)) for name in COLUMNS}


def register_of(secrecy: Secrecy) -> Register:
    return Register.GENERAL if secrecy is Secrecy.NONE else Register.SECRET


def receive_series(register: Register, organisation: str, year: int) -> str:
    """The series of an organisation's receive numbers; classified letters have one of their own."""
    kind = "receive" if register is Register.GENERAL else "secret"
    return f"{kind}:{organisation}:{year}"


def group_series(group: str, year: int) -> str:
    return f"group:{group}:{year}"


class Letter(Aggregate):
    """One letter, from its registration until it is closed, cancelled or forwarded.

    Every method but `register` raises OutOfOrder where the step cannot be taken now.
    """

    kind = "letter"
    received: LetterReceived | LetterImported

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.course = Course()
        self.columns: dict[str, Any] = {}
        self.files: dict[str, Attachment] = {}
        self.report_files: dict[str, Attachment] = {}
        self.sender_knows = False

    @property
    def organisation(self) -> str:
        return self.received.organisation

    @property
    def confidential(self) -> bool:
        return self.course.register is Register.SECRET

    def require_step(self, step: str, group: str | None = None) -> None:
        """Raises OutOfOrder unless `step` (a command's method name) can be taken now."""
        if group is None:
            self.course.require(step)
            if step == "acknowledge_to_sender":
                self.require(not self.sender_knows, "บันทึกการตอบรับผู้ส่งไว้แล้ว")
        else:
            self._work(group).require(step)

    def register(
        self,
        organisation: str,
        seat: Seat,
        wish: dict[str, Any],
        attachments: Sequence[Attachment],
        year: int,
        number: int,
        arrival: str | None = None,
    ) -> None:
        """Enter it under `number` of `year` (พ.ศ.); `wish` is a checked RegisterLetter.

        `arrival` is what lay in the tray, where it came that way.
        """
        self.record(
            LetterReceived(
                organisation=organisation,
                register=register_of(wish["secrecy"]),
                year=year,
                number=number,
                secrecy=wish["secrecy"],
                attachments=tuple(attachments),
                seat=seat,
                arrival=arrival,
                **{name: wish[name] for name in COLUMNS},
            )
        )

    def take_over(self, row: LetterImported) -> None:
        """Enter it as it stood in the register of another system; it is closed."""
        self.record(row)

    def correct(self, seat: Seat, wish: dict[str, Any], today: date) -> None:
        """Correct the columns; `wish` is a checked CorrectRegistration."""
        self.require_step("correct_registration")
        check_registration(wish, today)
        columns = {name: wish[name] for name in COLUMNS}
        if columns == self.columns:
            raise Invalid("ไม่มีช่องใดเปลี่ยน")
        self.record(RegistrationCorrected(reason=wish["reason"], seat=seat, **columns))

    def attach(self, seat: Seat, attachments: Sequence[Attachment]) -> None:
        self.require_step("add_attachments")
        new = [one for one in attachments if one.id not in self.files]
        self.require(bool(new), "แนบไฟล์นี้ไว้แล้ว")
        self.record(AttachmentsAdded(attachments=tuple(new), seat=seat))

    def acknowledge_to_sender(self, seat: Seat, how: str) -> None:
        self.require_step("acknowledge_to_sender")
        self.record(SenderAcknowledged(how=how, seat=seat))

    def propose(self, seat: Seat, text: str, desks: tuple[Stage, ...], by_heads: bool) -> None:
        """Propose it to the first of `desks`; it will pass them all."""
        self.require_step("propose_letter")
        self.record(
            LetterProposed(text=text, stage=desks[0], seat=seat, route=desks, group_head=by_heads)
        )

    def endorse(self, seat: Seat, text: str) -> None:
        self.require_step("endorse_letter")
        following = self.course.route[1:] or (Stage.DIRECTOR,)
        self.record(LetterEndorsed(text=text, stage=following[0], seat=seat))

    def send_back(self, seat: Seat, reason: str) -> None:
        self.require_step("send_letter_back")
        self.record(LetterSentBack(reason=reason, seat=seat))

    def order(self, seat: Seat, wish: dict[str, Any], groups: Collection[str], today: date) -> None:
        """Order on it, or add to the order; `wish` is a checked OrderLetter, `groups` those there are.

        Raises Invalid where the groups or the due day cannot be so. An order that leaves nobody
        with anything to do closes it.
        """
        self.require_step("order_letter")
        self._check_order(wish, groups, today)
        lead, supporting = wish["lead"], dict.fromkeys(wish["supporting"])
        charges = [Charge(group=lead, lead=True)] if lead else []
        charges += [Charge(group=group, lead=False) for group in supporting]
        self.record(
            LetterOrdered(
                kind=wish["kind"],
                text=wish["text"],
                groups=tuple(charges),
                schools=wish["schools"],
                due=wish["due"],
                seat=seat,
            )
        )
        self._close_if_done()

    def _check_order(self, wish: dict[str, Any], groups: Collection[str], today: date) -> None:
        lead, supporting = wish["lead"], wish["supporting"]
        working = {group for group, work in self.course.works.items() if work.open}
        leading = {group for group in working if self.course.works[group].lead}
        faults: dict[str, list[str]] = {}
        if wish["kind"] is not OrderKind.ACT:
            given = {"lead": lead, "supporting": supporting, "due": wish["due"]}
            only = ["ระบุได้เมื่อสั่งให้กลุ่มดำเนินการเท่านั้น"]
            faults = {name: only for name, value in given.items() if value}
        elif lead is None and not leading:
            faults["lead"] = ["ต้องระบุกลุ่มเจ้าของเรื่อง"]
        elif lead is None and not supporting:
            faults["supporting"] = ["ต้องระบุกลุ่มที่จะมอบเพิ่ม"]
        elif lead is not None and leading:
            faults["lead"] = ["มีกลุ่มเจ้าของเรื่องอยู่แล้ว"]
        elif lead is not None and lead not in groups:
            faults["lead"] = ["ไม่มีกลุ่มนี้ในหน่วยงาน"]
        if not faults and supporting:
            if not set(supporting) <= set(groups):
                faults["supporting"] = ["ไม่มีกลุ่มนี้ในหน่วยงาน"]
            elif len({lead, *supporting}) <= len(supporting):
                faults["supporting"] = ["ระบุกลุ่มเดียวกันซ้ำ"]
            elif working & set(supporting):
                faults["supporting"] = ["กลุ่มนี้รับเรื่องอยู่แล้ว"]
        if wish["due"] is not None and wish["due"] < today:
            faults.setdefault("due", ["วันครบกำหนดต้องไม่ก่อนวันนี้"])
        if faults:
            raise Invalid(fields=faults)

    def receive_by_group(self, seat: Seat, group: str, year: int, number: int) -> None:
        """Enter it in the group's own register under `number` of `year`."""
        self.require_step("receive_by_group", group)
        self.record(LetterReceivedByGroup(group=group, year=year, number=number, seat=seat))

    def return_by_group(self, seat: Seat, group: str, reason: str) -> None:
        """Give it back; a supporting group that is the last at work leaves it done."""
        self.require_step("return_by_group", group)
        lead = self.course.works[group].lead
        self.record(LetterReturnedByGroup(group=group, lead=lead, reason=reason, seat=seat))
        self._close_if_done()

    def assign(
        self, seat: Seat, wish: dict[str, Any], members: Collection[str], today: date
    ) -> None:
        """Assign it to a person of the group; `wish` is a checked AssignLetter.

        Raises Invalid where the officer is not among `members`, or the due day has passed.
        """
        group, officer = wish["group"], wish["officer"]
        self.require_step("assign_letter", group)
        faults = {}
        if officer not in members:
            faults["officer"] = ["ผู้นี้ไม่ได้อยู่ในกลุ่ม"]
        if wish["due"] is not None and wish["due"] < today:
            faults["due"] = ["วันครบกำหนดต้องไม่ก่อนวันนี้"]
        if faults:
            raise Invalid(fields=faults)
        work = self.course.works[group]
        same = (officer, wish["due"] or work.due) == (work.officer, work.due)
        self.require(work.state is WorkState.RECEIVED or not same, "มอบหมายผู้นี้ไว้แล้ว")
        self.record(
            LetterAssigned(
                group=group, officer=officer, text=wish["text"], due=wish["due"], seat=seat
            )
        )

    def acknowledge(self, officer: str, group: str) -> None:
        self.require_step("acknowledge_letter", group)
        self.record(LetterAcknowledged(group=group, officer=officer))

    def note_progress(self, officer: str, group: str, text: str) -> None:
        """Whoever writes of progress has seen it: that is recorded, too."""
        self.require_step("note_progress", group)
        self._see(officer, group)
        self.record(ProgressNoted(group=group, officer=officer, text=text))

    def report(
        self, officer: str, group: str, text: str, attachments: Sequence[Attachment]
    ) -> None:
        """Whoever reports has seen it: that is recorded, too."""
        self.require_step("report_result", group)
        self._see(officer, group)
        self.record(
            ResultReported(group=group, officer=officer, text=text, attachments=tuple(attachments))
        )

    def _see(self, officer: str, group: str) -> None:
        if self.course.works[group].state is WorkState.ASSIGNED:
            self.record(LetterAcknowledged(group=group, officer=officer))

    def send_report_back(self, seat: Seat, group: str, reason: str) -> None:
        self.require_step("send_report_back", group)
        officer = self.course.works[group].officer
        assert officer is not None
        self.record(ReportSentBack(group=group, officer=officer, reason=reason, seat=seat))

    def close_group_work(self, seat: Seat, group: str, text: str) -> None:
        """Close the group's part; the last one closes the letter."""
        self.require_step("close_group_work", group)
        self.record(GroupWorkClosed(group=group, text=text, seat=seat))
        self._close_if_done()

    def _close_if_done(self) -> None:
        if self.course.state is LetterState.ORDERED and not self.course.at_work:
            self.record(LetterClosed())

    def cancel(self, seat: Seat, reason: str) -> None:
        self.require_step("cancel_registration")
        self.record(RegistrationCancelled(reason=reason, seat=seat))

    def forward(self, seat: Seat, to: str, reason: str) -> None:
        self.require_step("forward_letter")
        self.record(LetterForwarded(to=to, reason=reason, seat=seat))

    def answer(self, document: str, reference: str, dated: date) -> None:
        """Note by which letter it was answered (ข้อ 39); also when it has ended."""
        self.record(LetterAnswered(document=document, reference=reference, dated=dated))

    def _work(self, group: str) -> GroupWork:
        work = self.course.works.get(group)
        self.require(work is not None, "ไม่ได้มอบหนังสือนี้ให้กลุ่มนี้")
        assert work is not None
        return work

    def apply(self, event: Event) -> None:
        self.course.apply(event)
        match event:
            case LetterReceived():
                self.received = event
                self.columns = {name: getattr(event, name) for name in COLUMNS}
                self._keep(self.files, event.attachments)
            case LetterImported():
                self.received = event
                self.columns = imported_columns(event)
            case RegistrationCorrected():
                self.columns = {name: getattr(event, name) for name in COLUMNS}
            case AttachmentsAdded():
                self._keep(self.files, event.attachments)
            case ResultReported():
                self._keep(self.report_files, event.attachments)
            case SenderAcknowledged():
                self.sender_knows = True

    def _keep(self, files: dict[str, Attachment], attachments: Sequence[Attachment]) -> None:
        files |= {one.id: one for one in attachments}
