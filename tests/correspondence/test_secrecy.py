"""Classified letters: only the registrar registers them, and they exist for nobody else."""

from typing import Any

import pytest

from infra.errors import Forbidden, Invalid, NotFound, OutOfOrder
from infra.identity import Actor
from services.correspondence.contract import (
    AcknowledgeToSender,
    AddAttachments,
    CancelRegistration,
    CorrectRegistration,
    FindDuplicates,
    ForwardLetter,
    GetAttachment,
    LetterSummary,
    Party,
    ProposeLetter,
    RegisterLetter,
    SuggestParties,
)
from tests.correspondence.office import (
    CLERK,
    LETTER,
    OTHER_REGISTRAR,
    PEOPLE,
    REGISTRAR,
    SCHOOL_CLERK,
    Office,
)

SECRET = {"secrecy": "secret", "subject": "เรื่องปกปิด", "sender": "หน่วยลับ"}
OTHERS = {name: person for name, person in PEOPLE.items() if person is not REGISTRAR}


def test_only_the_registrar_registers_what_is_classified(small_office: Office) -> None:
    for secrecy in ("secret", "very_secret"):
        for person in (REGISTRAR, OTHER_REGISTRAR):
            small_office.register(person, secrecy=secrecy)
        for name, person in PEOPLE.items():
            if not name.endswith("REGISTRAR"):
                with pytest.raises(Forbidden):
                    small_office.register(person, secrecy=secrecy)
    with pytest.raises(Forbidden):
        small_office.register(REGISTRAR)


def test_what_is_most_secret_is_not_taken_in_at_all(office: Office) -> None:
    upload = office.upload(CLERK)
    for person in (CLERK, REGISTRAR, SCHOOL_CLERK):
        with pytest.raises(Invalid) as refused:
            office.register(person, secrecy="most_secret", uploads=[upload])
        [reason] = refused.value.fields["secrecy"]
        for word in ("ข้อ 29", "ภาคผนวก 7", "แจ้งผู้ส่ง", "เอกสาร"):
            assert word in reason
    assert office.events() == []
    assert not list((office.folder / "files" / "content").glob("**/*"))
    office.clock.advance(days=2)
    assert office.parts.files.sweep(office.clock()) == 1
    assert office.send(CLERK, RegisterLetter, **LETTER)["number"] == 1
    for person in (PEOPLE["DIRECTOR"], PEOPLE["AUDITOR"]):  # who registers nothing
        with pytest.raises(Forbidden):
            office.register(person, secrecy="most_secret")


def test_a_classified_letter_exists_for_the_registrar_alone(office: Office) -> None:
    upload = office.upload(REGISTRAR)
    plain = office.register()
    secret = office.register(REGISTRAR, **SECRET, uploads=[upload], urgency="most_urgent")
    twin = {"reference": LETTER["reference"], "dated": LETTER["dated"], "sender": "หน่วยลับ"}
    another = office.send(CLERK, RegisterLetter, **(LETTER | {"sender": "หน่วยลับ"}))
    assert another["number"] == 2  # no gap in the general register
    assert another["duplicates"] == []
    for name, person in OTHERS.items():
        general = office.letters(person)
        assert secret not in {row["id"] for row in general["items"]}
        assert general["total"] == len(general["items"])
        hidden = office.letters(person, register="secret")
        assert (hidden["items"], hidden["total"], hidden["next"]) == ([], 0, None), name
        for q in ("ปกปิด", "หน่วย"):
            assert office.letters(person, register="secret", q=q)["total"] == 0
        assert office.letters(person, q="ปกปิด")["total"] == 0
        figures = office.ask(person, LetterSummary)
        assert figures["total"] == general["total"]
        assert "most_urgent" not in {item["key"] for item in figures["by_urgency"]}
        for column in Party:
            names = office.ask(person, SuggestParties, column=column, q="")["items"]
            assert ("หน่วยลับ" in names) == (name in READ_ALL and column is Party.SENDER)
        duplicates = office.ask(person, FindDuplicates, **twin)["items"]
        assert secret not in {item["id"] for item in duplicates}
        assert secret not in {id for _, id in office.tasks(person)}
        with pytest.raises(NotFound):
            office.letter(person, secret)
        with pytest.raises(NotFound):
            office.ask(person, GetAttachment, id=secret, attachment=upload)
    mine = office.letters(REGISTRAR, register="secret")
    assert [row["id"] for row in mine["items"]] == [secret]
    assert mine["actions"] == ["register_letter"]
    assert (mine["items"][0]["year"], mine["items"][0]["number"]) == (2569, 1)
    assert office.letters(REGISTRAR, register="secret", q="กปิด")["total"] == 1
    assert office.letters(REGISTRAR)["total"] == 0
    assert office.ask(REGISTRAR, LetterSummary)["total"] == 1
    assert [one["id"] for one in office.ask(REGISTRAR, FindDuplicates, **twin)["items"]] == [secret]
    assert office.ask(REGISTRAR, SuggestParties, column="sender", q="")["items"] == ["หน่วยลับ"]
    assert office.ask(REGISTRAR, GetAttachment, id=secret, attachment=upload)["size"] == 6
    with pytest.raises(NotFound):
        office.letter(REGISTRAR, plain)


