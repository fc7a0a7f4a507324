"""Documents as they are read, listed, found, printed and verified."""

import base64
import hashlib
from typing import Any

import pytest

from infra.errors import (
    Invalid,
    NotFound,
    OutOfOrder,
)
from infra.identity import Actor
from services.correspondence.contract import (
    EndorseDraft,
    ExportDocument,
    PreviewDraft,
    RecordDocument,
    SaveDraft,
    VerifyDocument,
)
from tests.correspondence.office import (
    ADMIN,
    AUDITOR,
    CENTRAL_HEAD,
    CLERK,
    DEPUTY,
    DIRECTOR,
    FINANCE,
    FINANCE_OFFICER,
    OTHER_CLERK,
    PLAN_CLERK,
    PLAN_HEAD,
    PLAN_OFFICER,
    PLAN_OFFICER_2,
    SCHOOL_CLERK,
    SECRETARY,
    Office,
    draft,
    name_of,
)
from tests.correspondence.papers import (
    choose,
    paper,
)

# Who reads what


def test_a_draft_is_read_by_those_concerned_alone(small_office: Office) -> None:
    office = small_office
    id = office.drafted(typist=SECRETARY.person)
    concerned = (PLAN_OFFICER, PLAN_OFFICER_2, PLAN_HEAD, PLAN_CLERK, SECRETARY)
    others = (CLERK, DEPUTY, DIRECTOR, AUDITOR, CENTRAL_HEAD, FINANCE_OFFICER, OTHER_CLERK, ADMIN)
    for who in concerned:
        assert office.document(who, id)["id"] == id
    for who in others:
        with pytest.raises(NotFound):
            office.document(who, id)
        with pytest.raises(NotFound):
            office.ask(who, PreviewDraft, id=id, content={})
        with pytest.raises(NotFound):
            office.do(who, SaveDraft, id, **draft())
        assert office.documents(who)["total"] == 0


def test_on_its_way_it_is_read_by_who_reviews_and_signs_it_and_numbered_by_the_office(
    small_office: Office,
) -> None:
    office = small_office
    id = office.submitted()
    for who in (DEPUTY, DIRECTOR):
        assert office.documents(who)["total"] == 1
    for who in (CLERK, AUDITOR, SECRETARY, CENTRAL_HEAD):
        assert office.documents(who)["total"] == 0
    office.do(PLAN_HEAD, EndorseDraft, id)
    office.do(DEPUTY, EndorseDraft, id)
    office.sign(DIRECTOR, id)
    for who in (CLERK, AUDITOR, SECRETARY, CENTRAL_HEAD, DEPUTY, PLAN_OFFICER_2):
        assert office.document(who, id)["number"] == 1
    for who in (FINANCE_OFFICER, OTHER_CLERK, SCHOOL_CLERK, ADMIN):
        with pytest.raises(NotFound):
            office.document(who, id)


# Lists


def test_the_register_counts_from_one_and_pages(office: Office) -> None:
    for number in range(3):
        office.numbered(content={"subject": f"เรื่องที่ {number}"})
    office.numbered(kind="order")
    office.drafted()
    params = {"series": "send", "year": 2569, "sort": "number", "limit": 2}
    page = office.documents(CLERK, **params)
    assert (page["total"], [row["number"] for row in page["items"]]) == (3, [1, 2])
    rest = office.documents(CLERK, **params, cursor=page["next"])
    assert ([row["number"] for row in rest["items"]], rest["next"]) == ([3], None)
    downward = office.documents(CLERK, **(params | {"sort": "-number"}))
    assert [row["number"] for row in downward["items"]] == [3, 2]
    mine = office.documents(PLAN_OFFICER, mine=True)
    assert [row["state"] for row in mine["items"]] == ["draft", *["numbered"] * 4]


def test_it_is_found_by_any_part_of_its_text(office: Office) -> None:
    choose(office)
    id = office.numbered(content={"body": "ด้วยสำนักงานจะจัดสัมมนาเชิงปฏิบัติการ ณ เชียงดาว"})
    other = office.drafted(content={"subject": "ขอเลื่อน", "body": "เลื่อน"})

    def found(who: Actor, q: str, **params: Any) -> list[str]:
        return [row["id"] for row in office.documents(who, q=q, **params)["items"]]

    for q in ("เชิงปฏิบัติ", "๑/๒๕๖๙", "04001/1", "เชียงดาว สัมมนา"):
        assert found(CLERK, q) == [id]
        assert found(CLERK, q, year=2569) == [id]
    assert found(PLAN_OFFICER, "เลื่อน") == [other]
    assert found(CLERK, "เลื่อน") == []
    office.do(PLAN_OFFICER, SaveDraft, other, **draft(content={"subject": "ยกเลิก"}))
    assert found(PLAN_OFFICER, "ขอเลื่อน") == []
    assert found(PLAN_OFFICER, "ยกเลิก") == [other]


