"""Documents from the first word to the number, by the people of an office."""

import base64
import hashlib
from datetime import date
from functools import partial
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pytest

from infra.errors import (
    Broken,
    Forbidden,
    Invalid,
    KeyReused,
    NotFound,
    OutOfOrder,
    Stale,
    Unavailable,
)
from infra.identity import Actor
from services.correspondence import documents
from services.correspondence.contract import (
    AddEnclosures,
    CancelNumber,
    DiscardDraft,
    DraftDocument,
    DropTemplate,
    EndorseDraft,
    ExportDocument,
    GetDocumentFile,
    KeepTemplate,
    ListTemplates,
    NumberDocument,
    NumberDocuments,
    PreviewDraft,
    RecordDocument,
    RemoveEnclosure,
    ReserveNumbers,
    ReturnDraft,
    SaveDraft,
    SetDocumentPolicy,
    SignDocument,
    SubmitDraft,
    VerifyDocument,
    WithdrawDraft,
)
from services.correspondence.documents import Sheet
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
    PLAN,
    PLAN_CLERK,
    PLAN_HEAD,
    PLAN_OFFICER,
    PLAN_OFFICER_2,
    SCHOOL,
    SCHOOL_CLERK,
    SCHOOL_DIRECTOR,
    SECRETARY,
    SIGNERS,
    Office,
    acting,
    draft,
    name_of,
)
from tests.infra.test_store import at_once

POLICY: dict[str, Any] = {
    "code": "ศธ 04001",
    "circulars_apart": True,
    "certificates_apart": True,
    "numbering": "on_signing",
    "group_head": True,
    "deputy": True,
    "letterhead": "สำนักงานเขตพื้นที่การศึกษาตัวอย่าง",
    "address": "ถนนตัวอย่าง",
    "phone": "0 5300 0000",
    "email": "saraban@example.go.th",
    "english_name": "Example Office",
    "roman": "MOE",
    "unit": "04001",
    "unreceived_days": 3,
}


def choose(office: Office, **more: Any) -> None:
    office.send(CLERK, SetDocumentPolicy, **(POLICY | more))


def printed(office: Office, frozen: dict[str, Any]) -> str:
    """The words of a kept PDF, without what is between them."""
    pages = pypdfium2.PdfDocument(office.parts.files.path(frozen["sha256"]))
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)


def actions(office: Office, who: Actor, id: str) -> set[str]:
    return set(office.document(who, id)["actions"])


# Drafting


def test_a_draft_begins_with_what_every_draft_of_the_group_says(small_office: Office) -> None:
    choose(small_office)
    id = small_office.begun()
    document = small_office.document(PLAN_OFFICER, id)
    assert document["content"] == {
        "unit": "กลุ่มนโยบายและแผน",
        "phone": "0 5300 0000",
        "closing": "ขอแสดงความนับถือ",
    }
    assert document["signatory"] == DIRECTOR.seats[0].post
    assert (document["state"], document["desk"], document["group"]) == ("draft", "drafter", PLAN)
    assert set(document["missing"]) == {"subject", "salutation", "body"}


def test_a_save_tells_what_is_missing_and_who_came_second_overwrites_nothing(
    office: Office,
) -> None:
    id = office.begun()
    body = draft(content={"subject": ""})
    first = office.send(PLAN_OFFICER, SaveDraft, if_match=1, id=id, **body)
    assert first["missing"] == {"subject": "ต้องกรอกเรื่อง"}
    with pytest.raises(Stale):
        office.send(PLAN_OFFICER_2, SaveDraft, if_match=1, id=id, **draft())
    assert "subject" not in office.document(PLAN_OFFICER, id)["content"]
    again = office.send(PLAN_OFFICER, SaveDraft, if_match=first["version"], id=id, **body)
    assert again["version"] == first["version"]


