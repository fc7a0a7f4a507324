"""What the central mailbox writes: a letter as annex 7 wants it, and answers to those who wrote."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from infra import thai
from infra.clock import bangkok
from infra.mail import check_address
from services.correspondence.contract import Attachment
from services.correspondence.documents import URGENCY
from services.correspondence.mailbox.outbox import Content, Mail, MailKind

# How the subject of each kind begins, behind its urgency.
_BEGINNINGS = {
    MailKind.ACKNOWLEDGEMENT: "ตอบรับ : ",
    MailKind.REDIRECTION: "แจ้งที่อยู่ที่ถูกต้อง : ",
    MailKind.FORWARD: "ส่งต่อ : ",
}


@dataclass(frozen=True, kw_only=True)
class Office:
    """Who writes: its names, the telephone by which it can be asked, and where answers go, if not
    to the central mailbox."""

    name: str
    english: str
    phone: str
    reply_to: str = ""


_templates = Environment(
    loader=PackageLoader("services.correspondence.mailbox"),
    autoescape=False,
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)


def _day(day: date) -> str:
    return thai.format_date(day)


def _moment(moment: datetime) -> str:
    return thai.format_moment(moment, "long")


def _english_moment(moment: datetime) -> str:
    return f"{bangkok(moment):%-d %B %Y, %H:%M}"


_templates.filters |= {"day": _day, "moment": _moment, "english_moment": _english_moment}


def message_id(mail: Mail, address: str) -> str:
    """The Message-ID of a mail, the same whenever it is sent."""
    return f"<{mail.id}@{address.rpartition('@')[2]}>"


def compose(
    mail: Mail, office: Office, address: str, read: Callable[[Attachment], bytes]
) -> EmailMessage:
    """The mail as it leaves from the central mailbox at `address`; tried again, it is the same.

    It names no recipient but its own. Raises Refused where that has no valid address, and what
    `read`, which gives the content of a file, raises.
    """
    assert mail.first_try is not None
    content = mail.content
    message = EmailMessage(policy=SMTP)
    message["To"] = check_address(mail.address)
    message["Subject"] = subject(mail.kind, content)
    message["From"] = Address(office.name, addr_spec=address)
    message["Date"] = format_datetime(mail.first_try)
    message["Message-ID"] = message_id(mail, address)
    if office.reply_to:
        message["Reply-To"] = check_address(office.reply_to)
    if mail.kind is MailKind.LETTER:
        message["Disposition-Notification-To"] = address
    elif mail.kind is not MailKind.FORWARD:
        message["Auto-Submitted"] = "auto-replied"
    if content.answers:
        message["In-Reply-To"] = message["References"] = content.answers
    message.set_content(_text(mail.kind, content, office), cte="base64")
    for file in content.files:
        kind, _, subkind = file.media_type.partition("/")
        message.add_attachment(read(file), kind, subkind, filename=file.name)
    if content.files:
        message.set_boundary(f"={mail.id}=")
    return message


def subject(kind: MailKind, content: Content) -> str:
    """With its urgency before it: "ด่วนที่สุด : เรื่อง" (annex 7)."""
    urgency = URGENCY.get(content.urgency, "")
    beginning = (f"{urgency} : " if urgency else "") + _BEGINNINGS.get(kind, "")
    return beginning + " ".join(content.subject.split())


def _text(kind: MailKind, content: Content, office: Office) -> str:
    words: dict[str, Any] = {name: getattr(content, name) for name in content.__dataclass_fields__}
    words |= {"office": office, "urgency": URGENCY.get(content.urgency, "")}
    return "".join(
        _templates.get_template(f"{name}.txt").render(words) for name in (kind.value, "foot")
    )
