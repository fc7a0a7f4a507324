"""For all eyes, hands and screens: axe-core, narrow screens, slow lines, no script, keyboard alone."""

from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect

from tests.chromium import grave_faults
from tests.e2e import documents
from tests.e2e.house import House
from tests.e2e.letters import assigned, made, post, proposed, registered

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.rabbitmq]
Open = Callable[..., Page]

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 780}
# axe-core is let in, and sees no colour on its way to another.
STILL = {"bypass_csp": True, "reduced_motion": "reduce"}
SUBJECT = "ขอเชิญประชุมเชิงปฏิบัติการจัดทำแผนพัฒนาคุณภาพการศึกษาขั้นพื้นฐานระดับเขตพื้นที่การศึกษา"
MOST_TRANSFERRED = 150 * 1024  # bytes until the first useful page is there, without fonts


@pytest.fixture(scope="module")
def places(house: House) -> dict[str, str]:
    """Something of everything that has a page: where it is, by a short name."""
    day = date(2027, 3, 1)
    room = made(house, "clerk", "/api/rooms", name="ห้องประชุมพวงพะยอม", capacity=60)
    asked = {"starts": f"{day}T09:00:00+07:00", "ends": f"{day}T12:00:00+07:00"}
    booking = made(
        house, "officer", "/api/bookings", room=room, purpose="ประชุม", attendees=9, **asked
    )
    adopted = made(
        house, "director", "/api/standard-sets", code="five-standards", first_fiscal_year=2569
    )
    body = {"standard_set": adopted, "standard": 1, "code": "1.1", "name": "ตัวบ่งชี้ตัวอย่าง"}
    indicator = made(house, "director", "/api/indicators", **body)
    owner = {"owner": house.known.people["officer"], "group": house.known.groups["plan"]}
    post(house, "director", f"/api/indicators/{indicator}/assignments", **owner)
    numbered = documents.signed(house, subject=SUBJECT)
    return {
        "registered": f"/letters/{registered(house, subject=SUBJECT, urgency='most_urgent')}",
        "proposed": f"/letters/{proposed(house, subject=SUBJECT)}",
        "assigned": f"/letters/{assigned(house, subject=SUBJECT)}",
        "secret": f"/letters/{registered(house, 'registrar', subject=SUBJECT, secrecy='secret')}",
        "booking": f"/bookings/{booking}",
        "calendar": f"/rooms?day={day}",
        "indicator": f"/indicators/{indicator}",
        "person": f"/people/{house.known.people['officer']}",
        "post": f"/posts/{house.known.posts['director']}",
        "group": f"/groups/{house.known.groups['plan']}",
        "room": f"/rooms/{room}",
        "draft": f"/documents/{documents.drafted(house, subject=SUBJECT)}/edit",
        "returned": f"/documents/{documents.returned(house, subject=SUBJECT)}/edit",
        "reviewed": f"/documents/{documents.submitted(house, subject=SUBJECT)}",
        "to_sign": f"/documents/{documents.to_sign(house, subject=SUBJECT)}",
        "made": f"/documents/{numbered}?numbered=1",
        "verified": f"/verify/{documents.code(house, numbered)}",
    }


# Who looks at which pages; a name in braces is one of `places`.
PAGES = {
    "clerk": [
        "/",
        "/letters",
        f"/letters?q={quote('แผนพัฒนา')}&year=all",
        "/letters/new",
        "{registered}",
        "/letters/summary",
        f"/search?q={quote('ประชุม')}",
        "/rooms/list",
        "/rooms/new",
        "{room}",
        "/documents?view=numbered",
        "/documents/record",
        "/documents/numbering",
        "{made}",
        "{verified}",
    ],
    "registrar": ["/letters?register=secret", "{secret}", "/letters/new"],
    "director": ["/", "{proposed}", "/standards", "/settings/routing", "/documents", "{to_sign}"],
    "head": ["{assigned}", "/notifications", "{reviewed}", "/documents/templates"],
    "officer": [
        "/",
        "{assigned}",
        "{calendar}",
        "/bookings/new",
        "/bookings",
        "{indicator}",
        "{indicator}/report",
        "/documents?view=mine",
        "/documents/new",
        "{draft}",
        "{returned}",
        "/settings",
        "/settings/notifications",
        "/settings/password",
    ],
    "centralhead": ["{booking}", "/bookings?scope=waiting"],
    "auditor": ["{assigned}", "/letters/summary", "/standards"],
    "school": ["/", "/letters"],
    "admin": [
        "/people",
        "{person}",
        "/posts",
        "{post}",
        "/groups",
        "{group}",
        "/schools",
        "/acting",
        "/import",
        "/settings/mail",
        "/no/such/page",
        "{proposed}",  # which is not for them
    ],
}