def test_from_a_template_and_as_a_copy(small_office: Office) -> None:
    office = small_office
    content = {"subject": "รายงานประจำเดือน", "body": "ตามที่"}
    kept = office.send(PLAN_HEAD, KeepTemplate, name="รายงาน", kind="external", content=content)
    id = office.begun(template=kept["id"])
    assert office.document(PLAN_OFFICER, id)["content"]["body"] == "ตามที่"
    source = office.drafted(circular=True, recipients=[TO_SCHOOL], content={"copies": "สำเนา"})
    copy = office.document(PLAN_OFFICER, office.begun(kind="memorandum", copy_of=source))
    assert copy["content"]["subject"] == "ขอเชิญประชุมผู้บริหารสถานศึกษา"
    assert "copies" not in copy["content"]  # a memorandum has no such field
    assert copy["circular"]
    assert [one["name"] for one in copy["draft_recipients"]] == ["โรงเรียนตัวอย่าง"]


TO_SCHOOL = {
    "organisation": SCHOOL,
    "name": "โรงเรียนตัวอย่าง",
    "channel": "system",
    "address": "",
}


def test_a_reply_fills_what_it_answers_and_links_both_ways(office: Office) -> None:
    letter = office.received(sender="โรงเรียนตัวอย่าง", reference="ศธ 04001.1/5")
    id = office.begun(reply_to=letter)
    document = office.document(PLAN_OFFICER, id)
    assert document["content"]["references"] == (
        "หนังสือโรงเรียนตัวอย่าง ที่ ศธ 04001.1/5 ลงวันที่ 10 กุมภาพันธ์ 2569"
    )
    assert document["content"]["subject"] == "ขอเชิญประชุมผู้บริหารสถานศึกษาประจำเดือนกุมภาพันธ์"
    assert document["draft_recipients"] == [TO_SCHOOL]
    assert document["reply_to"]["id"] == letter
    office.do(PLAN_OFFICER, SaveDraft, id, **draft())
    office.do(PLAN_OFFICER, SubmitDraft, id)
    office.do(PLAN_HEAD, EndorseDraft, id)
    office.do(DEPUTY, EndorseDraft, id)
    assert office.letter(CLERK, letter)["answered"] == ""
    office.sign(DIRECTOR, id)
    row = office.document(CLERK, id)
    assert row["actions_text"] == "ตอบตามหนังสือรับที่ 1/2569 วันที่ 16 กุมภาพันธ์ 2569"
    answered = office.letter(CLERK, letter)
    assert answered["answered"] == "ส่งออกโดยหนังสือที่ 1 ลงวันที่ 16 กุมภาพันธ์ 2569"
    assert answered["history"][-1]["event"] == "LetterAnswered"
    assert answered["history"][-1]["text"] == answered["answered"]


def test_nobody_answers_a_letter_that_they_may_not_read(small_office: Office) -> None:
    letter = small_office.register()
    with pytest.raises(NotFound):
        small_office.begun(reply_to=letter)
    assert small_office.begun(CLERK, reply_to=letter)


@pytest.mark.parametrize("who", [AUDITOR, ADMIN])
def test_who_writes_nothing_drafts_nothing(small_office: Office, who: Actor) -> None:
    with pytest.raises(Forbidden):
        small_office.begun(who)


def test_one_drafts_in_ones_own_group(small_office: Office) -> None:
    with pytest.raises(Forbidden):
        small_office.begun(PLAN_OFFICER, group=FINANCE)
    assert small_office.begun(PLAN_OFFICER, group=PLAN)


def test_what_cannot_be_printed_is_refused_to_who_wrote_it(small_office: Office) -> None:
    id = small_office.drafted(content={"body": "ประชุมที่ 会议室"})
    with pytest.raises(Invalid, match="会"):
        small_office.do(PLAN_OFFICER, SubmitDraft, id)
    assert small_office.document(PLAN_OFFICER, id)["state"] == "draft"


def test_people_and_signatory_are_of_the_office(small_office: Office) -> None:
    id = small_office.begun()
    wrong = {
        "signatory": SCHOOL_DIRECTOR.seats[0].post,
        "typist": SCHOOL_CLERK.person,
        "checker": AUDITOR.person,
    }
    with pytest.raises(Invalid) as refused:
        small_office.do(PLAN_OFFICER, SaveDraft, id, **draft(**wrong))
    assert set(refused.value.fields) == set(wrong)
    with pytest.raises(Invalid):
        small_office.do(PLAN_OFFICER, SaveDraft, id, **draft(signatory=PLAN_OFFICER.seats[0].post))


