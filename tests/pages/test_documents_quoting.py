"""Remarks on places: the text is shown whole and harmless, whatever it and the remarks say."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from gateway.pages.documents.document import quoted

ALPHABET = "กขาิ <>&\"'\nab"
TEXTS = st.text(ALPHABET, max_size=40)
REMARKS = st.lists(
    st.fixed_dictionaries({"field": st.just("body"), "quote": TEXTS, "text": TEXTS}), max_size=4
)
MARK = re.compile(r'<mark id="place-(\d)">(.*?)</mark>', re.DOTALL)


@given(text=TEXTS, comments=REMARKS)
def test_the_text_is_whole_and_each_mark_is_on_what_its_remark_quotes(
    text: str, comments: list[dict[str, str]]
) -> None:
    shown = str(quoted(text, comments))
    assert unescape(MARK.sub(r"\2", shown)) == text
    assert "<" not in MARK.sub("", shown)
    for place, marked in MARK.findall(shown):
        assert unescape(marked) == comments[int(place) - 1]["quote"]


@given(before=TEXTS, quote=TEXTS.filter(bool), after=TEXTS)
def test_a_place_that_is_there_is_marked(before: str, quote: str, after: str) -> None:
    comments = [{"field": "body", "quote": quote, "text": "แก้"}]
    assert len(MARK.findall(str(quoted(before + quote + after, comments)))) == 1
