"""Taking over an old register, as a clerk sees it."""

from collections.abc import Callable

from tests.api.office import Office
from tests.pages.browsing import Browser, Page

Browse = Callable[[str], Browser]

OLD = """เลขทะเบียนรับ,วันที่รับ,เรื่อง,จาก
1,2 ม.ค. 68,แผนปฏิบัติการ,สพฐ.
3,31 กุมภา 68,ทุนการศึกษา,สพฐ.
,,ไม่มีเลข,สพฐ.
"""


def given(office: Office, browser: Browser, content: str = OLD) -> Page:
    """The page of an import that was just asked for."""
    upload = office.upload("clerk", content.encode(), "ทะเบียน 2568.csv")
    form = browser.open("/settings/registers").form("register", "year")
    return browser.send(form, register="receive", upload=upload, year="2568")


def carried(office: Office) -> None:
    office.client.harnesses["correspondence"].parts.instance().carry_imports()


def test_a_file_is_checked_read_and_taken_over(browse: Browse, office: Office) -> None:
    clerk = browse("clerk")
    page = given(office, clerk)
    assert "กำลังตรวจ" in page.text
    carried(office)
    page = clerk.open(clerk.at)
    for shown in (
        "ทั้งไฟล์ 3 แถว นำเข้าได้ 2 ไม่นำเข้า 1",
        "ไม่มีเลขทะเบียน",
        "31 กุมภา 68",
        "2568 2 1 3 1 0",  # rows, first, last, missing, repeated
    ):
        assert shown in page.text
    page = clerk.send(page.form_named("load"))
    assert "0 จาก 3 แถว" in page.text
    part = clerk.client.get(clerk.at, headers={"HX-Request": "true"})
    assert "HX-Refresh" not in part.headers
    carried(office)
    part = clerk.client.get(clerk.at, headers={"HX-Request": "true"})
    assert part.headers["HX-Refresh"] == "true"
    assert "นำเข้าครบ" in clerk.open(clerk.at).text
    assert "ทะเบียน 2568.csv" in clerk.open("/settings/registers").text
    assert "แผนปฏิบัติการ" in clerk.open("/letters?year=2568").text


def test_what_was_found_is_to_be_had_as_a_file(browse: Browse, office: Office) -> None:
    clerk = browse("clerk")
    given(office, clerk)
    carried(office)
    found = clerk.client.get(f"{clerk.at}/faults.csv").text
    assert found.startswith("\ufeff")
    assert "ไม่มีเลขทะเบียน" in found
    form = clerk.client.get("/settings/registers/receive.csv")
    assert "เลขทะเบียนรับ" in form.text


def test_a_file_that_is_no_register_says_so(browse: Browse, office: Office) -> None:
    clerk = browse("clerk")
    given(office, clerk, "ก,ข\n1,2\n")
    carried(office)
    assert "ไม่พบแถวหัวคอลัมน์" in clerk.open(clerk.at).text


def test_without_a_file_nothing_is_asked_for(browse: Browse) -> None:
    clerk = browse("clerk")
    form = clerk.open("/settings/registers").form("register", "year")
    assert "เลือกไฟล์ก่อน" in clerk.send(form, register="receive").text


def test_only_clerks(browse: Browse) -> None:
    assert browse("officer").open("/settings/registers").status == 403
