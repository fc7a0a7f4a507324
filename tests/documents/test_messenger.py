"""What is printed to go along by hand and by post."""

from datetime import UTC, datetime
from typing import Any

import pypdfium2

from gateway.documents.messenger import (
    BOOK_COLUMNS,
    envelopes_pdf,
    messenger_book_pdf,
    receipts_pdf,
)

NOW = datetime(2026, 2, 15, 2, 30, tzinfo=UTC)


def row(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "number": number,
        "sender": "กลุ่มอำนวยการ",
        "recipient": "ผู้อำนวยการโรงเรียนบ้านฮอด",
        "unit": "โรงเรียนบ้านฮอด",
        "receiver": None,
        "received_at": None,
        "note": "",
        "reference": f"ศธ 04052/{number}",
        "subject": "การประชุมผู้บริหาร",
        "address": "ตำบลฮอด\nอำเภอฮอด จังหวัดเชียงใหม่ 50240",
        "urgency": "ด่วน",
    } | fields


def pages(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    return ["".join(page.get_textpage().get_text_range().split()) for page in document]


def test_the_messenger_book_has_the_columns_of_form_16() -> None:
    rows = [row(1, received_at=NOW, receiver="นางแก้ว ตา"), *(row(n) for n in range(2, 31))]
    made = pages(
        messenger_book_pdf(rows, organisation="สพป.", period="ปี พ.ศ. 2569", printed_at=NOW)
    )
    assert len(made) > 1
    for number, page in enumerate(made, 1):
        assert all(name in page for name in BOOK_COLUMNS)
        assert f"หน้า{number}จาก{len(made)}" in page
    assert "นางแก้วตา" in made[0]
    assert "15ก.พ.69" in made[0]
    assert "09:30น." in made[0]


def test_an_empty_book_says_so() -> None:
    made = messenger_book_pdf([], organisation="สพป.", period="วันนี้", printed_at=NOW)
    assert "ไม่มีรายการในช่วงนี้" in pages(made)[0]


def test_four_receipts_stand_on_a_page() -> None:
    made = pages(receipts_pdf([row(n) for n in range(1, 6)], organisation="สพป."))
    assert [page.count("ใบรับ") for page in made] == [4, 1]
    for label in ("ที่ศธ04052/1", "ถึง", "เรื่อง", "รับวันที่", "เวลา", "ผู้รับ"):
        assert label in made[0]


def test_a_receipt_says_when_it_was_received() -> None:
    (made,) = pages(receipts_pdf([row(7, received_at=NOW)], organisation="สพป.", thai_digits=True))
    assert "๑๕กุมภาพันธ์๒๕๖๙" in made
    assert "๐๙:๓๐น." in made
    assert "ศธ๐๔๐๕๒/๗" in made


def test_each_envelope_is_a_page_with_sender_and_recipient() -> None:
    made = envelopes_pdf(
        [row(1), row(2, deadline=NOW, urgency="")],
        organisation="สพป.เชียงใหม่ เขต 5",
        address="อำเภอฮอด จังหวัดเชียงใหม่ 50240",
    )
    first, second = pages(made)
    assert "ด่วน" in first
    assert "ด่วนภายใน15ก.พ.69" in second
    for page in (first, second):
        assert "สพป.เชียงใหม่เขต5" in page
        assert "ผู้อำนวยการโรงเรียนบ้านฮอด" in page
    width, height = pypdfium2.PdfDocument(made)[0].get_size()
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (220, 110)


def test_what_is_written_is_never_taken_for_instructions() -> None:
    nasty = '#panic("x") $a$ ] [ #read("/etc/passwd")'
    rows = [row(1, recipient=nasty, subject=nasty, note=nasty)]
    book = messenger_book_pdf(rows, organisation=nasty, period=nasty, printed_at=NOW)
    assert "".join(nasty.split()) in pages(book)[0]
    assert "".join(nasty.split()) in pages(receipts_pdf(rows, organisation=nasty))[0]
