"""Who has received a document, as a workbook and as CSV."""

import io
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from gateway.documents.spreadsheets import BOM, csv_line, sheet_cell
from infra.clock import bangkok
from infra.thai import format_moment
from infra.threads import unhindered
from services.correspondence.contract import DeliveryState, RecipientChannel

Row = dict[str, Any]  # a `DeliveryRow`

TITLE = "ผู้รับหนังสือ"
STATE = {
    DeliveryState.WAITING: "รอส่ง",
    DeliveryState.SENT: "ส่งแล้ว",
    DeliveryState.DELIVERED: "ถึงผู้รับ",
    DeliveryState.REGISTERED: "ลงทะเบียนรับแล้ว",
    DeliveryState.ACKNOWLEDGED: "ตอบรับแล้ว",
    DeliveryState.ANSWERED: "ตอบกลับแล้ว",
    DeliveryState.UNDELIVERABLE: "ส่งไม่ถึง",
    DeliveryState.REFUSED: "ผู้รับส่งคืน",
}
CHANNEL = {
    RecipientChannel.SYSTEM: "ทางระบบ",
    RecipientChannel.EMAIL: "อีเมล",
    RecipientChannel.MESSENGER: "สมุดส่งหนังสือ",
    RecipientChannel.POST: "ไปรษณีย์",
}
# name and width of each column
COLUMNS = (
    ("ลำดับ", 7),
    ("ผู้รับ", 44),
    ("ส่งทาง", 14),
    ("ที่อยู่", 30),
    ("สถานะ", 18),
    ("ช้า (วันทำการ)", 14),
    ("ส่งเมื่อ", 20),
    ("ถึงเมื่อ", 20),
    ("ผู้รับมอบ", 20),
    ("เลขทะเบียนรับ", 14),
    ("ลงทะเบียนรับเมื่อ", 20),
    ("ตอบรับเมื่อ", 20),
    ("โทรยืนยันเมื่อ", 20),
    ("ผู้ให้การยืนยัน", 20),
    ("ตอบกลับ", 30),
    ("เหตุขัดข้อง", 36),
)


def xlsx(rows: Iterable[Row], *, organisation: str, about: str) -> bytes:
    """The recipients as a workbook; `about` names the document."""
    lines = [_line(place, row) for place, row in enumerate(rows, 1)]
    return unhindered(lambda: _workbook(lines, organisation, about))


def csv_of(rows: Iterable[Row]) -> bytes:
    """The recipients as CSV: UTF-8 with a byte-order mark, by which Excel knows it for Thai."""
    lines: list[list[str | int]] = [[name for name, _width in COLUMNS]]
    lines += [_line(place, row) for place, row in enumerate(rows, 1)]
    return BOM + b"".join(map(csv_line, lines))


def _line(place: int, row: Row) -> list[str | int]:
    return [
        place,
        row["name"],
        CHANNEL[RecipientChannel(row["channel"])],
        row["address"],
        STATE[DeliveryState(row["state"])],
        row["waited_days"] if row["late"] else "",
        _moment(row["sent_at"]),
        _moment(row["delivered_at"]),
        row["receiver"],
        f"{row['number']}/{row['year']}" if row["number"] else "",
        _moment(row["registered_at"]),
        _moment(row["acknowledged_at"]),
        _moment(row["confirmed_at"]),
        row["spoken_to"],
        row["answer"],
        row["reason"],
    ]


def _moment(value: str | None) -> str:
    return format_moment(bangkok(datetime.fromisoformat(value))) if value else ""


def _workbook(lines: list[list[str | int]], organisation: str, about: str) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(TITLE)
    for index, (_name, width) in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.freeze_panes = "C4"

    cell = partial(sheet_cell, sheet)

    wrapped = Alignment(wrap_text=True, vertical="top")
    sheet.append([cell(f"{TITLE} {organisation}", font=Font(bold=True, size=14))])
    sheet.append([cell(about)])
    sheet.append([cell(name, font=Font(bold=True)) for name, _width in COLUMNS])
    for line in lines:
        sheet.append([cell(value, alignment=wrapped) for value in line])
    sheet.auto_filter.ref = f"A3:{get_column_letter(len(COLUMNS))}{len(lines) + 3}"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()
