"""The registers of what is made: shown, taken along, counted, and every number accounted for."""

import csv
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pypdfium2
import pytest

from tests.api.office import Office
from tests.pages.browsing import Browser

Browse = Callable[[str], Browser]
PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


def record(office: Office, who: str = "clerk", **columns: Any) -> dict[str, Any]:
    """A document signed on paper, numbered by its scan."""
    body = {
        "kind": "external",
        "dated": "2026-02-16",
        "recipient": "ผู้อำนวยการโรงเรียนทดสอบ",
        "subject": "ขอเชิญประชุมผู้บริหารสถานศึกษา",
        "signer": "นายสั่ง ทดสอบ",
        "signature": ["ผู้อำนวยการสำนักงาน"],
        "uploads": [office.upload(who, PDF, "สแกน.pdf")],
    }
    return posted(office, "/api/documents/papers", who, **(body | columns))


def posted(office: Office, path: str, who: str = "clerk", **body: Any) -> dict[str, Any]:
    answer = office.as_(who).post(path, json=body)
    assert answer.status_code in (200, 201), answer.text
    done: dict[str, Any] = answer.json
    return done


@pytest.fixture
def kept(office: Office) -> dict[str, dict[str, Any]]:
    """Letters 1 and 5, of which the first is cancelled; 2 to 4 kept ahead, of which 2 is used."""
    first = record(office, subject="แจ้งกำหนดการนิเทศ")
    posted(office, f"/api/documents/{first['id']}/cancellation", reason="พิมพ์ผิด")
    ahead = {"series": "send", "count": 3, "expires": "2026-03-31", "reason": "รอลงนามในเอกสาร"}
    reserved = posted(office, "/api/reservations", **ahead)
    used = record(office, subject="ใช้เลขที่จอง", reservation=reserved["id"])
    last = record(office, subject="ขอข้อมูลนักเรียน", urgency="urgent")
    record(office, kind="order", subject="แต่งตั้งคณะกรรมการ")
    return {"first": first, "reserved": reserved, "used": used, "last": last}


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.usefixtures("kept")
def test_the_send_register_has_its_columns_and_explains_each_number(browse: Browse) -> None:
    page = browse("clerk").open("/documents/register")
    for words in ("เลขทะเบียนส่ง", "ลงวันที่", "การปฏิบัติ", "หมายเหตุ", "ขอข้อมูลนักเรียน"):
        assert words in page.text, words
    assert "ยกเลิกเลข: พิมพ์ผิด" in page.text
    assert "จองเลขไว้ รอลงนามในเอกสาร" in page.text
    assert "แต่งตั้งคณะกรรมการ" not in page.text
    assert "แต่งตั้งคณะกรรมการ" in browse("clerk").open("/documents/register?series=order").text


@pytest.mark.usefixtures("kept")
def test_taken_along_it_says_the_same(browse: Browse, office: Office) -> None:
    browser = browse("clerk")
    lines = rows(browser.client.get("/documents/register.csv").data)
    assert lines[0][:8] == [
        "เลขทะเบียนส่ง", "ที่", "ลงวันที่", "จาก", "ถึง", "เรื่อง", "การปฏิบัติ", "หมายเหตุ",
    ]  # fmt: skip
    assert [line[0] for line in lines[1:]] == ["1", "2", "3", "4", "5"]
    assert lines[1][7] == "ยกเลิกเลข: พิมพ์ผิด"
    assert [line[7] for line in lines[3:5]] == ["จองเลขไว้: รอลงนามในเอกสาร"] * 2
    book = browser.client.get("/documents/register.xlsx").data
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    assert [cells[0].value for cells in sheet.iter_rows(min_row=4)] == [1, 2, 3, 4, 5]
    pdf = browser.client.get("/documents/register.pdf?thai=1").data
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert "ทะเบียนหนังสือส่ง" in text
    assert "๒๕๖๙" in text
    assert not set("0123456789") & set(text)
    by_api = office.as_("clerk").get("/api/documents/register.csv").data
    assert rows(by_api) == lines


@pytest.mark.usefixtures("kept")
def test_a_period_shows_the_gaps_within_it_alone(browse: Browse, office: Office) -> None:
    record(office, dated="2026-02-10", subject="ลงวันที่ก่อน")
    ahead = {"series": "send", "count": 1, "expires": "2026-03-31", "reason": "ท้ายทะเบียน"}
    posted(office, "/api/reservations", **ahead)
    browser = browse("clerk")
    whole = rows(browser.client.get("/documents/register.csv").data)
    part = rows(browser.client.get("/documents/register.csv?first_day=16 ก.พ. 69").data)
    found = rows(browser.client.get("/documents/register.csv?q=นักเรียน").data)
    assert [line[0] for line in whole[1:]] == ["1", "2", "3", "4", "5", "6", "7"]
    assert [line[0] for line in part[1:]] == ["1", "2", "3", "4", "5"]
    assert [line[0] for line in found[1:]] == ["5"]
    page = browser.open("/documents/register?first_day=16 ก.พ. 69")
    assert "รอลงนามในเอกสาร" in page.text
    assert "ท้ายทะเบียน" not in page.text


