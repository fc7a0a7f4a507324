"""Dates and times as people type them, and as they are written."""

from contextlib import suppress
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import thai

TODAY = date(2026, 2, 18)  # a Wednesday
DAYS = st.dates(date(1958, 1, 1), date(2056, 12, 31))  # พ.ศ. 2501 to 2599


@pytest.mark.parametrize(
    "typed",
    [
        "15 ก.พ. 69",
        "15ก.พ.69",
        "15 กพ 69",
        "15 ก.พ. 2569",
        "15/2/2569",
        "15/2/69",
        "15-2-69",
        "15.2.69",
        "15 / 02 / 2569",
        "๑๕ กุมภาพันธ์ ๒๕๖๙",
        "๑๕/๒/๖๙",
        "วันที่ 15 กุมภาพันธ์ พ.ศ. 2569",
        "วันอาทิตย์ที่ 15 กุมภาพันธ์ 2569",
        "15 กุมภา 69",
        "15 เดือน กุมภาพันธ์ พ.ศ. 2569",
        "15 กุมภาพันธ์ ค.ศ. 2026",
        "2026-02-15",
        "2569-02-15",
        "15-02-2026",
        "15/2/2026",
        "15 Feb 2026",
        " 15  กุมภาพันธ์\u200b 2569 ",
        "15 ก.พ.",
        "15/2",
        "3 วันก่อน",
    ],
)
def test_the_fifteenth_of_february(typed: str) -> None:
    assert thai.parse_date(typed, TODAY) == date(2026, 2, 15)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("วันนี้", 18),
        ("เมื่อวาน", 17),
        ("เมื่อวานนี้", 17),
        ("พรุ่งนี้", 19),
        ("มะรืนนี้", 20),
        ("ศุกร์", 20),
        ("วันศุกร์นี้", 20),
        ("จันทร์นี้", 16),
        ("วันจันทร์", 23),
        ("จันทร์หน้า", 23),
        ("วันศุกร์หน้า", 27),
        ("อีก 7 วัน", 25),
        ("อีก ๑ สัปดาห์", 25),
        ("1 อาทิตย์ที่แล้ว", 11),
        ("อาทิตย์ที่แล้ว", 15),
    ],
)
def test_days_by_name(typed: str, day: int) -> None:
    assert thai.parse_date(typed, TODAY) == date(2026, 2, day)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("29 ก.พ. 2568", "ไม่มีวันที่ 29 กุมภาพันธ์ 2568 ในปฏิทิน"),
        ("31/4/69", "ไม่มีวันที่ 31 เมษายน 2569 ในปฏิทิน"),
        ("15/13/69", "ไม่มีเดือนที่ 13"),
        ("15 ก.พ. 2300", "อยู่นอกช่วง"),
        ("15/2/0001", "อยู่นอกช่วง"),
        ("15 ก.ภ. 69", "อ่านวันที่ไม่ได้"),
        ("", "อ่านวันที่ไม่ได้"),
        ("15", "อ่านวันที่ไม่ได้"),
        ("15/2/569", "อ่านวันที่ไม่ได้"),
        ("เร็ว ๆ นี้", "อ่านวันที่ไม่ได้"),
    ],
)
def test_what_is_no_day_says_what_to_mend(typed: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        thai.parse_date(typed, TODAY)


def test_a_leap_day_is_a_day() -> None:
    assert thai.parse_date("29 ก.พ. 67", TODAY) == date(2024, 2, 29)


@given(DAYS, st.sampled_from(["long", "short", "numeric"]), st.booleans())
def test_what_is_written_reads_back(day: date, style: thai.DateStyle, digits: bool) -> None:
    assert thai.parse_date(thai.format_date(day, style, digits), TODAY) == day


@given(st.text(max_size=30))
def test_any_text_is_a_day_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        assert isinstance(thai.parse_date(text, TODAY), date)


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("9.30", time(9, 30)),
        ("9:30", time(9, 30)),
        ("09:30 น.", time(9, 30)),
        ("๐๙.๓๐ น.", time(9, 30)),
        ("0930", time(9, 30)),
        ("930", time(9, 30)),
        ("9 น.", time(9)),
        ("16.30น.", time(16, 30)),
        ("13:05:59", time(13, 5)),
        ("เที่ยง", time(12)),
    ],
)
def test_times(typed: str, understood: time) -> None:
    assert thai.parse_time(typed) == understood


@pytest.mark.parametrize("typed", ["", "24.00", "9.60", "9.3", "เช้า", "99999", "-9.30"])
def test_what_is_no_time(typed: str) -> None:
    with pytest.raises(ValueError, match="เวลา"):
        thai.parse_time(typed)


@given(st.times())
def test_a_time_reads_back_to_the_minute(moment: time) -> None:
    whole = moment.replace(second=0, microsecond=0)
    assert thai.parse_time(thai.format_time(moment, thai_digits=True)) == whole


def test_a_moment_is_shown_on_a_bangkok_clock() -> None:
    new_year = datetime(2025, 12, 31, 17, 5, tzinfo=UTC)
    assert thai.format_moment(new_year) == "1 ม.ค. 69 00:05 น."
    assert thai.format_moment(new_year, "long", thai_digits=True) == "๑ มกราคม ๒๕๖๙ ๐๐:๐๕ น."
    assert thai.format_time(new_year) == "00:05 น."
