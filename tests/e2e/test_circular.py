"""A circular by different people in their own browsers: sent to all schools, registered with one key,
watched and reminded as receipts come, answered."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.house import House
from tests.e2e.letters import made, post, uploaded
from tests.pages.letters import pdf

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.rabbitmq]
Open = Callable[..., Page]

SUBJECT = "แจ้งแนวปฏิบัติการเปิดภาคเรียน"
OTHERS = ("โรงเรียนบ้านเหนือ", "โรงเรียนบ้านใต้")
HERE = "โรงเรียนทดสอบ"


def recorded(house: House, who: str, today: date, **columns: object) -> str:
    """A document that was signed on paper; its id."""
    upload = uploaded(house, who, pdf(), "หนังสือ.pdf")
    body = {
        "kind": "external",
        "dated": today.isoformat(),
        "recipient": "ผู้อำนวยการโรงเรียน",
        "signer": "นายสั่ง ทดสอบ",
        "uploads": [upload],
    }
    return made(house, who, "/api/documents/papers", **body | columns)


@pytest.fixture
def schools(house: House) -> None:
    """Two schools more, at which nobody works yet."""
    for place, name in enumerate(OTHERS):
        body = {"kind": "school", "code": f"9999100{place}", "name": name}
        post(house, "admin", "/api/organisations", **body)


@pytest.mark.usefixtures("schools")
def test_to_all_schools_and_back(log_in: Open, visit: Open, house: House, today: date) -> None:
    document = recorded(house, "clerk", today, subject=SUBJECT, circular=True)
    school = visit("school", "/letters/tray")
    clerk = log_in("clerk")
    send_to_all(clerk, document)

    # The school's page has been open all the time.
    row = school.locator("#tray tr[data-row]", has_text=SUBJECT)
    expect(row).to_be_visible()
    expect(school.locator("[hx-get='/letters/tray/count']")).to_have_text("1")
    school.keyboard.press("j")
    expect(row).to_have_class(re.compile("row-here"))
    school.keyboard.press("r")
    number = school.locator("#registered-number").inner_text().replace("\n", "")

    # So has the sender's matrix.
    mine = clerk.locator("#matrix tr[data-row]", has_text=HERE)
    expect(mine.locator(".m-registered")).to_contain_text(number)
    expect(mine.locator(".m-registered")).to_contain_text(re.compile(r"\d\d:\d\d"))
    expect(clerk.locator("#matrix")).to_contain_text(f"รับแล้ว 1 จาก {len(OTHERS) + 1}")
    narrow_and_remind(clerk)
    answer(house, school, today)
    expect(mine).to_contain_text("ตอบกลับแล้ว")
    clerk.goto("/letters/tray")
    expect(clerk.locator("#tray")).to_contain_text("รายงานผลการดำเนินงาน")


def send_to_all(page: Page, document: str) -> None:
    """All schools in one press; one is taken out by key and comes back by undoing."""
    page.goto(f"/documents/{document}")
    page.locator("#sent").get_by_role("link", name="ส่ง", exact=True).click()
    everybody = len(OTHERS) + 1
    page.get_by_role("button", name=re.compile("โรงเรียนทั้งหมด")).click()
    chips = page.locator(".chip")
    expect(chips).to_have_count(everybody)
    page.get_by_role("button", name=re.compile("โรงเรียนทั้งหมด")).click()
    expect(chips).to_have_count(everybody)
    chips.first.get_by_role("button").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Delete")
    expect(chips).to_have_count(everybody - 1)
    page.get_by_role("button", name="เลิกทำ").click()
    expect(chips).to_have_count(everybody)
    page.get_by_role("combobox").fill("ทดสอบ")
    expect(page.locator("[role=option]")).to_contain_text("เลือกไว้แล้ว")
    page.get_by_role("combobox").fill("")
    page.get_by_role("button", name="ส่ง", exact=True).click()
    expect(page.locator(".said")).to_have_text(f"ส่งแล้ว ถึงผู้รับ {everybody} ราย")
    expect(page.locator("#matrix tr[data-row]")).to_have_count(everybody)


def narrow_and_remind(page: Page) -> None:
    """Typing narrows the rows at once; one key reminds who is left."""
    rows = page.locator("#matrix tr[data-row]:visible")
    page.locator("[data-narrow]").fill("บ้านเหนือ")
    expect(rows).to_have_count(1)
    rows.get_by_role("link", name=OTHERS[0]).click()
    expect(page.locator("#delivery h2")).to_have_text(OTHERS[0])
    page.keyboard.press("Escape")
    expect(page.locator("#delivery")).to_be_hidden()
    expect(rows.get_by_role("link", name=OTHERS[0])).to_be_focused()
    page.keyboard.press("t")
    expect(page.locator(".said")).to_have_text("เตือนแล้ว 1 ราย")
    row = page.locator("#matrix tr[data-row]", has_text=OTHERS[0])
    expect(row.locator(".m-step")).to_contain_text("เตือนแล้ว")


def answer(house: House, school: Page, today: date) -> None:
    """The school answers by a letter of its own, on the system."""
    href = school.get_by_role("link", name="เปิดเรื่องและเสนอ").get_attribute("href")
    assert href is not None
    reply = recorded(
        house,
        "school",
        today,
        subject="รายงานผลการดำเนินงาน",
        reply_to=href.rpartition("/")[2],
    )
    office = {
        "organisation": house.known.organisations["office"],
        "name": "สำนักงานเขตพื้นที่การศึกษาทดสอบ",
        "channel": "system",
    }
    post(house, "school", f"/api/documents/{reply}/sendings", recipients=[office])
