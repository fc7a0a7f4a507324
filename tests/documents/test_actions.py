"""What the register says of a letter: การปฏิบัติ and หมายเหตุ, wherever the letter stands."""

from typing import Any

import pytest

from gateway.documents.actions import action, people_in, register_row, remark

OFFICER = "0190a8a0-0000-7000-8000-000000000001"
NAMES = {OFFICER: "นางสาวปราณี ใจดี"}


def work(name: str, state: str, **more: Any) -> dict[str, Any]:
    nothing = {"group": name, "lead": True, "year": None, "number": None, "officer": None}
    return {**nothing, "name": name, "state": state, "due": None, **more}


def letter(**more: Any) -> dict[str, Any]:
    return {
        "number": 7,
        "received_at": "2026-02-15T17:30:00+00:00",
        "reference": "ศธ 04001/ว 12",
        "dated": "2026-02-10",
        "sender": "สพฐ.",
        "recipient": "ผอ.สพท.",
        "subject": "เรื่อง",
        "urgency": "normal",
        "state": "registered",
        "stage": None,
        "order": None,
        "schools": False,
        "groups": [],
        "defect": "",
        "note": "",
        "ended_by": "",
        "answered": "",
    } | more


PLAN = work("กลุ่มนโยบายและแผน", "in_progress", number=12, officer=OFFICER)
FINANCE = work("กลุ่มการเงิน", "ordered", lead=False)

ACTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "just registered": (letter(), ""),
    "on its way": (letter(state="proposed", stage="deputy"), "เสนอรองผู้อำนวยการ"),
    "sent back": (letter(state="returned"), "ส่งกลับให้เสนอใหม่"),
    "one group": (
        letter(state="ordered", order="act", groups=[PLAN]),
        "กลุ่มนโยบายและแผน รับที่ 12 นางสาวปราณี ใจดี กำลังดำเนินการ",
    ),
    "two groups": (
        letter(state="ordered", order="act", groups=[PLAN, FINANCE], schools=True),
        "กลุ่มนโยบายและแผน รับที่ 12 นางสาวปราณี ใจดี (เจ้าของเรื่อง) กำลังดำเนินการ; กลุ่มการเงิน รอลงรับ; แจ้งโรงเรียน",
    ),
    "nothing to do": (letter(state="closed", order="inform"), "ทราบ"),
    "told a group": (
        letter(state="closed", order="inform", groups=[work("กลุ่มการเงิน", "closed")]),
        "ทราบ; กลุ่มการเงิน เสร็จสิ้น",
    ),
    "filed": (letter(state="closed", order="file"), "เก็บ"),
    "sent on": (
        letter(state="forwarded", ended_by="สพม.เชียงใหม่: จ่าหน้าผิด"),
        "ส่งต่อ สพม.เชียงใหม่: จ่าหน้าผิด",
    ),
    "answered": (
        letter(state="closed", order="inform", answered="ส่งออกโดยหนังสือที่ 5\nส่งออกโดยหนังสือที่ 6"),
        "ทราบ; ส่งออกโดยหนังสือที่ 5; ส่งออกโดยหนังสือที่ 6",
    ),
    "void": (letter(state="cancelled", ended_by="ลงซ้ำ"), ""),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_what_became_of_it(name: str) -> None:
    row, expected = ACTIONS[name]
    assert action(row, NAMES) == expected


def test_a_person_whose_name_is_not_known_is_left_out() -> None:
    row = letter(state="ordered", order="act", groups=[PLAN, FINANCE])
    assert list(people_in(row)) == [OFFICER]
    assert "  " not in action(row, {})


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (letter(), ""),
        (letter(note="ส่งทางไปรษณีย์", defect="ไม่มีสิ่งที่ส่งมาด้วย"), "ข้อบกพร่อง: ไม่มีสิ่งที่ส่งมาด้วย; ส่งทางไปรษณีย์"),
        (letter(state="cancelled", ended_by="ลงซ้ำ", note="ฉบับที่ 2"), "ยกเลิกเลข: ลงซ้ำ; ฉบับที่ 2"),
    ],
)  # fmt: skip
def test_remarks(row: dict[str, Any], expected: str) -> None:
    assert remark(row) == expected


def test_a_row_of_the_printed_register() -> None:
    row = register_row(letter(state="cancelled", ended_by="ลงซ้ำ", urgency="most_urgent"), NAMES)
    assert row["cancelled"] is True
    assert row["urgency"] == "ด่วนที่สุด"
    assert row["received_at"].isoformat() == "2026-02-15T17:30:00+00:00"
    assert row["dated"].isoformat() == "2026-02-10"
    assert register_row(letter(dated=None), NAMES)["dated"] is None
