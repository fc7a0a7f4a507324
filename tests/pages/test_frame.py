"""What stands around every page, and coming and going."""

from collections.abc import Callable

import pytest

from tests.api.office import PASSWORD, Office
from tests.pages.browsing import Browser
from tests.pages.letters import registered

Browse = Callable[[str], Browser]


def test_a_stranger_is_asked_to_log_in_and_comes_back_to_where_they_went(stranger: Browser) -> None:
    page = stranger.open("/rooms?view=day")
    assert stranger.at == "/login?next=%2Frooms%3Fview%3Dday"
    page = stranger.send(page.form("username"), username="officer", password=PASSWORD + "officer")
    assert stranger.at == "/rooms?view=day"
    assert "นายทำ ทดสอบ" in page.text


def test_the_log_in_page_stands_under_the_name_of_the_office(
    stranger: Browser, office: Office
) -> None:
    assert "สำนักงานเขตพื้นที่การศึกษาทดสอบ" in stranger.open("/login").text


def test_the_log_in_page_opens_where_nobody_can_say_whose_it_is(
    stranger: Browser, office: Office
) -> None:
    with office.client.without("personnel"):
        page = stranger.open("/login")
    assert page.status == 200
    assert "สำนักงานเขตพื้นที่การศึกษาทดสอบ" not in page.text
    assert page.form("username", "password")


def test_the_page_does_not_give_away_sample_log_ins(stranger: Browser) -> None:
    assert "sample" not in stranger.open("/login").response.text


def test_a_wrong_password_keeps_the_name_and_says_which_is_wrong_of_neither(
    stranger: Browser,
) -> None:
    form = stranger.open("/login").form("username")
    page = stranger.send(form, username="officer", password="ผิด")
    assert page.status == 401
    assert "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง" in page.text
    kept = page.form("username").fields
    assert kept["username"] == ["officer"]
    assert kept["password"] == [""]


def test_log_in_leads_to_no_other_site(stranger: Browser) -> None:
    for address in ("//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x"):
        page = stranger.open(f"/login?next={address}")
        assert page.form("username").fields["next"] == ["/"]


def test_log_out_ends_the_session(browse: Browse) -> None:
    browser = browse("officer")
    page = browser.open("/settings")
    form = next(form for form in page.forms if form.action == "/logout")
    browser.send(form)
    assert browser.at == "/login"
    browser.open("/settings")
    assert browser.at.startswith("/login")


@pytest.mark.parametrize(
    ("who", "places"),
    [
        ("clerk", {"/rooms", "/standards", "/settings"}),
        ("director", {"/rooms", "/standards", "/settings"}),
        ("school", {"/rooms", "/standards", "/settings"}),
        ("admin", {"/rooms", "/people", "/settings"}),
    ],
)
def test_the_rail_offers_what_one_may_use(browse: Browse, who: str, places: set[str]) -> None:
    links = set(browse(who).open("/settings").links)
    assert links & {"/rooms", "/standards", "/people", "/settings"} == places


def test_a_form_without_the_session_s_token_does_nothing(browse: Browse, office: Office) -> None:
    browser = browse("clerk")
    form = browser.open("/rooms/new").form("capacity")
    before = office.counts()
    page = browser.send(form, name="ห้องเล็ก", capacity="10", csrf="forged")
    assert page.status == 403
    assert office.counts() == before


