"""Whom a document goes to, and who has received it: chosen, sent, watched, reminded, sent again."""

import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdfium2 import PdfDocument

from gateway.pages.sending.recipients import matches, merged
from tests.api.office import Office
from tests.pages.browsing import Browser, Form, Page
from tests.pages.circulars import (
    MAYOR,
    SUBJECT,
    deliveries,
    numbered,
    on_system,
    outside,
    schools,
    sent,
    settled,
    waiting,
)
from tests.pages.letters import later, post

Browse = Callable[[str], Browser]
NAMES = ("โรงเรียนบ้านเหนือ", "โรงเรียนบ้านใต้", "โรงเรียนบ้านใต้ (สาขา)")


def act(page: Page, name: str, **fields: str) -> Form:
    """The form of this name that has these fields (those of a recipient stand beside others)."""
    found = [
        form
        for form in page.forms
        if form.fields.get("form") == [name] and all(form.fields.get(key) for key in fields)
    ]
    return found[0]


def rows(page: Page) -> list[str]:
    """The recipients shown, in order."""
    text = page.response.text
    return [part.split('"')[0] for part in text.split('data-row data-name="')[1:]]


def test_the_picker_offers_schools_kept_lists_and_those_outside(
    browse: Browse, office: Office
) -> None:
    north, _south, _branch = schools(office, *NAMES)
    members = [on_system(north, NAMES[0]), outside("email", MAYOR, "saraban@mayor.example")]
    post(office, "clerk", "/api/recipient-lists", name="อำเภอเหนือ", members=members)
    offered = browse("clerk").client.get("/recipients/choices").json
    assert {one["name"] for one in offered["organisations"]} == {*NAMES, "โรงเรียนทดสอบ"}
    assert all(one["school"] for one in offered["organisations"])
    assert [(one["name"], len(one["members"])) for one in offered["lists"]] == [("อำเภอเหนือ", 2)]
    assert [one["name"] for one in offered["outside"]] == [MAYOR]
    sent(office, outside("email", "โรงพยาบาลตัวอย่าง", "saraban@health.example"))
    offered = browse("clerk").client.get("/recipients/choices").json
    assert [one["name"] for one in offered["outside"]] == ["โรงพยาบาลตัวอย่าง", MAYOR]
    own = office.known.organisations["office"]
    assert own not in {one["organisation"] for one in offered["organisations"]}


def test_names_pasted_are_understood_as_people_write_them() -> None:
    known = [
        {"id": str(place), "code": f"5001{place}", "name": name} for place, name in enumerate(NAMES)
    ]
    lines = [
        "1. โรงเรียนบ้านเหนือ",
        "๒) บ้านเหนือ ",
        "50011",
        "เทศบาลตำบลตัวอย่าง <saraban@mayor.example>",
        "บ้านใต้",
        "บ้าน",
        "ไม่มีที่นี่",
        "",
    ]
    found, unknown = matches(lines, known)
    assert [one["name"] for one in found] == [NAMES[0], NAMES[0], NAMES[1], MAYOR]
    assert found[-1]["address"] == "saraban@mayor.example"
    # Two schools of one name, but for the remark in brackets, are not told apart.
    assert [(one["line"], len(one["like"])) for one in unknown] == [
        ("บ้านใต้", 2),
        ("บ้าน", 3),
        ("ไม่มีที่นี่", 0),
    ]


recipients = st.lists(
    st.builds(
        lambda organisation, name, channel: {
            "organisation": organisation,
            "name": name,
            "channel": "system" if organisation else channel,
            "address": "",
        },
        st.sampled_from(["1", "2", None]),
        st.sampled_from(["ก", "ข", "ก ", "แ", "เเ"]),
        st.sampled_from(["messenger", "post"]),
    ),
    max_size=12,
)


@given(recipients, recipients)
def test_merging_keeps_each_once_where_it_stood_first(
    some: list[dict[str, Any]], more: list[dict[str, Any]]
) -> None:
    once = merged([*some, *more])
    assert merged(once) == once
    assert merged([*once, *some, *more]) == once
    assert all(one in [*some, *more] for one in once)
    assert once[: len(merged(some))] == merged(some)


def test_a_document_is_sent_to_those_chosen_and_to_each_once(
    browse: Browse, office: Office
) -> None:
    north, south, _ = schools(office, *NAMES)
    document, clerk = numbered(office), browse("clerk")
    address = f"/documents/{document}/sending"
    page = clerk.open(address)
    assert clerk.send(page.form("recipients"), recipients="[]").status == 422
    assert clerk.send(page.form("recipients"), recipients="{").status == 422
    chosen = [on_system(north, NAMES[0]), on_system(south, NAMES[1]), on_system(north, NAMES[0])]
    page = clerk.send(clerk.open(address).form("recipients"), recipients=json.dumps(chosen))
    assert clerk.at == f"/documents/{document}/recipients"
    assert "ส่งแล้ว ถึงผู้รับ 2 ราย" in page.text
    settled(office)
    assert rows(clerk.open(clerk.at)) == [NAMES[0], NAMES[1]]


