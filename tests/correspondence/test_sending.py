"""A letter goes out to many, and what becomes of it with each comes back."""

from typing import Any

import pytest
from sqlalchemy import select

from infra.errors import Forbidden, Invalid, NotFound, OutOfOrder
from services.correspondence.contract import (
    ArrivalVoided,
    CancelNumber,
    CloseDocument,
    ConfirmReceipt,
    DropRecipientList,
    GetArrival,
    GetArrivalFile,
    GetAttachment,
    GetDocument,
    KeepRecipientList,
    LetterArrived,
    ListDocuments,
    ListMessengerBook,
    ListRecipientLists,
    ListUnreceived,
    NoteHandover,
    RecipientRegistered,
    RedirectDelivery,
    RefuseArrival,
    RegisterArrival,
    RemindRecipients,
    SendDocument,
)
from services.correspondence.mailbox import outbox
from tests.correspondence.circulars import (
    by,
    matrix,
    numbered,
    on_system,
    open_schools,
    register,
    school,
    school_clerk,
    sent,
    settle,
    states,
    tray,
)
from tests.correspondence.office import (
    AUDITOR,
    CLERK,
    DIRECTOR,
    FINANCE_OFFICER,
    OFFICE,
    OTHER_CLERK,
    PLAN,
    PLAN_HEAD,
    PLAN_OFFICER,
    SECRETARY,
    Office,
    id_of,
)

KHAO, NGERN, THONG = (school_clerk(number) for number in range(3))


@pytest.fixture(autouse=True)
def schools(request: pytest.FixtureRequest) -> None:
    names = ("office", "small_office")
    for name in names:
        if name in request.fixturenames:
            open_schools(request.getfixturevalue(name), 3)


def events(office: Office, kind: type) -> list[Any]:
    return [one for one in office.events() if isinstance(one.event, kind)]


def test_a_circular_from_the_clerk_to_the_receive_registers_and_back(office: Office) -> None:
    id = numbered(office, urgency="urgent")
    answer = office.do(CLERK, SendDocument, id, recipients=[on_system(n) for n in range(3)])
    assert answer["deliveries"] == 3
    assert states(office, id) == ["waiting"] * 3  # a command waits for nobody
    assert tray(office, KHAO) == []
    settle(office)
    assert states(office, id) == ["delivered"] * 3
    assert office.ask(CLERK, GetDocument, id=id)["state"] == "sent"

    [row] = tray(office, KHAO)
    assert (row["subject"], row["urgency"], row["state"]) == (
        "แจ้งปฏิทินการรับนักเรียน",
        "urgent",
        "waiting",
    )
    assert row["sender"] == "สำนักงานเขตพื้นที่การศึกษาตัวอย่าง"
    whole = office.ask(KHAO, GetArrival, id=row["id"])
    assert whole["actions"] == ["register_arrival", "refuse_arrival"]
    assert [file["size"] for file in whole["files"]] == [8, 4]
    taken = office.do(KHAO, RegisterArrival, row["id"], note="ประกาศหน้าเสาธง")
    assert (taken["year"], taken["number"]) == (2569, 1)
    letter = office.letter(KHAO, taken["id"])
    assert (letter["channel"], letter["reference"]) == ("system", row["reference"])
    assert (letter["recipient"], letter["note"]) == (
        "ผู้อำนวยการโรงเรียนบ้านที่ 0",
        "ประกาศหน้าเสาธง",
    )
    assert letter["files"] == whole["files"]
    for file in letter["files"]:
        assert office.ask(KHAO, GetAttachment, id=taken["id"], attachment=file["id"]) == file
    assert tray(office, KHAO) == []
    assert [one["number"] for one in tray(office, KHAO, state="registered")] == [1]

    settle(office)
    first = matrix(office, id)["items"][0]
    assert (first["state"], first["year"], first["number"]) == ("registered", 2569, 1)
    assert first["registered_at"] == taken["received_at"]
    assert first["delivered_at"] is not None
    found = office.ask(CLERK, ListDocuments, numbered=True)["items"][0]
    assert (found["recipients"], found["received"], found["failed"]) == (3, 1, 0)

    again = office.do(KHAO, RegisterArrival, row["id"])  # pressed twice
    assert {**again, "duplicates": []} == {**taken, "duplicates": []}
    settle(office)
    assert len(events(office, RecipientRegistered)) == 1

    register(office, NGERN)
    register(office, THONG)
    settle(office)
    assert matrix(office, id)["actions"][0] == "close_document"
    office.do(CLERK, CloseDocument, id)
    assert office.ask(CLERK, GetDocument, id=id)["state"] == "closed"

    live = office.tables()
    office.rebuild()
    assert office.tables() == live


