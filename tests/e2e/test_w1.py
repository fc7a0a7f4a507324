"""W1 by different people in their own browsers: a letter comes in, is ordered on, acted on and closed."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import FilePayload, Page, expect

from infra.thai import format_date, to_thai_digits
from tests.api.office import GROUPS
from tests.e2e.house import House
from tests.e2e.letters import post, registered
from tests.pages.letters import pdf

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.rabbitmq]
Open = Callable[..., Page]

TELEPHONE = {"viewport": {"width": 360, "height": 780}, "has_touch": True, "is_mobile": True}
SENDER = "สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน"
TIME = re.compile(r"\d\d:\d\d น\.")


def typed(day: date) -> str:
    """A day as people write it, in Thai digits."""
    return to_thai_digits(format_date(day, "short").replace("\u00a0", " "))


def paper(name: str) -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": pdf()}


def test_from_registration_to_closing(log_in: Open, visit: Open, house: House, today: date) -> None:
    year = today.year + 543
    subject = f"การจัดสรรงบประมาณค่าอาหารกลางวันนักเรียน ประจำปี {year} ครั้งที่ 2"
    due = today + timedelta(days=9)
    clerk, deputy = log_in("clerk"), log_in("deputy")
    number = register_by_keyboard(clerk, subject, today - timedelta(days=3))

    count = deputy.locator(".bell .count")
    with deputy.expect_response("**/bell"):
        deputy.reload()
    before = count.inner_text()
    clerk.get_by_role("link", name="เปิดเรื่องและเสนอ").click()
    clerk.get_by_label("สรุปและความเห็น").fill("เห็นควรมอบกลุ่มนโยบายและแผน")
    clerk.keyboard.press("Control+Enter")
    expect(clerk.locator(".said")).to_have_text("เสนอแล้ว")
    address = clerk.url.partition("#")[0]

    # The deputy's page has been open all the time.
    expect(count).not_to_have_text(before)
    deputy.locator("tr", has_text=subject).get_by_role("link", name="เกษียน").click()
    deputy.get_by_role("button", name="เห็นชอบตามเสนอ").click()
    deputy.get_by_role("button", name="เกษียนและส่งต่อ").click()
    expect(deputy.locator(".said")).to_have_text("เกษียนแล้ว")

    order_from_a_telephone(log_in("director", **TELEPHONE), subject, due)

    groupclerk = log_in("groupclerk")
    groupclerk.locator("tr", has_text=subject).get_by_role("button", name="ลงรับเข้ากลุ่ม").click()
    expect(groupclerk.locator(".said")).to_have_text("ทำแล้ว 1 เรื่อง")
    groupclerk.goto(address)
    expect(groupclerk.locator("#now")).to_contain_text(re.compile(rf"รับที่ \d+/{year}"))

    head = log_in("head")
    head.locator("tr", has_text=subject).get_by_role("link", name="มอบหมาย").click()
    head.get_by_label("มอบหมายให้").select_option(house.known.people["officer"])
    head.get_by_label("ข้อความ", exact=False).first.fill("แจ้งโรงเรียนทุกแห่ง")
    head.keyboard.press("Control+Enter")
    expect(head.locator(".said")).to_have_text("มอบหมายแล้ว")

    act_and_report(log_in("officer"), subject)

    head.goto("/")
    head.locator("tr", has_text=subject).get_by_role("link", name=subject).click()
    expect(head.locator("#chain")).to_contain_text("แจ้งครบทุกโรงเรียนแล้ว")
    head.get_by_role("button", name="ปิดเรื่อง").click()
    expect(head.locator("#now h2")).to_have_text("ปิดเรื่องแล้ว")

    # The clerk's page has moved on by itself.
    expect(clerk.locator("#now h2")).to_have_text("ปิดเรื่องแล้ว")
    everybody_is_on_record(clerk, due)
    clerk.goto("/letters")
    row = clerk.locator("tr[data-row]", has_text=subject)
    expect(row.locator(".c-action")).to_contain_text(GROUPS["plan"])
    expect(row.locator(".c-number")).to_have_text(str(number))
    find(clerk, f"อาหารกลางวันนักเรียน ประจำปี {to_thai_digits(str(year))}", subject)

    for outsider in ("finance", "school"):
        page = visit(outsider, address)
        expect(page.locator("h1")).to_have_text("ไม่พบหน้านี้")
        expect(page.locator("body")).not_to_contain_text("อาหารกลางวัน")


def register_by_keyboard(page: Page, subject: str, dated: date) -> int:
    """Register a letter with a scan and without the mouse; the number that it got."""
    keyboard = page.keyboard
    page.on("filechooser", lambda chooser: chooser.set_files(paper("หนังสือ สพฐ.pdf")))
    page.goto("/letters/new")
    expect(page.get_by_label("ที่", exact=False).first).to_be_focused()
    for column in ("ศธ 04001/ว 123", typed(dated), SENDER, "ผู้อำนวยการสำนักงาน", subject):
        keyboard.press("Control+a")
        keyboard.type(column)
        keyboard.press("Enter")
    expect(page.locator("#dated ~ .understood")).to_contain_text(str(dated.year + 543))
    expect(page.locator("#urgency")).to_be_focused()
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    expect(page.locator("#channel")).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(page.locator("input[name=uploads]")).to_have_count(1)
    keyboard.press("Control+Enter")

    number = page.locator("#registered-number")
    expect(number).to_be_visible()
    expect(page.locator(".registered")).to_contain_text("ด่วนมาก")
    stamp = page.locator(".registered-stamp")
    expect(stamp).to_have_js_property("complete", True)
    assert stamp.evaluate("image => image.naturalWidth") > 0
    expect(page.locator("#reference")).to_be_focused()
    expect(page.locator("#reference")).to_be_empty()
    expect(page.locator("#subject")).to_be_empty()
    return int(number.inner_text().partition("/")[0])


def order_from_a_telephone(page: Page, subject: str, due: date) -> None:
    page.get_by_role("link", name=subject).click()
    expect(page.locator(".viewer-page").first).to_be_visible()
    expect(page.locator("#chain")).to_contain_text("เห็นชอบตามเสนอ")
    page.locator("#thumb").get_by_role("link", name="มอบ…").click()
    page.get_by_role("radio", name=GROUPS["plan"]).check()
    page.locator("#order_letter-due").fill(typed(due))
    understood = page.locator("#order_letter-due ~ .understood")
    expect(understood).to_contain_text(format_date(due))
    page.get_by_role("button", name="สั่งการ").click()
    expect(page.locator(".said")).to_have_text("สั่งการแล้ว")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def act_and_report(page: Page, subject: str) -> None:
    row = page.locator("tr", has_text=subject)
    row.get_by_role("button", name="รับทราบ").click()
    expect(page.locator(".said")).to_have_text("ทำแล้ว 1 เรื่อง")
    row.get_by_role("link", name=subject).click()
    page.locator("summary", has_text="บันทึกความคืบหน้า").click()
    page.get_by_label("ทำถึงไหนแล้ว").fill("แจ้งแล้ว 60 โรงเรียน")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".said")).to_have_text("บันทึกความคืบหน้าแล้ว")
    page.get_by_label("ผลการดำเนินการ").fill("แจ้งครบทุกโรงเรียนแล้ว")
    page.locator("#offers input[type=file]").first.set_input_files([paper("สรุปผล.pdf")])
    expect(page.locator("#offers input[name=uploads]")).to_have_count(1)
    page.get_by_role("button", name="รายงานผล").click()
    expect(page.locator(".said")).to_have_text("รายงานผลแล้ว")


def everybody_is_on_record(page: Page, due: date) -> None:
    """Each step stands in the chain with person, capacity and time, and all that happened below."""
    chain = page.locator("#chain .endorsement")
    signed = [
        ("เสนอ", "นายรับ ทดสอบ", "เจ้าพนักงานธุรการ"),
        ("เกษียน", "นายรอง ทดสอบ", "รองผู้อำนวยการสำนักงาน"),
        ("สั่งการ", "นายสั่ง ทดสอบ", "ผู้อำนวยการสำนักงาน"),
        ("มอบหมาย นายทำ ทดสอบ", "นายมอบ ทดสอบ", "ผู้อำนวยการกลุ่มนโยบายและแผน"),
        ("รายงานผล", "นายทำ ทดสอบ", "นักวิเคราะห์นโยบายและแผน"),
    ]
    for done, person, capacity in signed:
        step = chain.filter(has=page.locator("h3", has_text=re.compile(f"^\\s*{done}\\s*$")))
        expect(step).to_have_count(1)
        for words in (person, capacity, TIME):
            expect(step.locator("footer")).to_contain_text(words)
    history = page.locator("#history")
    for words in (
        "นายลงรับ ทดสอบ",
        format_date(due),
        "แจ้งแล้ว 60 โรงเรียน",
        "สรุปผล.pdf",
        "LetterReceivedByGroup",
        "LetterClosed",
    ):
        expect(history).to_contain_text(words)


def find(page: Page, words: str, subject: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("ค้นหา")
    expect(page.locator(".found").get_by_role("link", name=subject)).to_be_visible()


@pytest.fixture
def deputy_acts(visit: Open, house: House, today: date) -> Iterator[None]:
    """The deputy acts for the director today, appointed by the administrator on the post's page."""
    at = f"/posts/{house.known.posts['director']}"
    page = visit("admin", at)
    page.locator("summary", has_text="แต่งตั้งผู้ปฏิบัติหน้าที่แทน").click()
    page.locator("#acting-person").select_option(house.known.people["deputy"])
    page.get_by_role("radio", name="รักษาราชการแทน").check()
    page.locator("#acting-order").fill("คำสั่งสำนักงานที่ 12/2569")
    page.get_by_role("button", name="แต่งตั้ง", exact=True).click()
    expect(page.locator(".said")).to_have_text("บันทึกผู้ปฏิบัติหน้าที่แทนแล้ว")
    yield
    [acting] = house.gateway.ask("GET", f"/api{at}", None, "admin")[2]["actings"]
    yesterday = (today - timedelta(days=1)).isoformat()
    post(house, "admin", f"/api{at}/actings/{acting['id']}/ending", last_day=yesterday)


