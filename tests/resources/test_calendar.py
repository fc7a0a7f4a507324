"""A room's calendar: whatever the interleaving, no two confirmed bookings of a room overlap."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.clock import BANGKOK
from infra.errors import Taken
from infra.eventstore.events import Event
from services.resources.calendar import Calendar, Month, Span

EVE = datetime(2026, 2, 27, 2, 0, tzinfo=UTC)  # bookings from here on cross into March


def span(start: float, hours: float) -> Span:
    starts = EVE + timedelta(hours=start)
    return Span(starts, starts + timedelta(hours=hours))


class Log:
    """Streams with optimistic append, as the event store has them."""

    def __init__(self) -> None:
        self.streams: dict[str, list[Event]] = {}

    def find(self, id: str) -> Month | None:
        if id not in self.streams:
            return None
        month = Month(id)
        month.replay(self.streams[id])
        return month

    def commit(self, months: list[Month]) -> bool:
        """All or nothing; False when a stream has moved on."""
        for month in months:
            if len(self.streams.get(month.id, [])) != month.version - len(month.pending):
                return False
        for month in months:
            self.streams.setdefault(month.id, []).extend(month.pending)
        return True


def test_intervals_are_half_open() -> None:
    assert not span(0, 1).overlaps(span(1, 1))
    assert span(0, 1.01).overlaps(span(1, 1))
    assert span(0, 3).overlaps(span(1, 1))


def test_a_booking_over_the_turn_of_a_month_stands_in_both() -> None:
    starts = datetime(2026, 2, 28, 22, 0, tzinfo=BANGKOK)
    assert Span(starts, starts + timedelta(hours=4)).months() == ["2026-02", "2026-03"]
    assert Span(starts, starts + timedelta(hours=2)).months() == ["2026-02"]
    december = datetime(2026, 12, 31, 22, 0, tzinfo=BANGKOK)
    assert Span(december, december + timedelta(hours=4)).months() == ["2026-12", "2027-01"]


def test_taking_a_time_names_those_who_lose_it() -> None:
    calendar = Calendar("room", Log().find)
    for booking, wanted in {"a": span(0, 2), "b": span(1, 2), "c": span(2, 1)}.items():
        calendar.ask("office", booking, wanted)
    assert calendar.take("a", span(0, 2)) == ["b"]
    with pytest.raises(Taken):
        calendar.take("b", span(1, 2))
    with pytest.raises(Taken):
        calendar.ask("office", "d", span(1.5, 0.25))
    calendar.free("a", span(0, 2))
    assert calendar.take("b", span(1, 2)) == ["c"]


steps = st.lists(
    st.tuples(
        st.sampled_from(["request", "confirm", "cancel"]),
        st.integers(0, 3),  # the actor, who may be between reading and writing
        st.integers(0, 7),  # which booking
        st.booleans(),  # whether the actor writes at once
    ),
    max_size=40,
)
spans = st.lists(st.builds(span, st.integers(0, 40), st.integers(1, 30)), min_size=8, max_size=8)


@given(steps, spans)
def test_no_interleaving_confirms_two_that_overlap(steps: list, spans: list[Span]) -> None:
    """Four actors read, decide and write at any time between one another."""
    log = Log()
    thinking: dict[int, tuple[Calendar, str, int]] = {}
    state: dict[int, str] = {}

    def write(actor: int) -> None:
        calendar, verb, booking = thinking.pop(actor)
        if log.commit(calendar.changed()):
            state[booking] = {"request": "asked", "confirm": "taken", "cancel": "free"}[verb]

    for verb, actor, booking, at_once in steps:
        if actor in thinking:
            write(actor)
        calendar = Calendar("room", log.find)
        wanted, id = spans[booking], str(booking)
        months = calendar.touched(wanted)
        try:
            if verb == "request" and not any(id in {*m.asked, *m.taken} for m in months):
                calendar.ask("office", id, wanted)
            elif verb == "confirm" and all(id in m.asked for m in months):
                for other in calendar.take(id, wanted):
                    calendar.free(other, spans[int(other)])
            elif verb == "cancel":
                calendar.free(id, wanted)
            else:
                continue
        except Taken:
            continue
        thinking[actor] = calendar, verb, booking
        if at_once:
            write(actor)
        taken = {
            other: held
            for month in map(log.find, log.streams)
            if month
            for other, held in month.taken.items()
        }
        held = sorted(taken.values(), key=lambda one: one.starts)
        assert all(a.ends <= b.starts for a, b in pairwise(held))