def test_enclosures_are_added_read_and_removed(office: Office) -> None:
    id = office.drafted()
    uploads = [office.upload(PLAN_OFFICER, name) for name in ("แผนที่.txt", "กำหนดการ.txt")]
    office.do(PLAN_OFFICER, AddEnclosures, id, uploads=uploads)
    first, second = office.document(PLAN_HEAD, id)["enclosures"]
    assert (first["name"], second["name"]) == ("แผนที่.txt", "กำหนดการ.txt")
    found = office.ask(PLAN_HEAD, GetDocumentFile, id=id, attachment=first["id"])
    assert found == first
    with pytest.raises(NotFound):
        office.ask(FINANCE_OFFICER, GetDocumentFile, id=id, attachment=first["id"])
    office.do(PLAN_OFFICER, RemoveEnclosure, id, attachment=first["id"])
    assert office.document(PLAN_HEAD, id)["enclosures"] == [second]


def test_saves_are_told_as_one_step_a_person_and_day(small_office: Office) -> None:
    office = small_office
    id = office.drafted()
    for who in (PLAN_OFFICER, PLAN_OFFICER_2, PLAN_OFFICER_2):
        office.do(who, SaveDraft, id, **draft(content={"body": office.clock().isoformat()}))
    office.clock.advance(days=1)
    office.do(PLAN_OFFICER_2, SaveDraft, id, **draft())
    steps = office.document(PLAN_OFFICER, id)["history"]
    assert [(step["event"], step["actor"]) for step in steps] == [
        ("DocumentDrafted", PLAN_OFFICER.person),
        ("DraftSaved", PLAN_OFFICER.person),
        ("DraftSaved", PLAN_OFFICER_2.person),
        ("DraftSaved", PLAN_OFFICER_2.person),
    ]


# Review


def test_it_passes_the_checker_the_head_and_the_deputy_and_waits_for_each(office: Office) -> None:
    id = office.submitted(checker=PLAN_OFFICER_2.person)
    for who in (PLAN_OFFICER_2, PLAN_HEAD, DEPUTY):
        assert office.desk(who) == [id]
        assert "endorse_draft" in actions(office, who, id)
        office.do(who, EndorseDraft, id, text="เห็นชอบ")
        assert office.desk(who) == []
    assert office.desk(DIRECTOR) == [id]
    assert actions(office, DIRECTOR, id) == {"sign_document", "return_draft"}
    assert office.document(DIRECTOR, id)["route"] == [
        "checker",
        "group_head",
        "deputy",
        "signatory",
    ]


def test_a_desk_is_passed_by_that_is_not_asked_for_or_is_the_drafters(small_office: Office) -> None:
    office = small_office
    assert office.document(PLAN_HEAD, office.submitted(PLAN_HEAD))["desk"] == "deputy"
    sealed = office.submitted(kind="sealed", signatory=PLAN_HEAD.seats[0].post)
    assert office.document(PLAN_HEAD, sealed)["state"] == "to_sign"
    choose(office, group_head=False, deputy=False)
    assert office.document(PLAN_OFFICER, office.submitted())["state"] == "to_sign"


def test_a_school_has_nobody_between(office: Office) -> None:
    id = office.drafted(SCHOOL_CLERK, signatory=SCHOOL_DIRECTOR.seats[0].post)
    office.do(SCHOOL_CLERK, SubmitDraft, id)
    assert office.sign(SCHOOL_DIRECTOR, id)["number"] == 1


def test_who_does_not_have_it_cannot_pass_it_on(small_office: Office) -> None:
    office = small_office
    id = office.submitted()
    with pytest.raises(NotFound):
        office.do(FINANCE_OFFICER, EndorseDraft, id)
    with pytest.raises(Forbidden):
        office.do(PLAN_OFFICER, EndorseDraft, id)
    with pytest.raises(OutOfOrder):
        office.do(DEPUTY, EndorseDraft, id)
    with pytest.raises(Forbidden):
        office.sign(DEPUTY, id)
    assert office.types(id, "document")[-1] == "DraftSubmitted"


