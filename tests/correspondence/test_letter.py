"""The rules of a letter: given these events, when this is done, then those events or that refusal."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from infra.errors import Invalid, OutOfOrder
from infra.eventstore.events import Event
from infra.identity import Role, Seat
from services.correspondence.contract import (
    Attachment,
    AttachmentsAdded,
    Channel,
    Charge,
    GroupWorkClosed,
    LetterAcknowledged,
    LetterAnswered,
    LetterAssigned,
    LetterClosed,
    LetterEndorsed,
    LetterForwarded,
    LetterOrdered,
    LetterProposed,
    LetterReceived,
    LetterReceivedByGroup,
    LetterReturnedByGroup,
    LetterSentBack,
    LetterState,
    OrderKind,
    ProgressNoted,
    Register,
    RegistrationCancelled,
    RegistrationCorrected,
    ReportSentBack,
    ResultReported,
    Secrecy,
    SenderAcknowledged,
    Stage,
    Urgency,
    WorkState,
)
from services.correspondence.letter import COLUMNS, Letter, check_registration

TODAY = date(2026, 2, 16)
SEAT = Seat(post="p", organisation="office", group=None, role=Role.DIRECTOR, title="ตำแหน่ง")
SCAN = Attachment(id="scan", name="a.pdf", media_type="application/pdf", size=1, sha256="0" * 64)

RECEIVED = LetterReceived(
    organisation="office",
    register=Register.GENERAL,
    year=2569,
    number=1,
    reference="ศธ 04001/1",
    dated=date(2026, 2, 10),
    sender="สพฐ.",
    recipient="ผอ.สพป.",
    subject="ขอเชิญประชุม",
    urgency=Urgency.NORMAL,
    secrecy=Secrecy.NONE,
    deadline=None,
    channel=Channel.PAPER,
    defect="",
    note="",
    attachments=(SCAN,),
    seat=SEAT,
)
SECRET = LetterReceived(
    **(vars(RECEIVED) | {"register": Register.SECRET, "secrecy": Secrecy.SECRET})
)
PROPOSED = LetterProposed(
    text="เพื่อโปรดทราบ", stage=Stage.DEPUTY, seat=SEAT, route=(Stage.DEPUTY, Stage.DIRECTOR)
)
ENDORSED = LetterEndorsed(text="", stage=Stage.DIRECTOR, seat=SEAT)
SENT_BACK = LetterSentBack(reason="แก้คำผิด", seat=SEAT)


def ordered(*groups: str, kind: OrderKind = OrderKind.ACT) -> LetterOrdered:
    """An order to groups, of which the first leads."""
    charges = tuple(Charge(group=group, lead=group == groups[0]) for group in groups)
    return LetterOrdered(kind=kind, text="", groups=charges, schools=False, due=None, seat=SEAT)


def taken(group: str) -> LetterReceivedByGroup:
    return LetterReceivedByGroup(group=group, year=2569, number=1, seat=SEAT)


def returned(group: str, lead: bool) -> LetterReturnedByGroup:
    return LetterReturnedByGroup(group=group, lead=lead, reason="ไม่เกี่ยวข้อง", seat=SEAT)


def assigned(group: str, officer: str = "officer") -> LetterAssigned:
    return LetterAssigned(group=group, officer=officer, text="", due=None, seat=SEAT)


def acknowledged(group: str) -> LetterAcknowledged:
    return LetterAcknowledged(group=group, officer="officer")


def reported(group: str) -> ResultReported:
    return ResultReported(group=group, officer="officer", text="เสร็จ", attachments=())


def closed(group: str) -> GroupWorkClosed:
    return GroupWorkClosed(group=group, text="", seat=SEAT)


ON_DIRECTORS_DESK = (RECEIVED, PROPOSED, ENDORSED)
ORDERED = (*ON_DIRECTORS_DESK, ordered("a", "b"))
TAKEN = (*ORDERED, taken("a"))
ASSIGNED = (*TAKEN, assigned("a"))
IN_PROGRESS = (*ASSIGNED, acknowledged("a"))
REPORTED = (*IN_PROGRESS, reported("a"))
ALL_DONE = (*REPORTED, closed("a"), taken("b"), assigned("b"), reported("b"), closed("b"))
CLOSED = (*ALL_DONE, LetterClosed())
CANCELLED = (RECEIVED, RegistrationCancelled(reason="ซ้ำ", seat=SEAT))
FORWARDED = (RECEIVED, LetterForwarded(to="สพป. อื่น", reason="ส่งผิด", seat=SEAT))


def given(*events: Event) -> Letter:
    letter = Letter("x")
    letter.replay(events)
    return letter


def wish(kind: OrderKind = OrderKind.ACT, **more: Any) -> dict[str, Any]:
    blank = {"text": "", "lead": None, "supporting": [], "schools": False, "due": None}
    return blank | {"kind": kind} | more


def order(letter: Letter, kind: OrderKind = OrderKind.ACT, **more: Any) -> list[Event]:
    letter.order(SEAT, wish(kind, **more), {"a", "b", "c"}, TODAY)
    return letter.pending


def test_a_proposed_letter_keeps_its_route() -> None:
    desks = (Stage.CENTRAL_HEAD, Stage.DEPUTY, Stage.DIRECTOR)
    letter = given(RECEIVED)
    letter.propose(SEAT, "เห็นควร", desks, by_heads=False)
    letter.endorse(SEAT, "")
    letter.endorse(SEAT, "เห็นชอบ")
    assert [getattr(event, "stage") for event in letter.pending] == list(desks)  # noqa: B009


def test_sent_back_it_lies_with_the_clerk_and_is_proposed_anew() -> None:
    letter = given(RECEIVED, PROPOSED)
    letter.send_back(SEAT, "แก้คำผิด")
    assert letter.pending == [SENT_BACK]
    assert letter.course.state is LetterState.RETURNED
    assert letter.course.stage is Stage.CLERK
    letter.propose(SEAT, "แก้แล้ว", (Stage.DIRECTOR,), by_heads=True)
    assert letter.course.stage is Stage.DIRECTOR


@pytest.mark.parametrize("kind", [OrderKind.INFORM, OrderKind.FILE])
def test_an_order_that_asks_for_nothing_closes_the_letter(kind: OrderKind) -> None:
    events = order(given(*ON_DIRECTORS_DESK), kind, text="ทราบ")
    assert isinstance(events[0], LetterOrdered)
    assert events[1:] == [LetterClosed()]


def test_an_order_to_act_names_a_lead() -> None:
    [event] = order(given(*ON_DIRECTORS_DESK), lead="a", supporting=["b"], due=TODAY)
    assert isinstance(event, LetterOrdered)
    assert event.groups == (Charge(group="a", lead=True), Charge(group="b", lead=False))


@pytest.mark.parametrize(
    ("fault", "more"),
    [
        ("lead", {}),
        ("lead", {"supporting": ["b"]}),
        ("lead", {"lead": "unknown"}),
        ("supporting", {"lead": "a", "supporting": ["unknown"]}),
        ("supporting", {"lead": "a", "supporting": ["a"]}),
        ("supporting", {"lead": "a", "supporting": ["b", "b"]}),
        ("due", {"lead": "a", "due": date(2026, 2, 15)}),
        ("lead", {"kind": OrderKind.INFORM, "lead": "a"}),
        ("supporting", {"kind": OrderKind.FILE, "supporting": ["b"]}),
        ("due", {"kind": OrderKind.FILE, "due": TODAY}),
    ],
)
def test_an_order_that_cannot_be(fault: str, more: dict[str, Any]) -> None:
    letter = given(*ON_DIRECTORS_DESK)
    with pytest.raises(Invalid) as refused:
        order(letter, **more)
    assert list(refused.value.fields) == [fault]
    assert letter.pending == []


def test_an_order_is_added_to_while_the_letter_is_open() -> None:
    letter = given(*REPORTED)
    order(letter, supporting=["c"])
    assert letter.course.works["c"].state is WorkState.ORDERED
    assert letter.course.works["a"].state is WorkState.REPORTED
    for fault, more in (
        ("lead", {"lead": "c"}),
        ("supporting", {"supporting": ["b"]}),
        ("supporting", {}),
    ):
        with pytest.raises(Invalid) as refused:
            order(given(*REPORTED), **more)
        assert list(refused.value.fields) == [fault]


def test_words_added_to_an_order_do_not_close_what_is_being_done() -> None:
    assert len(order(given(*ASSIGNED), OrderKind.INFORM, text="เร่งด้วย")) == 1


def test_returned_by_its_lead_it_lies_with_the_clerk_while_the_others_go_on() -> None:
    letter = given(*TAKEN, taken("b"))
    letter.return_by_group(SEAT, "a", "ไม่เกี่ยวข้อง")
    assert letter.pending == [returned("a", lead=True)]
    assert letter.course.state is LetterState.RETURNED
    assert letter.course.stage is Stage.CLERK
    letter.assign(SEAT, {"group": "b", "officer": "o", "text": "", "due": None}, {"o"}, TODAY)
    letter.report("o", "b", "เสร็จ", [])
    letter.close_group_work(SEAT, "b", "")
    assert letter.course.state is LetterState.RETURNED


def test_returned_by_a_supporting_group_it_stays_with_the_others() -> None:
    letter = given(*ORDERED, returned("b", lead=False))
    assert letter.course.state is LetterState.ORDERED
    assert letter.course.stage is None


def test_returned_by_the_last_supporting_group_when_the_lead_is_done_it_is_closed() -> None:
    letter = given(*REPORTED, closed("a"))
    letter.return_by_group(SEAT, "b", "ไม่เกี่ยวข้อง")
    assert letter.pending == [returned("b", lead=False), LetterClosed()]


def test_a_returned_letter_can_be_given_to_another_lead_or_the_same_anew() -> None:
    desk = (*TAKEN, returned("a", lead=True), PROPOSED, ENDORSED)
    for lead in ("a", "c"):
        letter = given(*desk)
        order(letter, lead=lead)
        assert letter.course.works[lead].state is WorkState.ORDERED
        assert letter.course.works[lead].number is None
    letter = given(*desk, taken("b"))
    order(letter, lead="b")
    assert letter.course.works["b"].lead
    assert letter.course.works["b"].state is WorkState.RECEIVED


def test_closing_the_last_part_closes_the_letter() -> None:
    letter = given(*REPORTED, returned("b", lead=False))
    letter.close_group_work(SEAT, "a", "")
    assert letter.pending == [closed("a"), LetterClosed()]
    letter = given(*REPORTED)
    letter.close_group_work(SEAT, "a", "")
    assert letter.pending == [closed("a")]


def test_reporting_or_noting_progress_is_having_seen_it() -> None:
    letter = given(*ASSIGNED)
    letter.report("officer", "a", "เสร็จ", [])
    assert letter.pending == [acknowledged("a"), reported("a")]
    letter = given(*ASSIGNED)
    letter.note_progress("officer", "a", "กำลังทำ")
    assert letter.pending == [
        acknowledged("a"),
        ProgressNoted(group="a", officer="officer", text="กำลังทำ"),
    ]
    letter = given(*IN_PROGRESS)
    letter.report("officer", "a", "เสร็จ", [])
    assert letter.pending == [reported("a")]


def test_assigned_anew_it_must_be_seen_anew() -> None:
    letter = given(*IN_PROGRESS)
    again = {"group": "a", "officer": "other", "text": "", "due": None}
    letter.assign(SEAT, again, {"other"}, TODAY)
    assert letter.course.works["a"].state is WorkState.ASSIGNED
    with pytest.raises(OutOfOrder):
        letter.assign(SEAT, again, {"other"}, TODAY)


@pytest.mark.parametrize(
    ("fault", "more"), [("officer", {"officer": "stranger"}), ("due", {"due": date(2026, 2, 15)})]
)
def test_an_assignment_that_cannot_be(fault: str, more: dict[str, Any]) -> None:
    body = {"group": "a", "officer": "officer", "text": "", "due": None} | more
    with pytest.raises(Invalid) as refused:
        given(*TAKEN).assign(SEAT, body, {"officer"}, TODAY)
    assert list(refused.value.fields) == [fault]


def test_a_report_sent_back_is_the_officers_again() -> None:
    letter = given(*REPORTED)
    letter.send_report_back(SEAT, "a", "ขอเพิ่ม")
    assert letter.pending == [
        ReportSentBack(group="a", officer="officer", reason="ขอเพิ่ม", seat=SEAT)
    ]
    assert letter.course.works["a"].state is WorkState.IN_PROGRESS


def test_a_correction_changes_columns_and_never_the_number() -> None:
    columns = {name: getattr(RECEIVED, name) for name in COLUMNS}
    letter = given(RECEIVED)
    letter.correct(SEAT, columns | {"subject": "ใหม่", "reason": "พิมพ์ผิด"}, TODAY)
    [event] = letter.pending
    assert isinstance(event, RegistrationCorrected)
    assert event.subject == "ใหม่"
    assert letter.received.number == 1
    with pytest.raises(Invalid):
        given(RECEIVED).correct(SEAT, columns | {"reason": "ไม่มีอะไร"}, TODAY)
    with pytest.raises(Invalid):
        given(RECEIVED).correct(
            SEAT, columns | {"dated": date(2026, 2, 17), "reason": "พิมพ์ผิด"}, TODAY
        )


def test_dated_today_but_not_tomorrow() -> None:
    columns: dict[str, Any] = {"secrecy": Secrecy.NONE, "dated": TODAY}
    check_registration(columns, TODAY)
    with pytest.raises(Invalid) as refused:
        check_registration(columns | {"dated": date(2026, 2, 17)}, TODAY)
    assert refused.value.fields == {"dated": ["ลงวันที่ต้องไม่อยู่ในอนาคต"]}


def test_the_same_file_is_attached_once() -> None:
    other = Attachment(**(vars(SCAN) | {"id": "other"}))
    letter = given(RECEIVED)
    letter.attach(SEAT, [SCAN, other])
    assert letter.pending == [AttachmentsAdded(attachments=(other,), seat=SEAT)]
    with pytest.raises(OutOfOrder):
        letter.attach(SEAT, [SCAN])


def test_due_is_the_earliest_day_of_what_is_open() -> None:
    received = LetterReceived(
        **(vars(RECEIVED) | {"deadline": datetime(2026, 2, 28, 17, 30, tzinfo=UTC)})
    )
    assert given(received).course.due == date(2026, 3, 1)  # in Bangkok
    order = LetterOrdered(**(vars(ordered("a", "b")) | {"due": date(2026, 2, 20)}))
    events = (received, PROPOSED, ENDORSED, order)
    assert given(*events).course.due == date(2026, 2, 20)
    sooner = LetterAssigned(**(vars(assigned("a")) | {"due": date(2026, 2, 18)}))
    assert given(*events, taken("a"), sooner).course.due == date(2026, 2, 18)
    assert given(*events, LetterClosed()).course.due is None


def test_a_letter_of_a_class_keeps_to_itself() -> None:
    assert not given(RECEIVED).confidential
    assert given(SECRET).confidential
    assert list(given(SECRET).course.waiting()) == []


_STEPS: dict[str, Any] = {
    "propose": lambda letter: letter.propose(SEAT, "x", (Stage.DIRECTOR,), True),
    "endorse": lambda letter: letter.endorse(SEAT, "x"),
    "send back": lambda letter: letter.send_back(SEAT, "x"),
    "order": lambda letter: order(letter, lead="c"),
    "file": lambda letter: order(letter, OrderKind.FILE),
    "correct": lambda letter: letter.correct(
        SEAT,
        {name: getattr(RECEIVED, name) for name in COLUMNS} | {"note": "x", "reason": "x"},
        TODAY,
    ),
    "attach": lambda letter: letter.attach(SEAT, [Attachment(**(vars(SCAN) | {"id": "other"}))]),
    "tell sender": lambda letter: letter.acknowledge_to_sender(SEAT, "โทร."),
    "cancel": lambda letter: letter.cancel(SEAT, "x"),
    "forward": lambda letter: letter.forward(SEAT, "x", "x"),
    "receive": lambda letter: letter.receive_by_group(SEAT, "a", 2569, 1),
    "return": lambda letter: letter.return_by_group(SEAT, "a", "x"),
    "assign": lambda letter: letter.assign(
        SEAT, {"group": "a", "officer": "other", "text": "", "due": None}, {"other"}, TODAY
    ),
    "acknowledge": lambda letter: letter.acknowledge("officer", "a"),
    "progress": lambda letter: letter.note_progress("officer", "a", "x"),
    "report": lambda letter: letter.report("officer", "a", "x", []),
    "send report back": lambda letter: letter.send_report_back(SEAT, "a", "x"),
    "close": lambda letter: letter.close_group_work(SEAT, "a", ""),
}
_CLERKS = ("correct", "attach", "tell sender")
_POSSIBLE: dict[tuple[Event, ...], tuple[str, ...]] = {
    (RECEIVED,): ("propose", "cancel", "forward", *_CLERKS),
    (SECRET,): ("cancel", "forward", *_CLERKS),
    (RECEIVED, PROPOSED): ("endorse", "send back", "cancel", "forward", *_CLERKS),
    (RECEIVED, PROPOSED, SENT_BACK): ("propose", "cancel", "forward", *_CLERKS),
    ON_DIRECTORS_DESK: ("send back", "order", "file", "cancel", "forward", *_CLERKS),
    ORDERED: ("file", "receive", "return", *_CLERKS),
    TAKEN: ("file", "return", "assign", *_CLERKS),
    ASSIGNED: ("file", "assign", "acknowledge", "progress", "report", *_CLERKS),
    IN_PROGRESS: ("file", "assign", "progress", "report", *_CLERKS),
    REPORTED: ("file", "send report back", "close", *_CLERKS),
    (*ORDERED, returned("a", lead=True)): ("propose", *_CLERKS),
    (*ORDERED, returned("a", lead=True), PROPOSED, ENDORSED): (
        "send back",
        "order",
        "file",
        *_CLERKS,
    ),
    CLOSED: (),
    CANCELLED: (),
    FORWARDED: (),
    (RECEIVED, SenderAcknowledged(how="x", seat=SEAT)): (
        "propose",
        "cancel",
        "forward",
        "correct",
        "attach",
    ),
}


@pytest.mark.parametrize("events", _POSSIBLE, ids=lambda events: type(events[-1]).__name__)
@pytest.mark.parametrize("step", _STEPS)
def test_every_step_out_of_order_is_refused(events: tuple[Event, ...], step: str) -> None:
    letter = given(*events)
    if step in _POSSIBLE[events]:
        _STEPS[step](letter)
        assert letter.pending
        return
    # A second lead is wrong in itself; all else is out of order.
    expected = Invalid if step == "order" and letter.course.led else OutOfOrder
    with pytest.raises(expected) as refused:
        _STEPS[step](letter)
    assert letter.pending == []
    assert any("ก" <= character <= "๛" for character in refused.value.detail)


@pytest.mark.parametrize("events", [(RECEIVED,), IN_PROGRESS, CLOSED, FORWARDED])
def test_that_it_was_answered_is_written_down_whatever_became_of_it(
    events: tuple[Event, ...],
) -> None:
    letter = given(*events)
    before = letter.course.state
    letter.answer("document", "ศธ 04001/5", TODAY)
    assert letter.pending == [
        LetterAnswered(document="document", reference="ศธ 04001/5", dated=TODAY)
    ]
    assert letter.course.state is before
