"""Letters for the tests of the API, and the ways to bring one to where a test begins."""

from io import BytesIO
from typing import Any

from pypdf import PdfWriter

from tests.api.office import Office

LETTER: dict[str, Any] = {
    "reference": "ศธ 04001/ว 12",
    "dated": "2026-02-10",
    "sender": "สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน",
    "recipient": "ผู้อำนวยการสำนักงาน",
    "subject": "การป้องกันและแก้ไขปัญหาฝุ่นละอองในสถานศึกษา",
}


def pdf() -> bytes:
    """A PDF of one blank page."""
    writer, made = PdfWriter(), BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(made)
    return made.getvalue()


def do(office: Office, who: str, path: str, **body: Any) -> dict[str, Any]:
    """POST, which must succeed; the answer."""
    answer = office.as_(who).post(path, json=body)
    assert answer.status_code in (200, 201), answer.get_data(as_text=True)
    found: dict[str, Any] = answer.json
    return found


def registered(office: Office, who: str = "clerk", **more: Any) -> str:
    """A letter that has just been registered; its address."""
    return f"/api/letters/{do(office, who, '/api/letters', **LETTER | more)['id']}"


def ordered(office: Office, **more: Any) -> str:
    """A letter that was ordered to the group `plan`; its address."""
    letter = registered(office, **more)
    do(office, "clerk", f"{letter}/proposals", text="เพื่อโปรดพิจารณา")
    do(office, "deputy", f"{letter}/endorsements")
    do(
        office,
        "director",
        f"{letter}/orders",
        kind="act",
        text="ดำเนินการ",
        lead=office.known.groups["plan"],
    )
    return letter
