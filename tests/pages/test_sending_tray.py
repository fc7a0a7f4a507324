"""The tray: what was sent on the system or by e-mail is registered with one press, or given back."""

from collections.abc import Callable
from datetime import timedelta

from tests.api.office import NOW, Office
from tests.pages.browsing import Browser, Page
from tests.pages.circulars import (
    MAILED,
    MAYOR,
    SUBJECT,
    deliveries,
    mailed,
    numbered,
    on_system,
    sent,
    settled,
    waiting,
)
from tests.pages.letters import later

Browse = Callable[[str], Browser]


def press(browser: Browser, **values: str) -> Page:
    """Send the tray's form."""
    return browser.send(browser.open("/letters/tray").form_named("marked"), **values)


def test_an_empty_tray_says_what_will_appear(browse: Browse) -> None:
    page = browse("clerk").open("/letters/tray")
    assert "หนังสือจะขึ้นที่นี่เอง" in page.text
    for who, sees in (("clerk", True), ("director", True), ("officer", False)):
        assert ("/letters/tray" in browse(who).open("/letters").links) is sees


def test_one_press_registers_and_the_sender_sees_number_and_time(
    browse: Browse, office: Office
) -> None:
    document, school = sent(office), browse("school")
    page = school.open("/letters/tray")
    for shown in (SUBJECT, "สำนักงานเขตพื้นที่การศึกษาทดสอบ", "ทางระบบ"):
        assert shown in page.text
    assert school.open("/letters/tray/count").text.strip() == "1"
    page = press(school, one=waiting(office)[0]["id"])
    assert "ลงทะเบียนแล้ว เลขรับ 1 /2569" in page.text
    assert "หนังสือจะขึ้นที่นี่เอง" in page.text
    assert school.open("/letters/tray/count").text.strip() == ""
    settled(office)
    matrix = browse("clerk").open(f"/documents/{document}/recipients").text
    assert "รับแล้ว 1 จาก 1" in matrix
    assert "ลงทะเบียนรับแล้ว" in matrix
    assert "1/2569 10:00" in matrix


def test_who_presses_twice_gets_the_number_of_the_first_time(
    browse: Browse, office: Office
) -> None:
    sent(office)
    school = browse("school")
    form = school.open("/letters/tray").form_named("marked")
    one = waiting(office)[0]["id"]
    for _ in range(2):
        assert "ลงทะเบียนแล้ว เลขรับ 1 /2569" in school.send(form, one=one).text
    assert office.as_("school").get("/api/letters").json["total"] == 1


def test_the_most_urgent_stands_first_and_marked_ones_are_registered_in_that_order(
    browse: Browse, office: Office
) -> None:
    sent(office, subject="เรื่องธรรมดา")
    office.clock.advance(minutes=5)
    sent(office, subject="เรื่องด่วน", urgency="most_urgent")
    school = browse("school")
    text = school.open("/letters/tray").text
    assert text.index("เรื่องด่วน") < text.index("เรื่องธรรมดา")
    assert "ด่วนที่สุด" in text
    page = press(school, task=[one["id"] for one in waiting(office)])  # type: ignore[arg-type]
    assert "ลงทะเบียนรับแล้ว 2 เรื่อง · เลขรับ 1/2569 ถึง 2/2569" in page.text
    found = office.as_("school").get("/api/letters?sort=number").json["items"]
    assert [one["subject"] for one in found] == ["เรื่องด่วน", "เรื่องธรรมดา"]


def test_opened_it_shows_the_paper_and_the_columns_filled_in(
    browse: Browse, office: Office
) -> None:
    sent(office)
    [arrival] = waiting(office)
    school = browse("school")
    page = school.open(f"/letters/tray/{arrival['id']}")
    columns = page.form_named("register_arrival").fields
    assert columns["subject"] == [SUBJECT]
    assert columns["dated"] == ["16 ก.พ. 69"]
    assert columns["reference"] == [arrival["reference"]]
    picture = next(link for link in page.response.text.split('"') if "/pages/1?width=" in link)
    assert school.client.get(picture.replace("&amp;", "&")).mimetype.startswith("image/")
    page = school.send(page.form_named("register_arrival"), note="ฉบับจริงตามมา", sender="สพป.")
    assert "เลขรับ 1 /2569" in page.text
    [letter] = office.as_("school").get("/api/letters").json["items"]
    assert (letter["sender"], letter["note"]) == ("สพป.", "ฉบับจริงตามมา")
    page = school.open(f"/letters/{letter['id']}")
    assert "ทางระบบ" in page.text
    assert f"/letters/tray/{arrival['id']}" in page.links
    assert "เลขรับ 1/2569" in school.open(f"/letters/tray/{arrival['id']}").text


