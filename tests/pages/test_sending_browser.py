"""Pages of sending in Chromium: for all eyes, on narrow screens, by keyboard, with many recipients, live."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.api.office import NOW, Office
from tests.chromium import grave_faults
from tests.pages.circulars import (
    SUBJECT,
    deliveries,
    mailed,
    numbered,
    on_system,
    outside,
    schools,
    sent,
    settled,
    waiting,
)
from tests.pages.letters import later, post

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
MANY = 300


@pytest.fixture
def addresses(office: Office) -> dict[str, list[str]]:
    """Pages of sending with something on each, by who sees them."""
    [north] = schools(office, "โรงเรียนบ้านเหนือ")
    to = [
        on_system(office.known.organisations["school"]),
        on_system(north, "โรงเรียนบ้านเหนือ"),
        outside("messenger"),
        outside("email", "โรงพยาบาลตัวอย่าง", "saraban@health.example"),
    ]
    document = sent(office, *to, urgency="most_urgent")
    unsent = numbered(office, subject="ยังไม่ส่ง")
    kept = post(office, "clerk", "/api/recipient-lists", name="ทั้งหมด", members=to)["id"]
    later(office, 7, "clerk", "school")
    mailed(office, NOW + timedelta(days=7, hours=-1), spam=True)
    [mail], [arrival] = waiting(office, "clerk"), waiting(office)
    one = deliveries(office, document)[0]["id"]
    return {
        "clerk": [
            "/letters/tray",
            f"/letters/tray/{mail['id']}",
            "/letters/tray?state=registered",
            f"/documents/{document}/recipients",
            f"/documents/{document}/recipients?view=grid",
            f"/documents/{document}/recipients?delivery={one}",
            f"/documents/{unsent}/sending",
            f"/documents/{document}",
            "/documents/messenger",
            "/documents/unreceived",
            "/settings/recipients",
            f"/settings/recipients/{kept}",
            "/settings/mailbox",
        ],
        "school": ["/letters/tray", f"/letters/tray/{arrival['id']}"],
    }


@pytest.mark.parametrize("who", ["clerk", "school"])
def test_no_page_has_a_serious_fault_for_those_who_see_or_hear_otherwise(
    visit: Open, addresses: dict[str, list[str]], who: str
) -> None:
    page = visit(who, "/settings", bypass_csp=True, reduced_motion="reduce")
    for address in addresses[who]:
        page.goto(address)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert grave_faults(page) == [], address
        page.emulate_media(color_scheme="dark")
        assert grave_faults(page, "color-contrast") == [], address
        page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("who", ["clerk", "school"])
def test_every_page_fits_a_telephone(
    visit: Open, addresses: dict[str, list[str]], who: str
) -> None:
    page = visit(who, "/settings", viewport={"width": 360, "height": 780})
    for address in addresses[who]:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address


def test_an_arrival_appears_on_the_open_tray_and_the_next_is_ready_after_each(
    visit: Open, office: Office
) -> None:
    page = visit("school", "/letters/tray")
    with page.expect_response("**/live?*"):
        page.reload()
    sent(office, subject="เรื่องแรก")
    sent(office, subject="เรื่องที่สอง")
    office.parts.live.tell(f"tray:{office.known.organisations['school']}")
    expect(page.locator("#tray tr[data-row]")).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page.locator("#registered-number")).to_contain_text("1")
    page.keyboard.press("r")
    expect(page.locator("#registered-number")).to_contain_text("2")
    expect(page.locator("#tray")).to_contain_text("ไม่มีหนังสือรอลงทะเบียน")


def test_marked_ones_are_registered_by_key(visit: Open, office: Office) -> None:
    for subject in ("เรื่องแรก", "เรื่องที่สอง", "เรื่องที่สาม"):
        sent(office, subject=subject)
    page = visit("school", "/letters/tray")
    for key in "jxjx":
        page.keyboard.press(key)
    button = page.get_by_role("button", name="ลงทะเบียนที่เลือก 2 เรื่อง")
    button.click()
    expect(page.locator(".said")).to_contain_text("เลขรับ 1/2569 ถึง 2/2569")
    expect(page.locator("#tray tr[data-row]")).to_have_count(1)


def test_an_email_is_opened_by_the_same_key_to_be_filled_in(visit: Open, office: Office) -> None:
    mailed(office, NOW)
    page = visit("clerk", "/letters/tray")
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page.locator("#register_arrival-reference")).to_be_focused()


def test_three_hundred_recipients_are_pleasant(visit: Open, office: Office) -> None:
    names = [f"โรงเรียนบ้านที่ {number}" for number in range(MANY)]
    document = sent(office, *(outside("messenger", name) for name in names))
    page = visit("clerk", f"/documents/{document}/recipients")
    rows = page.locator("#matrix tr[data-row]")
    expect(rows).to_have_count(MANY)
    page.locator("[data-narrow]").press_sequentially("ที่ 29")
    expect(page.locator("#matrix tr[data-row]:visible")).to_have_count(11)
    page.get_by_role("link", name="ช่อง", exact=True).click()
    cells = page.locator(".cell")
    expect(cells).to_have_count(MANY)
    last = cells.last.bounding_box()
    assert last is not None
    assert last["y"] < 1400
    cells.nth(5).click()
    expect(page.locator("#delivery h2")).to_have_text(names[5])


def test_recipients_are_chosen_by_keyboard_each_once(visit: Open, office: Office) -> None:
    schools(office, "โรงเรียนบ้านเหนือ", "โรงเรียนบ้านใต้")
    document = numbered(office)
    page = visit("clerk", f"/documents/{document}/sending")
    expect(page.get_by_role("button", name="โรงเรียนทั้งหมด (3)")).to_be_visible()
    search, chips = page.get_by_role("combobox").first, page.locator(".chip")
    search.fill("เหนือ")
    search.press("Enter")
    expect(chips).to_have_count(1)
    page.locator("summary", has_text="วางรายชื่อ").click()
    page.locator("[data-paste]").fill("1. บ้านเหนือ\nโรงเรียนบ้านใต้\nไม่มีที่นี่")
    page.get_by_role("button", name="เพิ่มตามรายชื่อ").click()
    expect(chips).to_have_count(2)
    expect(page.locator("[data-said]")).to_contain_text("ไม่รู้จัก 1 บรรทัด")
    expect(page.locator("[data-paste]")).to_have_value("ไม่มีที่นี่")
    page.locator("summary", has_text="หน่วยงานภายนอก").click()
    page.locator("[data-other-name]").fill("เทศบาล")
    page.locator("[data-other-name]").press("Enter")
    expect(page.locator("[data-other-wrong]")).to_be_visible()
    page.locator("[data-other-address]").fill("saraban@mayor.example")
    page.locator("[data-other-address]").press("Enter")
    expect(chips).to_have_count(3)
    search.focus()
    search.press("Backspace")
    expect(chips).to_have_count(2)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".said")).to_contain_text("ถึงผู้รับ 2 ราย")
    settled(office)
    assert [one["channel"] for one in deliveries(office, document)] == ["system", "system"]


def test_a_receipt_is_shown_on_the_open_matrix_and_on_the_documents_page(
    visit: Open, office: Office
) -> None:
    document = sent(office)
    matrix = visit("clerk", f"/documents/{document}/recipients")
    paper = visit("clerk", f"/documents/{document}")
    for page in (matrix, paper):
        with page.expect_response("**/live?*"):
            page.reload()
        expect(page.locator("#sent-sum")).to_contain_text("รับแล้ว 0 จาก 1")
    post(office, "school", f"/api/arrivals/{waiting(office)[0]['id']}/registration")
    settled(office)
    office.parts.live.tell(f"deliveries:{office.known.organisations['office']}")
    for page in (matrix, paper):
        expect(page.locator("#sent-sum")).to_contain_text("รับแล้ว 1 จาก 1")
    expect(matrix.locator(".m-registered").last).to_contain_text(re.compile("1/2569"))


def test_without_script_all_can_be_read(visit: Open, office: Office) -> None:
    document = sent(office)
    for who, address, words in (
        ("school", "/letters/tray", SUBJECT),
        ("clerk", f"/documents/{document}/recipients", "โรงเรียนทดสอบ"),
        ("clerk", f"/documents/{document}/recipients?view=grid", "ทดสอบ"),
    ):
        page = visit(who, address, java_script_enabled=False)
        expect(page.locator("main")).to_contain_text(words)
