"""Drafting on pages: begun from a kind, a template, an earlier document or a letter; saved without loss."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from services.correspondence.contract import FORMS, DocumentKind
from tests.api.office import Office
from tests.pages.browsing import Browser, Form, Page
from tests.pages.documents import CONTENT, FIELDS, SUBJECT, drafted, read, signed, written
from tests.pages.letters import pdf, registered

Browse = Callable[[str], Browser]


def save_by_script(browser: Browser, form: Form, **values: Any) -> Any:
    """What the page's script sends and is answered: (status, JSON)."""
    data = {name: list(standing) for name, standing in form.fields.items()}
    data |= {name: [value] for name, value in values.items()}
    answer = browser.client.post(form.action, data=data, headers={"Accept": "application/json"})
    return answer.status_code, json.loads(answer.text)


def editor(page: Page) -> Form:
    return page.form("c-subject", "form_version")


def beginning(page: Page) -> Form:
    return next(form for form in page.forms if form.action.startswith("/documents/new"))


def test_every_kind_is_offered_with_what_it_is_for_and_has_its_own_fields(browse: Browse) -> None:
    officer = browse("officer")
    for kind in DocumentKind:
        offered = officer.open("/documents/new")
        assert FORMS[kind].clause in offered.text
        page = officer.send(beginning(offered), **{"from": kind.value})
        assert page.status == 200, kind
        assert FORMS[kind].title in page.text
        fields = {f"c-{field.name}" for field in FORMS[kind].fields}
        assert fields <= editor(page).fields.keys()


def test_what_is_missing_is_named_and_a_complete_draft_is_proposed(
    browse: Browse, office: Office
) -> None:
    officer = browse("officer")
    document = drafted(office)
    page = officer.open(f"/documents/{document}/edit")
    page = officer.send(editor(page), **{"c-subject": SUBJECT, "then": "submit"})
    assert page.status == 422
    assert "ข้อความ: ต้องกรอกก่อนเสนอ" in page.text
    assert read(office, "officer", document)["content"]["subject"] == SUBJECT
    assert read(office, "officer", document)["state"] == "draft"

    page = officer.send(editor(page), **FIELDS, then="submit")
    assert "เสนอแล้ว" in page.text
    assert "ขณะนี้อยู่ที่ ผู้อำนวยการกลุ่ม" in page.text
    waiting = browse("head").open("/documents")
    assert SUBJECT in waiting.text
    assert "รอฉัน 1" in waiting.text


def test_of_two_who_write_at_once_the_second_is_told_and_nothing_is_overwritten(
    browse: Browse, office: Office
) -> None:
    officer, head = browse("officer"), browse("head")
    document = written(office)
    address = f"/documents/{document}/edit"
    first, second = editor(officer.open(address)), editor(head.open(address))
    status, answer = save_by_script(officer, first, **{"c-phone": "0 5321 0000"})
    assert status == 200
    assert answer["saved"] == "บันทึกแล้ว 10:00 น."
    assert answer["missing"] == {}

    status, told = save_by_script(head, second, **{"c-subject": "ขอเลื่อนการประชุม"})
    assert status == 412
    assert "นายทำ ทดสอบ บันทึกร่างนี้เมื่อ 10:00 น." in told["html"]
    for words in ("ขอเลื่อนการประชุม", SUBJECT, "0 5321 0000"):
        assert words in told["html"]
    assert read(office, "head", document)["content"] == CONTENT | {"phone": "0 5321 0000"}

    # Without script the same form says so, and keeps what was typed.
    page = head.send(second, **{"c-subject": "ขอเลื่อนการประชุม"})
    assert page.status == 412
    assert "ขณะนี้: 0 5321 0000" in page.text
    assert editor(page).fields["c-subject"] == ["ขอเลื่อนการประชุม"]
    page = head.send(editor(page))
    assert "บันทึกแล้ว" in page.text
    assert read(office, "head", document)["content"]["subject"] == "ขอเลื่อนการประชุม"


def test_a_save_that_is_sent_again_after_its_answer_was_lost_is_no_conflict(
    browse: Browse, office: Office
) -> None:
    officer = browse("officer")
    form = editor(officer.open(f"/documents/{written(office)}/edit"))
    typed = {"c-phone": "0 5321 0000"}
    assert save_by_script(officer, form, **typed)[0] == 200
    again = form.fields | {"form_key": ["0190a8a0-0000-7000-8000-000000000009"]}
    status, told = save_by_script(officer, Form(form.action, again), **typed)
    assert (status, told["html"]) == (412, "")
    page = officer.send(Form(form.action, again), **typed, then="submit")
    assert "เสนอแล้ว" in page.text


def test_the_page_is_shown_as_it_will_print_with_what_is_typed_but_not_saved(
    browse: Browse, office: Office
) -> None:
    officer = browse("officer")
    document = written(office)
    form = editor(officer.open(f"/documents/{document}/edit"))
    version = read(office, "officer", document)["version"]
    fields = form.fields | {"c-body": ["ย่อหน้าเดียว\n\n" * 200]}
    answer = officer.client.post(f"/documents/{document}/preview", data=fields)
    drawn = json.loads(answer.text)
    assert len(drawn["pages"]) > 2
    assert drawn["pages"][0].startswith("<svg")
    assert drawn["missing"] == {}
    assert read(office, "officer", document)["version"] == version

    saved = officer.client.get(f"/documents/{document}/preview/1.svg")
    assert saved.mimetype == "image/svg+xml"
    assert officer.client.get(f"/documents/{document}/preview/9.svg").status_code == 404


