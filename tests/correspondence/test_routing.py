"""Which steps letters pass is the organisation's choice (ข้อ 39 ¶3)."""

from datetime import date
from typing import Any

import pytest

from infra.errors import Invalid, OutOfOrder, Stale
from infra.identity import Capacity
from services.correspondence.contract import (
    GetRouting,
    ProposeLetter,
    SendLetterBack,
    SetRouting,
    Stage,
)
from services.correspondence.routing import default, desks
from services.personnel.contract import ActingAppointed, PostVacated
from tests.correspondence.office import (
    CLERK,
    DEPUTY,
    DIRECTOR,
    PLAN_HEAD,
    PLAN_OFFICER,
    SCHOOL_DIRECTOR,
    Office,
    acting,
    id_of,
)

LATER = 1000  # a position behind all that the office was told of when it was made
WISH: dict[str, Any] = {
    "central_head": True,
    "deputy": False,
    "group_head": False,
    "unattended_days": 5,
}


def test_the_desks_in_their_order() -> None:
    office = default("o", school=False)
    held = (Stage.CENTRAL_HEAD, Stage.DEPUTY)
    assert desks(office, held) == (Stage.DEPUTY, Stage.DIRECTOR)
    assert desks(default("s", school=True), ()) == (Stage.DIRECTOR,)
    every = type(office)(**(vars(office) | {"central_head": True}))
    assert desks(every, held) == (Stage.CENTRAL_HEAD, Stage.DEPUTY, Stage.DIRECTOR)
    assert desks(every, [Stage.DEPUTY]) == (Stage.DEPUTY, Stage.DIRECTOR)
    assert desks(every, ()) == (Stage.DIRECTOR,)


def test_a_desk_that_nobody_holds_is_passed_by(small_office: Office) -> None:
    """Who acts in the deputy's stead holds it; when they have left, nobody does."""
    leave_deputys_post(small_office, date(2026, 2, 15))
    id = small_office.proposed()
    assert small_office.tasks(DIRECTOR) == [("order", id)]
    assert small_office.letter(CLERK, id)["stage"] == "director"
    stands_in = ActingAppointed(
        acting=id_of("acting"),
        person=PLAN_HEAD.person,
        own_post=PLAN_HEAD.seats[0].post,
        capacity=Capacity.ACTING,
        first_day=date(2026, 2, 16),
        last_day=None,
        order="คำสั่งที่ 1/2569",
    )
    post = f"post-{DEPUTY.seats[0].post}"
    small_office.deliver("personnel", post, stands_in, version=4, position=LATER + 1)
    second = small_office.proposed()
    assert small_office.tasks(acting(PLAN_HEAD, DEPUTY)) == [("endorse", second)]


def test_the_clerk_fetches_a_letter_back_from_a_desk_whose_holder_has_left(
    small_office: Office,
) -> None:
    id = small_office.proposed()
    assert small_office.letter(CLERK, id)["desk_held"]
    leave_deputys_post(small_office, date(2026, 2, 15))
    assert not small_office.letter(CLERK, id)["desk_held"]
    assert "send_letter_back" in small_office.letter(CLERK, id)["actions"]
    small_office.do(CLERK, SendLetterBack, id, reason="รองผู้อำนวยการพ้นจากตำแหน่ง")
    assert small_office.tasks(CLERK) == [("propose", id)]
    small_office.do(CLERK, ProposeLetter, id, text="เพื่อโปรดพิจารณา")
    assert small_office.tasks(DIRECTOR) == [("order", id)]
    assert small_office.letter(CLERK, id)["desk_held"]


def leave_deputys_post(office: Office, last_day: date) -> None:
    vacated = PostVacated(person=DEPUTY.person, first_day=date(2020, 1, 1), last_day=last_day)
    post = f"post-{DEPUTY.seats[0].post}"
    office.deliver("personnel", post, vacated, version=3, position=LATER)


def test_chosen_and_changed(office: Office) -> None:
    assert office.ask(PLAN_OFFICER, GetRouting) == {
        "version": 0,
        "central_head": False,
        "deputy": True,
        "group_head": True,
        "unattended_days": 3,
        "actions": [],
    }
    office.send(CLERK, SetRouting, **WISH)
    chosen = office.ask(PLAN_OFFICER, GetRouting)
    assert chosen == WISH | {"version": 1, "actions": []}
    with pytest.raises(OutOfOrder):
        office.send(CLERK, SetRouting, **WISH)
    office.send(DIRECTOR, SetRouting, **(WISH | {"unattended_days": 7}), if_match=1)
    with pytest.raises(Stale):
        office.send(DIRECTOR, SetRouting, **(WISH | {"unattended_days": 9}), if_match=1)
    assert office.ask(DIRECTOR, GetRouting)["unattended_days"] == 7
    live = office.tables()
    office.rebuild()
    assert office.tables() == live


def test_a_school_has_no_such_desks(office: Office) -> None:
    plain = {"central_head": False, "deputy": False}
    assert office.ask(SCHOOL_DIRECTOR, GetRouting)["deputy"] is False
    for desk in plain:
        with pytest.raises(Invalid) as refused:
            office.send(SCHOOL_DIRECTOR, SetRouting, **(WISH | plain | {desk: True}))
        assert list(refused.value.fields) == [desk]
    office.send(SCHOOL_DIRECTOR, SetRouting, **(WISH | plain))
    assert office.ask(SCHOOL_DIRECTOR, GetRouting)["unattended_days"] == 5
    assert office.ask(CLERK, GetRouting)["unattended_days"] == 3


@pytest.mark.parametrize("days", [0, 91, "3", True, None])
def test_days_within_reason(small_office: Office, days: Any) -> None:
    with pytest.raises(Invalid):
        small_office.send(CLERK, SetRouting, **(WISH | {"unattended_days": days}))
