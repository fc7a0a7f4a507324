"""The receive register on paper and in spreadsheets."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import pypdfium2
import pytest

from gateway.documents.register import (
    RECEIVED,
    register_csv,
    register_pdf,
    register_xlsx,
)

OFFICE = "สำนักงานเขตพื้นที่การศึกษาประถมศึกษาเชียงใหม่ เขต 5"
START = datetime(2026, 2, 15, 2, 30, tzinfo=UTC)


def row(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "number": number,
        "received_at": START + timedelta(hours=8 * number),
        "reference": f"ศธ 0400{number}/ว 12",
        "dated": date(2026, 2, 10),
        "sender": "สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน",
        "recipient": "ผอ.สพป.เชียงใหม่ เขต 5",
        "subject": "การป้องกันน้ำท่วม",
        "action": "กลุ่มอำนวยการ",
        "note": "",
    } | fields


def pdf_text(content: bytes) -> list[str]:
    """Each page's words, without the line breaks that reading a PDF back brings."""
    pages = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_range().replace("\r\n", "") for page in pages]


def made_pdf(rows: list[dict[str, Any]], **options: Any) -> bytes:
    return register_pdf(
        rows, organisation=OFFICE, period="ปี พ.ศ. 2569", printed_at=START, **options
    )


def test_form_13_has_its_columns_its_heading_and_its_pages() -> None:
    pages = pdf_text(made_pdf([row(number) for number in range(1, 61)]))
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert "ทะเบียนหนังสือรับ" in page
        assert "ปี พ.ศ. 2569" in page
        assert f"หน้า {number} จาก {len(pages)}" in page
        assert all(name in page for name in RECEIVED.columns)
    width, height = pypdfium2.PdfDocument(made_pdf([]))[0].get_size()
    assert (round(width), round(height)) == (842, 595)


def test_each_day_has_its_band() -> None:
    text = "".join(pdf_text(made_pdf([row(1), row(2), row(3)])))
    assert text.count("วันที่ 15 กุมภาพันธ์ 2569") == 1
    assert text.count("วันที่ 16 กุมภาพันธ์ 2569") == 1


def test_thai_digits_by_choice() -> None:
    text = "".join(pdf_text(made_pdf([row(7)], thai_digits=True)))
    assert "พ.ศ. ๒๕๖๙" in text
    assert "ศธ ๐๔๐๐๗/ว ๑๒" in text
    assert not set("0123456789") & set(text)


def test_an_empty_register_says_so() -> None:
    assert "ไม่มีรายการในช่วงนี้" in pdf_text(made_pdf([]))[0]


def test_text_is_never_markup() -> None:
    subject = '#panic("x") *ก* $x$ <a> \\ "quoted" // end'
    assert "#panic" in "".join(pdf_text(made_pdf([row(1, subject=subject, sender=None)])))


def sheet(content: bytes) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [tuple(cell.value for cell in cells) for cells in book.active.iter_rows()]


def test_the_workbook_has_real_numbers_and_dates() -> None:
    rows = sheet(register_xlsx([row(1, urgency="ด่วน")], organisation=OFFICE, period="ปี พ.ศ. 2569"))
    assert rows[0][0] == f"ทะเบียนหนังสือรับ {OFFICE}"
    assert rows[2] == RECEIVED.sheet_columns
    assert rows[3][0] == 1
    assert rows[3][2].date() == date(2026, 2, 10)
    assert rows[3][8].date() == date(2026, 2, 15)
    assert rows[3][10] == "ด่วน"


FORMULAS = ["=1+1", "+1", "-1", "@x", "\t=1", "＝1", '=HYPERLINK("http://x")', " =1"]


@pytest.mark.parametrize("subject", FORMULAS)
def test_no_cell_becomes_a_formula(subject: str) -> None:
    content = register_xlsx([row(1, subject=subject)], organisation=OFFICE, period="")
    cell = openpyxl.load_workbook(io.BytesIO(content)).active["F4"]
    assert cell.data_type != "f"
    assert cell.value == subject
    text = b"".join(register_csv([row(1, subject=subject)])).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1][5] == f"'{subject}"


def test_csv_opens_as_thai_in_excel() -> None:
    content = b"".join(register_csv([row(1, reference="-", subject='ก, "ข"\nค', dated=None)]))
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert lines[0] == list(RECEIVED.sheet_columns)
    assert lines[1][1:3] == ["-", ""]
    assert lines[1][5] == 'ก, "ข"\nค'
    assert lines[1][8:10] == ["15/02/2569", "17:30"]


def test_control_characters_do_not_spoil_a_workbook() -> None:
    content = register_xlsx([row(1, subject="ก\x0bข")], organisation=OFFICE, period="")
    assert sheet(content)[3][5] == "กข"