def test_a_fault_of_a_recipient_says_whose_it_is(browse: Browse, office: Office) -> None:
    document, clerk = numbered(office), browse("clerk")
    wrong = [on_system(office.known.organisations["school"]), outside("email", MAYOR, "mayor")]
    form = clerk.open(f"/documents/{document}/sending").form("recipients")
    page = clerk.send(form, recipients=json.dumps(wrong))
    assert page.status == 422
    assert f"{MAYOR}: ต้องเป็นที่อยู่อีเมล" in page.text
    assert json.loads(page.form("recipients").fields["recipients"][0])[1]["address"] == "mayor"


def test_late_ones_stand_first_and_the_address_filters(browse: Browse, office: Office) -> None:
    north, south, _ = schools(office, *NAMES)
    school = office.known.organisations["school"]
    to = [on_system(school), on_system(north, NAMES[0])]
    document = sent(office, *to)
    post(office, "school", f"/api/arrivals/{waiting(office)[0]['id']}/registration")
    settled(office)
    later(office, 7, "clerk")
    clerk = browse("clerk")
    post(
        office,
        "clerk",
        f"/api/documents/{document}/sendings",
        recipients=[on_system(south, NAMES[1])],
    )
    settled(office)
    here = f"/documents/{document}/recipients"
    page = clerk.open(here)
    assert rows(page) == [NAMES[0], "โรงเรียนทดสอบ", NAMES[1]]
    assert "ช้า 5 วัน" in page.text
    assert rows(clerk.open(f"{here}?state=late")) == [NAMES[0]]
    assert rows(clerk.open(f"{here}?state=received")) == ["โรงเรียนทดสอบ"]
    assert rows(clerk.open(f"{here}?state=waiting")) == [NAMES[0], NAMES[1]]
    assert rows(clerk.open(f"{here}?q=บ้านใต้")) == [NAMES[1]]
    assert rows(clerk.open(f"{here}?q=ไม่มี")) == []
    grid = clerk.open(f"{here}?view=grid")
    assert rows(grid) == [NAMES[0], NAMES[1], "โรงเรียนทดสอบ"]
    assert "เกินกำหนด 1" in grid.text


def test_one_key_reminds_all_who_are_late(browse: Browse, office: Office) -> None:
    document = sent(office)
    later(office, 7, "clerk", "school")
    clerk = browse("clerk")
    page = clerk.open(f"/documents/{document}/recipients")
    assert 'data-key="l"' in page.response.text
    page = clerk.send(act(page, "remind_recipients", late="1"))
    assert "เตือนแล้ว 1 ราย" in page.text
    settled(office)
    assert "ผู้ส่งเตือน" in browse("school").open("/letters/tray").text


def test_an_urgent_letter_asks_for_the_confirming_call(browse: Browse, office: Office) -> None:
    document, clerk = sent(office, urgency="most_urgent"), browse("clerk")
    [row] = deliveries(office, document)
    here = f"/documents/{document}/recipients?delivery={row['id']}"
    page = clerk.open(here)
    assert "ต้องโทรยืนยัน" in page.text
    form = act(page, "confirm_receipt", delivery="")
    page = clerk.send(form, spoken_to="", time="")
    assert page.status == 422
    page = clerk.send(
        act(page, "confirm_receipt", delivery=""), spoken_to="ครูเวร", day="วันนี้", time="9.30"
    )
    assert "บันทึกการโทรยืนยันแล้ว" in page.text
    [row] = deliveries(office, document)
    assert (row["spoken_to"], row["call"]) == ("ครูเวร", False)


def test_what_goes_on_paper_is_handed_over_in_the_messenger_book(
    browse: Browse, office: Office
) -> None:
    document = sent(office, outside("messenger"), outside("post", "นายดี ตัวอย่าง", "99 ม.1"))
    clerk = browse("clerk")
    page = clerk.open("/documents/messenger")
    for shown in (MAYOR, "นายดี ตัวอย่าง", SUBJECT):
        assert shown in page.text
    for name in ("book", "receipts"):
        printed = clerk.client.get(f"/documents/messenger/{name}.pdf")
        text = PdfDocument(printed.data)[0].get_textpage().get_text_range()
        assert MAYOR in "".join(text.split())
    address = next(link for link in page.links if "open=" in link)
    page = clerk.send(
        clerk.open(address).form("receiver"), receiver="นางสาวสมใจ", day="วันนี้", time="09:15"
    )
    assert "บันทึกการรับแล้ว" in page.text
    assert MAYOR not in page.text
    settled(office)
    assert "นางสาวสมใจ" in clerk.open("/documents/messenger?first_day=วันนี้").text
    assert "ไม่มีวันที่ 31" in clerk.open("/documents/messenger?first_day=31 ก.พ. 69").text
    assert "รับแล้ว 1 จาก 2" in clerk.open(f"/documents/{document}/recipients").text


