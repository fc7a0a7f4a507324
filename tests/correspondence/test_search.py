"""Search: any part of what is written on a letter, however it is spelt."""

import pytest
from sqlalchemy import select

from services.correspondence.contract import (
    CloseGroupWork,
    CorrectRegistration,
    EndorseLetter,
    ForwardLetter,
    NoteProgress,
    ReportResult,
    ReturnByGroup,
    SendLetterBack,
    SendReportBack,
)
from services.correspondence.views import search
from services.correspondence.views.search import matches
from services.correspondence.views.tables import letters, texts
from tests.correspondence.office import (
    CLERK,
    DEPUTY,
    LETTER,
    OFFICE,
    PLAN,
    PLAN_CLERK,
    PLAN_HEAD,
    PLAN_OFFICER,
    SCHOOL_CLERK,
    Office,
    opened,
)
from tests.harness import fresh_database


def found(office: Office, q: str) -> list[int]:
    page = office.letters(CLERK, q=q, sort="number")
    numbers = [row["number"] for row in page["items"]]
    assert page["total"] == len(numbers)
    return numbers


def test_a_word_from_the_middle_of_a_subject_and_all_the_columns(office: Office) -> None:
    office.register(note="รอเอกสารตัวจริง", defect="ไม่มีสิ่งที่ส่งมาด้วย")
    office.register(
        subject="แผนปฏิบัติการ", sender="โรงเรียนบ้านเหนือ", recipient="กลุ่มแผน", reference="ที่ ๙๙/๒"
    )
    for q in ("ผู้บริหาร", "ประชุม", "ชิญประ", "ขั้นพื้นฐาน", "เอกสารตัว", "ส่งมาด้วย", "ว 123"):
        assert found(office, q) == [1], q
    for q in ("ปฏิบัติ", "บ้านเหนือ", "กลุ่มแผน", "99/2"):
        assert found(office, q) == [2], q
    assert found(office, "ผู้อำนวยการสำนัก") == [1]
    assert found(office, "โรงเรียน กลุ่ม") == [2]  # every word, wherever it stands
    assert found(office, "โรงเรียน ประชุม") == []
    assert found(office, "ไม่มีคำนี้") == []
    assert found(office, "   ") == [1, 2]
    assert office.letters(CLERK, q="ประชุม", year=2569)["total"] == 1
    assert office.letters(CLERK, q="ประชุม", year=2568)["total"] == 0
    assert office.letters(SCHOOL_CLERK, q="ประชุม")["total"] == 0
    assert found(office, "ด้วย/") == []  # columns do not run into one another


def test_numbers_as_they_are_written(office: Office) -> None:
    for _ in range(12):
        office.register(reference="")
    for q in ("12/2569", "๑๒/๒๕๖๙", "๑2/25๖9"):
        assert found(office, q) == [12]
    assert 12 in found(office, "12")
    assert found(office, "11/") == [11]


@pytest.mark.parametrize(
    "written", ["น\u0e49\u0e33ใจ", "น\u0e4d\u0e49\u0e32ใจ", "น\u0e49\u0e4d\u0e32ใจ"]
)
def test_either_spelling_of_sara_am_and_any_order_of_tone_marks(
    office: Office, written: str
) -> None:
    office.register(subject=f"การประจ\u0e33ปีเพื่อ{written}ไมตรี")
    for q in (
        "น\u0e49\u0e33ใจ",
        "น\u0e4d\u0e49\u0e32ใจ",
        "น\u0e33\u0e49ใจ",
        "ประจ\u0e4d\u0e32",
        "ประจ\u0e33ปี",
    ):
        assert found(office, q) == [1], q


def test_signs_that_mean_something_to_a_database(office: Office) -> None:
    office.register(subject=r"ส่วนลด 100% ตามแบบ ก_ข และ c:\temp ' \" ; --")
    office.register(subject="ส่วนลด 1000 ตามแบบ กxข")
    for q in ("100%", "ก_ข", r"c:\temp", "' \\\"", "--", "%", "_", "\\"):
        assert found(office, q) == [1], q
    for q in ("%ลด", "ส_วน", "100_"):
        assert found(office, q) == [], q


