"""The tray: what waits to be registered, in which order, and the legal clock of e-mails (annex 7)."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from infra.clock import BANGKOK
from infra.errors import Forbidden, Invalid, NotFound, OutOfOrder, Stale
from infra.eventstore.store import Work
from infra.ids import new_id
from services.correspondence.arrival import Arrival, arrival_of
from services.correspondence.contract import (
    ArrivalSource,
    Attachment,
    GetArrival,
    LetterArrived,
    ListArrivals,
    RefuseArrival,
    RegisterArrival,
    Urgency,
)
from services.correspondence.mailbox import outbox
from tests.correspondence.circulars import on_system, open_schools, school_clerk, sent, settle, tray
from tests.correspondence.office import (
    AUDITOR,
    CENTRAL_HEAD,
    CLERK,
    DIRECTOR,
    OFFICE,
    OTHER_CLERK,
    PLAN_OFFICER,
    REGISTRAR,
    Office,
)

ANNEX = Attachment(
    id="0190a8a0-0000-7000-8000-00000000000b",
    name="2569_MOE04001_7.pdf",
    media_type="application/pdf",
    size=7,
    sha256="0" * 64,
)


def mailed(office: Office, **columns: Any) -> str:
    """An e-mail that came to the central address now; the id of the arrival."""
    arrived = LetterArrived(
        **{
            "organisation": OFFICE,
            "source": ArrivalSource.EMAIL,
            "delivery": None,
            "document": None,
            "from_organisation": None,
            "sender": "",
            "reference": "",
            "dated": None,
            "subject": "ขอความอนุเคราะห์ข้อมูล",
            "urgency": Urgency.NORMAL,
            "deadline": None,
            "circular": False,
            "attachments": (ANNEX,),
            "reply_to_document": None,
            "mail": "<1@example.org>",
            "address": "saraban@example.org",
            "text": "เรียน ผู้อำนวยการ\nขอความอนุเคราะห์",
            "spam": False,
            "at": office.clock(),
        }
        | columns
    )

    def arrive(work: Work) -> None:
        arrival = Arrival(id)
        arrival.record(arrived)
        work.save(arrival)

    id = new_id()
    office.parts.instance().runtime.execute(arrive)
    return id


def mails(office: Office) -> list[Any]:
    with office.parts.database.read() as connection:
        return list(connection.execute(select(outbox.mails)).all())


def at(office: Office, *moment: int) -> None:
    office.clock.set(datetime(*moment, tzinfo=BANGKOK))  # type: ignore[misc, arg-type]


def test_an_email_is_registered_as_the_clerk_reads_it(office: Office) -> None:
    id = mailed(office)
    whole = office.ask(CLERK, GetArrival, id=id)
    assert (whole["address"], whole["text"]) == (
        "saraban@example.org",
        "เรียน ผู้อำนวยการ\nขอความอนุเคราะห์",
    )
    with pytest.raises(Invalid) as raised:
        office.do(CLERK, RegisterArrival, id)
    assert list(raised.value.fields) == ["sender"]
    with pytest.raises(Invalid) as raised:
        office.do(CLERK, RegisterArrival, id, sender="อำเภอ", dated="2026-02-20")
    assert "dated" in raised.value.fields
    columns = {"sender": "ที่ว่าการอำเภอ", "reference": "ชม 0118/12", "dated": "2026-02-13"}
    taken = office.do(CLERK, RegisterArrival, id, **columns, urgency="urgent")
    letter = office.letter(CLERK, taken["id"])
    assert {name: letter[name] for name in columns} == columns
    assert (letter["channel"], letter["urgency"]) == ("email", "urgent")
    assert letter["recipient"] == "สำนักงานเขตพื้นที่การศึกษาตัวอย่าง"
    assert [file["sha256"] for file in letter["files"]] == [ANNEX.sha256]
    [mail] = mails(office)
    assert (mail.kind, mail.address, mail.arrival) == ("acknowledgement", "saraban@example.org", id)
    office.do(CLERK, RegisterArrival, id, **columns)  # pressed twice
    assert len(mails(office)) == 1
    assert office.types(taken["id"]) == ["LetterReceived"]
    twin = mailed(office, mail="<2@example.org>")
    again = office.do(CLERK, RegisterArrival, twin, **columns)
    assert again["duplicates"] == [taken["id"]]


def test_who_wrote_to_the_wrong_address_is_told_the_right_one(office: Office) -> None:
    id = mailed(office)
    office.do(CLERK, RefuseArrival, id, reason="ไม่อยู่ในเขตพื้นที่", right_address="saraban@b.go.th")
    assert {(mail.kind, mail.address) for mail in mails(office)} == {
        ("redirection", "saraban@example.org"),
        ("forward", "saraban@b.go.th"),
    }
    [row] = tray(office, CLERK, state="refused")
    assert row["reason"] == "ไม่อยู่ในเขตพื้นที่\nที่ถูกต้อง: saraban@b.go.th"
    with pytest.raises(OutOfOrder):
        office.do(CLERK, RefuseArrival, id, reason="อีกครั้ง")


def test_only_the_clerk_empties_the_tray_and_few_look_into_it(small_office: Office) -> None:
    office, id = small_office, mailed(small_office)
    for who in (DIRECTOR, AUDITOR, CENTRAL_HEAD):
        page = office.ask(who, ListArrivals)
        assert ([row["id"] for row in page["items"]], page["actions"]) == ([id], [])
        assert office.ask(who, GetArrival, id=id)["actions"] == []
        for step in (RegisterArrival, RefuseArrival):
            more = {"reason": "ไม่"} if step is RefuseArrival else {}
            with pytest.raises(Forbidden):
                office.do(who, step, id, **more)
    for who in (PLAN_OFFICER, REGISTRAR, OTHER_CLERK):
        assert office.ask(who, ListArrivals)["total"] == 0
        with pytest.raises(NotFound):
            office.ask(who, GetArrival, id=id)
    with pytest.raises(Stale):
        office.send(CLERK, RegisterArrival, id=id, sender="อำเภอ", if_match=7)


def test_what_is_urgent_and_old_stands_first_page_by_page(office: Office) -> None:
    ids = {}
    for urgency in ("normal", "most_urgent", "urgent", "normal", "most_urgent"):
        office.clock.advance(minutes=1)
        ids[len(ids)] = mailed(office, urgency=Urgency(urgency))
    found, cursor = [], None
    while True:
        page = office.ask(CLERK, ListArrivals, limit=2, cursor=cursor)
        assert page["total"] == 5
        found += [row["id"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == [ids[1], ids[4], ids[2], ids[0], ids[3]]
    for id in found:
        office.do(CLERK, RegisterArrival, id, sender="อำเภอ")
    done = office.ask(CLERK, ListArrivals, state="registered", limit=3)
    assert [row["id"] for row in done["items"]] == [ids[4], ids[3], ids[2]]
    rest = office.ask(CLERK, ListArrivals, state="registered", limit=3, cursor=done["next"])
    assert [row["id"] for row in rest["items"]] == [ids[1], ids[0]]


def test_the_clock_of_an_email_runs_and_its_breach_stays(office: Office) -> None:
    at(office, 2026, 2, 20, 16, 31)  # a Friday, too late for the same day
    id, other = mailed(office), mailed(office)
    [row, _] = tray(office, CLERK)
    assert row["acknowledge_by"] == "2026-02-23T10:00:00+07:00"
    assert not row["breached"]
    at(office, 2026, 2, 23, 10, 1)
    page = office.ask(CLERK, ListArrivals, breached=True)
    assert (page["breached"], {row["id"] for row in page["items"]}) == (2, {id, other})

    def acknowledge(work: Work) -> None:
        arrival = work.load(Arrival, id)
        arrival.acknowledge(work.now, late=True)
        arrival.acknowledge(work.now, late=True)
        work.save(arrival)

    office.parts.instance().runtime.execute(acknowledge)
    office.do(CLERK, RegisterArrival, id, sender="อำเภอ")
    page = office.ask(CLERK, ListArrivals, breached=True)
    assert {row["id"]: row["state"] for row in page["items"]} == {
        id: "registered",
        other: "waiting",
    }
    assert office.ask(CLERK, ListArrivals, source="system")["items"] == []
    live = office.tables()
    office.rebuild()
    assert office.tables() == live


def test_what_came_on_the_system_has_no_clock(office: Office) -> None:
    open_schools(office, 1)
    sent(office, [on_system(0)])
    office.clock.advance(days=9)
    [row] = tray(office, school_clerk(0))
    assert (row["acknowledge_by"], row["breached"]) == (None, False)
    settle(office)


@settings(max_examples=50)
@given(st.uuids(), st.integers(1, 5), st.integers(1, 5))
def test_an_arrival_is_of_one_delivery_and_round(delivery: Any, one: int, other: int) -> None:
    first, second = arrival_of(str(delivery), one), arrival_of(str(delivery), other)
    assert (first == second) == (one == other)
