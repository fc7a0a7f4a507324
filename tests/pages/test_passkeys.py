"""Passkeys in the settings, and confirming with one: in Chromium, which has a device in software."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs

import pytest
from flask import render_template_string
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import CDPSession, Page, Route, expect
from werkzeug.serving import make_server

from gateway.pages.forms import Form
from infra.ids import new_id
from services.personnel.contract import Authenticate
from tests.api.office import PASSWORD, Office
from tests.chromium import listen
from tests.pages.browsing import Browser
from tests.personnel.authenticator import Authenticator

SUBJECT = new_id()
SIGNING = """{% extends "base.html" %}
{% import "macros/confirming.html" as confirming with context %}
{% block scripts %}{{ script("passkey.js") }}{% endblock %}
{% block main %}{% call forms.form(form, action="/signed") %}{{ confirming.fields(form, subject) }}
{{ forms.submit("ลงนาม") }}{% endcall %}{% endblock %}"""


def test_a_passkey_is_added_and_removed(browse: Callable[[str], Browser], office: Office) -> None:
    director, api = browse("director"), office.as_("director")
    reached_at(office, "http://localhost")
    page = director.open("/settings/passkeys")
    assert "ยังไม่มีพาสคีย์" in page.text
    person = office.known.people["director"]
    proof = api.post(
        "/api/me/confirmations", json={"subject": person, "password": f"{PASSWORD}director"}
    )
    offered = api.post("/api/me/passkeys/offers", json=proof.json)
    credential = Authenticator("http://localhost").make(offered.json["options"])
    form = page.form("name", "credential")
    page = director.send(form, name="", credential=credential)
    assert "ต้องกรอกช่องนี้" in page.text
    page = director.send(page.form("name", "credential"), name="โทรศัพท์", credential="{}")
    assert page.status == 422
    assert "พาสคีย์ยืนยันไม่สำเร็จ" in page.text
    offered = api.post("/api/me/passkeys/offers", json=proof.json)
    credential = Authenticator("http://localhost").make(offered.json["options"])
    page = director.send(page.form("name", "credential"), name="โทรศัพท์", credential=credential)
    assert "เพิ่มพาสคีย์แล้ว" in page.text
    assert "โทรศัพท์" in page.text
    assert "ยังไม่เคยใช้" in page.text
    page = director.send(page.form_named("remove"))
    assert "นำพาสคีย์ออกแล้ว" in page.text
    assert "ยังไม่มีพาสคีย์" in page.text


def test_elsewhere_the_page_leads_to_where_passkeys_work(
    browse: Callable[[str], Browser],
) -> None:
    page = browse("director").open("/settings/passkeys")
    assert "http://localhost:8000/settings/passkeys" in page.links
    assert not any("credential" in form.fields for form in page.forms)


def reached_at(office: Office, public_url: str) -> None:
    parts = office.client.harnesses["personnel"].parts
    parts.settings = replace(parts.settings, public_url=public_url)


@dataclass
class Desk:
    """A director's browser at a page on which they sign; `signed` are the forms that were sent."""

    page: Page
    device: CDPSession
    authenticator: str
    signed: list[dict[str, list[str]]]
    complaints: list[str]

    def sign(self) -> None:
        self.page.goto("/signing")

    def known(self, known: bool) -> None:
        """Whether the device recognises who is at it."""
        self.device.send(
            "WebAuthn.setUserVerified",
            {"authenticatorId": self.authenticator, "isUserVerified": known},
        )


