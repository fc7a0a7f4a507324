"""Who may do what, and who may know of what: every step tried by everybody."""

from collections.abc import Callable
from typing import Any

import pytest

from infra.contract import Command
from infra.errors import Forbidden, NotFound, OutOfOrder, Problem, Unauthenticated
from infra.identity import Actor, Role
from services.correspondence.contract import (
    AcknowledgeLetter,
    AcknowledgeToSender,
    AddAttachments,
    AssignLetter,
    CancelRegistration,
    CloseGroupWork,
    CorrectRegistration,
    EndorseLetter,
    ForwardLetter,
    GetAttachment,
    GetLetter,
    GetRouting,
    LetterSummary,
    NoteProgress,
    OrderLetter,
    ProposeLetter,
    ReceiveByGroup,
    RegisterLetter,
    ReportResult,
    ReturnByGroup,
    SendLetterBack,
    SendReportBack,
    SetRouting,
)
from tests.correspondence.office import (
    ADMIN,
    AUDITOR,
    CENTRAL,
    CENTRAL_HEAD,
    CLERK,
    DEPUTY,
    DIRECTOR,
    FINANCE,
    FINANCE_CLERK,
    FINANCE_HEAD,
    FINANCE_OFFICER,
    LETTER,
    OFFICE,
    OTHER_CLERK,
    PEOPLE,
    PLAN,
    PLAN_CLERK,
    PLAN_HEAD,
    PLAN_OFFICER,
    PLAN_OFFICER_2,
    REGISTRAR,
    SCHOOL_CLERK,
    SCHOOL_DIRECTOR,
    SECRETARY,
    Office,
    acting,
    actor,
    id_of,
)

ALL_READERS = ("CLERK", "CENTRAL_HEAD", "DEPUTY", "DIRECTOR", "SECRETARY", "AUDITOR")
PLAN_PEOPLE = ("PLAN_HEAD", "PLAN_CLERK", "PLAN_OFFICER", "PLAN_OFFICER_2")
CORRECTION = LETTER | {
    "urgency": "normal",
    "deadline": None,
    "channel": "paper",
    "defect": "",
    "note": "แก้ไข",
    "reason": "พิมพ์ผิด",
}
ASSIGN = {"group": PLAN, "officer": PLAN_OFFICER_2.person}
# For each step: a letter to which it can be done, its body, and who may do it.
STEPS: list[tuple[type[Command], Callable[[Office], str], dict[str, Any], set[str]]] = [
    (CorrectRegistration, Office.ordered, CORRECTION, {"CLERK"}),
    (AcknowledgeToSender, Office.ordered, {"how": "โทรศัพท์"}, {"CLERK"}),
    (ProposeLetter, Office.register, {"text": "เห็นควรทราบ"}, {"CLERK"}),
    (CancelRegistration, Office.register, {"reason": "ซ้ำ"}, {"CLERK"}),
    (ForwardLetter, Office.register, {"to": "สพป. อื่น", "reason": "ส่งผิด"}, {"CLERK"}),
    (EndorseLetter, Office.proposed, {}, {"DEPUTY"}),
    (SendLetterBack, Office.proposed, {"reason": "แก้ไข"}, {"CLERK", "DEPUTY"}),
    (SendLetterBack, Office.endorsed, {"reason": "แก้ไข"}, {"CLERK", "DIRECTOR"}),
    (OrderLetter, Office.endorsed, {"kind": "file"}, {"DIRECTOR"}),
    (OrderLetter, Office.ordered, {"kind": "act", "supporting": [FINANCE]}, {"DIRECTOR"}),
    (ReceiveByGroup, Office.ordered, {"group": PLAN}, {"PLAN_CLERK", "PLAN_HEAD"}),
    (
        ReturnByGroup,
        Office.ordered,
        {"group": PLAN, "reason": "ไม่เกี่ยวข้อง"},
        {"PLAN_CLERK", "PLAN_HEAD"},
    ),
    (AssignLetter, Office.received, ASSIGN, {"PLAN_HEAD"}),
    (AcknowledgeLetter, Office.assigned, {"group": PLAN}, {"PLAN_OFFICER"}),
    (NoteProgress, Office.acknowledged, {"group": PLAN, "text": "ทำอยู่"}, {"PLAN_OFFICER"}),
    (ReportResult, Office.acknowledged, {"group": PLAN, "text": "เสร็จ"}, {"PLAN_OFFICER"}),
    (SendReportBack, Office.reported, {"group": PLAN, "reason": "ขอเพิ่ม"}, {"PLAN_HEAD"}),
    (CloseGroupWork, Office.reported, {"group": PLAN}, {"PLAN_HEAD"}),
]


