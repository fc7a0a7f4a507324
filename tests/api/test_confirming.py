"""Confirming and signing as programs do, over HTTP."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from infra.ids import new_id
from services.personnel import throttle
from tests.api.office import PASSWORD, Office
from tests.pages.documents import to_sign

ADDRESS = "/api/me/confirmations"


def confirm(api: FlaskClient, subject: str, who: str = "director", **more: Any) -> TestResponse:
    return api.post(ADDRESS, json={"subject": subject, "password": PASSWORD + who}, **more)


def test_a_program_signs_by_its_owners_password(office: Office) -> None:
    document, api = to_sign(office), office.as_("director")
    signature = f"/api/documents/{document}/signature"
    for refused in ({"confirmation": "none"}, confirm(api, new_id()).json):
        assert api.post(signature, json=refused).status_code == 403
    proof = confirm(api, document)
    assert proof.status_code == 201
    signed = api.post(signature, json=proof.json)
    assert signed.status_code == 200, signed.text
    assert signed.json["number"] == 1


def test_a_confirmation_is_somebodys_own(office: Office) -> None:
    document = to_sign(office)
    theirs = confirm(office.as_("deputy"), document, "deputy").json
    signature = f"/api/documents/{document}/signature"
    assert office.as_("director").post(signature, json=theirs).status_code == 403


def test_a_confirmation_sent_for_again_is_a_new_one(office: Office) -> None:
    api, key = office.as_("director"), {"Idempotency-Key": "once"}
    first = confirm(api, new_id(), headers=key)
    second = confirm(api, new_id(), headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json != second.json


def test_wrong_passwords_are_told_and_then_have_to_wait(office: Office) -> None:
    api = office.as_("director")
    for _ in range(throttle.EACH.tries):
        wrong = confirm(api, new_id(), "officer")
        assert wrong.status_code == 422
        assert wrong.json["fields"] == {"password": ["รหัสผ่านไม่ถูกต้อง"]}
    waiting = confirm(api, new_id())
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (429, "60")
    assert office.app.test_client().post(ADDRESS, json={}).status_code == 401
