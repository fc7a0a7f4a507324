"""Letters as the people of the small office work on them: by the forms of pages, or quickly by the API."""

import io
from typing import Any

import PIL.Image

from tests.api.office import Office
from tests.pages.browsing import Browser, Page

COLUMNS = {
    "reference": "ศธ 04001/ว 123",
    "dated": "13 ก.พ. 69",
    "sender": "สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน",
    "recipient": "ผู้อำนวยการสำนักงาน",
    "subject": "การจัดสรรงบประมาณค่าอาหารกลางวันนักเรียน",
}


def post(office: Office, who: str, address: str, **body: Any) -> Any:
    answer = office.as_(who).post(address, json=body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json


def registered(office: Office, who: str = "clerk", **columns: Any) -> str:
    """A letter in the register; its id."""
    body = COLUMNS | {"dated": "2026-02-13"} | columns
    id: str = post(office, who, "/api/letters", **body)["id"]
    return id


def proposed(office: Office, **columns: Any) -> str:
    """A letter that lies with the director."""
    letter = registered(office, **columns)
    post(office, "clerk", f"/api/letters/{letter}/proposals", text="เพื่อโปรดพิจารณา")
    post(office, "deputy", f"/api/letters/{letter}/endorsements")
    return letter


def ordered(office: Office, due: str | None = None, **columns: Any) -> str:
    """A letter that the director gave to the group of plans."""
    letter = proposed(office, **columns)
    order = {"kind": "act", "lead": office.known.groups["plan"], "text": "ดำเนินการ", "due": due}
    post(office, "director", f"/api/letters/{letter}/orders", **order)
    return letter


def received(office: Office, **columns: Any) -> str:
    """One that the group has in its own register."""
    letter = ordered(office, **columns)
    plan = office.known.groups["plan"]
    post(office, "groupclerk", f"/api/letters/{letter}/groups/{plan}/receipts")
    return letter


def do(browser: Browser, letter: str, name: str, **values: Any) -> Page:
    """Send the form `name` (`propose_letter`, `assign_letter.<group>`) of the letter's page."""
    page = browser.open(f"/letters/{letter}")
    return browser.send(page.form_named(name), **values)


def offered(page: Page) -> set[str]:
    """What the page offers to do, by method."""
    found = (form.fields.get("form", [""])[0] for form in page.forms)
    return {name.partition(".")[0] for name in found if name}


def later(office: Office, days: int, *people: str) -> None:
    """Some days later, when these people have logged in anew."""
    office.clock.advance(days=days)
    for who in people:
        office.known.tokens[who] = office.log_in(who)


def pdf(pages: int = 1) -> bytes:
    """A PDF of some blank pages."""
    sheets = [PIL.Image.new("RGB", (60, 80), "white") for _ in range(pages)]
    made = io.BytesIO()
    sheets[0].save(made, "PDF", save_all=True, append_images=sheets[1:])
    return made.getvalue()
