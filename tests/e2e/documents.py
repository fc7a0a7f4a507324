"""Documents made quickly by the API, where a test is about what comes after."""

from tests.api.office import PASSWORD
from tests.e2e.house import House
from tests.e2e.letters import made, post
from tests.pages.documents import CONTENT


def drafted(house: House, **content: str) -> str:
    """A draft that has all that its kind requires; its id."""
    document = made(house, "officer", "/api/documents", kind="external")
    post(
        house,
        "officer",
        f"/api/documents/{document}/content",
        content=CONTENT | content,
        urgency="very_urgent",
        deadline=None,
        circular=False,
        signatory=house.known.posts["director"],
        typist=None,
        checker=None,
        recipients=[],
    )
    return document


def submitted(house: House, **content: str) -> str:
    """One that lies with the head of its group."""
    document = drafted(house, **content)
    post(house, "officer", f"/api/documents/{document}/submissions")
    return document


def to_sign(house: House, **content: str) -> str:
    """One that lies with the director."""
    document = submitted(house, **content)
    for who in ("head", "deputy"):
        post(house, who, f"/api/documents/{document}/endorsements")
    return document


def signed(house: House, **content: str) -> str:
    """One that has its number."""
    document = to_sign(house, **content)
    proof = {"subject": document, "password": PASSWORD + "director"}
    confirmation = post(house, "director", "/api/me/confirmations", **proof)["confirmation"]
    post(house, "director", f"/api/documents/{document}/signature", confirmation=confirmation)
    return document


def returned(house: House, **content: str) -> str:
    """One that came back to its drafter with a remark on a place."""
    document = submitted(house, **content)
    remark = {"field": "body", "quote": "กำหนดจัดประชุม", "text": "ระบุวัน"}
    said = {"text": "แก้ตามที่ทำเครื่องหมายไว้", "comments": [remark]}
    post(house, "head", f"/api/documents/{document}/returns", **said)
    return document


def code(house: House, document: str) -> str:
    """Under which the public page knows it."""
    _status, _headers, found = house.gateway.ask("GET", f"/api/documents/{document}", None, "clerk")
    answer: str = found["code"]
    return answer
