"""The columns of an imported file: how they may be headed, and what is wrong in a line by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import marshmallow

from infra.contract import Shape, flatten
from infra.errors import Invalid
from infra.identity import Role
from infra.sheets import Line
from infra.thai import fold, parse_date
from services.personnel import people
from services.personnel.contract import AddOrganisation, AddPerson, CreatePost, ImportKind

# A field's headings, as people write them; the first is how we name it.
_SCHOOLS = {
    "code": ("รหัส", "รหัสโรงเรียน", "รหัสสถานศึกษา", "code"),
    "name": ("ชื่อ", "ชื่อโรงเรียน", "ชื่อสถานศึกษา", "โรงเรียน", "name"),
    "short_name": ("ชื่อย่อ", "short_name", "short name"),
}
_PEOPLE = {
    "prefix": ("คำนำหน้า", "คำนำหน้าชื่อ", "prefix"),
    "first_name": ("ชื่อ", "first_name", "first name"),
    "last_name": ("นามสกุล", "สกุล", "ชื่อสกุล", "last_name", "last name"),
    "email": ("อีเมล", "อีเมล์", "email", "e-mail"),
    "phone": ("โทรศัพท์", "เบอร์โทร", "เบอร์โทรศัพท์", "หมายเลขโทรศัพท์", "phone"),
    "organisation": ("หน่วยงาน", "สังกัด", "รหัสหน่วยงาน", "organisation"),
    "group": ("กลุ่ม", "กลุ่มงาน", "group"),
    "role": ("บทบาท", "หน้าที่ในระบบ", "role"),
    "title": ("ตำแหน่ง", "ชื่อตำแหน่ง", "title", "post title"),
    "first_day": ("วันแรก", "ตั้งแต่วันที่", "วันที่เริ่ม", "วันเริ่มต้น", "first_day", "first day"),
}
_HEADINGS = {ImportKind.SCHOOLS: _SCHOOLS, ImportKind.PEOPLE: _PEOPLE}
_NEEDED = {
    ImportKind.SCHOOLS: ("code", "name"),
    ImportKind.PEOPLE: ("first_name", "last_name"),
}
_ROLES = {
    Role.CENTRAL_CLERK: ("สารบรรณกลาง",),
    Role.GROUP_CLERK: ("สารบรรณกลุ่ม",),
    Role.OFFICER: ("เจ้าหน้าที่",),
    Role.GROUP_HEAD: ("ผู้อำนวยการกลุ่ม", "ผอ.กลุ่ม", "หัวหน้ากลุ่ม"),
    Role.DEPUTY: (
        "รองผู้อำนวยการ",
        "รอง ผอ.สพท.",
        "รองผู้อำนวยการสำนักงานเขต",
        "รองผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา",
    ),
    Role.DIRECTOR: (
        "ผู้อำนวยการ",
        "ผอ.สพท.",
        "ผู้อำนวยการสำนักงานเขต",
        "ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา",
    ),
    Role.SECRETARY: ("เลขานุการ", "เลขานุการผู้บริหาร"),
    Role.SCHOOL_DIRECTOR: ("ผู้อำนวยการโรงเรียน", "ผอ.โรงเรียน", "ผู้อำนวยการสถานศึกษา"),
    Role.SCHOOL_CLERK: ("สารบรรณโรงเรียน",),
    Role.REGISTRAR: ("นายทะเบียนข้อมูลข่าวสารลับ", "นายทะเบียนลับ"),
    Role.AUDITOR: ("ผู้ตรวจสอบ",),
    Role.ADMINISTRATOR: ("ผู้ดูแลระบบ",),
}
_ROLE_NAMES = {fold(name): role for role, names in _ROLES.items() for name in (role, *names)}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong: `column` is the heading as it stands in the file, or empty for the whole line."""

    line: int
    column: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line by field, without those at fault and those for which the file has no column."""

    line: int
    values: dict[str, Any]
    sound: bool


@dataclass(kw_only=True)
class Table:
    """A file understood: its rows, and what is wrong so far. `count` is of all lines but the heading."""

    count: int = 0
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)

    def fault(self, line: int, field: str, message: str) -> None:
        self.faults.append(Fault(line=line, column=self.headings.get(field, ""), message=message))


@dataclass(kw_only=True)
class Plan:
    """What loading would do: how many rows are new, changed, the same, and the steps that load them."""

    new: int = 0
    changed: int = 0
    same: int = 0
    steps: list[Callable[[], None]] = field(default_factory=list)


def repeated(table: Table, name: str) -> set[int]:
    """The lines whose value of a field an earlier line has; each gets a fault."""
    first: dict[str, int] = {}
    found = set()
    for row in table.rows:
        if name in row.values and row.line != first.setdefault(fold(row.values[name]), row.line):
            table.fault(row.line, name, f"ซ้ำกับบรรทัดที่ {first[fold(row.values[name])]}")
            found.add(row.line)
    return found


def understand(kind: ImportKind, lines: Sequence[Line], today: date) -> Table:
    """What the lines say, each by itself."""
    heading, body = lines[0], lines[1:]
    table = Table(count=len(body))
    places = _places(table, kind, heading)
    if table.faults:
        return table
    for line in body:
        cells = line.cells
        while len(cells) > len(heading.cells) and not cells[-1]:
            cells = cells[:-1]
        if len(cells) != len(heading.cells):
            counts = f"มี {len(cells)} ช่อง แต่หัวตารางมี {len(heading.cells)} ช่อง"
            table.fault(line.number, "", counts)
            continue
        given = {field: cells[place] for field, place in places.items()}
        values, faults = _check(kind, given, today)
        for name, messages in faults.items():
            for message in messages:
                table.fault(line.number, name, message)
        table.rows.append(Row(line=line.number, values=values, sound=not faults))
    return table


def _places(table: Table, kind: ImportKind, heading: Line) -> dict[str, int]:
    """Where each field's column is; faults for columns that are unknown, doubled or lacking."""
    names = _HEADINGS[kind]
    fields = {fold(name): field for field, written in names.items() for name in written}
    places: dict[str, int] = {}
    for place, cell in enumerate(heading.cells):
        found = fields.get(fold(cell))
        message = None
        if not cell:
            message = f"คอลัมน์ที่ {place + 1} ไม่มีหัวตาราง"
        elif found is None:
            message = f"ไม่รู้จักหัวตารางนี้ ใช้ได้: {', '.join(one[0] for one in names.values())}"
        elif found in places:
            message = "หัวตารางซ้ำ"
        if message is not None or found is None:
            table.faults.append(Fault(line=heading.number, column=cell, message=message or ""))
        else:
            places[found] = place
            table.headings[found] = cell
    for needed in _NEEDED[kind]:
        if needed not in places:
            table.faults.append(
                Fault(line=heading.number, column=names[needed][0], message="ไม่มีคอลัมน์นี้")
            )
    return places


