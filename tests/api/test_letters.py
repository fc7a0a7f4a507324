"""A letter's whole way (W1) through the API, and the files that come of it."""

import csv
from contextvars import copy_context
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pypdfium2
import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from tests.api.answers import problem
from tests.api.letters import LETTER, do, ordered, pdf, registered
from tests.api.office import Office


def tasks(office: Office, who: str) -> list[str]:
    return [one["kind"] for one in office.as_(who).get("/api/tasks").json["items"]]


def words(content: bytes) -> str:
    """What stands in a PDF."""
    pages = pypdfium2.PdfDocument(content)
    return "".join(page.get_textpage().get_text_range() for page in pages).replace("\r\n", "")


def told(office: Office, who: str) -> list[str]:
    """The kinds of this person's notifications, newest first."""
    office.settle()
    return [one["kind"] for one in office.as_(who).get("/api/notifications").json["items"]]


def test_from_registration_to_closing(office: Office) -> None:
    scan = office.upload("clerk", pdf(), "หนังสือ.pdf")
    answer = office.as_("clerk").post("/api/letters", json=LETTER | {"uploads": [scan]})
    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    letter = answer.headers["Location"]
    assert letter == f"/api/letters/{answer.json['id']}"
    assert (answer.json["year"], answer.json["number"]) == (2569, 1)
    assert tasks(office, "clerk") == ["propose"]

    def step(who: str, path: str, **body: Any) -> dict[str, Any]:
        """Take a step upon the version that this person sees; each moves the ETag on."""
        seen = office.as_(who).get(letter)
        assert seen.status_code == 200
        answer = office.as_(who).post(
            f"{letter}/{path}", json=body, headers={"If-Match": seen.headers["ETag"]}
        )
        assert answer.status_code == 200, answer.text
        assert answer.headers["ETag"] == f'"{answer.json["version"]}"'
        assert answer.json["version"] > seen.json["version"]
        found: dict[str, Any] = answer.json
        return found

    step("clerk", "proposals", text="เห็นควรมอบกลุ่มนโยบายและแผน")
    assert tasks(office, "deputy") == ["endorse"]
    assert told(office, "deputy") == ["letter_proposed"]
    step("deputy", "endorsements", text="เห็นชอบตามเสนอ")
    assert tasks(office, "director") == ["order"]
    plan, officer = office.known.groups["plan"], office.known.people["officer"]
    step("director", "orders", kind="act", text="ดำเนินการ", lead=plan, due="2026-02-20")
    assert tasks(office, "groupclerk") == ["receive"]
    assert told(office, "head") == ["letter_ordered"]
    received = step("groupclerk", f"groups/{plan}/receipts")
    assert (received["year"], received["number"]) == (2569, 1)
    step("head", f"groups/{plan}/assignments", officer=officer, text="จัดทำแผน", due="2026-02-19")
    assert tasks(office, "officer") == ["acknowledge"]
    assert told(office, "officer") == ["letter_assigned"]
    step("officer", f"groups/{plan}/acknowledgements")
    step("officer", f"groups/{plan}/progress-notes", text="ประสานโรงเรียนแล้ว")
    report = office.upload("officer", pdf(), "รายงาน.pdf")
    step("officer", f"groups/{plan}/results", text="แจ้งทุกโรงเรียนแล้ว", uploads=[report])
    assert tasks(office, "head") == ["close"]
    step("head", f"groups/{plan}/closure")

    closed = office.as_("clerk").get(letter).json
    assert closed["state"] == "closed"
    assert closed["actions"] == []
    assert all(tasks(office, who) == [] for who in ("clerk", "director", "head", "officer"))
    assert [one["version"] for one in closed["history"]] == list(range(1, closed["version"] + 1))
    assert [one["signature"] for one in closed["chain"] if one["event"] == "LetterOrdered"] == [
        ["ผู้อำนวยการสำนักงาน"]
    ]


