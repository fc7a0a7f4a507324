"""Who is told of what: whoever has something to do next, once, and never of their own act."""

import pytest

from services.correspondence.contract import (
    AssignLetter,
    CancelRegistration,
    CloseGroupWork,
    EndorseLetter,
    ForwardLetter,
    OrderKind,
    ProposeLetter,
    ReceiveByGroup,
    ReportResult,
    ReturnByGroup,
    SendLetterBack,
    SendReportBack,
    SetRouting,
)
from services.notify.contract import ListNotifications, NotificationAnswer
from tests.correspondence.office import (
    CENTRAL_HEAD,
    CLERK,
    DEPUTY,
    DIRECTOR,
    FINANCE,
    PLAN,
    PLAN_CLERK,
    PLAN_HEAD,
    PLAN_OFFICER,
    PLAN_OFFICER_2,
    REGISTRAR,
    SCHOOL_CLERK,
    SCHOOL_DIRECTOR,
)
from tests.notify.town import Town


def test_a_letter_is_nobodys_news_until_it_is_proposed(town: Town) -> None:
    town.letters.register()
    assert town.news() == []
    town.letters.proposed()
    assert town.news() == [("DEPUTY", "letter_proposed")]


def test_the_most_urgent_ones_are_told_of_at_once(town: Town) -> None:
    id = town.letters.register(urgency="most_urgent", subject="เตรียมรับสถานการณ์น้ำท่วม")
    [told] = town.raised()  # the clerk registered it herself
    assert told.title == "ด่วนที่สุด หนังสือเข้า: เตรียมรับสถานการณ์น้ำท่วม"
    assert (told.urgency, told.link) == ("most_urgent", f"/letters/{id}")


def test_a_notice_says_number_sender_and_day(town: Town) -> None:
    id = town.letters.register(
        urgency="urgent", subject="สำรวจครุภัณฑ์", sender="สพฐ.", deadline="2026-03-01T16:30:00+07:00"
    )
    number = town.letters.letter(CLERK, id)["number"]
    town.letters.do(CLERK, ProposeLetter, id, text="เห็นควรมอบกลุ่มนโยบายและแผน")
    [told] = town.raised()
    assert told.title == "ด่วน เสนอเพื่อพิจารณา: สำรวจครุภัณฑ์"
    assert told.body.splitlines() == [
        f"เลขรับ {number}/2569 จาก สพฐ.",
        "เห็นควรมอบกลุ่มนโยบายและแผน",
        "กำหนดแล้วเสร็จ 1 มีนาคม 2569",
    ]
    town.letters.do(DEPUTY, EndorseLetter, id)
    town.letters.order(id, lead=PLAN, due="2026-02-25")
    assert {one.body.splitlines()[-1] for one in town.raised()[1:]} == {
        "กำหนดแล้วเสร็จ 25 กุมภาพันธ์ 2569"
    }
    town.letters.do(PLAN_CLERK, ReceiveByGroup, id, group=PLAN)
    town.letters.do(PLAN_HEAD, AssignLetter, id, group=PLAN, officer=PLAN_OFFICER.person)
    assigned = town.raised()[-1]
    assert assigned.body.splitlines()[-1] == "กำหนดแล้วเสร็จ 25 กุมภาพันธ์ 2569"


def test_long_words_are_cut_to_what_the_contract_allows(town: Town) -> None:
    id = town.letters.register(subject="ก" * 1000)
    town.letters.do(CLERK, ProposeLetter, id, text="ข" * 5000)
    [told] = town.raised()
    assert len(told.title) == 500
    assert told.title.endswith("ก…")
    assert "ข" * 499 + "…" in told.body
    [shown] = town.notify.ask(DEPUTY, ListNotifications, limit=1)["items"]
    assert NotificationAnswer().validate(shown) == {}


