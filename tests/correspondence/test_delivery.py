"""A letter on its way to one recipient: what is told of it in any order, and what stays true."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.errors import Invalid, OutOfOrder
from services.correspondence.contract import (
    DeliveryFailed,
    DeliveryState,
    Recipient,
    RecipientAnswered,
    RecipientChannel,
    RecipientRegistered,
)
from services.correspondence.delivery import FAILED, PAPER, RECEIVED, Delivery, same_recipient
from services.correspondence.recipient_list import merged
from tests.correspondence.office import CLERK, MONDAY, OFFICE, SCHOOL, id_of

SEAT = CLERK.seats[0]
CHANNELS = tuple(RecipientChannel)


def recipient(channel: RecipientChannel, name: str = "โรงเรียนตัวอย่าง") -> Recipient:
    return Recipient(
        delivery=id_of("delivery"), organisation=SCHOOL, name=name, channel=channel, address=""
    )


def begun(channel: RecipientChannel) -> Delivery:
    delivery = Delivery(id_of("delivery"))
    delivery.begin(OFFICE, id_of("document"), recipient(channel), None)
    return delivery


def registered(delivery: Delivery, number: int = 7) -> None:
    delivery.note_registration(2569, number, MONDAY)


def answered(delivery: Delivery, reference: str = "ศธ 1/2") -> None:
    delivery.note_answer(reference, date(2026, 2, 17), "ส่งข้อมูล")


STEPS: dict[str, Any] = {
    "mail": lambda one: one.mail("a@example.org", "<1>", MONDAY),
    "deliver": lambda one: one.deliver(MONDAY, "", "system"),
    "fail": lambda one: one.fail("เรื่อง", CLERK.person, "a@example.org", "ไม่มีผู้รับ"),
    "refuse": lambda one: one.note_refusal("เรื่อง", CLERK.person, "ส่งผิด"),
    "register": registered,
    "register under another number": lambda one: registered(one, 8),
    "answer": answered,
    "answer again": lambda one: answered(one, "ศธ 1/3"),
    "acknowledge": lambda one: one.acknowledge("ได้รับแล้ว", MONDAY),
    "confirm": lambda one: one.confirm("ครูสมศรี", MONDAY, MONDAY, SEAT),
    "hand over": lambda one: one.hand_over("ครูสมศรี", MONDAY, MONDAY),
    "remind": lambda one: one.remind("เรื่อง", "สำนักงาน", SEAT),
    **{
        f"redirect by {one}": lambda delivery, one=one: delivery.redirect(one, "", SEAT)
        for one in CHANNELS
    },
}


@given(st.sampled_from(CHANNELS), st.lists(st.sampled_from(sorted(STEPS)), max_size=25))
def test_whatever_is_told_in_whatever_order(channel: RecipientChannel, steps: list[str]) -> None:
    delivery, had = begun(channel), False
    for step in steps:
        before = (delivery.version, delivery.passage.received)
        try:
            STEPS[step](delivery)
        except OutOfOrder:
            assert delivery.version == before[0]
            continue
        assert delivery.passage.received or not had  # nobody who has it loses it again
        had = had or delivery.passage.received
        assert not (before[1] and step.startswith("redirect"))
    events = delivery.pending
    failures = [one.times for one in events if isinstance(one, DeliveryFailed)]
    assert failures == list(range(1, len(failures) + 1))
    assert delivery.passage.failures == len(failures)
    numbers = [one.number for one in events if isinstance(one, RecipientRegistered)]
    answers = [one.reference for one in events if isinstance(one, RecipientAnswered)]
    assert len(numbers) == len(set(numbers))
    assert len(answers) == len(set(answers))
    if numbers or answers:
        assert delivery.passage.state in RECEIVED
    again = Delivery(delivery.id)
    again.replay(events)
    assert again.passage == delivery.passage
    assert again.recipient == delivery.recipient


def test_paper_that_was_signed_for_is_received() -> None:
    for channel in PAPER:
        delivery = begun(channel)
        assert delivery.passage.state is DeliveryState.SENT
        delivery.hand_over("ครูสมศรี", MONDAY, MONDAY)
        assert delivery.passage.state is DeliveryState.DELIVERED
        assert delivery.passage.received
        with pytest.raises(OutOfOrder, match="บันทึกการรับไว้แล้ว"):
            delivery.hand_over("ครูสมศรี", MONDAY, MONDAY)


def test_what_lies_in_the_tray_is_not_received_yet() -> None:
    delivery = begun(RecipientChannel.SYSTEM)
    with pytest.raises(OutOfOrder, match="ทางระบบ"):
        delivery.remind("เรื่อง", "สำนักงาน", SEAT)
    STEPS["deliver"](delivery)
    assert not delivery.passage.received
    STEPS["remind"](delivery)
    registered(delivery)
    assert delivery.passage.state is DeliveryState.REGISTERED
    with pytest.raises(OutOfOrder):
        delivery.remind("เรื่อง", "สำนักงาน", SEAT)


def test_what_came_back_goes_another_way() -> None:
    delivery = begun(RecipientChannel.EMAIL)
    STEPS["mail"](delivery)
    STEPS["fail"](delivery)
    assert delivery.passage.state in FAILED
    delivery.redirect(RecipientChannel.EMAIL, "b@example.org", SEAT)
    assert (delivery.passage.state, delivery.recipient.address) == (
        DeliveryState.WAITING,
        "b@example.org",
    )
    STEPS["fail"](delivery)
    last = delivery.pending[-1]
    assert isinstance(last, DeliveryFailed)
    assert last.times == 2
    delivery.redirect(RecipientChannel.MESSENGER, "", SEAT)
    assert delivery.passage.state is DeliveryState.SENT


def test_it_is_not_laid_into_the_same_tray_twice() -> None:
    delivery = begun(RecipientChannel.SYSTEM)
    STEPS["deliver"](delivery)
    with pytest.raises(OutOfOrder, match="อยู่ในระบบของผู้รับแล้ว"):
        delivery.redirect(RecipientChannel.SYSTEM, "", SEAT)
    STEPS["refuse"](delivery)
    delivery.redirect(RecipientChannel.SYSTEM, "", SEAT)
    assert delivery.rounds == 2


def test_nobody_takes_paper_or_telephones_tomorrow() -> None:
    delivery = begun(RecipientChannel.POST)
    for step in (delivery.hand_over, lambda *told: delivery.confirm(*told, SEAT)):
        with pytest.raises(Invalid) as raised:
            step("ครูสมศรี", MONDAY + timedelta(minutes=1), MONDAY)
        assert "at" in raised.value.fields


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([None, SCHOOL, OFFICE]))))
def test_a_recipient_named_twice_is_one(named: list[tuple[str, str | None]]) -> None:
    chosen = [
        Recipient(
            delivery="", organisation=of, name=name, channel=RecipientChannel.POST, address=""
        )
        for name, of in named
    ]
    once = merged(chosen)
    keys = list(map(same_recipient, once))
    assert len(keys) == len(set(keys))
    assert set(keys) == set(map(same_recipient, chosen))
    assert merged(once) == once
