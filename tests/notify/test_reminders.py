"""What is due tomorrow or overdue is told of: once a letter, person and due day, by day."""

from datetime import date, datetime

from infra.clock import BANGKOK
from services.correspondence.contract import (
    AssignLetter,
    CloseGroupWork,
    CorrectRegistration,
    ProposeLetter,
    ReceiveByGroup,
    ReportResult,
)
from services.personnel.contract import PostVacated
from tests.correspondence.office import (
    CLERK,
    DEPUTY,
    LETTER,
    PLAN,
    PLAN_HEAD,
    PLAN_OFFICER,
    PLAN_OFFICER_2,
)
from tests.notify.town import NAMES, Town


def remind(town: Town, day: int, hour: int = 8) -> list[tuple[str, str]]:
    """(who, the title up to its colon) of what is told at that hour of a day in March 2569."""
    town.raised()
    town.notify.clock.set(datetime(2026, 3, day, hour, tzinfo=BANGKOK))
    for _ in range(2):
        town.notify.run_timers("remind")
    raised = town.raised()
    assert {one.kind for one in raised} <= {"letter_due"}
    return sorted((NAMES[one.person], one.title.split(":")[0]) for one in raised)


def assigned(town: Town, due: str = "2026-03-10") -> str:
    id = town.letters.endorsed(subject="ส่งแผน")
    town.letters.order(id, lead=PLAN, due=due)
    town.letters.do(PLAN_HEAD, ReceiveByGroup, id, group=PLAN)
    town.letters.do(PLAN_HEAD, AssignLetter, id, group=PLAN, officer=PLAN_OFFICER.person)
    return id


def test_the_officer_is_reminded_and_when_it_is_late_the_head_too(new_town: Town) -> None:
    assigned(new_town)
    assert remind(new_town, 8) == []
    assert remind(new_town, 9, hour=5) == []  # not in the night
    assert remind(new_town, 9) == [("PLAN_OFFICER", "ครบกำหนดพรุ่งนี้")]
    assert remind(new_town, 10) == []
    assert remind(new_town, 11) == [
        ("PLAN_HEAD", "เกินกำหนด 1 วัน"),
        ("PLAN_OFFICER", "เกินกำหนด 1 วัน"),
    ]
    assert remind(new_town, 12) == []


def test_what_was_missed_is_told_late(new_town: Town) -> None:
    assigned(new_town)
    assert remind(new_town, 10) == [("PLAN_OFFICER", "ครบกำหนดวันนี้")]
    assigned(new_town, due="2026-03-11")
    assert remind(new_town, 15)[0] == ("PLAN_HEAD", "เกินกำหนด 4 วัน")


def test_a_new_day_is_told_of_anew(new_town: Town) -> None:
    id = assigned(new_town)
    assert remind(new_town, 9) == [("PLAN_OFFICER", "ครบกำหนดพรุ่งนี้")]
    body = {"group": PLAN, "officer": PLAN_OFFICER_2.person, "due": "2026-03-12"}
    new_town.letters.do(PLAN_HEAD, AssignLetter, id, **body)
    assert remind(new_town, 10) == []
    assert remind(new_town, 11) == [("PLAN_OFFICER_2", "ครบกำหนดพรุ่งนี้")]


def test_a_desk_that_nobody_holds_is_reminded_of_when_somebody_does(new_town: Town) -> None:
    gone = PostVacated(person=DEPUTY.person, first_day=date(2020, 1, 1), last_day=date(2026, 2, 1))
    post = f"post-{DEPUTY.seats[0].post}"
    new_town.notify.deliver("personnel", post, gone, version=3)
    new_town.letters.proposed(deadline="2026-03-10T12:00:00+07:00")
    assert remind(new_town, 9) == []
    new_town.notify.act(PLAN_HEAD, DEPUTY, "a1")
    assert remind(new_town, 9, hour=10) == [("PLAN_HEAD", "ครบกำหนดพรุ่งนี้")]


def test_before_it_is_assigned_the_group_is_reminded(new_town: Town) -> None:
    id = new_town.letters.endorsed()
    new_town.letters.order(id, lead=PLAN, due="2026-03-10")
    assert remind(new_town, 9) == [
        ("PLAN_CLERK", "ครบกำหนดพรุ่งนี้"),
        ("PLAN_HEAD", "ครบกำหนดพรุ่งนี้"),
    ]


def test_what_is_reported_waits_for_the_head_and_what_is_closed_for_nobody(new_town: Town) -> None:
    id = assigned(new_town)
    new_town.letters.do(PLAN_OFFICER, ReportResult, id, group=PLAN, text="ส่งแล้ว")
    assert remind(new_town, 9) == [("PLAN_HEAD", "ครบกำหนดพรุ่งนี้")]
    new_town.letters.do(PLAN_HEAD, CloseGroupWork, id, group=PLAN)
    assert remind(new_town, 11) == []


def test_a_letters_own_deadline_counts_on_every_desk(new_town: Town) -> None:
    """The earlier of the two days is the due day; a corrected deadline is the deadline."""
    columns = LETTER | {"deadline": "2026-03-20T16:30:00+07:00"}
    id = new_town.letters.register(CLERK, **columns)
    columns |= {"deadline": "2026-03-10T00:30:00+07:00", "urgency": "normal", "channel": "post"}
    columns |= {"defect": "", "note": ""}
    new_town.letters.do(CLERK, CorrectRegistration, id, reason="อ่านวันผิด", **columns)
    assert remind(new_town, 9) == [("CLERK", "ครบกำหนดพรุ่งนี้")]
    new_town.letters.do(CLERK, ProposeLetter, id, text="เพื่อโปรดสั่งการ")
    assert remind(new_town, 11) == [("DEPUTY", "เกินกำหนด 1 วัน")]
    late = new_town.letters.endorsed(deadline="2026-03-20T16:30:00+07:00")
    new_town.letters.order(late, lead=PLAN, due="2026-03-25")
    assert [who for who, _ in remind(new_town, 19)] == ["PLAN_CLERK", "PLAN_HEAD"]
