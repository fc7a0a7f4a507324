"""The series that numbers come from, what an organisation chose about them, and numbers kept ahead."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from infra import fields
from infra.contract import Command, Done, Query, Shape
from infra.eventstore.events import Event
from infra.identity import Seat

FIRST_YEAR, LAST_YEAR = 2500, 2800


class Series(StrEnum):
    """The registers of what an organisation makes; each runs from 1 through the calendar year."""

    SEND = "send"  # ทะเบียนหนังสือส่ง (form 14)
    CIRCULAR = "circular"  # หนังสือเวียน ว (ข้อ 32)
    ORDER = "order"  # คำสั่ง (ข้อ 16.2)
    RULE = "rule"  # ระเบียบ
    REGULATION = "regulation"  # ข้อบังคับ
    ANNOUNCEMENT = "announcement"  # ประกาศ
    STATEMENT = "statement"  # แถลงการณ์
    NEWS = "news"  # ข่าว
    CERTIFICATE = "certificate"  # หนังสือรับรอง (ข้อ 24.1)
    MINUTES = "minutes"  # รายงานการประชุม
    OTHER = "other"  # หนังสืออื่น


class Numbering(StrEnum):
    """When a document takes its number."""

    ON_SIGNING = "on_signing"  # in one step with the signature (annex 7 ¶4.2)
    BY_CLERK = "by_clerk"  # สารบรรณกลางออกเลข


@dataclass(frozen=True, kw_only=True)
class GroupCode:
    """A group's own ที่, such as the office's with a point and figures behind it (annex 1)."""

    group: str
    code: str


@dataclass(frozen=True, kw_only=True)
class DocumentPolicySet(Event):
    """What an organisation chose about its documents.

    `code` is the ที่ before the number ("ศธ 04xxx"); `circulars_apart`: circulars have a series of
    their own (ข้อ 32), else the general one; `certificates_apart` likewise (ข้อ 24.1); `by_group`:
    series that each group has for itself. `group_head`, `deputy`: the desks a draft passes. The
    letterhead is printed; `phone` and `email` also in what is said to those who write. `emblem` is
    the office's own picture (ครุฑ), by SHA-256; empty until there is one. `roman` and `unit` are
    the parts of a file's name (annex 7). After `unreceived_days` without receipt a recipient is
    listed. `seat` is None in the default of an organisation that has chosen nothing.
    """

    organisation: str
    code: str
    group_codes: tuple[GroupCode, ...]
    circulars_apart: bool
    certificates_apart: bool
    by_group: tuple[Series, ...]
    numbering: Numbering
    group_head: bool
    deputy: bool
    letterhead: str
    address: str
    phone: str
    email: str
    english_name: str
    roman: str
    unit: str
    emblem: str
    unreceived_days: int
    seat: Seat | None


@dataclass(frozen=True, kw_only=True)
class NumbersReserved(Event):
    """`count` numbers of a series were kept ahead, from `first` on, until the end of `expires`.

    `group` is the one that has the series for itself; None where it is the organisation's.
    """

    organisation: str
    group: str | None
    series: Series
    year: int
    first: int
    count: int
    expires: date
    reason: str
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class ReservedNumberUsed(Event):
    number: int
    document: str


@dataclass(frozen=True, kw_only=True)
class ReservedNumbersBurned(Event):
    """Numbers that were kept and not used are void for good, with the reason."""

    numbers: tuple[int, ...]
    reason: str
    seat: Seat | None


class GroupCodeShape(Shape):
    group = fields.Id(required=True)
    code = fields.Text(max=50, required=True)


class SetDocumentPolicy(Command):
    """Choose how my organisation's documents are numbered, reviewed and headed."""

    service = "correspondence"
    code = fields.Text(max=50, blank=True, required=True)
    group_codes = fields.Many(fields.Nested(GroupCodeShape), max=100, load_default=list)
    circulars_apart = fields.Boolean(required=True)
    certificates_apart = fields.Boolean(required=True)
    by_group = fields.Many(fields.Choice(Series), max=20, load_default=list)
    numbering = fields.Choice(Numbering, required=True)
    group_head = fields.Boolean(required=True)
    deputy = fields.Boolean(required=True)
    letterhead = fields.Text(max=300, blank=True, required=True)
    address = fields.Text(max=500, lines=True, blank=True, required=True)
    phone = fields.Text(max=100, blank=True, required=True)
    email = fields.Text(max=200, blank=True, required=True)
    english_name = fields.Text(max=300, blank=True, required=True)
    roman = fields.Text(max=10, blank=True, required=True)
    unit = fields.Text(max=20, blank=True, required=True)
    emblem = fields.Id(load_default=None, allow_none=True)  # an upload; null leaves it as it is
    unreceived_days = fields.Integer(min=1, max=90, required=True)


