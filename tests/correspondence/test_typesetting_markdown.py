"""The body's Markdown, as Thai offices type it."""

from hypothesis import given
from hypothesis import strategies as st

from services.correspondence.documents.markdown import (
    Heading,
    Paragraph,
    Run,
    Table,
    blocks,
    plain,
)


def labels(text: str) -> list[str]:
    return [block.label for block in blocks(text) if isinstance(block, Paragraph)]


def words(text: str) -> list[str]:
    return ["".join(run.text for run in block.runs) for block in blocks(text)]


def test_a_new_line_begins_a_new_paragraph() -> None:
    assert words("ด้วย\nในการนี้\n\nจึงเรียนมา") == ["ด้วย", "ในการนี้", "จึงเรียนมา"]
    assert words("บรรทัดแรก  \nต่อกัน") == ["บรรทัดแรก\nต่อกัน"]


def test_bold_and_italic_beside_thai_letters() -> None:
    assert blocks("ตาม**ข้อ (1)**และ*ข้อ 2*แล้ว")[0].runs == (
        Run("ตาม"),
        Run("ข้อ (1)", bold=True),
        Run("และ"),
        Run("ข้อ 2", italic=True),
        Run("แล้ว"),
    )


def test_lists_are_numbered_as_they_were_begun() -> None:
    assert labels("1. หนึ่ง\n2. สอง\n   1. ย่อย\n   2. ย่อย\n      1. ลึก") == [
        "1.",
        "2.",
        "2.1",
        "2.2",
        "2.2.1",
    ]
    assert labels("5) ห้า\n6) หก") == ["5)", "6)"]
    assert labels("- ก\n- ข") == ["-", "-"]


def test_a_paragraph_that_goes_on_in_an_item_has_no_label() -> None:
    found = blocks("1. หนึ่ง\n\n   ต่อ\n2. สอง")
    assert [(block.label, block.depth) for block in found] == [("1.", 0), ("", 1), ("2.", 0)]


def test_a_table_with_its_sides() -> None:
    (table,) = blocks("| ก | ข | ค |\n|---|:-:|--:|\n| 1 | **2** | 3 |")
    assert isinstance(table, Table)
    assert table.align == ("left", "center", "right")
    assert table.rows[1] == ((Run("1"),), (Run("2", bold=True),), (Run("3"),))


def test_headings() -> None:
    assert blocks("## วาระที่ 1") == [Heading((Run("วาระที่ 1"),), 2)]


def test_all_else_is_the_text_that_it_is() -> None:
    for text in (
        "<b>ก</b> <!-- ข -->",
        "[ก](http://example.go.th) ![ข](x.png) <http://example.go.th>",
        "`ก` a_b_c ____ &amp; \\ ~~ก~~",
        "> ก",
        "---",
        "[ก]: http://example.go.th",
    ):
        assert words(text) == [text]
    assert words("    เยื้อง") == ["เยื้อง"]


@given(st.text(max_size=200))
def test_anything_is_some_blocks(text: str) -> None:
    for block in blocks(text):
        assert plain(block)


@given(st.text(st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B), min_size=1))
def test_thai_words_are_kept(text: str) -> None:
    assert words(text) == [text]
