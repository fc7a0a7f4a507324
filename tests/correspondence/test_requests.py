"""Requests that cannot be, come twice, or come too late; and letters that came twice."""

from typing import Any

import pytest

from infra import migrate
from infra.contract import Command
from infra.errors import Forbidden, Invalid, KeyReused, NotFound, OutOfOrder, Problem, Stale
from services.correspondence.contract import (
    AcknowledgeToSender,
    AddAttachments,
    CancelRegistration,
    CorrectRegistration,
    EndorseLetter,
    FindDuplicates,
    OrderLetter,
    ProposeLetter,
    RegisterLetter,
)
from tests.correspondence.office import (
    CLERK,
    DEPUTY,
    DIRECTOR,
    LETTER,
    OTHER_CLERK,
    PLAN,
    PLAN_OFFICER,
    SCHOOL_CLERK,
    Office,
    id_of,
)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("dated", "2026-02-17"),  # tomorrow
        ("dated", "2025-02-29"),
        ("dated", "๒๕๖๙-๐๒-๑๐"),
        ("subject", ""),
        ("subject", "   "),
        ("subject", "ก" * 1001),
        ("subject", "ก\x00ข"),
        ("subject", "ก\nข"),
        ("subject", None),
        ("subject", 5),
        ("sender", "ก" * 301),
        ("recipient", ""),
        ("urgency", "ด่วนที่สุด"),
        ("channel", "pigeon"),
        ("secrecy", "top"),
        ("deadline", "2026-02-17T09:00:00"),  # of what time zone?
        ("uploads", ["x"]),
        ("uploads", "x"),
        ("number", 7),  # is ours to give
        ("note", "ก" * 1_000_000),
    ],
)
def test_a_registration_that_cannot_be(small_office: Office, field: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        small_office.register(**{field: value})
    assert [name.split(".")[0] for name in refused.value.fields] == [field]
    assert small_office.events() == []


def test_dated_today_in_bangkok(small_office: Office) -> None:
    small_office.clock.set(small_office.clock().replace(hour=17))  # past midnight in Bangkok
    small_office.register(dated="2026-02-17")
    with pytest.raises(Invalid) as refused:
        small_office.register(dated="2026-02-18")
    assert refused.value.fields == {"dated": ["ลงวันที่ต้องไม่อยู่ในอนาคต"]}


def test_a_repeated_key_registers_one_letter(office: Office) -> None:
    wish = LETTER | {"uploads": [office.upload(CLERK)]}
    first = office.send(CLERK, RegisterLetter, "key", **wish)
    office.clock.advance(minutes=5)
    assert office.send(CLERK, RegisterLetter, "key", **wish) == first
    with pytest.raises(KeyReused):
        office.send(CLERK, RegisterLetter, "key", **(wish | {"subject": "อื่น"}))
    assert office.send(SCHOOL_CLERK, RegisterLetter, "key", **LETTER)["id"] != first["id"]
    assert office.letters(CLERK)["total"] == 1


def test_acting_on_an_old_version(office: Office) -> None:
    id = office.register()
    done = office.send(CLERK, ProposeLetter, id=id, text="เสนอ", if_match=1)
    assert done["version"] == office.letter(CLERK, id)["version"] == 2
    with pytest.raises(Stale):
        office.send(DEPUTY, EndorseLetter, id=id, if_match=1)
    assert office.types(id) == ["LetterReceived", "LetterProposed"]
    office.send(DEPUTY, EndorseLetter, id=id, if_match=2)


@pytest.mark.parametrize("step", [ProposeLetter, CancelRegistration, AcknowledgeToSender])
def test_a_letter_that_is_not_there(small_office: Office, step: type[Command]) -> None:
    body = {"text": "x"} if step is ProposeLetter else {"reason": "x"}
    body = {"how": "x"} if step is AcknowledgeToSender else body
    with pytest.raises(NotFound):
        small_office.do(CLERK, step, id_of("nothing"), **body)
    with pytest.raises(Invalid):
        small_office.do(CLERK, step, "nothing", **body)


def test_an_endorsement_by_another_desk_than_it_lies_on(small_office: Office) -> None:
    id = small_office.proposed()
    for step, body in ((EndorseLetter, {}), (OrderLetter, {"kind": "file"})):
        with pytest.raises(OutOfOrder):
            small_office.do(DIRECTOR, step, id, **body)
    with pytest.raises(Forbidden):
        small_office.do(DEPUTY, OrderLetter, id, kind="file")
    small_office.do(DEPUTY, EndorseLetter, id)
    with pytest.raises(OutOfOrder):
        small_office.do(DEPUTY, EndorseLetter, id)


def test_an_order_to_a_group_of_another_organisation(small_office: Office) -> None:
    id = small_office.endorsed()
    with pytest.raises(Invalid) as refused:
        small_office.order(id, lead=id_of("elsewhere"))
    assert list(refused.value.fields) == ["lead"]


def test_the_same_file_twice_is_one_attachment(small_office: Office) -> None:
    upload = small_office.upload(CLERK)
    id = small_office.register(uploads=[upload, upload])
    assert small_office.letter(CLERK, id)["attachments"] == 1
    with pytest.raises(OutOfOrder):
        small_office.do(CLERK, AddAttachments, id, uploads=[upload])


def test_a_correction_is_on_record_and_the_number_stays(office: Office) -> None:
    id = office.register()
    before = office.letter(CLERK, id)
    columns = {
        "urgency": "very_urgent",
        "deadline": "2026-02-20T12:00:00+07:00",
        "channel": "email",
        "defect": "ไม่ลงนาม",
        "note": "โทรแจ้งแล้ว",
    }
    wish = LETTER | columns | {"subject": "ขอเลื่อนประชุม", "dated": None}
    office.do(CLERK, CorrectRegistration, id, **wish, reason="พิมพ์ผิด")
    after = office.letter(CLERK, id)
    assert (after["year"], after["number"], after["received_at"]) == (
        before["year"],
        before["number"],
        before["received_at"],
    )
    assert after["subject"] == "ขอเลื่อนประชุม"
    assert (after["dated"], after["due"], after["defect"]) == (None, "2026-02-20", "ไม่ลงนาม")
    step = after["history"][-1]
    assert (step["event"], step["text"], step["actor"]) == (
        "RegistrationCorrected",
        "พิมพ์ผิด",
        CLERK.person,
    )
    with pytest.raises(Problem):
        office.do(CLERK, CorrectRegistration, id, **wish, reason="เหมือนเดิม")


def test_a_letter_that_came_twice_is_told_of(office: Office) -> None:
    first = office.register()
    spelt = LETTER | {"reference": "ศธ  ๐๔๐๐๑/ว๑๒๓"}  # the same to the eye
    again = office.send(CLERK, RegisterLetter, **spelt)
    assert again["duplicates"] == [first]
    for fault in ({"reference": "ศธ 04001/ว 124"}, {"dated": "2026-02-09"}, {"sender": "สพป."}):
        assert office.send(CLERK, RegisterLetter, **(LETTER | fault))["duplicates"] == []
    for _ in range(2):
        assert (
            office.send(CLERK, RegisterLetter, **(LETTER | {"reference": ""}))["duplicates"] == []
        )
    assert office.send(SCHOOL_CLERK, RegisterLetter, **LETTER)["duplicates"] == []
    [told] = office.letter(CLERK, first)["duplicates"]
    assert (told["id"], told["number"], told["state"]) == (again["id"], 2, "registered")
    asked = {name: LETTER[name] for name in ("reference", "dated", "sender")}
    both = [one["id"] for one in office.ask(CLERK, FindDuplicates, **asked)["items"]]
    assert both == [first, again["id"]]
    for who in (OTHER_CLERK, PLAN_OFFICER):  # who may read neither
        assert office.ask(who, FindDuplicates, **asked)["items"] == []
    assert office.ask(CLERK, FindDuplicates, **(asked | {"sender": ""}))["items"] == []


def test_a_duplicate_is_told_of_to_whom_may_read_it(small_office: Office) -> None:
    small_office.register()
    mine = small_office.ordered(lead=PLAN)
    assert len(small_office.letter(CLERK, mine)["duplicates"]) == 1
    assert small_office.letter(PLAN_OFFICER, mine)["duplicates"] == []


def test_the_migrations_make_the_tables_as_declared(office: Office) -> None:
    assert migrate.current("correspondence", office.parts.database)
    assert migrate.differences("correspondence", office.parts.database) == []
