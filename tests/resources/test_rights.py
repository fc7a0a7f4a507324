"""Who may do what with rooms: by role, and nothing of another organisation's exists."""

from collections.abc import Callable

import pytest

from infra.errors import Forbidden, NotFound, Unauthenticated
from infra.identity import Actor
from services.resources.contract import (
    AddRoom,
    ChangeRoom,
    GetRoom,
    ListBookings,
    ListRooms,
    RetireRoom,
    RoomCalendar,
)
from tests.correspondence.office import (
    ADMIN,
    AUDITOR,
    CENTRAL_HEAD,
    CLERK,
    DEPUTY,
    DIRECTOR,
    OTHER_CLERK,
    PEOPLE,
    PLAN_HEAD,
    PLAN_OFFICER,
    PLAN_OFFICER_2,
    SCHOOL_CLERK,
    SCHOOL_DIRECTOR,
    acting,
)
from tests.resources.meeting_house import MeetingHouse

APPROVERS = [CENTRAL_HEAD, DEPUTY, DIRECTOR]
MANAGERS = [*APPROVERS, ADMIN, CLERK]
OFFICE_PEOPLE = [one for one in PEOPLE.values() if one.organisation == CLERK.organisation]
STRANGERS = [SCHOOL_DIRECTOR, SCHOOL_CLERK, OTHER_CLERK]

named = pytest.mark.parametrize("who", PEOPLE.values(), ids=PEOPLE)


def outcome(act: Callable[[], object]) -> str:
    try:
        act()
    except (Forbidden, NotFound) as problem:
        return problem.type
    return "done"


def expected(who: Actor, allowed: list[Actor]) -> str:
    if who not in OFFICE_PEOPLE:
        return "not-found"
    return "done" if who in allowed else "forbidden"


@named
def test_who_asks_grants_and_looks_after_rooms(house_of_all: MeetingHouse, who: Actor) -> None:
    house, room = house_of_all, house_of_all.room()
    waiting, other = (house.request(room, hour, 1, by=PLAN_OFFICER_2) for hour in (0, 1))
    members = [one for one in OFFICE_PEOPLE if one is not AUDITOR]
    assert outcome(lambda: house.request(room, 5, 1, by=who)) == expected(who, members)
    offered = set(house.booking(waiting, PLAN_OFFICER)["actions"])
    assert offered == set()
    if who in OFFICE_PEOPLE:
        offered = set(house.booking(waiting, who)["actions"])
        may_cancel = who in [*APPROVERS, PLAN_OFFICER_2]
        assert ("confirm_booking" in offered) is ("refuse_booking" in offered) is (who in APPROVERS)
        assert ("cancel_booking" in offered) is may_cancel
        assert ("retire_room" in house.ask(who, GetRoom, id=room)["actions"]) is (who in MANAGERS)
    assert outcome(lambda: house.refuse(other, by=who)) == expected(who, APPROVERS)
    assert outcome(lambda: house.confirm(waiting, by=who)) == expected(who, APPROVERS)
    cancellers = [*APPROVERS, PLAN_OFFICER_2]
    assert outcome(lambda: house.cancel(waiting, by=who)) == expected(who, cancellers)
    change = {"id": room, "name": "ห้องใหม่", "capacity": 40}
    assert outcome(lambda: house.send(who, ChangeRoom, **change)) == expected(who, MANAGERS)
    idle = house.room()
    retire = {"id": idle, "reason": "ปิด"}
    assert outcome(lambda: house.send(who, RetireRoom, **retire)) == expected(who, MANAGERS)


@pytest.mark.parametrize("who", STRANGERS)
def test_others_rooms_and_bookings_do_not_exist(house_of_all: MeetingHouse, who: Actor) -> None:
    house, room = house_of_all, house_of_all.room()
    id = house.request(room, 0, 1)
    house.confirm(id)
    with pytest.raises(NotFound):
        house.booking(id, who)
    with pytest.raises(NotFound):
        house.ask(who, GetRoom, id=room)
    assert house.ask(who, ListRooms)["items"] == []
    for scope in ("mine", "waiting", "all"):
        assert house.ask(who, ListBookings, scope=scope)["total"] == 0
    days = {"first_day": "2026-02-16", "last_day": "2026-02-20"}
    calendar = house.ask(who, RoomCalendar, **days)
    assert (calendar["rooms"], calendar["bookings"]) == ([], [])
    assert house.ask(who, RoomCalendar, room=room, **days)["bookings"] == []


def test_a_school_has_rooms_of_its_own(small_house: MeetingHouse) -> None:
    house = small_house
    room = house.room(by=SCHOOL_CLERK)
    id = house.request(room, 0, 1, by=SCHOOL_CLERK)
    with pytest.raises(Forbidden):
        house.confirm(id, by=SCHOOL_CLERK)
    with pytest.raises(NotFound):
        house.confirm(id, by=CENTRAL_HEAD)
    house.confirm(id, by=SCHOOL_DIRECTOR)
    assert house.booking(id, SCHOOL_CLERK)["state"] == "confirmed"


def test_who_acts_for_the_head_signs_in_that_capacity(small_house: MeetingHouse) -> None:
    house = small_house
    id = house.request(house.room(), 0, 1)
    stand_in = acting(PLAN_HEAD, CENTRAL_HEAD)
    with pytest.raises(Forbidden):
        house.confirm(id, by=PLAN_HEAD)
    house.confirm(id, by=stand_in)
    [_, confirmed] = house.booking(id)["history"]
    assert confirmed["seat"] == stand_in.seats[1].signature()


def test_one_sees_ones_own_and_who_approves_sees_what_waits(small_house: MeetingHouse) -> None:
    house = small_house
    room = house.room()
    mine, theirs = house.request(room, 0, 1), house.request(room, 2, 1, by=PLAN_OFFICER_2)

    def listed(who: Actor, scope: str) -> list[str]:
        return [one["id"] for one in house.ask(who, ListBookings, scope=scope)["items"]]

    assert listed(PLAN_OFFICER, "mine") == [mine]
    assert listed(PLAN_OFFICER, "waiting") == []
    assert listed(CENTRAL_HEAD, "waiting") == [mine, theirs]
    assert listed(AUDITOR, "all") == [theirs, mine]


def test_without_a_token_nothing(small_house: MeetingHouse) -> None:
    with pytest.raises(Unauthenticated):
        small_house.ask(None, ListRooms)
    with pytest.raises(Unauthenticated):
        small_house.send(None, AddRoom, name="ห้อง", capacity=1)
    assert small_house.events() == []