@pytest.mark.parametrize(
    ("step", "prepare", "body", "may"), STEPS, ids=lambda one: getattr(one, "__name__", "")
)
def test_a_step_is_for_those_it_is_for(
    small_office: Office,
    step: type[Command],
    prepare: Callable[[Office], str],
    body: dict[str, Any],
    may: set[str],
) -> None:
    office = small_office
    id = prepare(office)
    before = office.types(id)
    for name, person in PEOPLE.items():
        readable = _readable(office, person, id)
        refusal = _refusal(name, step, prepare)
        assert (readable is None) == (refusal is NotFound), name
        if readable is not None:
            actions = readable["actions"] + [
                action for group in readable["group_actions"] for action in group["actions"]
            ]
            assert (step.method() in actions) == (name in may), name
        if name in may:
            continue
        with pytest.raises(Problem) as refused:
            office.do(person, step, id, **body)
        assert type(refused.value) is refusal, name
        assert office.types(id) == before
    for name in may:
        id = prepare(office)
        office.do(PEOPLE[name], step, id, **body)
        last = office.events(f"letter-{id}")[-1]
        assert last.actor == PEOPLE[name].person
        seat = getattr(last.event, "seat", None)
        if seat is not None:
            assert seat == PEOPLE[name].seats[0]


def _refusal(name: str, step: type[Command], prepare: Callable[[Office], str]) -> type[Problem]:
    """How somebody without the right to it is refused: whoever may not read it is told of no letter;
    where it lies on another's desk, those with a desk are told so; others have no right."""
    ordered = prepare not in (Office.register, Office.proposed, Office.endorsed)
    if name not in ALL_READERS and not (ordered and name in PLAN_PEOPLE):
        return NotFound
    desks = ("CENTRAL_HEAD", "DEPUTY", "DIRECTOR")
    return OutOfOrder if step in (EndorseLetter, SendLetterBack) and name in desks else Forbidden


def _readable(office: Office, person: Actor, id: str) -> dict[str, Any] | None:
    try:
        return office.letter(person, id)
    except NotFound:
        return None


def test_files_are_added_by_the_clerk(small_office: Office) -> None:
    id = small_office.register()
    upload = small_office.upload(CLERK)
    small_office.do(CLERK, AddAttachments, id, uploads=[upload])
    assert small_office.letter(DIRECTOR, id)["attachments"] == 1
    with pytest.raises(Forbidden):
        small_office.do(DIRECTOR, AddAttachments, id, uploads=[small_office.upload(DIRECTOR)])
    with pytest.raises(NotFound):  # another's upload
        small_office.do(CLERK, AddAttachments, id, uploads=[small_office.upload(DIRECTOR)])


def test_who_registers(small_office: Office) -> None:
    for name, person in PEOPLE.items():
        if name.endswith("CLERK") and person.seats[0].role in (
            Role.CENTRAL_CLERK,
            Role.SCHOOL_CLERK,
        ):
            assert small_office.letters(person)["actions"] == ["register_letter"]
            continue
        assert small_office.letters(person)["actions"] == []
        with pytest.raises(Forbidden):
            small_office.send(person, RegisterLetter, **LETTER)