def test_the_whole_way_of_a_letter(town: Town) -> None:
    office, news = town.letters, town.news
    id = office.endorsed()
    assert news() == [("DEPUTY", "letter_proposed"), ("DIRECTOR", "letter_proposed")]
    office.order(id, lead=PLAN, supporting=[FINANCE])
    assert news() == [
        ("FINANCE_CLERK", "letter_ordered"),
        ("FINANCE_HEAD", "letter_ordered"),
        ("PLAN_CLERK", "letter_ordered"),
        ("PLAN_HEAD", "letter_ordered"),
    ]
    office.do(PLAN_CLERK, ReceiveByGroup, id, group=PLAN)
    assert news() == [("PLAN_HEAD", "letter_received")]
    office.do(PLAN_HEAD, AssignLetter, id, group=PLAN, officer=PLAN_OFFICER_2.person)
    assert news() == [("PLAN_OFFICER_2", "letter_assigned")]
    office.do(PLAN_HEAD, AssignLetter, id, group=PLAN, officer=PLAN_OFFICER.person)
    assert news() == [("PLAN_OFFICER", "letter_assigned"), ("PLAN_OFFICER_2", "letter_moved")]
    office.do(PLAN_OFFICER, ReportResult, id, group=PLAN, text="ส่งข้อมูลแล้ว")
    assert news() == [("PLAN_HEAD", "letter_reported")]
    office.do(PLAN_HEAD, SendReportBack, id, group=PLAN, reason="ขอสำเนาแนบ")
    assert news() == [("PLAN_OFFICER", "letter_returned")]
    office.do(PLAN_OFFICER, ReportResult, id, group=PLAN, text="แนบสำเนาแล้ว")
    office.do(PLAN_HEAD, CloseGroupWork, id, group=PLAN)
    assert news() == [("PLAN_HEAD", "letter_reported"), ("PLAN_OFFICER", "letter_moved")]


def test_the_clerk_hears_when_all_are_done(town: Town) -> None:
    id = town.letters.reported()
    town.raised()
    town.letters.do(PLAN_HEAD, CloseGroupWork, id, group=PLAN)
    assert town.news() == [("CLERK", "letter_moved"), ("PLAN_OFFICER", "letter_moved")]


@pytest.mark.parametrize("kind", [OrderKind.INFORM, OrderKind.FILE])
def test_an_order_that_asks_nothing_is_told_once(town: Town, kind: OrderKind) -> None:
    id = town.letters.endorsed()
    town.raised()
    town.letters.order(id, kind=kind)  # and closes it
    assert town.news() == [("CLERK", "letter_ordered")]


def test_what_comes_back_comes_back_to_the_clerk(town: Town) -> None:
    id = town.letters.proposed()
    town.raised()
    town.letters.do(DEPUTY, SendLetterBack, id, reason="ขอรายละเอียดเพิ่ม")
    [told] = town.raised()
    assert (told.person, told.kind) == (CLERK.person, "letter_returned")
    assert "ขอรายละเอียดเพิ่ม" in told.body
    id = town.letters.ordered()
    town.raised()
    town.letters.do(PLAN_HEAD, ReturnByGroup, id, group=PLAN, reason="เป็นงานของกลุ่มการเงิน")
    assert town.news() == [("CLERK", "letter_returned")]


@pytest.mark.parametrize("step", [CancelRegistration, ForwardLetter])
def test_who_had_it_on_the_desk_hears_that_it_is_gone(town: Town, step: type) -> None:
    id = town.letters.endorsed()
    town.raised()
    more = {"to": "สพม.เชียงใหม่"} if step is ForwardLetter else {}
    town.letters.do(CLERK, step, id, reason="จ่าหน้าผิด", **more)
    assert town.news() == [("DIRECTOR", "letter_moved")]


def test_a_school_tells_its_own(town: Town) -> None:
    id = town.letters.register(SCHOOL_CLERK)
    town.letters.do(SCHOOL_CLERK, ProposeLetter, id, text="เพื่อโปรดพิจารณา")
    assert town.news() == [("SCHOOL_DIRECTOR", "letter_proposed")]
    town.letters.do(SCHOOL_DIRECTOR, SendLetterBack, id, reason="แก้คำผิด")
    assert town.news() == [("SCHOOL_CLERK", "letter_returned")]


def test_of_classified_letters_nobody_hears(town: Town) -> None:
    town.letters.register(REGISTRAR, secrecy="secret", urgency="most_urgent")
    assert town.news() == []