def test_whoever_has_it_already_is_not_sent_it_again(office: Office) -> None:
    twice = [on_system(0), on_system(1) | {"name": "โรงเรียนเดียวกัน"}, on_system(1)]
    id = sent(office, twice)
    assert len(states(office, id)) == 2
    for _ in range(2):  # before it has reached anybody
        try:
            office.do(CLERK, SendDocument, id, recipients=[on_system(1), on_system(2)])
        except OutOfOrder:
            assert len(office.events(f"document-{id}")) == 6
    settle(office)
    assert [row["organisation"] for row in matrix(office, id)["items"]] == list(
        map(school, range(3))
    )
    with pytest.raises(OutOfOrder, match="ทั้งหมดแล้ว"):
        office.do(CLERK, SendDocument, id, recipients=[on_system(2)])
    assert len(events(office, LetterArrived)) == 3


def test_only_who_can_be_reached_is_sent_to(small_office: Office) -> None:
    office, id = small_office, numbered(small_office)
    for fault, recipient in {
        "channel": by("system"),
        "organisation": on_system(0) | {"organisation": id_of("nowhere")},
        "address": by("email", address="ไม่ใช่อีเมล"),
    }.items():
        with pytest.raises(Invalid) as raised:
            office.do(CLERK, SendDocument, id, recipients=[on_system(1), recipient])
        assert list(raised.value.fields) == [f"recipients.1.{fault}"]
    ourselves = on_system(0) | {"organisation": OFFICE}
    with pytest.raises(Invalid):
        office.do(CLERK, SendDocument, id, recipients=[ourselves])
    with pytest.raises(Invalid, match="ข้อมูลไม่ถูกต้อง"):
        office.do(CLERK, SendDocument, id)
    assert office.ask(CLERK, GetDocument, id=id)["state"] == "numbered"


def test_who_may_send_and_who_may_look(small_office: Office) -> None:
    office = small_office
    id = numbered(office, group=PLAN)
    recipients = [on_system(0)]
    for who in (FINANCE_OFFICER, OTHER_CLERK, KHAO):
        with pytest.raises(NotFound):
            office.do(who, SendDocument, id, recipients=recipients)
        with pytest.raises(NotFound):
            matrix(office, id, who)
    for who in (AUDITOR, DIRECTOR, SECRETARY):
        with pytest.raises(Forbidden):
            office.do(who, SendDocument, id, recipients=recipients)
        assert matrix(office, id, who)["actions"] == []
    assert "send_document" in matrix(office, id, PLAN_HEAD)["actions"]
    office.do(PLAN_OFFICER, SendDocument, id, recipients=recipients)
    settle(office)
    assert states(office, id, AUDITOR) == ["delivered"]


def test_nobody_sees_another_tray(office: Office) -> None:
    sent(office, [on_system(0), on_system(1)])
    [row] = tray(office, KHAO)
    [file, _] = office.ask(KHAO, GetArrival, id=row["id"])["files"]
    for who in (NGERN, THONG, CLERK, DIRECTOR, OTHER_CLERK):
        assert row["id"] not in [one["id"] for one in tray(office, who)]
        for question in (GetArrival, GetArrivalFile):
            more = {"attachment": file["id"]} if question is GetArrivalFile else {}
            with pytest.raises(NotFound):
                office.ask(who, question, id=row["id"], **more)
        with pytest.raises(NotFound):
            office.do(who, RegisterArrival, row["id"])
        with pytest.raises(NotFound):
            office.do(who, RefuseArrival, row["id"], reason="ไม่ใช่")
    assert tray(office, PLAN_OFFICER) == []


def test_given_back_and_sent_again(office: Office) -> None:
    id = sent(office, [on_system(0), on_system(1)])
    [row] = tray(office, KHAO)
    office.do(KHAO, RefuseArrival, row["id"], reason="ส่งผิดโรงเรียน", right_address="โรงเรียนบ้านใต้")
    with pytest.raises(OutOfOrder, match="ส่งคืนหนังสือนี้แล้ว"):
        office.do(KHAO, RegisterArrival, row["id"])
    settle(office)
    first, _ = matrix(office, id)["items"]
    assert (first["state"], first["reason"]) == (
        "refused",
        "ส่งผิดโรงเรียน\nที่ถูกต้อง: โรงเรียนบ้านใต้",
    )
    assert matrix(office, id)["failed"] == 1
    office.do(CLERK, RedirectDelivery, id, delivery=first["id"], channel="system", address="")
    settle(office)
    assert states(office, id) == ["delivered", "delivered"]
    assert len(tray(office, KHAO)) == 1
    register(office, KHAO)
    settle(office)
    assert states(office, id) == ["registered", "delivered"]
    with pytest.raises(OutOfOrder, match="ได้รับแล้ว"):
        office.do(CLERK, RedirectDelivery, id, delivery=first["id"], channel="post", address="")
    live = office.tables()
    office.rebuild()
    assert office.tables() == live