def test_a_password_that_another_chose_is_changed_before_anything_else(
    stranger: Browser, office: Office
) -> None:
    officer = office.known.people["officer"]
    reset = {"password": "chosen by another"}
    answer = office.as_("admin").post(f"/api/people/{officer}/account/password", json=reset)
    assert answer.status_code == 200, answer.text
    log_in = {"username": "officer", "password": "chosen by another"}
    assert office.app.test_client().post("/api/tokens", json=log_in).json["must_change_password"]

    stranger.send(stranger.open("/login").form("username"), **log_in)
    for address in ("/", "/letters", "/settings"):
        page = stranger.open(address)
        assert stranger.at == "/settings/password"
        assert "กรุณาตั้งรหัสผ่านของคุณเองก่อนเริ่มงาน" in page.text
    part = stranger.client.get("/letters", headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"] == "/settings/password"
    new = {"new": "my own password", "again": "my own password"}
    stranger.send(page.form("current"), current="chosen by another", **new)
    stranger.open("/letters")
    assert stranger.at == "/letters"


def test_english_by_the_switch_and_thai_again(browse: Browse) -> None:
    browser = browse("officer")
    page = browser.open("/settings")
    assert "ตั้งค่า" in page.text
    form = next(form for form in page.forms if form.action == "/language")
    english = browser.send(form, language="en")
    assert browser.at == "/settings"
    assert 'lang="en"' in english.response.text
    assert "Settings" in english.text
    assert "ตั้งค่า" not in english.text
    form = next(form for form in english.forms if form.action == "/language")
    assert "ตั้งค่า" in browser.send(form, language="th").text


def test_one_may_act_from_one_post_alone(browse: Browse, office: Office) -> None:
    browser, known = browse("deputy"), office.known
    browser.client.set_cookie("amnuay_post", known.posts["deputy"])
    assert browser.open("/settings").status == 200
    response = browser.client.post("/acting-from", data={"post": known.posts["director"]})
    assert response.status_code == 403  # without the token of the form
    visitor = office.parts.sessions.visitor(office.token("deputy"), None, True)
    data = {"post": known.posts["director"], "csrf": visitor.csrf}
    assert browser.client.post("/acting-from", data=data).status_code == 404


def test_whoever_acts_in_a_school_works_there_by_choosing_that_post(
    browse: Browse, office: Office
) -> None:
    known = office.known
    body = {
        "person": known.people["deputy"],
        "capacity": "acting",
        "first_day": "2026-02-16",
        "order": "คำสั่งที่ 6/2569",
    }
    answer = office.as_("admin").post(f"/api/posts/{known.posts['school']}/actings", json=body)
    assert answer.status_code == 200, answer.text
    theirs = registered(office, subject="ของสำนักงาน")
    office.clock.advance(minutes=1)
    deputy = browse("deputy")
    page = deputy.open("/letters")
    assert f"/letters/{theirs}" in page.links
    switch = next(form for form in page.forms if form.action == "/acting-from")
    deputy.send(switch, post=known.posts["school"])
    page = deputy.open("/letters")
    assert "โรงเรียนทดสอบ" in page.text
    assert f"/letters/{theirs}" not in page.links
    assert "/letters/new" in page.links  # a school's clerk registers
    switch = next(form for form in page.forms if form.action == "/acting-from")
    deputy.send(switch, post="")
    assert f"/letters/{theirs}" in deputy.open("/letters").links


def test_what_is_not_there_says_so_in_the_frame(browse: Browse) -> None:
    page = browse("clerk").open("/nothing")
    assert page.status == 404
    assert "ไม่พบหน้านี้" in page.text
    assert "นายรับ ทดสอบ" in page.text


def test_a_service_that_is_down_says_so_and_when_to_try(browse: Browse, office: Office) -> None:
    browser = browse("clerk")
    with office.client.without("resources"):
        page = browser.open("/rooms")
    assert page.status == 503
    assert page.response.headers["Retry-After"] == "10"
    assert "ลองใหม่ใน 10 วินาที" in page.text
    assert browser.open("/rooms").status == 200


def test_the_page_of_what_is_down_needs_no_service(stranger: Browser, office: Office) -> None:
    stranger.client.set_cookie("amnuay_session", "a session that nobody has seen before")
    with office.client.without("personnel"):
        page = stranger.open("/rooms")
    assert page.status == 503
    assert "ระบบส่วนนี้ยังไม่พร้อม" in page.text


def test_pages_run_no_script_and_style_of_the_page_itself(browse: Browse) -> None:
    text = browse("clerk").open("/rooms").response.text
    assert " style=" not in text
    assert " onclick=" not in text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("15 ก.พ. 69", "= วันอาทิตย์ที่ 15 กุมภาพันธ์ 2569"),
        ("๑๕/๒/๒๕๖๙", "= วันอาทิตย์ที่ 15 กุมภาพันธ์ 2569"),
        ("วันนี้", "= วันจันทร์ที่ 16 กุมภาพันธ์ 2569"),
        ("30 ก.พ. 69", "ไม่มีวันที่ 30 กุมภาพันธ์ 2569 ในปฏิทิน"),
        ("<b>", "อ่านวันที่ไม่ได้"),
        ("", ""),
    ],
)
def test_a_day_is_understood_while_it_is_typed(browse: Browse, typed: str, shown: str) -> None:
    response = browse("clerk").client.get("/understood/date", query_string={"day": typed})
    assert response.text.startswith(shown)
    assert response.mimetype == "text/plain"


def test_assets_are_kept_for_good_and_packed(office: Office, stranger: Browser) -> None:
    import re

    page = stranger.open("/login").response.text
    total = len(page.encode())
    for address in re.findall(r'(?:src|href)="(/assets/[^"]+)"', page):
        response = stranger.client.get(address, headers={"Accept-Encoding": "gzip"})
        assert response.status_code == 200, address
        assert "immutable" in response.headers["Cache-Control"]
        total += len(response.data)
    assert total < 150 * 1024
    for address in ("/assets/../app.py", "/assets/js/../../app.py", "/assets/nothing.js"):
        assert stranger.client.get(address).status_code == 404
