"""Who is told of drafts, of what was numbered, and of letters on their way."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from infra.identity import Actor
from services.correspondence.contract import (
    ArrivalSource,
    CancelNumber,
    DeliveryFailed,
    EndorseDraft,
    GetDocumentPolicy,
    LetterArrived,
    ListArrivals,
    Numbering,
    RecipientAnswered,
    RecipientReminded,
    RefuseArrival,
    RemindRecipients,
    ReturnDraft,
    SaveDraft,
    SendDocument,
    SetDocumentPolicy,
    SubmitDraft,
    Urgency,
    WithdrawDraft,
)
from services.notify.contract import Kind, NotificationRaised
from tests.correspondence.circulars import settle
from tests.correspondence.office import (
    CLERK,
    DEPUTY,
    DIRECTOR,
    OFFICE,
    PLAN_HEAD,
    PLAN_OFFICER,
    PLAN_OFFICER_2,
    SCHOOL,
    SCHOOL_CLERK,
    draft,
    id_of,
)
from tests.notify.town import Notify, Town

SUBJECT = "ขอเชิญประชุมผู้บริหารสถานศึกษา"


def to_school(channel: str = "system") -> dict[str, Any]:
    return {"organisation": SCHOOL, "name": "โรงเรียนตัวอย่าง", "channel": channel}


def sent(town: Town) -> str:
    """A document under way to the school."""
    id = town.letters.numbered()
    town.letters.do(CLERK, SendDocument, id, recipients=[to_school()])
    settle(town.letters)
    return id


def arrived(town: Town) -> list[NotificationRaised]:
    return [one for one in town.raised() if one.kind == "letter_arrived"]


def of(who: Actor, told: list[NotificationRaised]) -> NotificationRaised:
    [found] = [one for one in told if one.person == who.person]
    return found


def test_the_way_of_a_draft_to_its_number(town: Town) -> None:
    office, news = town.letters, town.news
    id = office.submitted(urgency="urgent")
    [told] = town.raised()
    assert (told.person, told.kind) == (PLAN_HEAD.person, "document_submitted")
    assert told.title == f"ด่วน เสนอเพื่อพิจารณา: {SUBJECT}"
    assert (told.link, told.urgency) == (f"/documents/{id}", "urgent")
    office.do(PLAN_HEAD, EndorseDraft, id, text="เห็นควรลงนาม")
    [told] = town.raised()
    assert (told.person, told.body) == (DEPUTY.person, "เห็นควรลงนาม")
    office.do(DEPUTY, EndorseDraft, id)
    [told] = town.raised()
    assert (told.person, told.title) == (DIRECTOR.person, f"ด่วน เสนอเพื่อลงนาม: {SUBJECT}")
    office.sign(DIRECTOR, id)
    told_all = town.raised()
    assert {(one.person, str(one.kind)) for one in told_all} == {
        (PLAN_OFFICER.person, "document_numbered"),
        (CLERK.person, "document_numbered"),
    }
    assert of(PLAN_OFFICER, told_all).title == f"ด่วน ออกเลขแล้ว: {SUBJECT}"
    assert of(CLERK, told_all).title == f"ด่วน ออกเลขแล้ว รอส่ง: {SUBJECT}"
    assert of(CLERK, told_all).body.startswith("ที่ ")
    office.do(CLERK, CancelNumber, id, reason="วันที่ผิด")
    assert news() == [("PLAN_OFFICER", "document_numbered")]


def test_a_draft_lies_first_with_its_checker(town: Town) -> None:
    id = town.letters.begun()
    town.letters.do(PLAN_OFFICER, SaveDraft, id, **draft(checker=PLAN_OFFICER_2.person))
    town.letters.do(PLAN_OFFICER, SubmitDraft, id, text="โปรดตรวจ")
    [told] = town.raised()
    assert (told.person, told.title) == (PLAN_OFFICER_2.person, f"เสนอให้ตรวจร่าง: {SUBJECT}")
    assert told.body == "โปรดตรวจ"


def test_what_comes_back_comes_back_to_who_drafted_it(town: Town) -> None:
    office = town.letters
    id = office.submitted()
    town.raised()
    remark = {"field": "body", "quote": "ด้วยสำนักงาน", "text": "ใส่วันที่"}
    office.do(PLAN_HEAD, ReturnDraft, id, text="แก้เล็กน้อย", comments=[remark])
    [told] = town.raised()
    assert (told.person, told.kind) == (PLAN_OFFICER.person, "document_returned")
    assert told.body == "แก้เล็กน้อย\nข้อสังเกต 1 แห่ง"
    office.do(PLAN_OFFICER, SubmitDraft, id)
    assert town.news() == [("PLAN_HEAD", "document_submitted")]
    office.do(PLAN_OFFICER, WithdrawDraft, id)
    assert town.news() == []


def test_who_acts_for_the_signatory_is_told_in_their_stead(new_town: Town) -> None:
    new_town.notify.act(DEPUTY, DIRECTOR, "a1")
    id = new_town.letters.submitted()
    new_town.letters.do(PLAN_HEAD, EndorseDraft, id)
    new_town.letters.do(DEPUTY, EndorseDraft, id)
    # The deputy is told by the desk of their own; of what lies with the director by their own act, not.
    assert new_town.news() == [
        ("DEPUTY", "document_submitted"),
        ("PLAN_HEAD", "document_submitted"),
    ]


def test_where_the_clerk_numbers_the_clerk_is_told_of_what_is_signed(new_town: Town) -> None:
    office = new_town.letters
    known = office.ask(DIRECTOR, GetDocumentPolicy)
    chosen = {name: known[name] for name in SetDocumentPolicy().fields if name in known}
    office.send(
        DIRECTOR,
        SetDocumentPolicy,
        **chosen | {"numbering": Numbering.BY_CLERK.value, "emblem": None},
    )
    id = office.to_sign()
    new_town.raised()
    office.sign(DIRECTOR, id)
    [told] = new_town.raised()
    assert (told.person, told.title) == (CLERK.person, f"ลงนามแล้ว รอออกเลข: {SUBJECT}")


def test_what_arrives_waits_for_the_recipients_clerk(town: Town) -> None:
    id = sent(town)
    [told] = arrived(town)
    assert told.person == SCHOOL_CLERK.person
    assert told.organisation == SCHOOL
    assert (told.title, told.link) == (f"รอลงทะเบียนรับ: {SUBJECT}", "/letters/tray")
    assert told.body.startswith("จาก สำนักงานเขตพื้นที่การศึกษาตัวอย่าง\nที่ ")
    town.letters.do(CLERK, RemindRecipients, id)
    [told] = arrived(town)
    assert (told.person, told.link) == (SCHOOL_CLERK.person, "/letters/tray")
    assert told.title == f"ผู้ส่งเตือน ยังไม่ลงทะเบียนรับ: {SUBJECT}"
    town.letters.do(CLERK, CancelNumber, id, reason="วันที่ผิด")
    settle(town.letters)
    [told] = arrived(town)
    assert (told.person, told.link) == (SCHOOL_CLERK.person, "/letters/tray")
    assert told.title == f"ผู้ส่งยกเลิกหนังสือแล้ว: {SUBJECT}"
    assert told.body.splitlines()[1:] == ["วันที่ผิด"]


def test_what_the_recipient_gives_back_is_told_to_drafter_and_clerk(new_town: Town) -> None:
    id = sent(new_town)
    new_town.raised()
    [row] = new_town.letters.ask(SCHOOL_CLERK, ListArrivals)["items"]
    new_town.letters.do(SCHOOL_CLERK, RefuseArrival, row["id"], reason="ไม่ใช่ของโรงเรียนนี้")
    settle(new_town.letters)
    told = new_town.raised()
    assert {one.person for one in told} == {PLAN_OFFICER.person, CLERK.person}
    assert {one.kind for one in told} == {Kind.DELIVERY_FAILED}
    assert {one.body for one in told} == {"โรงเรียนตัวอย่าง\nไม่ใช่ของโรงเรียนนี้"}
    assert {(one.title, one.link) for one in told} == {(f"ผู้รับส่งคืน: {SUBJECT}", f"/documents/{id}")}


def test_an_e_mail_in_the_tray(small_notify: Notify) -> None:
    arrived = LetterArrived(
        organisation=OFFICE,
        source=ArrivalSource.EMAIL,
        delivery=None,
        document=None,
        from_organisation=None,
        sender="",
        reference="",
        dated=None,
        subject="",
        urgency=Urgency.MOST_URGENT,
        deadline=datetime(2026, 2, 20, 9, 30, tzinfo=UTC),
        circular=False,
        attachments=(),
        reply_to_document=None,
        mail="<1@example.org>",
        address="somebody@example.org",
        text="ด่วน",
        spam=True,
        at=datetime(2026, 2, 16, 3, 0, tzinfo=UTC),
    )
    small_notify.deliver("correspondence", "arrival-1", arrived, organisation=OFFICE)
    [told] = small_notify.raised()
    assert told.person == CLERK.person
    assert told.title == "ด่วนที่สุด รอลงทะเบียนรับ: (ไม่มีเรื่อง)"
    assert told.body.splitlines() == [
        "จาก somebody@example.org ทางอีเมล",
        "อยู่ในโฟลเดอร์จดหมายขยะ ตรวจก่อนเปิด",
        "กำหนดแล้วเสร็จ 20 กุมภาพันธ์ 2569",
    ]


@pytest.mark.parametrize(("times", "advice"), [(1, []), (2, ["ส่งไม่ถึงซ้ำ ให้ส่งทางอื่น"])])
def test_what_does_not_reach_is_told_to_drafter_and_clerk(
    small_notify: Notify, times: int, advice: list[str]
) -> None:
    failed = DeliveryFailed(
        document=id_of("document"),
        subject=SUBJECT,
        drafter=PLAN_OFFICER.person,
        address="school@example.org",
        reason="ไม่มีกล่องจดหมายนี้",
        times=times,
    )
    small_notify.deliver("correspondence", "delivery-1", failed, organisation=OFFICE)
    told = small_notify.raised()
    assert {one.person for one in told} == {PLAN_OFFICER.person, CLERK.person}
    assert {one.kind for one in told} == {Kind.DELIVERY_FAILED}
    assert {one.link for one in told} == {f"/documents/{id_of('document')}"}
    assert told[0].body.splitlines() == ["school@example.org", "ไม่มีกล่องจดหมายนี้", *advice]


def test_an_answer_is_told_to_who_drafted_the_question(town: Town) -> None:
    id = town.letters.numbered()
    town.raised()
    answered = RecipientAnswered(
        document=id, reference="ที่ 12/2569", dated=date(2026, 2, 20), subject="แจ้งผล"
    )
    town.notify.deliver(
        "correspondence",
        "delivery-answered",
        answered,
        organisation=OFFICE,
        position=_next(town),
    )
    told = town.notify.raised()[-1]
    assert (told.person, told.kind) == (PLAN_OFFICER.person, "document_answered")
    assert (told.title, told.body) == (f"ผู้รับตอบแล้ว: {SUBJECT}", "ตอบโดย ที่ 12/2569: แจ้งผล")


def _next(town: Town) -> int:
    return town.notify.parts.subscribers["correspondence"].position() + 1


def test_a_reminder_to_nobody_on_the_system_is_nobodys_news(small_notify: Notify) -> None:
    seat = CLERK.seats[0]
    reminded = RecipientReminded(
        document=id_of("document"),
        organisation_reminded=None,
        subject=SUBJECT,
        sender="สพป.",
        seat=seat,
    )
    small_notify.deliver("correspondence", "delivery-1", reminded, organisation=OFFICE)
    assert small_notify.raised() == []