def test_enclosures_are_added_in_order_opened_and_taken_off(browse: Browse, office: Office) -> None:
    officer = browse("officer")
    document = written(office)
    content = pdf()
    uploads = [office.upload("officer", content, name) for name in ("กำหนดการ.pdf", "แผนที่.pdf")]
    form = editor(officer.open(f"/documents/{document}/edit"))
    page = officer.send(form, uploads=uploads)
    assert page.text.index("กำหนดการ.pdf") < page.text.index("แผนที่.pdf")
    link = next(link for link in page.links if "/files/" in link)
    assert officer.client.get(link, buffered=True).data == content
    first = read(office, "officer", document)["enclosures"][0]["id"]
    page = officer.send(editor(page), remove=first)
    assert "กำหนดการ.pdf" not in page.text
    assert "แผนที่.pdf" in page.text


def test_a_deadline_is_read_as_people_write_it(browse: Browse, office: Office) -> None:
    officer = browse("officer")
    document = written(office)
    form = editor(officer.open(f"/documents/{document}/edit"))
    page = officer.send(form, deadline_day="๒๐ ก.พ. ๖๙", deadline_time="9.30", urgency="urgent")
    assert "บันทึกแล้ว" in page.text
    assert read(office, "officer", document)["deadline"] == "2026-02-20T02:30:00+00:00"
    page = officer.send(editor(page), deadline_day="ไม่รู้", deadline_time="")
    assert page.status == 422
    assert editor(page).fields["deadline_day"] == ["ไม่รู้"]


def test_a_draft_begins_from_a_template_or_an_earlier_document(
    browse: Browse, office: Office
) -> None:
    head = browse("head")
    form = editor(head.open(f"/documents/{written(office)}/edit"))
    page = head.send(form, then="template", template_name="หนังสือเชิญประชุม")
    assert "เก็บเป็นแม่แบบแล้ว" in page.text

    officer = browse("officer")
    [template] = office.as_("officer").get("/api/document-templates").json["items"]
    page = officer.open("/documents/new")
    assert "หนังสือเชิญประชุม" in page.text
    page = officer.send(beginning(page), **{"from": f"external:template:{template['id']}"})
    assert editor(page).fields["c-body"] == [CONTENT["body"]]

    earlier = signed(office)
    page = officer.open("/documents/new?q=ผู้บริหารสถานศึกษา")
    assert f"/documents/{earlier}" in page.links
    page = officer.send(beginning(page), **{"from": f"external:copy_of:{earlier}"})
    assert editor(page).fields["c-closing"] == [CONTENT["closing"]]

    page = head.open("/documents/templates")
    page = head.send(page.form("form_key"), drop=template["id"])
    assert "ยังไม่มีแม่แบบ" in page.text


def test_a_reply_is_begun_from_the_letter_which_shows_it_when_it_has_its_number(
    browse: Browse, office: Office
) -> None:
    officer = browse("officer")
    clerk = browse("clerk")
    letter = registered(office)
    page = clerk.open(f"/letters/{letter}")
    [link] = [link for link in page.links if "reply_to" in link]
    page = clerk.open(link)
    assert "ตอบหนังสือรับเลขที่ 1/2569" in page.text
    page = clerk.send(beginning(page), **{"from": "external"})
    [references] = editor(page).fields["c-references"]
    assert "ศธ 04001/ว 123" in references
    page = clerk.send(editor(page), **FIELDS | {"c-references": references}, then="submit")
    document = clerk.at.split("/")[2].partition("?")[0]
    _sign(browse, office, document)

    page = clerk.open(f"/letters/{letter}")
    reference = read(office, "clerk", document)["reference"]
    assert f"/documents/{document}" in page.links
    assert f"ที่ {reference}" in page.text
    page = clerk.open(f"/documents/{document}")
    assert f"/letters/{letter}" in page.links
    assert officer.open(f"/documents/{document}").status == 404


def _sign(browse: Browse, office: Office, document: str) -> None:
    for who in ("centralhead", "deputy", "director"):
        found = office.as_(who).get(f"/api/documents/{document}")
        if found.status_code != 200:
            continue
        browser = browse(who)
        if "sign_document" in found.json["actions"]:
            form = browser.open(f"/documents/{document}").form_named("sign_document")
            browser.send(form, password=f"รหัสผ่านยาวพอ-{who}")
        elif "endorse_draft" in found.json["actions"]:
            form = browser.open(f"/documents/{document}").form_named("endorse_draft")
            browser.send(form)
    assert read(office, "clerk", document)["number"] == 1


@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_a_draft_is_taken_along(browse: Browse, office: Office, kind: str) -> None:
    answer = browse("officer").client.get(f"/documents/{written(office)}/document.{kind}")
    assert answer.status_code == 200
    assert answer.data.startswith({"docx": b"PK", "pdf": b"%PDF"}[kind])
    assert "attachment" in answer.headers["Content-Disposition"]
