"""Who may do what with standards: by role, and nothing of another organisation's exists."""

from collections.abc import Callable

import pytest

from infra.errors import Forbidden, NotFound, Unauthenticated
from infra.identity import Actor
from services.standards.contract import (
    GetEvidence,
    GetIndicator,
    ListIndicators,
    ListStandardSets,
    RenameIndicator,
)
from tests.correspondence.office import (
    CENTRAL_HEAD,
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
from tests.standards.office import Office

LEADERS = [CENTRAL_HEAD, DEPUTY, DIRECTOR]
STRANGERS = [SCHOOL_DIRECTOR, SCHOOL_CLERK, OTHER_CLERK]


def outcome(act: Callable[[], object]) -> str:
    try:
        act()
    except (Forbidden, NotFound) as problem:
        return problem.type
    return "done"


def test_the_leaders_lead_the_others_read(small_office: Office) -> None:
    office = small_office
    standard_set = office.adopt()
    for name, who in PEOPLE.items():
        expected = "done" if who in LEADERS else "forbidden"
        if who.organisation != CENTRAL_HEAD.organisation:
            expected = "not-found"
        id = office.enter(standard_set, f"1.{name}"[:20])
        office.assign(id)
        office.report(id)
        office.report(id, round=12)
        acts: list[Callable[[], object]] = [
            lambda who=who, name=name: office.enter(standard_set, f"2.{name}"[:20], by=who),  # type: ignore[misc]
            lambda who=who, id=id: office.assign(id, PLAN_OFFICER_2, by=who),  # type: ignore[misc]
            lambda who=who, id=id: office.verify(id, by=who),  # type: ignore[misc]
            lambda who=who, id=id: office.send_back(id, by=who, round=12),  # type: ignore[misc]
            lambda who=who, id=id: office.send(who, RenameIndicator, id=id, name="ใหม่"),  # type: ignore[misc]
        ]
        before = office.indicator(id, PLAN_HEAD)
        if expected != "not-found":
            shown = office.indicator(id, who)
            assert ("assign_indicator" in shown["actions"]) is (who in LEADERS)
            reviewing = "verify_report" in shown["reports"][0]["actions"]
            assert reviewing is (who in LEADERS)
        assert [outcome(act) for act in acts] == [expected] * len(acts), name
        assert (office.indicator(id, PLAN_HEAD) == before) is (expected != "done")


@pytest.mark.parametrize("who", STRANGERS)
def test_others_indicators_do_not_exist(small_office: Office, who: Actor) -> None:
    office = small_office
    id = office.assigned()
    office.report(id, uploads=[office.upload()])
    evidence = office.indicator(id)["reports"][0]["evidence"][0]["id"]
    with pytest.raises(NotFound):
        office.ask(who, GetIndicator, id=id)
    with pytest.raises(NotFound):
        office.ask(who, GetEvidence, id=id, evidence=evidence)
    assert office.ask(who, ListIndicators)["total"] == 0
    assert office.ask(who, ListStandardSets)["items"] == []
    with pytest.raises(NotFound):
        office.report(id, by=who)


def test_who_acts_for_the_head_signs_in_that_capacity(small_office: Office) -> None:
    office = small_office
    id = office.assigned()
    office.report(id)
    stand_in = acting(PLAN_HEAD, CENTRAL_HEAD)
    office.verify(id, by=stand_in)
    assert office.indicator(id)["history"][-1]["seat"] == stand_in.seats[1].signature()


def test_without_a_token_nothing(small_office: Office) -> None:
    with pytest.raises(Unauthenticated):
        small_office.ask(None, ListIndicators)
    assert small_office.ask(PLAN_OFFICER, ListStandardSets)["actions"] == []
