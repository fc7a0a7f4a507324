"""Documents set in type: their words, their layout, what they refuse."""

import io
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from infra.errors import Invalid
from services.correspondence.contract.documents import DocumentKind
from services.correspondence.contract.events import Urgency
from services.correspondence.contract.forms import FORMS
from services.correspondence.documents import compose, file_name, preview
from tests.correspondence.sheets import LETTER, SENTENCE, bare, box, place, read, sheet, size

REGISTERED_ONLY = {  # subjects that the form does not print
    DocumentKind.SEALED: {"subject"},
    DocumentKind.CERTIFICATE: {"subject"},
}


@pytest.mark.parametrize("kind", DocumentKind)
def test_each_form_has_all_its_fields(kind: DocumentKind) -> None:
    made = sheet(kind)
    text = "".join(read(compose(made)))
    for name in made.content.keys() - REGISTERED_ONLY.get(kind, set()):
        for line in made.content[name].splitlines():
            assert bare(line) in text, name
    if FORMS[kind].signed:
        assert bare("(นายสมชาย ใจดี)") in text


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (DocumentKind.EXTERNAL, "ที่ ศธ 04052/123"),
        (DocumentKind.MEMORANDUM, "บันทึกข้อความ"),
        (DocumentKind.SEALED, "ตราชื่อส่วนราชการ"),
        (DocumentKind.ORDER, "สั่ง ณ วันที่ 15 กุมภาพันธ์ พ.ศ. 2569"),
        (DocumentKind.RULE, "ระเบียบความในissuer"),
        (DocumentKind.REGULATION, "ข้อบังคับความในissuer"),
        (DocumentKind.ANNOUNCEMENT, "ประกาศ ณ วันที่ 15 กุมภาพันธ์ พ.ศ. 2569"),
        (DocumentKind.STATEMENT, "แถลงการณ์ความในissuer"),
        (DocumentKind.NEWS, "ข่าวความในissuer"),
        (DocumentKind.CERTIFICATE, "ให้ไว้ ณ วันที่ 15 กุมภาพันธ์ พ.ศ. 2569"),
        (DocumentKind.MINUTES, "ผู้จดรายงานการประชุม"),
        (DocumentKind.OTHER, "15 กุมภาพันธ์ 2569"),
    ],
)
def test_each_form_has_its_own_words(kind: DocumentKind, words: str) -> None:
    assert bare(words) in "".join(read(compose(sheet(kind))))


@pytest.mark.parametrize("begun", ["", "หนังสือฉบับนี้ให้ไว้เพื่อรับรองว่า "])
def test_a_certificate_says_that_it_certifies_once(begun: str) -> None:
    made = sheet(DocumentKind.CERTIFICATE, content={"body": f"{begun}นางแก้ว ตา เป็นครูจริง"})
    assert "".join(read(compose(made))).count("หนังสือฉบับนี้ให้ไว้เพื่อรับรองว่านางแก้วตา") == 1


def test_text_is_copied_from_the_page_as_it_was_typed() -> None:
    body = "น้ำใจ จำนำ กำหนดการ ชำระค่าน้ำประปา เก็บเงินเพิ่ม ผู้ซื้อที่ดิน ปู่ย่าตายาย ฐานะ ญาติ"
    made = compose(sheet(content={"body": body}))
    copied = pypdfium2.PdfDocument(made)[0].get_textpage().get_text_range()
    assert body in copied.replace("\r\n", "")


