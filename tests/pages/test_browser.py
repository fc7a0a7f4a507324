"""The pages in Chromium: by keyboard, live, for all eyes, on narrow screens."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.api.office import PASSWORD, Office
from tests.chromium import grave_faults
from tests.pages.browsing import Browser
from tests.pages.letters import received
from tests.pages.test_registers import posted, record
from tests.pages.test_rooms import ask_for

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture
def furnished(browse: Callable[[str], Browser], office: Office) -> None:
    """A room with a request, a set of standards with an indicator, and people told of both; a
    document with its number, numbers kept ahead, an open letter."""
    clerk, director = browse("clerk"), browse("director")
    clerk.send(clerk.open("/rooms/new").form("capacity"), name="ห้องผาสุก", capacity="20")
    ask_for(browse("officer"))
    director.send(director.open("/standards/adopt").form("rounds"))
    page = director.open("/standards")
    link = next(link for link in page.links if link.startswith("/indicators/new?standard="))
    director.send(director.open(link).form("standard", "code"), code="1.1", name="ทดสอบ")
    record(office, urgency="most_urgent")
    ahead = {"series": "send", "count": 2, "expires": "2026-02-16", "reason": "รอลงนาม"}
    posted(office, "/api/reservations", **ahead)
    received(office)
    office.settle()


PAGES = {
    "clerk": [
        "/rooms",
        "/rooms?view=day&day=18 ก.พ. 69",
        "/rooms/list",
        "/rooms/new",
        "/documents/register",
        "/documents/summary",
        "/documents/numbers",
        "/documents/numbers/audit",
        "/letters/survey",
        "/settings/documents",
    ],
    "officer": [
        "/bookings",
        "/bookings/new",
        "/standards",
        "/settings",
        "/settings/password",
        "/settings/passkeys",
    ],
    "centralhead": ["/notifications", "/bookings?scope=waiting", "/settings/notifications"],
    "admin": ["/people", "/posts", "/groups", "/schools", "/acting", "/import", "/settings/mail"],
}


@pytest.mark.usefixtures("furnished")
@pytest.mark.parametrize("who", PAGES)
def test_no_page_has_a_serious_fault_for_those_who_see_or_hear_otherwise(
    visit: Open, who: str
) -> None:
    page = visit(who, "/settings", bypass_csp=True, reduced_motion="reduce")
    for address in PAGES[who]:
        page.goto(address)
        page.evaluate(
            "for (const one of document.querySelectorAll('details.confirm')) one.open = true"
        )
        assert grave_faults(page) == [], address
        page.emulate_media(color_scheme="dark")
        assert grave_faults(page, "color-contrast") == [], address
        page.emulate_media(color_scheme="light")


@pytest.mark.usefixtures("furnished")
@pytest.mark.parametrize("who", PAGES)
def test_every_page_fits_a_telephone(visit: Open, who: str) -> None:
    page = visit(who, "/settings", viewport={"width": 360, "height": 780})
    for address in PAGES[who]:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address


@pytest.mark.usefixtures("furnished")
def test_a_list_is_worked_by_keyboard(visit: Open) -> None:
    page = visit("officer", "/bookings")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("j")
    expect(page.locator("tr.row-here")).to_contain_text("ห้องผาสุก")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("ประชุม")


@pytest.mark.usefixtures("furnished")
def test_a_form_is_filled_in_by_keyboard_and_says_what_it_understood(visit: Open) -> None:
    page = visit("officer", "/bookings/new")
    expect(page.locator("#room")).not_to_have_value("")  # the only one there is
    page.locator("#day").fill("20 กพ 69")
    understood = page.locator("#day ~ .understood")
    expect(understood).to_have_text("= วันศุกร์ที่ 20 กุมภาพันธ์ 2569")
    page.locator("#day").press("Enter")
    expect(page.locator("#from")).to_be_focused()
    for field, typed in (("from", "9"), ("until", "10"), ("purpose", "หารือ"), ("attendees", "4")):
        page.locator(f"#{field}").fill(typed)
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("หารือ")
    expect(page.locator(".said")).to_contain_text("ส่งคำขอใช้แล้ว")
    page.reload()
    expect(page.locator(".said")).to_have_count(0)


@pytest.mark.usefixtures("furnished")
def test_a_day_is_picked_from_a_calendar_of_the_buddhist_era(visit: Open) -> None:
    page = visit("officer", "/bookings/new")
    field = page.locator(".field-date", has=page.locator("#day"))
    page.locator("#day").fill("20 ม.ค. 69")
    field.get_by_role("button", name="เลือกจากปฏิทิน").click()
    expect(field.locator(".picker")).to_contain_text("มกราคม 2569")
    field.get_by_role("button", name="เดือนถัดไป").click()
    field.get_by_role("button", name="วันศุกร์ที่ 20 กุมภาพันธ์ 2569").click()
    expect(page.locator("#day")).to_have_value("20/02/2569")
    expect(page.locator("#day ~ .understood")).to_have_text("= วันศุกร์ที่ 20 กุมภาพันธ์ 2569")
    expect(field.locator(".picker")).to_be_empty()


@pytest.mark.usefixtures("furnished")
def test_the_calendar_draws_what_the_table_says_and_a_press_opens_it(visit: Open) -> None:
    page = visit("officer", "/rooms?day=18 ก.พ. 69")
    drawn = page.locator(".calendar .ec-event")
    expect(drawn).to_have_count(1)
    expect(drawn).to_contain_text("09:00–12:00")
    expect(drawn).to_contain_text("รออนุมัติ")
    drawn.click()
    expect(page.locator("h1")).to_have_text("ประชุม")


def test_the_bell_rings_on_an_open_page(
    visit: Open, browse: Callable[[str], Browser], office: Office
) -> None:
    clerk, head = browse("clerk"), office.known.people["centralhead"]
    clerk.send(clerk.open("/rooms/new").form("capacity"), name="ห้องผาสุก", capacity="20")
    page = visit("centralhead", "/settings")
    with page.expect_response("**/live?*"):
        page.reload()
    count = page.locator(".bell .count")
    expect(count).to_be_empty()
    ask_for(browse("officer"))
    office.settle()
    office.parts.live.tell(f"bell:{head}")  # as the broker's broadcast would
    expect(count).to_have_text("1")


def test_a_file_is_taken_in_when_it_is_chosen(visit: Open) -> None:
    page = visit("admin", "/import?kind=schools")
    content = "รหัส,ชื่อ\n99990010,โรงเรียนหนึ่ง\n".encode()
    file = {"name": "schools.csv", "mimeType": "text/csv", "buffer": content}
    page.locator("input[type=file]").set_input_files([file])  # type: ignore[list-item]
    expect(page.locator("input[name=upload]")).to_have_count(1)
    page.get_by_role("button", name="ตรวจไฟล์").click()
    expect(page.locator(".import-report")).to_contain_text("ไฟล์ถูกต้องทั้ง 1 แถว")
    page.get_by_role("button", name="นำเข้า 1 แถว").click()
    expect(page.locator(".said")).to_contain_text("นำเข้าแล้ว เพิ่ม 1")


def test_without_script_everything_can_be_read(visit: Open, office: Office) -> None:
    page = visit("officer", "/settings", java_script_enabled=False)
    for address in ("/rooms", "/standards", "/notifications", "/bookings"):
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
    expect(page.locator("nav.rail")).to_contain_text("จองทรัพยากร")


@pytest.mark.usefixtures("furnished")
def test_what_was_typed_outlives_the_session(visit: Open) -> None:
    page = visit("officer", "/bookings/new")
    page.locator("#purpose").fill("หารือเรื่องงบประมาณ")
    page.locator("#day").fill("20 กพ 69")
    page.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    page.locator("#username").fill("officer")
    page.locator("#password").fill(PASSWORD + "officer")
    page.get_by_role("button", name="เข้าสู่ระบบ").click()
    expect(page).to_have_url(re.compile("/bookings/new$"))
    expect(page.locator("#purpose")).to_have_value("หารือเรื่องงบประมาณ")
    expect(page.locator("#day ~ .understood")).to_have_text("= วันศุกร์ที่ 20 กุมภาพันธ์ 2569")
    page.reload()
    expect(page.locator("#purpose")).to_have_value("")
