"""Two hands at the same moment: one letter, one number, one delivery each."""

import pytest

from infra.errors import OutOfOrder
from services.correspondence.contract import (
    ArrivalRegistered,
    LetterReceived,
    RefuseArrival,
    RegisterArrival,
    SendDocument,
)
from tests.correspondence.circulars import (
    matrix,
    numbered,
    on_system,
    open_schools,
    school_clerk,
    sent,
    settle,
    tray,
)
from tests.correspondence.office import CLERK, Office
from tests.infra.test_store import at_once

KHAO = school_clerk(0)


@pytest.fixture(autouse=True)
def schools(office: Office) -> None:
    open_schools(office, 3)


def test_two_clerks_register_the_same_letter(office: Office) -> None:
    sent(office, [on_system(0)])
    [row] = tray(office, KHAO)

    def press() -> tuple[str, int]:
        answer = office.send(KHAO, RegisterArrival, id=row["id"])
        return answer["id"], answer["number"]

    answers = at_once(*[press] * 6)
    assert set(answers) == {answers[0]}
    assert answers[0][1] == 1
    kinds = [type(one.event) for one in office.events()]
    assert (kinds.count(LetterReceived), kinds.count(ArrivalRegistered)) == (1, 1)
    settle(office)
    sent(office, [on_system(0)])
    [second] = tray(office, KHAO)
    assert office.send(KHAO, RegisterArrival, id=second["id"])["number"] == 2  # no gap


def test_one_registers_while_another_gives_it_back(office: Office) -> None:
    id = sent(office, [on_system(0)])
    [row] = tray(office, KHAO)

    def register() -> str:
        try:
            office.send(KHAO, RegisterArrival, id=row["id"])
        except OutOfOrder:
            return ""
        return "registered"

    def refuse() -> str:
        try:
            office.send(KHAO, RefuseArrival, id=row["id"], reason="ส่งผิด")
        except OutOfOrder:
            return ""
        return "refused"

    [state] = filter(None, at_once(register, refuse))
    settle(office)
    assert [one["state"] for one in matrix(office, id)["items"]] == [state]


def test_two_send_it_to_the_same_schools(office: Office) -> None:
    id = numbered(office)

    def send(*schools: int) -> int:
        wish = [on_system(one) for one in schools]
        try:
            count: int = office.send(CLERK, SendDocument, id=id, recipients=wish)["deliveries"]
        except OutOfOrder:
            return 0
        return count

    counts = at_once(lambda: send(0, 1), lambda: send(1, 2), lambda: send(0, 1, 2))
    assert sum(counts) == 3
    settle(office)
    assert sorted(one["name"][-1] for one in matrix(office, id)["items"]) == ["0", "1", "2"]
    for school in range(3):
        assert len(tray(office, school_clerk(school))) == 1
