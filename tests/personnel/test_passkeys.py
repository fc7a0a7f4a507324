"""Passkeys: added, used to confirm, removed; and what is not taken for one."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from infra.errors import Forbidden, Invalid, NotFound, OutOfOrder, Taken
from infra.identity import Actor
from infra.ids import new_id
from services.personnel import passkeys
from services.personnel.contract import (
    AddPasskey,
    BeginConfirmation,
    BeginPasskey,
    ConfirmByPasskey,
    ConfirmByPassword,
    ErasePerson,
    ListPasskeys,
    LockAccount,
    RemovePasskey,
    VacatePost,
)
from services.personnel.person import PasskeyAdded, PasskeyRemoved
from tests.personnel.authenticator import Authenticator, encode
from tests.personnel.office import Office, race

ORIGIN = "http://localhost:8000"
DOCUMENT = new_id()


def offer(office: Office, actor: Actor, name: str = "director") -> str:
    proof = office.send(
        ConfirmByPassword, by=actor, subject=actor.person, password=f"password of {name}"
    )
    begun = office.send(BeginPasskey, by=actor, confirmation=proof["confirmation"])
    return str(begun["options"])


def added(office: Office, actor: Actor, name: str = "director") -> Authenticator:
    device = Authenticator(ORIGIN)
    credential = device.make(offer(office, actor, name))
    office.send(AddPasskey, by=actor, name=f"เครื่องของ {name}", credential=credential)
    return device


def ask(office: Office, actor: Actor, subject: str = DOCUMENT) -> str:
    return str(office.send(BeginConfirmation, by=actor, subject=subject)["options"])


def confirm(office: Office, actor: Actor, credential: str, subject: str = DOCUMENT) -> str:
    body = {"subject": subject, "credential": credential}
    return str(office.send(ConfirmByPasskey, by=actor, **body)["confirmation"])


def listed(office: Office, actor: Actor) -> list[dict[str, Any]]:
    return list(office.ask(ListPasskeys, by=actor)["items"])


def test_a_passkey_confirms_one_thing(office: Office) -> None:
    director = office.acting_as("director")
    device = added(office, director)
    token = confirm(office, director, device.answer(ask(office, director)))
    verifier, now = office.harness.parts.verifier, office.harness.clock()
    found = verifier.confirmed(token, director, DOCUMENT, now)
    assert (found.person, found.subject, found.how) == (director.person, DOCUMENT, "passkey")
    with pytest.raises(Forbidden):
        verifier.confirmed(token, director, new_id(), now)
    (shown,) = listed(office, director)
    assert shown["name"] == "เครื่องของ director"
    assert shown["used_at"] is not None
    assert office.ask(ListPasskeys, by=director)["site"] == ORIGIN


def test_what_is_on_record_of_a_passkey_is_its_id(office: Office) -> None:
    director = office.acting_as("director")
    added(office, director)
    (shown,) = listed(office, director)
    office.send(RemovePasskey, by=director, id=shown["id"])
    recorded = office.harness.events(f"person-{director.person}")[-2:]
    assert [one.event for one in recorded] == [
        PasskeyAdded(passkey=shown["id"]),
        PasskeyRemoved(passkey=shown["id"]),
    ]
    assert listed(office, director) == []
    with pytest.raises(NotFound):
        office.send(RemovePasskey, by=director, id=shown["id"])


def test_an_answer_is_good_once_and_for_some_minutes(office: Office) -> None:
    director = office.acting_as("director")
    device = added(office, director)
    answer = device.answer(ask(office, director))
    confirm(office, director, answer)
    with pytest.raises(Invalid, match="ข้อมูลไม่ถูกต้อง") as used:
        confirm(office, director, answer)
    assert "ใช้ไปแล้ว" in used.value.fields["credential"][0]
    answer = device.answer(ask(office, director))
    office.harness.clock.advance(seconds=passkeys.CHALLENGE_LIFETIME.seconds)
    with pytest.raises(Invalid):
        confirm(office, director, answer)


def test_an_answer_that_was_wrong_used_the_challenge_up(office: Office) -> None:
    director = office.acting_as("director")
    device = added(office, director)
    asked = ask(office, director)
    with pytest.raises(Invalid):
        confirm(office, director, "{}")
    with pytest.raises(Invalid):
        confirm(office, director, device.answer(asked))


def test_an_answer_is_for_its_subject(office: Office) -> None:
    director, another = office.acting_as("director"), new_id()
    device = added(office, director)
    answer = device.answer(ask(office, director))
    ask(office, director, another)
    with pytest.raises(Invalid):
        confirm(office, director, answer, subject=another)
    assert confirm(office, director, answer)  # that of the first waited for it all the while


def test_answers_at_once_confirm_once(office: Office) -> None:
    director = office.acting_as("director")
    device = added(office, director)
    answer = device.answer(ask(office, director))
    outcomes = race(lambda _: confirm(office, director, answer), [str(n) for n in range(4)])
    assert Counter(outcomes) == {"has it": 1, "invalid": 3}


def test_a_device_that_is_somebody_else_s_confirms_nothing(office: Office) -> None:
    director, deputy = office.acting_as("director"), office.acting_as("deputy")
    added(office, director)
    theirs = added(office, deputy, "deputy")
    with pytest.raises(Invalid) as wrong:
        confirm(office, director, theirs.sign(json.loads(ask(office, director))))
    assert "ไม่ได้ลงทะเบียน" in wrong.value.fields["credential"][0]


@pytest.mark.parametrize("fault", ["site", "unverified", "forged", "copied"])
def test_what_a_good_device_does_not_do_is_refused(office: Office, fault: str) -> None:
    director = office.acting_as("director")
    device = added(office, director)
    confirm(office, director, device.answer(ask(office, director)))
    if fault == "site":
        device.origin = "https://elsewhere.example"
    elif fault == "unverified":
        device.verifies = False
    elif fault == "copied":
        device.count = 0
    answer = json.loads(device.answer(ask(office, director)))
    if fault == "forged":
        answer["response"]["signature"] = encode(b"0" * 70)
    with pytest.raises(Invalid):
        confirm(office, director, json.dumps(answer))
    assert len(listed(office, director)) == 1


def test_a_passkey_is_added_by_whom_just_confirmed(office: Office) -> None:
    director, deputy = office.acting_as("director"), office.acting_as("deputy")
    proof = {"password": "password of director"}
    for subject in (DOCUMENT, deputy.person):
        other = office.send(ConfirmByPassword, by=director, subject=subject, **proof)
        with pytest.raises(Forbidden):
            office.send(BeginPasskey, by=director, confirmation=other["confirmation"])
    own = office.send(ConfirmByPassword, by=director, subject=director.person, **proof)
    with pytest.raises(Forbidden):
        office.send(BeginPasskey, by=deputy, confirmation=own["confirmation"])
    with pytest.raises(Invalid):
        office.send(AddPasskey, by=director, name="เครื่อง", credential="{}")


def test_a_new_passkey_must_know_its_owner_and_be_of_this_site(office: Office) -> None:
    director = office.acting_as("director")
    for device in (Authenticator(ORIGIN, verifies=False), Authenticator("http://127.0.0.1:8000")):
        credential = device.make(offer(office, director))
        with pytest.raises(Invalid):
            office.send(AddPasskey, by=director, name="เครื่อง", credential=credential)
    assert listed(office, director) == []


def test_a_passkey_is_one_person_s(office: Office) -> None:
    director, deputy = office.acting_as("director"), office.acting_as("deputy")
    device = added(office, director)
    assert encode(device.id) in offer(office, director)  # the browser leaves it out
    with pytest.raises(Taken):
        office.send(
            AddPasskey,
            by=deputy,
            name="เครื่อง",
            credential=device.make(offer(office, deputy, "deputy")),
        )


def test_one_has_so_many_passkeys(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passkeys, "MOST", 2)
    director = office.acting_as("director")
    devices = [added(office, director) for _ in range(2)]
    with pytest.raises(OutOfOrder):
        offer(office, director)
    for device in devices:
        assert confirm(office, director, device.answer(ask(office, director)))


def test_without_a_passkey_one_is_told_where_to_add_it(office: Office) -> None:
    with pytest.raises(OutOfOrder, match="หน้าตั้งค่า"):
        ask(office, office.acting_as("director"))


def test_of_a_locked_account_no_passkey_confirms(office: Office) -> None:
    director = office.acting_as("director")
    device = added(office, director)
    office.send(LockAccount, id=director.person)
    with pytest.raises(Forbidden):
        confirm(office, director, device.answer(ask(office, director)))


def test_with_the_person_their_passkeys_are_erased(office: Office) -> None:
    officer = office.acting_as("officer")
    added(office, officer, "officer")
    ask(office, officer)
    post = office.posts["officer"]
    office.send(VacatePost, id=post, person=officer.person, last_day="2026-02-15")
    office.send(ErasePerson, id=officer.person)
    with office.harness.parts.database.read() as connection:
        assert connection.execute(select(passkeys.passkeys)).all() == []
        assert connection.execute(select(passkeys.challenges)).all() == []


def test_challenges_without_an_answer_are_forgotten(office: Office) -> None:
    director = office.acting_as("director")
    added(office, director)
    ask(office, director)
    office.harness.clock.advance(seconds=passkeys.CHALLENGE_LIFETIME.seconds)
    office.harness.run_timers("sweep")
    with office.harness.parts.database.read() as connection:
        assert connection.execute(select(passkeys.challenges)).all() == []


@pytest.mark.parametrize(
    ("public_url", "site"),
    [
        ("https://amnuay.example", ("amnuay.example", "https://amnuay.example")),
        ("https://amnuay.example:443/", ("amnuay.example", "https://amnuay.example")),
        ("https://Amnuay.example:8443", ("amnuay.example", "https://amnuay.example:8443")),
        ("http://127.0.0.1:8000", ("localhost", "http://localhost:8000")),
        ("http://localhost", ("localhost", "http://localhost")),
        ("http://amnuay.example", None),
        ("https://10.0.0.5", None),
        ("amnuay.example", None),
        ("https://amnuay.example:port", None),
    ],
)
def test_where_passkeys_are_used(public_url: str, site: tuple[str, str] | None) -> None:
    assert passkeys.site(public_url) == (site and passkeys.Site(*site))


_device = Authenticator(ORIGIN)
_OPTIONS = json.dumps(
    {
        "rp": {"id": "localhost"},
        "rpId": "localhost",
        "challenge": encode(b"c" * 32),
        "allowCredentials": [{"id": encode(_device.id)}],
    }
)
_made, _signed = json.loads(_device.make(_OPTIONS)), json.loads(_device.answer(_OPTIONS))
_odd = st.one_of(
    st.none(), st.integers(), st.text(max_size=40), st.binary(max_size=60).map(encode), st.just([])
)


@settings(max_examples=150)
@given(
    answer=st.sampled_from([_made, _signed]),
    odd=st.dictionaries(
        st.sampled_from(["id", "rawId", "type", "response", "authenticatorAttachment"]), _odd
    ),
    inside=st.dictionaries(
        st.sampled_from(
            ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "transports"]
        ),
        _odd,
        min_size=1,
    ),
)
def test_an_odd_answer_is_refused_and_no_more(
    answer: dict[str, Any], odd: dict[str, Any], inside: dict[str, Any]
) -> None:
    text = json.dumps(answer | {"response": answer["response"] | inside} | odd)
    site = passkeys.Site("localhost", ORIGIN)
    with pytest.raises(Invalid):
        passkeys.read_new(site, b"another challenge", text)
    with pytest.raises(Invalid):
        passkeys.read_new(site, b"c" * 32, "[" * 20_000 + text)
