"""The legal clock (annex 7): by when an e-mail is acknowledged, in working days of government offices."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.clock import BANGKOK, bangkok
from services.correspondence.mailbox.clock import Calendar

CALENDAR = Calendar(frozenset({date(2026, 11, 27)}))
MOMENTS = st.integers(0, 3 * 365 * 86_400).map(
    lambda seconds: datetime(2025, 1, 1, tzinfo=BANGKOK) + timedelta(seconds=seconds)
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BANGKOK)


@pytest.mark.parametrize(
    ("came", "by"),
    [
        # A Friday before a Monday that is a holiday, in lieu of Visakha Bucha.
        ("2026-05-29 16:30:00", "2026-05-29 23:59:59.999999"),
        ("2026-05-29 16:30:01", "2026-06-02 10:00"),
        ("2026-02-16 00:00:00", "2026-02-16 23:59:59.999999"),
        ("2026-02-16 16:30:00", "2026-02-16 23:59:59.999999"),
        ("2026-02-16 16:30:00.000001", "2026-02-17 10:00"),
        ("2026-02-20 17:00:00", "2026-02-23 10:00"),  # Friday evening
        ("2026-02-21 09:00:00", "2026-02-23 10:00"),  # Saturday
        ("2026-04-10 16:45:00", "2026-04-16 10:00"),  # before Songkran
        ("2026-05-12 18:00:00", "2026-05-14 10:00"),  # the Ploughing Ceremony: of offices alone
        ("2026-11-26 18:00:00", "2026-11-30 10:00"),  # a day that the office's settings close
    ],
)
def test_by_when(came: str, by: str) -> None:
    assert CALENDAR.acknowledge_by(at(came)) == at(by)


@given(MOMENTS)
def test_it_ends_on_a_working_day_and_never_before_it_begins(moment: datetime) -> None:
    by = bangkok(CALENDAR.acknowledge_by(moment))
    assert by >= moment
    assert CALENDAR.is_working(by.date())
    assert by.date() == moment.date() or (by.hour, by.minute) == (10, 0)
    assert not any(
        CALENDAR.is_working(moment.date() + timedelta(days=n))
        for n in range(1, (by.date() - moment.date()).days)
    )


@given(MOMENTS, MOMENTS)
def test_what_comes_later_is_not_due_sooner(one: datetime, other: datetime) -> None:
    earlier, later = sorted([one, other])
    assert CALENDAR.acknowledge_by(earlier) <= CALENDAR.acknowledge_by(later)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_working_days_add_up(one: datetime, two: datetime, three: datetime) -> None:
    first, middle, last = sorted(moment.date() for moment in (one, two, three))
    whole = CALENDAR.working_days(first, last)
    assert whole == CALENDAR.working_days(first, middle) + CALENDAR.working_days(middle, last)
    assert 0 <= whole <= (last - first).days


def test_the_day_it_was_sent_is_not_counted() -> None:
    friday = date(2026, 2, 20)
    assert [CALENDAR.working_days(friday, friday + timedelta(days=n)) for n in range(5)] == [
        *(0, 0, 0),  # the weekend
        *(1, 2),
    ]


@given(MOMENTS)
def test_a_half_day_that_was_looked_into_is_not_missed(moment: datetime) -> None:
    since, now = moment - timedelta(days=3), moment + timedelta(days=3)
    unseen, seen = CALENDAR.missed([], since, now), CALENDAR.missed([moment], since, now)
    assert set(seen) <= set(unseen)
    assert len(unseen) - len(seen) <= 1
    half = CALENDAR.half_to_check(moment)
    if half is not None:
        day, name = half
        assert f"{day} {name}" in unseen
        assert f"{day} {name}" not in seen
