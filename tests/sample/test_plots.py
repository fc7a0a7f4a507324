"""What the sample office is made of: enough of everything, in order, and invented."""

from datetime import UTC, datetime

import pytest

from amnuay.sample import office_hours, people, plots
from amnuay.sample.plots import Plot, Verb
from infra.clock import BANGKOK, bangkok_date

NOWS = [
    datetime(2026, 11, 24, 4, 0, tzinfo=UTC),
    datetime(2027, 1, 1, 18, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
    datetime(2026, 4, 15, 5, 0, tzinfo=UTC),
]


@pytest.fixture(params=NOWS, ids=str)
def now(request: pytest.FixtureRequest) -> datetime:
    moment: datetime = request.param
    return moment


def last(plot: Plot) -> Verb:
    return max(plot.steps, key=lambda step: step.at).verb


def test_two_hundred_letters_over_two_years_come_to_every_end(now: datetime) -> None:
    found = plots.plots(now)
    assert len(found) == plots.COUNT == 200
    assert len({plot.steps[0].at.year for plot in found}) >= 2
    assert {last(plot) for plot in found} >= set(Verb) - {Verb.ACKNOWLEDGE}
    assert {plot.secrecy for plot in found} == {None, "secret", "very_secret"}
    assert {plot.urgency for plot in found} == {"normal", "urgent", "very_urgent", "most_urgent"}


def test_nothing_happens_after_now_or_out_of_hours(now: datetime) -> None:
    for plot in plots.plots(now):
        for step in plot.steps:
            assert step.at <= now
            assert office_hours.is_open(step.at.date())
            assert office_hours.OPENS <= step.at.time() <= office_hours.CLOSES
        assert plot.dated <= plot.steps[0].at.date()


def test_whoever_orders_is_the_director_of_that_day_also_after_midnight_in_bangkok(
    now: datetime,
) -> None:
    today = bangkok_date(now)
    for plot in plots.plots(now):
        for step in plot.steps:
            if step.verb is Verb.ORDER:
                assert step.who == people.chief_on(step.at.date(), today)


def test_letters_come_one_after_another(now: datetime) -> None:
    found = plots.plots(now)
    registered = [plot.steps[0].at for plot in found]
    assert sorted(set(registered)) == registered
    times = [step.at for _, _, step in plots.timeline(found)]
    assert times == sorted(times)


def test_some_are_overdue_and_one_came_twice(now: datetime) -> None:
    found = plots.plots(now)
    today = now.astimezone(BANGKOK).date()
    late = [
        plot
        for plot in found
        if last(plot) is Verb.PROGRESS and any(step.due and step.due < today for step in plot.steps)
    ]
    assert len(late) >= 5
    marks = [(plot.reference, plot.dated, plot.sender) for plot in found if plot.reference]
    assert len(marks) - len(set(marks)) == 1


def test_the_same_day_gives_the_same_plots(now: datetime) -> None:
    assert plots.plots(now) == plots.plots(now)


def test_one_hundred_and_two_schools_all_marked() -> None:
    schools = people.schools()
    assert len(schools) == len({code for code, _ in schools}) == 102
    assert all(name.startswith("โรงเรียน") and name.endswith("(ตัวอย่าง)") for _, name in schools)
    assert max(len(name) for _, name in schools) > 55


def test_the_log_ins_are_those_that_were_promised() -> None:
    assert sorted(people.LOGINS) == sorted(
        [
            "clerk",
            "groupclerk",
            "officer",
            "head",
            "deputy",
            "director",
            "secretary",
            "registrar",
            "school",
            "auditor",
            "admin",
        ]
    )


def test_every_group_has_who_it_needs() -> None:
    assert len(people.GROUPS) == 8
    for group in people.GROUPS:
        assert people.head_of(group)
        assert people.clerk_of(group)
        assert people.officer_of(group)