def test_it_is_pdf_a_with_its_typefaces() -> None:
    reader = PdfReader(io.BytesIO(compose(sheet(qr="https://example.go.th/v/abc"))))
    catalogue = reader.trailer["/Root"]
    told = catalogue["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in told
    assert "<pdfaid:conformance>U</pdfaid:conformance>" in told
    assert catalogue["/OutputIntents"][0]["/DestOutputProfile"]
    assert catalogue["/Lang"] == "th-TH"
    assert reader.trailer["/ID"]
    assert reader.metadata is not None
    assert reader.metadata.title == "หนังสือภายนอก ศธ 04052/123 การประชุมจัดทำแผนพัฒนาการศึกษา"
    for font in reader.pages[0]["/Resources"]["/Font"].values():
        described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & described.get_object().keys()


@pytest.mark.parametrize("kind", DocumentKind)
def test_what_is_written_keeps_to_the_margins(kind: DocumentKind) -> None:
    made = compose(sheet(kind, urgency=Urgency.MOST_URGENT, content={"body": SENTENCE * 20}))
    pages = read(made)
    for page in range(1, len(pages) + 1):
        left, top, right, bottom = box(made, page)
        assert left >= 2.95
        assert right <= 19.05
        assert top >= (1.4 if page == 1 or kind is not DocumentKind.MINUTES else 1.2)
        assert bottom <= (27.75 if page == len(pages) else 28.7)  # the words that it goes on with


def test_the_external_letter_stands_as_form_1_has_it() -> None:
    made = compose(sheet())
    assert place(made, "ที่ ศธ")[0] == pytest.approx(3, abs=0.1)
    assert place(made, "สำนักงานเขตพื้นที่การศึกษา")[0] > 12
    assert place(made, "15 กุมภาพันธ์")[0] == pytest.approx(10.5, abs=0.1)
    assert place(made, "ขอแสดง")[0] == pytest.approx(10.5, abs=0.1)
    assert place(made, "ด้วยสำนักงาน")[0] == pytest.approx(5.5, abs=0.1)
    order = ["ที่ ศธ", "15 กุม", "เรื่อง", "เรียน", "อ้างถึง", "สิ่งที่ส่ง", "ด้วย", "จึงเรียน", "ขอแสดง"]
    order += ["(นายสมชาย", "กลุ่มนโยบาย", "โทร.", "สำเนาส่ง"]
    heights = [place(made, words)[1] for words in order]
    assert heights == sorted(heights)


def test_what_is_urgent_is_red_and_twice_as_large() -> None:
    made = compose(sheet(urgency=Urgency.URGENT))
    assert size(made, "ด่วน") == pytest.approx(2 * size(made, "เรื่อง"))
    shown = pypdfium2.PdfDocument(made)[0].render(scale=1).to_pil().convert("RGB")
    assert any(red > 150 and green < 60 for _, (red, green, _) in shown.getcolors(1_000_000))


def test_the_emblem_is_three_centimetres_high_in_the_middle() -> None:
    picture = io.BytesIO()
    Image.new("RGB", (300, 300), "black").save(picture, "PNG")
    made = compose(sheet(emblem=picture.getvalue()))
    shown = pypdfium2.PdfDocument(made)[0].render(scale=10 * 2.54 / 7.2).to_pil()  # 100 to the cm
    middle = shown.crop((850, 0, 1250, 600)).convert("L").point(lambda grey: 255 * (grey < 60))
    left, top, right, bottom = middle.crop((30, 0, 370, 600)).getbbox()
    assert (left, right) == pytest.approx((20, 320), abs=3)
    assert (top, bottom) == pytest.approx((150, 450), abs=3)
    assert "ตราครุฑ" not in read(made)[0]
    assert "ตราครุฑ" in read(compose(sheet()))[0]


def test_pages_are_numbered_from_the_second_on() -> None:
    pages = read(compose(sheet(content={"body": "\n\n".join([SENTENCE] * 20)})))
    assert len(pages) >= 3
    assert "-1-" not in pages[0]
    for number, page in enumerate(pages[1:], 2):
        assert page.startswith(f"-{number}-")


def test_a_page_names_the_words_with_which_the_next_begins() -> None:
    pages = read(compose(sheet(content={"body": "\n\n".join([SENTENCE] * 20)})))
    for number, page in enumerate(pages[:-1], 2):
        words = page.rsplit("/", 1)[1].removesuffix("...")
        assert pages[number - 1].startswith(f"-{number}-{words}")
    assert not pages[-1].endswith("...")


@pytest.mark.parametrize("paragraphs", range(3, 12))
def test_the_signature_never_stands_alone(paragraphs: int) -> None:
    body = "\n\n".join(SENTENCE for _ in range(paragraphs)) + "\n\nจึงเรียนมาเพื่อทราบ"
    made = compose(sheet(content={"body": body}))
    last = len(read(made))
    closing = place(made, "ขอแสดงความนับถือ", last)[1]
    assert place(made, "(นายสมชาย ใจดี)", last)[1] > closing
    if last > 1:
        assert closing - 2.5 > 1.5, "less than two lines of text above it"


def test_a_letter_is_set_closer_where_that_saves_a_page() -> None:
    def pages(lines: int) -> int:
        body = "\n\n".join(["จึงเรียนมาเพื่อทราบ"] * lines)
        return len(read(compose(sheet(content={"body": body}))))

    assert [pages(8), pages(25)] == [1, 2]


def test_several_enclosures_are_numbered_and_one_is_not() -> None:
    assert "1." not in read(compose(sheet()))[0]
    ten = "\n".join(f"เอกสารประกอบ {'ก' * number} | {number} ฉบับ" for number in range(1, 11))
    text = read(compose(sheet(content={"enclosures": ten})))[0]
    for number in range(1, 11):
        assert f"{number}.เอกสารประกอบ{'ก' * number}{number}ฉบับ" in text


def test_a_long_subject_hangs_beside_its_label() -> None:
    made = compose(sheet(content={"subject": "ขอความอนุเคราะห์" * 12 + "ท้ายเรื่อง"}))
    label, end = place(made, "เรื่อง"), place(made, "ท้ายเรื่อง")
    assert end[1] > label[1] + 0.5
    assert box(made)[2] <= 19.05
    assert place(made, "ขอความอนุเคราะห์")[0] > label[0] + 1


def test_thai_digits_by_choice_but_not_in_addresses() -> None:
    text = read(compose(sheet(thai_digits=True, content={"body": "ตาม ISO9001 ข้อ 5\n1. หนึ่ง"})))[0]
    assert "ที่ศธ๐๔๐๕๒/๑๒๓" in text
    assert "๑๕กุมภาพันธ์๒๕๖๙" in text
    assert "ข้อ๕" in text
    assert "๑.หนึ่ง" in text
    assert "ISO9001" in text
    assert "saraban5@example.go.th" in text


def test_the_code_leads_to_its_address_and_a_draft_has_none() -> None:
    address = "https://example.go.th/v/Ab3dEf9hJk2M"
    signed = sheet(qr=address)
    text = read(compose(signed))[0]
    assert "ตรวจสอบเอกสารได้ที่" in text
    assert address in text
    assert "ร่าง" not in text
    draft = read(compose(replace(signed, draft=True)))[0]
    assert address not in draft
    assert "ร่าง" in draft


def test_when_it_was_signed_stands_above_the_name() -> None:
    made = compose(sheet(signed_at=datetime(2026, 2, 15, 2, 30, tzinfo=UTC)))
    assert bare("ลงนามทางอิเล็กทรอนิกส์ 15 กุมภาพันธ์ 2569 09:30 น.") in read(made)[0]


def test_an_empty_draft_has_its_blanks() -> None:
    for kind in DocumentKind:
        empty = sheet(kind, reference="", dated=None, signer="", signature=(), draft=True)
        assert len(preview(replace(empty, content={}))) == 1


def test_the_preview_is_the_pages() -> None:
    pages = preview(sheet(content={"body": "\n\n".join([SENTENCE] * 12)}))
    assert len(pages) == 2
    for page in pages:
        assert page.startswith("<svg")
        assert "<script" not in page


def test_a_table_of_the_body() -> None:
    rows = "| ที่ | รายการ | บาท |\n|:-:|---|--:|\n| 1 | ค่าอาหาร | 24,480 |\n| 2 | **รวม** | 38,760 |"
    made = compose(sheet(content={"body": f"ดังนี้\n\n{rows}\n\nจึงเรียนมา"}))
    assert place(made, "24,480")[1] == pytest.approx(place(made, "ค่าอาหาร")[1], abs=0.3)
    assert place(made, "จึงเรียนมา")[1] > place(made, "38,760")[1]


@pytest.mark.parametrize("columns", [1, 8, 11])
def test_a_table_is_never_wider_than_the_page(columns: int) -> None:
    cells = [
        "ประชาสัมพันธ์",
        "https://example.go.th/a/very/long/address/of/a/file.pdf",
        "นางสาวสมหญิง ใจดี",
    ]
    rows = [[cells[(row + at) % 3] for at in range(columns)] for row in range(4)]
    rows.insert(1, ["---"] * columns)
    body = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    left, _, right, _ = box(compose(sheet(content={"body": f"{body}\n\nจึงเรียนมา"})))
    assert 2.9 < left < right < 19.1


@pytest.mark.parametrize(
    "body",
    ["ก\n\n" * 3001, "|ก" * 31 + "|\n" + "|-" * 31 + "|\n", "|ก|\n|-|\n" + "|ข|\n" * 3001],
    ids=["paragraphs", "columns", "rows"],
)
def test_what_is_too_long_for_one_letter_is_refused_in_words(body: str) -> None:
    with pytest.raises(Invalid, match="แยกเป็น"):
        preview(sheet(content={"body": body}))


@pytest.mark.parametrize("body", ["*" * 40_000, "[" * 40_000, "a" * 40_000, "ฬ" * 40_000])
def test_text_without_a_space_goes_over_the_lines(body: str) -> None:
    left, _, right, _ = box(compose(sheet(content={"body": body})), 2)
    assert 2.9 < left < right < 19.1


def test_a_character_that_cannot_be_printed_is_named() -> None:
    with pytest.raises(Invalid, match="漢"):
        compose(sheet(content={"body": "อักษร 漢 ตัวเดียว"}))
    assert preview(sheet(content={"body": "อักษร 漢 ตัวเดียว"}))


NASTY = st.lists(
    st.one_of(
        st.sampled_from(list('#[]{}()$*_`~@<>"\\/|=+-:;,.!&%^\n\t ก')),
        st.sampled_from(["#panic()", '#read("/etc/passwd")', "#let", "$x$", "/*", "//", "`" * 3]),
        st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B),
        st.characters(max_codepoint=0x24F),
    ),
    max_size=100,
).map("".join)


