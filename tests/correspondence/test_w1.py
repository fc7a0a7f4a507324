"""W1 whole: a letter comes in, is ordered on, worked on, closed, and every step is on record."""

from datetime import timedelta

from services.correspondence.contract import (
    AcknowledgeLetter,
    AssignLetter,
    CloseGroupWork,
    EndorseLetter,
    GetAttachment,
    NoteProgress,
    OrderKind,
    OrderLetter,
    ProposeLetter,
    ReceiveByGroup,
    RegisterLetter,
    ReportResult,
    SendReportBack,
)
from tests.correspondence.office import (
    CLERK,
    DEPUTY,
    DIRECTOR,
    FINANCE,
    FINANCE_CLERK,
    FINANCE_HEAD,
    FINANCE_OFFICER,
    LETTER,
    PLAN,
    PLAN_CLERK,
    PLAN_HEAD,
    PLAN_OFFICER,
    Office,
)


def test_from_registration_to_closing(office: Office) -> None:
    scan = office.upload(CLERK)
    registered = office.send(CLERK, RegisterLetter, **LETTER, urgency="very_urgent", uploads=[scan])
    id = registered["id"]
    assert (registered["year"], registered["number"]) == (2569, 1)
    assert registered["duplicates"] == []
    assert office.tasks(CLERK) == [("propose", id)]

    office.do(CLERK, ProposeLetter, id, text="เห็นควรมอบกลุ่มนโยบายและแผน")
    assert office.tasks(CLERK) == []
    assert office.tasks(DEPUTY) == [("endorse", id)]
    office.do(DEPUTY, EndorseLetter, id)
    assert office.tasks(DIRECTOR) == [("order", id)]
    office.do(
        DIRECTOR,
        OrderLetter,
        id,
        kind=OrderKind.ACT,
        text="มอบกลุ่มนโยบายและแผน",
        lead=PLAN,
        supporting=[FINANCE],
        due="2026-02-20",
    )
    assert office.tasks(PLAN_CLERK) == office.tasks(FINANCE_HEAD) == [("receive", id)]
    for clerk, group in ((PLAN_CLERK, PLAN), (FINANCE_CLERK, FINANCE)):
        taken = office.do(clerk, ReceiveByGroup, id, group=group)
        assert (taken["year"], taken["number"]) == (2569, 1)
    office.do(PLAN_HEAD, AssignLetter, id, group=PLAN, officer=PLAN_OFFICER.person, text="ดำเนินการ")
    office.do(
        FINANCE_HEAD,
        AssignLetter,
        id,
        group=FINANCE,
        officer=FINANCE_OFFICER.person,
        due="2026-02-18",
    )
    assert office.letter(CLERK, id)["due"] == "2026-02-18"
    for officer, group in ((PLAN_OFFICER, PLAN), (FINANCE_OFFICER, FINANCE)):
        assert office.tasks(officer) == [("acknowledge", id)]
        office.do(officer, AcknowledgeLetter, id, group=group)
        assert office.tasks(officer) == [("report", id)]
    office.do(PLAN_OFFICER, NoteProgress, id, group=PLAN, text="แจ้งโรงเรียนแล้ว")
    evidence = office.upload(PLAN_OFFICER, "ผล.txt", b"result")
    office.do(PLAN_OFFICER, ReportResult, id, group=PLAN, text="เสร็จ", uploads=[evidence])
    office.do(PLAN_HEAD, SendReportBack, id, group=PLAN, reason="ขอรายชื่อด้วย")
    office.do(PLAN_OFFICER, ReportResult, id, group=PLAN, text="เสร็จ พร้อมรายชื่อ")
    office.do(FINANCE_OFFICER, ReportResult, id, group=FINANCE, text="เบิกจ่ายแล้ว")
    office.do(PLAN_HEAD, CloseGroupWork, id, group=PLAN)
    assert office.letter(CLERK, id)["state"] == "ordered"
    office.do(FINANCE_HEAD, CloseGroupWork, id, group=FINANCE, text="เรียบร้อย")

    letter = office.letter(DIRECTOR, id)
    assert letter["state"] == "closed"
    assert letter["due"] is None
    assert letter["stage"] is None
    assert [group["state"] for group in letter["groups"]] == ["closed", "closed"]
    assert letter["actions"] == []
    assert letter["group_actions"] == []
    assert [step["event"] for step in letter["history"]] == office.types(id)
    assert office.types(id)[-2:] == ["GroupWorkClosed", "LetterClosed"]
    order = next(step for step in letter["chain"] if step["event"] == "LetterOrdered")
    assert order["actor"] == DIRECTOR.person
    assert order["signature"] == [DIRECTOR.seats[0].title]
    assert order["groups"] == [
        {"name": "กลุ่มนโยบายและแผน", "lead": True},
        {"name": "กลุ่มบริหารงานการเงินและสินทรัพย์", "lead": False},
    ]
    assert [file["id"] for file in letter["files"]] == [scan]
    for file in (scan, evidence):
        assert office.ask(PLAN_CLERK, GetAttachment, id=id, attachment=file)["size"] == 6
    for who in (CLERK, DEPUTY, DIRECTOR, PLAN_CLERK, PLAN_HEAD, PLAN_OFFICER, FINANCE_OFFICER):
        assert office.tasks(who) == []

    live = office.tables()
    office.rebuild()
    assert office.tables() == live


def test_a_letter_to_be_filed_is_closed_by_the_order(office: Office) -> None:
    for kind in (OrderKind.INFORM, OrderKind.FILE):
        id = office.endorsed()
        office.order(id, kind=kind, text="ทราบ")
        assert office.types(id)[-2:] == ["LetterOrdered", "LetterClosed"]
        row = next(row for row in office.letters(CLERK)["items"] if row["id"] == id)
        assert (row["state"], row["order"], row["order_text"]) == ("closed", kind, "ทราบ")


def test_late_by_how_many_days(office: Office) -> None:
    id = office.endorsed()
    office.order(id, lead=PLAN, due="2026-02-17")
    office.clock.advance(days=1)
    assert office.letter(CLERK, id)["late_days"] == 0
    office.clock.advance(days=3)
    assert office.letter(CLERK, id)["late_days"] == 3
    [row] = office.letters(CLERK, overdue=True)["items"]
    assert row["late_days"] == 3
    office.clock.set(office.clock() + timedelta(days=1))
    assert office.letters(CLERK, unattended=True)["total"] == 1
