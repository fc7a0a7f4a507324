"""A sheet set by Typst: the PDF/A that is kept, and the pages as a draft's preview shows them."""

import heapq
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec
import segno
import typst

from infra.errors import Invalid
from infra.typesetting import Setting
from infra.typesetting.breaking import pieces, pieces_in
from services.correspondence.contract.documents import DocumentKind
from services.correspondence.contract.forms import FORMS
from services.correspondence.documents.emblem import printable
from services.correspondence.documents.markdown import Block, Table, plain
from services.correspondence.documents.sheet import LISTED, URGENCY, Sheet, lines

_TEMPLATES = Path(__file__).parent / "templates"
_SHARED = {  # kinds that are set as another is
    DocumentKind.REGULATION: DocumentKind.RULE,
    DocumentKind.NEWS: DocumentKind.STATEMENT,
}
_DARK = re.compile("1+")
_MARKS = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")  # which take no room of their own
_QUOTED = re.compile(r'`"(.+?)"`')
_MARKDOWN = ("body", "grounds")


@dataclass(frozen=True, kw_only=True)
class _Fit:
    """How close a sheet is set: points from line to line and more above a paragraph; lines of room
    for the signature and above the foot. `reserve` points stay free at the foot of the page on
    which block `at` of the body begins."""

    pitch: float = 21.6
    gap: float = 6
    room: float = 3
    foot: float = 2
    at: int = -1
    reserve: float = 0


_CLOSER = (_Fit(pitch=20.8, gap=5, room=2.6, foot=1), _Fit(pitch=19.8, gap=4, room=2.2, foot=0.5))
_TOP, _BOTTOM = 2.5 * 72 / 2.54, 27.7 * 72 / 2.54  # of what is printed on a page, in points
_SHORT = 3  # pages: of a longer one nobody saves the last
_SPARE = 4  # lines: a last page with fewer is worth setting the others closer
_MOST_LINES, _MOST_COLUMNS = 3000, 30  # paragraphs and rows, of what is set at all
_KEPT = 2  # lines of text that the signature has above it


def compose(sheet: Sheet) -> bytes:
    """The sheet as PDF/A-2u. Blocks for some tens of milliseconds; `unhindered` where that matters.

    Raises Invalid where the text has a character that no typeface here can print.
    """
    try:
        return _set(sheet).pdf()
    except typst.TypstError as error:
        raise _unprintable(error) from error


def preview(sheet: Sheet) -> list[str]:
    """Each page of the sheet as SVG."""
    return _set(sheet).svg()


def _set(sheet: Sheet) -> Setting:
    """The sheet set so that its signature does not stand alone on a page: closer if that saves the
    page, else with some lines of the text carried over to it."""
    template, data = _TEMPLATES / f"{_SHARED.get(sheet.kind, sheet.kind)}.typ", _data(sheet)

    def fitted(fit: _Fit) -> tuple[Setting, _Layout]:
        setting = Setting(template, data | {"fit": asdict(fit)})
        return setting, msgspec.convert(setting.value("layout"), _Layout)

    plain, layout = fitted(_Fit())
    if layout.page == 1 or layout.carried >= _SPARE:
        return plain
    for fit in _CLOSER if layout.page <= _SHORT else ():
        closer, found = fitted(fit)
        if found.page < layout.page:
            return closer
    if layout.carried >= _KEPT or layout.before is None:
        return plain
    return fitted(_Fit(at=layout.before, reserve=layout.reserve))[0]