@pytest.mark.usefixtures("deputy_acts")
def test_who_acts_for_the_director_signs_in_that_capacity(log_in: Open, house: House) -> None:
    letter = registered(house, subject="ขออนุมัติโครงการ")
    post(house, "clerk", f"/api/letters/{letter}/proposals", text="เพื่อโปรดพิจารณา")
    deputy = log_in("deputy")
    deputy.locator("header summary .seat").click()
    choices = deputy.locator("header .menu-list")
    expect(choices.first).to_contain_text("รักษาราชการแทน ผู้อำนวยการสำนักงาน")
    deputy.goto(f"/letters/{letter}")
    deputy.get_by_role("button", name="เกษียนและส่งต่อ").click()
    expect(deputy.locator(".said")).to_have_text("เกษียนแล้ว")
    deputy.locator("label", has_text=re.compile("^ทราบ$")).click()
    deputy.get_by_role("button", name="สั่งการ").click()
    expect(deputy.locator(".said")).to_have_text("สั่งการแล้ว")
    endorsed, ordered = deputy.locator("#chain .endorsement").all()[-2:]
    expect(endorsed.locator("footer")).not_to_contain_text("รักษาราชการแทน")
    expect(ordered.locator("footer")).to_contain_text("นายรอง ทดสอบ")
    expect(ordered.locator("footer")).to_contain_text("รักษาราชการแทน")
    expect(ordered.locator("footer")).to_contain_text("ผู้อำนวยการสำนักงาน")