def test_given_back_with_its_reason_the_sender_reads_why(browse: Browse, office: Office) -> None:
    document, school = sent(office), browse("school")
    address = f"/letters/tray/{waiting(office)[0]['id']}"
    page = school.send(school.open(address).form_named("refuse_arrival"), reason="")
    assert page.status == 422
    page = school.send(
        page.form_named("refuse_arrival"), reason="ไม่ใช่เรื่องของโรงเรียน", right_address="โรงเรียนอื่น"
    )
    assert "ส่งคืนแล้ว" in page.text
    assert "ไม่ใช่เรื่องของโรงเรียน" in school.open("/letters/tray?state=refused").text
    settled(office)
    matrix = browse("clerk").open(f"/documents/{document}/recipients?state=failed").text
    assert "ผู้รับส่งคืน" in matrix
    assert "ที่ถูกต้อง: โรงเรียนอื่น" in matrix


def test_an_email_has_its_clock_and_the_clerk_completes_its_columns(
    browse: Browse, office: Office
) -> None:
    clerk = browse("clerk")
    mailed(office, NOW - timedelta(minutes=10), spam=True)
    page = clerk.open("/letters/tray")
    for shown in (MAILED, MAYOR, "อีเมล", "กล่องจดหมายขยะ", "ต้องตอบรับก่อน"):
        assert shown in page.text, shown
    [arrival] = waiting(office, "clerk")
    page = clerk.open(f"/letters/tray/{arrival['id']}")
    assert "ขอส่งหนังสือตามที่แนบ" in page.text
    page = clerk.send(page.form_named("register_arrival"), reference="ชม 59901/7", dated="15 กพ 69")
    assert "เลขรับ 1 /2569" in page.text
    [letter] = office.as_("clerk").get("/api/letters").json["items"]
    assert (letter["reference"], letter["channel"]) == ("ชม 59901/7", "email")


def test_what_is_acknowledged_too_late_is_listed(browse: Browse, office: Office) -> None:
    mailed(office, NOW)
    assert "ไม่มีอีเมลที่ตอบรับเกินเวลา" in browse("clerk").open("/letters/tray?breached=1").text
    later(office, 2, "clerk")
    page = browse("clerk").open("/letters/tray?breached=1")
    assert MAILED in page.text
    assert "เลยเวลาตอบรับ" in page.text


def test_others_see_no_tray_and_a_school_no_letter_of_another(
    browse: Browse, office: Office
) -> None:
    sent(office)
    [arrival] = waiting(office)
    for who in ("officer", "clerk", "head"):
        assert browse(who).open(f"/letters/tray/{arrival['id']}").status == 404
        assert SUBJECT not in browse(who).open("/letters/tray").text
    assert "register_arrival" not in browse("auditor").open("/letters/tray").response.text


def test_a_reminder_stands_at_the_row(browse: Browse, office: Office) -> None:
    document, clerk = sent(office), browse("clerk")
    page = clerk.open(f"/documents/{document}/recipients")
    [row] = deliveries(office, document)
    form = next(one for one in page.forms if one.fields.get("form") == ["remind_recipients"])
    page = clerk.send(form, delivery=row["id"])
    assert "เตือนแล้ว 1 ราย" in page.text
    settled(office)
    assert "ผู้ส่งเตือน" in browse("school").open("/letters/tray").text


def test_a_school_answers_and_sends_to_the_office(browse: Browse, office: Office) -> None:
    to = on_system(office.known.organisations["office"], "สำนักงานเขตพื้นที่การศึกษาทดสอบ")
    answer = numbered(office, "school", subject="ส่งข้อมูลนักเรียน", circular=False)
    office.as_("school").post(f"/api/documents/{answer}/sendings", json={"recipients": [to]})
    settled(office)
    assert "ส่งข้อมูลนักเรียน" in browse("clerk").open("/letters/tray").text


def test_what_its_sender_made_void_is_said_and_cannot_be_registered(
    browse: Browse, office: Office
) -> None:
    void = {"reason": "ลงวันที่ผิด"}
    cancelled = office.as_("clerk").post(f"/api/documents/{sent(office)}/cancellation", json=void)
    assert cancelled.status_code == 200, cancelled.text
    settled(office)
    school, [row] = browse("school"), waiting(office)
    page = school.open("/letters/tray")
    assert "ผู้ส่งยกเลิกเลข ลงวันที่ผิด" in page.text
    assert 'name="one"' not in page.response.text
    page = school.open(f"/letters/tray/{row['id']}")
    assert "ผู้ส่งยกเลิกเลขของหนังสือนี้แล้ว: ลงวันที่ผิด" in page.text
    offered = [form.fields["form"] for form in page.forms if "form" in form.fields]
    assert offered == [["refuse_arrival"]]
