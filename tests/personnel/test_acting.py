"""Who is the director today? The acting person, with the capacity in which they sign."""

from datetime import date, datetime, timedelta

import pytest

from infra.clock import BANGKOK
from infra.errors import Forbidden, Invalid, NotFound, Taken
from infra.identity import Capacity, Role
from services.personnel.contract import (
    EndActing,
    FillPost,
    GetPost,
    ListActing,
    ListPeople,
    Me,
    Names,
    VacatePost,
    WhoHolds,
)
from tests.personnel.office import BEGINNING, Office, race

TODAY = date(2026, 2, 16)  # where the harness's clock stands, at ten in the morning
DAY = timedelta(days=1)
DIRECTOR = ("director", ["ผอ.เขต"])
ACTING = ("deputy", ["รอง ผอ.เขต", "รักษาราชการแทน ผอ.เขต"])
DELEGATED = ("deputy", ["รอง ผอ.เขต", "ปฏิบัติราชการแทน ผอ.เขต"])


def test_the_holder_is_the_director(office: Office) -> None:
    assert office.directors() == [DIRECTOR]
    assert office.directors(BEGINNING - DAY) == []


def test_who_acts_is_the_director_meanwhile(office: Office) -> None:
    office.appoint("director", "deputy", TODAY, TODAY + DAY, own_post=office.posts["deputy"])
    assert office.directors(TODAY - DAY) == [DIRECTOR]
    assert office.directors() == [ACTING]
    assert office.directors(TODAY + DAY) == [ACTING]
    assert office.directors(TODAY + 2 * DAY) == [DIRECTOR]


def test_the_day_turns_at_midnight_in_bangkok(office: Office) -> None:
    office.appoint("director", "deputy", TODAY, TODAY)
    midnight = datetime(2026, 2, 16, tzinfo=BANGKOK)
    tick = timedelta(microseconds=1)
    found = []
    for moment in (midnight - tick, midnight, midnight + DAY - tick, midnight + DAY):
        office.harness.clock.set(moment)
        found.append(office.directors())
    assert found == [[DIRECTOR], [ACTING], [ACTING], [DIRECTOR]]


def test_ending_it_early_brings_the_holder_back(office: Office) -> None:
    made = office.appoint("director", "deputy", TODAY - DAY)
    assert office.directors() == [ACTING]
    ending = {"id": office.posts["director"], "acting": made["acting"]}
    office.send(EndActing, **ending, last_day=str(TODAY))
    assert office.directors() == [ACTING]
    assert office.directors(TODAY + DAY) == [DIRECTOR]
    later = office.appoint("director", "deputy", TODAY + 5 * DAY)["acting"]
    office.send(EndActing, id=ending["id"], acting=later, last_day=str(TODAY + 4 * DAY))
    assert office.directors(TODAY + 9 * DAY) == [DIRECTOR]


def test_a_vacant_post_is_exercised_by_who_acts_in_it(office: Office) -> None:
    director = {"id": office.posts["director"], "person": office.people["director"]}
    office.send(VacatePost, **director, last_day=str(TODAY - DAY))
    assert office.directors() == []
    office.appoint("director", "deputy", TODAY)
    assert office.directors() == [ACTING]


def test_delegated_power_is_exercised_beside_its_holder(office: Office) -> None:
    office.appoint("director", "deputy", TODAY, capacity="delegated")
    assert office.directors() == [DIRECTOR, DELEGATED]


def test_the_own_post_above_the_capacity_is_one_that_they_hold(office: Office) -> None:
    with pytest.raises(Invalid) as error:
        office.appoint("director", "deputy", TODAY, own_post=office.posts["officer"])
    assert set(error.value.fields) == {"own_post"}
    office.appoint("director", "neighbour", TODAY)
    signature = ["ผู้อำนวยการโรงเรียน", "รักษาราชการแทน ผอ.เขต"]
    assert office.directors() == [("neighbour", signature)]


def test_who_acts_has_both_seats_and_who_is_replaced_has_none(office: Office) -> None:
    office.appoint("director", "deputy", TODAY)
    deputy = office.acting_as("deputy")
    assert [(seat.role, seat.capacity) for seat in deputy.seats] == [
        (Role.DEPUTY, None),
        (Role.DIRECTOR, Capacity.ACTING),
    ]
    narrowed = office.actor(office.log_in("deputy"), post=office.posts["director"])
    assert [seat.role for seat in narrowed.seats] == [Role.DIRECTOR]
    assert [seat["title"] for seat in office.ask(Me, by=narrowed)["seats"]] == [
        "รอง ผอ.เขต",
        "ผอ.เขต",
    ]
    assert office.acting_as("director").seats == ()
    titles = office.ask(Names, by=deputy, ids=list(office.people.values()))["items"]
    assert {one["title"] for one in titles if one["id"] == office.people["director"]} == {""}


