"""What each kind of official letter consists of (ข้อ 11 to 27): the fields of its form, as data.

Only what a person writes is here. Number, date, signature and position come of the signing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from services.correspondence.contract.documents import DocumentKind
from services.correspondence.contract.numbering import Series


@dataclass(frozen=True)
class Field:
    """A field of a form; `lines`: it may have several, `entries`: one entry a line."""

    name: str
    label: str
    required: bool = True
    lines: bool = False
    entries: bool = False
    hint: str = ""


@dataclass(frozen=True)
class Form:
    """`number` is the form's (แบบที่), `clause` the regulation's; `series` what it is numbered in.

    `sent`: it goes to recipients; `signed`: with a name and position under it.
    """

    title: str
    number: int | None
    clause: str
    series: Series
    fields: tuple[Field, ...]
    sent: bool = False
    signed: bool = True

    def missing(self, content: Mapping[str, str]) -> dict[str, str]:
        """The required fields that are empty, each with what to mend (Thai)."""
        return {
            field.name: f"ต้องกรอก{field.label}"
            for field in self.fields
            if field.required and not content.get(field.name, "").strip()
        }


_SUBJECT = Field("subject", "เรื่อง")
_SALUTATION = Field("salutation", "คำขึ้นต้น", hint="เรียน ผู้อำนวยการโรงเรียน…")
_REFERENCES = Field("references", "อ้างถึง", required=False, lines=True, entries=True)
_ENCLOSURES = Field("enclosures", "สิ่งที่ส่งมาด้วย", required=False, lines=True, entries=True)
_BODY = Field("body", "ข้อความ", lines=True)
_UNIT = Field("unit", "ส่วนราชการเจ้าของเรื่อง")
_PHONE = Field("phone", "โทร.", required=False)
_COPIES = Field("copies", "สำเนาส่ง", required=False, lines=True, entries=True)
_EDITION = Field("edition", "ฉบับที่", required=False)

FORMS: dict[DocumentKind, Form] = {
    DocumentKind.EXTERNAL: Form(
        "หนังสือภายนอก",
        1,
        "ข้อ 11",
        Series.SEND,
        (
            _SUBJECT,
            _SALUTATION,
            _REFERENCES,
            _ENCLOSURES,
            _BODY,
            Field("closing", "คำลงท้าย", hint="ขอแสดงความนับถือ"),
            _UNIT,
            _PHONE,
            _COPIES,
        ),
        sent=True,
    ),
    DocumentKind.MEMORANDUM: Form(
        "บันทึกข้อความ",
        2,
        "ข้อ 12",
        Series.SEND,
        (_UNIT, _PHONE, _SUBJECT, _SALUTATION, _REFERENCES, _ENCLOSURES, _BODY),
        sent=True,
    ),
    DocumentKind.SEALED: Form(
        "หนังสือประทับตรา",
        3,
        "ข้อ 13, 14",
        Series.SEND,
        (
            Field("salutation", "ถึง"),
            Field("subject", "เรื่อง (สำหรับทะเบียน)"),
            _BODY,
            _ENCLOSURES,
            _UNIT,
            _PHONE,
        ),
        sent=True,
    ),
    DocumentKind.ORDER: Form(
        "คำสั่ง",
        4,
        "ข้อ 16",
        Series.ORDER,
        (Field("issuer", "คำสั่ง (ส่วนราชการหรือตำแหน่งผู้มีอำนาจ)"), _SUBJECT, _BODY),
    ),
    DocumentKind.RULE: Form(
        "ระเบียบ",
        5,
        "ข้อ 17",
        Series.RULE,
        (
            Field("issuer", "ระเบียบ (ส่วนราชการ)"),
            Field("subject", "ว่าด้วย"),
            _EDITION,
            Field("grounds", "เหตุผลและอำนาจที่ให้ออกระเบียบ", lines=True),
            _BODY,
        ),
    ),
    DocumentKind.REGULATION: Form(
        "ข้อบังคับ",
        6,
        "ข้อ 18",
        Series.REGULATION,
        (
            Field("issuer", "ข้อบังคับ (ส่วนราชการ)"),
            Field("subject", "ว่าด้วย"),
            _EDITION,
            Field("grounds", "เหตุผลและกฎหมายที่ให้อำนาจออกข้อบังคับ", lines=True),
            _BODY,
        ),
    ),
    DocumentKind.ANNOUNCEMENT: Form(
        "ประกาศ",
        7,
        "ข้อ 20",
        Series.ANNOUNCEMENT,
        (Field("issuer", "ประกาศ (ส่วนราชการ)"), _SUBJECT, _BODY),
    ),
    DocumentKind.STATEMENT: Form(
        "แถลงการณ์",
        8,
        "ข้อ 21",
        Series.STATEMENT,
        (Field("issuer", "แถลงการณ์ (ส่วนราชการ)"), _SUBJECT, _EDITION, _BODY),
        signed=False,
    ),
    DocumentKind.NEWS: Form(
        "ข่าว",
        9,
        "ข้อ 22",
        Series.NEWS,
        (Field("issuer", "ข่าว (ส่วนราชการ)"), _SUBJECT, _EDITION, _BODY),
        signed=False,
    ),
    DocumentKind.CERTIFICATE: Form(
        "หนังสือรับรอง",
        10,
        "ข้อ 24",
        Series.CERTIFICATE,
        (
            Field("subject", "เรื่อง (สำหรับทะเบียน)"),
            Field("body", "ข้อความ (หนังสือฉบับนี้ให้ไว้เพื่อรับรองว่า …)", lines=True),
        ),
    ),
    DocumentKind.MINUTES: Form(
        "รายงานการประชุม",
        11,
        "ข้อ 25",
        Series.MINUTES,
        (
            Field("subject", "รายงานการประชุม (ชื่อคณะที่ประชุม)"),
            Field("session", "ครั้งที่"),
            Field("held", "เมื่อ", hint="วันที่ 15 กุมภาพันธ์ 2569"),
            Field("place", "ณ"),
            Field("present", "ผู้มาประชุม", lines=True, entries=True, hint="ชื่อ | ตำแหน่ง | แทน"),
            Field("absent", "ผู้ไม่มาประชุม", required=False, lines=True, entries=True),
            Field("attending", "ผู้เข้าร่วมประชุม", required=False, lines=True, entries=True),
            Field("opened", "เริ่มประชุมเวลา"),
            _BODY,
            Field("closed", "เลิกประชุมเวลา"),
            Field("recorder", "ผู้จดรายงานการประชุม"),
        ),
    ),
    DocumentKind.OTHER: Form("หนังสืออื่น", None, "ข้อ 27", Series.OTHER, (_SUBJECT, _BODY)),
}
