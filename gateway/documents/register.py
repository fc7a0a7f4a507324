"""Registers as PDF, XLSX and CSV: of letters received (form 13), sent (form 14), and the others.

A row is a dictionary: `number`, `reference` (ที่), `dated` (date or None), `sender`, `recipient`,
`subject`, `action` (การปฏิบัติ), `note`, `received_at` (aware datetime; only in form 13), and, if there
are, `urgency` (its Thai word) and `cancelled`.
"""

import io
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from gateway.documents.spreadsheets import BOM, csv_line, sheet_cell
from infra import thai
from infra.clock import bangkok
from infra.threads import unhindered
from infra.typesetting import typeset
from services.correspondence.contract import Series

_COLUMNS = ("ที่", "ลงวันที่", "จาก", "ถึง", "เรื่อง", "การปฏิบัติ", "หมายเหตุ")


@dataclass(frozen=True)
class Form:
    """What a register is called and its columns; `by_day`: each day of receipt has its band."""

    title: str
    number: str
    by_day: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The legal columns, in their order."""
        return (self.number, *_COLUMNS)

    @property
    def sheet_columns(self) -> tuple[str, ...]:
        """A spreadsheet has no bands, so it carries the day of receipt in columns of its own."""
        received = ("วันที่รับ", "เวลา") if self.by_day else ()
        return (*self.columns, *received, "ชั้นความเร็ว")


RECEIVED = Form("ทะเบียนหนังสือรับ", "เลขทะเบียนรับ", by_day=True)  # form 13
SECRET = replace(RECEIVED, title="ทะเบียนหนังสือลับ")
# Form 14; the other series are kept in its columns.
MADE = {
    Series.SEND: Form("ทะเบียนหนังสือส่ง", "เลขทะเบียนส่ง"),
    Series.CIRCULAR: Form("ทะเบียนหนังสือเวียน", "เลขทะเบียนส่ง"),
    Series.ORDER: Form("ทะเบียนคำสั่ง", "คำสั่งที่"),
    Series.RULE: Form("ทะเบียนระเบียบ", "ลำดับที่"),
    Series.REGULATION: Form("ทะเบียนข้อบังคับ", "ลำดับที่"),
    Series.ANNOUNCEMENT: Form("ทะเบียนประกาศ", "ลำดับที่"),
    Series.STATEMENT: Form("ทะเบียนแถลงการณ์", "ลำดับที่"),
    Series.NEWS: Form("ทะเบียนข่าว", "ลำดับที่"),
    Series.CERTIFICATE: Form("ทะเบียนหนังสือรับรอง", "เลขที่"),
    Series.MINUTES: Form("ทะเบียนรายงานการประชุม", "ลำดับที่"),
    Series.OTHER: Form("ทะเบียนหนังสืออื่น", "ลำดับที่"),
}
_WIDTHS = (13, 24, 12, 36, 30, 64, 36, 20, 12, 8, 12)
_TEMPLATES = Path(__file__).parent / "templates"
_TAGGED_ROWS = 1000
_one_at_a_time = threading.Lock()  # setting 5,000 rows takes some 5 s and 600 MB
_BUDDHIST = "[$-107041E]d mmm yyyy"  # Excel's Thai locale with the Buddhist calendar

Row = dict[str, Any]


def register_pdf(
    rows: Iterable[Row],
    *,
    organisation: str,
    period: str,
    printed_at: datetime,
    form: Form = RECEIVED,
    thai_digits: bool = False,
) -> bytes:
    """The register on A4 across; `period` says in Thai which part of it this is."""
    shown = list(_shown(rows, form))
    data = {
        "title": form.title,
        "organisation": organisation,
        "period": period,
        "printed": f"พิมพ์เมื่อ {thai.format_moment(printed_at, 'long')}",
        "columns": form.columns,
        "rows": shown,
        "thai_digits": thai_digits,
    }
    with _one_at_a_time:
        return typeset(_TEMPLATES / "register.typ", data, tagged=len(shown) <= _TAGGED_ROWS)


def _shown(rows: Iterable[Row], form: Form) -> Iterator[dict[str, Any]]:
    current: date | None = None
    for row in rows:
        day = bangkok(row["received_at"]).date() if form.by_day else None
        if day is not None and day != current:
            current = day
            yield {"day": f"วันที่ {thai.format_date(day)}"}
        dated = row.get("dated")
        yield {
            **{name: _bound(_text(row.get(name))) for name in _TEXTS},
            "dated": thai.format_date(dated, "short") if dated else "",
            "tag": row.get("urgency") or None,
            "cancelled": bool(row.get("cancelled")),
        }


_TEXTS = ("number", "reference", "sender", "recipient", "subject", "action", "note")


def _text(value: object) -> str:
    return "" if value is None else str(value)


_BELONG = re.compile(
    rf"(?<=\d) (?=(?:{'|'.join(map(re.escape, (*thai.SHORT_MONTHS, *thai.MONTHS)))}))"
    rf"|(?<=\.[คพยศ]\.) (?=\d)|(?<=เขต) (?=\d)|(?<=ที่) (?=\d)"
)


def _bound(text: str) -> str:
    """`text` whose dates and numbers do not part at the end of a line."""
    return _BELONG.sub("\u00a0", text)


def register_xlsx(
    rows: Iterable[Row], *, organisation: str, period: str, form: Form = RECEIVED
) -> bytes:
    """The register as a workbook; dates are dates, shown in the Buddhist era."""
    return unhindered(lambda: _workbook(rows, form, organisation, period))


def _workbook(rows: Iterable[Row], form: Form, organisation: str, period: str) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(form.title)
    for index, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.freeze_panes = "A4"

    cell = partial(sheet_cell, sheet)

    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    sheet.append([cell(f"{form.title} {organisation}", font=Font(bold=True, size=14))])
    sheet.append([cell(period)])
    sheet.append([cell(name, font=bold) for name in form.sheet_columns])
    count = 3
    for row in rows:
        count += 1
        texts = {name: cell(_text(row.get(name)), alignment=wrapped) for name in _TEXTS}
        dates = {"alignment": wrapped, "number_format": _BUDDHIST}
        times = []
        if form.by_day:
            received = bangkok(row["received_at"]).replace(tzinfo=None, second=0, microsecond=0)
            times = [
                cell(received.date(), **dates),
                cell(received.time(), number_format="hh:mm"),
            ]
        sheet.append(
            [
                cell(row.get("number"), alignment=wrapped),
                texts["reference"],
                cell(row.get("dated"), **dates),
                *(texts[name] for name in ("sender", "recipient", "subject", "action", "note")),
                *times,
                cell(_text(row.get("urgency"))),
            ]
        )
    sheet.auto_filter.ref = f"A3:{get_column_letter(len(form.sheet_columns))}{count}"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def register_csv(rows: Iterable[Row], form: Form = RECEIVED) -> Iterator[bytes]:
    """The register as CSV, in parts to send as they come: UTF-8 with a byte-order mark, by which
    Excel knows it for Thai."""
    yield BOM + csv_line(form.sheet_columns)
    for row in rows:
        dated, times = row.get("dated"), list[str]()
        if form.by_day:
            received = bangkok(row["received_at"])
            times = [thai.format_date(received.date(), "numeric"), f"{received:%H:%M}"]
        yield csv_line(
            [
                *(_text(row.get(name)) for name in ("number", "reference")),
                thai.format_date(dated, "numeric") if dated else "",
                *(_text(row.get(name)) for name in ("sender", "recipient", "subject")),
                *(_text(row.get(name)) for name in ("action", "note")),
                *times,
                _text(row.get("urgency")),
            ]
        )