def test_an_answer_comes_back_to_who_asked(office: Office) -> None:
    id = sent(office, [on_system(0), on_system(1)])
    taken = register(office, KHAO)
    reply = numbered(office, KHAO, circular=False, subject="ส่งข้อมูลนักเรียน", reply_to=taken["id"])
    assert states(office, id)[0] == "delivered"
    to_office = {
        "organisation": OFFICE,
        "name": "ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษาตัวอย่าง",
        "channel": "system",
    }
    office.do(KHAO, SendDocument, reply, recipients=[on_system(2), to_office])
    settle(office)
    first, second = matrix(office, id)["items"]
    assert (first["state"], second["state"]) == ("answered", "delivered")
    assert first["answer"].endswith("ลงวันที่ 16 กุมภาพันธ์ 2569")
    assert matrix(office, id)["answered"] == 1
    [arrived] = tray(office, CLERK)
    assert arrived["subject"] == "ส่งข้อมูลนักเรียน"
    recorded = {one.event.organisation: one.event for one in events(office, LetterArrived)[2:]}
    assert recorded[OFFICE].reply_to_document == id
    assert recorded[school(2)].reply_to_document is None  # it asked nothing


def test_an_answer_sent_to_others_alone_is_their_business(office: Office) -> None:
    id = sent(office, [on_system(0)])
    taken = register(office, KHAO)
    reply = numbered(office, KHAO, reply_to=taken["id"])
    office.do(KHAO, SendDocument, reply, recipients=[on_system(1)])
    settle(office)
    assert states(office, id) == ["registered"]


def test_the_messenger_book(office: Office) -> None:
    id = sent(office, [by("messenger", "ที่ว่าการอำเภอ"), by("post", "นายสมชาย"), on_system(0)])
    book = office.ask(CLERK, ListMessengerBook)
    assert [row["name"] for row in book["items"]] == ["ที่ว่าการอำเภอ", "นายสมชาย"]
    assert book["actions"] == ["note_handover"]
    by_hand = book["items"][0]["delivery"]
    at = office.clock().isoformat()
    with pytest.raises(NotFound):
        office.do(CLERK, NoteHandover, id, delivery=id_of("none"), receiver="ก", at=at)
    office.do(CLERK, NoteHandover, id, delivery=by_hand, receiver="ปลัดอำเภอ", at=at)
    row = matrix(office, id)["items"][0]
    assert (row["state"], row["receiver"]) == ("delivered", "ปลัดอำเภอ")
    assert [row["name"] for row in office.ask(CLERK, ListMessengerBook)["items"]] == ["นายสมชาย"]
    day = {"first_day": "2026-02-16", "last_day": "2026-02-16"}
    assert len(office.ask(CLERK, ListMessengerBook, **day)["items"]) == 2
    assert office.ask(CLERK, ListMessengerBook, first_day="2026-02-17")["items"] == []
    assert office.ask(OTHER_CLERK, ListMessengerBook)["items"] == []
    assert office.ask(CLERK, ListDocuments, numbered=True)["items"][0]["received"] == 1


def test_by_email_it_waits_in_the_outbox_once(office: Office) -> None:
    id = sent(office, [by("email", "บริษัทตัวอย่าง", "saraban@example.org")])
    settle(office)
    office.parts.subscribers["correspondence"].catch_up()
    assert states(office, id) == ["waiting"]
    delivery = matrix(office, id)["items"][0]["id"]
    wish = {"delivery": delivery, "channel": "email"}
    with pytest.raises(Invalid):
        office.do(CLERK, RedirectDelivery, id, **wish, address="")
    office.do(CLERK, RedirectDelivery, id, **wish, address="b@example.org")
    with office.parts.database.read() as connection:
        rows = connection.execute(select(outbox.mails)).all()
    addresses = sorted(row.address for row in rows)
    assert addresses == ["b@example.org", "saraban@example.org"]


