"""Sheets to set in type, and what is read back from what was set."""

from datetime import date
from typing import Any

import pypdfium2

from services.correspondence.contract.documents import DocumentKind
from services.correspondence.contract.forms import FORMS
from services.correspondence.documents import Sheet

OFFICE = "สำนักงานเขตพื้นที่การศึกษาประถมศึกษาเชียงใหม่ เขต 5"
CENTIMETRE = 72 / 2.54
SENTENCE = (
    "ด้วยสำนักงานคณะกรรมการการศึกษาขั้นพื้นฐานกำหนดแนวทางการจัดทำแผนพัฒนาการศึกษา"
    " เพื่อให้การบริหารจัดการศึกษาเป็นไปด้วยความเรียบร้อย และเกิดประโยชน์สูงสุดต่อผู้เรียน"
    " จึงเห็นสมควรดำเนินการตามที่กำหนดไว้"
)
LETTER = {
    "subject": "การประชุมจัดทำแผนพัฒนาการศึกษา",
    "salutation": "เรียน ผู้อำนวยการโรงเรียนในสังกัด",
    "references": "หนังสือ สพฐ. ที่ ศธ 04006/512 ลงวันที่ 2 กุมภาพันธ์ 2569",
    "enclosures": "กำหนดการประชุม",
    "body": f"{SENTENCE}\n\nจึงเรียนมาเพื่อทราบ",
    "closing": "ขอแสดงความนับถือ",
    "unit": "กลุ่มนโยบายและแผน",
    "phone": "0 5346 1234",
    "copies": "กลุ่มอำนวยการ",
}


def sheet(kind: DocumentKind = DocumentKind.EXTERNAL, **given: Any) -> Sheet:
    """A signed document of the office: the letter above, or every field with its own label."""
    content = LETTER if kind is DocumentKind.EXTERNAL else labels(kind)
    content = content | given.pop("content", {})
    facts: dict[str, Any] = {
        "organisation": OFFICE,
        "letterhead": "สำนักงานเขตพื้นที่การศึกษา\nประถมศึกษาเชียงใหม่ เขต 5",
        "address": "อำเภอฮอด จังหวัดเชียงใหม่ 50240",
        "reference": "ศธ 04052/123",
        "dated": date(2026, 2, 15),
        "signer": "นายสมชาย ใจดี",
        "signature": ("ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา",),
        "email": "saraban5@example.go.th",
        "thai_digits": False,
    }
    return Sheet(kind=kind, content=content, **(facts | given))


def labels(kind: DocumentKind) -> dict[str, str]:
    """A content in which each field says its name, so that it is known again."""
    return {field.name: f"ความใน{field.name}" for field in FORMS[kind].fields}


def read(pdf: bytes) -> list[str]:
    """Each page's words as they are copied from it, without any space: a reader guesses at those."""
    document = pypdfium2.PdfDocument(pdf)
    return [bare(page.get_textpage().get_text_range()) for page in document]


def bare(text: str) -> str:
    """`text` without its spaces and line breaks."""
    return "".join(text.split())


def place(pdf: bytes, words: str, page: int = 1) -> tuple[float, float]:
    """Where `words` begin, in centimetres from the left and the top of the sheet."""
    opened = pypdfium2.PdfDocument(pdf)[page - 1]
    text = opened.get_textpage()
    found = text.search(words, match_case=True).get_next()
    assert found, f"{words} is not on page {page}"
    left, _, _, top = text.get_charbox(found[0], loose=True)
    return left / CENTIMETRE, (opened.get_height() - top) / CENTIMETRE


def size(pdf: bytes, words: str) -> float:
    """In how many points `words` are set on the first page."""
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    index, _ = text.search(words, match_case=True).get_next()
    points: float = pypdfium2.raw.FPDFText_GetFontSize(text.raw, index)
    return points


def box(pdf: bytes, page: int = 1) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of all that is written on a page, in centimetres on the sheet."""
    opened = pypdfium2.PdfDocument(pdf)[page - 1]
    text = opened.get_textpage()
    boxes = [
        text.get_charbox(index)
        for index in range(text.count_chars())
        if text.get_text_range(index, 1).strip()
    ]
    height = opened.get_height()
    return (
        min(each[0] for each in boxes) / CENTIMETRE,
        (height - max(each[3] for each in boxes)) / CENTIMETRE,
        max(each[2] for each in boxes) / CENTIMETRE,
        (height - min(each[1] for each in boxes)) / CENTIMETRE,
    )
