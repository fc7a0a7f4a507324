"""Rooms are asked for, granted, refused and given up; what is listed says so."""

from datetime import timedelta
from typing import Any

import pytest

from infra.errors import Invalid, NotFound, OutOfOrder, Stale, Taken
from infra.migrate import differences
from services.resources.contract import (
    AddRoom,
    ChangeRoom,
    ConfirmBooking,
    GetRoom,
    ListBookings,
    ListRooms,
    RequestBooking,
    RetireRoom,
    RoomCalendar,
)
from tests.correspondence.office import ADMIN, CENTRAL_HEAD, MONDAY, PLAN_HEAD, PLAN_OFFICER
from tests.resources.meeting_house import MeetingHouse, at


def test_migrated_tables_are_those_declared(house: MeetingHouse) -> None:
    assert differences("resources", house.parts.database) == []


def test_a_room_is_asked_for_and_granted(house: MeetingHouse) -> None:
    room = house.room()
    id = house.request(room, 0, 3)
    assert house.state(id) == "requested"
    house.confirm(id, note="เปิดห้องให้ 08.30 น.")
    booking = house.booking(id)
    assert (booking["state"], booking["room_name"]) == ("confirmed", "ห้องประชุม 1")
    assert [step["event"] for step in booking["history"]] == [
        "BookingRequested",
        "BookingConfirmed",
    ]
    assert booking["history"][1]["seat"] == [CENTRAL_HEAD.seats[0].title]
    assert booking["history"][1]["text"] == "เปิดห้องให้ 08.30 น."


def test_what_overlaps_a_granted_booking_is_refused(house: MeetingHouse) -> None:
    room, elsewhere = house.room(), house.room(name="ห้องประชุม 2")
    first, second, after = (house.request(room, start, 2) for start in (0, 1, 2))
    other_room = house.request(elsewhere, 0, 2)
    assert [one["id"] for one in house.booking(first)["overlapping"]] == [second]
    house.confirm(first)
    assert [house.state(id) for id in (first, second, after, other_room)] == [
        "confirmed",
        "refused",
        "requested",
        "requested",
    ]
    assert house.events(f"booking-{second}")[-1].event.confirmed == first
    with pytest.raises(Taken, match=r"09:00-11:00"):
        house.request(room, 1.5, 1)
    with pytest.raises(OutOfOrder):
        house.confirm(second)
    house.confirm(after)


def test_a_freed_time_can_be_had_again(house: MeetingHouse) -> None:
    room = house.room()
    id = house.request(room, 0, 2)
    house.confirm(id)
    house.cancel(id)
    assert house.state(id) == "cancelled"
    again = house.request(room, 0, 2)
    house.confirm(again)
    with pytest.raises(OutOfOrder):
        house.cancel(id)


def test_a_booking_over_the_turn_of_a_month_blocks_both(house: MeetingHouse) -> None:
    room = house.room()
    start = 24 * 11 + 12  # 28 February, 21:00
    id = house.request(room, start, 6)
    house.confirm(id)
    for hour in (start, start + 5):
        with pytest.raises(Taken):
            house.request(room, hour, 1)
    house.cancel(id)
    for hour in (start, start + 5):
        house.confirm(house.request(room, hour, 1))


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"starts": MONDAY.isoformat()}, "starts"),
        ({"starts": at(24 * 400).isoformat(), "ends": at(24 * 400 + 1).isoformat()}, "starts"),
        ({"ends": at(0).isoformat()}, "ends"),
        ({"ends": at(24 * 14 + 0.1).isoformat()}, "ends"),
        ({"attendees": 41}, "attendees"),
        ({"attendees": 0}, "attendees"),
        ({"starts": "2026-02-17T09:00:00"}, "starts"),
        ({"purpose": " "}, "purpose"),
        ({"seats": 3}, "seats"),
    ],
)
def test_a_request_that_cannot_be_names_its_field(
    house_of_all: MeetingHouse, wish: dict[str, Any], field: str
) -> None:
    room, before = house_of_all.room(), len(house_of_all.events())
    with pytest.raises(Invalid) as invalid:
        house_of_all.request(room, 0, 2, **wish)
    assert list(invalid.value.fields) == [field]
    assert len(house_of_all.events()) == before


def test_the_last_moment(small_house: MeetingHouse) -> None:
    """A booking can be granted and given up until it starts, refused even later."""
    room = small_house.room()
    granted, late, waiting = (small_house.request(room, hour, 1) for hour in (0, 1, 2))
    small_house.clock.set(at(0) - timedelta(seconds=1))
    small_house.confirm(granted)
    small_house.clock.set(at(0))
    with pytest.raises(OutOfOrder):
        small_house.cancel(granted)
    small_house.clock.set(at(1))
    with pytest.raises(OutOfOrder):
        small_house.confirm(late)
    small_house.refuse(late)
    assert small_house.ask(CENTRAL_HEAD, ListBookings, scope="waiting")["items"][0]["id"] == waiting