def test_who_acts_in_another_school_goes_there_by_choosing_that_post(office: Office) -> None:
    """A school's director who acts in a neighbour's stead works in one school or in the other."""
    office.appoint("teacher", "neighbour", TODAY)
    office.account("neighbour")
    session = office.log_in("neighbour")
    theirs, other = office.schools["บ้านแม่ลาย"], office.schools["บ้านดอยคำ"]
    at_home, there = office.actor(session), office.actor(session, post=office.posts["teacher"])
    assert (at_home.organisation, there.organisation) == (theirs, other)
    assert [(seat.organisation, seat.capacity) for seat in there.seats] == [
        (other, Capacity.ACTING)
    ]
    assert office.ask(Me, by=at_home)["organisation_name"] == "บ้านแม่ลาย"
    assert office.ask(Me, by=there)["organisation_name"] == "บ้านดอยคำ"
    assert len(office.ask(Me, by=there)["seats"]) == 2  # and back


def test_a_seat_that_is_gone_leaves_the_others(office: Office) -> None:
    office.appoint("director", "deputy", TODAY, TODAY)
    office.account("deputy")
    session = office.log_in("deputy")
    office.harness.clock.set(datetime(2026, 2, 16, 23, 59, tzinfo=BANGKOK))
    session = office.log_in("deputy")
    office.harness.clock.advance(minutes=2)
    actor = office.actor(session, post=office.posts["director"])
    assert [seat.role for seat in actor.seats] == [Role.DEPUTY]


def test_the_holder_who_is_back_ends_it_and_nobody_else_does(office: Office) -> None:
    made = office.appoint("director", "deputy", TODAY - 9 * DAY)
    ending = {"id": office.posts["director"], "acting": made["acting"]}
    with pytest.raises(Forbidden):
        office.send(EndActing, by=office.acting_as("officer"), **ending, last_day=str(TODAY))
    with pytest.raises(NotFound):
        office.send(EndActing, by=office.acting_as("teacher"), **ending, last_day=str(TODAY))
    director = office.acting_as("director")
    shown = office.ask(GetPost, by=director, id=office.posts["director"])
    assert shown["holder"] == office.people["director"]
    assert shown["actings"][0]["actions"] == ["end_acting"]
    with pytest.raises(Invalid):
        office.send(EndActing, by=director, **ending, last_day=str(TODAY - 5 * DAY))
    office.send(EndActing, by=director, **ending, last_day=str(TODAY - DAY))
    assert office.directors() == [DIRECTOR]
    assert office.directors(TODAY - DAY) == [ACTING]


def test_the_list_of_who_acts_for_whom(office: Office) -> None:
    office.appoint("director", "deputy", TODAY - 9 * DAY, TODAY - 8 * DAY)
    office.appoint("director", "officer", TODAY)
    officer = office.acting_as("officer")
    shown = office.ask(ListActing, by=officer)["items"]
    assert [(one["name"], one["current"]) for one in shown] == [
        ("นายofficer ใจดี", True),
        ("นายdeputy ใจดี", False),
    ]
    day = {"day": str(TODAY - 8 * DAY)}
    assert [one["name"] for one in office.ask(ListActing, by=officer, **day)["items"]] == [
        "นายdeputy ใจดี"
    ]
    assert office.ask(ListActing, by=office.acting_as("teacher"))["items"] == []


def test_of_several_who_race_for_a_post_one_gets_it(office: Office) -> None:
    office.send(
        VacatePost,
        id=office.posts["director"],
        person=office.people["director"],
        last_day=str(TODAY - DAY),
    )
    racers = ["deputy", "officer", "admin", "director"]
    held = race(lambda person: office.fill("director", person, TODAY), racers)
    assert sorted(held) == ["has it", "taken", "taken", "taken"]
    racers.remove(racers[held.index("has it")])
    acted = race(lambda person: office.appoint("director", person, TODAY + DAY), racers)
    assert sorted(acted) == ["has it", "taken", "taken"]
    assert len(office.directors()) == len(office.directors(TODAY + DAY)) == 1


def test_a_person_holds_posts_of_their_own_organisation(office: Office) -> None:
    with pytest.raises(Invalid):
        office.fill("teacher", "officer", TODAY)
    with pytest.raises(Taken):
        office.fill("director", "officer", TODAY)
    unknown = "01900000-0000-7000-8000-000000000000"
    with pytest.raises(Invalid):
        office.send(FillPost, id=office.posts["deputy"], person=unknown, first_day=str(TODAY))
    with pytest.raises(NotFound):
        office.send(FillPost, id=unknown, person=office.people["officer"], first_day=str(TODAY))


def test_who_acts_in_another_school_sees_it_meanwhile(office: Office) -> None:
    office.appoint("teacher", "neighbour", TODAY, TODAY)
    actor = office.acting_as("neighbour")
    school = office.schools["บ้านดอยคำ"]
    assert office.ask(ListPeople, by=actor, organisation=school)["total"] == 1
    office.harness.clock.advance(days=1)
    tomorrow = office.actor(office.log_in("neighbour"))
    with pytest.raises(NotFound):
        office.ask(ListPeople, by=tomorrow, organisation=school)


def test_schools_may_ask_who_the_offices_director_is(office: Office) -> None:
    teacher = office.acting_as("teacher")
    found = office.ask(WhoHolds, by=teacher, role="director", organisation=office.id)["items"]
    assert [one["name"] for one in found] == ["นายdirector ใจดี"]
    other = office.schools["บ้านแม่ลาย"]
    with pytest.raises(NotFound):
        office.ask(WhoHolds, by=teacher, role="school_director", organisation=other)
