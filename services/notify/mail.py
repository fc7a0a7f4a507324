"""A notification as an e-mail."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from jinja2 import Environment, PackageLoader

from infra.mail import check_address

_SENDER = "ระบบอำนวย"
_templates = Environment(
    loader=PackageLoader("services.notify"), autoescape=lambda name: name == "mail.html"
)


def compose(
    *, id: str, title: str, body: str, link: str, sender: str, to: str, site: str, now: datetime
) -> EmailMessage:
    """The message of notification `id`; sent again it has the same Message-ID.

    Raises Refused where the address is none.
    """
    message = EmailMessage(policy=SMTP)
    words = {"title": title, "body": body, "link": f"{site}{link}", "site": site}
    message["To"] = check_address(to)
    message["Subject"] = " ".join(title.split())
    message["From"] = formataddr((_SENDER, sender))
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_templates.get_template("mail.txt").render(words), cte="base64")
    html = _templates.get_template("mail.html").render(words)
    message.add_alternative(html, subtype="html", cte="base64")
    return message