def test_returned_with_remarks_and_given_in_again(office: Office) -> None:
    id = office.submitted()
    remark = {"field": "body", "quote": "ด้วยสำนักงาน", "text": "ตัดออก"}
    office.do(PLAN_HEAD, ReturnDraft, id, text="แก้คำผิด", comments=[remark])
    returned = office.document(PLAN_OFFICER, id)
    assert (returned["state"], returned["comments"]) == ("returned", [remark])
    assert office.desk(PLAN_OFFICER) == [id]
    office.do(PLAN_OFFICER, SaveDraft, id, **draft(content={"body": "สำนักงานจะจัดประชุม"}))
    office.do(PLAN_OFFICER, SubmitDraft, id)
    assert office.document(PLAN_OFFICER, id)["comments"] == []
    assert office.desk(PLAN_HEAD) == [id]


def test_the_drafter_fetches_it_back_and_throws_it_away(small_office: Office) -> None:
    office = small_office
    id = office.to_sign()
    with pytest.raises(Forbidden):
        office.do(PLAN_OFFICER_2, WithdrawDraft, id)
    office.do(PLAN_OFFICER, WithdrawDraft, id, text="ขอแก้")
    with pytest.raises(OutOfOrder):
        office.sign(DIRECTOR, id)
    office.do(PLAN_OFFICER, DiscardDraft, id, reason="ไม่ต้องการแล้ว")
    document = office.document(PLAN_OFFICER, id)
    assert (document["state"], document["actions"]) == ("discarded", [])
    assert document["ended_by"] == "ไม่ต้องการแล้ว"


# Signature and number


def test_signing_takes_the_number_and_freezes_what_is_printed(office: Office) -> None:
    choose(office)
    id = office.to_sign()
    done = office.sign(DIRECTOR, id)
    assert (done["series"], done["year"], done["number"]) == ("send", 2569, 1)
    assert (done["reference"], done["dated"]) == ("ศธ 04001/1", "2026-02-16")
    assert office.types(id, "document")[-2:] == ["DocumentSigned", "DocumentNumbered"]
    document = office.document(CLERK, id)
    frozen = document["frozen"]
    assert frozen["sha256"] == done["sha256"]
    assert frozen["name"] == "2569_MOE04001_1.pdf"
    assert office.parts.files.verify(frozen["sha256"])
    text = printed(office, frozen)
    assert name_of("DIRECTOR") in text
    assert "๐๔๐๐๑/๑" in text
    assert office.ask(AUDITOR, GetDocumentFile, id=id, attachment=frozen["id"]) == frozen


def test_after_the_number_nothing_in_it_changes(small_office: Office) -> None:
    office = small_office
    id = office.numbered()
    version = office.document(CLERK, id)["version"]
    upload = office.upload(PLAN_OFFICER)
    for step, body in (
        (SaveDraft, draft()),
        (AddEnclosures, {"uploads": [upload]}),
        (SubmitDraft, {}),
        (WithdrawDraft, {}),
        (DiscardDraft, {}),
    ):
        with pytest.raises(OutOfOrder):
            office.do(PLAN_OFFICER, step, id, **body)
    with pytest.raises(OutOfOrder):
        office.sign(DIRECTOR, id)
    assert office.document(CLERK, id)["version"] == version


@pytest.mark.parametrize("fault", ["another's", "for another", "stale", "nonsense"])
def test_a_signature_needs_a_confirmation_of_ones_own_fresh_and_for_it(
    small_office: Office, fault: str
) -> None:
    office = small_office
    id, other = office.to_sign(), office.drafted()
    given = {
        "another's": office.confirmation(DEPUTY, id),
        "for another": office.confirmation(DIRECTOR, other),
        "stale": office.confirmation(DIRECTOR, id),
        "nonsense": "nonsense",
    }[fault]
    office.clock.advance(minutes=3 if fault == "stale" else 1)
    with pytest.raises(Forbidden):
        office.send(DIRECTOR, SignDocument, id=id, confirmation=given)
    assert office.document(DIRECTOR, id)["state"] == "to_sign"


