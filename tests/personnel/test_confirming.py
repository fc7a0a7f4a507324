"""Confirming by password: who is logged in shows again who they are, for one thing alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from infra.errors import Forbidden, Invalid, OutOfOrder, Throttled, Unauthenticated
from infra.eventstore.tables import commands
from infra.identity import CONFIRMATION_LIFETIME, Actor
from infra.ids import new_id
from services.personnel import throttle
from services.personnel.contract import ConfirmByPassword, LockAccount, OpenAccount, ResetPassword
from tests.personnel.office import COMMAND_LINE, Office

DOCUMENT = new_id()


def confirm(office: Office, actor: Actor, password: str, **more: Any) -> str:
    answer = office.harness.send(
        actor, ConfirmByPassword, subject=DOCUMENT, password=password, **more
    )
    assert set(answer) == {"confirmation"}
    return str(answer["confirmation"])


def test_the_right_password_confirms_one_thing_for_a_moment(office: Office) -> None:
    director = office.acting_as("director")
    token = confirm(office, director, "password of director")
    verifier, clock = office.harness.parts.verifier, office.harness.clock
    found = verifier.confirmed(token, director, DOCUMENT, clock())
    assert (found.person, found.subject, found.how) == (director.person, DOCUMENT, "password")
    deputy = office.acting_as("deputy")
    refused: list[Callable[[], Any]] = [
        lambda: verifier.confirmed(token, director, new_id(), clock()),
        lambda: verifier.confirmed(token, deputy, DOCUMENT, clock()),
        lambda: verifier.confirmed(token, director, DOCUMENT, clock() + CONFIRMATION_LIFETIME),
    ]
    for one in refused:
        with pytest.raises(Forbidden):
            one()
    with pytest.raises(Unauthenticated):
        verifier.verify(token, clock())


def test_a_wrong_password_confirms_nothing_and_is_counted_as_a_try_to_log_in(
    office: Office,
) -> None:
    director = office.acting_as("director")
    for _ in range(throttle.EACH.tries):
        with pytest.raises(Invalid) as wrong:
            confirm(office, director, "password of deputy")
        assert wrong.value.fields == {"password": ["รหัสผ่านไม่ถูกต้อง"]}
    with pytest.raises(Throttled):
        confirm(office, director, "password of director")
    with pytest.raises(Throttled):
        office.log_in("director")
    office.harness.clock.advance(seconds=throttle.EACH.every / timedelta(seconds=1))
    assert confirm(office, office.actor(office.log_in("director")), "password of director")


def test_nothing_of_it_is_kept(office: Office) -> None:
    director = office.acting_as("director")
    before = len(office.harness.events())
    tokens = set()
    for _ in range(2):
        tokens.add(confirm(office, director, "password of director", idempotency_key="once"))
        office.harness.clock.advance(seconds=1)
    assert len(tokens) == 2
    assert len(office.harness.events()) == before
    with office.harness.parts.database.read() as connection:
        kept = connection.execute(select(commands.c.key)).scalars().all()
    assert not [key for key in kept if "once" in key]


def test_a_locked_account_confirms_nothing(office: Office) -> None:
    director = office.acting_as("director")
    office.send(LockAccount, id=office.people["director"])
    with pytest.raises(Forbidden):
        confirm(office, director, "password of director")


def test_a_password_that_another_chose_confirms_nothing(office: Office) -> None:
    director = office.acting_as("director")
    office.send(ResetPassword, id=office.people["director"], password="เลือกให้โดยผู้ดูแล")
    with pytest.raises(OutOfOrder):
        confirm(office, director, "เลือกให้โดยผู้ดูแล")
    officer = office.people["officer"]
    office.send(OpenAccount, id=officer, username="officer", password="เลือกให้โดยผู้ดูแล")
    first = office.actor(office.log_in("officer", "เลือกให้โดยผู้ดูแล"))
    with pytest.raises(OutOfOrder):
        confirm(office, first, "เลือกให้โดยผู้ดูแล")


def test_one_without_an_account_has_nothing_to_confirm_by(office: Office) -> None:
    with pytest.raises(OutOfOrder):
        confirm(office, COMMAND_LINE, "password")