def test_what_was_written_on_its_way(office: Office) -> None:
    office.register(subject="อื่น")
    id = office.proposed()
    office.do(DEPUTY, EndorseLetter, id, text="เห็นชอบตามเสนอ")
    office.order(id, lead=PLAN, text="มอบกลุ่มแผนพิจารณา")
    other = office.proposed()
    office.do(DEPUTY, SendLetterBack, other, reason="ขอข้อมูลเพิ่มเติม")
    for q in ("เห็นควรมอบ", "นโยบาย"):
        assert found(office, q) == [2, 3]
    for q in ("ชอบตามเส", "แผนพิจารณา"):
        assert found(office, q) == [2]
    assert found(office, "ข้อมูลเพิ่ม") == [3]


def test_what_groups_wrote(office: Office) -> None:
    id = office.acknowledged()
    office.do(PLAN_OFFICER, NoteProgress, id, group=PLAN, text="โทรประสานแล้ว")
    office.do(PLAN_OFFICER, ReportResult, id, group=PLAN, text="จัดส่งแบบสรุป")
    office.do(PLAN_HEAD, SendReportBack, id, group=PLAN, reason="ขาดลายมือชื่อ")
    office.do(PLAN_OFFICER, ReportResult, id, group=PLAN, text="ลงนามครบ")
    office.do(PLAN_HEAD, CloseGroupWork, id, group=PLAN, text="เก็บเข้าแฟ้ม")
    back = office.ordered()
    office.do(PLAN_CLERK, ReturnByGroup, back, group=PLAN, reason="เป็นเรื่องของกลุ่มคลัง")
    away = office.register()
    office.do(CLERK, ForwardLetter, away, to="เทศบาลตำบล", reason="จ่าหน้าผิด")
    for q in ("ประสาน", "แบบสรุป", "ลายมือ", "ลงนามครบ", "เข้าแฟ้ม"):
        assert found(office, q) == [1], q
    assert found(office, "ของกลุ่มคลัง") == [2]
    assert found(office, "เทศบาล") == found(office, "จ่าหน้า") == [3]


def test_a_corrected_letter_is_found_by_what_it_says_now(office: Office) -> None:
    id = office.proposed()
    more = {"urgency": "normal", "deadline": None, "channel": "paper", "defect": "", "note": ""}
    wish = LETTER | more | {"subject": "ขอเลื่อนกำหนดการ", "reason": "พิมพ์ผิด"}
    office.do(CLERK, CorrectRegistration, id, **wish)
    assert found(office, "ผู้บริหาร") == []
    assert found(office, "เลื่อนกำหนด") == [1]
    assert found(office, "เห็นควรมอบ") == [1]
    assert found(office, "1/2569") == [1]


@pytest.mark.postgresql
@pytest.mark.parametrize("common", [0, search.COMMON])
def test_what_is_not_counted_is_found_all_the_same(
    office: Office, monkeypatch: pytest.MonkeyPatch, common: int
) -> None:
    monkeypatch.setattr(search, "COMMON", common)
    for subject in ("แผนปฏิบัติการ", "แผนงบประมาณ", "รายงานแผน", "เชิญประชุม"):
        office.register(subject=subject)
    for q in ("แผน", "แผน งบ", "ประชุม", "ไม่มีคำนี้"):
        counted = office.letters(CLERK, q=q, limit=2)
        quick = office.letters(CLERK, q=q, limit=2, count=False)
        for name in ("items", "next", "years"):
            assert quick[name] == counted[name], q
        assert quick["total"] in (counted["total"], None)
        if counted["next"]:
            more = {"q": q, "limit": 2, "cursor": counted["next"]}
            assert (
                office.letters(CLERK, **more, count=False)["items"]
                == (office.letters(CLERK, **more)["items"])
            )


def test_on_postgresql_an_index_rules_out_the_rest() -> None:
    with fresh_database("postgresql") as url, opened(url) as office:
        office.register()
        with office.parts.database.read() as connection:
            matching = matches(connection, "ผู้บริหาร", OFFICE, "general", 2569)
            assert matching is not None
            query = select(letters.c.id).join(texts, matching).compile(connection)
            plan = connection.exec_driver_sql(f"EXPLAIN {query}", query.params).scalars().all()
        assert "texts_grams" in "\n".join(plan)


@pytest.mark.postgresql
def test_how_a_search_is_planned_is_forgotten_with_it() -> None:
    """Its connection goes back to the pool."""
    with fresh_database("postgresql") as url, opened(url) as office:
        office.register()
        assert found(office, "ผู้บริหาร") == [1]
        for borrow in (office.parts.database.read, office.parts.database.begin):
            with borrow() as connection:
                assert connection.exec_driver_sql("SHOW enable_seqscan").scalar() == "on"
