"""Whatever happens to a circular, and however its events come in: each receipt comes back once."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import select

from infra.errors import Problem
from infra.eventstore.store import Work
from infra.eventstore.tables import parked
from services.correspondence.contract import (
    ArrivalRefused,
    ArrivalRegistered,
    ConfirmReceipt,
    DeliveryBegun,
    DeliveryRedirected,
    GetDocument,
    LetterArrived,
    NoteHandover,
    RecipientAnswered,
    RecipientChannel,
    RecipientRefused,
    RecipientRegistered,
    RedirectDelivery,
    RefuseArrival,
    RegisterArrival,
    RemindRecipients,
    SendDocument,
)
from services.correspondence.delivery import DELIVERED, FAILED, RECEIVED, Delivery
from tests.correspondence.circulars import (
    by,
    matrix,
    numbered,
    on_system,
    open_schools,
    school_clerk,
    settle,
    tray,
)
from tests.correspondence.office import CLERK, OFFICE, Office, opened
from tests.harness import fresh_database

SCHOOLS = 3
OTHERS = [by("email", "บริษัท", "a@example.org"), by("messenger", "อำเภอ")]
TO_OFFICE = {"organisation": OFFICE, "name": "ผู้อำนวยการสำนักงาน", "channel": "system"}


class Circular(RuleBasedStateMachine):
    told: str

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        url = self._open.enter_context(fresh_database("sqlite", like=self.told))
        self.office: Office = self._open.enter_context(opened(url, told=True))
        self.subscriber = self.office.parts.subscribers["correspondence"]
        self.registered: list[tuple[int, str]] = []  # whose letter, its id

    @initialize(urgency=st.sampled_from(["normal", "most_urgent"]))
    def send(self, urgency: str) -> None:
        open_schools(self.office, SCHOOLS)
        self.document = numbered(self.office, urgency=urgency)
        recipients = [*map(on_system, range(SCHOOLS)), *OTHERS]
        self.office.do(CLERK, SendDocument, self.document, recipients=recipients)

    @rule(data=st.data())
    def messages_come_in(self, data: st.DataObject) -> None:
        """Some of what was ever published, again, late, or before what it follows from."""
        self.office.relay()
        places = st.integers(0, len(self.office.published) - 1)
        for place in data.draw(st.lists(places, max_size=8)):
            self.subscriber.receive(self.office.published[place])

    @rule()
    def all_is_followed(self) -> None:
        settle(self.office)

    @rule(number=st.integers(0, SCHOOLS - 1), twice=st.booleans())
    def a_school_registers(self, number: int, twice: bool) -> None:
        who = school_clerk(number)
        for row in tray(self.office, who):
            taken = self.office.do(who, RegisterArrival, row["id"])
            self.registered.append((number, taken["id"]))
            if twice:
                assert self.office.do(who, RegisterArrival, row["id"])["number"] == taken["number"]

    @rule(number=st.integers(0, SCHOOLS - 1))
    def a_school_gives_it_back(self, number: int) -> None:
        for row in tray(self.office, school_clerk(number)):
            self.office.do(school_clerk(number), RefuseArrival, row["id"], reason="ส่งผิด")

    @rule(data=st.data())
    def a_school_answers(self, data: st.DataObject) -> None:
        if self.registered:
            number, letter = data.draw(st.sampled_from(self.registered))
            who = school_clerk(number)
            reply = numbered(self.office, who, reply_to=letter, circular=False)
            self.office.do(who, SendDocument, reply, recipients=[TO_OFFICE])

    @rule(data=st.data(), step=st.sampled_from(["mailed", "failed", "acknowledged"]))
    def the_mail_server_says(self, data: st.DataObject, step: str) -> None:
        def note(work: Work) -> None:
            delivery = work.load(Delivery, id)
            told: dict[str, Callable[[], None]] = {
                "mailed": lambda: delivery.mail("a@example.org", "<1>", work.now),
                "failed": lambda: delivery.fail("เรื่อง", CLERK.person, "a@example.org", "เต็ม"),
                "acknowledged": lambda: delivery.acknowledge("ได้รับแล้ว", work.now),
            }
            told[step]()
            work.save(delivery)

        id = self._some_delivery(data)
        if self.office.events(f"delivery-{id}"):
            self.office.parts.instance().runtime.execute(note)

    @rule(data=st.data(), step=st.sampled_from([RedirectDelivery, NoteHandover, ConfirmReceipt]))
    def the_sender_steps_in(self, data: st.DataObject, step: Any) -> None:
        id, at = self._some_delivery(data), self.office.clock().isoformat()
        bodies: dict[Any, dict[str, Any]] = {
            RedirectDelivery: {
                "channel": data.draw(st.sampled_from(RecipientChannel)),
                "address": "b@example.org",
            },
            NoteHandover: {"receiver": "ครูสมศรี", "at": at},
            ConfirmReceipt: {"spoken_to": "ครูสมศรี", "at": at},
        }
        self._try(step, delivery=id, **bodies[step])

    @rule()
    def the_sender_reminds(self) -> None:
        self._try(RemindRecipients)

    def _try(self, step: Any, **body: Any) -> None:
        before = len(self.office.events())
        try:
            self.office.do(CLERK, step, self.document, **body)
        except Problem:
            assert len(self.office.events()) == before

    def _some_delivery(self, data: st.DataObject) -> str:
        rows = matrix(self.office, self.document)["items"]
        id: str = data.draw(st.sampled_from(rows))["id"]
        return id

    def teardown(self) -> None:
        try:
            settle(self.office)
            self._everything_came_in_once()
            self._the_matrix_counts_what_happened()
            live = self.office.tables()
            self.office.rebuild()
            assert self.office.tables() == live
        finally:
            self._open.close()

    def _everything_came_in_once(self) -> None:
        with self.office.parts.database.read() as connection:
            assert connection.execute(select(parked)).all() == []
        counts: Counter[Any] = Counter()
        for one in self.office.events():
            match one.event:
                case LetterArrived(delivery=delivery):
                    counts["laid", delivery] += 1
                case DeliveryBegun(recipient=recipient):
                    counts["laid", one.aggregate_id] -= recipient.channel is RecipientChannel.SYSTEM
                case DeliveryRedirected(channel=channel):
                    counts["laid", one.aggregate_id] -= channel is RecipientChannel.SYSTEM
                case ArrivalRegistered(delivery=delivery, number=number):
                    counts["taken", delivery, number] += 1
                case RecipientRegistered(number=number):
                    counts["taken", one.aggregate_id, number] -= 1
                case ArrivalRefused(delivery=delivery):
                    counts["refused", delivery] += 1
                case RecipientRefused():
                    counts["refused", one.aggregate_id] -= 1
                case RecipientAnswered(reference=reference):
                    counts["answered", one.aggregate_id, reference] += 1
        answers = {key: count for key, count in counts.items() if key[0] == "answered"}
        assert set(answers.values()) <= {1}
        assert {count for key, count in counts.items() if key not in answers} <= {0}

    def _the_matrix_counts_what_happened(self) -> None:
        found = matrix(self.office, self.document)
        passages = []
        for row in found["items"]:
            delivery = Delivery(row["id"])
            delivery.replay(one.event for one in self.office.events(f"delivery-{row['id']}"))
            assert delivery.passage.state == row["state"]
            passages.append(delivery.passage)
        assert len(passages) == found["total"] == SCHOOLS + len(OTHERS)
        reached = [passage.state for passage in passages]
        assert found["delivered"] == sum(state in DELIVERED for state in reached)
        assert found["registered"] == sum(state in RECEIVED for state in reached)
        assert found["failed"] == sum(state in FAILED for state in reached)
        document = self.office.ask(CLERK, GetDocument, id=self.document)
        received = sum(passage.received for passage in passages)
        assert (document["recipients"], document["received"], document["failed"]) == (
            len(passages),
            received,
            found["failed"],
        )


def test_whatever_happens_each_receipt_comes_back_once(told: dict[str, str]) -> None:
    Circular.told = told["sqlite"]
    Circular.TestCase.settings = settings(
        max_examples=12,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    Circular.TestCase("runTest").runTest()
