"""Roles in words, in the order in which people are asked to choose one."""

from flask import Flask

from gateway.pages.language import N_, _
from infra.identity import Role
from services.personnel.contract import ROLES_OF_ONE_KIND

WORDS = {
    Role.DIRECTOR: N_("ผู้อำนวยการสำนักงานเขต"),
    Role.DEPUTY: N_("รองผู้อำนวยการสำนักงานเขต"),
    Role.GROUP_HEAD: N_("ผู้อำนวยการกลุ่ม"),
    Role.OFFICER: N_("เจ้าหน้าที่"),
    Role.CENTRAL_CLERK: N_("สารบรรณกลาง"),
    Role.GROUP_CLERK: N_("สารบรรณกลุ่ม"),
    Role.SECRETARY: N_("เลขานุการผู้บริหาร"),
    Role.REGISTRAR: N_("นายทะเบียนข้อมูลข่าวสารลับ"),
    Role.SCHOOL_DIRECTOR: N_("ผู้อำนวยการโรงเรียน"),
    Role.SCHOOL_CLERK: N_("สารบรรณโรงเรียน"),
    Role.AUDITOR: N_("ผู้ตรวจสอบ"),
    Role.ADMINISTRATOR: N_("ผู้ดูแลระบบ"),
}


def install(app: Flask) -> None:
    app.jinja_env.filters["role"] = word


def word(role: str) -> str:
    return _(WORDS[Role(role)])


def options(kind: str | None = None) -> list[tuple[str, str]]:
    """All roles, to choose from; or those that there are in such an organisation."""
    return [
        (role, _(words))
        for role, words in WORDS.items()
        if kind is None or ROLES_OF_ONE_KIND.get(role, kind) == kind
    ]