def test_who_reads_a_letter(office: Office) -> None:
    """In a list, in the figures and by itself: the same people, wherever it stands."""
    waiting, working = office.register(), office.received(FINANCE)
    anybody = {*ALL_READERS}
    with_groups = anybody | {*PLAN_PEOPLE, "FINANCE_HEAD", "FINANCE_CLERK", "FINANCE_OFFICER"}
    for name, person in PEOPLE.items():
        readers = {waiting: anybody, working: with_groups}
        expected = [id for id, who in readers.items() if name in who]
        page = office.letters(person, sort="number")
        assert [row["id"] for row in page["items"]] == expected, name
        assert page["total"] == len(expected)
        assert office.ask(person, LetterSummary)["total"] == len(expected)
        for id in (waiting, working):
            assert (_readable(office, person, id) is not None) == (id in expected), name


def test_a_letter_is_read_by_whom_it_is_assigned_to_in_whatever_group(small_office: Office) -> None:
    """An officer who has moved on, but whose work it still is."""
    id = small_office.assigned()
    moved = actor("plan officer", Role.OFFICER, FINANCE)
    assert moved.person == PLAN_OFFICER.person
    assert _readable(small_office, moved, id) is not None
    small_office.do(moved, AcknowledgeLetter, id, group=PLAN)
    small_office.do(PLAN_HEAD, AssignLetter, id, **ASSIGN)
    assert _readable(small_office, moved, id) is None


def test_letters_of_another_organisation_are_not_there(small_office: Office) -> None:
    mine, theirs = small_office.register(), small_office.register(SCHOOL_CLERK)
    assert [row["id"] for row in small_office.letters(CLERK)["items"]] == [mine]
    assert [row["id"] for row in small_office.letters(SCHOOL_CLERK)["items"]] == [theirs]
    assert small_office.letters(OTHER_CLERK)["total"] == 0
    with pytest.raises(NotFound):
        small_office.letter(OTHER_CLERK, mine)
    with pytest.raises(NotFound):
        small_office.do(SCHOOL_CLERK, ProposeLetter, mine, text="x")


def test_a_seat_elsewhere_gives_no_right_here(small_office: Office) -> None:
    """The token's organisation and its seats must agree."""
    stranger = Actor(person=id_of("x"), organisation=OFFICE, seats=OTHER_CLERK.seats)
    id = small_office.register()
    assert small_office.letters(stranger)["total"] == 0
    with pytest.raises(NotFound):
        small_office.letter(stranger, id)
    with pytest.raises(Forbidden):
        small_office.send(stranger, RegisterLetter, **LETTER)


def test_acting_is_as_good_and_says_so(small_office: Office) -> None:
    id = small_office.endorsed()
    stand_in = acting(DEPUTY, DIRECTOR)
    assert small_office.tasks(stand_in) == [("order", id)]
    small_office.do(stand_in, OrderLetter, id, kind="file", text="เก็บ")
    order = small_office.letter(CLERK, id)["chain"][-1]
    assert order["actor"] == DEPUTY.person
    assert order["signature"] == [
        DEPUTY.seats[0].title,
        f"รักษาราชการแทน {DIRECTOR.seats[0].title}",
    ]


def test_an_officers_own_title_stands_under_the_report(small_office: Office) -> None:
    report = small_office.letter(CLERK, small_office.reported())["chain"][-1]
    assert report["signature"] == [PLAN_OFFICER.seats[0].title]


def test_where_the_head_need_not_be_asked_the_groups_clerk_assigns_and_closes(
    small_office: Office,
) -> None:
    before = small_office.received()
    routing = {"central_head": False, "deputy": True, "unattended_days": 3}
    small_office.send(CLERK, SetRouting, **routing, group_head=False)
    id = small_office.received()
    with pytest.raises(Forbidden):  # on its way already
        small_office.do(PLAN_CLERK, AssignLetter, before, **ASSIGN)
    assert small_office.tasks(PLAN_CLERK) == [("assign", id)]
    assert set(small_office.tasks(PLAN_HEAD)) == {("assign", id), ("assign", before)}
    small_office.do(PLAN_CLERK, AssignLetter, id, **ASSIGN)
    small_office.do(PLAN_OFFICER_2, ReportResult, id, group=PLAN, text="เสร็จ")
    small_office.do(PLAN_CLERK, SendReportBack, id, group=PLAN, reason="ขอเพิ่ม")
    small_office.do(PLAN_OFFICER_2, ReportResult, id, group=PLAN, text="เสร็จแล้ว")
    small_office.do(PLAN_CLERK, CloseGroupWork, id, group=PLAN)
    assert small_office.letter(CLERK, id)["state"] == "closed"


