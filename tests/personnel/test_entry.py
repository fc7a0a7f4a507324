"""Log-in, sessions and passwords."""

import json
from collections import Counter
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select

from infra.clock import BANGKOK
from infra.errors import Forbidden, Invalid, OutOfOrder, Taken, Throttled, Unauthenticated
from infra.errors import WrongPassword as Wrong
from infra.identity import Signer, new_keys
from services.personnel import accounts, passwords, sessions, throttle
from services.personnel.contract import (
    Authenticate,
    ChangePassword,
    GetPerson,
    LockAccount,
    LogOut,
    Me,
    OpenAccount,
    ResetPassword,
    UnlockAccount,
)
from tests.harness import PRIVATE_KEY
from tests.personnel.office import Office, race


def is_open(office: Office, session: dict[str, str]) -> bool:
    try:
        office.actor(session)
    except Unauthenticated:
        return False
    return True


def test_the_right_password_opens_a_session(office: Office) -> None:
    office.account("officer")
    session = office.log_in("officer")
    actor = office.actor(session)
    assert (actor.person, actor.organisation) == (office.people["officer"], office.id)
    assert [seat.title for seat in actor.seats] == ["นักวิเคราะห์นโยบายและแผน"]
    me = office.ask(Me, by=actor)
    assert (me["username"], me["name"]) == ("officer", "นายofficer ใจดี")
    assert is_open(office, office.log_in("  OFFICER ", "password of officer"))


def test_a_wrong_password_or_name_says_the_same(office: Office) -> None:
    office.account("officer")
    with pytest.raises(Wrong) as wrong:
        office.log_in("officer", "Password of officer")
    with pytest.raises(Wrong) as unknown:
        office.log_in("nobody", "Password of officer")
    assert wrong.value.to_dict() == unknown.value.to_dict()


def test_a_password_is_the_same_however_it_is_typed(office: Office) -> None:
    office.send(OpenAccount, id=office.people["officer"], username="ก", password="น้ำใสไหลเย็น")
    assert is_open(office, office.log_in("ก", "น้ําใสไหลเย็น"))


def test_wrong_tries_are_counted_and_then_have_to_wait(office: Office) -> None:
    office.account("officer")
    for _ in range(throttle.EACH.tries):
        with pytest.raises(Wrong):
            office.log_in("officer", "wrong")
    with pytest.raises(Throttled) as throttled:
        office.log_in("Officer", "password of officer")
    assert throttled.value.retry_after == 60
    office.account("deputy")
    assert is_open(office, office.log_in("deputy"))
    office.harness.clock.advance(seconds=59)
    with pytest.raises(Throttled) as throttled:
        office.log_in("officer")
    assert throttled.value.retry_after == 1
    office.harness.clock.advance(seconds=1)
    assert is_open(office, office.log_in("officer"))
    for _ in range(throttle.EACH.tries):
        with pytest.raises(Wrong):
            office.log_in("officer", "wrong")


def test_right_tries_are_not_counted(office: Office) -> None:
    office.account("officer")
    for _ in range(3 * throttle.EACH.tries):
        office.log_in("officer")


def test_tries_at_once_do_not_escape_the_count(office: Office) -> None:
    office.account("officer")
    guesses = [f"guess {number}" for number in range(8)]
    outcomes = race(lambda guess: office.log_in("officer", guess), guesses)
    assert Counter(outcomes) == {"wrong-password": throttle.EACH.tries, "throttled": 3}


def test_all_names_together_have_an_allowance(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "ALL", throttle.Allowance(3, timedelta(seconds=10)))
    for name in ("a", "b", "c"):
        with pytest.raises(Wrong):
            office.log_in(name, "wrong")
    with pytest.raises(Throttled) as throttled:
        office.log_in("d", "wrong")
    assert throttled.value.retry_after == 10
    office.harness.clock.advance(hours=1)
    office.harness.run_timers("sweep")
    with office.harness.parts.database.read() as connection:
        assert connection.execute(select(throttle.tries)).all() == []


