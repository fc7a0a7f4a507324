"""The receive register (ทะเบียนหนังสือรับ, form 13) as PDF, XLSX and CSV.

A row is a dictionary: `number`, `received_at` (aware datetime), `reference` (ที่), `dated` (date or
None), `sender`, `recipient`, `subject`, `action` (การปฏิบัติ), `note`, and, if there are, `urgency`
(its Thai word) and `cancelled`.
"""

import csv
import io
import re
import threading
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from infra import thai
from infra.clock import bangkok
from infra.threads import unhindered
from infra.typesetting import typeset

TITLE, SECRET_TITLE = "ทะเบียนหนังสือรับ", "ทะเบียนหนังสือลับ"
COLUMNS = ("เลขทะเบียนรับ", "ที่", "ลงวันที่", "จาก", "ถึง", "เรื่อง", "การปฏิบัติ", "หมายเหตุ")
# A spreadsheet has no band for each day, so it carries the day of receipt in columns of its own.
SHEET_COLUMNS = (*COLUMNS, "วันที่รับ", "เวลา", "ชั้นความเร็ว")
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
    title: str = TITLE,
    thai_digits: bool = False,
) -> bytes:
    """The register on A4 across; `period` says in Thai which part of it this is."""
    shown = list(_by_day(rows))
    data = {
        "title": title,
        "organisation": organisation,
        "period": period,
        "printed": f"พิมพ์เมื่อ {thai.format_moment(printed_at, 'long')}",
        "columns": COLUMNS,
        "rows": shown,
        "thai_digits": thai_digits,
    }
    with _one_at_a_time:
        return typeset(_TEMPLATES / "register.typ", data, tagged=len(shown) <= _TAGGED_ROWS)


def _by_day(rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    current: date | None = None
    for row in rows:
        day = bangkok(row["received_at"]).date()
        if day != current:
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
    rows: Iterable[Row], *, organisation: str, period: str, title: str = TITLE
) -> bytes:
    """The register as a workbook; dates are dates, shown in the Buddhist era."""
    return unhindered(lambda: _workbook(rows, title, organisation, period))


def _workbook(rows: Iterable[Row], title: str, organisation: str, period: str) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for index, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.freeze_panes = "A4"

    def cell(value: Any, **looks: Any) -> Any:
        made = WriteOnlyCell(sheet, _printable(value))
        if isinstance(value, str):
            made.data_type = "s"  # openpyxl would take "=…" for a formula
        for name, look in looks.items():
            setattr(made, name, look)
        return made

    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    sheet.append([cell(f"{title} {organisation}", font=Font(bold=True, size=14))])
    sheet.append([cell(period)])
    sheet.append([cell(name, font=bold) for name in SHEET_COLUMNS])
    count = 3
    for row in rows:
        count += 1
        received = bangkok(row["received_at"]).replace(tzinfo=None)
        texts = {name: cell(_text(row.get(name)), alignment=wrapped) for name in _TEXTS}
        dates = {"alignment": wrapped, "number_format": _BUDDHIST}
        sheet.append(
            [
                cell(row.get("number"), alignment=wrapped),
                texts["reference"],
                cell(row.get("dated"), **dates),
                *(texts[name] for name in ("sender", "recipient", "subject", "action", "note")),
                cell(received.date(), **dates),
                cell(received.time().replace(second=0, microsecond=0), number_format="hh:mm"),
                cell(_text(row.get("urgency"))),
            ]
        )
    sheet.auto_filter.ref = f"A3:{get_column_letter(len(SHEET_COLUMNS))}{count}"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no XML file may hold them


def _printable(value: Any) -> Any:
    return _UNPRINTABLE.sub("", value) if isinstance(value, str) else value


def register_csv(rows: Iterable[Row]) -> Iterator[bytes]:
    """The register as CSV, in parts to send as they come: UTF-8 with a byte-order mark, by which
    Excel knows it for Thai."""
    yield "\ufeff".encode() + _line(SHEET_COLUMNS)
    for row in rows:
        received, dated = bangkok(row["received_at"]), row.get("dated")
        yield _line(
            [
                *(_text(row.get(name)) for name in ("number", "reference")),
                thai.format_date(dated, "numeric") if dated else "",
                *(_text(row.get(name)) for name in ("sender", "recipient", "subject")),
                *(_text(row.get(name)) for name in ("action", "note")),
                thai.format_date(received.date(), "numeric"),
                f"{received:%H:%M}",
                _text(row.get("urgency")),
            ]
        )


def _line(values: Iterable[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow([_harmless(value) for value in values])
    return line.getvalue().encode()


def _harmless(text: str) -> str:
    """Text that a spreadsheet would run as a formula, marked as text; a lone dash is just a dash."""
    return f"'{text}" if re.match(r"\s*[=+\-@＝＋－＠\t\r]", text) and text.strip() != "-" else text