def test_another_way_is_chosen_from_the_recipient(browse: Browse, office: Office) -> None:
    document, clerk = sent(office, outside("messenger")), browse("clerk")
    [row] = deliveries(office, document)
    page = clerk.open(f"/documents/{document}/recipients?delivery={row['id']}")
    form = act(page, "redirect_delivery", delivery="")
    assert clerk.send(form, channel="email", address="ไม่ใช่").status == 422
    page = clerk.send(form, channel="post", address="99 ม.1 ต.ตัวอย่าง")
    assert "ส่งใหม่แล้ว" in page.text
    assert deliveries(office, document)[0]["address"] == "99 ม.1 ต.ตัวอย่าง"


def test_closing_before_all_have_received_takes_a_reason(browse: Browse, office: Office) -> None:
    document, clerk = sent(office), browse("clerk")
    here = f"/documents/{document}/recipients"
    page = clerk.send(clerk.open(here).form_named("close_document"))
    assert page.status == 422
    assert "ยังมีผู้รับที่ไม่ได้รับ 1 ราย" in page.text
    page = clerk.send(page.form_named("close_document"), text="โรงเรียนยุบแล้ว")
    assert "ปิดเรื่องแล้ว" in page.text
    assert "close_document" not in page.response.text


def test_who_has_not_received_in_time_is_gathered(browse: Browse, office: Office) -> None:
    clerk = browse("clerk")
    assert "ผู้รับทุกรายรับหนังสือในเวลา" in clerk.open("/documents/unreceived").text
    document = sent(office)
    later(office, 7, "clerk")
    page = browse("clerk").open("/documents/unreceived")
    assert SUBJECT in page.text
    assert f"/documents/{document}/recipients?state=late" in page.links


def test_the_matrix_is_taken_along(browse: Browse, office: Office) -> None:
    document, client = sent(office), browse("clerk").client
    book = client.get(f"/documents/{document}/recipients.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(book.data)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[4]][:5] == [1, "โรงเรียนทดสอบ", "ทางระบบ", None, "ถึงผู้รับ"]
    text = client.get(f"/api/documents/{document}/deliveries.csv").data.decode("utf-8-sig")
    assert text.splitlines()[1].startswith("1,โรงเรียนทดสอบ,ทางระบบ")


def test_lists_are_kept_changed_and_dropped(browse: Browse, office: Office) -> None:
    north, south, _ = schools(office, *NAMES)
    clerk = browse("clerk")
    members = json.dumps([on_system(north, NAMES[0]), on_system(south, NAMES[1])])
    form = clerk.open("/settings/recipients/new").form("recipients", "name")
    assert clerk.send(form, name="", recipients=members).status == 422
    page = clerk.send(form, name="อำเภอเหนือ", recipients=members)
    assert "เก็บรายชื่อแล้ว" in page.text
    address = next(link for link in page.links if link.startswith("/settings/recipients/0"))
    page = clerk.open(address)
    assert NAMES[1] in page.text
    page = clerk.send(
        page.form("recipients", "name"), recipients=json.dumps([on_system(north, NAMES[0])])
    )
    assert NAMES[1] not in page.text
    page = clerk.send(clerk.open(address).form_named("drop_recipient_list"))
    assert "เลิกใช้รายชื่อแล้ว" in page.text
    assert "อำเภอเหนือ" not in page.text
    assert clerk.open(address).status == 404


def test_checks_of_the_mailbox_are_on_record(browse: Browse) -> None:
    clerk = browse("clerk")
    page = clerk.open("/settings/mailbox")
    assert "ยังไม่ได้ตั้งค่า" in page.text
    form = next(form for form in page.forms if form.action == "/settings/mailbox")
    page = clerk.send(form)
    assert "ตรวจแล้ว พบหนังสือใหม่ 0 ฉบับ" in page.text
    assert "10:00 น. นายรับ ทดสอบ" in page.text


@pytest.mark.parametrize("who", ["school", "finance"])
def test_others_find_nothing(browse: Browse, office: Office, who: str) -> None:
    document = sent(office)
    browser = browse(who)
    for address in ("recipients", "recipients.csv", "sending"):
        assert browser.open(f"/documents/{document}/{address}").status == 404
    assert SUBJECT not in browser.open("/documents/unreceived").text
    assert SUBJECT not in browser.open("/documents/messenger").text
