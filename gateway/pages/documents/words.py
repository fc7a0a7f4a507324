"""What the enumerations of documents are called on pages, and what waits for whom in a draft."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from gateway.pages import names
from gateway.pages.language import N_, _
from infra.identity import Actor, Role
from services.correspondence.contract import FORMS, DocumentKind, DocumentState, ReviewDesk, Series

# What each kind is for, as the regulation has it (ข้อ 11 to 27), in plain words.
PURPOSE = {
    DocumentKind.EXTERNAL: N_("ติดต่อหน่วยงานอื่นหรือบุคคลภายนอก ใช้กระดาษตราครุฑ"),
    DocumentKind.MEMORANDUM: N_("ติดต่อกันภายใน เช่น กลุ่มเสนอเรื่องต่อผู้อำนวยการ"),
    DocumentKind.SEALED: N_("ประทับตราแทนการลงชื่อ เช่น ส่งเอกสาร แจ้งให้ทราบ เตือนเรื่องที่ค้าง"),
    DocumentKind.ORDER: N_("ผู้บังคับบัญชาสั่งให้ปฏิบัติ เช่น แต่งตั้งคณะกรรมการ มอบหมายหน้าที่"),
    DocumentKind.RULE: N_("วางไว้ให้ถือปฏิบัติเป็นการประจำ"),
    DocumentKind.REGULATION: N_("กำหนดให้ใช้ โดยอาศัยอำนาจของกฎหมายที่ให้กระทำได้"),
    DocumentKind.ANNOUNCEMENT: N_("ประกาศหรือชี้แจงให้ทราบ หรือแนะแนวทางปฏิบัติ"),
    DocumentKind.STATEMENT: N_("แถลงให้เข้าใจกิจการหรือเหตุการณ์ชัดเจนทั่วกัน"),
    DocumentKind.NEWS: N_("เผยแพร่ข่าวของสำนักงานให้ทราบ"),
    DocumentKind.CERTIFICATE: N_("รับรองบุคคลหรือหน่วยงานในเรื่องใดเรื่องหนึ่ง"),
    DocumentKind.MINUTES: N_("บันทึกผู้มาประชุม ความเห็น และมติของที่ประชุม"),
    DocumentKind.OTHER: N_("เอกสารอื่นที่เกิดขึ้นในการปฏิบัติงาน"),
}
KIND = {
    DocumentKind.EXTERNAL: N_("หนังสือภายนอก"),
    DocumentKind.MEMORANDUM: N_("บันทึกข้อความ"),
    DocumentKind.SEALED: N_("หนังสือประทับตรา"),
    DocumentKind.ORDER: N_("คำสั่ง"),
    DocumentKind.RULE: N_("ระเบียบ"),
    DocumentKind.REGULATION: N_("ข้อบังคับ"),
    DocumentKind.ANNOUNCEMENT: N_("ประกาศ"),
    DocumentKind.STATEMENT: N_("แถลงการณ์"),
    DocumentKind.NEWS: N_("ข่าว"),
    DocumentKind.CERTIFICATE: N_("หนังสือรับรอง"),
    DocumentKind.MINUTES: N_("รายงานการประชุม"),
    DocumentKind.OTHER: N_("หนังสืออื่น"),
}
# Those that offices write every day stand first where one is chosen.
EVERYDAY = (
    DocumentKind.EXTERNAL,
    DocumentKind.MEMORANDUM,
    DocumentKind.SEALED,
    DocumentKind.ORDER,
    DocumentKind.ANNOUNCEMENT,
    DocumentKind.CERTIFICATE,
)
STATE = {
    DocumentState.DRAFT: (N_("ร่าง"), "plain"),
    DocumentState.IN_REVIEW: (N_("อยู่ระหว่างตรวจ"), "blue"),
    DocumentState.RETURNED: (N_("ส่งกลับแก้ไข"), "red"),
    DocumentState.TO_SIGN: (N_("รอลงนาม"), "amber"),
    DocumentState.SIGNED: (N_("ลงนามแล้ว รอออกเลข"), "amber"),
    DocumentState.NUMBERED: (N_("ออกเลขแล้ว"), "green"),
    DocumentState.SENT: (N_("ส่งแล้ว"), "green"),
    DocumentState.CLOSED: (N_("ปิดเรื่องแล้ว"), "green"),
    DocumentState.CANCELLED: (N_("ยกเลิกเลข"), "plain"),
    DocumentState.DISCARDED: (N_("ทิ้งร่าง"), "plain"),
}
DESK = {
    ReviewDesk.DRAFTER: N_("ผู้ร่าง"),
    ReviewDesk.CHECKER: N_("ผู้ตรวจ"),
    ReviewDesk.GROUP_HEAD: N_("ผู้อำนวยการกลุ่ม"),
    ReviewDesk.DEPUTY: N_("รองผู้อำนวยการ"),
    ReviewDesk.SIGNATORY: N_("ผู้ลงนาม"),
}
SERIES = {
    Series.SEND: N_("ทะเบียนหนังสือส่ง"),
    Series.CIRCULAR: N_("หนังสือเวียน (ว)"),
    Series.ORDER: N_("คำสั่ง"),
    Series.RULE: N_("ระเบียบ"),
    Series.REGULATION: N_("ข้อบังคับ"),
    Series.ANNOUNCEMENT: N_("ประกาศ"),
    Series.STATEMENT: N_("แถลงการณ์"),
    Series.NEWS: N_("ข่าว"),
    Series.CERTIFICATE: N_("หนังสือรับรอง"),
    Series.MINUTES: N_("รายงานการประชุม"),
    Series.OTHER: N_("หนังสืออื่น"),
}
WRITTEN = (DocumentState.DRAFT, DocumentState.RETURNED)  # while its drafter writes it
REVIEWED = (DocumentState.IN_REVIEW, DocumentState.TO_SIGN)
FROZEN = (
    DocumentState.NUMBERED,
    DocumentState.SENT,
    DocumentState.CLOSED,
    DocumentState.CANCELLED,
)
# The roles whose posts may sign.
SIGNING = (Role.DIRECTOR, Role.SCHOOL_DIRECTOR, Role.DEPUTY, Role.GROUP_HEAD)


def install(app: Flask) -> None:
    app.jinja_env.globals["documents"] = {
        "kind": KIND,
        "purpose": PURPOSE,
        "state": STATE,
        "desk": DESK,
        "series": SERIES,
        "forms": FORMS,
        "frozen": FROZEN,
        "written": WRITTEN,
        "reviewed": REVIEWED,
    }
    filters: dict[str, Callable[..., str]] = {"desk_of": desk_of, "to_do": to_do}
    app.jinja_env.filters |= filters


def desk_of(row: dict[str, Any]) -> str:
    """On whose desk it lies while it is reviewed; the drafter by name."""
    if row["state"] in WRITTEN:
        return names.person(row["drafter"])
    return _(DESK[ReviewDesk(row["desk"])]) if row["desk"] else ""


def to_do(row: dict[str, Any]) -> str:
    """The verb of what one is to do for whom this document waits."""
    match row["state"]:
        case DocumentState.IN_REVIEW:
            return _("ตรวจ")
        case DocumentState.TO_SIGN:
            return _("ลงนาม")
        case DocumentState.SIGNED:
            return _("ออกเลข")
        case DocumentState.NUMBERED:
            return _("ส่ง")
    return _("แก้ไข") if row["state"] == DocumentState.RETURNED else _("ร่างต่อ")


def is_written_by(row: dict[str, Any], actor: Actor) -> bool:
    """Whether the actor is at work on this draft, so that it opens to be written."""
    return row["state"] in WRITTEN and row["drafter"] == actor.person


def people_in(rows: list[dict[str, Any]]) -> set[str]:
    """Whose names these documents' rows need."""
    return {row["drafter"] for row in rows if row["drafter"]}