def test_a_locked_account_lets_nobody_in(office: Office) -> None:
    office.account("officer")
    session, officer = office.log_in("officer"), office.people["officer"]
    office.send(LockAccount, id=officer)
    assert not is_open(office, session)
    with pytest.raises(Forbidden):
        office.log_in("officer")
    with pytest.raises(Wrong):
        office.log_in("officer", "wrong")
    with pytest.raises(OutOfOrder):
        office.send(LockAccount, id=officer)
    office.send(UnlockAccount, id=officer)
    assert not is_open(office, session)
    assert is_open(office, office.log_in("officer"))


def test_a_session_lasts_twelve_hours(office: Office) -> None:
    office.account("officer")
    session = office.log_in("officer")
    office.harness.clock.advance(hours=11, minutes=59, seconds=59)
    assert is_open(office, session)
    office.harness.clock.advance(seconds=1)
    assert not is_open(office, session)
    office.harness.run_timers("sweep")
    with office.harness.parts.database.read() as connection:
        assert connection.execute(select(sessions.sessions)).all() == []


def test_a_token_ends_with_its_session(office: Office) -> None:
    office.account("officer")
    secret = office.log_in("officer")["token"]
    office.harness.clock.advance(hours=11, minutes=55)
    token = office.ask(Authenticate, session=secret)["token"]
    verifier, clock = office.harness.parts.verifier, office.harness.clock
    clock.advance(minutes=4)
    assert verifier.verify(token, clock()).person == office.people["officer"]
    clock.advance(minutes=2)
    with pytest.raises(Unauthenticated):
        verifier.verify(token, clock())


def test_a_token_ends_with_the_day_whose_posts_it_names(office: Office) -> None:
    office.account("officer")
    clock, verifier = office.harness.clock, office.harness.parts.verifier
    clock.set(datetime(2026, 2, 16, 23, 59, 59, 500_000, BANGKOK))
    secret = office.log_in("officer")["token"]
    token = office.ask(Authenticate, session=secret)["token"]
    assert verifier.verify(token, clock()).person == office.people["officer"]
    clock.advance(seconds=0.5)
    with pytest.raises(Unauthenticated):
        verifier.verify(token, clock())
    assert is_open(office, {"token": secret})


def test_who_logs_in_while_being_locked_out_is_out_afterwards(office: Office) -> None:
    office.account("officer")
    opened: list[dict[str, Any]] = []

    def step(name: str) -> None:
        if name == "lock":
            office.send(LockAccount, id=office.people["officer"])
        else:
            opened.append(office.log_in("officer"))

    assert race(step, ["log in", "lock", "log in", "log in"])[1] == "has it"
    assert not any(is_open(office, session) for session in opened)


def test_logging_out_ends_that_session_alone(office: Office) -> None:
    office.account("officer")
    office.account("deputy")
    first, second, others = (
        office.log_in("officer"),
        office.log_in("officer"),
        office.log_in("deputy"),
    )
    actor = office.actor(first)
    office.send(LogOut, by=actor, session=others["token"])
    assert is_open(office, others)
    office.send(LogOut, by=actor, session=first["token"])
    office.send(LogOut, by=actor, session=first["token"])
    assert not is_open(office, first)
    assert is_open(office, second)


def test_made_up_sessions_and_forged_tokens_are_refused(office: Office) -> None:
    actor = office.acting_as("officer")
    with pytest.raises(Unauthenticated):
        office.actor("a secret that somebody made up")
    stored = office.harness.parts.database
    with stored.read() as connection:
        digest = connection.execute(select(sessions.sessions.c.digest)).scalar_one()
    with pytest.raises(Unauthenticated):
        office.actor(digest)
    forged = Signer(new_keys()[0]).sign(actor, office.harness.clock())
    good = Signer(PRIVATE_KEY).sign(actor, office.harness.clock())
    for token, refused in ((forged, True), (good, False), (None, True)):
        instance = office.harness.parts.instance({"auth_token": token})
        assert ("problem" in instance.me({})) is refused


def test_a_reset_ends_all_sessions_and_asks_for_a_change(office: Office) -> None:
    office.account("officer")
    session, officer = office.log_in("officer"), office.people["officer"]
    for _ in range(throttle.EACH.tries):
        with pytest.raises(Wrong):
            office.log_in("officer", "forgotten")
    office.send(ResetPassword, id=officer, password="a new password")
    assert not is_open(office, session)
    with pytest.raises(Wrong):
        office.log_in("officer")
    session = office.log_in("officer", "a new password")
    assert session["must_change_password"]
    actor = office.actor(session)
    assert office.ask(Me, by=actor)["must_change_password"]
    changing = {"session": session["token"], "current": "a new password"}
    office.send(ChangePassword, by=actor, **changing, new="one of my own")
    assert not office.ask(Me, by=actor)["must_change_password"]


