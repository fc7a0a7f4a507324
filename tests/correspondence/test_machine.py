"""Random steps by random people: whatever they try, the letters stay within the rules."""

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
from infra.eventstore.tables import events
from infra.identity import Actor
from services.correspondence import contract
from services.correspondence.contract import (
    GroupWorkClosed,
    LetterOrdered,
    LetterReceivedByGroup,
    MyTasks,
    SetRouting,
)
from services.correspondence.rights import GROUP_STEPS, LETTER_STEPS
from tests.correspondence.office import (
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
    PLAN,
    PLAN_CLERK,
    PLAN_HEAD,
    PLAN_OFFICER,
    PLAN_OFFICER_2,
    REGISTRAR,
    Office,
    opened,
)
from tests.harness import fresh_database

PEOPLE = (
    CLERK,
    REGISTRAR,
    CENTRAL_HEAD,
    DEPUTY,
    DIRECTOR,
    PLAN_HEAD,
    PLAN_CLERK,
    PLAN_OFFICER,
    FINANCE_HEAD,
    FINANCE_CLERK,
    FINANCE_OFFICER,
    AUDITOR,
)
GROUPS = (CENTRAL, PLAN, FINANCE)
OFFICERS = (PLAN_OFFICER, PLAN_OFFICER_2, FINANCE_OFFICER, CENTRAL_HEAD)
STEPS: dict[str, type[Command]] = {
    member.method(): member
    for member in vars(contract).values()
    if isinstance(member, type) and issubclass(member, Command)
}
WORDS = st.sampled_from(["", "ทราบ", "ดำเนินการ"])
REASONS = st.sampled_from(["ผิดหน่วย", "ขอเพิ่มเติม"])
DUE = st.sampled_from([None, "2026-02-15", "2026-02-20", "2026-03-01"])
BODIES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "propose_letter": {"text": REASONS},
    "endorse_letter": {"text": WORDS},
    "send_letter_back": {"reason": REASONS},
    "order_letter": {
        "kind": st.sampled_from(["act", "act", "act", "inform", "file"]),
        "text": WORDS,
        "lead": st.sampled_from([None, PLAN, PLAN, FINANCE]),
        "supporting": st.sampled_from([[], [], [FINANCE], [CENTRAL], [PLAN]]),
        "due": DUE,
    },
    "acknowledge_to_sender": {"how": REASONS},
    "correct_registration": {
        **{name: st.just(LETTER[name]) for name in ("reference", "dated", "sender", "recipient")},
        "subject": st.sampled_from(["ขอเลื่อน", "ขอยกเลิก"]),
        "urgency": st.sampled_from(["normal", "most_urgent"]),
        "deadline": st.sampled_from([None, "2026-02-17T09:00:00+07:00"]),
        "channel": st.just("post"),
        "defect": WORDS,
        "note": WORDS,
        "reason": REASONS,
    },
    "forward_letter": {"to": REASONS, "reason": REASONS},
    "cancel_registration": {"reason": REASONS},
    "receive_by_group": {},
    "return_by_group": {"reason": REASONS},
    "assign_letter": {
        "officer": st.sampled_from([officer.person for officer in OFFICERS]),
        "text": WORDS,
        "due": DUE,
    },
    "acknowledge_letter": {},
    "note_progress": {"text": REASONS},
    "report_result": {"text": REASONS},
    "send_report_back": {"reason": REASONS},
    "close_group_work": {"text": WORDS},
}
_ASIDE = ("return_by_group", "note_progress", "send_report_back")
_ONWARD = {"propose_letter", "endorse_letter", "order_letter", *GROUP_STEPS}.difference(_ASIDE)
ENDS = ("closed", "cancelled", "forwarded")
Tried = tuple[Actor, str, str, str | None]  # who, the letter, the step, for which group