def test_days_kinds_and_states_narrow_a_list(small_office: Office) -> None:
    office = small_office
    id = office.numbered(kind="announcement")
    office.drafted()
    for params in (
        {"kind": "announcement"},
        {"state": "numbered"},
        {"numbered": True},
        {"first_day": "2026-02-16", "last_day": "2026-02-16"},
    ):
        found = office.documents(PLAN_OFFICER, **params)
        assert [row["id"] for row in found["items"]] == [id]
    assert office.documents(PLAN_OFFICER, first_day="2026-02-17", numbered=True)["total"] == 0
    assert office.documents(PLAN_OFFICER, group=FINANCE)["total"] == 0


def test_what_one_may_begin(small_office: Office) -> None:
    assert small_office.documents(PLAN_OFFICER)["actions"] == ["draft_document"]
    assert small_office.documents(CLERK)["actions"] == [
        "draft_document",
        "record_document",
        "number_documents",
    ]
    assert small_office.documents(AUDITOR)["actions"] == []


# On the screen, on paper, to the public


def test_a_draft_is_shown_as_it_will_print(office: Office) -> None:
    id = office.drafted()
    shown = office.ask(PLAN_OFFICER, PreviewDraft, id=id, content={"subject": "ขอเชิญ"})
    assert len(shown["pages"]) == 1
    assert shown["pages"][0].startswith("<svg")
    assert set(shown["missing"]) == {"salutation", "body", "closing", "unit"}
    assert office.document(PLAN_OFFICER, id)["version"] == 2
    with pytest.raises(Invalid):
        office.ask(PLAN_OFFICER, PreviewDraft, id=id, content={"issuer": "x"})
    office.personnel.away = True
    assert office.ask(PLAN_OFFICER, PreviewDraft, id=id, content={})["pages"]


@pytest.mark.parametrize("format", ["docx", "pdf"])
def test_a_document_is_given_out_to_be_edited_elsewhere(small_office: Office, format: str) -> None:
    id = small_office.drafted()
    made = small_office.ask(PLAN_OFFICER, ExportDocument, id=id, format=format)
    assert made["name"] == f"ขอเชิญประชุมผู้บริหารสถานศึกษา.{format}"
    start = {"docx": b"PK", "pdf": b"%PDF"}[format]
    assert base64.b64decode(made["content"]).startswith(start)


def test_a_numbered_document_is_given_out_as_it_is_frozen(small_office: Office) -> None:
    office = small_office
    id = office.numbered()
    frozen = office.document(CLERK, id)["frozen"]
    made = office.ask(CLERK, ExportDocument, id=id, format="pdf")
    assert made["name"] == frozen["name"]
    assert hashlib.sha256(base64.b64decode(made["content"])).hexdigest() == frozen["sha256"]
    assert office.ask(CLERK, ExportDocument, id=id, format="docx")["name"].endswith(".docx")
    scanned = office.send(CLERK, RecordDocument, **paper(office))["id"]
    scan = office.ask(CLERK, ExportDocument, id=scanned, format="pdf")
    assert (scan["media_type"], base64.b64decode(scan["content"])) == ("text/plain", b"scan")
    with pytest.raises(OutOfOrder):
        office.ask(CLERK, ExportDocument, id=scanned, format="docx")


def test_anyone_with_the_paper_sees_what_is_on_record(office: Office) -> None:
    choose(office)
    id = office.numbered()
    document = office.document(CLERK, id)
    assert office.ask(None, VerifyDocument, code=document["code"]) == {
        "organisation_name": "สำนักงานเขตพื้นที่การศึกษาตัวอย่าง",
        "kind": "external",
        "reference": "ศธ 04001/1",
        "dated": "2026-02-16",
        "subject": "ขอเชิญประชุมผู้บริหารสถานศึกษา",
        "signer": name_of("DIRECTOR"),
        "signature": ["ตำแหน่งของ director"],
        "sha256": document["frozen"]["sha256"],
        "cancelled": False,
    }
    with pytest.raises(NotFound):
        office.ask(None, VerifyDocument, code="another")
