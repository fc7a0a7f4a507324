"""The editor in Chromium: what is typed outlives a lost line, the page beside it keeps its place."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.api.office import Office
from tests.pages.documents import CONTENT, read, written
from tests.pages.letters import pdf

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
SAVED = re.compile("บันทึกแล้ว")


def test_what_was_typed_outlives_a_lost_line_and_is_saved_when_it_is_back(
    visit: Open, office: Office
) -> None:
    document = written(office)
    page = visit("officer", f"/documents/{document}/edit")
    page.on("dialog", lambda dialog: dialog.accept())

    def lost(route: Route) -> None:
        if route.request.method == "POST":
            route.abort()
        else:
            route.continue_()

    page.route("**/edit", lost)
    page.locator("#c-subject").fill("พิมพ์ระหว่างที่สายขาด")
    expect(page.locator("#saved")).to_contain_text("ข้อความยังอยู่ในเครื่องนี้")
    page.unroute("**/edit")
    page.reload()
    expect(page.locator("#c-subject")).to_have_value("พิมพ์ระหว่างที่สายขาด")
    expect(page.locator("#saved")).to_have_text(SAVED)
    assert read(office, "officer", document)["content"]["subject"] == "พิมพ์ระหว่างที่สายขาด"


def test_the_page_beside_the_form_keeps_its_place(visit: Open, office: Office) -> None:
    long = "\n\n".join(CONTENT["body"] for _ in range(25))
    document = written(office, content=CONTENT | {"body": long})
    page = visit("officer", f"/documents/{document}/edit")
    pages = page.locator("#paper-pages")
    expect(pages.locator("img").nth(1)).to_be_attached()
    page.locator("#c-phone").fill("1")
    expect(pages).to_have_attribute("data-drawn", "1")
    pages.evaluate("one => (one.scrollTop = 700)")
    page.locator("#c-phone").fill("12")
    expect(pages).to_have_attribute("data-drawn", "2")
    assert pages.evaluate("one => one.scrollTop") == 700
    expect(page.locator("#page-count")).to_have_text(re.compile(r"^[2-9] หน้า"))
    expect(page.locator("#saved")).to_have_text(SAVED)


def test_files_are_enclosed_as_soon_as_they_are_chosen(visit: Open, office: Office) -> None:
    document = written(office)
    page = visit("officer", f"/documents/{document}/edit")
    file: FilePayload = {"name": "กำหนดการ.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    page.locator("#uploads").set_input_files([file, {**file, "name": "แผนที่.pdf"}])
    enclosed = page.locator("#enclosures li")
    expect(enclosed).to_have_count(2)
    expect(page.locator(".upload-list li")).to_have_count(0)
    enclosed.first.get_by_role("button").click()
    expect(enclosed).to_have_count(1)
    expect(page.locator("#saved")).to_have_text(SAVED)
    assert len(read(office, "officer", document)["enclosures"]) == 1


def test_on_a_telephone_the_form_or_the_page_is_shown(visit: Open, office: Office) -> None:
    narrow = {"width": 360, "height": 780}
    page = visit("officer", f"/documents/{written(office)}/edit", viewport=narrow)
    expect(page.locator("#paper-pages")).to_be_hidden()
    page.get_by_role("button", name="หน้าที่จะพิมพ์").click()
    expect(page.locator(".paper-page").first).to_be_visible()
    expect(page.locator("#c-subject")).to_be_hidden()
    page.get_by_role("button", name="แบบฟอร์ม").click()
    expect(page.locator("#c-subject")).to_be_visible()
