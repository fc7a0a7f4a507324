"""An old register as it was exported, understood row by row: numbers, Buddhist-era dates in several
spellings, Thai digits. Nothing is thrown away in silence: what cannot be read is named, and kept in
the row's หมายเหตุ."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from infra import sheets
from infra.sheets import Line
from infra.thai import ERA, parse_date, to_arabic_digits
from services.correspondence.contract import ImportedRegister, Urgency
from services.correspondence.importing import columns

MOST_ROWS = 200_000
UNNAMED, NO_SUBJECT = "(ไม่ระบุ)", "(ไม่มีเรื่องในทะเบียนเดิม)"
_MOST = {"reference": 100, "sender": 300, "recipient": 300, "subject": 1000, "actions": 2000}
_MOST_NOTE = 2000
_FIRST_YEAR, _LAST_YEAR = 2500, 2800
# A circular's mark, the number, perhaps its year: ว 12, 0012, 12/2568.
_NUMBER = re.compile(r"(ว)?\s*\.?\s*0*(\d{1,7})(?:\s*/\s*(2[56]\d\d))?")
# A whole ที่ in its place: ศธ 04123/ว 56.
_REFERENCE = re.compile(r".+/\s*(ว)?\s*\.?\s*0*(\d{1,7})()")
_URGENCIES = {
    "ด่วนที่สุด": Urgency.MOST_URGENT,
    "ด่วนมาก": Urgency.VERY_URGENT,
    "ด่วน": Urgency.URGENT,
    "ปกติ": Urgency.NORMAL,
    "ธรรมดา": Urgency.NORMAL,
}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong in a row; a `fatal` one keeps it out."""

    row: int
    column: str
    message: str
    value: str
    fatal: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of an old register; `row` as a spreadsheet counts. `twin` tells rows with the same number
    apart (0 for the first)."""

    row: int
    year: int
    number: int
    twin: int
    circular: bool
    reference: str
    dated: date | None
    received_on: date | None
    sender: str
    recipient: str
    subject: str
    urgency: Urgency
    actions: str
    note: str


@dataclass
class Read:
    """A file as it was understood: `rows` can be taken over, `faults` say what is wrong."""

    headings: dict[str, str]
    count: int = 0
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def years(self) -> list[dict[str, int]]:
        """An ImportYear a year, in order."""
        numbers: defaultdict[int, Counter[int]] = defaultdict(Counter)
        for row in self.rows:
            numbers[row.year][row.number] += 1
        return [
            {
                "year": year,
                "rows": taken.total(),
                "first": min(taken),
                "last": max(taken),
                "missing": max(taken) - min(taken) + 1 - len(taken),
                "repeated": taken.total() - len(taken),
            }
            for year, taken in sorted(numbers.items())
        ]


def read(
    path: Path,
    media_type: str,
    register: ImportedRegister,
    year: int | None,
    this_year: int,
    apart: bool,
) -> Read:
    """The register in the file; `year` (พ.ศ.) is that of rows that do not say, `apart` whether
    circulars have a series of their own.

    Raises Invalid where the file cannot be read as a register, UnsupportedMedia.
    """
    lines = sheets.read(path, media_type, MOST_ROWS)
    return understand(lines, register, year, this_year, apart)


def understand(
    lines: Sequence[Line],
    register: ImportedRegister,
    year: int | None,
    this_year: int,
    apart: bool = True,
) -> Read:
    found, begins = columns.find(register, lines)
    reader = _Reader(register, year, this_year, apart, Read(found.headings))
    for line in lines[begins:]:
        reader.take(line.number, found.of(line))
    return reader.read


class _Reader:
    """Takes rows in, one after the other; a row without a year is of the year of the one before."""

    def __init__(
        self,
        register: ImportedRegister,
        year: int | None,
        this_year: int,
        apart: bool,
        read: Read,
    ) -> None:
        self.read, self._apart = read, apart
        self._register, self._year, self._this_year = register, year, this_year
        self._before: int | None = None
        self._twins: Counter[tuple[int, bool, int]] = Counter()
        self._first: dict[tuple[int, bool, int], int] = {}

    def take(self, row: int, cells: dict[str, str]) -> None:
        self.read.count += 1
        self._row, self._kept = row, list[str]()
        number = self._number(cells)
        if number is None:
            return
        circular, count, written = number
        dates = {name: self._date(name, cells, written) for name in ("dated", "received_on")}
        year = self._year_of(cells, written, dates)
        if year is None:
            self._fault("year", "ไม่รู้ปีของเลขนี้ ให้ระบุปีของทะเบียน หรือเพิ่มคอลัมน์ ปี พ.ศ.", "", fatal=True)
            return
        self._before = year
        key = (year, circular and self._apart, count)
        twin, self._twins[key] = self._twins[key], self._twins[key] + 1
        if twin:
            self._fault("number", f"เลขซ้ำกับแถว {self._first[key]} จะนำเข้าทั้งสองแถว", cells["number"])
        else:
            self._first[key] = row
        self.read.rows.append(
            Row(
                row=row,
                year=year,
                number=count,
                twin=twin,
                circular=circular,
                dated=dates["dated"],
                received_on=dates["received_on"],
                reference=self._text("reference", cells),
                sender=self._text("sender", cells, UNNAMED),
                recipient=self._text("recipient", cells, UNNAMED),
                subject=self._text("subject", cells, NO_SUBJECT),
                urgency=self._urgency(cells),
                actions=self._text("actions", cells),
                note=self._note(cells),
            )
        )

    def _number(self, cells: dict[str, str]) -> tuple[bool, int, int | None] | None:
        """Whether it is a circular's, the number, and the year written with it."""
        written = to_arabic_digits(cells["number"]).strip()
        if not written and not any(cells.values()):
            return None
        found = _NUMBER.fullmatch(written) or _REFERENCE.fullmatch(written)
        if found is None or int(found[2]) == 0:
            message = "ไม่มีเลขทะเบียน" if not written else "อ่านเลขทะเบียนไม่ได้"
            self._fault("number", message, cells["number"], fatal=True)
            return None
        return found[1] is not None, int(found[2]), int(found[3]) if found[3] else None

    def _date(self, name: str, cells: dict[str, str], year: int | None) -> date | None:
        written = cells.get(name, "").strip()
        if not written or written in ("-", "–"):
            return None
        near = (year or self._before or self._year or self._this_year) - ERA
        try:
            # A cell of a spreadsheet may carry midnight behind the day.
            return parse_date(re.sub(r"[ T]00:00(:00)?$", "", written), date(near, 12, 31))
        except ValueError as error:
            self._fault(name, f"{error} จะเก็บข้อความเดิมไว้ในหมายเหตุ", written)
            self._kept.append(f"{columns.HEADINGS[self._register][name][0]}ตามทะเบียนเดิม: {written}")
            return None

    def _year_of(
        self, cells: dict[str, str], written: int | None, dates: dict[str, date | None]
    ) -> int | None:
        told = re.fullmatch(
            r"(?:พ\.?ศ\.?)?\s*(\d{4})", to_arabic_digits(cells.get("year", "")).strip()
        )
        day = dates["received_on"] or (
            dates["dated"] if self._register is not ImportedRegister.RECEIVE else None
        )
        wanted = [
            written,
            _buddhist(int(told[1])) if told else None,
            day.year + ERA if day else None,
            self._year,
            self._before,
        ]
        year = next((one for one in wanted if one is not None), None)
        if year is not None and not _FIRST_YEAR <= year <= self._this_year:
            self._fault(
                "year", f"ปี {year} อยู่นอกช่วง {_FIRST_YEAR} ถึง {self._this_year}", "", fatal=True
            )
            return None
        return year

    def _urgency(self, cells: dict[str, str]) -> Urgency:
        written = cells.get("urgency", "").strip()
        if not written or written == "-":
            return Urgency.NORMAL
        known = _URGENCIES.get(written.replace(" ", ""))
        if known is None:
            self._fault("urgency", "ไม่รู้จักชั้นความเร็วนี้ จะถือเป็นปกติ", written)
            self._kept.append(f"ชั้นความเร็วตามทะเบียนเดิม: {written}")
        return known or Urgency.NORMAL

    def _text(self, name: str, cells: dict[str, str], missing: str = "") -> str:
        text = _line(cells.get(name, ""))
        if not text and missing:
            self._fault(name, f"ว่าง จะบันทึกเป็น {missing}", "")
            return missing
        if len(text) > _MOST[name]:
            self._fault(name, f"ยาวเกิน {_MOST[name]:,} ตัวอักษร จะตัดท้าย", text[:100])
        return text[: _MOST[name]]

    def _note(self, cells: dict[str, str]) -> str:
        return "\n".join(filter(None, [_line(cells.get("note", "")), *self._kept]))[:_MOST_NOTE]

    def _fault(self, column: str, message: str, value: str, fatal: bool = False) -> None:
        heading = self.read.headings.get(column, "")
        self.read.faults.append(
            Fault(row=self._row, column=heading, message=message, value=value[:200], fatal=fatal)
        )


def _line(text: Any) -> str:
    """One line of text, without control characters."""
    return " ".join(re.sub("[\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]", " ", text).split())


def _buddhist(year: int) -> int:
    return year if year >= _FIRST_YEAR - 100 else year + ERA