READ_ALL = ("CLERK", "CENTRAL_HEAD", "DEPUTY", "DIRECTOR", "SECRETARY", "AUDITOR")


def test_its_events_never_leave(office: Office) -> None:
    office.register()
    secret = office.register(REGISTRAR, **SECRET)
    office.do(REGISTRAR, AcknowledgeToSender, secret, how="โทรศัพท์")
    office.do(REGISTRAR, CancelRegistration, secret, reason="ผิดหน่วย")
    office.relay()
    assert [message["type"] for message in office.published] == ["LetterReceived"]
    assert secret not in str(office.published)
    with office.parts.database.read() as connection:
        found, _ = office.parts.store.events_after(connection, 0)
    assert [one.type for one in found] == ["LetterReceived"]


def test_what_the_registrar_may_do(small_office: Office) -> None:
    office = small_office
    secret = office.register(REGISTRAR, **SECRET)
    letter = office.letter(REGISTRAR, secret)
    assert letter["actions"] == [
        "acknowledge_to_sender",
        "add_attachments",
        "correct_registration",
        "forward_letter",
        "cancel_registration",
    ]
    assert office.tasks(REGISTRAR) == []
    with pytest.raises(OutOfOrder):
        office.do(REGISTRAR, ProposeLetter, secret, text="เสนอ")
    office.do(REGISTRAR, AddAttachments, secret, uploads=[office.upload(REGISTRAR)])
    columns: dict[str, Any] = {name: letter[name] for name in LETTER}
    more = {"urgency": "normal", "deadline": None, "channel": "paper", "defect": "", "note": ""}
    office.do(
        REGISTRAR, CorrectRegistration, secret, **columns | more | {"note": "แก้", "reason": "ผิด"}
    )
    office.do(REGISTRAR, ForwardLetter, secret, to="หน่วยอื่น", reason="ส่งผิด")
    assert office.letter(REGISTRAR, secret)["state"] == "forwarded"


@pytest.mark.parametrize("if_match", [None, 1, 99])
def test_no_command_tells_of_it(small_office: Office, if_match: int | None) -> None:
    secret = small_office.register(REGISTRAR, **SECRET)
    for person in OTHERS.values():
        for step, body in (
            (ProposeLetter, {"text": "x"}),
            (CancelRegistration, {"reason": "x"}),
            (AddAttachments, {"uploads": [secret]}),
        ):
            with pytest.raises(NotFound):
                small_office.send(person, step, id=secret, if_match=if_match, **body)
    assert len(small_office.events()) == 1


def test_who_is_clerk_and_registrar_sees_both_registers_apart(small_office: Office) -> None:
    both = Actor(
        person=CLERK.person, organisation=CLERK.organisation, seats=CLERK.seats + REGISTRAR.seats
    )
    plain, secret = small_office.register(both), small_office.register(both, **SECRET)
    assert [row["id"] for row in small_office.letters(both)["items"]] == [plain]
    assert [row["id"] for row in small_office.letters(both, register="secret")["items"]] == [secret]
    assert small_office.ask(both, LetterSummary)["total"] == 2
    assert small_office.letter(both, secret)["number"] == 1