@pytest.fixture
def desk(chromium: Chromium, office: Office) -> Iterator[Desk]:
    server = make_server("127.0.0.1", 0, office.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    base = f"http://localhost:{server.port}"
    reached_at(office, base)
    context = chromium.new_context(base_url=base)
    context.set_default_timeout(10_000)
    context.add_cookies(
        [{"name": "amnuay_session", "value": office.token("director"), "url": base}]
    )
    page, complaints, signed = context.new_page(), list[str](), list[dict[str, list[str]]]()
    listen(page, complaints)

    def signing(route: Route) -> None:
        cookie = {"Cookie": f"amnuay_session={office.token('director')}"}
        with office.app.test_request_context("/signing", base_url=base, headers=cookie):
            office.app.preprocess_request()
            body = render_template_string(SIGNING, form=Form(), subject=SUBJECT)
        route.fulfill(body=body, content_type="text/html; charset=utf-8")

    def took(route: Route) -> None:
        signed.append(parse_qs(route.request.post_data or ""))
        route.fulfill(body="<title>ลงนามแล้ว</title>", content_type="text/html; charset=utf-8")

    page.route("**/signing", signing)
    page.route("**/signed", took)
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    options |= {"hasUserVerification": True, "isUserVerified": True}
    options |= {"automaticPresenceSimulation": True}
    made = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield Desk(page, device, made["authenticatorId"], signed, complaints)
    context.close()
    office.parts.live.stop()
    server.shutdown()
    thread.join()
    server.server_close()
    assert complaints == []


def add(page: Page, password: str = f"{PASSWORD}director") -> None:
    page.goto("/settings/passkeys")
    page.get_by_label("เรียกว่า").fill("คอมพิวเตอร์ที่ทำงาน")
    page.get_by_label("รหัสผ่านของคุณ").fill(password)
    page.get_by_role("button", name="เพิ่มพาสคีย์").click()


@pytest.mark.browser
def test_one_signs_by_the_passkey_that_one_added(desk: Desk, office: Office) -> None:
    page = desk.page
    desk.sign()
    expect(page.get_by_label("รหัสผ่านของคุณ")).to_be_visible()
    expect(page.get_by_role("button", name="ยืนยันด้วยพาสคีย์")).to_be_hidden()
    add(page)
    expect(page.get_by_text("เพิ่มพาสคีย์แล้ว")).to_be_visible()
    expect(page.get_by_role("cell", name="คอมพิวเตอร์ที่ทำงาน")).to_be_visible()
    desk.sign()
    page.get_by_role("button", name="ยืนยันด้วยพาสคีย์").click()
    page.wait_for_url("**/signed")
    (sent,) = desk.signed
    verifier = office.client.harnesses["correspondence"].parts.verifier
    director = office.client.harnesses["personnel"].parts.verifier.verify(
        _token(office), office.clock()
    )
    found = verifier.confirmed(sent["confirmation"][0], director, SUBJECT, office.clock())
    assert found.how == "passkey"


@pytest.mark.browser
def test_what_goes_wrong_is_said_and_the_password_remains(desk: Desk) -> None:
    page = desk.page
    add(page, "ไม่ใช่รหัสผ่าน")
    refused = page.locator("[data-passkey-said]")
    expect(refused).to_have_text("รหัสผ่านไม่ถูกต้อง")
    assert "422" in desk.complaints.pop()
    add(page)
    expect(page.get_by_text("เพิ่มพาสคีย์แล้ว")).to_be_visible()
    add(page)
    expect(refused).to_have_text("อุปกรณ์นี้มีพาสคีย์ของคุณอยู่แล้ว")
    desk.known(False)
    desk.sign()
    page.get_by_role("button", name="ยืนยันด้วยพาสคีย์").click()
    expect(refused).to_have_text(re.compile("ยังไม่ได้ยืนยันด้วยพาสคีย์"))
    assert desk.signed == []
    page.get_by_label("รหัสผ่านของคุณ").fill("พิมพ์เอง")
    page.get_by_role("button", name="ลงนาม", exact=True).click()
    page.wait_for_url("**/signed")
    assert desk.signed[0]["password"] == ["พิมพ์เอง"]


def _token(office: Office) -> str:
    asked: dict[str, Any] = {"session": office.token("director"), "post": None}
    return str(office.client.call(Authenticate, asked)["token"])
