"""My work: what waits for whom, in which order."""

from typing import Any

from services.correspondence.contract import (
    CancelRegistration,
    CorrectRegistration,
    EndorseLetter,
    LetterSummary,
    MyTasks,
    ProposeLetter,
    ReportResult,
    ReturnByGroup,
    SendLetterBack,
    SendReportBack,
    SetRouting,
)
from tests.correspondence.office import (
    CENTRAL_HEAD,
    CLERK,
    DEPUTY,
    DIRECTOR,
    FINANCE,
    FINANCE_CLERK,
    LETTER,
    MONDAY,
    PLAN,
    PLAN_CLERK,
    PLAN_HEAD,
    PLAN_OFFICER,
    SCHOOL_CLERK,
    SCHOOL_DIRECTOR,
    Office,
)


def test_late_first_then_urgent_then_due_then_what_has_waited_longest(office: Office) -> None:
    def register(deadline: str | None = None, urgency: str = "normal") -> str:
        at = f"{deadline}T09:00:00+07:00" if deadline else None
        return office.register(deadline=at, urgency=urgency)

    first, second = register(), register()
    soon, sooner = register("2026-02-19"), register("2026-02-18")
    urgent = register("2026-02-20", "most_urgent")
    late = register("2026-02-15")
    expected = [late, urgent, sooner, soon, first, second]
    answer = office.ask(CLERK, MyTasks)
    assert [item["letter"]["id"] for item in answer["items"]] == expected
    assert (answer["total"], answer["late"]) == (6, 1)
    assert answer["items"][0]["late_days"] == 1
    assert answer["items"][0]["due"] == "2026-02-15"
    assert [item["late_days"] for item in answer["items"][1:]] == [0] * 5

    found, cursor = [], None
    while True:
        page = office.ask(CLERK, MyTasks, limit=1, cursor=cursor)
        found += [item["letter"]["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == expected


def test_late_from_the_moment_of_the_deadline(office: Office) -> None:
    """ด่วนภายใน 09.00 น. is late at 09.01, not on the next day."""
    office.clock.set(MONDAY.replace(hour=1))
    soon = office.register(deadline="2026-02-16T09:00:00+07:00")
    office.register(deadline="2026-02-16T09:30:00+07:00", urgency="most_urgent")
    office.clock.set(MONDAY.replace(hour=2))
    assert office.letters(CLERK, overdue=True)["total"] == 0
    office.clock.advance(minutes=1)
    assert [row["id"] for row in office.letters(CLERK, overdue=True)["items"]] == [soon]
    letter = office.letter(CLERK, soon)
    assert (letter["late"], letter["late_days"]) == (True, 0)
    tray = office.ask(CLERK, MyTasks)
    assert [(item["letter"]["id"] == soon, item["late"]) for item in tray["items"]] == [
        (True, True),
        (False, False),
    ]
    assert tray["late"] == 1
    assert office.ask(CLERK, LetterSummary)["overdue"] == 1
    office.do(CLERK, CancelRegistration, soon, reason="ซ้ำ")
    assert not office.letter(CLERK, soon)["late"]
    assert office.letters(CLERK, overdue=True)["total"] == 0


def test_waiting_since_it_came_to_lie_there(office: Office) -> None:
    id = office.proposed()

    def since(who: Any) -> str:
        [item] = office.ask(who, MyTasks)["items"]
        moment: str = item["since"]
        return moment

    came = since(DEPUTY)
    assert came == office.clock().isoformat()
    more = {"deadline": "2026-02-17T09:00:00+07:00", "channel": "paper", "defect": "", "note": ""}
    wish = LETTER | more | {"urgency": "urgent", "reason": "พิมพ์ผิด"}
    office.do(CLERK, CorrectRegistration, id, **wish)
    assert since(DEPUTY) == came
    [item] = office.ask(DEPUTY, MyTasks)["items"]
    assert (item["due"], item["letter"]["urgency"]) == ("2026-02-17", "urgent")
    office.do(DEPUTY, EndorseLetter, id)
    assert since(DIRECTOR) == office.clock().isoformat()


def test_by_kind(office: Office) -> None:
    received, ordered = office.received(), office.ordered()
    assert office.tasks(PLAN_HEAD, kind="assign") == [("assign", received)]
    assert office.tasks(PLAN_HEAD, kind="receive") == [("receive", ordered)]
    assert office.tasks(PLAN_CLERK) == [("receive", ordered)]
    assert office.tasks(PLAN_HEAD, kind="close") == []


def test_what_comes_back_waits_again(office: Office) -> None:
    id = office.endorsed()
    office.do(DIRECTOR, SendLetterBack, id, reason="แก้ไข")
    assert office.tasks(DIRECTOR) == []
    assert office.tasks(CLERK) == [("propose", id)]
    back = office.ordered(FINANCE)
    office.do(PLAN_CLERK, ReturnByGroup, back, group=PLAN, reason="ไม่เกี่ยวข้อง")
    assert set(office.tasks(CLERK)) == {("propose", id), ("propose", back)}
    assert office.tasks(FINANCE_CLERK) == [("receive", back)]
    assert office.tasks(PLAN_CLERK) == []
    report = office.reported()
    assert office.tasks(PLAN_HEAD) == [("close", report)]
    office.do(PLAN_HEAD, SendReportBack, report, group=PLAN, reason="ขอเพิ่ม")
    assert office.tasks(PLAN_HEAD) == []
    assert office.tasks(PLAN_OFFICER) == [("report", report)]
    office.do(PLAN_OFFICER, ReportResult, report, group=PLAN, text="เพิ่มแล้ว")
    assert office.tasks(PLAN_HEAD) == [("close", report)]


def test_a_route_over_all_desks(office: Office) -> None:
    routing = {"deputy": True, "group_head": True, "unattended_days": 3}
    office.send(DIRECTOR, SetRouting, **routing, central_head=True)
    id = office.proposed()
    office.send(DIRECTOR, SetRouting, **(routing | {"deputy": False}), central_head=False)
    assert office.tasks(CENTRAL_HEAD) == [("endorse", id)]
    office.do(CENTRAL_HEAD, EndorseLetter, id, text="เห็นชอบ")
    assert office.tasks(DEPUTY) == [("endorse", id)]  # it keeps its route
    office.do(DEPUTY, EndorseLetter, id)
    assert office.tasks(DIRECTOR) == [("order", id)]
    short = office.proposed()
    assert set(office.tasks(DIRECTOR)) == {("order", id), ("order", short)}


def test_a_school_has_no_desk_between(office: Office) -> None:
    id = office.register(SCHOOL_CLERK)
    office.do(SCHOOL_CLERK, ProposeLetter, id, text="เพื่อโปรดทราบ")
    assert office.tasks(SCHOOL_DIRECTOR) == [("order", id)]
    assert office.tasks(DIRECTOR) == office.tasks(DEPUTY) == []
