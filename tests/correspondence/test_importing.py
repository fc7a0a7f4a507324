"""Moving in: an old register is read as people wrote it, taken over row by row, and goes on from there."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.errors import Forbidden, Invalid, NotFound, OutOfOrder
from infra.sheets import Line
from services.correspondence.contract import (
    AuditNumbers,
    CheckImport,
    GetImport,
    ImportedRegister,
    ListImports,
    LoadImport,
    StopImport,
)
from services.correspondence.importing import loading, reading
from tests.correspondence.office import (
    CLERK,
    DIRECTOR,
    OFFICE,
    OTHER_CLERK,
    PLAN_OFFICER,
    SCHOOL_CLERK,
    Office,
)

RECEIVE, SEND, ORDER = ImportedRegister.RECEIVE, ImportedRegister.SEND, ImportedRegister.ORDER
HEADING = "เลขทะเบียนรับ,วันที่รับ,ที่,ลงวันที่,จาก,ถึง,เรื่อง,การปฏิบัติ,หมายเหตุ,ชั้นความเร็ว"
OLD = f"""ทะเบียนหนังสือรับ ปี พ.ศ. 2568
{HEADING}
๑,2 ม.ค. 68,ศธ 04001/ว 12,28 ธ.ค. 67,สพฐ.,ผอ.สพท.,แผนปฏิบัติการ,กลุ่มนโยบายและแผน,,ด่วนมาก
0002,3/1/2568,,,โรงเรียนบ้านเหนือ,ผอ.สพท.,ขอความอนุเคราะห์,,ส่งทางไปรษณีย์,
2,3 มกราคม ๒๕๖๘,ที่ 5/68,3 ม.ค. 2568,โรงเรียนบ้านใต้,ผอ.สพท.,ส่งรายงาน,,,
5/2568,2025-01-09,ศธ 9,31 กุมภา 68,สพฐ.,,ทุนการศึกษา,,,ธรรมดา
ไม่มี,9 ม.ค. 68,,,,,เรื่องที่ไม่มีเลข,,,
"""


def rows(text: str, register: ImportedRegister = RECEIVE, **more: Any) -> reading.Read:
    lines = [
        Line(number=number, cells=[cell.strip() for cell in line.split(",")])
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip(",")
    ]
    return reading.understand(lines, register, more.get("year"), 2569, more.get("apart", True))


def begun(
    office: Office,
    content: str | bytes = OLD,
    register: ImportedRegister = RECEIVE,
    name: str = "ทะเบียน.csv",
    **more: Any,
) -> str:
    data = content.encode() if isinstance(content, str) else content
    upload = office.upload(CLERK, name, data)
    id: str = office.send(CLERK, CheckImport, register=register, upload=upload, **more)["id"]
    return id


def carried(office: Office, id: str) -> dict[str, Any]:
    office.parts.instance().carry_imports()
    return job(office, id)


def job(office: Office, id: str) -> dict[str, Any]:
    return office.ask(CLERK, GetImport, id=id)


def loaded(office: Office, *args: Any, **more: Any) -> dict[str, Any]:
    id = begun(office, *args, **more)
    carried(office, id)
    office.send(CLERK, LoadImport, id=id)
    return carried(office, id)


def assert_rebuild_equals_live(office: Office) -> None:
    live = office.tables()
    office.rebuild()
    assert office.tables() == live


def test_rows_are_read_as_people_wrote_them() -> None:
    found = rows(OLD)
    assert [(row.year, row.number, row.twin) for row in found.rows] == [
        (2568, 1, 0),
        (2568, 2, 0),
        (2568, 2, 1),
        (2568, 5, 0),
    ]
    first, second, third, last = found.rows
    assert (str(first.dated), str(first.received_on)) == ("2024-12-28", "2025-01-02")
    assert first.urgency == "very_urgent"
    assert str(third.received_on) == "2025-01-03"
    assert second.note == "ส่งทางไปรษณีย์"
    assert last.recipient == reading.UNNAMED
    assert last.note == "ลงวันที่ตามทะเบียนเดิม: 31 กุมภา 68"  # nothing is thrown away in silence
    assert found.years() == [
        {"year": 2568, "rows": 4, "first": 1, "last": 5, "missing": 2, "repeated": 1}
    ]
    told = {(fault.row, fault.fatal) for fault in found.faults}
    assert (7, True) in told  # no number
    assert {(5, False), (6, False)} <= told  # the same number twice; a day that is none


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12", (False, 12, None)),
        ("๐๑๒", (False, 12, None)),
        ("ว 12", (True, 12, None)),
        ("ว.๑๒", (True, 12, None)),
        ("12/2568", (False, 12, 2568)),
        ("ศธ 04001/ว 56", (True, 56, None)),
        ("ศธ 04001/56", (False, 56, None)),
    ],
)
def test_numbers_as_registers_have_them(written: str, read: tuple[bool, int, int | None]) -> None:
    found = rows(f"เลขทะเบียนส่ง,เรื่อง\n{written},ทดสอบ", SEND, year=2567)
    [row] = found.rows
    circular, number, year = read
    assert (row.circular, row.number, row.year) == (circular, number, year or 2567)


@pytest.mark.parametrize("written", ["", "0", "-", "สิบสอง", "12-13", "1234567890"])
def test_what_is_no_number_keeps_its_row_out(written: str) -> None:
    found = rows(f"เลขทะเบียนส่ง,เรื่อง\n{written},ทดสอบ", SEND, year=2567)
    assert found.rows == []
    assert [fault.fatal for fault in found.faults] == [True]


def test_a_file_without_headings_is_refused() -> None:
    with pytest.raises(Invalid, match="หัวคอลัมน์"):
        rows("1,2,3\n4,5,6")


def test_checking_takes_nothing_over(office: Office) -> None:
    id = begun(office)
    assert job(office, id)["state"] == "checking"
    found = carried(office, id)
    assert found["state"] == "checked"
    assert (found["rows"], found["skipped"], found["actions"]) == (5, 1, ["load_import"])
    assert found["columns"]["number"] == "เลขทะเบียนรับ"
    assert office.letters(CLERK)["total"] == 0
    assert office.types(id, "import") == []


def test_a_register_is_taken_over_and_its_numbers_go_on(office: Office) -> None:
    done = loaded(office, OLD.replace("68", "69").replace("๖๘", "๖๙").replace("2025", "2026"))
    assert (done["state"], done["done"], done["skipped"]) == ("done", 4, 1)
    page = office.letters(CLERK, sort="number")
    assert [row["number"] for row in page["items"]] == [1, 2, 2, 5]
    assert {row["state"] for row in page["items"]} == {"closed"}
    first = office.letter(CLERK, page["items"][0]["id"])
    assert first["order_text"] == "กลุ่มนโยบายและแผน"
    assert first["actions"] == []
    assert office.tasks(CLERK) == []
    number = office.letter(CLERK, office.register())["number"]
    assert number == 6
    assert office.types(done["id"], "import") == ["RegisterImportBegun", "RegisterImported"]
    assert_rebuild_equals_live(office)


def test_rows_with_one_number_are_both_seen_page_by_page(office: Office) -> None:
    loaded(office)
    seen, cursor = [], None
    while True:
        page = office.letters(CLERK, sort="number", limit=1, cursor=cursor)
        seen += [(row["number"], row["subject"]) for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [
        (1, "แผนปฏิบัติการ"),
        (2, "ขอความอนุเคราะห์"),
        (2, "ส่งรายงาน"),
        (5, "ทุนการศึกษา"),
    ]


def test_what_is_there_already_is_left_alone(office: Office) -> None:
    loaded(office)
    again = begun(office)
    found = carried(office, again)
    assert found["skipped"] == 5
    assert found["actions"] == []
    assert any("มีอยู่ในระบบแล้ว" in fault["message"] for fault in found["faults"])
    with pytest.raises(OutOfOrder):
        office.send(CLERK, LoadImport, id=again)
    assert office.letters(CLERK)["total"] == 4


def test_numbers_taken_after_the_check_are_left_out(office: Office) -> None:
    id = begun(office, f"{HEADING}\n1,,,,ก,ข,ค,,,\n2,,,,ก,ข,ค,,,\n", year=2569)
    carried(office, id)
    office.register()  # number 1 of this year
    office.send(CLERK, LoadImport, id=id)
    done = carried(office, id)
    assert (done["state"], done["skipped"]) == ("done", 1)
    assert [row["number"] for row in office.letters(CLERK, sort="number")["items"]] == [1, 2]


def test_it_is_stopped_and_goes_on_where_it_was(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "PAGE", 10)
    many = "\n".join(f"{number},,,,ก,ข,เรื่องที่ {number},,," for number in range(1, 36))
    id = begun(office, f"{HEADING}\n{many}\n", year=2569)
    carried(office, id)
    office.send(CLERK, LoadImport, id=id)
    taken, real = [], loading.load

    def stop_after_the_second(*args: Any) -> Any:
        taken.append(real(*args))
        if len(taken) == 2:
            raise RuntimeError("the process ends here")
        return taken[-1]

    monkeypatch.setattr(loading, "load", stop_after_the_second)
    with pytest.raises(RuntimeError):
        office.parts.instance().carry_imports()
    assert job(office, id)["done"] == 10
    assert office.letters(CLERK)["total"] == 10
    monkeypatch.setattr(loading, "load", real)
    office.send(CLERK, StopImport, id=id)
    assert carried(office, id)["state"] == "stopped"
    office.send(CLERK, LoadImport, id=id)
    assert carried(office, id)["state"] == "done"
    numbers = [row["number"] for row in office.letters(CLERK, sort="number")["items"]]
    assert numbers == list(range(1, 36))


def test_send_and_order_registers(office: Office) -> None:
    sent = "เลขทะเบียนส่ง,ที่,ลงวันที่,ถึง,เรื่อง\n1,ศธ 1/1,2 ม.ค. 69,สพฐ.,รายงาน\nว 1,ศธ 1/ว 1,3 ม.ค. 69,ทุกโรงเรียน,แจ้ง\n"
    assert loaded(office, sent, SEND)["done"] == 2
    orders = "คำสั่งที่,สั่ง ณ วันที่,เรื่อง\n7/2569,5 ม.ค. 69,แต่งตั้งคณะกรรมการ\n"
    assert loaded(office, orders, ORDER)["done"] == 1
    found = office.documents(CLERK, numbered=True)["items"]
    assert {(row["series"], row["number"]) for row in found} == {
        ("send", 1),
        ("circular", 1),
        ("order", 7),
    }
    page = office.document(CLERK, found[0]["id"])
    assert (page["state"], page["actions"], page["frozen"]) == ("closed", [], None)
    audit = office.ask(CLERK, AuditNumbers, series="order", year=2569)
    assert audit["last"] == 7
    office.numbered()
    assert office.documents(CLERK, numbered=True, series="send")["items"][0]["number"] == 2
    assert_rebuild_equals_live(office)


def test_a_spreadsheet(office: Office) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["ลำดับ", "เลขรับ", "เรื่อง", "จาก"])
    sheet.append([1, 1, "จากตารางคำนวณ", "สพฐ."])
    content = BytesIO()
    book.save(content)
    done = loaded(office, content.getvalue(), name="register.xlsx", year=2568)
    assert done["done"] == 1
    assert office.subjects() == ["จากตารางคำนวณ"]


def test_a_file_that_is_no_register_says_so(office: Office) -> None:
    found = carried(office, begun(office, "ก,ข\n1,2\n"))
    assert found["state"] == "failed"
    assert "หัวคอลัมน์" in found["error"]


def test_only_clerks_and_only_their_own(office: Office) -> None:
    id = begun(office)
    for other in (OTHER_CLERK, SCHOOL_CLERK):
        with pytest.raises(NotFound):
            office.ask(other, GetImport, id=id)
        assert office.ask(other, ListImports)["items"] == []
        with pytest.raises(NotFound):
            office.send(other, LoadImport, id=id)
    for none in (PLAN_OFFICER, DIRECTOR):
        with pytest.raises(Forbidden):
            office.ask(none, GetImport, id=id)
    assert [one["id"] for one in office.ask(CLERK, ListImports)["items"]] == [id]
    assert CLERK.organisation == OFFICE


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.sampled_from(["", "/2567", "/2568"]), st.booleans()),
        max_size=40,
    )
)
def test_no_two_rows_have_one_place(cells: list[tuple[int, str, bool]]) -> None:
    text = "\n".join(f"{'ว ' * circular}{number}{year},ทดสอบ" for number, year, circular in cells)
    found = rows(f"เลขทะเบียนส่ง,เรื่อง\n{text}", SEND, year=2569)
    places = {(row.year, row.circular, row.number, row.twin) for row in found.rows}
    assert len(places) == len(found.rows) == len(cells)
    for row in found.rows:
        if row.twin:
            assert (row.year, row.circular, row.number, row.twin - 1) in places
