"""Letters on their way between the office and its schools, made quickly by the API."""

from datetime import datetime
from email.message import EmailMessage
from typing import Any

from services.correspondence.mailbox import parsing, taking
from tests.api.office import Office
from tests.pages.letters import pdf, post

SUBJECT = "แจ้งปฏิทินการรับนักเรียน ปีการศึกษา 2569"
PAPER = {
    "kind": "external",
    "circular": True,
    "dated": "2026-02-16",
    "recipient": "ผู้อำนวยการโรงเรียนในสังกัดทุกโรงเรียน",
    "subject": SUBJECT,
    "signer": "นายสั่ง ทดสอบ",
}
MAILED = "ขอเชิญร่วมงานวันเด็ก"
MAYOR = "เทศบาลตำบลตัวอย่าง"


def schools(office: Office, *names: str) -> list[str]:
    """Schools that nobody works at yet; their ids."""
    made = []
    for place, name in enumerate(names, 10):
        body = {"kind": "school", "code": f"999900{place}", "name": name}
        made.append(post(office, "admin", "/api/organisations", **body)["id"])
    settled(office)
    return made


def on_system(id: str, name: str = "โรงเรียนทดสอบ") -> dict[str, Any]:
    return {"organisation": id, "name": name, "channel": "system"}


def outside(channel: str, name: str = MAYOR, address: str = "") -> dict[str, Any]:
    return {"name": name, "channel": channel, "address": address}


def numbered(office: Office, who: str = "clerk", **columns: Any) -> str:
    """A document with its number, not sent; its id."""
    uploads = [office.upload(who, pdf(), "หนังสือ.pdf")]
    id: str = post(office, who, "/api/documents/papers", **PAPER | columns, uploads=uploads)["id"]
    return id


def sent(office: Office, *recipients: dict[str, Any], **columns: Any) -> str:
    """A document that the office sent, to the school if to nobody else; its id."""
    document = numbered(office, **columns)
    to = recipients or (on_system(office.known.organisations["school"]),)
    post(office, "clerk", f"/api/documents/{document}/sendings", recipients=list(to))
    settled(office)
    return document


def settled(office: Office) -> None:
    """Let every service take in what came of what it told."""
    before = None
    while before != office.counts():
        before = office.counts()
        office.settle()


def waiting(office: Office, who: str = "school") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = office.as_(who).get("/api/arrivals").json["items"]
    return items


def deliveries(office: Office, document: str) -> list[dict[str, Any]]:
    address = f"/api/documents/{document}/deliveries"
    items: list[dict[str, Any]] = office.as_("clerk").get(address).json["items"]
    return items


def mailed(office: Office, at: datetime, *, spam: bool = False) -> None:
    """An e-mail that came to the office's central mailbox."""
    message = EmailMessage()
    message["From"], message["Subject"] = f"{MAYOR} <saraban@mayor.example>", MAILED
    message["Message-ID"] = f"<{at.timestamp()}@mayor.example>"
    message.set_content("เรียน ผู้อำนวยการ ขอส่งหนังสือตามที่แนบ")
    message.add_attachment(pdf(), "application", "pdf", filename="หนังสือ.pdf")
    letters = office.client.harnesses["correspondence"].parts
    place = taking.Place(twin=str(at), spam=spam, at=at)
    assert taking.take(
        letters.instance({}).runtime,
        office.known.organisations["office"],
        parsing.parse(message.as_bytes()),
        place,
    )
