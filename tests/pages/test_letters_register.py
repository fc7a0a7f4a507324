"""The receive register on its page: the form's columns, search, filters, order, pages, and taking it along."""

import re
from collections.abc import Callable

import pytest

from tests.api.office import Office
from tests.pages.browsing import Browser
from tests.pages.letters import COLUMNS, later, ordered, registered

Browse = Callable[[str], Browser]


def subjects(text: str) -> list[str]:
    """The subjects of the rows, in order."""
    return re.findall(r'<td class="c-subject"><span class="cut" title="([^"]*)"', text)


def test_an_empty_register_says_what_will_appear_and_what_to_do(browse: Browse) -> None:
    page = browse("clerk").open("/letters")
    assert "หนังสือที่ลงทะเบียนรับในปีนี้จะแสดงที่นี่" in page.text
    assert "/letters/new" in page.links
    for view, words in (("overdue", "ไม่มีหนังสือเกินกำหนด"), ("unattended", "(ข้อ 50)")):
        assert words in browse("clerk").open(f"/letters?{view}=1").text


def test_the_columns_are_those_of_the_form(browse: Browse, office: Office) -> None:
    registered(office, urgency="most_urgent", defect="ไม่มีสิ่งที่ส่งมาด้วย")
    page = browse("clerk").open("/letters")
    heads = ["เลขรับ", "ที่", "ลงวันที่", "จาก", "ถึง", "เรื่อง", "การปฏิบัติ", "หมายเหตุ"]
    places = [page.text.index(f" {head} ", page.text.index("เวลา")) for head in heads[1:]]
    assert places == sorted(places)
    for shown in (*COLUMNS.values(), "ด่วนที่สุด", "รอเสนอ", "ข้อบกพร่อง: ไม่มีสิ่งที่ส่งมาด้วย"):
        assert shown in page.text
    assert "วันจันทร์ที่ 16 กุมภาพันธ์ 2569" in page.text


def test_a_word_from_the_middle_is_found_in_either_digits(browse: Browse, office: Office) -> None:
    clerk = browse("clerk")
    registered(office, subject="โครงการที่ ๔๒ อาหารกลางวัน")
    registered(office, reference="อื่น", subject="เรื่องอื่น")
    for words in ("กลางวัน", "42", "๔๒"):
        assert subjects(clerk.open(f"/letters?q={words}").response.text) == [
            "โครงการที่ ๔๒ อาหารกลางวัน"
        ]
        assert "โครงการที่ ๔๒ อาหารกลางวัน" in clerk.open(f"/search?q={words}").text
    assert "ไม่พบ “ไม่มีคำนี้”" in clerk.open("/letters?q=ไม่มีคำนี้").text
    assert "ไม่พบ “ไม่มีคำนี้”" in clerk.open("/search?q=ไม่มีคำนี้").text


def test_filters_are_in_the_address_and_understood_as_typed(browse: Browse, office: Office) -> None:
    clerk = browse("clerk")
    registered(office, subject="ก", urgency="urgent")
    later(office, 1, "clerk")
    clerk = browse("clerk")
    registered(office, subject="ข", reference="ข")
    assert subjects(clerk.open("/letters?urgency=urgent").response.text) == ["ก"]
    assert subjects(clerk.open("/letters?state=closed").response.text) == []
    assert subjects(clerk.open("/letters?first_day=17 ก.พ. 69").response.text) == ["ข"]
    assert subjects(clerk.open("/letters?last_day=16/2/2569").response.text) == ["ก"]
    assert subjects(clerk.open("/letters?year=2568").response.text) == []
    page = clerk.open("/letters?first_day=31 ก.พ. 69")
    assert page.status == 200
    assert "ไม่มีวันที่ 31 กุมภาพันธ์ 2569 ในปฏิทิน" in page.text
    assert page.form("first_day", "q").fields["first_day"] == ["31 ก.พ. 69"]
    page = clerk.open("/letters?first_day=17 ก.พ. 69&last_day=16 ก.พ. 69")
    assert "ต้องไม่ก่อนวันเริ่ม" in page.text
    assert clerk.open("/letters?urgency=whenever").status == 422
    assert clerk.open("/letters?cursor=xx").status == 422


