"""The rules of a document: given these events, when this is done, then those events or that refusal."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given as given_data
from hypothesis import strategies as st

from infra.errors import Invalid, OutOfOrder
from infra.eventstore.events import Event
from infra.identity import Role, Seat
from services.correspondence.contract import (
    Attachment,
    Comment,
    Confirmed,
    DocumentClosed,
    DocumentKind,
    DocumentNumbered,
    DocumentSigned,
    DocumentState,
    DraftEndorsed,
    DraftReturned,
    DraftSubmitted,
    DraftWithdrawn,
    LetterSent,
    NumberCancelled,
    RecipientChannel,
    ReviewDesk,
    Series,
    Urgency,
)
from services.correspondence.document import Document, Printed, Taken, addressed, named
from services.correspondence.document_events import (
    DocumentDrafted,
    DocumentRecorded,
    DraftDiscarded,
    DraftRecipient,
    DraftSaved,
    EnclosureRemoved,
    EnclosuresAdded,
)

NOW = datetime(2026, 2, 16, 3, 0, tzinfo=UTC)
TODAY = date(2026, 2, 16)
SEAT = Seat(post="p", organisation="office", group="plan", role=Role.OFFICER, title="ตำแหน่ง")
MAP = Attachment(id="map", name="แผนที่.pdf", media_type="application/pdf", size=1, sha256="0" * 64)
FROZEN = Attachment(
    id="frozen", name="1.pdf", media_type="application/pdf", size=1, sha256="1" * 64
)
CONTENT = {"subject": "ขอเชิญประชุม", "issuer": "สำนักงาน", "body": "ด้วยสำนักงาน"}
SCHOOL = DraftRecipient(
    organisation="school", name="โรงเรียน", channel=RecipientChannel.SYSTEM, address=""
)
ALL = (ReviewDesk.CHECKER, ReviewDesk.GROUP_HEAD, ReviewDesk.DEPUTY)

DRAFTED = DocumentDrafted(
    organisation="office",
    group="plan",
    kind=DocumentKind.ORDER,
    drafter="drafter",
    content=CONTENT,
    circular=False,
    signatory="director's post",
    recipients=(),
    template=None,
    copy_of=None,
    reply_to=None,
    replaces=None,
    seat=SEAT,
)
ENCLOSED = EnclosuresAdded(attachments=(MAP,))


def submitted(*desks: ReviewDesk) -> DraftSubmitted:
    route = (*desks, ReviewDesk.SIGNATORY)
    return DraftSubmitted(
        organisation="office",
        group="plan",
        kind=DocumentKind.ORDER,
        subject="ขอเชิญประชุม",
        urgency=Urgency.NORMAL,
        drafter="drafter",
        checker=None,
        signatory="director's post",
        desk=route[0],
        route=route,
        text="",
        seat=SEAT,
    )


def endorsed(desk: ReviewDesk) -> DraftEndorsed:
    return DraftEndorsed(desk=desk, text="", seat=SEAT)


SUBMITTED = submitted(*ALL)
RETURNED = DraftReturned(
    text="แก้คำผิด", comments=(Comment(field="body", quote="ด้วย", text="ตัดออก"),), seat=SEAT
)
WITHDRAWN = DraftWithdrawn(text="", seat=SEAT)
DISCARDED = DraftDiscarded(reason="", seat=SEAT)
SIGNED = DocumentSigned(confirmed=Confirmed.PASSWORD, at=NOW, seat=SEAT)
NUMBERED = DocumentNumbered(
    organisation="office",
    group="plan",
    kind=DocumentKind.ORDER,
    series=Series.ORDER,
    year=2569,
    number=7,
    circular=False,
    reference="7/2569",
    dated=TODAY,
    sender="สำนักงาน",
    recipient="",
    subject="ขอเชิญประชุม",
    urgency=Urgency.NORMAL,
    drafter="drafter",
    signer="director",
    signature=("ผู้อำนวยการ",),
    frozen=FROZEN,
    enclosures=(),
    code="abc",
    reservation=None,
    reply_to=None,
    replaces=None,
    seat=None,
)
SENT = LetterSent(
    organisation="office",
    sender="สำนักงาน",
    reference="7/2569",
    dated=TODAY,
    subject="ขอเชิญประชุม",
    urgency=Urgency.NORMAL,
    deadline=None,
    circular=False,
    frozen=FROZEN,
    enclosures=(),
    reply_to=None,
    recipients=(),
    drafter="drafter",
    seat=SEAT,
)
CLOSED = DocumentClosed(text="", seat=SEAT)
CANCELLED = NumberCancelled(reason="ผิด", replaced_by=None, seat=SEAT)

TO_SIGN = (DRAFTED, submitted())
AT_NUMBER = (*TO_SIGN, SIGNED, NUMBERED)
STATES: dict[DocumentState, tuple[Event, ...]] = {
    DocumentState.DRAFT: (DRAFTED,),
    DocumentState.IN_REVIEW: (DRAFTED, SUBMITTED),
    DocumentState.RETURNED: (DRAFTED, SUBMITTED, RETURNED),
    DocumentState.TO_SIGN: TO_SIGN,
    DocumentState.SIGNED: (*TO_SIGN, SIGNED),
    DocumentState.NUMBERED: AT_NUMBER,
    DocumentState.SENT: (*AT_NUMBER, SENT),
    DocumentState.CLOSED: (*AT_NUMBER, SENT, CLOSED),
    DocumentState.CANCELLED: (*AT_NUMBER, CANCELLED),
    DocumentState.DISCARDED: (DRAFTED, DISCARDED),
}


def given(*events: Event) -> Document:
    document = Document("x")
    document.replay(events)
    return document


def wish(**more: Any) -> dict[str, Any]:
    """A checked SaveDraft that changes nothing of DRAFTED."""
    return {
        "content": CONTENT,
        "urgency": Urgency.NORMAL,
        "deadline": None,
        "circular": False,
        "signatory": "director's post",
        "typist": None,
        "checker": None,
        "thai_digits": True,
        "recipients": [],
    } | more


TAKEN = Taken(series=Series.ORDER, owner=None, year=2569, number=7, reference="7/2569", dated=TODAY)
PRINTED = Printed(
    sender="สำนักงาน", signer="director", signature=("ผู้อำนวยการ",), frozen=FROZEN, code="abc"
)
STEPS: dict[str, Callable[[Document], None]] = {
    "save": lambda one: one.save(wish(thai_digits=False)),
    "enclose": lambda one: one.enclose([MAP]),
    "submit": lambda one: one.submit(SEAT, "", ALL),
    "endorse": lambda one: one.endorse(SEAT, ""),
    "send_back": lambda one: one.send_back(SEAT, "แก้", []),
    "withdraw": lambda one: one.withdraw(SEAT, ""),
    "discard": lambda one: one.discard(SEAT, ""),
    "sign": lambda one: one.sign(SEAT, Confirmed.PASSKEY, NOW),
    "number": lambda one: one.number(None, TAKEN, PRINTED),
    "send": lambda one: one.send(SENT),
    "close": lambda one: one.close("", SEAT),
    "cancel": lambda one: one.cancel(SEAT, "ผิด"),
}
WRITING = {"save", "enclose", "submit", "discard"}
MAY = {
    DocumentState.DRAFT: WRITING,
    DocumentState.RETURNED: WRITING,
    DocumentState.IN_REVIEW: {"endorse", "send_back", "withdraw"},
    DocumentState.TO_SIGN: {"sign", "send_back", "withdraw"},
    DocumentState.SIGNED: {"number", "discard"},
    DocumentState.NUMBERED: {"send", "cancel"},
    DocumentState.SENT: {"send", "close", "cancel"},
    DocumentState.CLOSED: {"cancel"},
    DocumentState.CANCELLED: set(),
    DocumentState.DISCARDED: set(),
}


@pytest.mark.parametrize("state", DocumentState)
@pytest.mark.parametrize("step", STEPS)
def test_each_state_allows_its_steps_and_no_others(state: DocumentState, step: str) -> None:
    document = given(*STATES[state])
    assert document.course.state is state
    if step in MAY[state]:
        STEPS[step](document)
        assert document.pending
    else:
        with pytest.raises(OutOfOrder):
            STEPS[step](document)
        assert document.pending == []


def test_it_passes_each_desk_of_its_route_and_comes_to_the_signatory() -> None:
    document = given(DRAFTED)
    document.submit(SEAT, "เพื่อโปรดพิจารณา", set(ALL))
    states = [document.course.state]
    for _ in range(3):
        document.endorse(SEAT, "เห็นชอบ")
        states.append(document.course.state)
    assert states == [*[DocumentState.IN_REVIEW] * 3, DocumentState.TO_SIGN]
    desks = [getattr(event, "desk", None) for event in document.pending]
    assert desks == [*ALL, ReviewDesk.SIGNATORY]


def test_without_a_desk_between_it_waits_for_the_signature_at_once() -> None:
    document = given(DRAFTED)
    document.submit(SEAT, "", set())
    assert document.course.state is DocumentState.TO_SIGN


def test_what_its_kind_requires_is_asked_for_before_it_is_given_in() -> None:
    document = given(DRAFTED)
    document.save(wish(content={"subject": " "}, signatory=None))
    missing = {"subject", "issuer", "body", "signatory"}
    assert set(document.missing()) == missing
    with pytest.raises(Invalid) as refused:
        document.submit(SEAT, "", ALL)
    assert set(refused.value.fields) == missing


def test_a_save_records_only_what_changed() -> None:
    document = given(DRAFTED)
    document.save(wish())
    assert document.pending == []
    body = CONTENT | {"body": "ใหม่"}
    document.save(wish(content=body, recipients=[vars(SCHOOL)]))
    [saved] = document.pending
    assert isinstance(saved, DraftSaved)
    assert saved.content == {"body": "ใหม่"}
    assert saved.recipients == (SCHOOL,)
    document.save(wish(content=body, recipients=[vars(SCHOOL)]))
    assert len(document.pending) == 1
    again = given(DRAFTED, saved)
    assert again.draft.content == body
    assert again.draft.recipients == (SCHOOL,)


_TEXTS = st.sampled_from(["", " ", "ก", "ข", "๑"])
_FIELDS = st.dictionaries(st.sampled_from(["subject", "issuer", "body"]), _TEXTS)


@given_data(
    st.lists(st.tuples(_FIELDS, st.booleans(), st.lists(st.just(vars(SCHOOL)), max_size=2)))
)
def test_whatever_was_saved_it_is_as_saved_last(
    saves: list[tuple[dict[str, str], bool, list[dict[str, Any]]]],
) -> None:
    document = given(DRAFTED)
    for content, digits, recipients in saves:
        document.save(wish(content=content, thai_digits=digits, recipients=recipients))
        again = given(DRAFTED, *document.pending)
        assert again.draft == document.draft
        assert again.draft.content == {name: text for name, text in content.items() if text}
        assert again.draft.thai_digits == digits
        assert [vars(one) for one in again.draft.recipients] == recipients


def test_a_field_that_is_left_out_or_emptied_is_gone() -> None:
    document = given(DRAFTED)
    document.save(wish(content={"subject": "ขอเชิญประชุม", "issuer": ""}))
    assert document.draft.content == {"subject": "ขอเชิญประชุม"}


def test_a_form_has_its_own_fields_and_no_others() -> None:
    document = given(DRAFTED)
    with pytest.raises(Invalid) as refused:
        document.save(wish(content=CONTENT | {"salutation": "เรียน"}))
    assert list(refused.value.fields) == ["content.salutation"]
    assert document.pending == []


def test_only_letters_are_circulars() -> None:
    document = given(DRAFTED)
    with pytest.raises(Invalid) as refused:
        document.save(wish(circular=True))
    assert list(refused.value.fields) == ["circular"]
    external = vars(DRAFTED) | {"kind": DocumentKind.EXTERNAL, "content": {}}
    letter = given(DocumentDrafted(**external))
    letter.save(wish(content={}, circular=True))
    assert letter.draft.circular


def test_a_remark_is_on_a_field_that_there_is() -> None:
    document = given(DRAFTED, SUBMITTED)
    with pytest.raises(Invalid) as refused:
        document.send_back(SEAT, "แก้", [Comment(field="closing", quote="", text="?")])
    assert list(refused.value.fields) == ["comments.0.field"]


def test_remarks_stay_until_it_is_given_in_again() -> None:
    document = given(DRAFTED, SUBMITTED, RETURNED)
    assert document.comments == RETURNED.comments
    document.save(wish(thai_digits=False))
    assert document.comments == RETURNED.comments
    document.submit(SEAT, "", ALL)
    assert document.comments == ()


def test_enclosures_keep_their_order_and_are_there_once() -> None:
    document = given(DRAFTED, ENCLOSED)
    second = Attachment(**(vars(MAP) | {"id": "second"}))
    document.enclose([second, MAP])
    assert list(document.enclosures) == ["map", "second"]
    with pytest.raises(OutOfOrder):
        document.enclose([second])
    document.remove("map")
    assert document.pending[-1] == EnclosureRemoved(attachment="map")
    assert list(document.enclosures) == ["second"]
    with pytest.raises(OutOfOrder):
        document.remove("map")


def test_with_its_number_it_says_what_was_signed() -> None:
    document = given(DRAFTED, ENCLOSED, submitted(), SIGNED)
    document.number(None, TAKEN, PRINTED)
    [numbered] = document.pending
    assert isinstance(numbered, DocumentNumbered)
    assert (numbered.number, numbered.subject, numbered.enclosures) == (7, "ขอเชิญประชุม", (MAP,))
    assert (numbered.frozen, numbered.drafter, numbered.seat) == (FROZEN, "drafter", None)
    assert list(document.files) == ["frozen", "map"]


def test_a_document_signed_on_paper_is_recorded_signed_and_then_numbered() -> None:
    document = Document("x")
    recorded = DocumentRecorded(
        organisation="office",
        group=None,
        kind=DocumentKind.ORDER,
        recipient="ผู้รับ",
        subject="แต่งตั้งกรรมการ",
        urgency=Urgency.URGENT,
        circular=False,
        clerk="clerk",
        reply_to=None,
        seat=SEAT,
    )
    document.record_paper(recorded, NOW, [MAP])
    document.number(SEAT, TAKEN, PRINTED)
    _, enclosed, signed, numbered = document.pending
    assert enclosed == ENCLOSED
    assert isinstance(signed, DocumentSigned)
    assert signed.confirmed is Confirmed.PAPER
    assert isinstance(numbered, DocumentNumbered)
    assert (numbered.recipient, numbered.subject) == ("ผู้รับ", "แต่งตั้งกรรมการ")
    assert (numbered.urgency, numbered.drafter) == (Urgency.URGENT, "clerk")


@pytest.mark.parametrize(
    ("salutation", "recipient"),
    [
        ("เรียน ผู้อำนวยการโรงเรียนตัวอย่าง", "ผู้อำนวยการโรงเรียนตัวอย่าง"),
        ("ถึง สำนักงานเขตพื้นที่การศึกษา", "สำนักงานเขตพื้นที่การศึกษา"),
        ("กราบเรียน ประธาน\nบรรทัดสอง", "กราบเรียน ประธาน"),
        ("", ""),
    ],
)
def test_whom_it_addresses(salutation: str, recipient: str) -> None:
    assert addressed(salutation) == recipient


def test_several_recipients_are_named_in_a_line() -> None:
    assert named([]) == ""
    assert named([SCHOOL]) == "โรงเรียน"
    assert named([SCHOOL, SCHOOL, SCHOOL]) == "โรงเรียน และอีก 2 แห่ง"