def test_many_rows_come_page_by_page_with_their_gaps(browse: Browse, office: Office) -> None:
    ahead = {"series": "order", "count": 100, "expires": "2026-03-31", "reason": "จองไว้"}
    for _ in range(2):
        record(office, kind="order")
        posted(office, "/api/reservations", **ahead)
    # Fewer documents than a page holds, yet all numbers are there.
    page = browse("clerk").open("/documents/register?series=order")
    assert page.response.text.count('<tr class="gap">') == 200


@pytest.mark.usefixtures("kept")
def test_numbers_are_kept_given_up_and_accounted_for(browse: Browse) -> None:
    browser = browse("clerk")
    page = browser.open("/documents/numbers")
    assert "3, 4" in page.text
    wish = {"series": "order", "count": "๒", "expires": "31/3/2569", "reason": "คำสั่งไปราชการ"}
    done = browser.send(page.form("series", "count"), **wish)
    assert "จองเลข 2–3 แล้ว" in done.text
    burning = next(link for link in done.forms if link.action.endswith("/burning"))
    refused = browser.send(burning, reason="")
    assert refused.status == 422
    gone = browser.send(burning, reason="ไม่ไปแล้ว")
    assert "เลขเหล่านี้ไม่นำกลับมาใช้" in gone.text
    audit = browser.open("/documents/numbers/audit?series=order")
    assert "ไม่ไปแล้ว" in audit.text
    assert "ครบทุกเลขตั้งแต่ 1 ถึง 3" in audit.text


@pytest.mark.usefixtures("kept")
def test_who_may_keep_no_numbers_sees_no_form(browse: Browse) -> None:
    page = browse("auditor").open("/documents/numbers")
    assert "3, 4" in page.text
    assert "จำนวนเลข" not in page.text
    assert "ดูเลขของทะเบียนนี้ทั้งหมดไม่ได้" in browse("officer").open("/documents/numbers/audit").text


@pytest.mark.usefixtures("kept")
def test_figures(browse: Browse) -> None:
    page = browse("director").open("/documents/summary")
    assert "ออกเลขทั้งหมด" in page.text
    assert "สรุปหนังสือที่ออก พ.ศ. 2569" in page.text
    assert "ทะเบียนหนังสือส่ง 3" in page.text
    assert "ยังไม่มีหนังสือที่ออกเลขในปีนี้" in browse("director").open("/documents/summary?year=2560").text


def test_the_policy_is_chosen_by_those_who_may(browse: Browse, office: Office) -> None:
    browser = browse("clerk")
    form = browser.open("/settings/documents").form("code", "numbering")
    done = browser.send(form, code="ศธ 04123", circulars_apart="shared", unreceived_days="๕")
    assert "บันทึกแล้ว" in done.text
    chosen = office.as_("officer").get("/api/document-policy").json
    assert (chosen["code"], chosen["circulars_apart"], chosen["unreceived_days"]) == (
        "ศธ 04123",
        False,
        5,
    )
    refused = browser.send(browser.open("/settings/documents").form("code"), code="ศธ 04123/")
    assert refused.status == 422
    assert "ไม่ต้องใส่เครื่องหมาย /" in refused.text
    assert record(office, circular=True)["reference"] == "ศธ 04123/ว 1"
    assert record(office)["reference"] == "ศธ 04123/2"
    begun = browser.open("/settings/documents").form("code")
    assert "ปีนี้ออกเลขหนังสือเวียนไปแล้ว" in browser.send(begun, circulars_apart="apart").text
    assert "ศธ 04123" in browse("officer").open("/settings/documents").text


def test_a_groups_own_register_is_apart(browse: Browse, office: Office) -> None:
    plan = office.known.groups["plan"]
    browser = browse("clerk")
    form = browser.open("/settings/documents").form("code", "by_group")
    chosen = {f"code-{plan}": "ผน", "by_group": ["order"]}
    assert "บันทึกแล้ว" in browser.send(form, **chosen).text
    own = record(office, kind="order", group=plan, subject="คำสั่งของกลุ่ม")
    shared = record(office, kind="order", subject="คำสั่งของสำนักงาน")
    assert (own["reference"], shared["reference"]) == ("ผน 1/2569", "1/2569")
    for group, seen, unseen in (("", "ของสำนักงาน", "ของกลุ่ม"), (plan, "ของกลุ่ม", "ของสำนักงาน")):
        where = f"series=order&group={group}"
        assert f"คำสั่ง{seen}" in browser.open(f"/documents/register?{where}").text
        lines = rows(browser.client.get(f"/documents/register.csv?{where}").data)
        assert [line[5] for line in lines[1:]] == [f"คำสั่ง{seen}"]
        page = browser.open(f"/documents/register?{where}")
        assert f"คำสั่ง{unseen}" not in page.text
        assert "ทั้งหมด 1 รายการ" in page.text
    assert (
        "ครบทุกเลขตั้งแต่ 1 ถึง 1"
        in browser.open(f"/documents/numbers/audit?series=order&group={plan}").text
    )


def test_an_emblem_is_shown(browse: Browse, office: Office) -> None:
    browser = browse("clerk")
    assert browser.open("/settings/documents/emblem").status == 404
    upload = office.upload("clerk", _png(), "ครุฑ.png")
    form = browser.open("/settings/documents").form("code", "numbering")
    browser.send(form, emblem=upload)
    shown = browser.client.get("/settings/documents/emblem")
    assert (shown.data, shown.content_type) == (_png(), "image/png")


def _png() -> bytes:
    from tests.correspondence.test_document_policy import PNG

    return PNG
