"""Text folded for search, its grams, and alphabetical order."""

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from infra import thai

THAI = st.text(
    st.one_of(
        st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B),
        st.sampled_from("\u0e4d\u0e32\u0e33\u0e48\u0e49เแ \u200b\u00adaÀ\u0301ΑΣ0๙"),
        st.characters(codec="utf-8"),
    ),
    max_size=40,
)


def test_both_spellings_of_sara_am() -> None:
    assert thai.fold("ประจ\u0e4d\u0e32") == thai.fold("ประจ\u0e33") == "ประจ\u0e33"
    spellings = ["น\u0e49\u0e33", "น\u0e4d\u0e49\u0e32", "น\u0e49\u0e4d\u0e32", "น\u0e33\u0e49"]
    assert {thai.fold(word) for word in spellings} == {"น\u0e49\u0e33"}


def test_digits_case_space_and_the_invisible() -> None:
    assert thai.fold("  ศธ ๐๔๐๐๑/ว\u200b๑๒\u00a0\n PMQA\u00ad ") == "ศธ 04001/ว12 pmqa"
    assert thai.fold("เเผน") == thai.fold("แผน")


@given(THAI)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert thai.fold(thai.fold(text)) == thai.fold(text)


@given(THAI, st.data())
def test_the_grams_of_a_part_are_among_those_of_the_whole(text: str, data: st.DataObject) -> None:
    folded = thai.fold(text)
    start = data.draw(st.integers(0, len(folded)))
    end = data.draw(st.integers(start, len(folded)))
    assert set(thai.grams(folded[start:end])) <= set(thai.grams(text))


@given(THAI)
def test_needles_are_some_of_the_grams(text: str) -> None:
    found = thai.needles(text)
    assert set(found) <= set(thai.grams(text))
    assert bool(found) == (len(thai.fold(text)) > 1)


@given(THAI)
def test_grams_fit_a_database_integer(text: str) -> None:
    found = thai.grams(text)
    assert len(set(found)) == len(found)
    assert all(-(2**31) <= gram < 2**31 for gram in found)


def test_grams_are_the_same_in_another_process() -> None:
    text = "ขอเชิญประชุมผู้บริหารสถานศึกษา"
    code = f"from infra import thai; print(thai.grams({text!r}))"
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert other.strip() == str(thai.grams(text))


def test_a_word_from_the_middle_of_a_subject() -> None:
    subject = set(thai.grams("การประชุมผู้บริหารสถานศึกษาประจำเดือน"))
    assert set(thai.grams("ประจ\u0e4d\u0e32")) <= subject
    assert not set(thai.grams("ยานพาหนะ")) <= subject


def test_dictionary_order() -> None:
    ordered = ["กลุ่ม", "กา", "ก่า", "ก้า", "กาแฟ", "เก", "แก", "ไก่", "ขา", "ครู", "โรงเรียน", "อำนวยการ"]
    assert sorted(set(ordered), key=thai.sort_key) == ordered


@given(st.lists(THAI))
def test_sort_keys_agree_with_folding(texts: list[str]) -> None:
    for text in texts:
        assert thai.sort_key(text) == thai.sort_key(thai.fold(text))


@given(st.text())
def test_digits_there_and_back(text: str) -> None:
    assert thai.to_arabic_digits(thai.to_thai_digits(text)) == thai.to_arabic_digits(text)
