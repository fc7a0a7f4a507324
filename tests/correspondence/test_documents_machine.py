"""Random steps by random people: whatever they try, documents stay within the rules."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select

from infra.contract import Command
from infra.errors import Invalid, NotFound, OutOfOrder, Problem
from infra.eventstore.events import Event
from infra.eventstore.tables import events
from infra.identity import Actor
from services.correspondence import contract
from services.correspondence.contract import (
    AuditNumbers,
    BurnReservation,
    DocumentNumbered,
    DocumentSigned,
    DocumentState,
    DraftEndorsed,
    DraftSubmitted,
    LetterAnswered,
    NumberCancelled,
    ReserveNumbers,
    Series,
    SetDocumentPolicy,
    VerifyDocument,
)
from services.correspondence.document_rights import DOCUMENT_STEPS
from tests.correspondence.circulars import settle
from tests.correspondence.office import (
    AUDITOR,
    CLERK,
    DEPUTY,
    DIRECTOR,
    FINANCE_OFFICER,
    PLAN,
    PLAN_CLERK,
    PLAN_HEAD,
    PLAN_OFFICER,
    PLAN_OFFICER_2,
    SCHOOL,
    SCHOOL_CLERK,
    SCHOOL_DIRECTOR,
    Office,
    acting,
    draft,
    opened,
)
from tests.correspondence.papers import POLICY
from tests.harness import fresh_database

ACTING = acting(DEPUTY, DIRECTOR)
PEOPLE = (
    PLAN_OFFICER,
    PLAN_OFFICER_2,
    PLAN_CLERK,
    PLAN_HEAD,
    DEPUTY,
    ACTING,
    DIRECTOR,
    CLERK,
    FINANCE_OFFICER,
    AUDITOR,
    SCHOOL_CLERK,
    SCHOOL_DIRECTOR,
)
STEPS: dict[str, type[Command]] = {
    member.method(): member
    for member in vars(contract).values()
    if isinstance(member, type) and issubclass(member, Command)
}
WORDS = st.sampled_from(["", "เห็นชอบ", "เพื่อพิจารณา"])
REASONS = st.sampled_from(["แก้คำผิด", "ซ้ำ"])
KINDS = ("external", "memorandum", "order", "certificate", "news")
RECIPIENT = {"organisation": SCHOOL, "name": "โรงเรียนตัวอย่าง", "channel": "system", "address": ""}
REMARK = {"field": "body", "quote": "", "text": "ปรับถ้อยคำ"}
BODIES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "sign_document": {},
    "endorse_draft": {"text": WORDS},
    "number_document": {},
    "submit_draft": {"text": WORDS},
    "return_draft": {"text": REASONS, "comments": st.sampled_from([[], [REMARK]])},
    "send_document": {"recipients": st.just([RECIPIENT])},
    "save_draft": {},
    "withdraw_draft": {"text": WORDS},
    "close_document": {"text": REASONS},
    "discard_draft": {"reason": REASONS},
    "cancel_number": {"reason": REASONS},
}
_ASIDE = {"return_draft", "withdraw_draft", "discard_draft", "cancel_number", "save_draft"}
# What may be at fault although the step can be taken: fields left empty, the same recipient again,
# letters that are just setting out.
_MAY_FAIL: dict[str, tuple[type[Problem], ...]] = {
    "submit_draft": (Invalid,),
    "send_document": (Invalid, OutOfOrder),
    "close_document": (OutOfOrder,),
}
ENDS = (DocumentState.CANCELLED, DocumentState.DISCARDED)
_AFTER_NUMBER = ("LetterSent", "DocumentClosed", "NumberCancelled")
Tried = tuple[Actor, str, str]  # who, the document, the step


class Documents(RuleBasedStateMachine):
    told: str

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        url = self._open.enter_context(fresh_database("sqlite", like=self.told))
        self.office: Office = self._open.enter_context(opened(url, told=True))
        self.documents: list[str] = []
        self.frozen: dict[str, dict[str, Any]] = {}
        self.ended: dict[str, int] = {}
        self.known: dict[tuple[str, int], list[Tried]] = {}
        self.kept = 0

    @initialize(
        numbering=st.sampled_from(["on_signing", "by_clerk"]),
        heads=st.booleans(),
        deputy=st.booleans(),
        own=st.booleans(),
        apart=st.booleans(),
    )
    def begin(self, numbering: str, heads: bool, deputy: bool, own: bool, apart: bool) -> None:
        """Documents under way, in an office that chose about them."""
        self.letter = self.office.received()
        groups = [{"group": PLAN, "code": "ศธ 04001.2"}] if own else []
        wish = {
            "numbering": numbering,
            "group_head": heads,
            "deputy": deputy,
            "circulars_apart": apart,
            "by_group": ["send", "order"] if own else [],
            "group_codes": groups,
        }
        self.office.send(CLERK, SetDocumentPolicy, **(POLICY | wish))
        reply = self.office.begun(reply_to=self.letter)
        self.office.do(PLAN_OFFICER, STEPS["save_draft"], reply, **draft())
        self.office.do(PLAN_OFFICER, STEPS["submit_draft"], reply)
        self.documents = [
            self._endorsed(reply),
            self._signed(self.office.submitted(circular=True)),
            self.office.submitted(checker=PLAN_OFFICER_2.person),
            self.office.begun(),
        ]

    def _endorsed(self, id: str) -> str:
        """Before the signatory, by whoever has it on the way."""
        for who in (PLAN_HEAD, DEPUTY):
            seen = self._seen(who, id)
            if seen and "endorse_draft" in seen["actions"]:
                self.office.do(who, STEPS["endorse_draft"], id)
        return id

    def _signed(self, id: str) -> str:
        self.office.sign(DIRECTOR, self._endorsed(id))
        return id

    @rule(
        kind=st.sampled_from(KINDS),
        who=st.sampled_from([PLAN_OFFICER, PLAN_HEAD, CLERK, SCHOOL_CLERK]),
        circular=st.booleans(),
    )
    def begin_another(self, kind: str, who: Actor, circular: bool) -> None:
        if len(self.documents) < 7:
            at = SCHOOL_DIRECTOR if who is SCHOOL_CLERK else DIRECTOR
            circular = circular and kind in ("external", "memorandum")
            wish = {"circular": circular, "signatory": at.seats[0].post}
            self.documents.append(self.office.drafted(who, kind=kind, **wish))

    @rule(data=st.data())
    def replace_one(self, data: st.DataObject) -> None:
        old = data.draw(st.sampled_from(self.documents))
        row = self._seen(PLAN_OFFICER, old)
        if row is None or row["number"] is None or row["state"] == "cancelled":
            with pytest.raises(Problem):
                self.office.begun(PLAN_OFFICER, replaces=old)
        elif len(self.documents) < 9:
            self.documents.append(self.office.begun(PLAN_OFFICER, kind=row["kind"], replaces=old))

    @rule(count=st.integers(1, 3), burn=st.booleans())
    def keep_numbers(self, count: int, burn: bool) -> None:
        """A few times: there are other things to be tried."""
        self.kept += 1
        if self.kept > 3:
            return
        body: dict[str, Any] = {
            "series": "order",
            "count": count,
            "expires": "2026-02-20",
            "reason": "จอง",
        }
        kept = self.office.send(CLERK, ReserveNumbers, **body)
        if burn:
            self.office.send(CLERK, BurnReservation, id=kept["id"], reason="ไม่ใช้")

    @rule()
    def let_it_follow_what_it_recorded(self) -> None:
        settle(self.office)

    @rule(data=st.data())
    def take_other_steps(self, data: st.DataObject) -> None:
        self.take_some_steps(data)

    @rule(data=st.data(), count=st.integers(1, 4))
    def take_some_steps(self, data: st.DataObject, count: int = 3) -> None:
        """Such as somebody is told they may take: it is taken, or its body is at fault."""
        id = data.draw(st.sampled_from(self.documents))
        for _ in range(count):
            self._take_a_step(data, id)

    def _take_a_step(self, data: st.DataObject, id: str) -> None:
        possible = self._possible(id)
        if data.draw(st.integers(0, 4)) > 0:
            possible = [tried for tried in possible if tried[2] not in _ASIDE] or possible
        if not possible:
            return
        before, tried = self._length(), data.draw(st.sampled_from(possible))
        try:
            self._try(data, tried)
        except _MAY_FAIL.get(tried[2], ()):
            assert self._length() == before

    @rule(data=st.data())
    def try_anything(self, data: st.DataObject) -> None:
        """What nobody told them they may: it is refused and changes nothing."""
        step = data.draw(st.sampled_from(sorted(BODIES)))
        who = data.draw(st.sampled_from(PEOPLE))
        tried = (who, data.draw(st.sampled_from(self.documents)), step)
        if tried in self._possible(tried[1]):
            return
        before = self._length()
        with pytest.raises(Problem):
            self._try(data, tried)
        assert self._length() == before

    @rule(data=st.data())
    def sign_without_being_who_it_is(self, data: st.DataObject) -> None:
        """A confirmation of another person, or for another document, signs nothing."""
        id = data.draw(st.sampled_from(self.documents))
        other = data.draw(st.sampled_from(self.documents))
        who = data.draw(st.sampled_from([PLAN_OFFICER, DIRECTOR]))
        if (who, other) == (DIRECTOR, id):
            return
        before = self._length()
        with pytest.raises(Problem):
            self.office.send(
                DIRECTOR,
                STEPS["sign_document"],
                id=id,
                confirmation=self.office.confirmation(who, other),
            )
        assert self._length() == before

    def _length(self, stream: str = "%") -> int:
        """Of the log, or of one stream."""
        with self.office.parts.database.read() as connection:
            query = select(func.count()).select_from(events).where(events.c.stream.like(stream))
            return connection.execute(query).scalar_one()

    def _try(self, data: st.DataObject, tried: Tried) -> None:
        who, id, step = tried
        body = {name: data.draw(values) for name, values in BODIES[step].items()}
        if step == "sign_document":
            self.office.sign(who, id)
            return
        if step == "save_draft":
            kind = self.office.events(f"document-{id}")[0].event.kind  # type: ignore[attr-defined]
            subject = data.draw(st.sampled_from(["", "ขอเชิญ", "ขอเลื่อน", "ขอยกเลิก"]))
            seen = self._seen(who, id)
            post = seen["signatory"] if seen else None
            body = draft(kind, signatory=post, content={"subject": subject})
        self.office.do(who, STEPS[step], id, **body)

    def _seen(self, who: Actor, id: str) -> dict[str, Any] | None:
        try:
            return self.office.document(who, id)
        except NotFound:
            return None

    def _possible(self, id: str) -> list[Tried]:
        """What everybody is told they may do to the document as it stands."""
        version = self._length(f"document-{id}")
        if (id, version) not in self.known:
            self.known[id, version] = sorted(self._offered(id), key=str)
        return self.known[id, version]

    def _offered(self, id: str) -> Iterator[Tried]:
        for who in PEOPLE:
            seen = self._seen(who, id)
            for step in set(seen["actions"] if seen else []) & BODIES.keys():
                yield who, id, step

    @invariant()
    def what_has_a_number_never_changes_but_for_its_way(self) -> None:
        for id in self.documents:
            stream = self.office.events(f"document-{id}")
            places = [place for place, one in enumerate(stream) if one.type == "DocumentNumbered"]
            assert len(places) <= 1
            if places:
                assert {one.type for one in stream[places[0] + 1 :]} <= set(_AFTER_NUMBER)
                frozen = vars(stream[places[0]].event)
                assert self.frozen.setdefault(id, frozen) == frozen
            if stream[-1].type in ("NumberCancelled", "DraftDiscarded"):
                assert self.ended.setdefault(id, len(stream)) == len(stream)
            else:
                assert id not in self.ended

    def teardown(self) -> None:
        try:
            for id in self.documents:
                happened = [recorded.event for recorded in self.office.events(f"document-{id}")]
                _had_its_cause(happened)
                self._is_on_record(id)
            for who in PEOPLE:
                self._waits_what_can_be_done(who)
            self._numbers_have_no_gaps()
            self._answers_are_told()
            live = self.office.tables()
            self.office.rebuild()
            assert self.office.tables() == live
        finally:
            self._open.close()

    def _is_on_record(self, id: str) -> None:
        """Register, file and public page say the same of a number."""
        frozen = self.frozen.get(id)
        if frozen is None:
            return
        clerk = SCHOOL_CLERK if frozen["organisation"] == SCHOOL else CLERK
        row = self.office.document(clerk, id)
        assert (row["number"], row["reference"]) == (frozen["number"], frozen["reference"])
        shown = self.office.ask(None, VerifyDocument, code=frozen["code"])
        assert (shown["reference"], shown["subject"]) == (row["reference"], row["subject"])
        assert shown["sha256"] == row["frozen"]["sha256"] == frozen["frozen"].sha256
        assert self.office.parts.files.verify(shown["sha256"])
        assert shown["cancelled"] == (row["state"] == "cancelled")

    def _waits_what_can_be_done(self, who: Actor) -> None:
        waits = set()
        for id in self.documents:
            seen = self._seen(who, id)
            if seen is None:
                continue
            steps = {"endorse_draft", "sign_document", "number_document"}
            mine = seen["state"] == "returned" and seen["drafter"] == who.person
            if steps & set(seen["actions"]) or mine:
                waits.add(id)
        assert set(self.office.desk(who)) == waits

    def _numbers_have_no_gaps(self) -> None:
        numbered = [
            recorded.event
            for recorded in self.office.events()
            if isinstance(recorded.event, DocumentNumbered)
        ]
        for series in Series:
            for who, group in ((CLERK, None), (CLERK, PLAN), (SCHOOL_CLERK, None)):
                params = {"series": series, "year": 2569, "group": group}
                audit = self.office.ask(who, AuditNumbers, **params)
                numbers = [one["number"] for one in audit["items"]]
                assert numbers == list(range(1, audit["last"] + 1))
                assert {one["state"] for one in audit["items"]} <= {
                    "document",
                    "reserved",
                    "burned",
                }
                on_record = {one["document"] for one in audit["items"] if one["document"]}
                given = [
                    event.number
                    for event in numbered
                    if (event.series, event.owner) == (series, group)
                    and event.organisation == who.organisation
                ]
                assert len(on_record) == len(set(given)) == len(given)

    def _answers_are_told(self) -> None:
        answered = {
            recorded.event.document
            for recorded in self.office.events(f"letter-{self.letter}")
            if isinstance(recorded.event, LetterAnswered)
        }
        assert answered == {id for id, one in self.frozen.items() if one["reply_to"]}


def _had_its_cause(happened: list[Event]) -> None:
    """No signature but of what came to the signatory; no number but of what was signed; none void
    but what had one."""
    to_sign = signed = numbered = False
    for event in happened:
        match event:
            case DraftSubmitted(desk=desk) | DraftEndorsed(desk=desk):
                to_sign = desk == "signatory"
            case DocumentSigned():
                assert to_sign
                signed = True
            case DocumentNumbered():
                assert signed
                numbered = True
            case NumberCancelled():
                assert numbered


def test_the_steps_are_all_tried() -> None:
    assert set(DOCUMENT_STEPS) - {"add_enclosures", "remove_enclosure"} == BODIES.keys()


def test_whatever_is_tried_documents_stay_within_the_rules(told: dict[str, str]) -> None:
    Documents.told = told["sqlite"]
    Documents.TestCase.settings = settings(
        max_examples=6,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    Documents.TestCase("runTest").runTest()
