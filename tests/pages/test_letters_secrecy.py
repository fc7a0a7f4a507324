"""Nothing of a letter is shown to those without right: not its page, files, pictures, numbers, or that it is."""

from collections.abc import Callable
from io import BytesIO
from urllib.parse import unquote

import openpyxl
import pypdfium2  # type: ignore[import-untyped]
import pytest

from infra import thai
from tests.api.office import Office
from tests.pages.browsing import Browser
from tests.pages.letters import ordered, pdf, registered

Browse = Callable[[str], Browser]
SUBJECT = "เรื่องที่ห้ามรู้"


@pytest.fixture
def secret(office: Office) -> tuple[str, str]:
    """A classified letter and its file."""
    upload = office.upload("registrar", pdf(), "ลับ.pdf")
    letter = registered(office, "registrar", subject=SUBJECT, secrecy="secret", uploads=[upload])
    file = office.as_("registrar").get(f"/api/letters/{letter}").json["files"][0]["id"]
    return letter, file


def ways(letter: str, file: str) -> list[str]:
    return [
        f"/letters/{letter}",
        f"/letters/{letter}/files/{file}",
        f"/letters/{letter}/files/{file}/pages/1?width=800",
        f"/letters/{letter}/stamp.svg",
        f"/letters/{letter}/stamped.pdf",
        f"/live?topics=letter:{letter}",
    ]


def test_the_registrar_sees_it_marked_in_words(browse: Browse, secret: tuple[str, str]) -> None:
    page = browse("registrar").open(f"/letters/{secret[0]}")
    assert "หนังสือชั้นความลับ: ลับ" in page.text
    assert SUBJECT in page.text
    assert 'class="on-letter secret"' in page.response.text
    for way in ways(*secret)[:-1]:
        assert browse("registrar").client.get(way, buffered=True).status_code == 200, way


@pytest.mark.parametrize(
    "who", ["clerk", "director", "deputy", "head", "auditor", "admin", "school"]
)
def test_nobody_else_can_learn_that_it_exists(
    browse: Browse, secret: tuple[str, str], who: str
) -> None:
    browser = browse(who)
    for way in ways(*secret):
        assert browser.client.get(way).status_code == 404, way
    for address in ("/letters", "/letters?year=all", "/letters?register=secret", "/search?q=ห้าม"):
        page = browser.open(address)
        assert secret[0] not in page.response.text
        assert SUBJECT not in page.response.text
    assert "ทะเบียนหนังสือลับ" not in browser.open("/letters").text


@pytest.mark.parametrize("kind", ["pdf", "xlsx", "csv"])
def test_the_register_of_classified_letters_goes_by_its_own_name(
    browse: Browse, office: Office, secret: tuple[str, str], kind: str
) -> None:
    registrar = browse("registrar")
    page = registrar.open("/letters?register=secret&year=2569")
    way = next(link for link in page.links if f"register.{kind}" in link)
    answer = registrar.client.get(way)
    name = unquote(answer.headers["Content-Disposition"].partition("filename*=UTF-8''")[2])
    assert name == f"ทะเบียนหนังสือลับ 2569.{kind}"
    if kind == "xlsx":
        rows = list(openpyxl.load_workbook(BytesIO(answer.data)).active.values)
        assert rows[0][0] == "ทะเบียนหนังสือลับ สำนักงานเขตพื้นที่การศึกษาทดสอบ"
        assert rows[3][5] == SUBJECT
    if kind == "pdf":
        text = pypdfium2.PdfDocument(answer.data)[0].get_textpage().get_text_range()
        assert thai.fold("ทะเบียนหนังสือลับ") in thai.fold(text)
        assert thai.fold("ทะเบียนหนังสือรับ") not in thai.fold(text)


def test_a_group_s_people_read_only_what_their_group_was_given(
    browse: Browse, office: Office
) -> None:
    theirs = ordered(office)
    other = registered(office, reference="อื่น", subject="ของกลุ่มอื่น")
    officer = browse("officer")
    assert officer.open(f"/letters/{other}").status == 404
    page = officer.open("/letters")
    assert "ของกลุ่มอื่น" not in page.text
    assert f"/letters/{theirs}" in page.links
    assert browse("finance").open(f"/letters/{theirs}").status == 404


def test_a_school_sees_nothing_of_the_office(browse: Browse, office: Office) -> None:
    letter = registered(office)
    school = browse("school")
    assert school.open(f"/letters/{letter}").status == 404
    assert "หนังสือที่ลงทะเบียนรับในปีนี้จะแสดงที่นี่" in school.open("/letters").text


def test_a_stranger_is_asked_to_log_in(office: Office, stranger: Browser) -> None:
    letter = registered(office)
    for address in ("/", "/letters", f"/letters/{letter}", "/search?q=x", "/letters/summary"):
        stranger.open(address)
        assert stranger.at.startswith("/login")
