"""Numbers kept ahead: each is used by a document or burned with a reason, and none comes back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.errors import Forbidden, Invalid, NotFound, OutOfOrder, Problem
from infra.identity import Actor
from services.correspondence.contract import (
    AuditNumbers,
    BurnReservation,
    ImportedRegister,
    ListReservations,
    ReserveNumbers,
    Series,
    SetDocumentPolicy,
)
from services.correspondence.reservation import Reservation
from tests.correspondence.office import (
    AUDITOR,
    CLERK,
    FINANCE_CLERK,
    OFFICE,
    OTHER_CLERK,
    PLAN,
    PLAN_CLERK,
    PLAN_OFFICER,
    Office,
)
from tests.correspondence.test_document_policy import WISH as POLICY
from tests.correspondence.test_importing import loaded

WISH: dict[str, Any] = {
    "series": "order",
    "count": 3,
    "expires": "2026-02-20",
    "reason": "คำสั่งไปราชการ รอลงนาม",
}
NEW_YEAR = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)  # midnight in Bangkok
SEAT = CLERK.seats[0]
DAYS = [date(2026, 2, 16) + timedelta(days=days) for days in range(4)]
STEPS = st.one_of(
    st.tuples(st.just("use"), st.sampled_from(DAYS)),
    st.tuples(st.just("expire"), st.sampled_from(DAYS)),
    st.tuples(st.just("burn"), st.sampled_from(DAYS)),
)


@given(st.integers(1, 5), st.sampled_from(DAYS), st.lists(STEPS, max_size=12))
def test_each_number_is_free_used_or_burned(
    count: int, expires: date, steps: list[tuple[str, date]]
) -> None:
    kept = Reservation("one")
    wish = {"series": Series.ORDER, "count": count, "expires": expires, "reason": "จอง"}
    kept.reserve(OFFICE, None, SEAT, wish, 2569, 8)
    ended: dict[int, str] = {}
    for place, (step, day) in enumerate(steps):
        try:
            match step:
                case "use":
                    number = kept.use(f"document {place}", Series.ORDER, None, 2569, day)
                    assert day <= expires
                    ended[number] = f"document {place}"
                case "burn":
                    kept.burn(SEAT, "ไม่ใช้แล้ว")
                    assert not kept.free
                case "expire":
                    assert not kept.expire(day) or day > expires
        except OutOfOrder:
            assert not kept.free or day > expires
        for number, reason in kept.burned.items():
            assert ended.setdefault(number, reason) == reason  # what ended stays so
        assert kept.used | kept.burned == ended
        assert sorted([*kept.free, *ended]) == list(range(8, 8 + count))
    again = Reservation("one")
    again.replay(kept.pending)
    assert (again.free, again.used, again.burned) == (kept.free, kept.used, kept.burned)


def test_a_number_of_another_register_is_not_taken() -> None:
    kept = Reservation("one")
    wish = {"series": Series.ORDER, "count": 1, "expires": DAYS[0], "reason": "จอง"}
    kept.reserve(OFFICE, None, SEAT, wish, 2569, 1)
    for other in (
        (Series.SEND, None, 2569),
        (Series.ORDER, PLAN, 2569),
        (Series.ORDER, None, 2570),
    ):
        with pytest.raises(Invalid):
            kept.use("document", *other, DAYS[0])
    assert kept.free == [1]


def reserve(office: Office, who: Actor = CLERK, **wish: Any) -> dict[str, Any]:
    return office.send(who, ReserveNumbers, **(WISH | wish))


def audit(office: Office, who: Actor = CLERK, **params: Any) -> list[tuple[int, str, str]]:
    wanted = {"series": "order", "year": 2569} | params
    found = office.ask(who, AuditNumbers, **wanted)
    assert [one["number"] for one in found["items"]] == list(range(1, found["last"] + 1))
    return [(one["number"], one["state"], one["reason"]) for one in found["items"]]


def test_kept_given_up_and_accounted_for(office: Office) -> None:
    first, second = reserve(office), reserve(office, count=2, reason="คำสั่งแต่งตั้ง")
    assert (first["first"], second["first"]) == (1, 4)
    office.send(CLERK, BurnReservation, id=first["id"], reason="ยกเลิกการเดินทาง")
    with pytest.raises(OutOfOrder):
        office.send(CLERK, BurnReservation, id=first["id"], reason="อีกครั้ง")
    burned = [(number, "burned", "ยกเลิกการเดินทาง") for number in (1, 2, 3)]
    assert audit(office) == burned + [(number, "reserved", "คำสั่งแต่งตั้ง") for number in (4, 5)]
    assert reserve(office)["first"] == 6
    (third, open_one) = office.ask(AUDITOR, ListReservations)["items"]
    assert (open_one["id"], open_one["free"], open_one["burned"]) == (second["id"], [4, 5], [])
    assert third["by"] == CLERK.person
    every = office.ask(CLERK, ListReservations, open=False)["items"]
    assert [one["burned"] for one in every] == [[], [], [1, 2, 3]]
    live = office.tables()
    office.rebuild()
    assert office.tables() == live
    assert reserve(office)["first"] == 9  # a rebuild finds the series' end


def test_what_is_not_used_by_its_last_day_is_burned(office: Office) -> None:
    id = reserve(office)["id"]
    for now, state in (
        (datetime(2026, 2, 20, 16, 59, tzinfo=UTC), "reserved"),
        (datetime(2026, 2, 20, 17, 0, tzinfo=UTC), "burned"),
    ):
        office.clock.set(now)
        office.parts.instance().burn_expired()
        assert {one[1] for one in audit(office)} == {state}
    office.parts.instance().burn_expired()
    assert len(office.events(f"reservation-{id}")) == 2
    assert {one[2] for one in audit(office)} == {"ครบกำหนดการจอง ไม่ได้ใช้"}


def test_a_year_ends_at_midnight_in_bangkok(office: Office) -> None:
    office.clock.set(NEW_YEAR - timedelta(milliseconds=100))
    last = reserve(office, expires="2026-12-31")
    with pytest.raises(Invalid) as refused:
        reserve(office, expires="2027-01-01")
    assert list(refused.value.fields) == ["expires"]
    office.clock.set(NEW_YEAR)
    first = reserve(office, expires="2027-01-01")
    assert [(one["year"], one["first"]) for one in (last, first)] == [(2569, 1), (2570, 1)]
    with pytest.raises(Invalid):
        reserve(office, expires="2026-12-31")


def test_series_by_group(office: Office) -> None:
    with pytest.raises(Forbidden):  # it has none of its own
        reserve(office, PLAN_CLERK, group=PLAN)
    office.send(CLERK, SetDocumentPolicy, **(POLICY | {"by_group": ["order"]}))
    own = reserve(office, PLAN_CLERK, group=PLAN)
    assert (own["first"], reserve(office)["first"]) == (1, 1)
    assert audit(office, PLAN_OFFICER, group=PLAN) == audit(office)
    assert "reserve_numbers" in office.ask(PLAN_CLERK, ListReservations)["actions"]
    assert [one["id"] for one in office.ask(PLAN_CLERK, ListReservations)["items"]] == [own["id"]]
    assert office.ask(FINANCE_CLERK, ListReservations) == {"items": [], "actions": []}
    for refused in ({"group": PLAN}, {}):
        with pytest.raises(Forbidden):
            reserve(office, FINANCE_CLERK, **refused)
    with pytest.raises(Forbidden):
        audit(office, PLAN_OFFICER)


def test_what_is_numbered_with_the_letters_is_kept_there(small_office: Office) -> None:
    small_office.send(CLERK, SetDocumentPolicy, **(POLICY | {"circulars_apart": False}))
    with pytest.raises(Invalid) as refused:
        reserve(small_office, series="circular")
    assert list(refused.value.fields) == ["series"]
    reserve(small_office, series="send")


def test_another_organisations_numbers_are_its_own(small_office: Office) -> None:
    mine = reserve(small_office)["id"]
    with pytest.raises(NotFound):
        small_office.send(OTHER_CLERK, BurnReservation, id=mine, reason="ไม่ใช้")
    assert reserve(small_office, OTHER_CLERK)["first"] == 1
    assert len(small_office.ask(OTHER_CLERK, ListReservations)["items"]) == 1


@pytest.mark.parametrize(
    "wish",
    [{"count": 0}, {"count": 101}, {"reason": " "}, {"expires": "2026-02-15"}, {"group": OFFICE}],
)
def test_what_cannot_be_kept(small_office: Office, wish: dict[str, Any]) -> None:
    with pytest.raises(Problem) as refused:
        reserve(small_office, **wish)
    assert list(refused.value.fields) == list(wish)
    assert audit(small_office) == []


def test_an_old_register_explains_what_it_lacks_and_keeps_what_was_kept(office: Office) -> None:
    reserve(office)  # numbers 1 to 3
    old = "เลขที่,ลงวันที่,เรื่อง\n2,5 ม.ค. 2569,ให้ข้าราชการไปราชการ\n5,9 ม.ค. 2569,แต่งตั้ง\n"
    found = loaded(office, old, ImportedRegister.ORDER, year=2569)
    assert found["state"] == "done"
    assert [one[1] for one in audit(office)] == [
        "reserved",
        "reserved",  # the old order bears it too, and stands beside
        "reserved",
        "missing",
        "document",
    ]
    assert reserve(office)["first"] == 6
    live = office.tables()
    office.rebuild()
    assert office.tables() == live


def test_reserved_by_many_at_once_no_two_have_the_same(office: Office) -> None:
    with ThreadPoolExecutor(8) as people:
        kept = list(people.map(lambda _: reserve(office), range(16)))
    assert sorted(one["first"] for one in kept) == list(range(1, 49, 3))
    assert [one[1] for one in audit(office)] == ["reserved"] * 48
