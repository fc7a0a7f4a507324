"""What the enumerations of letters are called on pages, and who has a letter now."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from gateway.documents import actions
from gateway.pages import names
from gateway.pages.language import N_, _
from infra.identity import Actor, Role
from services.correspondence.contract import (
    Channel,
    LetterState,
    OrderKind,
    Register,
    Secrecy,
    Stage,
    TaskKind,
    Urgency,
    WorkState,
)

URGENCY = {
    Urgency.NORMAL: N_("ปกติ"),
    Urgency.URGENT: N_("ด่วน"),
    Urgency.VERY_URGENT: N_("ด่วนมาก"),
    Urgency.MOST_URGENT: N_("ด่วนที่สุด"),
}
SECRECY = {
    Secrecy.NONE: N_("ไม่มีชั้นความลับ"),
    Secrecy.SECRET: N_("ลับ"),
    Secrecy.VERY_SECRET: N_("ลับมาก"),
    Secrecy.MOST_SECRET: N_("ลับที่สุด"),
}
CHANNEL = {
    Channel.PAPER: N_("ส่งด้วยมือ"),
    Channel.POST: N_("ไปรษณีย์"),
    Channel.EMAIL: N_("อีเมลสารบรรณกลาง"),
    Channel.SYSTEM: N_("ระบบสารบรรณอิเล็กทรอนิกส์อื่น"),
    Channel.FAX: N_("โทรสาร"),
}
REGISTER = {
    Register.GENERAL: N_("ทะเบียนหนังสือรับ"),
    Register.SECRET: N_("ทะเบียนหนังสือลับ"),
}
STATE = {
    LetterState.REGISTERED: (N_("รอเสนอ"), "amber"),
    LetterState.PROPOSED: (N_("รอสั่งการ"), "blue"),
    LetterState.ORDERED: (N_("กำลังดำเนินการ"), "blue"),
    LetterState.RETURNED: (N_("ส่งกลับ รอเสนอใหม่"), "red"),
    LetterState.CLOSED: (N_("ปิดเรื่องแล้ว"), "green"),
    LetterState.CANCELLED: (N_("ยกเลิกเลข"), "plain"),
    LetterState.FORWARDED: (N_("ส่งต่อแล้ว"), "plain"),
}
STAGE = {
    Stage.CLERK: N_("สารบรรณ"),
    Stage.CENTRAL_HEAD: N_("ผอ.กลุ่มอำนวยการ"),
    Stage.DEPUTY: N_("รองผู้อำนวยการ"),
    Stage.DIRECTOR: N_("ผู้อำนวยการ"),
}
WORK = {
    WorkState.ORDERED: (N_("รอลงรับ"), "amber"),
    WorkState.RECEIVED: (N_("รอมอบหมาย"), "amber"),
    WorkState.ASSIGNED: (N_("รอรับทราบ"), "amber"),
    WorkState.IN_PROGRESS: (N_("กำลังดำเนินการ"), "blue"),
    WorkState.REPORTED: (N_("รายงานผลแล้ว รอปิด"), "blue"),
    WorkState.RETURNED: (N_("ส่งคืน"), "red"),
    WorkState.CLOSED: (N_("เสร็จสิ้น"), "green"),
}
ORDER = {
    OrderKind.INFORM: N_("ทราบ"),
    OrderKind.ACT: N_("มอบกลุ่มดำเนินการ"),
    OrderKind.FILE: N_("เก็บ"),
}
TASK = {
    TaskKind.PROPOSE: N_("เสนอ"),
    TaskKind.ENDORSE: N_("เกษียน"),
    TaskKind.ORDER: N_("สั่งการ"),
    TaskKind.RECEIVE: N_("ลงรับเข้ากลุ่ม"),
    TaskKind.ASSIGN: N_("มอบหมาย"),
    TaskKind.ACKNOWLEDGE: N_("รับทราบ"),
    TaskKind.REPORT: N_("รายงานผล"),
    TaskKind.CLOSE: N_("ปิดเรื่อง"),
}
ENDED = (LetterState.CLOSED, LetterState.CANCELLED, LetterState.FORWARDED)
WORK_ENDED = (WorkState.CLOSED, WorkState.RETURNED)


def install(app: Flask) -> None:
    app.jinja_env.globals["letters"] = {
        "urgency": URGENCY,
        "secrecy": SECRECY,
        "channel": CHANNEL,
        "register": REGISTER,
        "state": STATE,
        "stage": STAGE,
        "work": WORK,
        "order": ORDER,
        "task": TASK,
    }
    filters: dict[str, Callable[..., str]] = {
        "holder": holder,
        "action": lambda row: actions.action(row, _Names()),
        "remark": actions.remark,
        "file_size": file_size,
    }
    app.jinja_env.filters |= filters


def options(words: Mapping[Any, str]) -> list[tuple[str, str]]:
    """The enumeration for a field that offers one of several."""
    return [(value.value, _(name)) for value, name in words.items()]


def is_open(row: dict[str, Any]) -> bool:
    return row["state"] not in ENDED


def holder(row: dict[str, Any]) -> str:
    """Who has the letter now; nobody once it is closed, cancelled or forwarded."""
    if not is_open(row):
        return ""
    stage: str | None = row["stage"]
    if stage:
        return _(STAGE[Stage(stage)])
    held = [work for work in row["groups"] if work["state"] not in WORK_ENDED]
    return ", ".join(
        names.person(work["officer"]) if work["officer"] else work["name"] for work in held
    )


def people_in(rows: list[dict[str, Any]]) -> set[str]:
    """Whose names these letters' rows need."""
    return {id for row in rows for id in actions.people_in(row)}


def may_register(actor: Actor) -> bool:
    """Whether registering is this person's work."""
    return actor.has(Role.CENTRAL_CLERK, Role.SCHOOL_CLERK, Role.REGISTRAR)


def file_size(size: int) -> str:
    """3.4 MB"""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024)):,} KB"
    return f"{size / 1024 / 1024:,.1f} MB"


class _Names(dict[str, str]):
    """People's names by id, asked for as they are needed."""

    def __missing__(self, id: str) -> str:
        return names.person(id)

    def get(self, id: str, default: Any = None) -> Any:
        return self[id]
