"""An office with a central mailbox, and what strangers write to it, as the tests know them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from infra.messaging.runtime import Runtime
from services.correspondence.contract import ListArrivals, SetDocumentPolicy
from services.correspondence.mailbox.reading import read_mailbox
from services.correspondence.mailbox.sending import send_due
from tests.correspondence.circulars import settle
from tests.correspondence.mailbox.dovecot import Box
from tests.correspondence.office import CLERK, MONDAY, OFFICE, Office
from tests.notify.mailserver import MailServer

ADDRESS = "saraban@cmi5.example"
PHONE = "053 123 456"
BACK_OFF = (1, 5)  # minutes
MINUTES = [timedelta(minutes=each) for each in BACK_OFF]
PDF = b"%PDF-1.7\n"

POLICY: dict[str, Any] = {
    "code": "ศธ 04999",
    "circulars_apart": True,
    "certificates_apart": True,
    "numbering": "on_signing",
    "group_head": True,
    "deputy": True,
    "letterhead": "สำนักงานเขตพื้นที่การศึกษาตัวอย่าง",
    "address": "ถนนตัวอย่าง",
    "phone": PHONE,
    "email": ADDRESS,
    "english_name": "Example Educational Service Area Office",
    "roman": "MOE",
    "unit": "04999",
    "unreceived_days": 3,
}


def opened(office: Office, server: MailServer | None = None, box: Box | None = None) -> None:
    """Let the office send by that server and read that mailbox."""
    configure(
        office,
        saraban_address=ADDRESS,
        saraban_organisation=OFFICE[:8],
        saraban_smtp_url=server.url if server else "",
        saraban_imap_url=box.url if box else "",
        mail_back_off=BACK_OFF,
    )


def configure(office: Office, **settings: Any) -> None:
    office.parts.settings = replace(office.parts.settings, **settings)


def introduced(office: Office) -> None:
    """Let the office have said what it is called and where it can be asked."""
    office.send(CLERK, SetDocumentPolicy, **POLICY)


def runtime(office: Office) -> Runtime:
    found: Runtime = office.parts.instance().runtime
    return found


def send(office: Office) -> int:
    """A round of sending."""
    return send_due(runtime(office), MINUTES)


def read(office: Office) -> int:
    """A round of reading; how many letters came."""
    found = read_mailbox(runtime(office), at_once=True)
    settle(office)
    return found


def tray(office: Office, **params: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = office.ask(CLERK, ListArrivals, source="email", **params)["items"]
    return items


def letter(
    subject: str = "ขอเชิญประชุม",
    text: str = "เรียน ผู้อำนวยการ\nขอส่งหนังสือตามที่แนบ",
    files: Sequence[tuple[str, bytes]] = (("หนังสือ.pdf", PDF),),
    sender: str = "สำนักงานจังหวัด <saraban@province.example>",
    id: str = "<1@province.example>",
    at: datetime = MONDAY,
    **headers: str,
) -> EmailMessage:
    """An e-mail as a well-behaved program writes it."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, ADDRESS, subject
    message["Date"], message["Message-ID"] = format_datetime(at), id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    for name, content in files:
        message.add_attachment(content, "application", "octet-stream", filename=name)
    return message
