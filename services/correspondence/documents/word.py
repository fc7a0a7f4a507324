"""A Word document as offices expect it: A4, the official typeface at 16 points, its margins, its page
numbers; and the pieces that the forms are made of."""

import io
import unicodedata
from collections.abc import Iterable
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.image.exceptions import UnrecognizedImageError
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Cm, Length, Pt, RGBColor
from docx.table import Table as WordTable
from docx.table import _Cell as Cell
from docx.text.paragraph import Paragraph as WordParagraph

from services.correspondence.documents.emblem import printable
from services.correspondence.documents.markdown import Block, Heading, Paragraph, Run, Runs, Table
from services.correspondence.documents.sheet import Sheet

BLANK = "." * 30
_FACE = "TH SarabunIT๙"
_INDENT, _STEP = Cm(2.5), Cm(0.9)
_SIDES = {"left": ALIGN.LEFT, "center": ALIGN.CENTER, "right": ALIGN.RIGHT}


class Paper:
    """A Word document that is written from top to bottom."""

    def __init__(self, sheet: Sheet) -> None:
        self._document = Document()
        self._sheet = sheet
        properties = self._document.core_properties
        properties.title, properties.author = sheet.name, sheet.organisation
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin, section.right_margin = Cm(3), Cm(2)
        section.top_margin, section.bottom_margin = Cm(2.5), Cm(2)
        section.different_first_page_header_footer = True
        normal = self._document.styles["Normal"]
        normal.font.size = Pt(16)
        normal.paragraph_format.space_after = Pt(0)
        marks = normal.element.get_or_add_rPr()
        fonts = marks.get_or_add_rFonts()
        for name in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{name}"), _FACE)
        _mark(marks, "w:szCs", "32")
        _mark(marks, "w:lang", "th-TH", "w:bidi")
        self._number_pages(section.header.paragraphs[0])

    def content(self) -> bytes:
        made = io.BytesIO()
        self._document.save(made)
        return made.getvalue()

    def line(
        self,
        text: str | Runs,
        *,
        align: str = "left",
        left: Length = Cm(0),
        first: Length = Cm(0),
        before: float = 6,
        bold: bool = False,
        points: float = 16,
        red: bool = False,
        within: Cell | None = None,
    ) -> WordParagraph:
        """A paragraph; `left` and `first` indent it, `before` points stand above it."""
        place = within or self._document
        made = place.add_paragraph()
        made.alignment = _SIDES[align]
        made.paragraph_format.left_indent, made.paragraph_format.first_line_indent = left, first
        made.paragraph_format.space_before = Pt(before)
        for run in (Run(text),) if isinstance(text, str) else text:
            words = made.add_run(run.text)
            words.font.bold = words.font.cs_bold = run.bold or bold
            words.font.italic = words.font.cs_italic = run.italic
            if points != 16:
                words.font.size = Pt(points)
                _mark(words._r.get_or_add_rPr(), "w:szCs", str(int(points * 2)))
            if red:
                words.font.color.rgb = RGBColor(0xC0, 0, 0)
        return made

    def labelled(self, label: str, text: str) -> None:
        """A label and what hangs beside it."""
        if text:
            hang = Cm(0.3 + 0.21 * sum(not _is_mark(letter) for letter in label))
            made = self.line(f"{label}\t{text}", left=hang, first=Length(-hang))
            made.paragraph_format.tab_stops.add_tab_stop(hang)

    def listed(self, label: str, entries: Iterable[list[str]]) -> None:
        """Entries one below the other, numbered where there are several."""
        lines = ["  ".join(parts) for parts in entries]
        for number, text in enumerate(lines, 1):
            shown = text if len(lines) == 1 else f"{self._sheet.digits(str(number))}. {text}"
            self.labelled(label if number == 1 else " " * len(label), shown)

    def beside(self, left: str, right: Iterable[str]) -> None:
        """`left` at the left, and lines that begin right of the middle."""
        table = self._grid(1, (Cm(9.4), Cm(6.6)))
        self._fill(table.cell(0, 0), [left])
        self._fill(table.cell(0, 1), right)

    def emblem(self, picture: bytes | None, height: Length, align: str = "center") -> None:
        """The office's own picture of the emblem, or the place for it."""
        made = self.line("", align=align, before=0)
        try:
            drawn = io.BytesIO(printable(picture or b""))
            made.add_run().add_picture(drawn, height=height)
        except UnrecognizedImageError:  # none, or drawn in lines
            made.add_run("[ตราครุฑ]")

    def blocks(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            match block:
                case Paragraph(runs, label, depth):
                    begun = (Run(f"{label} "), *runs) if label else runs
                    self.line(begun, first=Length(_INDENT + _STEP * depth))
                case Heading(runs):
                    self.line(runs, bold=True).paragraph_format.keep_with_next = True
                case Table(align, rows):
                    self.table(align, rows)

    def table(self, align: tuple[str, ...], rows: tuple[tuple[Runs, ...], ...]) -> None:
        made = self._document.add_table(rows=len(rows), cols=len(align), style="Table Grid")
        made.alignment = WD_TABLE_ALIGNMENT.CENTER
        for number, (row, cells) in enumerate(zip(rows, made.rows, strict=True)):
            for side, runs, cell in zip(align, row, cells.cells, strict=True):
                _empty(cell)
                heading = number == 0
                side = "center" if heading else side
                self.line(runs, align=side, before=0, bold=heading, within=cell)
        self.line("", before=0, points=6)

    def centred(self, lines: Iterable[str], *, left: Length = Cm(4), before: float = 0) -> None:
        """Lines centred right of the middle, which stay with those before them."""
        for text in lines:
            made = self.line(text, align="center", left=left, before=before)
            made.paragraph_format.keep_with_next = made.paragraph_format.keep_together = True

    def _grid(self, rows: int, widths: tuple[Length, ...]) -> WordTable:
        table: WordTable = self._document.add_table(rows=rows, cols=len(widths))
        table.autofit = False
        for row in table.rows:
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = width
        return table

    def _fill(self, cell: Cell, lines: Iterable[str]) -> None:
        _empty(cell)
        for text in lines:
            self.line(text, before=0, within=cell)
        if not cell.paragraphs:
            cell.add_paragraph()

    def _number_pages(self, header: WordParagraph) -> None:
        """ "- 2 -" from the second page on, as a field."""
        header.alignment = ALIGN.CENTER
        header.add_run("- ")
        run = header.add_run()
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            if kind:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
            else:
                mark = OxmlElement("w:instrText")
                mark.text = f" {text} \\* ThaiArabic " if self._sheet.thai_digits else f" {text} "
            run._r.append(mark)
        header.add_run(" -")


def _mark(marks: Any, tag: str, value: str, attribute: str = "w:val") -> None:
    """Set a property of a run that python-docx has no name for."""
    element = OxmlElement(tag)
    element.set(qn(attribute), value)
    marks.append(element)


def _empty(cell: Cell) -> None:
    """Take out the paragraph that a new cell has."""
    for paragraph in cell.paragraphs:
        paragraph._p.getparent().remove(paragraph._p)


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter) == "Mn"
