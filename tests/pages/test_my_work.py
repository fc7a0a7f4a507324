"""My work: what waits for whom, what is late, and the steps that one press takes."""

from collections.abc import Callable

from tests.api.office import Office
from tests.pages.browsing import Browser
from tests.pages.letters import do, later, ordered, received, registered

Browse = Callable[[str], Browser]


def test_an_empty_tray_says_what_will_appear(browse: Browse) -> None:
    page = browse("director").open("/")
    assert "ไม่มีเรื่องรอคุณ" in page.text
    assert "/letters/new" not in page.links
    assert "/letters/new" in browse("clerk").open("/").links


def test_an_administrator_who_reads_no_letters_is_sent_to_the_people(browse: Browse) -> None:
    browser = browse("admin")
    browser.open("/")
    assert browser.at == "/people"


def test_a_letter_waits_for_one_after_the_other(browse: Browse, office: Office) -> None:
    letter = registered(office)
    assert "รอคุณ 1 เรื่อง" in browse("clerk").open("/").text
    do(browse("clerk"), letter, "propose_letter", text="เพื่อโปรดพิจารณา")
    assert "ไม่มีเรื่องรอคุณ" in browse("clerk").open("/").text
    page = browse("deputy").open("/")
    assert f"/letters/{letter}?do=endorse_letter#offers" in page.links
    assert "เกษียน 1" in page.text


def test_what_is_late_stands_first_and_says_by_how_much(browse: Browse, office: Office) -> None:
    plan, officer = office.known.groups["plan"], office.known.people["officer"]
    for subject, due in (("ยังไม่ถึงกำหนด", "27 ก.พ. 69"), ("เลยกำหนดแล้ว", "17 ก.พ. 69")):
        letter = received(office, subject=subject, reference=subject)
        do(browse("head"), letter, f"assign_letter.{plan}", officer=officer, due=due)
    later(office, 4, "officer")
    page = browse("officer").open("/")
    assert "ช้า 1 เรื่อง · รอคุณ 2 เรื่อง" in page.text
    assert "ช้า 3 วัน" in page.text
    assert page.text.index("เลยกำหนดแล้ว") < page.text.index("ยังไม่ถึงกำหนด")


def test_kinds_are_counted_and_filtered(browse: Browse, office: Office) -> None:
    first = ordered(office, subject="รอลงรับ", reference="1")
    second = received(office, subject="รอมอบหมาย", reference="2")
    head = browse("head")
    page = head.open("/")
    assert "ลงรับเข้ากลุ่ม 1" in page.text
    assert "มอบหมาย 1" in page.text
    page = head.open("/?kind=assign")
    assert f"/letters/{second}" in page.links
    assert f"/letters/{first}" not in page.links
    assert "ลงรับเข้ากลุ่ม 1" in page.text
    assert "ไม่มีงานประเภทนี้รออยู่" in head.open("/?kind=report").text
    assert head.open("/?kind=dance").status == 422


def test_several_are_marked_and_done_at_once(browse: Browse, office: Office) -> None:
    letters = [ordered(office, reference=str(number)) for number in range(3)]
    clerk = browse("groupclerk")
    form = clerk.open("/").form("task")
    plan = office.known.groups["plan"]
    tasks = [f"receive:{letter}:{plan}" for letter in letters[:2]]
    events = office.counts()
    page = clerk.send(form, task=tasks)
    assert "ทำแล้ว 2 เรื่อง" in page.text
    assert "รอคุณ 1 เรื่อง" in page.text
    again = clerk.send(form, task=tasks)  # the button pressed twice
    assert "ทำแล้ว 2 เรื่อง" in again.text
    assert office.counts()["correspondence"] == events["correspondence"] + 2


def test_a_row_s_own_button_does_that_row_alone(browse: Browse, office: Office) -> None:
    letters = [ordered(office, reference=str(number)) for number in range(2)]
    clerk, plan = browse("groupclerk"), office.known.groups["plan"]
    form = clerk.open("/").form("task")
    one, other = (f"receive:{letter}:{plan}" for letter in letters)
    page = clerk.send(form, task=[other], one=one)
    assert "ทำแล้ว 1 เรื่อง" in page.text
    assert f"/letters/{letters[0]}" not in page.links
    assert f"/letters/{letters[1]}" in page.links


def test_what_cannot_be_done_is_said(browse: Browse, office: Office) -> None:
    letter = ordered(office)
    plan = office.known.groups["plan"]
    clerk = browse("groupclerk")
    form = clerk.open("/").form_named("marked")
    do(browse("head"), letter, f"receive_by_group.{plan}")
    page = clerk.send(form, one=f"receive:{letter}:{plan}")
    assert "ทำแล้ว 0 เรื่อง · ทำไม่ได้ 1 เรื่อง" in page.text
    assert "ยังไม่ได้เลือกเรื่อง" in clerk.send(form, task=[]).text
    before = office.counts()
    for forged in ("order:x:y", "receive", f"receive:{letter}", "receive:x:y:z", ":::"):
        assert clerk.send(form, one=forged).status == 200
    assert office.counts() == before


def test_the_tray_survives_a_service_that_is_away(browse: Browse, office: Office) -> None:
    browser = browse("clerk")
    browser.open("/")
    with office.client.without("correspondence"):
        page = browser.open("/")
    assert page.status == 503
    assert "ระบบส่วนนี้ยังไม่พร้อม" in page.text
