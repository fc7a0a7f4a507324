"""A document's way on pages: reviewed with remarks on places, signed, numbered, cancelled, replaced."""

from collections.abc import Callable

from tests.api.office import PASSWORD, Office
from tests.pages.browsing import Browser, Page
from tests.pages.documents import (
    CONTENT,
    SUBJECT,
    numbered_by_clerk,
    read,
    signed,
    submitted,
    to_sign,
    written,
)
from tests.pages.letters import offered, pdf

Browse = Callable[[str], Browser]


def do(browser: Browser, document: str, name: str, **values: object) -> Page:
    """Send the form `name` of the document's page."""
    page = browser.open(f"/documents/{document}")
    return browser.send(page.form_named(name), **values)


def test_it_is_returned_with_remarks_on_places_mended_and_signed(
    browse: Browse, office: Office
) -> None:
    officer, head, director = browse("officer"), browse("head"), browse("director")
    document = submitted(office)
    page = head.open(f"/documents/{document}")
    assert offered(page) == {"endorse_draft", "return_draft", "withdraw_draft"}
    page = head.send(
        page.form_named("return_draft"),
        comment_field=["body", "subject"],
        comment_quote=["กำหนดจัดประชุม", ""],
        comment_text=["ระบุวันและสถานที่", "ใส่ครั้งที่"],
    )
    assert "ส่งกลับไปที่ผู้ร่างแล้ว" in page.text

    listed = officer.open("/documents")
    assert "ส่งกลับแก้ไข" in listed.text
    assert f"/documents/{document}/edit" in listed.links
    shown = officer.client.get(f"/documents/{document}").text
    assert '<mark id="place-1">กำหนดจัดประชุม</mark>' in shown
    page = officer.open(f"/documents/{document}/edit")
    for words in ("นายมอบ ทดสอบ ส่งกลับแก้ไข", "ระบุวันและสถานที่", "ใส่ครั้งที่"):
        assert words in page.text
    mended = CONTENT["body"].replace("กำหนดจัดประชุม", "กำหนดจัดประชุมวันที่ 2 มีนาคม 2569")
    form = page.form("c-body", "form_version")
    officer.send(form, **{"c-body": mended, "then": "submit"})

    do(head, document, "endorse_draft", text="เห็นควรลงนาม")
    do(browse("deputy"), document, "endorse_draft")
    page = do(director, document, "sign_document", password="ไม่ใช่รหัสผ่านนี้")
    assert page.status == 422
    assert "รหัสผ่านไม่ถูกต้อง" in page.text
    assert read(office, "director", document)["state"] == "to_sign"

    page = do(director, document, "sign_document", password=PASSWORD + "director")
    assert "ลงนามและออกเลขแล้ว ที่" in page.text
    found = read(office, "director", document)
    assert found["number"] == 1
    assert found["frozen"]["sha256"] in page.text
    assert "นายสั่ง ทดสอบ ลงนาม" in page.text
    assert offered(page) == {"cancel_number"}
    for words in ("ระบุวันและสถานที่", "เห็นควรลงนาม"):
        assert words in page.text  # in its history
    file = next(link for link in page.links if link.endswith(found["frozen"]["id"]))
    assert director.client.get(file, buffered=True).data.startswith(b"%PDF")
    picture = director.client.get(f"{file}/pages/1?width=800")
    assert picture.mimetype == "image/webp"
    assert "ออกเลขแล้ว 1" in browse("clerk").open("/documents?view=numbered").text


def test_who_may_not_read_a_draft_is_told_that_there_is_none(
    browse: Browse, office: Office
) -> None:
    document = written(office)
    for who in ("finance", "clerk", "school"):
        browser = browse(who)
        addresses = (
            f"/documents/{document}",
            f"/documents/{document}/edit",
            f"/documents/{document}/preview/1.svg",
            f"/documents/{document}/document.docx",
        )
        for address in addresses:
            page = browser.open(address)
            assert page.status == 404, (who, address)
            assert SUBJECT not in page.text
        assert SUBJECT not in browser.open("/documents?view=all").text
    assert browse("admin").open(f"/documents/{document}").status == 404


def test_the_editor_of_what_was_given_in_leads_to_its_page(browse: Browse, office: Office) -> None:
    officer = browse("officer")
    page = officer.open(f"/documents/{submitted(office)}/edit")
    assert "c-subject" not in {name for form in page.forms for name in form.fields}
    assert offered(page) == {"withdraw_draft"}


def test_a_step_that_another_took_meanwhile_is_refused_with_the_page_as_it_is(
    browse: Browse, office: Office
) -> None:
    head = browse("head")
    document = submitted(office)
    form = head.open(f"/documents/{document}").form_named("endorse_draft")
    do(browse("officer"), document, "withdraw_draft", text="ขอแก้ไข")
    page = head.send(form)
    assert page.status in (409, 412)
    assert "ขอแก้ไข" in page.text
    assert read(office, "head", document)["state"] == "draft"