def test_one_that_cannot_set_out_holds_up_no_other(
    small_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, subscriber = small_office, small_office.parts.subscribers["correspondence"]
    monkeypatch.setattr(subscriber, "_back_off", ())
    with monkeypatch.context() as broken:
        broken.setattr(outbox, "enqueue", lambda *_, **__: 1 / 0)
        id = sent(office, [on_system(0), by("email", address="a@example.org"), on_system(1)])
    assert states(office, id) == ["delivered", "waiting", "delivered"]
    assert subscriber.retry_parked() == (1, 0)  # amnuay parked --retry
    with office.parts.database.read() as connection:
        assert len(connection.execute(select(outbox.mails)).all()) == 1


def test_reminders_lie_in_the_tray(office: Office) -> None:
    id = sent(office, [on_system(0), on_system(1), by("post")])
    register(office, KHAO)
    settle(office)
    assert office.do(CLERK, RemindRecipients, id)["count"] == 1
    [row] = tray(office, NGERN)
    assert row["reminded_at"] == office.ask(NGERN, GetArrival, id=row["id"])["reminded_at"]
    assert row["reminded_at"] is not None
    post = matrix(office, id)["items"][2]["id"]
    with pytest.raises(OutOfOrder, match="ทางระบบ"):
        office.do(CLERK, RemindRecipients, id, deliveries=[post])
    register(office, NGERN)
    settle(office)
    with pytest.raises(OutOfOrder, match="ไม่มีผู้รับที่ต้องเตือน"):
        office.do(CLERK, RemindRecipients, id)


def test_who_has_not_received_after_the_days_is_listed(office: Office) -> None:
    id = sent(office, [on_system(0), on_system(1)])
    register(office, KHAO)
    settle(office)
    assert office.ask(CLERK, ListUnreceived)["items"] == []
    office.clock.advance(days=3)  # Thursday: three working days are not more than three
    assert office.ask(CLERK, ListUnreceived)["items"] == []
    office.clock.advance(days=1)
    [row] = office.ask(CLERK, ListUnreceived)["items"]
    assert (row["document"], row["waiting"], row["failed"], row["calls"]) == (id, 1, 0, 0)
    rows = matrix(office, id)
    assert [(one["waited_days"], one["late"]) for one in rows["items"]] == [(0, False), (4, True)]
    assert rows["late"] == 1
    office.clock.advance(days=2)  # a weekend is no waiting
    assert matrix(office, id)["items"][1]["waited_days"] == 4
    assert office.ask(OTHER_CLERK, ListUnreceived)["items"] == []
    with pytest.raises(Invalid) as raised:
        office.do(CLERK, CloseDocument, id)
    assert "1 ราย" in raised.value.fields["text"][0]
    office.do(CLERK, CloseDocument, id, text="แจ้งในที่ประชุมแล้ว")
    assert office.ask(CLERK, ListUnreceived)["items"] == []
    assert matrix(office, id)["items"][1]["waited_days"] == 0
    with pytest.raises(OutOfOrder, match="ปิดเรื่องแล้ว"):
        office.do(CLERK, CloseDocument, id)


def test_the_most_urgent_is_to_be_confirmed_by_telephone(office: Office) -> None:
    id = sent(office, [on_system(0), on_system(1)], urgency="most_urgent")
    [row] = office.ask(CLERK, ListUnreceived)["items"]
    assert row["calls"] == 2
    first, second = matrix(office, id)["items"]
    assert first["call"]
    assert second["call"]
    call = {"delivery": first["id"], "spoken_to": "ครูสมศรี", "at": office.clock().isoformat()}
    office.do(CLERK, ConfirmReceipt, id, **call)
    with pytest.raises(OutOfOrder, match="โทรยืนยันไว้แล้ว"):
        office.do(CLERK, ConfirmReceipt, id, **call)
    register(office, NGERN)
    settle(office)
    assert [one["call"] for one in matrix(office, id)["items"]] == [False, False]
    [row] = office.ask(CLERK, ListDocuments, numbered=True)["items"]
    assert row["note"].startswith("โทรยืนยันกับ ผู้อำนวยการโรงเรียนบ้านที่ 0 (ครูสมศรี)")
    assert matrix(office, id)["items"][0]["spoken_to"] == "ครูสมศรี"


def test_kept_lists(office: Office) -> None:
    members = [on_system(0), on_system(1), on_system(0)]
    kept = office.send(CLERK, KeepRecipientList, name="อำเภอเมือง", members=members)
    [found] = office.ask(PLAN_OFFICER, ListRecipientLists)["items"]
    assert [one["organisation"] for one in found["members"]] == [school(0), school(1)]
    with pytest.raises(Invalid) as raised:
        office.send(PLAN_OFFICER, KeepRecipientList, name="อำเภอเมือง", members=members)
    assert "name" in raised.value.fields
    wish = {"id": kept["id"], "name": "อำเภอเมือง", "members": [on_system(2)]}
    office.send(PLAN_OFFICER, KeepRecipientList, **wish)
    assert office.ask(KHAO, ListRecipientLists)["items"] == []
    with pytest.raises(NotFound):
        office.do(OTHER_CLERK, DropRecipientList, kept["id"])
    with pytest.raises(Forbidden):
        office.do(AUDITOR, DropRecipientList, kept["id"])
    office.do(CLERK, DropRecipientList, kept["id"])
    assert office.ask(CLERK, ListRecipientLists)["items"] == []
    office.send(CLERK, KeepRecipientList, name="อำเภอเมือง", members=members)
    live = office.tables()
    office.rebuild()
    assert office.tables() == live


def test_what_was_made_void_is_awaited_no_more(office: Office) -> None:
    id = sent(office, [on_system(0)])
    office.do(CLERK, CancelNumber, id, reason="ลงวันที่ผิด")
    office.clock.advance(days=10)
    assert office.ask(CLERK, ListUnreceived)["items"] == []
    with pytest.raises(OutOfOrder, match="ยกเลิกเลขแล้ว"):
        office.do(CLERK, SendDocument, id, recipients=[on_system(1)])
    with pytest.raises(OutOfOrder, match="ยกเลิกเลข"):
        office.do(CLERK, RemindRecipients, id)


def test_the_schools_are_told_that_it_is_void(office: Office) -> None:
    id = sent(office, [on_system(0), on_system(1), on_system(2)])
    register(office, KHAO)
    [third] = tray(office, THONG)
    office.do(THONG, RefuseArrival, third["id"], reason="ส่งผิด")
    office.do(CLERK, CancelNumber, id, reason="ลงวันที่ผิด")
    settle(office)
    [row] = tray(office, NGERN)
    assert row["void"] == "ลงวันที่ผิด"
    assert office.ask(NGERN, GetArrival, id=row["id"])["actions"] == ["refuse_arrival"]
    with pytest.raises(OutOfOrder, match="ผู้ส่งยกเลิกเลข"):
        office.do(NGERN, RegisterArrival, row["id"])
    [taken] = tray(office, KHAO, state="registered")
    assert taken["void"] == "ลงวันที่ผิด"
    told = {one.event.organisation: one.event.letter for one in events(office, ArrivalVoided)}
    assert told == {school(0): taken["letter"], school(1): None}
    office.do(NGERN, RefuseArrival, row["id"], reason="ผู้ส่งยกเลิก")
    assert tray(office, NGERN) == []
    settle(office)
    live = office.tables()
    office.rebuild()
    assert office.tables() == live


def test_what_was_made_void_before_it_set_out_reaches_nobody(office: Office) -> None:
    id = numbered(office)
    office.do(CLERK, SendDocument, id, recipients=[on_system(0)])
    office.do(CLERK, CancelNumber, id, reason="ลงวันที่ผิด")
    settle(office)
    assert tray(office, KHAO) == []
    id = numbered(office)
    office.do(CLERK, SendDocument, id, recipients=[on_system(0)])
    office.relay()
    office.parts.subscribers["correspondence"].catch_up()
    assert states(office, id) == ["waiting"]
    office.do(CLERK, CancelNumber, id, reason="ลงวันที่ผิด")
    settle(office)
    assert tray(office, KHAO) == []


def test_it_is_not_closed_while_it_sets_out(office: Office) -> None:
    id = numbered(office)
    office.do(CLERK, SendDocument, id, recipients=[on_system(0)])
    with pytest.raises(OutOfOrder, match="กำลังส่ง"):
        office.do(CLERK, CloseDocument, id, text="ไม่รอแล้ว")
    settle(office)
    office.do(CLERK, CloseDocument, id, text="ไม่รอแล้ว")
    delivery = matrix(office, id)["items"][0]["id"]
    wish = {"delivery": delivery, "channel": "post", "address": ""}
    with pytest.raises(OutOfOrder, match="ปิดเรื่องแล้ว"):
        office.do(CLERK, RedirectDelivery, id, **wish)
    register(office, KHAO)  # late, and still on record
    settle(office)
    assert states(office, id) == ["registered"]
