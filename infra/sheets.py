"""Tables that people upload: CSV as any spreadsheet saves it, and XLSX, as lines of text."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl

from infra.errors import Invalid, UnsupportedMedia
from infra.filetypes import MEDIA_TYPES
from infra.thai import ERA

MOST_BLANK = 20_000  # a sheet may claim a million lines
MOST_UNPACKED = 200 * 1024 * 1024  # bytes; a small file can unpack into the whole memory
_CSV = (MEDIA_TYPES["csv"], MEDIA_TYPES["txt"])
_BUDDHIST = 2400  # years from here on are Buddhist: people type พ.ศ. into date cells


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line that is not blank; `number` as a spreadsheet counts, from 1."""

    number: int
    cells: list[str]


def read(path: Path, media_type: str, most: int) -> list[Line]:
    """The lines of the file (of the first sheet), a heading and at most `most`.

    Raises Invalid, UnsupportedMedia.
    """
    if media_type in _CSV:
        rows: Iterable[list[str]] = _csv(path)
    elif media_type == MEDIA_TYPES["xlsx"]:
        rows = _xlsx(path)
    else:
        raise UnsupportedMedia("รับเฉพาะไฟล์ CSV หรือ XLSX")
    lines: list[Line] = []
    for number, cells in enumerate(rows, 1):
        if any(cells):
            lines.append(Line(number=number, cells=cells))
        if len(lines) > most + 1 or number - len(lines) > MOST_BLANK:
            raise Invalid(f"นำเข้าได้ครั้งละไม่เกิน {most:,} บรรทัด กรุณาแบ่งไฟล์")
    if not lines:
        raise Invalid("ไฟล์ไม่มีข้อมูล")
    return lines


def _csv(path: Path) -> Iterator[list[str]]:
    text = _decode(path.read_bytes())
    heading = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=heading.count)
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield [cell.strip() for cell in cells]
    except csv.Error as error:
        raise Invalid("ไฟล์ CSV ไม่สมบูรณ์ (เครื่องหมายคำพูดไม่ครบคู่หรือช่องยาวเกินไป)") from error


def _decode(content: bytes) -> str:
    """UTF-8 with a byte order mark or without, or what Thai Windows saves (TIS-620, cp874)."""
    for encoding in ("utf-8-sig", "cp874"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("อ่านไฟล์ไม่ได้ กรุณาบันทึกเป็น CSV UTF-8")


def _xlsx(path: Path) -> Iterator[list[str]]:
    """The first sheet. Raises Invalid for whatever openpyxl and its parsers stumble over."""
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                unpacked = sum(member.file_size for member in archive.infolist())
            if unpacked > MOST_UNPACKED:
                raise Invalid("ไฟล์มีข้อมูลมากเกินไป")
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            for cells in book.worksheets[0].iter_rows(values_only=True):
                yield [_text(cell) for cell in cells]
        except Invalid:
            raise
        except Exception as error:
            raise Invalid("เปิดไฟล์ XLSX ไม่ได้ กรุณาบันทึกใหม่แล้วลองอีกครั้ง") from error


def _text(cell: Any) -> str:
    """A cell as somebody would have typed it."""
    match cell:
        case None:
            return ""
        case datetime():
            return _day(cell.date())
        case date():
            return _day(cell)
        case float() if cell.is_integer():
            return str(int(cell))
    return str(cell).strip()


def _day(day: date) -> str:
    year = day.year - ERA if day.year >= _BUDDHIST else day.year
    return f"{year:04}-{day.month:02}-{day.day:02}"