class _Layout(msgspec.Struct):
    """Where things came to stand: the pages on which the body's blocks begin, page and height from
    its top (in points) of the body's end and of what is signed."""

    starts: list[int]
    end: tuple[int, float] | None
    sign: tuple[int, float] | None

    @property
    def page(self) -> int:
        return self.sign[0] if self.sign else 1

    @property
    def carried(self) -> float:
        """Lines of the body on the page of the signature."""
        if self.end is None or self.end[0] < self.page:
            return 0
        return (self.end[1] - _TOP) / _Fit.pitch + 0.5

    @property
    def before(self) -> int | None:
        """The first block that begins on the page before that of the signature."""
        return next((at for at, page in enumerate(self.starts) if page == self.page - 1), None)

    @property
    def reserve(self) -> float:
        """How much to keep free on that page, so that enough lines go over."""
        line = _Fit.pitch + _Fit.gap
        if self.end is None or self.end[0] == self.page:
            return line
        return _BOTTOM - self.end[1] + line


def _data(sheet: Sheet) -> dict[str, Any]:
    """The sheet as its template takes it: all words as they stand on the page."""
    names = [field.name for field in FORMS[sheet.kind].fields]
    data = {
        "title": FORMS[sheet.kind].title,
        "name": sheet.name,
        "organisation": sheet.organisation,
        "letterhead": lines(sheet.words(sheet.letterhead)),
        "address": lines(sheet.words(sheet.address)),
        "reference": sheet.words(sheet.reference),
        "date": sheet.date,
        "circular": sheet.circular,
        "urgency": URGENCY[sheet.urgency],
        "fields": {name: sheet.field(name) for name in names if name not in _MARKDOWN + LISTED},
        "lists": {name: sheet.entries(name) for name in names if name in LISTED},
        "blocks": {name: _blocks(sheet.blocks(name)) for name in names if name in _MARKDOWN},
        "signer": sheet.words(sheet.signer),
        "signature": sheet.position,
        "signed": sheet.signed,
        "phone": sheet.telephone,
        "email": sheet.words(sheet.email),
        "thai_digits": sheet.thai_digits,
        "draft": sheet.draft,
    }
    return data | {
        "pieces": pieces_in(data),
        "emblem": list(printable(sheet.emblem)) if sheet.emblem else None,
        "qr": None if sheet.draft or not sheet.qr else _code(sheet.qr),
    }


def _blocks(blocks: list[Block]) -> list[Any]:
    tables = [block for block in blocks if isinstance(block, Table)]
    if len(blocks) + sum(len(table.rows) for table in tables) > _MOST_LINES:
        raise Invalid("ข้อความยาวเกินกว่าจะพิมพ์เป็นหนังสือฉบับเดียว ให้แยกเป็นสิ่งที่ส่งมาด้วย")
    if any(len(table.align) > _MOST_COLUMNS for table in tables):
        raise Invalid(f"ตารางมีได้ไม่เกิน {_MOST_COLUMNS} คอลัมน์ ให้แยกเป็นหลายตาราง")
    return [plain(block) | (_widths(block) if isinstance(block, Table) else {}) for block in blocks]


def _widths(table: Table) -> dict[str, Any]:
    """Of each column the longest pieces and the longest cells, among which the widest will be."""
    columns = [
        ["".join(run.text for run in runs) for runs in column]
        for column in zip(*table.rows, strict=True)
    ]
    return {
        "least": [
            _longest({piece for cell in column for piece in pieces(cell)}) for column in columns
        ],
        "most": [_longest(set(column)) for column in columns],
    }


def _longest(texts: set[str]) -> list[str]:
    return heapq.nlargest(8, texts, key=lambda text: len(_MARKS.sub("", text)))


def _code(address: str) -> dict[str, Any]:
    """The QR code of `address`: each row's dark runs, as pairs of where one begins and how long it is."""
    rows = []
    for row in segno.make(address, error="m", micro=False).matrix:
        dark = "".join("1" if module else "0" for module in row)
        rows.append([(found.start(), len(found[0])) for found in _DARK.finditer(dark)])
    return {"address": address, "rows": rows}


def _unprintable(error: typst.TypstError) -> Exception:
    found = _QUOTED.search(error.message)
    if "PDF/A" not in error.message or not found:
        return error
    return Invalid(f"ข้อความมีอักขระที่พิมพ์ไม่ได้: {found[1]} แก้เป็นอักขระอื่น")
