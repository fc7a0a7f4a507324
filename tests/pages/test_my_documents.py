"""My work: the documents that wait for me, and for clerks the letters in the tray."""

from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest

from infra.errors import Unavailable
from services.correspondence.contract import ListArrivals, MyDocuments, MyTasks
from tests.api.office import Office
from tests.pages.browsing import Browser
from tests.pages.circulars import SUBJECT, sent, settled, waiting
from tests.pages.documents import CONTENT, submitted
from tests.pages.letters import post, registered

Browse = Callable[[str], Browser]


def test_a_draft_waits_for_one_after_the_other(browse: Browse, office: Office) -> None:
    id = submitted(office)
    page = browse("head").open("/")
    assert "หนังสือส่งที่รอคุณ 1" in page.text
    assert f"/documents/{id}#offers" in page.links
    assert "ไม่มีเรื่องรอคุณ" not in page.text
    assert browse("head").client.get("/work/count").text == "1"
    assert browse("officer").client.get("/work/count").text == ""
    assert "ไม่มีเรื่องรอคุณ" in browse("officer").open("/").text


def test_the_first_are_shown_and_the_way_to_the_rest(browse: Browse, office: Office) -> None:
    for number in range(7):
        submitted(office, content=CONTENT | {"subject": f"เรื่องที่ {number}"})
    page = browse("head").open("/")
    assert "ดูทั้งหมด 7 ฉบับ" in page.text
    assert "/documents" in page.links
    assert "เรื่องที่ 4" in page.text
    assert "เรื่องที่ 5" not in page.text


def test_the_tray_waits_for_the_clerk(browse: Browse, office: Office) -> None:
    sent(office)
    school = browse("school")
    page = school.open("/")
    assert "รอลงทะเบียนรับ 1" in page.text
    assert SUBJECT in page.text
    page = school.send(page.form_named("marked"), one=waiting(office)[0]["id"])
    assert "ลงทะเบียนแล้ว เลขรับ" in page.text
    assert "รอลงทะเบียนรับ" not in browse("clerk").open("/").text


@pytest.mark.parametrize("away", [MyDocuments, ListArrivals])
def test_where_one_part_is_away_the_others_are_shown(
    browse: Browse, office: Office, monkeypatch: pytest.MonkeyPatch, away: type
) -> None:
    letter = registered(office)
    call = office.client.call

    def without(contract: type, *given: Any, **more: Any) -> Any:
        if contract is away:
            raise Unavailable()
        return call(contract, *given, **more)

    monkeypatch.setattr(office.client, "call", without)
    page = browse("clerk").open("/")
    assert page.status == 200
    assert "ลองเปิดหน้านี้ใหม่" in page.text
    assert any(link.startswith(f"/letters/{letter}") for link in page.links)
    assert browse("clerk").client.get("/work/count").text == "1"


def test_the_parts_are_asked_for_at_the_same_time(
    browse: Browse, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is answered before all have been asked."""
    clerk, call = browse("clerk"), office.client.call
    clerk.open("/")
    together = Barrier(3, timeout=10)

    def held(contract: type, *given: Any, **more: Any) -> Any:
        if contract in (MyTasks, MyDocuments, ListArrivals):
            together.wait()
        return call(contract, *given, **more)

    monkeypatch.setattr(office.client, "call", held)
    assert clerk.open("/").status == 200


def test_what_its_sender_made_void_is_not_to_be_registered(browse: Browse, office: Office) -> None:
    document = sent(office)
    post(office, "clerk", f"/api/documents/{document}/cancellation", reason="วันที่ผิด")
    settled(office)
    page = browse("school").open("/")
    assert "ผู้ส่งยกเลิกเลข วันที่ผิด" in page.text
    assert f"/letters/tray/{waiting(office)[0]['id']}" in page.links
    assert "one" not in page.form_named("marked").fields
