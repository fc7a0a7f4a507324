"""Lines of CSV and cells of workbooks as spreadsheets read them, and what must not reach one."""

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

from openpyxl.cell import WriteOnlyCell

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no XML file may hold them
BOM = "\ufeff".encode()  # before the first line: by it Excel knows UTF-8, and so Thai


def csv_line(values: Iterable[str | int]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow([harmless(value) for value in values])
    return line.getvalue().encode()


def harmless(value: str | int) -> str | int:
    """Text that a spreadsheet would run as a formula, marked as text; a lone dash is just a dash."""
    if isinstance(value, int) or value.strip() == "-":
        return value
    return f"'{value}" if re.match(r"\s*[=+\-@＝＋－＠\t\r]", value) else value


def sheet_cell(sheet: Any, value: Any, **looks: Any) -> Any:
    """A cell for a write-only `sheet`; text is never taken for a formula. `looks` are openpyxl's."""
    text = isinstance(value, str)
    made = WriteOnlyCell(sheet, _UNPRINTABLE.sub("", value) if text else value)
    if text:
        made.data_type = "s"  # openpyxl would take "=…" for a formula
    for name, look in looks.items():
        setattr(made, name, look)
    return made
