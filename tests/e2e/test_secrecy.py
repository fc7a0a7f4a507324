"""A classified letter is there for its registrar; for everybody else there is none."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.house import House
from tests.e2e.letters import registered

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.rabbitmq]
Open = Callable[..., Page]

SUBJECT = "ผลการสืบสวนข้อเท็จจริงกรณีร้องเรียน"
REFERENCE = "ศธ 04001/ล 77"
SENDER = "สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน"


def register(page: Page, secrecy: str, subject: str = SUBJECT) -> None:
    page.goto("/letters/new")
    page.locator("#reference").fill(REFERENCE)
    page.locator("#dated").fill("วันนี้")
    page.locator("#sender").fill(SENDER)
    page.locator("#recipient").fill("ผู้อำนวยการสำนักงาน")
    page.locator("#subject").fill(subject)
    page.locator("#secrecy").select_option(label=secrecy)
    page.keyboard.press("Control+Enter")


def counted(page: Page) -> tuple[str, str]:
    """What the register's foot and the summary say of how many letters there are."""
    page.goto("/letters?year=all")
    foot = page.locator(".pager").inner_text()
    page.goto("/letters/summary")
    return foot, page.locator(".figures").inner_text()


def test_nobody_but_the_registrar_can_learn_that_it_exists(visit: Open, house: House) -> None:
    registered(house, subject="หนังสือที่ทุกคนเห็น")
    readers = {who: visit(who, "/letters") for who in ("clerk", "director", "auditor")}
    before = {who: counted(page) for who, page in readers.items()}

    registrar = visit("registrar", "/letters")
    register(registrar, "ลับ")
    expect(registrar.locator("#registered-number")).to_be_visible()
    registrar.get_by_role("link", name="เปิดเรื่อง").click()
    expect(registrar.locator(".secret-words")).to_contain_text("หนังสือชั้นความลับ: ลับ")
    expect(registrar.locator("h1")).to_contain_text(SUBJECT)
    address = registrar.url.partition("#")[0].partition("?")[0]
    registrar.goto("/letters?register=secret")
    expect(registrar.locator("tr[data-row]", has_text=SUBJECT)).to_have_count(1)

    for who, page in readers.items():
        assert counted(page) == before[who], who
        for words in ("ข้อเท็จจริงกรณี", REFERENCE):
            page.locator("#search").fill(words)
            page.locator("#search").press("Enter")
            expect(page.locator(".empty")).to_contain_text("ไม่พบ")
        page.goto("/letters?register=secret")
        expect(page.locator("main")).not_to_contain_text(SUBJECT)
    for who, page in {**readers, "admin": visit("admin", "/people")}.items():
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 404, who
        expect(page.locator("h1")).to_have_text("ไม่พบหน้านี้")

    # Nor does a likely repetition give it away.
    clerk = readers["clerk"]
    clerk.goto("/letters/new")
    clerk.locator("#reference").fill(REFERENCE)
    clerk.locator("#dated").fill("วันนี้")
    with clerk.expect_response(re.compile("duplicates.*sender=%E0")) as looked:
        clerk.locator("#sender").fill(SENDER)
    assert looked.value.ok
    expect(clerk.locator("#duplicates")).to_be_empty()


def test_the_highest_class_is_refused_with_the_reason_and_all_that_was_typed_stays(
    visit: Open,
) -> None:
    page = visit("registrar", "/letters")
    register(page, "ลับที่สุด")
    expect(page.get_by_role("alert")).to_contain_text("หนังสือชั้นลับที่สุดรับทางระบบอิเล็กทรอนิกส์ไม่ได้")
    expect(page.locator("#secrecy-wrong")).to_contain_text("ระเบียบงานสารบรรณ")
    expect(page.locator("#reference")).to_have_value(REFERENCE)
    expect(page.locator("#sender")).to_have_value(SENDER)
    expect(page.locator("#subject")).to_have_value(SUBJECT)
    expect(page.locator("#secrecy")).to_have_value("most_secret")