@pytest.mark.parametrize("who", PAGES)
def test_no_page_has_a_grave_fault_or_is_wider_than_a_telephone(
    visit: Open, places: dict[str, str], who: str
) -> None:
    page = visit(who, "/settings", viewport=WIDE, **STILL)
    faults = {}
    for address in PAGES[who]:
        page.goto(address.format(**places))
        faults[address] = faults_of(page)
    assert {address: found for address, found in faults.items() if found} == {}


def test_the_log_in_page_has_none_either(desk: Callable[..., BrowserContext]) -> None:
    page = desk(viewport=WIDE, **STILL).new_page()
    page.goto("/login")
    assert faults_of(page) == []


def faults_of(page: Page) -> list[object]:
    """What is grave on this page: on both screens, by day and by night, with all that can be unfolded."""
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
    found: list[object] = []
    for screen in (WIDE, NARROW):
        page.set_viewport_size(screen)  # type: ignore[arg-type]
        found += grave_faults(page)
        page.emulate_media(color_scheme="dark")
        found += [("dark", *fault) for fault in grave_faults(page, "color-contrast")]
        page.emulate_media(color_scheme="light")
    width = page.evaluate("document.documentElement.scrollWidth")
    found += [f"{width} px wide"] if width > NARROW["width"] else []
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("who", "address"), [("clerk", "/"), ("clerk", "/letters"), ("officer", "{assigned}")]
)
def test_the_first_useful_page_is_light(
    desk: Callable[..., BrowserContext],
    house: House,
    places: dict[str, str],
    who: str,
    address: str,
) -> None:
    context = desk()
    session = {
        "name": "amnuay_session",
        "value": house.gateway.token(who),
        "url": house.gateway.url,
    }
    context.add_cookies([session])  # type: ignore[list-item]
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address.format(**places), wait_until="load")
    sizes = {
        answer.url: answer.request.sizes()["responseBodySize"]
        for answer in answers
        if answer.request.resource_type not in ("font", "eventsource")
    }
    assert len(sizes) > 5
    assert min(sizes.values()) >= 0, "something came out of the browser's cache"
    assert sum(sizes.values()) <= MOST_TRANSFERRED, sizes


@pytest.mark.parametrize(
    ("who", "address", "words"),
    [
        ("clerk", "/letters", SUBJECT),
        ("officer", "/", SUBJECT),
        ("officer", "{assigned}", "เกษียนหนังสือ"),
        ("clerk", "/letters/summary", "ชั้นความเร็ว"),
    ],
)
def test_it_can_be_read_without_script(
    visit: Open, places: dict[str, str], who: str, address: str, words: str
) -> None:
    page = visit(who, address.format(**places), java_script_enabled=False)
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("main")).to_contain_text(words)
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)


@pytest.mark.usefixtures("places")
def test_a_tray_is_worked_by_keyboard_alone(visit: Open, house: House, today: date) -> None:
    for number in (1, 2):
        due = (today + timedelta(days=number)).isoformat()
        registered(
            house,
            subject=f"เรื่องที่ {number}",
            reference=f"{number}",
            deadline=f"{due}T16:30:00+07:00",
        )
    page = visit("clerk", "/")
    here = page.locator("tr.row-here")
    rows = page.locator("tr[data-row]")
    page.keyboard.press("j")
    expect(here).to_have_attribute("id", rows.nth(0).get_attribute("id") or "")
    page.keyboard.press("j")
    expect(here).to_have_attribute("id", rows.nth(1).get_attribute("id") or "")
    page.keyboard.press("k")
    expect(here).to_have_count(1)
    expect(here).to_have_attribute("id", rows.nth(0).get_attribute("id") or "")
    subject = here.locator(".t-subject a").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(subject)
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
