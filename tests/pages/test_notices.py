"""Notifications, the bell, preferences, mail and the streams behind open pages."""

from collections.abc import Callable

import msgspec
import pytest

from tests.api.office import Office
from tests.pages.browsing import Browser
from tests.pages.test_rooms import ask_for

Browse = Callable[[str], Browser]


@pytest.fixture
def told(browse: Browse, office: Office) -> None:
    """The head of general administration has been told of a request for a room."""
    clerk = browse("clerk")
    clerk.send(clerk.open("/rooms/new").form("capacity"), name="ห้องผาสุก", capacity="20")
    ask_for(browse("officer"))
    office.settle()


@pytest.mark.usefixtures("told")
def test_a_notification_rings_opens_and_is_read(browse: Browse) -> None:
    head = browse("centralhead")
    assert head.open("/bell").text == "1"
    page = head.open("/notifications")
    assert "ใหม่" in page.text
    page = head.send(page.form("link"))
    assert head.at.startswith("/bookings/")
    assert head.open("/bell").text == ""
    assert "อ่านครบแล้ว" in head.open("/notifications?unread=true").text


@pytest.mark.usefixtures("told")
def test_all_are_read_by_one_press(browse: Browse) -> None:
    head = browse("centralhead")
    page = head.open("/notifications")
    form = next(form for form in page.forms if form.action == "/notifications/read")
    assert "ทำเครื่องหมายว่าอ่านแล้ว 1 รายการ" in head.send(form).text
    assert head.open("/bell").text == ""


def test_whoever_was_told_nothing_sees_what_will_be_there(browse: Browse) -> None:
    assert "ยังไม่มีการแจ้งเตือน" in browse("finance").open("/notifications").text


def test_what_is_told_is_a_matter_of_choice(browse: Browse) -> None:
    officer = browse("officer")
    form = officer.open("/settings/notifications").form("told")
    fewer = [one for one in form.fields["told"] if not one.startswith("booking_decided")]
    assert len(fewer) == len(form.fields["told"]) - 2
    page = officer.send(form, told=fewer)
    assert "บันทึกแล้ว" in page.text
    assert page.form("told").fields["told"] == fewer


def test_mail_is_the_administrator_s_business(browse: Browse) -> None:
    assert "ยังไม่ได้ตั้งค่าการส่งอีเมล" in browse("admin").open("/settings/mail").text
    assert browse("officer").open("/settings/mail").status == 403
    assert "/settings/mail" not in browse("officer").open("/settings").links
    assert "/settings/mail" in browse("admin").open("/settings").links


def test_the_steps_of_letters_are_set_by_whom_they_are_up_to(browse: Browse) -> None:
    admin = next(who for who in ("admin", "director") if _may_set(browse, who))
    browser = browse(admin)
    form = browser.open("/settings/routing").form("unattended_days")
    page = browser.send(form, deputy=None, unattended_days="๕")
    assert "มีผลกับหนังสือที่ลงทะเบียนจากนี้ไป" in page.text
    assert page.form("unattended_days").fields["deputy"] == []
    assert page.form("unattended_days").fields["unattended_days"] == ["5"]
    assert not _may_set(browse, "officer")


def _may_set(browse: Browse, who: str) -> bool:
    page = browse(who).open("/settings/routing")
    return any("unattended_days" in form.fields for form in page.forms)


def test_an_open_page_hears_of_its_own_topics_alone(browse: Browse, office: Office) -> None:
    officer, me = browse("officer"), office.known.people["officer"]
    response = officer.client.get(f"/live?topics=bell:{me}", buffered=False)
    assert response.mimetype == "text/event-stream"
    events = response.response
    assert next(iter(events)) == b"retry: 5000\n\n"
    office.parts.live.tell(f"bell:{office.known.people['head']}")
    office.parts.live.tell(f"bell:{me}")
    head, _, data = next(iter(events)).partition(b"\ndata: ")
    assert head == b"event: moved"
    assert msgspec.json.decode(data) == {f"bell:{me}": None}
    office.parts.live.stop()
    assert list(events) == []
    response.close()


def test_nobody_listens_to_another_s_bell(browse: Browse, office: Office) -> None:
    officer, head = browse("officer"), office.known.people["head"]
    assert officer.open(f"/live?topics=bell:{head}").status == 403
    assert officer.open("/live?topics=diary:x").status == 404
    assert officer.open("/live").status == 404
