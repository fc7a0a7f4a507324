"""Two confirmed bookings of a room never overlap: whoever races, and in whatever order they act."""

import subprocess
import sys
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from infra.errors import OutOfOrder, Problem, Taken
from services.resources.contract import RetireRoom
from services.resources.views import bookings
from tests.correspondence.office import ADMIN, MONDAY
from tests.infra.test_store import at_once
from tests.resources.meeting_house import MeetingHouse


def rows(house: MeetingHouse, room: str) -> list[Any]:
    query = select(bookings).where(bookings.c.room == room).order_by(bookings.c.starts)
    with house.parts.database.read() as connection:
        return list(connection.execute(query).all())


def confirmed(house: MeetingHouse, room: str) -> list[tuple[datetime, datetime]]:
    return [(row.starts, row.ends) for row in rows(house, room) if row.state == "confirmed"]


def assert_none_overlap(spans: list[tuple[datetime, datetime]]) -> None:
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


def test_of_many_who_confirm_at_once_those_that_fit_are_granted(house: MeetingHouse) -> None:
    """Twelve requests of two hours, each begun an hour after the one before."""
    room = house.room()
    ids = [house.request(room, hour, 2) for hour in range(12)]
    outcomes = at_once(*(partial(house.confirm, id) for id in ids))
    assert all(one is None or isinstance(one, OutOfOrder) for one in outcomes)
    granted = confirmed(house, room)
    assert len(granted) == outcomes.count(None) >= 4
    assert_none_overlap(granted)
    states = {row.state for row in rows(house, room)}
    assert states == {"confirmed", "refused"}  # each of the others overlaps one that was granted
    live = house.tables()
    house.rebuild()
    assert house.tables() == live


def test_requests_that_race_a_confirmation_do_not_slip_in(house: MeetingHouse) -> None:
    room = house.room()
    first = house.request(room, 0, 4)
    outcomes = at_once(
        partial(house.confirm, first), *(partial(house.request, room, hour, 1) for hour in range(4))
    )
    assert outcomes[0] is None
    assert all(isinstance(one, str | Taken) for one in outcomes[1:])
    assert [row.state for row in rows(house, room) if row.id != first] == ["refused"] * sum(
        isinstance(one, str) for one in outcomes[1:]
    )


def test_a_room_is_not_retired_under_a_request(house: MeetingHouse) -> None:
    for _ in range(5):
        room = house.room()
        retired, *requested = at_once(
            partial(house.send, ADMIN, RetireRoom, id=room, reason="ปรับปรุง"),
            *(partial(house.request, room, hour, 1) for hour in range(3)),
        )
        assert isinstance(retired, OutOfOrder) or all(
            isinstance(one, OutOfOrder) for one in requested
        )


def test_two_processes_that_confirm_grant_no_time_twice(house: MeetingHouse) -> None:
    """They are told of the same bookings, in opposite order."""
    room = house.room()
    ids = [house.request(room, hour / 2, 1) for hour in range(10)]
    url = house.parts.database.url.render_as_string(hide_password=False)
    processes = [
        subprocess.Popen(
            [sys.executable, "-X", "faulthandler", "-m", "tests.resources.racers", url, *order],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for order in (ids, ids[::-1])
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    granted = 0
    for process in processes:
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        granted += int(output.splitlines()[-1])  # behind the logs
    held = confirmed(house, room)
    assert len(held) == granted >= 3
    assert_none_overlap(held)


class Bookings(RuleBasedStateMachine):
    """People ask, grant, refuse and give up at random, in a room of their own."""

    house: MeetingHouse
    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.house.clock.set(MONDAY)
        self.room = self.house.room()
        self.spans: dict[str, tuple[int, int]] = {}
        self.state: dict[str, str] = {}

    def taken(self, wanted: tuple[int, int]) -> bool:
        return any(
            self.state[id] == "confirmed" and self.overlap(wanted, span)
            for id, span in self.spans.items()
        )

    @staticmethod
    def overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
        return one[0] < other[1] and other[0] < one[1]

    @rule(target=ids, start=st.integers(0, 20), hours=st.integers(1, 8), late=st.booleans())
    def request(self, start: int, hours: int, late: bool) -> Any:
        start += 24 * 11 if late else 0  # about the turn of a month
        span = (start, start + hours)
        if self.taken(span):
            with pytest.raises(Taken):
                self.house.request(self.room, start, hours)
            return multiple()
        id = self.house.request(self.room, start, hours)
        self.spans[id], self.state[id] = span, "requested"
        return id

    @rule(id=ids)
    def confirm(self, id: str) -> None:
        self.step(id, ("requested",), "confirmed")
        losers = [
            other
            for other, span in self.spans.items()
            if self.state[other] == "requested" and self.overlap(span, self.spans[id])
        ]
        if self.state[id] == "confirmed":
            self.state |= dict.fromkeys(losers, "refused")

    @rule(id=ids)
    def refuse(self, id: str) -> None:
        self.step(id, ("requested",), "refused")

    @rule(id=ids)
    def cancel(self, id: str) -> None:
        self.step(id, ("requested", "confirmed"), "cancelled")

    def step(self, id: str, states: tuple[str, ...], after: str) -> None:
        """Take the step where the model allows it; elsewhere it must be refused."""
        act = {"confirmed": "confirm", "refused": "refuse", "cancelled": "cancel"}[after]
        if self.state[id] in states:
            getattr(self.house, act)(id)
            self.state[id] = after
        else:
            with pytest.raises(Problem) as problem:
                getattr(self.house, act)(id)
            assert problem.value.type == "out-of-order"

    @invariant()
    def as_the_model_says(self) -> None:
        found = rows(self.house, self.room)
        assert {row.id: row.state for row in found} == self.state
        assert_none_overlap([(row.starts, row.ends) for row in found if row.state == "confirmed"])

    def teardown(self) -> None:
        live = self.house.tables()
        self.house.rebuild()
        assert self.house.tables() == live


def test_whatever_the_order_no_two_confirmed_overlap(house_of_all: MeetingHouse) -> None:
    Bookings.house = house_of_all
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Bookings,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