class DocumentPolicyAnswer(Shape):
    version = fields.Integer(required=True)
    code = fields.Text(required=True, blank=True)
    group_codes = fields.Many(fields.Nested(GroupCodeShape), required=True)
    circulars_apart = fields.Boolean(required=True)
    certificates_apart = fields.Boolean(required=True)
    by_group = fields.Many(fields.Choice(Series), required=True)
    numbering = fields.Choice(Numbering, required=True)
    group_head = fields.Boolean(required=True)
    deputy = fields.Boolean(required=True)
    letterhead = fields.Text(required=True, blank=True)
    address = fields.Text(required=True, blank=True, lines=True)
    phone = fields.Text(required=True, blank=True)
    email = fields.Text(required=True, blank=True)
    english_name = fields.Text(required=True, blank=True)
    roman = fields.Text(required=True, blank=True)
    unit = fields.Text(required=True, blank=True)
    emblem = fields.Text(required=True, blank=True)
    unreceived_days = fields.Integer(required=True)
    actions = fields.Many(fields.Text(), required=True)


class GetDocumentPolicy(Query):
    """What my organisation chose about its documents (version 0: the default)."""

    service = "correspondence"
    answer = DocumentPolicyAnswer


class Reserved(Done):
    series = fields.Choice(Series, required=True)
    year = fields.Integer(required=True)
    first = fields.Integer(required=True)
    count = fields.Integer(required=True)


class ReserveNumbers(Command):
    """Keep numbers ahead; what is not used by the end of `expires` is burned, with the reason."""

    service = "correspondence"
    answer = Reserved
    series = fields.Choice(Series, required=True)
    group = fields.Id(load_default=None, allow_none=True)
    count = fields.Integer(min=1, max=100, required=True)
    expires = fields.Date(required=True)
    reason = fields.Text(max=500, lines=True, required=True)


class BurnReservation(Command):
    """Give up what is left of a reservation; its numbers are void for good."""

    service = "correspondence"
    id = fields.Id(required=True)
    reason = fields.Text(max=500, lines=True, required=True)


class ReservationAnswer(Shape):
    """Numbers kept ahead; `free` are those that can still be used."""

    id = fields.Id(required=True)
    version = fields.Integer(required=True)
    series = fields.Choice(Series, required=True)
    group = fields.Id(required=True, allow_none=True)
    year = fields.Integer(required=True)
    first = fields.Integer(required=True)
    count = fields.Integer(required=True)
    free = fields.Many(fields.Integer(), required=True)
    burned = fields.Many(fields.Integer(), required=True)
    expires = fields.Date(required=True)
    reason = fields.Text(required=True, lines=True)
    by = fields.Text(required=True)


class ReservationList(Shape):
    items = fields.Many(fields.Nested(ReservationAnswer), max=1000, required=True)
    actions = fields.Many(fields.Text(), required=True)


class ListReservations(Query):
    """The numbers kept ahead in my organisation; `open`: those with numbers still free."""

    service = "correspondence"
    answer = ReservationList
    open = fields.Boolean(load_default=True)


class UsedNumber(Shape):
    """A number of a series and what became of it: `document` (`reason`: why that is void),
    `reserved`, `burned`, or `missing` from a register that was taken over from another system."""

    number = fields.Integer(required=True)
    state = fields.Text(required=True)
    document = fields.Id(required=True, allow_none=True)
    reservation = fields.Id(required=True, allow_none=True)
    reason = fields.Text(required=True, blank=True, lines=True)


class NumberAudit(Shape):
    """Every number of a series from 1 to its last, each accounted for. `documents`, `reserved`,
    `burned` and `missing` count them."""

    last = fields.Integer(required=True)
    documents = fields.Integer(required=True)
    reserved = fields.Integer(required=True)
    burned = fields.Integer(required=True)
    missing = fields.Integer(required=True)
    items = fields.Many(fields.Nested(UsedNumber), max=100_000, required=True)


class AuditNumbers(Query):
    """What became of each number of a series (พ.ศ.): the proof that none is missing or twice.

    `gaps`: only of those that no document bears. `group` names one with a series of its own.
    """

    service = "correspondence"
    answer = NumberAudit
    series = fields.Choice(Series, required=True)
    year = fields.Integer(strict=False, min=FIRST_YEAR, max=LAST_YEAR, required=True)
    group = fields.Id(load_default=None, allow_none=True)
    gaps = fields.Boolean(load_default=False)
