"""Rooms: the calendar, asking for one, deciding, giving one up."""

from collections.abc import Callable

import pytest

from tests.api.office import Office
from tests.pages.browsing import Browser, Page

Browse = Callable[[str], Browser]


@pytest.fixture
def room(browse: Browse, office: Office) -> str:
    """A room of 20, added by the clerk; its name."""
    browser = browse("clerk")
    form = browser.open("/rooms/new").form("capacity")
    page = browser.send(
        form, name="ห้องผาสุก", place="อาคาร 1", capacity="๒๐", equipment="จอ\nเครื่องเสียง"
    )
    assert browser.at == "/rooms/list"
    assert "จอ · เครื่องเสียง" in page.text
    return "ห้องผาสุก"


def ask_for(browser: Browser, **values: str) -> Page:
    form = browser.open("/bookings/new").form("purpose")
    given = {
        "day": "18 ก.พ. 69",
        "from": "9",
        "until": "12.00 น.",
        "purpose": "ประชุม",
        "attendees": "12",
    }
    return browser.send(form, **given | values)


def test_an_office_without_rooms_says_what_to_do(browse: Browse) -> None:
    assert "/rooms/new" in browse("clerk").open("/rooms").links
    page = browse("officer").open("/rooms")
    assert "ยังไม่มีห้องให้จอง" in page.text
    assert "/rooms/new" not in page.links


def test_a_request_is_written_as_people_write_and_granted(browse: Browse, room: str) -> None:
    officer, head = browse("officer"), browse("centralhead")
    page = ask_for(officer)
    assert officer.at.startswith("/bookings/")
    assert "รออนุมัติ" in page.text
    assert "วันพุธที่ 18 กุมภาพันธ์ 2569 09:00–12:00 น." in page.text
    assert [form.fields["form"] for form in page.forms if "form" in form.fields] == [["cancel"]]

    waiting = head.open("/bookings?scope=waiting")
    assert "ประชุม" in waiting.text
    page = head.open(next(link for link in waiting.links if link == officer.at))
    page = head.send(page.form_named("confirm"), note="เชิญใช้ได้")
    assert "อนุมัติแล้ว ผู้ขอได้รับแจ้งแล้ว" in page.text
    assert "เชิญใช้ได้" in page.text
    assert "ผู้อำนวยการกลุ่มอำนวยการ" in page.text  # in which capacity

    week = officer.open("/rooms")
    assert "วันพุธที่ 18 กุมภาพันธ์ 2569" in week.text
    assert "09:00–12:00 น. ห้องผาสุก ประชุม นายทำ ทดสอบ 12 อนุมัติแล้ว" in week.text
    assert '"start":"2026-02-18T09:00:00"' in week.response.text


def test_what_is_wrong_stands_at_its_field_and_all_that_was_typed_stays(
    browse: Browse, office: Office, room: str
) -> None:
    officer = browse("officer")
    before = office.counts()
    typed = {
        "room": "",
        "day": "30 ก.พ. 69",
        "from": "บ่าย",
        "until": "",
        "purpose": "ซ้อมใหญ่",
        "attendees": "หลายคน",
    }
    page = ask_for(officer, **typed)
    assert page.status == 422
    assert "วันที่: ไม่มีวันที่ 30 กุมภาพันธ์ 2569 ในปฏิทิน" in page.text
    assert page.text.count("วันที่: ไม่มีวันที่ 30") == 1
    assert "ตั้งแต่เวลา: อ่านเวลาไม่ได้" in page.text
    assert "ถึงเวลา: ต้องกรอกช่องนี้" in page.text
    assert "จำนวนคน: ต้องเป็นจำนวนเต็ม" in page.text
    order = ["ห้อง:", "วันที่:", "ตั้งแต่เวลา:", "ถึงเวลา:", "จำนวนคน:"]
    assert sorted(order, key=page.text.index) == order
    assert "ห้อง: ต้องกรอกช่องนี้" in page.text
    kept = page.form("purpose").fields
    assert {name: "".join(kept[name]) for name in typed} == typed
    assert office.counts() == before


def test_a_time_that_is_taken_says_so(browse: Browse, room: str) -> None:
    officer, head = browse("officer"), browse("centralhead")
    ask_for(officer)
    page = head.open(officer.at)
    head.send(page.form_named("confirm"))
    page = ask_for(officer, purpose="อีกงาน")
    assert page.status == 409
    assert page.form("purpose").fields["purpose"] == ["อีกงาน"]


