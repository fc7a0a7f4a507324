"""What the tests of documents share: an office that chose, papers that were signed, printed words."""

from typing import Any

import pypdfium2  # type: ignore[import-untyped]

from infra.identity import Actor
from services.correspondence.contract import (
    SetDocumentPolicy,
)
from tests.correspondence.office import (
    CLERK,
    PLAN,
    Office,
)

POLICY: dict[str, Any] = {
    "code": "ศธ 04001",
    "circulars_apart": True,
    "certificates_apart": True,
    "numbering": "on_signing",
    "group_head": True,
    "deputy": True,
    "letterhead": "สำนักงานเขตพื้นที่การศึกษาตัวอย่าง",
    "address": "ถนนตัวอย่าง",
    "phone": "0 5300 0000",
    "email": "saraban@example.go.th",
    "english_name": "Example Office",
    "roman": "MOE",
    "unit": "04001",
    "unreceived_days": 3,
}


def choose(office: Office, **more: Any) -> None:
    office.send(CLERK, SetDocumentPolicy, **(POLICY | more))


def printed(office: Office, frozen: dict[str, Any]) -> str:
    """The words of a kept PDF, without what is between them."""
    pages = pypdfium2.PdfDocument(office.parts.files.path(frozen["sha256"]))
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)


def actions(office: Office, who: Actor, id: str) -> set[str]:
    return set(office.document(who, id)["actions"])


def paper(office: Office, **more: Any) -> dict[str, Any]:
    uploads = [office.upload(CLERK, "สแกน.txt", b"scan"), office.upload(CLERK, "แนบ.txt", b"more")]
    return {
        "kind": "external",
        "group": PLAN,
        "dated": "2026-02-12",
        "recipient": "ผู้ว่าราชการจังหวัด",
        "subject": "รายงานผล",
        "signer": "นายสมชาย ใจดี",
        "signature": ["ผู้อำนวยการ"],
        "uploads": uploads,
    } | more