def test_only_the_groups_people_are_assigned_to(small_office: Office) -> None:
    id = small_office.received()
    for person in (FINANCE_OFFICER, CLERK, DIRECTOR):
        with pytest.raises(Problem) as refused:
            small_office.do(PLAN_HEAD, AssignLetter, id, group=PLAN, officer=person.person)
        assert refused.value.fields == {"officer": ["ผู้นี้ไม่ได้อยู่ในกลุ่ม"]}
    central = small_office.ordered(lead=CENTRAL)
    small_office.do(CENTRAL_HEAD, ReceiveByGroup, central, group=CENTRAL)
    with pytest.raises(Problem):  # reads no letters, so nothing is assigned to them
        small_office.do(CENTRAL_HEAD, AssignLetter, central, group=CENTRAL, officer=ADMIN.person)
    small_office.do(CENTRAL_HEAD, AssignLetter, central, group=CENTRAL, officer=SECRETARY.person)


def test_a_group_acts_for_itself_alone(small_office: Office) -> None:
    id = small_office.ordered(FINANCE)
    for person in (FINANCE_CLERK, FINANCE_HEAD):
        with pytest.raises(Forbidden):
            small_office.do(person, ReceiveByGroup, id, group=PLAN)
    small_office.do(FINANCE_CLERK, ReceiveByGroup, id, group=FINANCE)
    with pytest.raises(OutOfOrder):  # it reads all letters, but none of its group is concerned
        small_office.do(CENTRAL_HEAD, ReceiveByGroup, id, group=CENTRAL)


def test_nobody_without_a_token(small_office: Office) -> None:
    id = small_office.register()
    with pytest.raises(Unauthenticated):
        small_office.ask(None, GetLetter, id=id)
    with pytest.raises(Unauthenticated):
        small_office.send(None, RegisterLetter, **LETTER)
    service = Actor(person="service:notify", organisation="")
    with pytest.raises(NotFound):
        small_office.ask(service, GetLetter, id=id)


def test_who_chooses_the_route(small_office: Office) -> None:
    wish = {"central_head": True, "deputy": False, "group_head": True}
    for days, person in enumerate(PEOPLE.values(), 4):
        may = person in (CLERK, DIRECTOR, ADMIN, OTHER_CLERK)
        school = person in (SCHOOL_CLERK, SCHOOL_DIRECTOR)
        actions = small_office.ask(person, GetRouting)["actions"]
        assert actions == (["set_routing"] if may or school else [])
        if may:
            small_office.send(person, SetRouting, **wish, unattended_days=days)
            continue
        with pytest.raises(Problem) as refused:
            small_office.send(person, SetRouting, **wish, unattended_days=days)
        assert isinstance(refused.value, Forbidden) != school


def test_files_go_with_the_letter(small_office: Office) -> None:
    id = small_office.register(uploads=[small_office.upload(CLERK)])
    [file] = small_office.letter(CLERK, id)["files"]
    assert small_office.ask(AUDITOR, GetAttachment, id=id, attachment=file["id"]) == file
    for person in (PLAN_OFFICER, REGISTRAR, ADMIN, OTHER_CLERK):
        with pytest.raises(NotFound):
            small_office.ask(person, GetAttachment, id=id, attachment=file["id"])
    with pytest.raises(NotFound):
        small_office.ask(CLERK, GetAttachment, id=small_office.register(), attachment=file["id"])