def test_nobody_signs_for_another_but_who_acts_in_the_post(office: Office) -> None:
    id = office.to_sign()
    with pytest.raises(Forbidden):
        office.sign(PLAN_HEAD, id)
    office.sign(acting(DEPUTY, DIRECTOR), id)
    document = office.document(CLERK, id)
    assert document["signer"] == DEPUTY.person
    assert document["signature"] == [
        "ตำแหน่งของ deputy",
        "รักษาราชการแทน ตำแหน่งของ director",
    ]
    text = printed(office, document["frozen"])
    assert "รักษาราชการแทน" in text
    assert name_of("DEPUTY") in text


def test_without_the_name_to_print_nothing_is_signed(small_office: Office) -> None:
    office = small_office
    id = office.to_sign()
    office.personnel.away = True
    with pytest.raises(Unavailable):
        office.sign(DIRECTOR, id)
    assert office.document(DIRECTOR, id)["state"] == "to_sign"
    office.personnel.away = False
    assert office.sign(DIRECTOR, id)["number"] == 1


def test_a_signature_that_does_not_come_through_leaves_nothing(
    small_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = small_office
    id = office.to_sign()

    def broken(sheet: Sheet) -> bytes:
        raise RuntimeError

    with monkeypatch.context() as without_typesetting:
        without_typesetting.setattr(documents, "compose", broken)
        with pytest.raises(Broken):
            office.sign(DIRECTOR, id)
    assert office.document(DIRECTOR, id)["state"] == "to_sign"
    assert office.types(id, "document")[-1] == "DraftEndorsed"
    assert office.sign(DIRECTOR, id)["number"] == 1


def test_of_several_who_sign_it_at_once_one_does(office: Office) -> None:
    id = office.to_sign()
    signers = [DIRECTOR, *list(SIGNERS.values())[:4]]
    bodies: list[dict[str, Any]] = [
        {"id": id, "confirmation": office.confirmation(who, id)} for who in signers
    ]
    calls = [
        partial(office.send, who, SignDocument, **body)
        for who, body in zip(signers, bodies, strict=True)
    ]
    results = at_once(*calls)
    assert [one["number"] for one in results if isinstance(one, dict)] == [1]
    assert [type(one) for one in results].count(OutOfOrder) == len(signers) - 1
    assert office.types(id, "document").count("DocumentSigned") == 1
    assert office.document(CLERK, office.numbered())["number"] == 2


def test_a_repeated_key_signs_once_whatever_confirms_it_again(office: Office) -> None:
    id = office.to_sign()
    bodies: list[dict[str, Any]] = [
        {"id": id, "confirmation": office.confirmation(DIRECTOR, id, how)}
        for how in ("password", "passkey")
    ]
    first, again = (
        office.send(DIRECTOR, SignDocument, idempotency_key="k", **body) for body in bodies
    )
    assert again == first
    other: dict[str, Any] = bodies[0] | {"id": office.to_sign()}
    with pytest.raises(KeyReused):
        office.send(DIRECTOR, SignDocument, idempotency_key="k", **other)


def test_a_clerk_numbers_where_the_office_so_chose(office: Office) -> None:
    choose(office, numbering="by_clerk")
    first, second, third = (office.to_sign() for _ in range(3))
    for id in (first, second, third):
        done = office.sign(DIRECTOR, id)
        assert (done["number"], done["reference"], done["dated"]) == (None, "", None)
    assert office.desk(CLERK) == [first, second, third]
    with pytest.raises(Forbidden):
        office.do(PLAN_CLERK, NumberDocument, first)
    assert office.do(CLERK, NumberDocument, second)["number"] == 1
    many = office.send(CLERK, NumberDocuments, ids=[third, first])["items"]
    assert [(one["id"], one["number"]) for one in many] == [(third, 2), (first, 3)]
    assert office.desk(CLERK) == []
    assert name_of("DIRECTOR") in printed(office, office.document(CLERK, first)["frozen"])


def test_many_are_numbered_all_or_none(small_office: Office) -> None:
    office = small_office
    choose(office, numbering="by_clerk")
    signed, unsigned = office.to_sign(), office.to_sign()
    office.sign(DIRECTOR, signed)
    with pytest.raises(NotFound):  # a clerk reads no drafts
        office.send(CLERK, NumberDocuments, ids=[signed, unsigned])
    assert office.document(CLERK, signed)["state"] == "signed"
    office.sign(DIRECTOR, unsigned)
    assert len(office.send(CLERK, NumberDocuments, ids=[signed, unsigned])["items"]) == 2


def test_a_signed_draft_that_is_given_up_never_had_a_number(small_office: Office) -> None:
    office = small_office
    choose(office, numbering="by_clerk")
    id = office.to_sign()
    office.sign(DIRECTOR, id)
    office.do(PLAN_OFFICER, DiscardDraft, id, reason="เรื่องยุติ")
    assert office.document(PLAN_OFFICER, id)["number"] is None


def test_each_series_counts_for_itself(small_office: Office) -> None:
    office = small_office
    choose(office)
    references = []
    for wish in ({}, {"circular": True}, {"kind": "order"}, {"kind": "certificate"}, {}):
        references.append(office.document(CLERK, office.numbered(**wish))["reference"])
    assert references == ["ศธ 04001/1", "ศธ 04001/ว 1", "1/2569", "1/2569", "ศธ 04001/2"]


def test_a_group_with_a_series_of_its_own_numbers_there(small_office: Office) -> None:
    office = small_office
    choose(
        office,
        numbering="by_clerk",
        by_group=["send"],
        group_codes=[{"group": PLAN, "code": "ศธ 04001.2"}],
    )
    ids = [office.to_sign() for _ in range(2)]
    for id in ids:
        office.sign(DIRECTOR, id)
    assert office.desk(PLAN_CLERK) == ids
    assert office.do(PLAN_CLERK, NumberDocument, ids[0])["reference"] == "ศธ 04001.2/1"
    assert office.do(CLERK, NumberDocument, ids[1])["reference"] == "ศธ 04001.2/2"
    live = office.tables()
    office.rebuild()
    assert office.tables() == live


def test_a_kept_number_is_used(office: Office) -> None:
    choose(office, numbering="by_clerk")
    kept = office.send(
        CLERK, ReserveNumbers, series="send", count=2, expires="2026-02-20", reason="งานเร่งด่วน"
    )
    id = office.to_sign()
    office.sign(DIRECTOR, id)
    done = office.do(CLERK, NumberDocument, id, reservation=kept["id"])
    assert done["number"] == 1
    order = office.to_sign(kind="order")
    office.sign(DIRECTOR, order)
    with pytest.raises(Invalid):
        office.do(CLERK, NumberDocument, order, reservation=kept["id"])
    live = office.tables()
    office.rebuild()
    assert office.tables() == live


# On paper


def paper(office: Office, **more: Any) -> dict[str, Any]:
    uploads = [office.upload(CLERK, "สแกน.txt", b"scan"), office.upload(CLERK, "แนบ.txt", b"more")]
    return {
        "kind": "external",
        "group": PLAN,
        "dated": "2026-02-12",
        "recipient": "ผู้ว่าราชการจังหวัด",
        "subject": "รายงานผล",
        "signer": "นายสมชาย ใจดี",
        "signature": ["ผู้อำนวยการ"],
        "uploads": uploads,
    } | more


def test_what_was_signed_on_paper_is_recorded_with_its_scan(office: Office) -> None:
    done = office.send(CLERK, RecordDocument, **paper(office))
    assert (done["number"], done["dated"]) == (1, "2026-02-12")
    document = office.document(PLAN_OFFICER, done["id"])
    assert (document["state"], document["signer"]) == ("numbered", "นายสมชาย ใจดี")
    assert document["recipient"] == "ผู้ว่าราชการจังหวัด"
    assert document["frozen"]["name"] == "สแกน.txt"
    assert document["frozen"]["sha256"] == hashlib.sha256(b"scan").hexdigest()
    assert [one["name"] for one in document["enclosures"]] == ["แนบ.txt"]
    verified = office.ask(None, VerifyDocument, code=document["code"])
    assert (verified["signer"], verified["reference"]) == ("นายสมชาย ใจดี", "1")
    live = office.tables()
    office.rebuild()
    assert office.tables() == live


def test_paper_is_recorded_by_a_clerk_and_bears_no_day_to_come(small_office: Office) -> None:
    with pytest.raises(Forbidden):
        small_office.send(PLAN_CLERK, RecordDocument, **paper(small_office))
    for fault in ({"dated": "2026-02-17"}, {"group": SCHOOL}):
        with pytest.raises(Invalid):
            small_office.send(CLERK, RecordDocument, **paper(small_office, **fault))
    assert small_office.documents(CLERK)["total"] == 0


def test_paper_that_answers_a_letter_tells_it(small_office: Office) -> None:
    letter = small_office.closed()
    small_office.send(CLERK, RecordDocument, **paper(small_office, reply_to=letter))
    assert small_office.letter(CLERK, letter)["answered"] == (
        "ส่งออกโดยหนังสือที่ 1 ลงวันที่ 12 กุมภาพันธ์ 2569"
    )


# Void and replaced


def test_a_number_that_is_cancelled_stays_used(office: Office) -> None:
    id = office.numbered()
    with pytest.raises(Forbidden):
        office.do(PLAN_OFFICER, CancelNumber, id, reason="ผิด")
    office.do(CLERK, CancelNumber, id, reason="พิมพ์ผิด")
    document = office.document(CLERK, id)
    assert (document["state"], document["ended_by"]) == ("cancelled", "พิมพ์ผิด")
    assert document["number"] == 1
    assert office.ask(None, VerifyDocument, code=document["code"])["cancelled"]
    office.rebuild()
    assert office.document(CLERK, office.numbered())["number"] == 2


def test_a_document_that_replaces_another_makes_it_void(office: Office) -> None:
    old = office.numbered(content={"subject": "ฉบับเดิม"})
    new = office.begun(replaces=old)
    assert office.document(PLAN_OFFICER, new)["content"]["subject"] == "ฉบับเดิม"
    office.do(PLAN_OFFICER, SaveDraft, new, **draft())
    office.do(PLAN_OFFICER, SubmitDraft, new)
    office.do(PLAN_HEAD, EndorseDraft, new)
    office.do(DEPUTY, EndorseDraft, new)
    assert office.document(CLERK, old)["state"] == "numbered"
    office.sign(DIRECTOR, new)
    replaced = office.document(CLERK, old)
    assert (replaced["state"], replaced["ended_by"]) == ("cancelled", "แทนที่ด้วยหนังสือที่ 2")
    assert replaced["replaced_by"]["id"] == new
    assert office.document(CLERK, new)["replaces"]["id"] == old
    with pytest.raises(OutOfOrder):
        office.begun(replaces=old)
    live = office.tables()
    office.rebuild()
    assert office.tables() == live


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


# Templates


def test_templates_are_kept_changed_and_dropped(office: Office) -> None:
    content = {"subject": "รายงาน"}
    with pytest.raises(Forbidden):
        office.send(PLAN_OFFICER, KeepTemplate, name="ก", kind="order", content=content)
    with pytest.raises(Invalid):
        office.send(CLERK, KeepTemplate, name="ก", kind="order", content={"salutation": "x"})
    id = office.send(CLERK, KeepTemplate, name="ก", kind="order", content=content)["id"]
    office.send(CLERK, KeepTemplate, id=id, name="ข", kind="order", content=content)
    [kept] = office.ask(PLAN_OFFICER, ListTemplates)["items"]
    assert (kept["name"], kept["version"], kept["content"]) == ("ข", 2, content)
    assert office.ask(PLAN_OFFICER, ListTemplates, kind="external")["items"] == []
    assert office.ask(OTHER_CLERK, ListTemplates)["items"] == []
    with pytest.raises(NotFound):
        office.send(OTHER_CLERK, DropTemplate, id=id)
    office.send(CLERK, DropTemplate, id=id)
    assert office.ask(PLAN_OFFICER, ListTemplates)["items"] == []
    with pytest.raises(NotFound):
        office.send(PLAN_OFFICER, DraftDocument, kind="order", template=id)
    live = office.tables()
    office.rebuild()
    assert office.tables() == live


def test_the_day_it_bears_is_the_day_in_bangkok(small_office: Office) -> None:
    office = small_office
    id = office.to_sign()
    office.clock.advance(hours=14)  # past midnight there
    assert date.fromisoformat(office.sign(DIRECTOR, id)["dated"]) == date(2026, 2, 17)
