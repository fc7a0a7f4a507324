"""Passkeys in the settings, and signing by one: in Chromium, which has a device in software."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import CDPSession, Page, expect
from werkzeug.serving import make_server

from services.correspondence.contract import Confirmed, DocumentSigned
from tests.api.office import PASSWORD, Office
from tests.chromium import listen
from tests.pages.browsing import Browser
from tests.pages.documents import to_sign
from tests.personnel.authenticator import Authenticator


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
    """The director's browser, on a computer that has a device for passkeys."""

    page: Page
    device: CDPSession
    authenticator: str
    complaints: list[str]

    def known(self, known: bool) -> None:
        """Whether the device recognises who is at it."""
        self.device.send(
            "WebAuthn.setUserVerified",
            {"authenticatorId": self.authenticator, "isUserVerified": known},
        )

    def to_sign(self, document: str) -> None:
        """Open a document at the form in which it is signed."""
        self.page.goto(f"/documents/{document}")
        signing = self.page.locator("form:has(input[name=confirmation])")
        if not signing.is_visible():
            self.page.locator("details:has(input[name=confirmation]) > summary").click()


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
    page, complaints = context.new_page(), list[str]()
    listen(page, complaints)
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    options |= {"hasUserVerification": True, "isUserVerified": True}
    options |= {"automaticPresenceSimulation": True}
    made = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield Desk(page, device, made["authenticatorId"], complaints)
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


def signatures(office: Office) -> list[str]:
    """How each document that was signed was confirmed."""
    recorded = office.client.harnesses["correspondence"].events()
    return [one.event.confirmed for one in recorded if isinstance(one.event, DocumentSigned)]


@pytest.mark.browser
def test_one_signs_by_the_passkey_that_one_added(desk: Desk, office: Office) -> None:
    page, document = desk.page, to_sign(office)
    desk.to_sign(document)
    expect(page.get_by_label("รหัสผ่านของคุณ")).to_be_visible()
    expect(page.get_by_role("button", name="ยืนยันด้วยพาสคีย์")).to_be_hidden()
    add(page)
    expect(page.get_by_text("เพิ่มพาสคีย์แล้ว")).to_be_visible()
    expect(page.get_by_role("cell", name="คอมพิวเตอร์ที่ทำงาน")).to_be_visible()
    desk.to_sign(document)
    page.get_by_role("button", name="ยืนยันด้วยพาสคีย์").click()
    expect(page.get_by_role("button", name="ยืนยันด้วยพาสคีย์")).to_have_count(0)
    assert signatures(office) == [Confirmed.PASSKEY]
    assert office.as_("director").get(f"/api/documents/{document}").json["number"] == 1


@pytest.mark.browser
def test_what_goes_wrong_is_said_and_the_password_remains(desk: Desk, office: Office) -> None:
    page, document = desk.page, to_sign(office)
    add(page, "ไม่ใช่รหัสผ่าน")
    said = page.locator("[data-passkey-said]")
    expect(said).to_have_text("รหัสผ่านไม่ถูกต้อง")
    assert "422" in desk.complaints.pop()
    add(page)
    expect(page.get_by_text("เพิ่มพาสคีย์แล้ว")).to_be_visible()
    add(page)
    expect(said).to_have_text("อุปกรณ์นี้มีพาสคีย์ของคุณอยู่แล้ว")
    desk.known(False)
    desk.to_sign(document)
    page.get_by_role("button", name="ยืนยันด้วยพาสคีย์").click()
    expect(said).to_have_text(re.compile("ยังไม่ได้ยืนยันด้วยพาสคีย์"))
    assert signatures(office) == []
    page.get_by_label("รหัสผ่านของคุณ").fill(f"{PASSWORD}director")
    page.locator("form:has(input[name=confirmation]) [data-submit]").click()
    expect(page.get_by_role("button", name="ยืนยันด้วยพาสคีย์")).to_have_count(0)
    assert signatures(office) == [Confirmed.PASSWORD]