def test_acting_people_are_told_instead_and_each_person_once(new_town: Town) -> None:
    """The head acts for the group's clerk; the deputy for the director, and knows what he did."""
    new_town.notify.act(PLAN_HEAD, PLAN_CLERK, "a1")
    new_town.notify.act(DEPUTY, DIRECTOR, "a2")
    id = new_town.letters.endorsed()
    assert new_town.news() == [("DEPUTY", "letter_proposed")]
    new_town.letters.order(id, lead=PLAN)
    assert new_town.news() == [("PLAN_HEAD", "letter_ordered")]
    new_town.letters.endorsed(subject="อีกเรื่องหนึ่ง")
    assert new_town.news() == [("DEPUTY", "letter_proposed")]


def test_the_desks_are_those_of_the_routing(new_town: Town) -> None:
    body = {"central_head": True, "deputy": True, "group_head": False, "unattended_days": 3}
    new_town.letters.send(DIRECTOR, SetRouting, **body)
    id = new_town.letters.proposed()
    assert new_town.news() == [("CENTRAL_HEAD", "letter_proposed")]
    new_town.letters.do(CENTRAL_HEAD, EndorseLetter, id)
    new_town.letters.do(DEPUTY, EndorseLetter, id)
    new_town.letters.order(id, lead=PLAN)
    new_town.raised()
    new_town.letters.do(PLAN_HEAD, ReceiveByGroup, id, group=PLAN)
    assert new_town.news() == [("PLAN_CLERK", "letter_received")]  # who may assign it as well


def test_bookings(town: Town) -> None:
    rooms = town.rooms
    room = rooms.room(name="ห้องดอยคำ")
    id, rival = rooms.request(room, 0, 2), rooms.request(room, 1, 2, by=PLAN_OFFICER_2)
    told = town.raised()
    assert {(one.person, one.kind) for one in told} == {(CENTRAL_HEAD.person, "booking_requested")}
    assert told[0].title == "ขอใช้ ห้องดอยคำ: ประชุมแผน"
    assert told[0].body == "17 ก.พ. 69 09:00 น. ถึง 11:00 น."
    assert told[0].link == f"/bookings/{id}"
    rooms.confirm(id, note="เปิดห้องให้แล้ว")
    won, lost = sorted(town.raised(), key=lambda one: one.person != PLAN_OFFICER.person)
    assert (won.person, won.kind) == (PLAN_OFFICER.person, "booking_decided")
    assert won.title == "อนุมัติ ห้องดอยคำ: ประชุมแผน"
    assert (lost.person, lost.kind) == (PLAN_OFFICER_2.person, "booking_decided")
    assert lost.title == "ไม่อนุมัติ (ห้องไม่ว่าง) ห้องดอยคำ: ประชุมแผน"
    assert lost.link == f"/bookings/{rival}"
    rooms.cancel(id, by=CENTRAL_HEAD)
    [displaced] = town.raised()
    assert displaced.person == PLAN_OFFICER.person
    assert displaced.title.startswith("ถูกเลื่อนด้วยราชการจำเป็น")
    overnight = rooms.request(room, 10, 24)
    assert town.raised()[0].body == "17 ก.พ. 69 19:00 น. ถึง 18 ก.พ. 69 19:00 น."
    rooms.cancel(overnight)
    assert town.news() == [("CENTRAL_HEAD", "booking_cancelled")]


def test_indicators(town: Town) -> None:
    office = town.standards
    id = office.assigned()
    [told] = town.raised()
    assert (told.person, told.kind) == (PLAN_OFFICER.person, "indicator_assigned")
    assert told.title == "มอบหมายให้ท่านรับผิดชอบ: ตัวบ่งชี้ 1.1 ตัวบ่งชี้ตัวอย่าง 1.1"
    assert told.link == f"/indicators/{id}"
    office.report(id)
    [told] = town.raised()
    assert (told.person, told.kind) == (CENTRAL_HEAD.person, "indicator_reported")
    assert told.body == "ปีงบประมาณ 2569 รอบ 6 เดือน"
    office.send_back(id, by=DEPUTY)
    office.report(id)
    office.verify(id)
    assert town.news() == [
        ("CENTRAL_HEAD", "indicator_reported"),
        ("PLAN_OFFICER", "indicator_decided"),
        ("PLAN_OFFICER", "indicator_decided"),
    ]
