"""What the registers say under การปฏิบัติ and หมายเหตุ, on the screen as on paper.

Letters are rows as `ListLetters` answers them, documents as `ListDocuments` does; `names` are
people's names by id.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from services.correspondence.contract import (
    DocumentState,
    LetterState,
    OrderKind,
    Stage,
    Urgency,
    WorkState,
)

URGENCY = {
    Urgency.NORMAL: "",
    Urgency.URGENT: "ด่วน",
    Urgency.VERY_URGENT: "ด่วนมาก",
    Urgency.MOST_URGENT: "ด่วนที่สุด",
}
STAGE = {
    Stage.CLERK: "สารบรรณกลาง",
    Stage.CENTRAL_HEAD: "ผอ.กลุ่มอำนวยการ",
    Stage.DEPUTY: "รองผู้อำนวยการ",
    Stage.DIRECTOR: "ผู้อำนวยการ",
}
_ORDER = {
    OrderKind.INFORM: "ทราบ",
    OrderKind.ACT: "มอบกลุ่มดำเนินการ",
    OrderKind.FILE: "เก็บ",
}
WORK = {
    WorkState.ORDERED: "รอลงรับ",
    WorkState.RECEIVED: "ลงรับแล้ว",
    WorkState.ASSIGNED: "มอบหมายแล้ว",
    WorkState.IN_PROGRESS: "กำลังดำเนินการ",
    WorkState.REPORTED: "รายงานผลแล้ว",
    WorkState.RETURNED: "ส่งคืน",
    WorkState.CLOSED: "เสร็จสิ้น",
}


def people_in(letter: dict[str, Any]) -> Iterator[str]:
    """Whose names its row needs."""
    return (work["officer"] for work in letter["groups"] if work["officer"])


def action(letter: dict[str, Any], names: Mapping[str, str]) -> str:
    """การปฏิบัติ (ข้อ 39): to which units and persons it went, how far it has come there, and by which
    letters it was answered."""
    answered = letter["answered"].split("\n")
    return "; ".join(filter(None, [_course(letter, names), *answered]))


def _course(letter: dict[str, Any], names: Mapping[str, str]) -> str:
    match LetterState(letter["state"]):
        case LetterState.FORWARDED:
            return f"ส่งต่อ {letter['ended_by']}".strip()
        case LetterState.CANCELLED | LetterState.REGISTERED:
            return ""
        case LetterState.PROPOSED:
            return f"เสนอ{STAGE[Stage(letter['stage'] or Stage.DIRECTOR)]}"
        case LetterState.RETURNED if not letter["groups"]:
            return "ส่งกลับให้เสนอใหม่"
    order, groups = OrderKind(letter["order"] or OrderKind.ACT), letter["groups"]
    lines = [_work(work, names, alone=len(groups) == 1) for work in groups]
    if order is not OrderKind.ACT or not groups:
        lines.insert(0, _ORDER[order])
    if letter["schools"]:
        lines.append("แจ้งโรงเรียน")
    return "; ".join(lines)


def _work(work: dict[str, Any], names: Mapping[str, str], alone: bool) -> str:
    words = [work["name"]]
    if work["number"] is not None:
        words.append(f"รับที่ {work['number']}")
    if work["officer"]:
        words.append(names.get(work["officer"], ""))
    if work["lead"] and not alone:
        words.append("(เจ้าของเรื่อง)")
    words.append(WORK[WorkState(work["state"])])
    return " ".join(filter(None, words))


def remark(letter: dict[str, Any]) -> str:
    """หมายเหตุ: why the number is void, what was missing from the letter, what the clerk noted."""
    words = []
    if letter["state"] == LetterState.CANCELLED:
        words.append(f"ยกเลิกเลข: {letter['ended_by']}")
    if letter["defect"]:
        words.append(f"ข้อบกพร่อง: {letter['defect']}")
    words.append(letter["note"])
    return "; ".join(filter(None, words))


def register_row(letter: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The letter as a row of the printed register (`gateway.documents.register`)."""
    return {
        "number": letter["number"],
        "received_at": datetime.fromisoformat(letter["received_at"]),
        "reference": letter["reference"],
        "dated": date.fromisoformat(letter["dated"]) if letter["dated"] else None,
        "sender": letter["sender"],
        "recipient": letter["recipient"],
        "subject": letter["subject"],
        "action": action(letter, names),
        "note": remark(letter),
        "urgency": URGENCY[Urgency(letter["urgency"])],
        "cancelled": letter["state"] == LetterState.CANCELLED,
    }


_GAP = {
    "reserved": "จองเลขไว้",
    "burned": "ยกเลิกเลข",
    "missing": "ไม่มีในทะเบียนเดิมที่นำเข้า",
}


def gap_remark(gap: dict[str, Any]) -> str:
    """หมายเหตุ of a number that no document bears (an item of `AuditNumbers`)."""
    return ": ".join(filter(None, [_GAP[gap["state"]], gap["reason"]]))


def document_remark(document: dict[str, Any]) -> str:
    """หมายเหตุ: why the number is void, and what was noted on its way."""
    void = document["state"] == DocumentState.CANCELLED
    words = [f"ยกเลิกเลข: {document['ended_by']}" if void else "", document["note"]]
    return "; ".join(filter(None, words))


def document_row(document: dict[str, Any]) -> dict[str, Any]:
    """The document as a row of the printed register (form 14)."""
    return {
        "number": document["number"],
        "reference": document["reference"],
        "dated": date.fromisoformat(document["dated"]) if document["dated"] else None,
        "sender": document["sender"],
        "recipient": document["recipient"],
        "subject": document["subject"],
        "action": document["actions_text"],
        "note": document_remark(document),
        "urgency": URGENCY[Urgency(document["urgency"])],
        "cancelled": document["state"] == DocumentState.CANCELLED,
    }


def gap_row(gap: dict[str, Any]) -> dict[str, Any]:
    """A number that no document bears, as a row of the same."""
    return {"number": gap["number"], "dated": None, "note": gap_remark(gap), "urgency": ""}
