"""Documents as the people of the small office make them: by the forms of pages, or quickly by the API."""

from typing import Any

from tests.api.office import PASSWORD, Office
from tests.pages.letters import post

SUBJECT = "ขอเชิญประชุมผู้บริหารสถานศึกษาในสังกัด"
CONTENT = {
    "subject": SUBJECT,
    "salutation": "เรียน ผู้อำนวยการโรงเรียนทดสอบ",
    "body": "ด้วยสำนักงานกำหนดจัดประชุมผู้บริหารสถานศึกษา\n\nจึงเรียนมาเพื่อทราบและเข้าร่วมประชุม",
    "closing": "ขอแสดงความนับถือ",
    "unit": "กลุ่มนโยบายและแผน",
}
FIELDS = {f"c-{name}": text for name, text in CONTENT.items()}


def drafted(office: Office, who: str = "officer", **begun: Any) -> str:
    """An empty draft of an external letter; its id."""
    body = {"kind": "external"} | begun
    id: str = post(office, who, "/api/documents", **body)["id"]
    return id


def read(office: Office, who: str, document: str) -> dict[str, Any]:
    answer = office.as_(who).get(f"/api/documents/{document}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def written(office: Office, who: str = "officer", **changes: Any) -> str:
    """A draft that has all that its kind requires."""
    document = drafted(office, who)
    body = {
        "content": CONTENT,
        "urgency": "normal",
        "deadline": None,
        "circular": False,
        "signatory": office.known.posts["director"],
        "typist": None,
        "checker": None,
        "recipients": [],
    }
    post(office, who, f"/api/documents/{document}/content", **body | changes)
    return document


def submitted(office: Office, **changes: Any) -> str:
    """A draft that lies with the head of its group."""
    document = written(office, **changes)
    post(office, "officer", f"/api/documents/{document}/submissions")
    return document


def to_sign(office: Office, **changes: Any) -> str:
    """A draft that lies with the director."""
    document = submitted(office, **changes)
    for who in ("head", "deputy"):
        post(office, who, f"/api/documents/{document}/endorsements")
    return document


def signed(office: Office, **changes: Any) -> str:
    """A document that the director signed (and which has its number, unless a clerk is to give it)."""
    document = to_sign(office, **changes)
    proof = {"subject": document, "password": PASSWORD + "director"}
    confirmation = post(office, "director", "/api/me/confirmations", **proof)["confirmation"]
    post(office, "director", f"/api/documents/{document}/signature", confirmation=confirmation)
    return document


def numbered_by_clerk(office: Office) -> None:
    """From now on the clerk numbers what is signed."""
    policy = office.as_("clerk").get("/api/document-policy").json
    kept = {name: policy[name] for name in policy.keys() - {"version", "actions", "emblem"}}
    body = kept | {"numbering": "by_clerk"}
    answer = office.as_("director").post("/api/document-policy", json=body)
    assert answer.status_code == 200, answer.text
