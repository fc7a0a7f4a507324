"""Who is told of which event, and in which words.

Pure but for what it looks up: who holds a post that day (the directory) and what a letter, booking
or indicator is called (matters).
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection

from infra import thai
from infra.clock import bangkok, bangkok_date
from infra.eventstore.events import Event, Recorded
from infra.identity import Role
from services.correspondence import contract as correspondence
from services.correspondence.contract import OrderKind, Stage, Urgency
from services.notify import document_rules, matters
from services.notify.contract import Kind, NoticeUrgency
from services.notify.matters import Reminder
from services.notify.notification import Notice
from services.notify.people import People
from services.notify.words import body, brief, due_by, tag
from services.resources import contract as resources
from services.resources.contract import RefusalCause
from services.standards import contract as standards

CORRESPONDENCE: tuple[type[Event], ...] = (
    correspondence.LetterReceived,
    correspondence.RegistrationCorrected,
    correspondence.LetterProposed,
    correspondence.LetterEndorsed,
    correspondence.LetterSentBack,
    correspondence.LetterOrdered,
    correspondence.LetterReceivedByGroup,
    correspondence.LetterReturnedByGroup,
    correspondence.LetterAssigned,
    correspondence.ResultReported,
    correspondence.ReportSentBack,
    correspondence.GroupWorkClosed,
    correspondence.LetterClosed,
    correspondence.RegistrationCancelled,
    correspondence.LetterForwarded,
    *document_rules.EVENTS,
)
RESOURCES: tuple[type[Event], ...] = (
    resources.RoomAdded,
    resources.RoomChanged,
    resources.BookingRequested,
    resources.BookingConfirmed,
    resources.BookingRefused,
    resources.BookingCancelled,
)
STANDARDS: tuple[type[Event], ...] = (
    standards.IndicatorNamed,
    standards.IndicatorRenamed,
    standards.IndicatorAssigned,
    standards.IndicatorReported,
    standards.ReportVerified,
    standards.ReportReturned,
)

TITLES = {
    Kind.LETTER_PROPOSED: "หนังสือเสนอถึงข้าพเจ้า",
    Kind.LETTER_ORDERED: "ข้อสั่งการถึงกลุ่มของข้าพเจ้า",
    Kind.LETTER_RECEIVED: "หนังสือเข้าที่ต้องดำเนินการต่อ",
    Kind.LETTER_ASSIGNED: "หนังสือที่มอบหมายให้ข้าพเจ้า",
    Kind.LETTER_REPORTED: "รายงานผลที่รอตรวจ",
    Kind.LETTER_RETURNED: "หนังสือที่ส่งกลับ",
    Kind.LETTER_MOVED: "หนังสือที่ปิดเรื่อง ยกเลิก หรือส่งต่อ",
    Kind.LETTER_DUE: "หนังสือใกล้ครบกำหนดและเกินกำหนด",
    Kind.DOCUMENT_SUBMITTED: "ร่างหนังสือที่รอข้าพเจ้าตรวจหรือลงนาม",
    Kind.DOCUMENT_RETURNED: "ร่างหนังสือของข้าพเจ้าที่ส่งกลับแก้ไข",
    Kind.DOCUMENT_NUMBERED: "หนังสือที่ลงนาม ออกเลข หรือยกเลิกเลขแล้ว",
    Kind.LETTER_ARRIVED: "หนังสือที่รอลงทะเบียนรับ",
    Kind.DELIVERY_FAILED: "หนังสือที่ส่งไม่ถึงหรือผู้รับส่งคืน",
    Kind.DOCUMENT_ANSWERED: "หนังสือที่ผู้รับตอบกลับ",
    Kind.BOOKING_REQUESTED: "คำขอใช้ห้องที่รออนุมัติ",
    Kind.BOOKING_DECIDED: "ผลการขอใช้ห้องของข้าพเจ้า",
    Kind.BOOKING_CANCELLED: "การจองที่ยกเลิก",
    Kind.INDICATOR_ASSIGNED: "ตัวบ่งชี้ที่มอบหมายให้ข้าพเจ้า",
    Kind.INDICATOR_REPORTED: "รายงานตัวบ่งชี้ที่รอตรวจ",
    Kind.INDICATOR_DECIDED: "ผลการตรวจรายงานตัวบ่งชี้",
}


def notices(connection: Connection, recorded: Recorded) -> list[Notice]:
    """Who is told of `recorded`, each person once, never who did it."""
    told: dict[tuple[str, Kind], Notice] = {}
    for notice in _Told(connection, recorded).notices():
        if notice.person != recorded.actor:
            told.setdefault((notice.person, notice.kind), notice)
    return list(told.values())


def reminder_notices(connection: Connection, reminder: Reminder, today: date) -> list[Notice]:
    """Who is reminded: whoever has to do the next thing; the head of the group too when it is late."""
    letter = matters.letter(connection, reminder.letter)
    people = People(connection, today, letter.organisation)
    if reminder.group is None:
        told = people.at_desk(reminder.stage)
    elif reminder.officer is None:
        told = people.of_group(reminder.group)
    else:
        told = [] if reminder.reported else [reminder.officer]
        if reminder.overdue or reminder.reported:
            told = [*told, *people.leading(letter, reminder.group)]
    late = (today - reminder.due).days
    when = f"เกินกำหนด {late} วัน" if late > 0 else "ครบกำหนดวันนี้" if late == 0 else "ครบกำหนดพรุ่งนี้"
    return [
        _letter_notice(letter, reminder.letter, person, Kind.LETTER_DUE, when, due_by(reminder.due))
        for person in dict.fromkeys(told)
    ]


class _Told:
    """The notices of one event."""

    def __init__(self, connection: Connection, recorded: Recorded) -> None:
        self._connection, self._recorded = connection, recorded
        self._id = recorded.aggregate_id

    def _people(self, organisation: str) -> People:
        day = bangkok_date(self._recorded.recorded_at)
        return People(self._connection, day, organisation)

    def notices(self) -> Iterator[Notice]:
        event = self._recorded.event
        if isinstance(event, document_rules.EVENTS):
            yield from document_rules.notices(self._connection, self._recorded)
        elif isinstance(event, correspondence.LetterReceived):
            yield from self._received(event)
        elif isinstance(event, CORRESPONDENCE):
            yield from self._of_letter(event)
        elif isinstance(event, RESOURCES):
            yield from self._of_booking(event)
        elif isinstance(event, STANDARDS):
            yield from self._of_indicator(event)

    def _received(self, event: correspondence.LetterReceived) -> Iterator[Notice]:
        if event.urgency is not Urgency.MOST_URGENT:
            return
        people = self._people(event.organisation)
        for person in (*people.clerks(), *people.holding(Role.SECRETARY)):
            yield _letter_notice(event, self._id, person, Kind.LETTER_RECEIVED, "หนังสือเข้า", "")

    def _of_letter(self, event: Event) -> Iterator[Notice]:
        letter = matters.letter(self._connection, self._id)
        people = self._people(letter.organisation)

        def tell(
            told: Iterable[str | None], kind: Kind, what: str, *lines: str
        ) -> Iterator[Notice]:
            for person in told:
                if person is not None:
                    yield _letter_notice(letter, self._id, person, kind, what, *lines)

        match event:
            case correspondence.LetterProposed() | correspondence.LetterEndorsed():
                what = "รอสั่งการ" if event.stage is Stage.DIRECTOR else "เสนอเพื่อพิจารณา"
                desk = people.at_desk(event.stage)
                yield from tell(
                    desk, Kind.LETTER_PROPOSED, what, event.text, due_by(letter.deadline)
                )
            case correspondence.LetterSentBack():
                what = "ส่งกลับแก้ไข"
                yield from tell(people.clerks(), Kind.LETTER_RETURNED, what, event.reason)
            case correspondence.LetterOrdered():
                for charge in event.groups:
                    what = "สั่งการถึงกลุ่ม" if charge.lead else "สั่งการถึงกลุ่ม (ร่วมดำเนินการ)"
                    told, due = people.of_group(charge.group), due_by(event.due, letter.deadline)
                    yield from tell(told, Kind.LETTER_ORDERED, what, event.text, due)
                if event.kind is not OrderKind.ACT:
                    yield from tell(people.clerks(), Kind.LETTER_ORDERED, "สั่งการแล้ว", event.text)
            case correspondence.LetterReceivedByGroup():
                told = people.leading(letter, event.group)
                yield from tell(told, Kind.LETTER_RECEIVED, "กลุ่มลงรับแล้ว รอมอบหมาย")
            case correspondence.LetterReturnedByGroup():
                yield from tell(people.clerks(), Kind.LETTER_RETURNED, "กลุ่มส่งคืน", event.reason)
            case correspondence.LetterAssigned():
                work = matters.work(self._connection, self._id, event.group)
                before, known = (work.officer, work.due) if work else (None, None)
                due = due_by(event.due or known, letter.deadline)
                what = "มอบหมายให้ท่าน"
                yield from tell([event.officer], Kind.LETTER_ASSIGNED, what, event.text, due)
                if before != event.officer:
                    yield from tell([before], Kind.LETTER_MOVED, "มอบหมายให้ผู้อื่นแทนท่านแล้ว")
            case correspondence.ResultReported():
                told = people.leading(letter, event.group)
                yield from tell(told, Kind.LETTER_REPORTED, "รายงานผลแล้ว รอปิด", event.text)
            case correspondence.ReportSentBack():
                yield from tell([event.officer], Kind.LETTER_RETURNED, "ส่งกลับแก้ไข", event.reason)
            case correspondence.GroupWorkClosed():
                work = matters.work(self._connection, self._id, event.group)
                told = [work.officer] if work else []
                yield from tell(told, Kind.LETTER_MOVED, "ปิดงานของกลุ่มแล้ว", event.text)
            case correspondence.LetterClosed() if letter.worked:
                yield from tell(people.clerks(), Kind.LETTER_MOVED, "ปิดเรื่องแล้ว")
            case correspondence.RegistrationCancelled():
                desk = people.at_desk(letter.stage)
                yield from tell(desk, Kind.LETTER_MOVED, "ยกเลิกเลขแล้ว", event.reason)
            case correspondence.LetterForwarded():
                desk = people.at_desk(letter.stage)
                yield from tell(desk, Kind.LETTER_MOVED, f"ส่งต่อ {event.to} แล้ว", event.reason)

    def _of_booking(self, event: Event) -> Iterator[Notice]:
        if isinstance(event, resources.BookingRequested):
            room = matters.room_name(self._connection, event.room)
            for person in self._people(event.organisation).approving():
                yield self._booking(event, room, person, Kind.BOOKING_REQUESTED, "ขอใช้", "")
            return
        if isinstance(event, (resources.RoomAdded, resources.RoomChanged)):
            return
        booking = matters.booking(self._connection, self._id)
        room = matters.room_name(self._connection, booking.room)
        match event:
            case resources.BookingConfirmed():
                yield self._booking(
                    booking, room, event.requester, Kind.BOOKING_DECIDED, "อนุมัติ", event.note
                )
            case resources.BookingRefused():
                what = "ไม่อนุมัติ"
                if event.cause is RefusalCause.CONFLICT:
                    what = "ไม่อนุมัติ (ห้องไม่ว่าง)"
                yield self._booking(
                    booking, room, event.requester, Kind.BOOKING_DECIDED, what, event.reason
                )
            case resources.BookingCancelled():
                what = "ยกเลิก"
                if self._recorded.actor != event.requester:
                    what = "ถูกเลื่อนด้วยราชการจำเป็น"
                told = (event.requester, *self._people(booking.organisation).approving())
                for person in told:
                    yield self._booking(
                        booking, room, person, Kind.BOOKING_CANCELLED, what, event.reason
                    )

    def _booking(
        self, booking: Any, room: str, person: str, kind: Kind, what: str, text: str
    ) -> Notice:
        starts, ends = bangkok(booking.starts), bangkok(booking.ends)
        until = thai.format_time(ends) if starts.date() == ends.date() else thai.format_moment(ends)
        when = f"{thai.format_moment(starts)} ถึง {until}"
        return Notice(
            person=person,
            organisation=booking.organisation,
            kind=kind,
            title=brief(f"{what} {room}: {booking.purpose}"),
            body=body(when, text),
            link=f"/bookings/{self._id}",
        )

    def _of_indicator(self, event: Event) -> Iterator[Notice]:
        if isinstance(event, (standards.IndicatorNamed, standards.IndicatorRenamed)):
            return
        indicator = matters.indicator(self._connection, self._id)
        here = indicator.organisation

        def notice(person: str, kind: Kind, what: str, *lines: str) -> Notice:
            return Notice(
                person=person,
                organisation=here,
                kind=kind,
                title=brief(f"{what}: ตัวบ่งชี้ {indicator.code} {indicator.name}"),
                body=body(*lines),
                link=f"/indicators/{self._id}",
            )

        match event:
            case standards.IndicatorAssigned():
                yield notice(event.owner, Kind.INDICATOR_ASSIGNED, "มอบหมายให้ท่านรับผิดชอบ")
            case standards.IndicatorReported():
                for person in self._people(here).approving():
                    yield notice(
                        person, Kind.INDICATOR_REPORTED, "รายงานผลแล้ว รอตรวจ", _round(event)
                    )
            case standards.ReportVerified():
                yield notice(
                    event.owner, Kind.INDICATOR_DECIDED, "ตรวจผ่านแล้ว", _round(event), event.note
                )
            case standards.ReportReturned():
                yield notice(
                    event.owner, Kind.INDICATOR_DECIDED, "ส่งกลับแก้ไข", _round(event), event.reason
                )


def _letter_notice(letter: Any, id: str, person: str, kind: Kind, what: str, *lines: str) -> Notice:
    urgency = Urgency(letter.urgency)
    return Notice(
        person=person,
        organisation=letter.organisation,
        kind=kind,
        title=brief(f"{tag(urgency)}{what}: {letter.subject}"),
        body=body(f"เลขรับ {letter.number}/{letter.year} จาก {letter.sender}", *lines),
        link=f"/letters/{id}",
        urgency=NoticeUrgency(urgency.value),
    )


def _round(event: Any) -> str:
    return f"ปีงบประมาณ {event.fiscal_year} รอบ {event.round} เดือน"
