"""Standards: adopting a set, its indicators, reports and their evidence."""

from collections.abc import Callable

import pytest

from tests.api.office import Office
from tests.pages.browsing import Browser, Page

Browse = Callable[[str], Browser]
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


@pytest.fixture
def indicator(browse: Browse, office: Office) -> str:
    """An indicator that the officer answers for; its address."""
    director = browse("director")
    form = director.open("/standards/adopt").form("rounds")
    page = director.send(form, first_fiscal_year="๒๕๖๙")
    assert "รายงานแล้ว 0 จาก 0 ตัวบ่งชี้" in page.text
    address = next(link for link in page.links if link.startswith("/indicators/new?standard="))
    form = director.open(address).form("standard", "code")
    page = director.send(form, code="1.1", name="การบริหารจัดการ (ทดสอบ)")
    owner = f"{office.known.people['officer']}:{office.known.groups['plan']}"
    page = director.send(page.form_named("assign"), owner=owner)
    assert "นายทำ ทดสอบ" in page.text
    return director.at


def report(browser: Browser, indicator: str, upload: str, **values: str) -> Page:
    form = browser.open(f"{indicator}/report").form("result")
    given = {"result": "ทำครบทุกโรงเรียน", "figure": "๘๗.๕", "uploads": upload}
    return browser.send(form, **given | values)


def test_an_office_without_standards_says_what_will_be_there(browse: Browse) -> None:
    page = browse("officer").open("/standards")
    assert "ยังไม่ได้เริ่มใช้มาตรฐานชุดใด" in page.text
    assert "/standards/adopt" not in page.links
    assert "/standards/adopt" in browse("director").open("/standards").links


def test_rounds_that_are_no_months_are_sent_back(browse: Browse) -> None:
    director = browse("director")
    form = director.open("/standards/adopt").form("rounds")
    page = director.send(form, rounds="หกเดือน")
    assert page.status == 422
    assert page.form("rounds").fields["rounds"] == ["หกเดือน"]


def test_a_result_is_reported_with_evidence_and_verified(
    browse: Browse, office: Office, indicator: str
) -> None:
    officer = browse("officer")
    upload = office.upload("officer", PDF, "รายงานการนิเทศ.pdf")
    page = report(officer, indicator, upload)
    assert officer.at == indicator
    assert "ปีงบประมาณ 2569 รอบ 6 เดือน รอตรวจ" in page.text
    assert "87.5" in page.text
    file = next(link for link in page.links if "/evidence/" in link)
    evidence = browse("director").client.get(file)
    assert evidence.data == PDF
    assert evidence.headers["Content-Disposition"].startswith("attachment")
    evidence.close()

    director = browse("director")
    page = director.send(director.open(indicator).form_named("verify"), note="ครบถ้วน")
    assert "ตรวจแล้ว ผู้รายงานได้รับแจ้งแล้ว" in page.text
    overview = browse("auditor").open("/standards")
    assert "รายงานแล้ว 1 จาก 1 ตัวบ่งชี้" in overview.text
    assert 'class="bar-verified" x="0.0" width="200.0"' in overview.response.text


def test_a_returned_report_comes_back_with_what_to_change(
    browse: Browse, office: Office, indicator: str
) -> None:
    officer, director = browse("officer"), browse("director")
    report(officer, indicator, office.upload("officer", PDF, "ก.pdf"))
    page = director.open(indicator)
    page = director.send(page.form_named("return"))
    assert page.status == 422
    director.send(page.form_named("return"), reason="แนบสรุปรายโรงเรียน")
    page = officer.open(f"{indicator}/report")
    assert "ผู้ตรวจส่งกลับแก้ไข: แนบสรุปรายโรงเรียน" in page.text
    form = page.form("result")
    assert form.fields["result"] == ["ทำครบทุกโรงเรียน"]
    assert len(form.fields["kept"]) == 1
    page = officer.send(form, result="ทำครบ แนบสรุปแล้ว")
    assert "รอตรวจ" in page.text
    assert "ก.pdf" in page.text


def test_a_figure_that_is_none_keeps_what_was_typed_and_its_files(
    browse: Browse, office: Office, indicator: str
) -> None:
    officer = browse("officer")
    upload = office.upload("officer", PDF, "ก.pdf")
    form = officer.open(f"{indicator}/report").form("result")
    page = officer.send(
        form, **{"result": "ทำแล้ว", "figure": "ดีมาก", "uploads": upload, "uploads-name": "ก.pdf"}
    )
    assert page.status == 422
    assert "ค่าที่วัดได้: ต้องเป็นตัวเลข" in page.text
    kept = page.form("result").fields
    assert kept["uploads"] == [upload]
    assert kept["figure"] == ["ดีมาก"]
    assert "ก.pdf" in page.text


def test_only_its_owner_is_offered_to_report_and_only_leaders_to_decide(
    browse: Browse, office: Office, indicator: str
) -> None:
    report(browse("officer"), indicator, office.upload("officer", PDF, "ก.pdf"))
    page = browse("finance").open(indicator)
    assert f"{indicator}/report" not in page.links
    assert [form for form in page.forms if "form" in form.fields] == []