def test_a_decision_that_comes_too_late_is_told_so(browse: Browse, room: str) -> None:
    officer, head, deputy = browse("officer"), browse("centralhead"), browse("deputy")
    ask_for(officer)
    form = head.open(officer.at).form_named("confirm")
    ask_for(officer, purpose="อีกงาน")
    deputy.send(deputy.open(officer.at).form_named("confirm"))
    page = head.send(form)
    assert page.status == 412
    assert "ข้อมูลเปลี่ยนไปแล้วตั้งแต่เปิดหน้านี้" in page.text
    assert "มีการจองอื่นที่ได้รับอนุมัติในช่วงเวลาเดียวกัน" in page.text


def test_pressing_twice_asks_once(browse: Browse, office: Office, room: str) -> None:
    officer = browse("officer")
    form = officer.open("/bookings/new").form("purpose")
    given = {"day": "พรุ่งนี้", "from": "9", "until": "10", "purpose": "ประชุม", "attendees": "3"}
    officer.send(form, **given)
    first, before = officer.at, office.counts()
    officer.at = "/bookings/new"
    officer.send(form, **given)
    assert officer.at == first
    assert office.counts() == before


def test_a_service_that_is_down_keeps_what_was_typed(
    browse: Browse, office: Office, room: str
) -> None:
    clerk = browse("clerk")
    form = clerk.open("/rooms/new").form("capacity")
    with office.client.without("resources"):
        page = clerk.send(form, name="ห้องใหม่", capacity="8")
    assert page.status == 503
    assert "ข้อมูลที่กรอกไว้ยังอยู่ ลองใหม่ใน 10 วินาที" in page.text
    again = page.form("capacity")
    assert again.fields["name"] == ["ห้องใหม่"]
    assert again.fields["form_key"] == form.fields["form_key"]
    assert "เพิ่ม ห้องใหม่ แล้ว" in clerk.send(again).text


def test_what_changed_meanwhile_is_shown_beside_what_was_typed(browse: Browse, room: str) -> None:
    clerk, director = browse("clerk"), browse("director")
    address = next(
        link for link in clerk.open("/rooms/list").links if link[:7] == "/rooms/" and len(link) > 40
    )
    stale = clerk.open(address).form("capacity")
    other = director.open(address).form("capacity")
    director.send(other, capacity="25")
    clerk.at = address
    page = clerk.send(stale, name="ห้องผาสุก 2")
    assert page.status == 412
    assert "มีผู้แก้ไขข้อมูลนี้ระหว่างที่คุณเปิดหน้านี้อยู่" in page.text
    assert "ขณะนี้: 25" in page.text
    again = page.form("capacity")
    assert again.fields["name"] == ["ห้องผาสุก 2"]
    clerk.send(again, capacity="25")
    assert "ห้องผาสุก 2" in clerk.open("/rooms/list").text


def test_giving_up_needs_a_reason(browse: Browse, room: str) -> None:
    officer = browse("officer")
    page = ask_for(officer)
    page = officer.send(page.form_named("cancel"))
    assert page.status == 422
    assert "เหตุผล: ต้องกรอกช่องนี้" in page.text
    page = officer.send(page.form_named("cancel"), reason="เลื่อนประชุม")
    assert "ยกเลิกแล้ว" in page.text
    assert "เลื่อนประชุม" in page.text


def test_one_who_may_not_decide_is_offered_nothing_to_decide(browse: Browse, room: str) -> None:
    officer = browse("officer")
    ask_for(officer)
    page = browse("groupclerk").open(officer.at)
    assert [form for form in page.forms if "form" in form.fields] == []
    calendar = browse("auditor").open("/rooms")
    assert not [link for link in calendar.links if link.startswith("/bookings/new")]
    assert "รอฉันอนุมัติ" not in calendar.text


def test_the_day_of_the_form_shows_what_is_already_asked_for(browse: Browse, room: str) -> None:
    officer = browse("officer")
    ask_for(officer)
    assert "09:00–12:00 น. รออนุมัติ ห้องผาสุก" in officer.open("/rooms/day?day=18 ก.พ. 69").text
    assert "ว่างทั้งวัน" in officer.open("/rooms/day?day=19 ก.พ. 69").text
    assert officer.open("/rooms/day?day=xx").text.strip() == ""
