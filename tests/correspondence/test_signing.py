"""The signature and the number; papers signed by hand; what is void or replaced."""

import hashlib
from datetime import date
from functools import partial
from typing import Any

import pytest

from infra.errors import (
    Broken,
    Forbidden,
    Invalid,
    KeyReused,
    NotFound,
    OutOfOrder,
    Unavailable,
)
from services.correspondence import documents
from services.correspondence.contract import (
    AddEnclosures,
    CancelNumber,
    DiscardDraft,
    EndorseDraft,
    GetDocumentFile,
    NumberDocument,
    NumberDocuments,
    RecordDocument,
    ReserveNumbers,
    SaveDraft,
    SignDocument,
    SubmitDraft,
    VerifyDocument,
    WithdrawDraft,
)
from services.correspondence.documents import Sheet
from tests.correspondence.office import (
    AUDITOR,
    CLERK,
    DEPUTY,
    DIRECTOR,
    PLAN,
    PLAN_CLERK,
    PLAN_HEAD,
    PLAN_OFFICER,
    SCHOOL,
    SIGNERS,
    Office,
    acting,
    draft,
    name_of,
)
from tests.correspondence.papers import (
    choose,
    paper,
    printed,
)
from tests.infra.test_store import at_once

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


def test_the_day_it_bears_is_the_day_in_bangkok(small_office: Office) -> None:
    office = small_office
    id = office.to_sign()
    office.clock.advance(hours=14)  # past midnight there
    assert date.fromisoformat(office.sign(DIRECTOR, id)["dated"]) == date(2026, 2, 17)