@settings(max_examples=60, deadline=None)
@given(NASTY, NASTY, st.sampled_from(list(DocumentKind)))
def test_text_is_never_taken_for_instructions(body: str, line: str, kind: DocumentKind) -> None:
    content = dict.fromkeys(LETTER, line) | {"body": body, "grounds": body}
    made = sheet(kind, content=content | {field.name: body for field in FORMS[kind].fields})
    with suppress(Invalid):  # a letter that no typeface has
        assert read(compose(made))
    assert preview(made)


def test_instructions_of_the_typesetter_are_printed_as_they_stand() -> None:
    line = '#panic("x") $a^2$ @label <b>bold</b> #read("/etc/passwd") [แนบ](http://x) `code` &amp;'
    text = read(compose(sheet(content={"body": line, "subject": line})))[0]
    assert text.count(bare(line)) == 2


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (("OPM", "0913", 2564, 56), "2564_OPM0913_56.pdf"),
        (("OPM", "0913", 2564, 56, 1), "2564_OPM0913_56_1.pdf"),
        (("MOE", "04052.1", 2569, "๑๒"), "2569_MOE04052.1_12.pdf"),
        (("M/O", "04:05", 2569, 7), "2569_M_O04_05_7.pdf"),
        (("", "", 2569, 7), "2569_7.pdf"),
    ],
)
def test_file_names_are_those_of_annex_7(given: tuple[str, str, int, int], name: str) -> None:
    assert file_name(*given) == name