def test_heads_sort_and_turn_round(browse: Browse, office: Office) -> None:
    clerk = browse("clerk")
    for subject in ("เขต", "แผน", "กลาง"):
        registered(office, subject=subject, reference=subject)
    assert subjects(clerk.open("/letters").response.text) == ["กลาง", "แผน", "เขต"]
    page = clerk.open("/letters?sort=subject")
    assert subjects(page.response.text) == ["กลาง", "เขต", "แผน"]
    turned = next(link for link in page.links if "sort=-subject" in link)
    assert subjects(clerk.open(turned).response.text) == ["แผน", "เขต", "กลาง"]


def test_long_registers_come_in_pages_with_and_without_script(
    browse: Browse, office: Office
) -> None:
    clerk = browse("clerk")
    for number in range(1, 54):
        registered(office, reference=str(number), subject=f"ที่ {number}")
    page = clerk.open("/letters")
    assert subjects(page.response.text) == [f"ที่ {number}" for number in range(53, 3, -1)]
    assert "ทั้งหมด 53 รายการ" in page.text
    more = next(link for link in page.links if "cursor=" in link and "sort" not in link)
    whole = clerk.open(more)
    assert subjects(whole.response.text) == ["ที่ 3", "ที่ 2", "ที่ 1"]
    assert "<title>" in whole.response.text
    rows = clerk.client.get(more, headers={"HX-Request": "true"})
    assert subjects(rows.text) == ["ที่ 3", "ที่ 2", "ที่ 1"]
    assert "<title>" not in rows.text
    assert "วันจันทร์ที่ 16" not in rows.text  # the band above goes on
    assert "HX-Request" in rows.headers["Vary"]


def test_overdue_and_unattended_letters_are_counted_and_listed(
    browse: Browse, office: Office
) -> None:
    ordered(office, due="2026-02-18")
    assert "เกินกำหนด 0" in browse("clerk").open("/letters").text
    later(office, 12, "clerk")
    page = browse("clerk").open("/letters?overdue=1")
    assert "เกินกำหนด 1" in page.text
    assert "ไม่มีความเคลื่อนไหว 1" in page.text
    assert "ช้า 10 วัน" in page.text
    assert COLUMNS["subject"] in browse("clerk").open("/letters?unattended=1").text


@pytest.mark.parametrize(
    ("kind", "start"), [("pdf", b"%PDF-"), ("xlsx", b"PK"), ("csv", "\ufeff".encode())]
)
def test_the_register_is_taken_along_as_filtered(
    browse: Browse, office: Office, kind: str, start: bytes
) -> None:
    clerk = browse("clerk")
    registered(office, urgency="urgent")
    page = clerk.open("/letters?urgency=urgent")
    way = next(link for link in page.links if f"register.{kind}" in link)
    assert "urgency=urgent" in way
    assert "year=2569" in way
    answer = clerk.client.get(way)
    assert answer.status_code == 200
    assert answer.data.startswith(start)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert clerk.client.get("/letters/register.doc").status_code == 404
    assert clerk.client.get(f"/letters/register.{kind}?first_day=x").status_code == 422


def test_the_pdf_has_thai_digits_by_choice(browse: Browse, office: Office) -> None:
    clerk = browse("clerk")
    registered(office)
    ways = [link for link in clerk.open("/letters").links if "register.pdf" in link]
    assert [("thai=1" in way) for way in ways] == [False, True]
    plain, thai = (clerk.client.get(way).data for way in ways)
    assert plain != thai


def test_the_year_in_figures(browse: Browse, office: Office) -> None:
    ordered(office, urgency="urgent")
    page = browse("clerk").open("/letters/summary")
    assert "สรุปหนังสือรับ พ.ศ. 2569" in page.text
    assert "1 รับทั้งหมด" in page.text
    assert "ก.พ. 1" in page.text
    assert "กลุ่มนโยบายและแผน 1" in page.text
    assert f"/letters?year=2569&group={office.known.groups['plan']}" in page.links
    assert "ยังไม่มีหนังสือรับในปีนี้" in browse("school").open("/letters/summary").text
    assert browse("clerk").open("/letters/summary?year=abc").status == 422