def test_changing_the_password_keeps_the_session_in_which_it_was_done(office: Office) -> None:
    office.account("officer")
    here, elsewhere = office.log_in("officer"), office.log_in("officer")
    actor = office.actor(here)
    wish = {"session": here["token"], "current": "password of officer", "new": "one of my own"}
    with pytest.raises(Invalid) as error:
        office.send(ChangePassword, by=actor, **wish | {"current": "wrong"})
    assert set(error.value.fields) == {"current"}
    for new in ("short", "password of officer"):
        with pytest.raises(Invalid) as error:
            office.send(ChangePassword, by=actor, **wish | {"new": new})
        assert set(error.value.fields) == {"new"}
    once, again = (
        office.harness.send(actor, ChangePassword, idempotency_key="k", **wish) for _ in range(2)
    )
    assert once == again == {}
    assert is_open(office, here)
    assert not is_open(office, elsewhere)
    assert is_open(office, office.log_in("officer", "one of my own"))


def test_guessing_the_current_password_is_counted_too(office: Office) -> None:
    office.account("officer")
    session = office.log_in("officer")
    actor = office.actor(session)
    wish = {"session": session["token"], "new": "one of my own", "current": "wrong"}
    for _ in range(throttle.EACH.tries):
        with pytest.raises(Invalid):
            office.send(ChangePassword, by=actor, **wish)
    with pytest.raises(Throttled):
        office.send(ChangePassword, by=actor, **wish)


def test_a_user_name_is_one_persons_however_it_is_written(office: Office) -> None:
    office.account("officer")
    deputy = {"id": office.people["deputy"], "password": "long enough"}
    with pytest.raises(Taken):
        office.send(OpenAccount, **deputy, username="Officer")
    with pytest.raises(Invalid):
        office.send(OpenAccount, **deputy | {"password": "short"}, username="deputy")
    with pytest.raises(OutOfOrder):
        office.send(
            OpenAccount, id=office.people["officer"], username="other", password="long enough"
        )
    office.send(OpenAccount, **deputy, username="deputy")


def test_of_several_who_race_for_a_user_name_one_gets_it(office: Office) -> None:
    wish = {"username": "same", "password": "long enough"}
    outcomes = race(
        lambda name: office.send(OpenAccount, id=office.people[name], **wish),
        ["deputy", "officer", "admin"],
    )
    assert sorted(outcomes) == ["has it", "taken", "taken"]


def test_neither_log_nor_answers_hold_a_password(office: Office) -> None:
    actor = office.acting_as("officer")
    session = office.log_in("officer")["token"]
    wish = {"current": "password of officer", "new": "one of my own"}
    office.harness.send(actor, ChangePassword, idempotency_key="k", session=session, **wish)
    kept = str([recorded.data for recorded in office.harness.events()])
    with office.harness.parts.database.read() as connection:
        for table in ("commands", "accounts", "sessions"):
            kept += str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())
    body = {"session": session, **wish}
    request = "change_password" + json.dumps(body, sort_keys=True, separators=(",", ":"))
    assert sha256(request.encode()).hexdigest() not in kept
    assert "password of" not in kept
    assert "one of my own" not in kept
    assert session not in kept
    assert office.ask(GetPerson, by=actor, id=actor.person)["account"]["username"] == "officer"


def test_a_password_kept_by_older_parameters_is_kept_anew(office: Office) -> None:
    from argon2 import PasswordHasher

    office.account("officer")
    officer, database = office.people["officer"], office.harness.parts.database
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("password of officer")
    with database.begin() as connection:
        accounts.change(connection, officer, password=old)
    office.log_in("officer")
    with database.read() as connection:
        account = accounts.of(connection, officer)
    assert account is not None
    assert not passwords.is_dated(account.password)
    assert is_open(office, office.log_in("officer"))
