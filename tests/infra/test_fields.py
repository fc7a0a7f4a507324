"""The edges, where people's input comes in: strict, bounded, answered in Thai."""

from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import fields
from infra.contract import Shape
from infra.errors import Invalid
from infra.ids import new_id


class Colour(StrEnum):
    RED = "red"


class Part(Shape):
    name = fields.Text(required=True, max=5)


class Whole(Shape):
    text = fields.Text(max=10)
    lines = fields.Text(lines=True, blank=True)
    id = fields.Id()
    number = fields.Integer(min=1, max=9)
    loose = fields.Integer(strict=False)
    sure = fields.Boolean()
    day = fields.Date()
    moment = fields.Moment()
    colour = fields.Choice(Colour)
    parts = fields.Many(fields.Nested(Part), max=2)
    words = fields.Words()


GOOD: dict[str, list[Any]] = {
    "text": ["ก" * 10, " a "],
    "lines": ["", "a\nb\tc"],
    "id": [new_id()],
    "number": [1, 9],
    "loose": ["12", "-3", 4],
    "sure": [True, False],
    "day": ["2026-02-28", "2024-02-29"],
    "moment": ["2026-02-15T09:30:00+07:00", "2026-02-15T02:30:00Z"],
    "colour": ["red"],
    "parts": [[], [{"name": "a"}, {"name": "b"}]],
    "words": [{"a": "b", "c": ""}],
}
BAD: dict[str, list[Any]] = {
    "text": [
        1,
        None,
        True,
        [],
        {},
        "",
        "   ",
        "ก" * 11,
        "x" * 1_000_000,
        "a\nb",
        "a\x00",
        "\ud800",
    ],
    "lines": [None, "a\x07", "a\x85b", "x" * 501],
    "id": ["", "x", 1, None, "0" * 31, ["a"]],
    "number": [0, 10, 1.0, 1.5, "1", True, None, float("nan"), float("inf"), 10**400],
    "loose": ["๑๒", "1.0", " 1", "1e3", "", "9" * 17, True, None],
    "sure": [1, 0, None, "", "true", "0", "on", "yes", "ใช่", []],
    "day": [
        "2025-02-29",
        "2568-02-29",
        "1899-12-31",
        "2026-2-1",
        "20260215",
        20260215,
        None,
        "วันนี้",
    ],
    "moment": [
        "2026-02-15T09:30:00",
        "2026-02-15",
        "2026-02-30T00:00:00Z",
        1,
        None,
        "2568-01-01T00:00:00Z",
    ],
    "colour": ["blue", "RED", 1, None, []],
    "parts": [
        "a",
        [1],
        [{}],
        [{"name": "abcdef"}],
        [{"name": "a", "more": 1}],
        [{"name": "a"}] * 3,
        None,
    ],
    "words": [[], {"a": 1}, {"": "b"}, None],
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in GOOD.items() for v in values])
def test_what_fits_is_taken(name: str, value: Any) -> None:
    assert name in Whole.check({name: value})


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in BAD.items() for v in values])
def test_what_does_not_fit_is_answered_in_thai_at_its_field(name: str, value: Any) -> None:
    with pytest.raises(Invalid) as caught:
        Whole.check({name: value})
    ((path, messages),) = caught.value.fields.items()
    assert path == name or path.startswith(f"{name}.")
    assert all(any("ก" <= letter <= "๛" for letter in message) for message in messages), messages


@pytest.mark.parametrize("body", [None, [], "a", 1, {"unknown": 1}])
def test_what_is_no_such_body_is_answered_in_thai(body: Any) -> None:
    with pytest.raises(Invalid) as caught:
        Whole.check(body)
    assert any("ก" <= letter <= "๛" for letter in str(caught.value.fields))


def test_text_is_trimmed() -> None:
    assert Whole.check({"text": "  ก ข  "}) == {"text": "ก ข"}


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(GOOD)) | st.text(), json, max_size=4) | json)
def test_whatever_comes_is_taken_or_refused_and_never_breaks(body: Any) -> None:
    try:
        taken = set(Whole.check(body))
    except Invalid as error:
        taken = set(GOOD) if error.fields else {"nothing said"}
    assert taken <= set(GOOD)
