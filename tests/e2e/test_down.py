"""A service that is down is told in words, loses nothing, and is used again when it is back."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.house import House
from tests.e2e.letters import made

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.rabbitmq]
Open = Callable[..., Page]


@pytest.fixture
def expected() -> str:
    return "503 (SERVICE UNAVAILABLE)"


def test_the_pages_say_so_and_go_on_when_it_is_back(visit: Open, house: House) -> None:
    subject = "แจ้งกำหนดการตรวจราชการ รอบที่สอง"
    clerk, officer = visit("clerk", "/letters/new"), visit("officer", "/settings")
    clerk.locator("#sender").fill("สำนักงานศึกษาธิการจังหวัด")
    clerk.locator("#recipient").fill("ผู้อำนวยการสำนักงาน")
    clerk.locator("#subject").fill(subject)
    house.stop_correspondence()
    try:
        clerk.keyboard.press("Control+Enter")
        expect(clerk.get_by_role("alert")).to_contain_text(
            "ข้อมูลที่กรอกไว้ยังอยู่ ลองใหม่ใน", timeout=30_000
        )
        expect(clerk.locator("#subject")).to_have_value(subject)
        expect(clerk.locator("#sender")).to_have_value("สำนักงานศึกษาธิการจังหวัด")

        answer = officer.goto("/letters")
        assert answer is not None
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) > 0
        expect(officer.locator("h1")).to_have_text("ระบบส่วนนี้ยังไม่พร้อม")
        expect(officer.locator("main")).to_contain_text("ข้อมูลที่บันทึกไว้แล้วไม่หาย")
        expect(officer.locator("nav.rail")).to_contain_text("หนังสือรับ")
        expect(officer.locator("header")).to_contain_text("นักวิเคราะห์นโยบายและแผน")

        other = visit("officer", "/rooms")  # the other services work on meanwhile
        expect(other.locator("h1")).to_be_visible()
        expect(other.locator("main")).not_to_contain_text("ยังไม่พร้อม")
    finally:
        house.start_correspondence()

    officer.get_by_role("link", name="ลองใหม่").click()
    expect(officer.locator("h1")).to_contain_text("ทะเบียนหนังสือรับ")
    clerk.keyboard.press("Control+Enter")
    expect(clerk.locator("#registered-number")).to_be_visible()
    clerk.goto(f"/letters?q={subject}")
    expect(clerk.locator("tr[data-row]", has_text=subject)).to_have_count(1)


def test_of_two_who_grant_the_same_hour_at_once_one_is_told_it_is_taken(
    visit: Open, house: House, today: date
) -> None:
    room = made(house, "clerk", "/api/rooms", name="ห้องผาสุก", capacity=20)
    day = today + timedelta(days=3)
    asked = {"starts": f"{day}T09:00:00+07:00", "ends": f"{day}T11:00:00+07:00", "attendees": 9}
    bookings = [
        made(house, who, "/api/bookings", room=room, purpose=f"ประชุมของ {who}", **asked)
        for who in ("officer", "finance")
    ]
    deciding = [
        visit(who, f"/bookings/{booking}")
        for who, booking in zip(("centralhead", "deputy"), bookings, strict=True)
    ]
    for page in deciding:
        expect(page.locator(".notice")).to_contain_text("มีคำขออื่นในเวลาเดียวกัน")
    for page in deciding:  # neither waits for the other
        page.get_by_role("button", name="อนุมัติ", exact=True).evaluate(
            "one => setTimeout(() => one.click())"
        )
    for page in deciding:
        expect(page.locator(".said, [role=alert]")).to_be_visible()
    [loser] = [page for page in deciding if page.locator("[role=alert]").count()]
    [winner] = [page for page in deciding if page is not loser]
    expect(winner.locator(".said")).to_have_text("อนุมัติแล้ว ผู้ขอได้รับแจ้งแล้ว")
    # By the calendar, or by the booking itself, which the other's confirmation has just refused.
    told = loser.locator("main")
    expect(told).to_contain_text(re.compile("ห้องนี้มีผู้ใช้แล้ว|มีการจองอื่นที่ได้รับอนุมัติในช่วงเวลาเดียวกัน"))
    officer = visit("officer", f"/rooms?day={day}")
    confirmed = officer.locator("table tr", has_text=re.compile("ประชุมของ .*อนุมัติแล้ว"))
    expect(confirmed).to_have_count(1)
