"""The headings under which other systems and clerks write the columns of a register."""

import re
from collections.abc import Sequence

from infra.errors import Invalid
from infra.sheets import Line
from infra.thai import fold
from services.correspondence.contract import ImportedRegister

SEARCHED = 15  # lines in which the headings must stand: titles stand above them
MOST_HEADINGS = 60

# Each of our columns, with the names under which it is known; the first is ours.
_SHARED = {
    "reference": ("ที่", "เลขที่หนังสือ", "ที่หนังสือ", "หนังสือที่", "เลขหนังสือ", "เลขที่"),
    "dated": ("ลงวันที่", "วันที่หนังสือ", "หนังสือลงวันที่", "วันที่ในหนังสือ", "วันที่ลงหนังสือ", "วันที่"),
    "sender": ("จาก", "หน่วยงานที่ส่ง", "ผู้ส่ง", "ต้นเรื่อง", "หน่วยงานต้นเรื่อง"),
    "recipient": ("ถึง", "เรียน", "ผู้รับ", "หน่วยงานที่รับ"),
    "subject": ("เรื่อง", "ชื่อเรื่อง", "เรื่องหนังสือ"),
    "urgency": ("ชั้นความเร็ว", "ความเร่งด่วน", "ความด่วน"),
    "actions": ("การปฏิบัติ", "การดำเนินการ", "ผู้ปฏิบัติ", "มอบให้", "กลุ่มที่รับ", "สถานะ"),
    "note": ("หมายเหตุ", "บันทึก"),
    "year": ("ปี พ.ศ.", "ปี", "พ.ศ.", "ปีพุทธศักราช", "ปีทะเบียน"),
}
HEADINGS: dict[ImportedRegister, dict[str, tuple[str, ...]]] = {
    ImportedRegister.RECEIVE: {
        "number": ("เลขทะเบียนรับ", "เลขรับ", "ทะเบียนรับ", "เลขที่รับ", "รับที่", "เลขทะเบียน", "เลขรับที่"),
        "received_on": ("วันที่รับ", "รับวันที่", "วันรับ", "วันที่ลงรับ", "ลงรับวันที่"),
        **_SHARED,
    },
    ImportedRegister.SEND: {
        "number": ("เลขทะเบียนส่ง", "เลขส่ง", "ทะเบียนส่ง", "เลขที่ส่ง", "ส่งที่", "เลขทะเบียน", "เลขส่งที่"),
        **_SHARED,
    },
    ImportedRegister.ORDER: {
        "number": ("คำสั่งที่", "เลขที่คำสั่ง", "เลขคำสั่ง", "เลขทะเบียนคำสั่ง", "เลขทะเบียน", "ที่", "เลขที่"),
        **{name: known for name, known in _SHARED.items() if name != "reference"},
        "dated": ("สั่ง ณ วันที่", "ลงวันที่", "วันที่สั่ง", "วันที่"),
    },
}


class Columns:
    """Where each of our columns stands in the file."""

    def __init__(self, places: dict[str, int], headings: dict[str, str]) -> None:
        self._places = places
        self.headings = headings

    def of(self, line: Line) -> dict[str, str]:
        """The line's cells by our names; what the file does not have is empty."""
        cells = line.cells
        return {
            name: cells[place] if place < len(cells) else "" for name, place in self._places.items()
        }


def find(register: ImportedRegister, lines: Sequence[Line]) -> tuple[Columns, int]:
    """The columns, and how many lines stand before the first row.

    Raises Invalid where no line has the headings that there must be: number and subject.
    """
    known = {
        _plain(heading): name
        for name, headings in reversed(HEADINGS[register].items())
        for heading in headings
    }
    for place, line in enumerate(lines[:SEARCHED]):
        found: dict[str, int] = {}
        for at, cell in enumerate(line.cells[:MOST_HEADINGS]):
            name = known.get(_plain(cell))
            if name is not None:
                found.setdefault(name, at)
        if "number" in found and "subject" in found:
            headings = {name: line.cells[at][:200] for name, at in found.items()}
            return Columns(found, headings), place + 1
    names = HEADINGS[register]
    raise Invalid(
        f"ไม่พบแถวหัวคอลัมน์ ต้องมีอย่างน้อย “{names['number'][0]}” และ “{names['subject'][0]}”"
        f" ใน {SEARCHED} แถวแรก"
    )


def _plain(heading: str) -> str:
    return re.sub(r"[\s.:()/_-]+", "", fold(heading))
