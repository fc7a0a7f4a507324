"""The receive register: filters, sorts, pages, figures."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.errors import Invalid
from services.correspondence.contract import (
    AssignLetter,
    CancelRegistration,
    CorrectRegistration,
    ForwardLetter,
    LetterSort,
    LetterSummary,
    OrderLetter,
    Party,
    ReceiveByGroup,
    ReturnByGroup,
    SetRouting,
    SuggestParties,
)
from tests.correspondence.office import (
    AUDITOR,
    CLERK,
    DIRECTOR,
    FINANCE,
    FINANCE_CLERK,
    FINANCE_HEAD,
    FINANCE_OFFICER,
    LETTER,
    PLAN,
    PLAN_CLERK,
    PLAN_OFFICER,
    SCHOOL_CLERK,
    Office,
)

_SUBJECTS = ["ไก่", "กาแฟ", "โรงเรียน", "ครู", "กา", "อำนวยการ", "ขา"]
_IN_ORDER = ["กา", "กาแฟ", "ไก่", "ขา", "ครู", "โรงเรียน", "อำนวยการ"]


def all_pages(office: Office, limit: int, **params: Any) -> list[dict[str, Any]]:
    found, cursor = [], None
    while True:
        page = office.letters(CLERK, limit=limit, cursor=cursor, **params)
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            assert page["total"] == len(found)
            return found


def test_every_sort_pages_through_every_letter_once(office: Office) -> None:
    for place, subject in enumerate(_SUBJECTS):
        dated = None if place == 3 else f"2026-02-{1 + place % 3:02}"
        deadline = None if place % 2 else f"2026-02-{20 + place % 3}T09:00:00+07:00"
        office.register(subject=subject, sender=subject, dated=dated, deadline=deadline)
    for sort in LetterSort:
        whole = all_pages(office, 100, sort=sort)
        assert all_pages(office, 2, sort=sort) == whole, sort
        assert {row["number"] for row in whole} == set(range(1, 8))
        turned = sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
        assert all_pages(office, 3, sort=turned) == whole[::-1]
    for sort in ("sender", "subject"):
        assert office.subjects(sort=sort) == _IN_ORDER
    assert office.letters(CLERK, sort="dated")["items"][-1]["dated"] is None
    assert office.letters(CLERK, sort="due")["items"][-1]["due"] is None
    assert all_pages(office, 2, q="า", sort="subject") == all_pages(
        office, 9, q="า", sort="subject"
    )


def test_filters(office: Office) -> None:
    plain = office.register(urgency="urgent", channel="email")
    cancelled = office.register()
    office.do(CLERK, CancelRegistration, cancelled, reason="ลงซ้ำ")
    forwarded = office.register()
    office.do(CLERK, ForwardLetter, forwarded, to="สพป.อื่น", reason="ส่งผิด")
    office.clock.advance(days=1)
    working = office.assigned(FINANCE, urgency="most_urgent")
    closed = office.closed()

    def ids(**params: Any) -> set[str]:
        page = office.letters(CLERK, **params)
        found = {row["id"] for row in page["items"]}
        assert page["total"] == len(found)
        return found

    assert ids() == {plain, cancelled, forwarded, working, closed}
    assert ids(open=True) == {plain, working}
    assert ids(state="registered") == {plain}
    assert ids(state="closed") == {closed}
    assert ids(state="cancelled") == {cancelled}
    assert ids(urgency="urgent") == ids(channel="email") == {plain}
    assert ids(group=FINANCE) == {working}
    assert ids(group=PLAN) == ids(officer=PLAN_OFFICER.person) == {working, closed}
    assert ids(group=PLAN, open=True, urgency="most_urgent", q="ประชุม") == {working}
    assert ids(first_day="2026-02-17") == {working, closed}
    assert ids(last_day="2026-02-16") == {plain, cancelled, forwarded}
    assert ids(year=2569) == ids()
    assert ids(year=2568) == set()
    rows = {row["id"]: row for row in office.letters(CLERK)["items"]}
    assert rows[cancelled]["ended_by"] == "ลงซ้ำ"
    assert rows[forwarded]["ended_by"] == "สพป.อื่น: ส่งผิด"


def test_days_are_bangkoks(office: Office) -> None:
    office.clock.set(datetime(2026, 2, 16, 16, 59, tzinfo=UTC))
    before = office.register()  # 00:00 in Bangkok, on the 17th
    assert [row["id"] for row in office.letters(CLERK, first_day="2026-02-17")["items"]] == [before]


def test_a_row_says_who_has_it(office: Office) -> None:
    id = office.endorsed(deadline="2026-02-27T12:00:00+07:00")
    [row] = office.letters(CLERK)["items"]
    assert (row["state"], row["stage"], row["groups"]) == ("proposed", "director", [])
    assert row["due"] == "2026-02-27"
    office.order(id, lead=PLAN, supporting=[FINANCE], text="มอบ", due="2026-02-20", schools=True)
    office.do(FINANCE_CLERK, ReceiveByGroup, id, group=FINANCE)
    office.do(
        FINANCE_HEAD,
        AssignLetter,
        id,
        group=FINANCE,
        officer=FINANCE_OFFICER.person,
        due="2026-02-18",
    )
    [row] = office.letters(AUDITOR)["items"]
    assert (row["state"], row["stage"], row["order"], row["order_text"]) == (
        "ordered",
        None,
        "act",
        "มอบ",
    )
    assert row["schools"]
    assert row["due"] == "2026-02-18"
    lead, supporting = row["groups"]
    assert (lead["name"], lead["lead"], lead["state"], lead["number"], lead["officer"]) == (
        "กลุ่มนโยบายและแผน",
        True,
        "ordered",
        None,
        None,
    )
    assert (
        supporting["state"],
        supporting["number"],
        supporting["officer"],
        supporting["due"],
    ) == (
        "assigned",
        1,
        FINANCE_OFFICER.person,
        "2026-02-18",
    )
    office.order(id, kind="inform", text="เร่งด้วย")
    [row] = office.letters(CLERK)["items"]
    assert row["order_text"] == "มอบ\nเร่งด้วย"
    assert row["schools"]
    office.do(PLAN_CLERK, ReturnByGroup, id, group=PLAN, reason="ไม่เกี่ยวข้อง")
    [row] = office.letters(CLERK)["items"]
    assert (row["state"], row["stage"]) == ("returned", "clerk")
    assert [group["state"] for group in row["groups"]] == ["returned", "assigned"]


def test_unattended_after_as_many_days_as_the_organisation_chose(office: Office) -> None:
    id = office.register()
    office.clock.advance(days=3, seconds=-1)
    assert office.letters(CLERK, unattended=True)["total"] == 0
    office.clock.advance(seconds=1)
    assert office.letters(CLERK, unattended=True)["total"] == 1
    assert office.ask(CLERK, LetterSummary)["unattended"] == 1
    office.send(
        DIRECTOR, SetRouting, central_head=False, deputy=True, group_head=True, unattended_days=10
    )
    assert office.letters(CLERK, unattended=True)["total"] == 0
    office.clock.advance(days=7)
    assert office.letters(CLERK, unattended=True)["total"] == 1
    office.do(CLERK, CancelRegistration, id, reason="ซ้ำ")
    office.clock.advance(days=30)
    assert office.letters(CLERK, unattended=True)["total"] == 0


def test_figures(office: Office) -> None:
    office.clock.set(datetime(2025, 12, 30, 3, 0, tzinfo=UTC))
    office.register(dated="2025-12-01")
    office.clock.set(datetime(2026, 1, 20, 3, 0, tzinfo=UTC))
    office.register(dated=None, urgency="urgent", deadline="2026-01-21T12:00:00+07:00")
    office.closed(dated=None)
    office.clock.set(datetime(2026, 2, 2, 3, 0, tzinfo=UTC))
    office.ordered(FINANCE, dated=None)
    figures = office.ask(CLERK, LetterSummary)
    assert (figures["year"], figures["years"]) == (2569, [2569, 2568])
    assert (figures["total"], figures["open"], figures["overdue"], figures["unattended"]) == (
        3,
        2,
        1,
        1,
    )

    def counts(name: str) -> dict[str, int]:
        return {item["key"]: item["count"] for item in figures[name]}

    assert counts("by_state") == {"registered": 1, "closed": 1, "ordered": 1}
    assert counts("by_urgency") == {"urgent": 1, "normal": 2}
    assert counts("by_month") == {"2026-01": 2, "2026-02": 1}
    assert counts("by_group") == {PLAN: 2, FINANCE: 1}
    assert office.ask(CLERK, LetterSummary, year=2568)["total"] == 1
    assert office.ask(FINANCE_CLERK, LetterSummary)["total"] == 1
    assert office.ask(SCHOOL_CLERK, LetterSummary)["years"] == []


def test_names_used_before_are_suggested_the_most_used_first(office: Office) -> None:
    for sender in ("โรงเรียนบ้านน\u0e49\u0e33ปิง", "สพฐ.", "โรงเรียนบ้านน\u0e49\u0e33ปิง", "สพป.เชียงใหม่"):
        id = office.register(sender=sender)

    def suggested(q: str, who: Any = CLERK) -> list[str]:
        items: list[str] = office.ask(who, SuggestParties, column=Party.SENDER, q=q)["items"]
        return items

    assert suggested("") == ["โรงเรียนบ้านน\u0e49\u0e33ปิง", "สพฐ.", "สพป.เชียงใหม่"]
    assert suggested("บ้านน\u0e4d\u0e49\u0e32") == ["โรงเรียนบ้านน\u0e49\u0e33ปิง"]
    assert suggested("%") == suggested("_") == []
    correction = {
        "urgency": "normal",
        "deadline": None,
        "channel": "paper",
        "defect": "",
        "note": "",
    }
    wish = LETTER | correction | {"sender": "สพป.ลำพูน", "reason": "พิมพ์ผิด"}
    office.do(CLERK, CorrectRegistration, id, **wish)
    assert suggested("สพป") == ["สพป.ลำพูน"]
    assert suggested("", SCHOOL_CLERK) == []
    assert (
        suggested("", PLAN_CLERK) == []
    )  # who reads but some letters learns of no others' senders
    assert office.ask(CLERK, SuggestParties, column=Party.RECIPIENT, q="ผู้")["items"] == [
        LETTER["recipient"]
    ]


@pytest.mark.parametrize("cursor", ["", "x", "bm9uc2Vuc2U", "WzEsIDJd", "W251bGwsIDJd"])
def test_a_cursor_that_is_none_of_ours(small_office: Office, cursor: str) -> None:
    small_office.register()
    with pytest.raises(Invalid):
        small_office.letters(CLERK, cursor=cursor, sort="sender")


def test_an_order_late_by_days(small_office: Office) -> None:
    id = small_office.endorsed()
    small_office.do(DIRECTOR, OrderLetter, id, kind="act", lead=PLAN, due="2026-02-17")
    for days, late in ((0, 0), (1, 0), (2, 1), (10, 9)):
        small_office.clock.set(datetime(2026, 2, 16, 4, 0, tzinfo=UTC) + timedelta(days=days))
        assert small_office.letter(PLAN_CLERK, id)["late_days"] == late
        assert small_office.letters(CLERK, overdue=True)["total"] == (late > 0)
