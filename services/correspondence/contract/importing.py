"""Moving in: an existing register from another system, row by row, and numbers that go on behind it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from infra import fields
from infra.contract import Command, Query, Shape
from infra.eventstore.events import Event
from infra.identity import Seat
from services.correspondence.contract.documents import DocumentKind
from services.correspondence.contract.events import Urgency
from services.correspondence.contract.numbering import Series


class ImportedRegister(StrEnum):
    RECEIVE = "receive"  # ทะเบียนหนังสือรับ
    SEND = "send"  # ทะเบียนหนังสือส่ง
    ORDER = "order"  # ทะเบียนคำสั่ง


class ImportState(StrEnum):
    CHECKING = "checking"  # กำลังตรวจ
    CHECKED = "checked"  # ตรวจแล้ว รอยืนยัน
    LOADING = "loading"  # กำลังนำเข้า
    DONE = "done"  # นำเข้าครบ
    STOPPED = "stopped"  # หยุดไว้
    FAILED = "failed"  # อ่านไฟล์ไม่ได้


@dataclass(frozen=True, kw_only=True)
class LetterImported(Event):
    """A row of an old receive register was taken over; the letter is closed, its number is used.

    `number` repeated in the old register is told apart by `twin` (1, 2, …; 0 for the first).
    """

    organisation: str
    year: int
    number: int
    twin: int
    reference: str
    dated: date | None
    sender: str
    recipient: str
    subject: str
    urgency: Urgency
    actions: str
    note: str
    received_on: date | None
    job: str
    row: int


@dataclass(frozen=True, kw_only=True)
class DocumentImported(Event):
    """A row of an old send register (or of orders) was taken over; its number of `series` is used."""

    organisation: str
    kind: DocumentKind
    series: Series
    circular: bool
    year: int
    number: int
    twin: int
    reference: str
    dated: date | None
    sender: str
    recipient: str
    subject: str
    urgency: Urgency
    actions: str
    note: str
    job: str
    row: int


@dataclass(frozen=True, kw_only=True)
class RegisterImportBegun(Event):
    organisation: str
    register: ImportedRegister
    sha256: str
    rows: int
    at: datetime
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class RegisterImported(Event):
    """All rows are in; `last` is the highest number of each year (พ.ศ. → number)."""

    rows: int
    skipped: int
    last: dict[str, int]


class CheckImport(Command):
    """Read an uploaded register (CSV, XLSX) without taking anything over: a report by row."""

    service = "correspondence"
    register = fields.Choice(ImportedRegister, required=True)
    year = fields.Integer(min=2500, max=2800, load_default=None, allow_none=True)
    upload = fields.Id(required=True)


class LoadImport(Command):
    """Take a checked register over, in the background; what was stopped goes on where it was."""

    service = "correspondence"
    id = fields.Id(required=True)


class StopImport(Command):
    """Stop taking a register over; what is in stays, the rest may follow later."""

    service = "correspondence"
    id = fields.Id(required=True)


class ImportFault(Shape):
    """What is wrong in a row (`row` as the spreadsheet counts); `fatal` rows are not taken over."""

    row = fields.Integer(required=True)
    column = fields.Text(required=True, blank=True)
    message = fields.Text(required=True)
    value = fields.Text(required=True, blank=True, lines=True)
    fatal = fields.Boolean(required=True)


class ImportYear(Shape):
    year = fields.Integer(required=True)
    rows = fields.Integer(required=True)
    first = fields.Integer(required=True)
    last = fields.Integer(required=True)
    missing = fields.Integer(required=True)
    repeated = fields.Integer(required=True)


class ImportAnswer(Shape):
    """A job: how far it is, and what was found. `columns` maps each of ours to the file's heading."""

    id = fields.Id(required=True)
    version = fields.Integer(required=True)
    register = fields.Choice(ImportedRegister, required=True)
    state = fields.Choice(ImportState, required=True)
    name = fields.Text(required=True)
    rows = fields.Integer(required=True)
    done = fields.Integer(required=True)
    skipped = fields.Integer(required=True)
    columns = fields.Words(required=True)
    years = fields.Many(fields.Nested(ImportYear), required=True)
    faults = fields.Many(fields.Nested(ImportFault), max=100_000, required=True)
    error = fields.Text(required=True, blank=True)
    begun_at = fields.Moment(required=True)
    by = fields.Text(required=True)
    actions = fields.Many(fields.Text(), required=True)


class GetImport(Query):
    """One import of my organisation, with what was found in its file."""

    service = "correspondence"
    answer = ImportAnswer
    id = fields.Id(required=True)


class ImportList(Shape):
    items = fields.Many(fields.Nested(ImportAnswer), max=200, required=True)
    actions = fields.Many(fields.Text(), required=True)


class ListImports(Query):
    """The imports of my organisation, without their faults."""

    service = "correspondence"
    answer = ImportList
