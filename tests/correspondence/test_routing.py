"""Which steps letters pass is the organisation's choice (ข้อ 39 ¶3)."""

from typing import Any

import pytest

from infra.errors import Invalid, OutOfOrder, Stale
from services.correspondence.contract import GetRouting, SetRouting, Stage
from services.correspondence.routing import default, desks
from tests.correspondence.office import CLERK, DIRECTOR, PLAN_OFFICER, SCHOOL_DIRECTOR, Office

WISH: dict[str, Any] = {
    "central_head": True,
    "deputy": False,
    "group_head": False,
    "unattended_days": 5,
}


def test_the_desks_in_their_order() -> None:
    office = default("o", school=False)
    assert desks(office, has_central_group=True) == (Stage.DEPUTY, Stage.DIRECTOR)
    assert desks(default("s", school=True), has_central_group=False) == (Stage.DIRECTOR,)
    every = type(office)(**(vars(office) | {"central_head": True}))
    assert desks(every, True) == (Stage.CENTRAL_HEAD, Stage.DEPUTY, Stage.DIRECTOR)
    assert desks(every, False) == (Stage.DEPUTY, Stage.DIRECTOR)  # nobody would ever endorse it


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
