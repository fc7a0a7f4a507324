"""Import of schools and people: every fault told by line and column, and all or nothing loaded."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from infra import sheets
from infra.errors import Forbidden, Invalid, NotFound, Problem, UnsupportedMedia
from infra.filetypes import MEDIA_TYPES
from infra.identity import Actor
from services.personnel import columns
from services.personnel.columns import Table
from services.personnel.contract import (
    GetOrganisation,
    GetPerson,
    ImportDirectory,
    ImportKind,
    ListOrganisations,
    ListPeople,
    ListPosts,
    VacatePost,
)
from tests.personnel.office import COMMAND_LINE, Office

# Invented, of the shape of a real list: alike, with a space, a branch, digits.
_FIRST = ("บ้านแม่", "บ้านห้วย", "บ้านดอย", "ชุมชนบ้าน", "บ้านทุ่ง", "วัด")
_SECOND = (
    "น้ำใส", "สมมติ", "ตัวอย่างเหนือ", "ตัวอย่างใต้", "ทดลอง 2", "ทดลอง สาขาริมธาร", "เงาไม้", "ลมเย็น",
    "หินขาว", "ฟ้าหลวง", "จันทร์ลอย", "ไผ่งาม", "ใบบุญ", "เกาะแก้ว", "โป่งน้อย", "แสงแรก", "ผาม่าน",
)  # fmt: skip
SCHOOLS = [
    (f"{10050101 + number}", f"{_FIRST[number % 6]}{_SECOND[number // 6]}") for number in range(102)
]
PEOPLE = ["คำนำหน้า", "ชื่อ", "นามสกุล", "อีเมล", "โทรศัพท์", "กลุ่ม", "บทบาท", "ตำแหน่ง", "วันแรก"]
MANEE = ["นางสาว", "มานี", "ตัวอย่าง", "manee@example.org", "", "กลุ่มอำนวยการ", "สารบรรณกลาง"]
MANEE += ["เจ้าพนักงานธุรการ", "1 ต.ค. 68"]


def as_csv(rows: list[Any], encoding: str = "utf-8", **style: Any) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, **style).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: list[Any]) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    book.save(file)
    return file.getvalue()


def load(
    office: Office,
    kind: str,
    content: bytes,
    name: str = "list.csv",
    dry_run: bool = False,
    by: Actor = COMMAND_LINE,
) -> dict[str, Any]:
    files, now = office.harness.parts.files, office.harness.clock()
    upload = files.receive(io.BytesIO(content), name, by.person, now)
    return office.send(ImportDirectory, by=by, kind=kind, upload=upload.id, dry_run=dry_run)


def understand(content: bytes, folder: Path) -> Table:
    """A list of schools, read as it would be on its upload."""
    path = folder / "upload"
    path.write_bytes(content)
    kind = "xlsx" if content.startswith(b"PK") else "csv"
    lines = sheets.read(path, MEDIA_TYPES[kind], 1000)
    return columns.understand(ImportKind.SCHOOLS, lines, date(2026, 2, 16))


def outcome(report: dict[str, Any]) -> tuple[int, int, int, bool]:
    return report["new"], report["changed"], report["same"], report["loaded"]


def faults(report: dict[str, Any]) -> list[tuple[int, str]]:
    assert not report["loaded"]
    return [(fault["line"], fault["column"]) for fault in report["faults"]]


def schools(office: Office) -> dict[str, str]:
    page = office.ask(ListOrganisations, kind="school", limit=500)["items"]
    return {one["code"]: one["name"] for one in page}


def test_a_list_of_schools_is_looked_at_loaded_and_loaded_again(office: Office) -> None:
    content, before = as_csv([("code", "name"), *SCHOOLS]), schools(office)
    assert outcome(load(office, "schools", content, dry_run=True)) == (102, 0, 0, False)
    assert schools(office) == before
    report = load(office, "schools", content)
    assert (report["rows"], *outcome(report)) == (102, 102, 0, 0, True)
    assert schools(office) == before | dict(SCHOOLS)
    log = len(office.harness.events())
    assert outcome(load(office, "schools", content)) == (0, 0, 102, True)
    assert len(office.harness.events()) == log


@pytest.mark.parametrize(
    "content",
    [
        as_csv([("รหัส", "ชื่อ"), *SCHOOLS], "utf-8-sig"),
        as_csv([("รหัสโรงเรียน", "ชื่อโรงเรียน"), *SCHOOLS], "cp874"),
        as_csv([("Code", " NAME "), *SCHOOLS], delimiter=";"),
        as_csv([("ชื่อ", "รหัส"), *((name, code) for code, name in SCHOOLS)], delimiter="\t"),
        as_csv([("code", "name", "ชื่อย่อ"), *((*one, "") for one in SCHOOLS)], lineterminator="\n"),
        as_xlsx([("รหัส", "ชื่อ"), *((int(code), name) for code, name in SCHOOLS), (None, None)]),
    ],
    ids=["bom", "tis-620", "semicolons", "tabs", "unix", "xlsx"],
)
def test_files_as_spreadsheets_save_them(content: bytes, tmp_path: Path) -> None:
    table = understand(content, tmp_path)
    assert table.faults == []
    assert [(row.values["code"], row.values["name"]) for row in table.rows] == SCHOOLS
    assert [row.line for row in table.rows] == list(range(2, 104))


def test_every_bad_line_is_told_and_none_loaded(office: Office) -> None:
    log = len(office.harness.events())
    rows = [
        ("รหัส", "ชื่อ", "ชื่อย่อ"),
        ("1", "บ้านหนึ่ง", ""),
        ("", "บ้านไม่มีรหัส", ""),
        ("3", "", ""),
        ("1", "บ้านรหัสซ้ำ", ""),
        ("5", "บ้านหนึ่ง", ""),
        ("5005", "บ้านรหัสสำนักงาน", ""),
        ("7", "บ้านดอยคำ", ""),
        ("8", "ก" * 201, ""),
        ("9", "บ้าน\tอักขระ", ""),
        ("10", "บ้านช่องเกิน", "", "เกิน"),
        ("11", "บ้านช่องขาด"),
        ("", "", ""),
        ("13" * 20, "บ้านรหัสยาว", "\x7f"),
    ]
    report = load(office, "schools", as_csv(rows))
    assert faults(report) == [
        (3, "รหัส"),
        (4, "ชื่อ"),
        (5, "รหัส"),
        (6, "ชื่อ"),
        (7, "รหัส"),
        (8, "ชื่อ"),
        (9, "ชื่อ"),
        (10, "ชื่อ"),
        (11, ""),
        (12, ""),
        (14, "รหัส"),
        (14, "ชื่อย่อ"),
    ]
    assert all(fault["message"] for fault in report["faults"])
    assert report["rows"] == 12
    assert len(office.harness.events()) == log


def test_a_corrected_name_is_a_change(office: Office) -> None:
    rows = [("code", "name"), ("50050001", "บ้านดอยคำพัฒนา"), ("50050002", "บ้านแม่ลาย")]
    assert outcome(load(office, "schools", as_csv(rows), dry_run=True)) == (0, 1, 1, False)
    assert outcome(load(office, "schools", as_csv(rows))) == (0, 1, 1, True)
    changed = office.ask(GetOrganisation, id=office.schools["บ้านดอยคำ"])
    assert (changed["name"], changed["version"]) == ("บ้านดอยคำพัฒนา", 2)


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        (("รหัส",), [(1, "ชื่อ")]),
        (("รหัส", "ชื่อ", "อะไร"), [(1, "อะไร")]),
        (("รหัส", "ชื่อ", "code"), [(1, "code")]),
        (("รหัส", "ชื่อ", ""), [(1, "")]),
    ],
)
def test_a_heading_says_which_columns_there_are(
    heading: tuple[str, ...], expected: list[tuple[int, str]], tmp_path: Path
) -> None:
    table = understand(as_csv([heading, tuple("ก" for _ in heading)]), tmp_path)
    assert [(fault.line, fault.column) for fault in table.faults] == expected


def test_people_get_their_posts(office: Office) -> None:
    group = office.groups["กลุ่มอำนวยการ"]
    rows = [
        PEOPLE,
        MANEE,
        [*MANEE[:6], "เจ้าหน้าที่", *MANEE[7:]],
        ["นาย", "ปิติ", "ตัวอย่าง", "", "", "", "", "", ""],
        ["", "ชูใจ", "ตัวอย่าง", "", "", "กลุ่มนโยบายและแผน", "group_head", "ผอ.กลุ่ม", "๑๖/๒/๒๕๖๙"],
    ]
    assert outcome(load(office, "people", as_csv(rows), dry_run=True)) == (3, 1, 0, False)
    assert office.ask(ListPeople)["total"] == 4
    assert outcome(load(office, "people", as_csv(rows))) == (3, 1, 0, True)
    manee = office.ask(ListPeople, q="มานี")["items"][0]
    assert manee["name"] == "นางสาวมานี ตัวอย่าง"
    assert [(one["role"], one["group"]) for one in manee["seats"]] == [
        ("central_clerk", group),
        ("officer", group),
    ]
    shown = office.ask(GetPerson, id=manee["id"])
    assert {one["first_day"] for one in shown["holdings"]} == {"2025-10-01"}
    log = len(office.harness.events())
    assert outcome(load(office, "people", as_csv(rows))) == (0, 0, 4, True)
    assert len(office.harness.events()) == log
    MANEE[4], before = "0 5310 9999", MANEE[4]
    try:
        assert outcome(load(office, "people", as_csv([PEOPLE, MANEE]))) == (0, 1, 0, True)
    finally:
        MANEE[4] = before
    assert office.ask(GetPerson, id=manee["id"])["phone"] == "0 5310 9999"


def test_a_role_that_there_is_not_in_such_an_organisation(office: Office) -> None:
    rows = [
        ["สังกัด", "ชื่อ", "นามสกุล", "บทบาท", "ตำแหน่ง", "วันแรก"],
        ["บ้านแม่ลาย", "หนึ่ง", "ตัวอย่าง", "director", "ผู้อำนวยการ", "16/2/2569"],
        ["", "สอง", "ตัวอย่าง", "school_clerk", "ธุรการ", "16/2/2569"],
    ]
    assert faults(load(office, "people", as_csv(rows))) == [(2, "บทบาท"), (3, "บทบาท")]


def test_dates_in_cells_and_people_of_schools(office: Office) -> None:
    heading = ["สังกัด", "ชื่อ", "นามสกุล", "บทบาท", "ตำแหน่ง", "วันแรก"]
    clerk = ["สารบรรณโรงเรียน", "ครู"]
    rows = [
        heading,
        [50050001, "หนึ่ง", "ตัวอย่าง", *clerk, date(2026, 2, 1)],
        ["บ้านแม่ลาย", "สอง", "ตัวอย่าง", *clerk, date(2569, 2, 1)],
    ]
    assert outcome(load(office, "people", as_xlsx(rows), "people.xlsx")) == (2, 0, 0, True)
    for school in office.schools.values():
        clerks = office.ask(ListPosts, organisation=school, role="school_clerk")["items"]
        assert [one["holdings"][0]["first_day"] for one in clerks] == ["2026-02-01"]


def test_a_vacant_post_is_filled_and_a_held_one_is_not(office: Office) -> None:
    director = ["", "ใหม่", "ตัวอย่าง", "", "", "", "ผู้อำนวยการ", "ผอ.เขต", "16/2/2569"]
    content = as_csv([PEOPLE, director])
    assert faults(load(office, "people", content)) == [(2, "บทบาท")]
    post = {"id": office.posts["director"], "person": office.people["director"]}
    office.send(VacatePost, **post, last_day="2026-02-15")
    assert outcome(load(office, "people", content)) == (1, 0, 0, True)
    shown = office.ask(ListPosts, role="director")["items"]
    assert [(one["id"], one["holder_name"]) for one in shown] == [(post["id"], "ใหม่ ตัวอย่าง")]


def test_every_bad_line_of_people_is_told(office: Office) -> None:
    post = ["กลุ่มอำนวยการ", "เจ้าหน้าที่", "นักจัดการงานทั่วไป", "1/10/2568"]
    rows = [
        PEOPLE,
        ["นาย", "ก", "ก", "a@example.org", "", *post],
        ["นาย", "ก", "ก", "a@example.org", "", *post],
        ["นาย", "", "ข", "", "", *post],
        ["นาย", "ค", "ค", "officer@example.org", "", *post],
        ["นาย", "ง", "ง", "a@example.org", "", *post],
        ["นาย", "จ", "จ", "not an address", "", *post],
        ["นาย", "ฉ", "ฉ", "", "", "กลุ่มที่ไม่มี", *post[1:]],
        ["นาย", "ช", "ช", "", "", post[0], "บทบาทที่ไม่มี", *post[2:]],
        ["นาย", "ซ", "ซ", "", "", *post[:3], "29 ก.พ. 2568"],
        ["นาย", "ฌ", "ฌ", "", "", "กลุ่มอำนวยการ", "", "", ""],
        ["นาง", "ก", "ก", "a@example.org", "", "", "", "", ""],
        ["นาย" * 30, "ญ", "ญ", "", "", "", "", "", ""],
        ["นาย", "ฎ"],
    ]
    report = load(office, "people", as_csv(rows), dry_run=True)
    assert faults(report) == [
        (3, "ชื่อ"),
        (4, "ชื่อ"),
        (5, "อีเมล"),
        (6, "อีเมล"),
        (7, "อีเมล"),
        (8, "กลุ่ม"),
        (9, "บทบาท"),
        (10, "วันแรก"),
        (11, "ตำแหน่ง"),
        (11, "บทบาท"),
        (11, "วันแรก"),
        (12, "คำนำหน้า"),
        (13, "คำนำหน้า"),
        (14, ""),
    ]


def test_files_that_are_no_tables(office: Office) -> None:
    broken: list[tuple[bytes, str, type[Problem]]] = [
        (b"%PDF-1.7 ", "list.pdf", UnsupportedMedia),
        (as_xlsx([]), "list.xlsx", Invalid),
        (b'code,name\n1,"never closed', "list.csv", Invalid),
        (
            as_csv([("code", "name"), *[(str(one), f"ก{one}") for one in range(1001)]]),
            "a.csv",
            Invalid,
        ),
    ]
    for content, name, problem in broken:
        with pytest.raises(problem):
            load(office, "schools", content, name)


def test_administrators_import_what_they_sent_themselves(office: Office) -> None:
    content = as_csv([("code", "name"), ("1", "บ้านหนึ่ง")])
    with pytest.raises(Forbidden):
        load(office, "schools", content, by=office.acting_as("director"))
    admin = office.acting_as("admin")
    files, now = office.harness.parts.files, office.harness.clock()
    anothers = files.receive(io.BytesIO(content), "a.csv", office.people["director"], now)
    with pytest.raises(NotFound):
        office.send(ImportDirectory, by=admin, kind="schools", upload=anothers.id)
    assert outcome(load(office, "schools", content, by=admin)) == (1, 0, 0, True)
