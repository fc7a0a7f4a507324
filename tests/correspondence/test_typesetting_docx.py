"""Documents as Word files."""

import io

import docx as word
import pytest
from docx.shared import Pt
from PIL import Image

from services.correspondence.contract.documents import DocumentKind
from services.correspondence.contract.events import Urgency
from services.correspondence.documents import docx
from tests.correspondence.sheets import sheet
from tests.correspondence.test_typesetting import REGISTERED_ONLY


def opened(made: bytes) -> word.document.Document:
    return word.Document(io.BytesIO(made))


def text(made: bytes) -> str:
    """All its words, those in tables among them."""
    body = opened(made).element.body
    return "".join(part.text or "" for part in body.iter() if part.tag.endswith("}t"))


@pytest.mark.parametrize("kind", DocumentKind)
def test_each_form_has_all_its_fields(kind: DocumentKind) -> None:
    made = sheet(kind)
    found = text(docx(made))
    for name in made.content.keys() - REGISTERED_ONLY.get(kind, set()):
        for line in made.content[name].splitlines():
            assert line in found, name


def test_it_is_a4_with_the_official_margins_and_typeface() -> None:
    document = opened(docx(sheet()))
    section = document.sections[0]
    assert (section.page_width.cm, section.page_height.cm) == pytest.approx((21, 29.7), abs=0.01)
    assert (section.left_margin.cm, section.right_margin.cm) == pytest.approx((3, 2), abs=0.01)
    normal = document.styles["Normal"]
    assert normal.font.size == Pt(16)
    assert "TH SarabunIT๙" in normal.element.xml


def test_tables_lists_bold_and_the_emblem_are_there() -> None:
    picture = io.BytesIO()
    Image.new("RGB", (60, 60), "black").save(picture, "WEBP")
    body = "1. หนึ่ง\n   1. **ย่อย**\n\n| ก | ข |\n|---|---|\n| 1 | 2 |"
    made = docx(sheet(content={"body": body}, urgency=Urgency.URGENT, emblem=picture.getvalue()))
    document = opened(made)
    assert [cell.text for cell in document.tables[-1].rows[1].cells] == ["1", "2"]
    assert "1.1 ย่อย" in [paragraph.text for paragraph in document.paragraphs]
    assert len(document.inline_shapes) == 1
    assert "[ตราครุฑ]" in text(docx(sheet(emblem=b"<svg/>")))


def test_nothing_that_was_typed_breaks_the_file() -> None:
    typed = "ก\x00\x0b\ud800<w:p/>&amp;]]>\ufffe"
    assert "ก<w:p/>&amp;]]>" in text(docx(sheet(content={"subject": typed, "body": typed})))