class Letters(RuleBasedStateMachine):
    told: str

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        url = self._open.enter_context(fresh_database("sqlite", like=self.told))
        self.office: Office = self._open.enter_context(opened(url, told=True))
        self.letters: list[str] = []
        self.ended: dict[str, int] = {}
        self.known: dict[tuple[str, int], list[Tried]] = {}

    @initialize(
        supporting=st.sampled_from([(), (FINANCE,)]),
        central=st.booleans(),
        deputy=st.booleans(),
        heads=st.booleans(),
    )
    def begin(self, supporting: tuple[str, ...], central: bool, deputy: bool, heads: bool) -> None:
        """Letters on their way already, and a routing that those to come will follow."""
        starts = (self.office.received, self.office.reported, self.office.ordered)
        self.letters = [start(*supporting) for start in starts]
        wish = {"central_head": central, "deputy": deputy, "group_head": heads}
        self.office.send(DIRECTOR, SetRouting, **wish, unattended_days=5)
        self.letters += [self.office.register(), self.office.register(REGISTRAR, secrecy="secret")]

    @rule(data=st.data())
    def take_another_step(self, data: st.DataObject) -> None:
        self.take_a_step(data)

    @rule(data=st.data())
    def take_a_step(self, data: st.DataObject) -> None:
        """One that somebody is told they may take: it is taken, or its body is at fault."""
        possible = self._possible(data.draw(st.sampled_from(self.letters)))
        if data.draw(st.integers(0, 4)) > 0:
            possible = [tried for tried in possible if tried[2] in _ONWARD]
        if possible:
            before = self._length()
            tried = data.draw(st.sampled_from(possible))
            try:
                self._try(data, tried)
            except Invalid:
                assert tried[2] in ("order_letter", "assign_letter", "correct_registration")
                assert self._length() == before
            except (
                OutOfOrder
            ):  # the one step that the choice of a person can forbid: the same again
                assert tried[2] == "assign_letter"
                assert self._length() == before

    @rule(data=st.data())
    def try_anything(self, data: st.DataObject) -> None:
        """What nobody told them they may: it is refused and changes nothing."""
        step = data.draw(st.sampled_from(sorted(BODIES)))
        who = data.draw(st.sampled_from(PEOPLE))
        letter = data.draw(st.sampled_from(self.letters))
        group = data.draw(st.sampled_from(GROUPS)) if step in GROUP_STEPS else None
        tried = (who, letter, step, group)
        if tried in self._possible(letter):
            return
        before = self._length()
        with pytest.raises(Problem):
            self._try(data, tried)
        assert self._length() == before

    def _length(self, stream: str = "%") -> int:
        """Of the log, or of one stream."""
        with self.office.parts.database.read() as connection:
            query = select(func.count()).select_from(events).where(events.c.stream.like(stream))
            return connection.execute(query).scalar_one()

    def _try(self, data: st.DataObject, tried: Tried) -> None:
        who, letter, step, group = tried
        body = {name: data.draw(values) for name, values in BODIES[step].items()}
        if group is not None:
            body["group"] = group
        self.office.do(who, STEPS[step], letter, **body)

    def _possible(self, id: str) -> list[Tried]:
        """What everybody is told they may do to the letter as it stands."""
        version = self._length(f"letter-{id}")
        if (id, version) not in self.known:
            self.known[id, version] = sorted(self._offered(id), key=str)
        return self.known[id, version]

    def _offered(self, id: str) -> Iterator[Tried]:
        for who in PEOPLE:
            try:
                letter = self.office.letter(who, id)
            except NotFound:
                continue
            for step in set(letter["actions"]) & BODIES.keys():
                yield who, id, step, None
            for part in letter["group_actions"]:
                for step in part["actions"]:
                    yield who, id, step, part["group"]

    @invariant()
    def what_has_ended_never_changes(self) -> None:
        for register in ("general", "secret"):
            who = CLERK if register == "general" else REGISTRAR
            for row in self.office.letters(who, register=register)["items"]:
                if row["state"] in ENDS:
                    assert self.ended.setdefault(row["id"], row["version"]) == row["version"]
                    assert row["due"] is None
                else:
                    assert row["id"] not in self.ended

    def _what_happened_had_its_cause(self) -> None:
        for id in self.letters:
            charged: set[str] = set()
            taken: set[str] = set()
            for recorded in self.office.events(f"letter-{id}"):
                match recorded.event:
                    case LetterOrdered(groups=groups):
                        charged |= {charge.group for charge in groups}
                    case LetterReceivedByGroup(group=group):
                        assert group in charged
                        taken.add(group)
                    case GroupWorkClosed(group=group):
                        assert group in taken

    def teardown(self) -> None:
        try:
            for who in PEOPLE:
                self._waits_what_can_be_done(who)
            self._numbers_have_no_gaps()
            self._what_happened_had_its_cause()
            live = self.office.tables()
            self.office.rebuild()
            assert self.office.tables() == live
        finally:
            self._open.close()

    def _waits_what_can_be_done(self, who: Actor) -> None:
        waits = set()
        for id in self.letters:
            try:
                letter = self.office.letter(who, id)
            except NotFound:
                continue
            steps = {"propose_letter": "propose", "endorse_letter": "endorse"}
            if letter["state"] == "proposed":
                steps["order_letter"] = "order"
            waits |= {(steps[one], id, None) for one in set(letter["actions"]) & steps.keys()}
            states = {group["group"]: group["state"] for group in letter["groups"]}
            for part in letter["group_actions"]:
                step, kind = _NEXT.get(states[part["group"]], ("", ""))
                if step in part["actions"]:
                    waits.add((kind, id, part["group"]))
        items = self.office.ask(who, MyTasks, limit=200)["items"]
        assert {(item["kind"], item["letter"]["id"], item["group"]) for item in items} == waits

    def _numbers_have_no_gaps(self) -> None:
        for register, who in (("general", CLERK), ("secret", REGISTRAR)):
            rows = self.office.letters(who, register=register, sort="number")["items"]
            assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
        happened = [recorded.event for recorded in self.office.events()]
        for group in GROUPS:
            numbers = [
                event.number
                for event in happened
                if isinstance(event, LetterReceivedByGroup) and event.group == group
            ]
            assert numbers == list(range(1, len(numbers) + 1))


_NEXT = {
    "ordered": ("receive_by_group", "receive"),
    "received": ("assign_letter", "assign"),
    "assigned": ("acknowledge_letter", "acknowledge"),
    "in_progress": ("report_result", "report"),
    "reported": ("close_group_work", "close"),
}


def test_the_steps_are_all_tried() -> None:
    assert {*LETTER_STEPS, *GROUP_STEPS} - {"add_attachments"} == BODIES.keys()


def test_whatever_is_tried_the_letters_stay_within_the_rules(told: dict[str, str]) -> None:
    Letters.told = told["sqlite"]
    Letters.TestCase.settings = settings(
        max_examples=6,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    Letters.TestCase("runTest").runTest()