def test_a_draft_is_discarded(browse: Browse, office: Office) -> None:
    document = written(office)
    page = do(browse("officer"), document, "discard_draft", reason="เลื่อนการประชุม")
    assert "ทิ้งร่างแล้ว" in page.text
    assert offered(page) == set()


def test_the_clerk_numbers_one_and_many(browse: Browse, office: Office) -> None:
    numbered_by_clerk(office)
    clerk = browse("clerk")
    first, second, third = (signed(office) for _ in range(3))
    assert read(office, "clerk", first)["state"] == "signed"
    page = clerk.open("/documents")
    assert "รอฉัน 3" in page.text
    page = do(clerk, first, "number_document")
    assert "ออกเลขแล้ว ที่" in page.text
    assert read(office, "clerk", first)["number"] == 1

    page = clerk.open("/documents/numbering")
    form = page.form("id")
    assert set(form.fields["id"]) == {second, third}
    refused = clerk.send(form, id=None)
    assert refused.status == 422
    assert "เลือกฉบับที่จะออกเลขก่อน" in refused.text
    page = clerk.send(clerk.open("/documents/numbering").form("id"))
    assert "ออกเลขแล้ว 2 ฉบับ" in page.text
    assert "ไม่มีฉบับที่รอออกเลข" in page.text
    assert {read(office, "clerk", one)["number"] for one in (second, third)} == {2, 3}


def test_one_signed_on_paper_is_recorded_with_its_scan(browse: Browse, office: Office) -> None:
    clerk = browse("clerk")
    form = clerk.open("/documents/record").form("recipient", "signer")
    assert form.fields["signer"] == ["นายสั่ง ทดสอบ"]
    typed = {"recipient": "ผู้ว่าราชการจังหวัด", "subject": "รายงานผล", "dated": "13 ก.พ. 69"}
    page = clerk.send(form, **typed)
    assert page.status == 422
    assert "แนบไฟล์สแกนของฉบับที่ลงนามแล้ว" in page.text
    scan = office.upload("clerk", pdf(2), "ฉบับลงนาม.pdf")
    page = clerk.send(page.form("recipient", "signer"), uploads=scan)
    assert "ออกเลขแล้ว ที่" in page.text
    assert "รายงานผล" in page.text
    assert browse("officer").open("/documents/record").status == 403


def test_a_number_is_cancelled_and_a_new_document_takes_its_place(
    browse: Browse, office: Office
) -> None:
    officer, director = browse("officer"), browse("director")
    document = signed(office)
    page = officer.open(f"/documents/{document}")
    [link] = [link for link in page.links if "replaces=" in link]
    page = officer.open(link)
    form = next(form for form in page.forms if form.action.startswith("/documents/new"))
    page = officer.send(form, **{"from": f"external:copy_of:{document}"})
    [body] = page.form("c-body", "form_version").fields["c-body"]
    assert body == CONTENT["body"]

    page = do(director, document, "cancel_number", reason="")
    assert page.status == 422
    page = do(director, document, "cancel_number", reason="วันประชุมผิด")
    assert "ยกเลิกเลขแล้ว เอกสารฉบับนี้ใช้ไม่ได้" in page.text
    assert "วันประชุมผิด" in page.text


def test_the_list_is_searched_and_filtered_by_its_address(browse: Browse, office: Office) -> None:
    order = {**CONTENT, "subject": "แต่งตั้งคณะกรรมการ"}
    signed(office)
    signed(office, content=order, urgency="most_urgent")
    clerk = browse("clerk")
    everything = clerk.open("/documents?view=all")
    assert "ทั้งหมด 2 รายการ" in everything.text
    found = clerk.open("/documents?view=all&q=คณะกรรมการ")
    assert "ทั้งหมด 1 รายการ" in found.text
    assert "ด่วนที่สุด" in found.text
    assert "ไม่พบหนังสือ" in clerk.open("/documents?view=all&kind=order").text
    wrong = clerk.open("/documents?view=all&first_day=ไม่ใช่วัน")
    assert wrong.status == 200
    assert "ไม่เข้าใจวันที่" in wrong.text or "วันที่" in wrong.text


def test_the_search_on_top_finds_documents_too(browse: Browse, office: Office) -> None:
    document = signed(office)
    page = browse("clerk").open("/search?q=ผู้บริหารสถานศึกษา")
    assert f"/documents/{document}" in page.links
    assert "ไม่พบ" not in page.text
    assert SUBJECT not in browse("finance").open("/search?q=ผู้บริหารสถานศึกษา").text


def test_three_presses_lead_from_the_list_to_the_signature(browse: Browse, office: Office) -> None:
    document = to_sign(office)
    director = browse("director")
    listed = director.open("/documents")
    assert f"/documents/{document}" in listed.links
    page = director.open(f"/documents/{document}")
    form = page.form_named("sign_document")
    page = director.send(form, password=PASSWORD + "director")
    assert read(office, "director", document)["number"] == 1
