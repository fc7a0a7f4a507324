"""A post: never two holders nor two acting persons on one day."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.errors import Invalid, NotFound, OutOfOrder, Problem, Taken
from infra.eventstore.events import Event
from infra.identity import Capacity, Role
from services.personnel.contract import (
    ActingAppointed,
    ActingEnded,
    PostClosed,
    PostCreated,
    PostFilled,
    PostVacated,
)
from services.personnel.post import Days, Post

FIRST = date(2026, 2, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def days(first: int, last: int | None = None) -> Days:
    return Days(day(first), None if last is None else day(last))


def created(*events: Event) -> Post:
    """A director's post, after these events."""
    post = Post("post")
    made = PostCreated(organisation="office", group=None, role=Role.DIRECTOR, title="ผอ.")
    post.replay([made, *events])
    return post


def filled(person: str, first: int, last: int | None = None) -> PostFilled:
    return PostFilled(person=person, first_day=day(first), last_day=days(first, last).last)


def appointed(id: str, person: str, first: int, last: int | None = None) -> ActingAppointed:
    return ActingAppointed(
        acting=id,
        person=person,
        own_post=None,
        capacity=Capacity.ACTING,
        first_day=day(first),
        last_day=days(first, last).last,
        order="1/2569",
    )


def appoint(post: Post, person: str, span: Days, capacity: Capacity = Capacity.ACTING) -> None:
    post.appoint(f"acting {len(post.acting)}", person, None, capacity, span, "2/2569")


def test_a_day_belongs_to_one_holder() -> None:
    post = created(filled("a", 0, 9))
    with pytest.raises(Taken):
        post.fill("b", days(9, 12))
    post.fill("b", days(10))
    assert post.pending == [filled("b", 10)]
    with pytest.raises(Taken):
        post.fill("c", days(500))


def test_a_time_ends_no_earlier_than_it_begins() -> None:
    with pytest.raises(Invalid):
        created().fill("a", days(3, 2))
    with pytest.raises(Invalid):
        appoint(created(), "a", days(3, 2))


def test_who_leaves_early_makes_room() -> None:
    post = created(filled("a", 0))
    post.vacate("a", day(4))
    assert post.pending == [PostVacated(person="a", first_day=day(0), last_day=day(4))]
    post.fill("b", days(5))
    assert post.held_by("a", day(4))
    assert not post.held_by("a", day(5))
    assert post.held_by("b", day(5))


def test_a_time_vacated_before_it_began_never_was() -> None:
    post = created(filled("a", 10))
    post.vacate("a", day(5))
    assert not post.holdings
    post.fill("a", days(10, 12))
    with pytest.raises(NotFound):
        post.vacate("a", day(13))


def test_only_its_holder_can_be_removed() -> None:
    with pytest.raises(NotFound):
        created(filled("a", 0)).vacate("b", day(1))


def test_one_person_acts_at_a_time_in_whatever_capacity() -> None:
    post = created(filled("a", 0), appointed("1", "b", 5, 9))
    with pytest.raises(Taken):
        appoint(post, "c", days(9, 10), Capacity.DELEGATED)
    appoint(post, "c", days(10, 12), Capacity.DELEGATED)
    assert post.acting["1"].person == "b"


def test_nobody_acts_in_their_own_post() -> None:
    post = created(filled("a", 0, 9), appointed("1", "b", 5))
    with pytest.raises(OutOfOrder):
        appoint(created(filled("a", 0)), "a", days(3))
    with pytest.raises(OutOfOrder):
        post.fill("b", days(10))


def test_power_is_delegated_by_a_holder() -> None:
    with pytest.raises(OutOfOrder):
        appoint(created(), "b", days(0), Capacity.DELEGATED)
    appoint(created(), "b", days(0), Capacity.ACTING)


def test_acting_ends_early_and_once() -> None:
    post = created(appointed("1", "b", 5, 9))
    with pytest.raises(OutOfOrder):
        post.end_acting("1", day(9))
    post.end_acting("1", day(6))
    assert post.pending == [ActingEnded(acting="1", last_day=day(6))]
    appoint(post, "c", days(7, 8))
    with pytest.raises(NotFound):
        post.end_acting("other", day(6))


def test_acting_that_never_took_effect_stands_in_nobodys_way() -> None:
    post = created(appointed("1", "b", 5, 9), ActingEnded(acting="1", last_day=day(4)))
    appoint(post, "c", days(0))
    post = created(appointed("1", "b", 5, 9), ActingEnded(acting="1", last_day=day(4)))
    post.close(day(0))


def test_a_post_closes_when_nobody_is_in_it_afterwards() -> None:
    post = created(filled("a", 0, 9), appointed("1", "b", 10, 12))
    with pytest.raises(OutOfOrder):
        post.close(day(11))
    post.close(day(12))
    assert post.pending == [PostClosed(last_day=day(12))]
    with pytest.raises(OutOfOrder):
        post.fill("c", days(13))
    with pytest.raises(OutOfOrder):
        post.fill("c", days(10))
    post.fill("c", days(10, 12))
    with pytest.raises(OutOfOrder):
        post.change(None, "other")


PEOPLE = st.sampled_from("abc")
DAYS = st.integers(0, 30)
SPANS = st.builds(
    lambda first, more: days(first, more and first + more - 1), DAYS, st.integers(0, 9)
)
STEPS = st.one_of(
    st.tuples(st.just("fill"), PEOPLE, SPANS),
    st.tuples(st.just("vacate"), PEOPLE, DAYS.map(day)),
    st.tuples(st.just("appoint"), PEOPLE, SPANS, st.sampled_from(Capacity)),
    st.tuples(st.just("end"), st.integers(0, 5), DAYS.map(day)),
    st.tuples(st.just("close"), DAYS.map(day)),
)


def take(post: Post, step: tuple[Any, ...]) -> None:
    match step:
        case ("fill", person, span):
            post.fill(person, span)
        case ("vacate", person, last):
            post.vacate(person, last)
        case ("appoint", person, span, capacity):
            post.appoint(str(post.version), person, None, capacity, span, "3/2569")
        case ("end", number, last):
            post.end_acting(sorted(post.acting)[number % len(post.acting)], last)
        case ("close", last):
            post.close(last)


@settings(max_examples=200)
@given(st.lists(STEPS, max_size=25))
def test_whatever_is_done_a_day_has_one_holder_and_one_acting_person(
    steps: list[tuple[Any, ...]],
) -> None:
    post = created()
    for step in steps:
        with suppress(Problem, ZeroDivisionError):
            take(post, step)
    for number in range(60):
        today = day(number)
        holders = [term.person for term in post.holdings if today in term.days]
        acting = [term.person for term in post.acting.values() if today in term.days]
        assert len(holders) <= 1
        assert len(acting) <= 1
        assert not set(holders) & set(acting)
        assert not (holders or acting) or post.open_on(today)
    again = Post("post")
    again.replay([PostCreated(organisation="office", group=None, role=Role.DIRECTOR, title="ผอ.")])
    again.replay(post.pending)
    assert (again.holdings, again.acting) == (post.holdings, post.acting)
