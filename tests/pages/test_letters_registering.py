"""Registering a letter that came in: what is understood, kept, refused, and shown afterwards."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.office import Office
from tests.pages.browsing import Browser
from tests.pages.letters import COLUMNS, do, pdf, registered

Browse = Callable[[str], Browser]


def register(browser: Browser, **columns: Any) -> str:
    """Register a letter by the form; its id."""
    page = browser.send(browser.open("/letters/new").form("reference"), **COLUMNS | columns)
    found = re.search(r"after=([0-9a-f-]{36})$", browser.at)
    assert found, page.text
    return found[1]


def test_the_number_is_shown_with_the_next_empty_form_under_it(browse: Browse) -> None:
    clerk = browse("clerk")
    form = clerk.open("/letters/new").form("reference", "subject")
    page = clerk.send(form, **COLUMNS, channel="email")
    assert "ลงทะเบียนแล้ว เลขรับ 1 /2569" in page.text
    next_form = page.form("reference", "subject").fields
    assert next_form["reference"] == next_form["subject"] == next_form["dated"] == [""]
    assert next_form["recipient"] == [COLUMNS["recipient"]]
    assert next_form["channel"] == ["email"]
    stamp = next(link for link in page.links if link.endswith("/stamped.pdf"))
    assert clerk.client.get(stamp).mimetype == "application/pdf"
    svg = clerk.client.get(stamp.replace("stamped.pdf", "stamp.svg"))
    assert svg.mimetype == "image/svg+xml"
    assert "sandbox" in svg.headers["Content-Security-Policy"]


def test_dates_are_read_as_people_write_them(browse: Browse) -> None:
    clerk = browse("clerk")
    letter = register(
        clerk,
        dated="๑๓ กุมภาพันธ์ ๒๕๖๙",
        deadline_day="20/2/2569",
        deadline_time="16.30",
        subject="สอง\r\nบรรทัด",
    )
    page = clerk.open(f"/letters/{letter}")
    assert "13 ก.พ. 69" in page.text
    assert "20 ก.พ. 69 16:30 น." in page.text
    assert "สอง บรรทัด" in page.text


def test_what_is_wrong_stands_at_its_field_and_all_that_was_typed_stays(
    browse: Browse, office: Office
) -> None:
    clerk, before = browse("clerk"), office.counts()
    upload = office.upload("clerk", pdf(), "ฉบับสแกน.pdf")
    form = clerk.open("/letters/new").form("reference", "subject")
    given = COLUMNS | {"dated": "30 ก.พ. 69", "sender": "", "deadline_day": "20 ก.พ. 69"}
    page = clerk.send(form, **given, uploads=upload, **{"uploads-name": "ฉบับสแกน.pdf"})
    assert page.status == 422
    assert "ลงวันที่: ไม่มีวันที่ 30 กุมภาพันธ์ 2569 ในปฏิทิน" in page.text
    assert "จาก: ต้องกรอกช่องนี้" in page.text
    kept = page.form("reference", "subject").fields
    for name, typed in given.items():
        assert kept[name] == [typed]
    assert kept["uploads"] == [upload]
    assert "ฉบับสแกน.pdf" in page.text
    assert office.counts() == before
    mended = clerk.send(
        page.form("reference", "subject"),
        dated="13 ก.พ. 69",
        sender="จังหวัด",
        deadline_day="",
    )
    assert "เลขรับ 1 /2569" in mended.text


def test_a_letter_from_the_future_is_refused(browse: Browse) -> None:
    clerk = browse("clerk")
    page = clerk.send(clerk.open("/letters/new").form("reference"), **COLUMNS | {"dated": "พรุ่งนี้"})
    assert page.status == 422
    assert page.form("reference").fields["dated"] == ["พรุ่งนี้"]


def test_the_button_pressed_twice_registers_once(browse: Browse, office: Office) -> None:
    clerk = browse("clerk")
    form = clerk.open("/letters/new").form("reference")
    first = clerk.send(form, **COLUMNS)
    events = office.counts()
    second = clerk.send(form, **COLUMNS)
    assert "เลขรับ 1 /2569" in first.text
    assert "เลขรับ 1 /2569" in second.text
    assert office.counts() == events


def test_a_service_that_is_away_loses_nothing_that_was_typed(
    browse: Browse, office: Office
) -> None:
    clerk = browse("clerk")
    form = clerk.open("/letters/new").form("reference")
    with office.client.without("correspondence"):
        page = clerk.send(form, **COLUMNS)
    assert page.status == 503
    assert page.response.headers["Retry-After"] == "10"
    assert "ข้อมูลที่กรอกไว้ยังอยู่" in page.text
    assert page.form("reference").fields["subject"] == [COLUMNS["subject"]]
    assert "เลขรับ 1 /2569" in clerk.send(page.form("reference")).text


def test_a_likely_duplicate_is_shown_while_typing_and_after(browse: Browse, office: Office) -> None:
    clerk, letter = browse("clerk"), registered(office)
    typed = {name: COLUMNS[name] for name in ("reference", "dated", "sender")}
    shown = clerk.client.get("/letters/new/duplicates", query_string=typed).text
    assert f"/letters/{letter}" in shown
    for name in typed:
        half = clerk.client.get("/letters/new/duplicates", query_string=typed | {name: "x"})
        assert half.status_code == 200
        assert "/letters/" not in half.text
    again = registered(office)
    assert "อาจซ้ำ" in clerk.open(f"/letters/new?after={again}").text


def test_parties_complete_from_letters_before_and_from_the_directory(
    browse: Browse, office: Office
) -> None:
    clerk = browse("clerk")
    registered(office)

    def suggested(column: str, typed: str) -> str:
        return clerk.client.get(f"/letters/parties/{column}?{column}={typed}").text

    assert COLUMNS["sender"] in suggested("sender", "ขั้นพื้นฐาน")
    assert "โรงเรียนทดสอบ" in suggested("sender", "โรงเรียน")
    assert "ผู้อำนวยการกลุ่มนโยบายและแผน" in suggested("recipient", "นโยบาย")
    assert clerk.client.get("/letters/parties/subject?subject=x").status_code == 404


@pytest.mark.parametrize("who", ["officer", "director", "auditor", "groupclerk"])
def test_only_who_registers_sees_the_form(browse: Browse, office: Office, who: str) -> None:
    page = browse(who).open("/letters/new")
    assert page.status == 403
    assert "/letters/new" not in browse(who).open("/letters").links


def test_only_the_registrar_chooses_a_class_and_the_highest_is_refused(browse: Browse) -> None:
    assert "secrecy" not in browse("clerk").open("/letters/new").form("reference").fields
    registrar = browse("registrar")
    form = registrar.open("/letters/new").form("reference")
    page = registrar.send(form, **COLUMNS, secrecy="most_secret")
    assert page.status in (409, 422)
    assert "ลับที่สุด" in page.text
    assert page.form("reference").fields["secrecy"] == ["most_secret"]
    assert "เลขรับ 1 /2569" in registrar.send(page.form("reference"), secrecy="secret").text


def test_a_slip_is_corrected_and_the_number_stays(browse: Browse, office: Office) -> None:
    clerk, letter = browse("clerk"), registered(office)
    page = do(clerk, letter, "correct_registration", subject="เรื่องที่ถูก", reason="พิมพ์ผิด")
    assert "แก้ไขทะเบียนแล้ว" in page.text
    assert "เรื่องที่ถูก" in page.text
    assert "เลขรับ 1/2569" in page.text
    page = do(clerk, letter, "cancel_registration", reason="ลงซ้ำ")
    assert "เลขนี้ไม่นำกลับมาใช้" in page.text
    registered(office, reference="อื่น")
    assert "เลขรับ 2/2569" in clerk.open("/search?q=อื่น").text
