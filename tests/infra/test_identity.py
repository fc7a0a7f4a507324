"""Tokens that say who acts: signed by one, verified by all, forged by none."""

import base64
from datetime import UTC, datetime, timedelta

import jwt
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import identity
from infra.errors import Forbidden, Unauthenticated
from infra.identity import Actor, Capacity, Role, Seat, Signer, Verifier, new_keys, service_token

PRIVATE, PUBLIC = new_keys()
SERVICE_KEY = "a key that the services share, long enough"
NOW = datetime(2026, 2, 16, 3, 0, tzinfo=UTC)
DIRECTOR = Seat(post="p1", organisation="office", group=None, role=Role.DIRECTOR, title="ผอ.")
ACTING = Seat(
    post="p1",
    organisation="office",
    group="g",
    role=Role.DEPUTY,
    title="รองผู้อำนวยการ",
    capacity=Capacity.ACTING,
    own_title="ผู้อำนวยการกลุ่ม",
)
ACTOR = Actor(person="somebody", organisation="office", seats=(DIRECTOR, ACTING))


@pytest.fixture
def verifier() -> Verifier:
    return Verifier(PUBLIC, SERVICE_KEY)


def claims(actor: Actor, **more: object) -> dict[str, object]:
    expires = int((NOW + timedelta(minutes=5)).timestamp())
    return {"exp": expires, "actor": msgspec.to_builtins(actor)} | more


def test_what_was_signed_comes_back_whole(verifier: Verifier) -> None:
    assert verifier.verify(Signer(PRIVATE).sign(ACTOR, NOW), NOW) == ACTOR


def test_a_token_runs_out(verifier: Verifier) -> None:
    token = Signer(PRIVATE).sign(ACTOR, NOW)
    last = NOW + identity.TOKEN_LIFETIME - timedelta(seconds=1)
    assert verifier.verify(token, last) == ACTOR
    with pytest.raises(Unauthenticated, match="หมดเวลา"):
        verifier.verify(token, last + timedelta(seconds=1))


def test_a_service_speaks_for_itself(verifier: Verifier) -> None:
    actor = verifier.verify(service_token("notify", SERVICE_KEY, NOW), NOW)
    assert (actor.person, actor.is_service) == ("service:notify", True)
    with pytest.raises(Unauthenticated):
        verifier.verify(service_token("notify", SERVICE_KEY, NOW), NOW + timedelta(hours=1))


def raw_public_key() -> str:
    return base64.b64decode(PUBLIC).hex() * 2


FORGED = {
    "missing": None,
    "empty": "",
    "no token": "a.b.c",
    "not text": 7,
    "another signer's": Signer(new_keys()[0]).sign(ACTOR, NOW),
    "another key's": service_token("notify", "another key that is long enough, too", NOW),
    "unsigned": jwt.encode(claims(ACTOR), None, algorithm="none"),
    "a person by the services' key": jwt.encode(claims(ACTOR), SERVICE_KEY, algorithm="HS256"),
    "a service by the people's key": Signer(PRIVATE).sign(
        Actor(person="service:notify", organisation=""), NOW
    ),
    "signed with the public key": jwt.encode(
        claims(Actor(person="service:notify", organisation="")), raw_public_key(), algorithm="HS256"
    ),
    "without an end": jwt.encode(
        {"actor": msgspec.to_builtins(Actor(person="service:x", organisation=""))},
        SERVICE_KEY,
        algorithm="HS256",
    ),
    "of odd claims": jwt.encode(
        {"exp": 9e9, "actor": {"person": 1}}, SERVICE_KEY, algorithm="HS256"
    ),
    "of an odd end": jwt.encode(
        {"exp": "never", "actor": {"person": "service:x", "organisation": ""}},
        SERVICE_KEY,
        algorithm="HS256",
    ),
}


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_token_is_refused(verifier: Verifier, what: str) -> None:
    with pytest.raises(Unauthenticated):
        verifier.verify(FORGED[what], NOW)  # type: ignore[arg-type]


@given(st.data())
def test_a_token_changed_in_any_one_character_is_refused(data: st.DataObject) -> None:
    token = Signer(PRIVATE).sign(ACTOR, NOW)
    # The last character of each part carries bits that base64 leaves unused.
    ends = {index - 1 for index, letter in enumerate(f"{token}.") if letter == "."}
    places = [n for n, letter in enumerate(token) if letter != "." and n not in ends]
    place = data.draw(st.sampled_from(places))
    letter = data.draw(st.sampled_from("ABCxyz019-_").filter(lambda one: one != token[place]))
    with pytest.raises(Unauthenticated):
        Verifier(PUBLIC, SERVICE_KEY).verify(token[:place] + letter + token[place + 1 :], NOW)


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_nobody_is_believed_by_a_key_that_can_be_guessed() -> None:
    key = "a short one"
    token = jwt.encode(claims(Actor(person="service:x", organisation="")), key, algorithm="HS256")
    with pytest.raises(Unauthenticated):
        Verifier(PUBLIC, key).verify(token, NOW)
    with pytest.raises(Unauthenticated):  # as where the setting was forgotten
        Verifier(PUBLIC, "").verify(token, NOW)
    assert Verifier(PUBLIC, "").verify(Signer(PRIVATE).sign(ACTOR, NOW), NOW) == ACTOR


def test_rights_come_from_seats() -> None:
    assert ACTOR.seat(Role.DIRECTOR) == DIRECTOR
    assert ACTOR.seat(Role.CENTRAL_CLERK, Role.DEPUTY, organisation="office") == ACTING
    assert ACTOR.has(Role.DEPUTY, group="g")
    assert not ACTOR.has(Role.DIRECTOR, organisation="another")
    with pytest.raises(Forbidden):
        ACTOR.seat(Role.AUDITOR)


def test_who_acts_for_another_signs_with_both_titles() -> None:
    assert DIRECTOR.signature() == ["ผอ."]
    assert ACTING.signature() == ["ผู้อำนวยการกลุ่ม", "รักษาราชการแทน รองผู้อำนวยการ"]