def test_a_room_goes_out_of_use_when_nobody_needs_it(house: MeetingHouse) -> None:
    room = house.room()
    id = house.request(room, 0, 1)
    with pytest.raises(OutOfOrder, match="1 รายการ"):
        house.send(ADMIN, RetireRoom, id=room, reason="ปรับปรุงอาคาร")
    house.cancel(id)
    house.send(ADMIN, RetireRoom, id=room, reason="ปรับปรุงอาคาร")
    with pytest.raises(OutOfOrder):
        house.request(room, 0, 1)
    with pytest.raises(OutOfOrder):
        house.send(ADMIN, ChangeRoom, id=room, name="ใหม่", capacity=3)
    assert house.ask(PLAN_OFFICER, ListRooms)["items"] == []
    [listed] = house.ask(PLAN_OFFICER, ListRooms, retired=True)["items"]
    assert (listed["state"], listed["actions"]) == ("retired", [])


def test_a_room_is_corrected_on_the_version_that_was_seen(small_house: MeetingHouse) -> None:
    room = small_house.room()
    body = {"id": room, "name": "ห้องประชุมใหญ่", "capacity": 120, "equipment": ["จอ", "ไมโครโฟน"]}
    assert small_house.send(ADMIN, ChangeRoom, if_match=1, **body)["version"] == 2
    with pytest.raises(Stale):
        small_house.send(ADMIN, ChangeRoom, if_match=1, **body)
    shown = small_house.ask(ADMIN, GetRoom, id=room)
    assert (shown["name"], shown["capacity"], shown["equipment"]) == (
        "ห้องประชุมใหญ่",
        120,
        ["จอ", "ไมโครโฟน"],
    )
    small_house.request(room, 0, 1, attendees=120)


def test_a_repeated_request_books_once(small_house: MeetingHouse) -> None:
    body = {
        "room": small_house.room(),
        "starts": at(0).isoformat(),
        "ends": at(1).isoformat(),
        "purpose": "ประชุม",
        "attendees": 3,
    }
    answers = [
        small_house.send(PLAN_OFFICER, RequestBooking, idempotency_key="k", **body)
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len(small_house.ask(PLAN_OFFICER, ListBookings)["items"]) == 1


def test_lists_are_paged_in_order(small_house: MeetingHouse) -> None:
    room = small_house.room()
    ids = [small_house.request(room, hour, 1) for hour in range(5)]

    def pages(**params: Any) -> list[str]:
        found, cursor = [], None
        while True:
            page = small_house.ask(CENTRAL_HEAD, ListBookings, limit=2, cursor=cursor, **params)
            assert page["total"] == 5
            found += [one["id"] for one in page["items"]]
            cursor = page["next"]
            if cursor is None:
                return found

    assert pages(scope="all") == ids[::-1]
    assert pages(scope="waiting") == ids
    assert small_house.ask(PLAN_HEAD, ListBookings)["total"] == 0
    assert small_house.ask(PLAN_OFFICER, ListBookings, state="confirmed")["total"] == 0


def test_the_calendar_shows_bangkok_days(small_house: MeetingHouse) -> None:
    room = small_house.room()
    evening = small_house.request(room, 14, 2)  # tomorrow, 23:00 to 01:00
    small_house.refuse(small_house.request(room, 20, 1))

    def shown(first: str, last: str) -> list[str]:
        answer = small_house.ask(PLAN_OFFICER, RoomCalendar, first_day=first, last_day=last)
        return [one["id"] for one in answer["bookings"]]

    assert shown("2026-02-17", "2026-02-17") == [evening]
    assert shown("2026-02-18", "2026-02-18") == [evening]
    assert shown("2026-02-16", "2026-02-16") == []
    for last in ("2026-02-15", "2026-04-19"):
        with pytest.raises(Invalid):
            shown("2026-02-16", last)


def test_a_rebuild_equals_the_live_tables(house: MeetingHouse) -> None:
    room = house.room()
    house.send(ADMIN, ChangeRoom, id=room, name="ห้องประชุมใหญ่", capacity=50)
    house.send(ADMIN, RetireRoom, id=house.room(), reason="ปิด")
    first, second, third = (house.request(room, start, 2) for start in (0, 1, 3))
    house.confirm(first)
    house.refuse(third)
    house.cancel(first, by=CENTRAL_HEAD)
    live = house.tables()
    house.rebuild()
    assert house.tables() == live
    assert house.state(second) == "refused"


def test_what_is_not_there(small_house: MeetingHouse) -> None:
    nowhere = "0190a8a0-0000-7000-8000-000000000000"
    with pytest.raises(NotFound):
        small_house.request(nowhere, 0, 1)
    with pytest.raises(NotFound):
        small_house.send(CENTRAL_HEAD, ConfirmBooking, id=nowhere)
    with pytest.raises(NotFound):
        small_house.booking(nowhere)
    with pytest.raises(Invalid):
        small_house.send(ADMIN, AddRoom, name="", capacity=4)