def _check(
    kind: ImportKind, given: dict[str, str], today: date
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    if kind is ImportKind.SCHOOLS:
        return _load(AddOrganisation, given)
    personal = {field: given.pop(field, "") for field in people.FIELDS}
    values, faults = _load(AddPerson, personal)
    if "email" in values:
        try:
            people.check(values)
        except Invalid as error:
            faults |= error.fields
    filled = {field: text for field, text in given.items() if text}
    values |= {"organisation": filled.pop("organisation", ""), "group": filled.get("group", "")}
    values |= {"role": None, "title": "", "first_day": None}
    if filled:
        post, wrong = _post(filled, today)
        values, faults = values | post, faults | wrong
    return values, faults


def _post(filled: dict[str, str], today: date) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Role, title and first day: all of them, where there is one."""
    values, faults = _load(CreatePost, {"title": filled.get("title", "")})
    for name in ("role", "first_day"):
        if name not in filled:
            faults[name] = ["ต้องกรอกช่องนี้"]
    if "role" in filled:
        values["role"] = _ROLE_NAMES.get(fold(filled["role"]))
        if values["role"] is None:
            known = ", ".join(names[0] for names in _ROLES.values())
            faults["role"] = [f"ไม่รู้จักบทบาทนี้ ใช้ได้: {known}"]
    if "first_day" in filled:
        try:
            values["first_day"] = parse_date(filled["first_day"], today)
        except ValueError as error:
            faults["first_day"] = [str(error)]
    return values, faults


def _load(shape: type[Shape], given: dict[str, str]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The values as a command would take them, and what it would not take."""
    try:
        return dict(shape(only=tuple(given)).load(given)), {}
    except marshmallow.ValidationError as error:
        return dict(error.valid_data or {}), flatten(error.messages)
