"""The receive stamp, on the screen and on the letter's first page."""

import io
import re
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from gateway.documents.stamp import stamp_svg, stamped_bare_page, stamped_first_page
from infra.errors import UnsupportedMedia

MILLIMETRE = 72 / 25.4
STAMP: dict[str, Any] = {
    "organisation": "สำนักงานเขตพื้นที่การศึกษาประถมศึกษาเชียงใหม่ เขต 5",
    "number": 1234,
    "received_at": datetime(2025, 12, 31, 17, 5, tzinfo=UTC),
}


def pdf(width: float = 595, height: float = 842, pages: int = 2, rotation: int = 0) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width, height).rotate(rotation)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def picture(kind: str, size: tuple[int, int] = (1240, 1754)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "white").save(made, kind)
    return made.getvalue()


def test_the_stamp_is_five_by_two_and_a_half_centimetres() -> None:
    found = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', stamp_svg(STAMP))
    assert found
    assert float(found[1]) == pytest.approx(50 * MILLIMETRE, abs=0.1)
    assert float(found[2]) == pytest.approx(25 * MILLIMETRE, abs=0.1)


def words(content: bytes) -> str:
    text: str = pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()
    return text.replace("\r\n", "")


def place(content: bytes, word: str) -> tuple[float, float]:
    """Where `word` begins on the first page, in points from its left and its bottom."""
    text = pypdfium2.PdfDocument(content)[0].get_textpage()
    index, _ = text.search(word).get_next()
    left, bottom, _, _ = text.get_charbox(index)
    return left, bottom


@pytest.mark.parametrize(
    "content",
    [
        pdf(),
        pdf(842, 595, rotation=90),
        pdf(rotation=180),
        picture("PNG"),
        picture("JPEG"),
        picture("TIFF"),
    ],
    ids=["pdf", "turned", "upside down", "png", "jpeg", "tiff"],
)
def test_it_stands_at_the_top_right_of_the_first_page(content: bytes) -> None:
    made = stamped_first_page(content, STAMP)
    reader = PdfReader(io.BytesIO(made))
    assert len(reader.pages) == 1
    page = reader.pages[0]
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
    assert "1 ม.ค. 69" in words(made)
    assert "00:05 น." in words(made)
    x, y = place(made, "1234")
    assert 595 - 58 * MILLIMETRE < x < 595 - 8 * MILLIMETRE
    assert 842 - 33 * MILLIMETRE < y < 842 - 8 * MILLIMETRE


def test_without_a_page_it_stands_on_a_bare_one() -> None:
    x, y = place(stamped_bare_page(STAMP), "1234")
    assert 595 - 58 * MILLIMETRE < x < 595 - 8 * MILLIMETRE
    assert 842 - 33 * MILLIMETRE < y < 842 - 8 * MILLIMETRE


def test_a_page_that_prints_reduced_gets_a_larger_stamp() -> None:
    x, _ = place(stamped_first_page(pdf(2480, 3508), STAMP), "1234")
    assert x < 2480 - 70 * MILLIMETRE


def test_thai_digits() -> None:
    made = stamped_first_page(pdf(), STAMP | {"thai_digits": True})
    assert "๑๒๓๔" in words(made)


def locked() -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(pdf()))
    writer.encrypt("secret", algorithm="AES-256")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        locked(),
        b"%PDF-1.7\nno more",
        pdf()[:300],
        b"PK\x03\x04",
        b"",
        picture("PNG")[:80],
        pdf(pages=0),
    ],
    ids=["locked", "broken", "cut", "zip", "empty", "cut picture", "no page"],
)
def test_what_has_no_page_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(UnsupportedMedia, match=r"ไม่ได้|เฉพาะ"):
        stamped_first_page(content, STAMP)
