"""A document by different people in their own browsers: drafted, reviewed, mended, signed, verified."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.api.office import PASSWORD
from tests.e2e.house import House

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.rabbitmq]
Open = Callable[..., Page]

TELEPHONE = {"viewport": {"width": 360, "height": 780}, "has_touch": True, "is_mobile": True}
SUBJECT = "ขอเชิญประชุมผู้บริหารสถานศึกษาในสังกัด ครั้งที่ 2"
WRITTEN = {
    "subject": "ขอเชิญประชุมผู้บริหาร",
    "salutation": "เรียน ผู้อำนวยการโรงเรียนทดสอบ",
    "body": "ด้วยสำนักงานกำหนดจัดประชุมในเดือนหน้า เพื่อชี้แจงแนวทางการดำเนินงาน\n\nจึงเรียนมาเพื่อทราบ",
    "closing": "ขอแสดงความนับถือ",
    "unit": "กลุ่มนโยบายและแผน",
}
SAVED = re.compile("บันทึกแล้ว")


def test_from_the_first_word_to_the_public_page(
    log_in: Open, desk: Callable[..., BrowserContext], house: House
) -> None:
    officer, head = log_in("officer"), log_in("head")
    address = begin(officer)
    assert min(seconds_until_drawn(officer) for _ in range(5)) < 1

    both_write(officer, head, address)
    officer.reload()
    officer.get_by_role("button", name="เสนอ").click()
    expect(officer.locator(".said")).to_have_text("เสนอแล้ว")

    return_with_a_remark(head)
    # The drafter's page has been open all the time.
    expect(officer.locator("#now")).to_contain_text("แก้ไขร่าง")
    mend(officer)

    for reviewer in (head, log_in("deputy")):
        reviewer.goto("/documents")
        reviewer.get_by_role("link", name=SUBJECT).click()
        reviewer.get_by_role("button", name="เห็นชอบและส่งต่อ").click()
        expect(reviewer.locator(".said")).to_contain_text("เห็นชอบแล้ว")

    director = log_in("director", **TELEPHONE)
    sign_with_three_touches(director)
    pdf = opened(director, director.get_by_role("link", name="เปิด PDF"))
    assert pdf.startswith(b"%PDF")

    link = director.get_by_role("link", name="หน้าตรวจสอบ", exact=True).get_attribute("href")
    assert link is not None
    stranger = desk().new_page()
    stranger.goto(link)
    compare(stranger, pdf)


def begin(page: Page) -> str:
    """An external letter with all that it requires, saved by itself; where it is written."""
    page.goto("/documents")
    page.get_by_role("link", name="ร่างหนังสือ").first.click()
    page.get_by_role("button", name="หนังสือภายนอก").click()
    expect(page.locator("#c-subject")).to_be_visible()
    expect(page.locator("#submit")).to_be_disabled()
    expect(page.locator("#missing")).to_contain_text("ข้อความ")
    for name, text in WRITTEN.items():
        page.locator(f"#c-{name}").fill(text)
    expect(page.locator("#submit")).to_be_enabled()
    expect(page.locator("#saved")).to_have_text(SAVED)
    expect(page.locator("#page-count")).to_have_text("1 หน้า")
    return page.url


def seconds_until_drawn(page: Page) -> float:
    """From a key to the page as it will print."""
    pages, field = page.locator("#paper-pages"), page.locator("#c-phone")
    drawn = int(pages.get_attribute("data-drawn") or 0)
    began = time.monotonic()
    field.press("1")
    expect(pages).to_have_attribute("data-drawn", str(drawn + 1))
    took = time.monotonic() - began
    expect(page.locator("#saved")).to_have_text(SAVED)
    return took


def both_write(officer: Page, head: Page, address: str) -> None:
    """Two at one draft: the second is told, and chooses for each field."""
    head.goto(address)
    expect(head.locator("#c-subject")).to_have_value(WRITTEN["subject"])
    officer.locator("#c-phone").fill("0 5321 0000")
    expect(officer.locator("#saved")).to_have_text("ยังไม่บันทึก")
    expect(officer.locator("#saved")).to_have_text(SAVED)
    head.locator("#c-subject").fill(SUBJECT)
    conflict = head.locator(".conflict")
    expect(conflict).to_contain_text("นายทำ ทดสอบ บันทึกร่างนี้เมื่อ")
    for words in (SUBJECT, WRITTEN["subject"], "0 5321 0000"):
        expect(conflict).to_contain_text(words)
    choose(conflict, "เรื่อง", "ที่คุณพิมพ์")
    choose(conflict, "โทร.", "ที่บันทึกไว้แล้ว")
    conflict.get_by_role("button", name="บันทึกตามที่เลือก").click()
    expect(head.locator("#saved")).to_have_text(SAVED)
    expect(head.locator("#c-phone")).to_have_value("0 5321 0000")
    head.reload()
    expect(head.locator("#c-subject")).to_have_value(SUBJECT)
    expect(head.locator("#c-phone")).to_have_value("0 5321 0000")


def choose(conflict: Locator, field: str, whose: str) -> None:
    conflict.get_by_role("group", name=field).get_by_label(whose).check()


def return_with_a_remark(page: Page) -> None:
    page.goto("/documents")
    page.get_by_role("link", name=SUBJECT).click()
    expect(page.locator("[data-review-hint]")).to_be_visible()
    page.locator("[data-field=body]").evaluate(
        """(text) => {
          const at = text.firstChild.data.indexOf("ในเดือนหน้า");
          getSelection().setBaseAndExtent(text.firstChild, at, text.firstChild, at + 11);
        }"""
    )
    page.get_by_role("button", name="ใส่ความเห็น").click()
    page.get_by_label("ในเดือนหน้า").fill("ระบุวันและเวลา")
    page.get_by_label("ต้องแก้อะไร").fill("แก้ตามที่ทำเครื่องหมายไว้")
    page.locator("#offers").get_by_role("button", name="ส่งกลับแก้ไข").click()
    expect(page.locator(".said")).to_have_text("ส่งกลับไปที่ผู้ร่างแล้ว")


def mend(page: Page) -> None:
    page.get_by_role("link", name="แก้ไขร่าง").click()
    remark = page.locator(".field-body .remark-on")
    expect(remark).to_contain_text("ระบุวันและเวลา")
    remark.get_by_role("button", name="ไปที่ข้อความ").click()
    body = page.locator("#c-body")
    chosen = "field => field.value.slice(field.selectionStart, field.selectionEnd)"
    assert body.evaluate(chosen) == "ในเดือนหน้า"
    page.keyboard.type("ในวันที่ 2 มีนาคม 2569 เวลา 09.00 น.")
    expect(page.locator("#saved")).to_have_text(SAVED)
    page.get_by_role("button", name="เสนอ").click()
    expect(page.locator(".said")).to_have_text("เสนอแล้ว")


def sign_with_three_touches(page: Page) -> None:
    page.goto("/documents")
    page.get_by_role("link", name=SUBJECT).tap()
    expect(page.locator(".viewer-page").first).to_be_visible()
    page.locator("#thumb").get_by_role("link", name="ลงนาม").tap()
    expect(page.get_by_label("รหัสผ่านของคุณ")).to_be_focused()
    page.keyboard.type(PASSWORD + "director")
    page.get_by_role("button", name="ลงนาม").tap()
    expect(page.locator("#registered-number")).to_have_text(re.compile(r"\d"))
    size = page.locator("#registered-number").evaluate("one => getComputedStyle(one).fontSize")
    assert float(size.removesuffix("px")) >= 40
    expect(page.locator(".viewer-page").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def opened(page: Page, link: Locator) -> bytes:
    address = link.get_attribute("href")
    assert address is not None
    return page.context.request.get(address).body()


def compare(page: Page, pdf: bytes) -> None:
    """The public page, without a log-in: what is on record, and whether a file is that very one."""
    expect(page.locator("h1")).to_have_text("มีเอกสารฉบับนี้ในทะเบียน")
    expect(page.locator("main")).to_contain_text(SUBJECT)
    expect(page.locator("main")).to_contain_text("นายสั่ง ทดสอบ")
    verdict = page.locator("#verdict")
    for content, words in ((pdf, "ใช่ ไฟล์นี้เป็นฉบับจริง"), (pdf + b" ", "ไม่ใช่ ไฟล์นี้ไม่ตรง")):
        file = {"name": "ที่ได้รับ.pdf", "mimeType": "application/pdf", "buffer": content}
        page.locator("#file").set_input_files(file)  # type: ignore[arg-type]
        expect(verdict).to_contain_text(words)
