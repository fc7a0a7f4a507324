"""Who is told of which event, and in which words.

Pure but for what it looks up: who holds a post that day (the directory) and what a letter, booking
or indicator is called (matters).
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from infra import thai
from infra.clock import bangkok, bangkok_date
from infra.eventstore.events import Event, Recorded
from infra.identity import Role
from services.correspondence import contract as correspondence
from services.correspondence.contract import OrderKind, Stage, Urgency
from services.notify import matters
from services.notify.contract import Kind, NoticeUrgency
from services.notify.matters import Reminder
from services.notify.notification import Notice
from services.personnel.contract import directory
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
    Kind.BOOKING_REQUESTED: "คำขอใช้ห้องที่รออนุมัติ",
    Kind.BOOKING_DECIDED: "ผลการขอใช้ห้องของข้าพเจ้า",
    Kind.BOOKING_CANCELLED: "การจองที่ยกเลิก",
    Kind.INDICATOR_ASSIGNED: "ตัวบ่งชี้ที่มอบหมายให้ข้าพเจ้า",
    Kind.INDICATOR_REPORTED: "รายงานตัวบ่งชี้ที่รอตรวจ",
    Kind.INDICATOR_DECIDED: "ผลการตรวจรายงานตัวบ่งชี้",
}

_CLERKS = (Role.CENTRAL_CLERK, Role.SCHOOL_CLERK)
_URGENCY = {
    Urgency.URGENT: "ด่วน",
    Urgency.VERY_URGENT: "ด่วนมาก",
    Urgency.MOST_URGENT: "ด่วนที่สุด",
}


def notices(connection: Connection, recorded: Recorded) -> list[Notice]:
    """Who is told of `recorded`, each person once, never who did it."""
    told: dict[tuple[str, Kind], Notice] = {}
    for notice in _Told(connection, recorded).notices():
        if notice.person != recorded.actor:
            told.setdefault((notice.person, notice.kind), notice)
    return list(told.values())


def reminder_notices(connection: Connection, reminder: Reminder, today: date) -> list[Notice]:
    """Who is reminded: the officer, or the group where nobody has it yet; its head when it is late."""
    letter = matters.letter(connection, reminder.letter)
    people = {reminder.officer} if reminder.officer else set()
    if reminder.overdue or not people:
        people |= _holders(
            connection, today, letter.organisation, (Role.GROUP_HEAD,), reminder.group
        )
    if not reminder.officer:
        people |= _holders(
            connection, today, letter.organisation, (Role.GROUP_CLERK,), reminder.group
        )
    late = (today - reminder.due).days
    when = f"เกินกำหนด {late} วัน" if late > 0 else "ครบกำหนดวันนี้" if late == 0 else "ครบกำหนดพรุ่งนี้"
    return [
        _letter_notice(letter, reminder.letter, person, Kind.LETTER_DUE, when, _due(reminder.due))
        for person in sorted(filter(None, people))
    ]


class _Told:
    """The notices of one event."""

    def __init__(self, connection: Connection, recorded: Recorded) -> None:
        self._connection, self._recorded = connection, recorded
        self._id = recorded.aggregate_id
        self._day = bangkok_date(recorded.recorded_at)

    def notices(self) -> Iterator[Notice]:
        event = self._recorded.event
        if isinstance(event, correspondence.LetterReceived):
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
        for person in self._holders(event.organisation, (*_CLERKS, Role.SECRETARY)):
            yield _letter_notice(event, self._id, person, Kind.LETTER_RECEIVED, "หนังสือเข้า", "")

    def _of_letter(self, event: Event) -> Iterator[Notice]:
        letter = matters.letter(self._connection, self._id)
        here = letter.organisation

        def tell(
            people: Iterable[str | None], kind: Kind, what: str, *lines: str
        ) -> Iterator[Notice]:
            for person in people:
                if person is not None:
                    yield _letter_notice(letter, self._id, person, kind, what, *lines)

        match event:
            case correspondence.LetterProposed() | correspondence.LetterEndorsed():
                what = "รอสั่งการ" if event.stage is Stage.DIRECTOR else "เสนอเพื่อพิจารณา"
                yield from tell(
                    self._desk(here, event.stage), Kind.LETTER_PROPOSED, what, event.text
                )
            case correspondence.LetterSentBack():
                clerks = self._holders(here, _CLERKS)
                yield from tell(clerks, Kind.LETTER_RETURNED, "ส่งกลับแก้ไข", event.reason)
            case correspondence.LetterOrdered():
                yield from self._ordered(letter, event)
            case correspondence.LetterReceivedByGroup():
                heads = self._holders(here, (Role.GROUP_HEAD,), event.group)
                yield from tell(heads, Kind.LETTER_RECEIVED, "กลุ่มลงรับแล้ว รอมอบหมาย")
            case correspondence.LetterReturnedByGroup():
                clerks = self._holders(here, _CLERKS)
                yield from tell(clerks, Kind.LETTER_RETURNED, "กลุ่มส่งคืน", event.reason)
            case correspondence.LetterAssigned():
                before = matters.officer(self._connection, self._id, event.group)
                due = _due(event.due)
                yield from tell(
                    [event.officer], Kind.LETTER_ASSIGNED, "มอบหมายให้ท่าน", event.text, due
                )
                if before != event.officer:
                    yield from tell([before], Kind.LETTER_MOVED, "มอบหมายให้ผู้อื่นแทนท่านแล้ว")
            case correspondence.ResultReported():
                heads = self._holders(here, (Role.GROUP_HEAD,), event.group)
                yield from tell(heads, Kind.LETTER_REPORTED, "รายงานผลแล้ว รอปิด", event.text)
            case correspondence.ReportSentBack():
                yield from tell([event.officer], Kind.LETTER_RETURNED, "ส่งกลับแก้ไข", event.reason)
            case correspondence.LetterClosed():
                clerks = self._holders(here, _CLERKS)
                yield from tell(clerks, Kind.LETTER_MOVED, "ปิดเรื่องแล้ว")
            case correspondence.RegistrationCancelled():
                desk = self._desk(here, letter.stage)
                yield from tell(desk, Kind.LETTER_MOVED, "ยกเลิกเลขแล้ว", event.reason)
            case correspondence.LetterForwarded():
                desk = self._desk(here, letter.stage)
                yield from tell(desk, Kind.LETTER_MOVED, f"ส่งต่อ {event.to} แล้ว", event.reason)

    def _ordered(self, letter: Row[Any], event: correspondence.LetterOrdered) -> Iterator[Notice]:
        for charge in event.groups:
            what = "สั่งการถึงกลุ่ม" if charge.lead else "สั่งการถึงกลุ่ม (ร่วมดำเนินการ)"
            roles = (Role.GROUP_CLERK, Role.GROUP_HEAD)
            for person in self._holders(letter.organisation, roles, charge.group):
                yield _letter_notice(
                    letter, self._id, person, Kind.LETTER_ORDERED, what, event.text, _due(event.due)
                )
        if event.kind is not OrderKind.ACT:
            for person in self._holders(letter.organisation, _CLERKS):
                yield _letter_notice(
                    letter, self._id, person, Kind.LETTER_ORDERED, "สั่งการแล้ว", event.text
                )

    def _of_booking(self, event: Event) -> Iterator[Notice]:
        if isinstance(event, resources.BookingRequested):
            room = matters.room_name(self._connection, event.room)
            for person in self._approvers(event.organisation):
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
                    what = "ไม่อนุมัติ เนื่องจากห้องไม่ว่าง"
                yield self._booking(
                    booking, room, event.requester, Kind.BOOKING_DECIDED, what, event.reason
                )
            case resources.BookingCancelled():
                what = "ยกเลิก"
                if self._recorded.actor != event.requester:
                    what = "ถูกเลื่อนด้วยราชการจำเป็น"
                people = {event.requester, *self._approvers(booking.organisation)}
                for person in sorted(people):
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
            title=f"{what} {room}: {booking.purpose}",
            body=_lines(when, text),
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
                title=f"{what}: ตัวบ่งชี้ {indicator.code} {indicator.name}",
                body=_lines(*lines),
                link=f"/indicators/{self._id}",
            )

        match event:
            case standards.IndicatorAssigned():
                yield notice(event.owner, Kind.INDICATOR_ASSIGNED, "มอบหมายให้ท่านรับผิดชอบ")
            case standards.IndicatorReported():
                for person in self._approvers(here):
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

    def _desk(self, organisation: str, stage: str | None) -> list[str]:
        """Who sits at the desk on which a letter lies."""
        match stage:
            case Stage.CLERK:
                return self._holders(organisation, _CLERKS)
            case Stage.CENTRAL_HEAD:
                return self._central_heads(organisation)
            case Stage.DEPUTY:
                return self._holders(organisation, (Role.DEPUTY,))
            case Stage.DIRECTOR:
                return self._holders(organisation, (Role.DIRECTOR, Role.SCHOOL_DIRECTOR))
        return []

    def _central_heads(self, organisation: str) -> list[str]:
        central = directory.central_group(self._connection, organisation)
        return self._holders(organisation, (Role.GROUP_HEAD,), central) if central else []

    def _approvers(self, organisation: str) -> list[str]:
        """Who decides on rooms and looks at reports first: the head of general administration; where
        there is none, the director."""
        heads = self._central_heads(organisation)
        return heads or self._holders(organisation, (Role.DIRECTOR, Role.SCHOOL_DIRECTOR))

    def _holders(
        self, organisation: str, roles: tuple[Role, ...], group: str | None = None
    ) -> list[str]:
        return sorted(_holders(self._connection, self._day, organisation, roles, group))


def _holders(
    connection: Connection,
    day: date,
    organisation: str,
    roles: tuple[Role, ...],
    group: str | None = None,
) -> set[str]:
    found = directory.holders(connection, day, organisation=organisation, roles=roles, group=group)
    return {one.person for one in found}


def _letter_notice(letter: Any, id: str, person: str, kind: Kind, what: str, *lines: str) -> Notice:
    urgency = Urgency(letter.urgency)
    tag = f"{_URGENCY[urgency]} " if urgency in _URGENCY else ""
    return Notice(
        person=person,
        organisation=letter.organisation,
        kind=kind,
        title=f"{tag}{what}: {letter.subject}",
        body=_lines(f"เลขรับ {letter.number}/{letter.year} จาก {letter.sender}", *lines),
        link=f"/letters/{id}",
        urgency=NoticeUrgency(urgency.value),
    )


def _due(day: date | None) -> str:
    return f"กำหนดแล้วเสร็จ {thai.format_date(day)}" if day else ""


def _round(event: Any) -> str:
    return f"ปีงบประมาณ {event.fiscal_year} รอบ {event.round} เดือน"


def _lines(*lines: str) -> str:
    return "\n".join(filter(None, lines))
