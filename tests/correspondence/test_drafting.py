"""Drafts and templates, and the way of a draft to the signatory."""

import pytest

from infra.errors import (
    Forbidden,
    Invalid,
    NotFound,
    OutOfOrder,
    Stale,
)
from infra.identity import Actor
from services.correspondence.contract import (
    AddEnclosures,
    DiscardDraft,
    DraftDocument,
    DropTemplate,
    EndorseDraft,
    GetDocumentFile,
    KeepTemplate,
    ListTemplates,
    RemoveEnclosure,
    ReturnDraft,
    SaveDraft,
    SubmitDraft,
    WithdrawDraft,
)
from tests.correspondence.office import (
    ADMIN,
    AUDITOR,
    CLERK,
    DEPUTY,
    DIRECTOR,
    FINANCE,
    FINANCE_OFFICER,
    OTHER_CLERK,
    PLAN,
    PLAN_HEAD,
    PLAN_OFFICER,
    PLAN_OFFICER_2,
    SCHOOL,
    SCHOOL_CLERK,
    SCHOOL_DIRECTOR,
    Office,
    draft,
)
from tests.correspondence.papers import (
    actions,
    choose,
)

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
