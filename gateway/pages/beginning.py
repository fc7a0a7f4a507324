"""What a new office still lacks before a letter can be received in it, step by step."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from gateway import sessions
from gateway.pages.language import _
from infra.identity import Role
from services.personnel.contract import ListOrganisations, ListPosts, OrganisationKind


@dataclass(frozen=True)
class Step:
    name: str
    why: str
    address: str
    done: bool


def steps(groups: list[dict[str, Any]]) -> list[Step]:
    """The steps of setting up the administrator's office; none once all are done."""
    posts = sessions.ask(ListPosts)["items"]
    held = {post["role"] for post in posts if post["holder"]}
    schools = sessions.ask(ListOrganisations, kind=OrganisationKind.SCHOOL.value, limit=1)["total"]
    found = [
        Step(
            _("เพิ่มกลุ่มของสำนักงาน"),
            _("ทำเครื่องหมายกลุ่มที่ทำงานสารบรรณกลางด้วย"),
            url_for("pages.groups"),
            any(group["central"] for group in groups),
        ),
        Step(
            _("เพิ่มบุคคลและตำแหน่ง"),
            _("นำเข้าทั้งหมดจากไฟล์ได้ ต้องมีผู้อำนวยการสำนักงานเขตและสารบรรณกลาง"),
            url_for("pages.import_directory"),
            {Role.DIRECTOR, Role.CENTRAL_CLERK} <= held,
        ),
        Step(
            _("เพิ่มโรงเรียนในสังกัด"),
            _("นำเข้าทั้งหมดจากไฟล์ได้"),
            url_for("pages.import_directory", kind="schools"),
            schools > 0,
        ),
    ]
    return [] if all(step.done for step in found) else found