def test_what_was_seen_before_is_not_sent_again(office: Office) -> None:
    letter = registered(office)
    seen = office.as_("clerk").get(letter)
    again = office.as_("clerk").get(letter, headers={"If-None-Match": seen.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    upon = office.as_("clerk").get(letter, headers={"If-Match": '"99"'})
    assert upon.status_code == 200


def test_a_list_is_read_page_by_page(office: Office) -> None:
    for number in range(5):
        registered(office, subject=f"เรื่องที่ {number}")
    numbers: list[int] = []
    address = "/api/letters?limit=2&sort=number"
    cursor = ""
    while cursor is not None:
        page = office.as_("clerk").get(address + (f"&cursor={cursor}" if cursor else "")).json
        assert page["total"] == 5
        numbers += [one["number"] for one in page["items"]]
        cursor = page["next"]
    assert numbers == [1, 2, 3, 4, 5]


def test_a_program_begins_and_ends_its_session(office: Office) -> None:
    api = office.app.test_client()
    body = {"username": "clerk", "password": "ผิดแน่นอน"}
    problem(api.post("/api/tokens", json=body), 401, "wrong-password")
    token = office.token("clerk")
    headers = {"Authorization": f"Bearer {token}"}
    assert api.get("/api/me", headers=headers).json["username"] == "clerk"
    assert api.delete("/api/tokens/current", headers=headers).status_code == 204
    problem(api.get("/api/me", headers=headers), 401, "unauthenticated")


class TestDownloads:
    @pytest.fixture
    def letter(self, office: Office) -> str:
        scan = office.upload("clerk", pdf(), "หนังสือ ที่ 1.pdf")
        return ordered(office, uploads=[scan], urgency="urgent", note="=1+1")

    def test_an_attachment_is_kept_from_running(self, office: Office, letter: str) -> None:
        file = office.as_("clerk").get(letter).json["files"][0]
        answer = office.as_("clerk").get(f"{letter}/attachments/{file['id']}", buffered=True)
        assert answer.data == pdf()
        assert answer.content_type == "application/pdf"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert "sandbox" in answer.headers["Content-Security-Policy"]

    def test_part_of_an_attachment(self, office: Office, letter: str) -> None:
        file = office.as_("clerk").get(letter).json["files"][0]
        address = f"{letter}/attachments/{file['id']}"
        answer = office.as_("clerk").get(address, headers={"Range": "bytes=0-4"}, buffered=True)
        assert (answer.status_code, answer.data) == (206, b"%PDF-")
        beyond = office.as_("clerk").get(address, headers={"Range": "bytes=999999-"})
        problem(beyond, 400, "malformed")

    @pytest.mark.parametrize("what", ["attachments/{id}", "stamp.svg", "stamped.pdf"])
    def test_whoever_may_not_read_the_letter_gets_none_of_it(
        self, office: Office, letter: str, what: str
    ) -> None:
        id = office.as_("clerk").get(letter).json["files"][0]["id"]
        for who in ("finance", "admin", "school"):
            problem(office.as_(who).get(f"{letter}/{what.format(id=id)}"), 404, "not-found")

    def test_the_stamp(self, office: Office, letter: str) -> None:
        answer = office.as_("clerk").get(f"{letter}/stamp.svg")
        assert answer.content_type == "image/svg+xml"
        assert b"<svg" in answer.data

    @pytest.mark.parametrize("attached", [True, False])
    def test_the_first_page_stamped(self, office: Office, letter: str, attached: bool) -> None:
        if not attached:
            letter = registered(office)
        number = office.as_("clerk").get(letter).json["number"]
        answer = office.as_("clerk").get(f"{letter}/stamped.pdf")
        assert answer.content_type == "application/pdf"
        assert len(pypdfium2.PdfDocument(answer.data)) == 1
        assert f"เลขรับ {number}" in words(answer.data)

    def test_the_register_as_a_workbook(self, office: Office, letter: str) -> None:
        answer = office.as_("clerk").get("/api/letters/register.xlsx?year=2569")
        rows = list(openpyxl.load_workbook(BytesIO(answer.data)).active.values)
        assert "พ.ศ. 2569" in rows[1][0]
        assert rows[3][0] == 1
        assert rows[3][5] == LETTER["subject"]
        assert rows[3][6] == "กลุ่มนโยบายและแผน รอลงรับ"
        assert answer.headers["Content-Disposition"].startswith("attachment;")

    def test_the_register_as_csv(self, office: Office, letter: str) -> None:
        answer = office.as_("clerk").get("/api/letters/register.csv")
        assert answer.data.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(StringIO(answer.data.decode("utf-8-sig"))))
        assert rows[1][0] == "1"
        assert rows[1][7] == "'=1+1"

    def test_the_register_as_csv_is_sent_by_another_thread_than_began_it(
        self, office: Office, letter: str
    ) -> None:
        asked = EnvironBuilder(
            path="/api/letters/register.csv",
            headers={"Authorization": f"Bearer {office.token('clerk')}"},
        ).get_environ()
        answer = copy_context().run(Response.from_app, office.app, asked)
        assert LETTER["subject"] in b"".join(answer.iter_encoded()).decode("utf-8-sig")

    def test_the_register_on_paper(self, office: Office, letter: str) -> None:
        answer = office.as_("clerk").get("/api/letters/register.pdf?q=ฝุ่น")
        assert "เฉพาะรายการที่ค้นหา" in words(answer.data)
        assert LETTER["subject"] in words(answer.data)

    def test_the_register_is_whole_however_long(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gateway.api.downloads.ROWS_AT_ONCE", 2)
        for _ in range(5):
            registered(office)
        rows = office.as_("clerk").get("/api/letters/register.csv").text.splitlines()
        assert [row.split(",")[0] for row in rows[1:]] == ["1", "2", "3", "4", "5"]

    def test_a_name_that_is_assigned_stands_in_the_register(
        self, office: Office, letter: str
    ) -> None:
        work = f"{letter}/groups/{office.known.groups['plan']}"
        do(office, "groupclerk", f"{work}/receipts")
        do(office, "head", f"{work}/assignments", officer=office.known.people["officer"])
        text = office.as_("clerk").get("/api/letters/register.csv").text
        assert "กลุ่มนโยบายและแผน รับที่ 1 นายทำ ทดสอบ มอบหมายแล้ว" in text

    def test_nothing_of_the_register_is_sent_where_it_cannot_be_read(self, office: Office) -> None:
        registered(office)
        with office.client.without("correspondence"):
            answer = office.as_("clerk").get("/api/letters/register.csv")
            problem(answer, 503, "unavailable")
        problem(office.as_("clerk").get("/api/letters/register.csv?limit=1"), 422, "invalid")
