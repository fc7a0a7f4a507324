"""Where lines of Thai may end."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.typesetting.breaking import pieces, words

THAI = st.text(st.characters(min_codepoint=0x0E01, max_codepoint=0x0E4E), max_size=60)
TEXT = st.text(
    st.one_of(
        st.characters(min_codepoint=0x0E01, max_codepoint=0x0E4E),
        st.sampled_from(" 012๐๑.,()/“”ฯๆab\u00a0"),
    ),
    max_size=80,
)


def parted(text: str) -> str:
    return "|".join(pieces(text))


@pytest.mark.parametrize(
    "text",
    [
        "สำนักงาน|คณะกรรมการ|การศึกษา|ขั้นพื้นฐาน",
        "ขอให้|โรงเรียน|ดำเนินการ|ดังนี้",
        "เขตพื้นที่|การศึกษา|ประถมศึกษา",
        "คุณภาพ| |ลูกเสือ| |พฤศจิกายน",
        "นโยบาย|และ|จุดเน้น",
    ],
)
def test_lines_end_between_words(text: str) -> None:
    assert parted(text.replace("|", "")) == text


@pytest.mark.parametrize(
    "whole",
    [
        "25 กุมภาพันธ์ 2569",
        "๒๕ ก.พ. ๖๙",
        "16 กุมภาพันธ์ พ.ศ. 2569",
        "ครั้งที่ 2/2569",
        "เขต 5",
        "เวลา 09.00 น.",
        "ต่าง ๆ",
        "นายสมชาย",
        "พ.ศ. 2570",
    ],
)
def test_a_number_stays_beside_its_word(whole: str) -> None:
    assert whole in pieces(f"ตามที่ {whole} แล้ว")


def test_a_person_is_parted_between_the_names_alone() -> None:
    assert parted("ให้ นางสาวสมหญิง รักเรียน ดำเนินการ") == "ให้| |นางสาวสมหญิง| |รักเรียน| |ดำเนินการ"
    assert parted("นายสมชาย ใจดี") == "นายสมชาย| |ใจดี"


def test_what_is_no_word_is_parted_only_where_a_line_must_end() -> None:
    assert parted("โรงเรียนฬฬฬฬฬฬ") == "โรงเรียน|ฬฬฬฬฬฬ"
    assert {len(piece) for piece in pieces("ฬ" * 200)} <= {20, 30}


def test_a_long_address_is_parted_behind_its_strokes() -> None:
    assert parted("ดูที่ https://example.go.th/a/very/long/address/of/file.pdf ได้") == (
        "ดู|ที่| |https://|example.|go.|th/|a/|very/|long/|address/|of/|file.|pdf| |ได้"
    )
    assert parted("ดูที่ saraban@example.go.th ได้") == "ดู|ที่| |saraban@example.go.th| |ได้"


@given(THAI)
def test_words_are_the_text(run: str) -> None:
    made = words(run)
    assert "".join(made) == run
    assert all(made)
    for before, after in pairwise(made):
        assert before[-1] not in "เแโใไ"
        assert not re.match("[\u0e2f-\u0e3a\u0e45-\u0e4e]", after)


@given(TEXT)
def test_pieces_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text
