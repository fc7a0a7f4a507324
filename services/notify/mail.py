"""E-mail over SMTP: a notification as a message, and a connection that says how sending went."""

import re
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from jinja2 import Environment, PackageLoader
from marshmallow import ValidationError
from marshmallow.validate import Email

TIMEOUT = 20  # seconds without an answer after which the server counts as away
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_SENDER = "ระบบอำนวย"
_is_address = Email()
_templates = Environment(
    loader=PackageLoader("services.notify"), autoescape=lambda name: name == "mail.html"
)


class ServerAway(Exception):
    """The mail server cannot be used at all: nothing is wrong with the message."""


class Refused(Exception):
    """The server refused this message, for now or for ever; the reason names no person."""

    def __init__(self, reason: str, permanent: bool) -> None:
        super().__init__(reason)
        self.reason, self.permanent = reason, permanent


def compose(
    *, id: str, title: str, body: str, link: str, sender: str, to: str, site: str, now: datetime
) -> EmailMessage:
    """The message of notification `id`; sent again it has the same Message-ID.

    Raises Refused where the address is none.
    """
    message = EmailMessage(policy=SMTP)
    words = {"title": title, "body": body, "link": f"{site}{link}", "site": site}
    try:
        _is_address(to)
        message["To"] = to
    except (ValidationError, ValueError) as error:
        raise Refused(reason="ที่อยู่อีเมลไม่ถูกต้อง", permanent=True) from error
    message["Subject"] = " ".join(title.split())
    message["From"] = formataddr((_SENDER, sender))
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_templates.get_template("mail.txt").render(words), cte="base64")
    html = _templates.get_template("mail.html").render(words)
    message.add_alternative(html, subtype="html", cte="base64")
    return message


class MailConnection:
    """A connection to the mail server at `url` (`smtp://user:password@host:port` or `smtps://`).

    Entering raises ServerAway; so does `send` when the connection breaks.
    """

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        try:
            self._smtp = self._connect()
            self._log_in(self._smtp)
        except (OSError, smtplib.SMTPException) as error:
            if self._smtp is not None:
                self._smtp.close()
            raise ServerAway(_away(error)) from error
        return self

    def _connect(self) -> smtplib.SMTP:
        host, port = self._url.hostname or "localhost", self._url.port
        if self._url.scheme == "smtps":
            trusted = ssl.create_default_context()
            port = port or smtplib.SMTP_SSL_PORT
            return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=trusted)
        return smtplib.SMTP(host, port or smtplib.SMTP_PORT, timeout=TIMEOUT)

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        """A password goes only to a server that proves who it is, or is on this machine; where
        there is none, any encryption is better than none."""
        name = unquote(self._url.username or "")
        smtp.ehlo()
        if self._url.scheme != "smtps":
            if smtp.has_extn("starttls"):
                trusted = ssl.create_default_context()
                smtp.starttls(context=trusted if name else ssl._create_unverified_context())
            elif name and self._url.hostname not in THIS_MACHINE:
                raise ssl.SSLError("no encryption is offered")
        if name:
            smtp.login(name, unquote(self._url.password or ""))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._smtp is None:
            return
        try:
            self._smtp.quit()
        except (OSError, smtplib.SMTPException):
            self._smtp.close()

    def send(self, message: EmailMessage) -> None:
        """Hand the message over. Raises Refused, ServerAway."""
        assert self._smtp is not None
        try:
            self._smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise _refused(code, words) from error
        except smtplib.SMTPDataError as error:
            raise _refused(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPNotSupportedError, UnicodeError, ValueError) as error:
            raise Refused(reason="เซิร์ฟเวอร์อีเมลไม่รับที่อยู่แบบนี้", permanent=True) from error
        except (OSError, smtplib.SMTPException) as error:
            raise ServerAway(_away(error)) from error


def _refused(code: int, words: bytes | str) -> Exception:
    """Only the codes are kept: the server's words often repeat the address."""
    if code == 421:
        return ServerAway("เซิร์ฟเวอร์อีเมลปิดรับชั่วคราว (421)")
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    enhanced = re.search(r"\b[245]\.[0-9]{1,3}\.[0-9]{1,3}\b", text)
    shown = f"{code} {enhanced.group()}" if enhanced else str(code)
    return Refused(reason=f"เซิร์ฟเวอร์อีเมลไม่รับ ({shown})", permanent=code >= 500)


def _away(error: Exception) -> str:
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"เซิร์ฟเวอร์อีเมลไม่รับชื่อหรือรหัสผ่านของระบบ ({error.smtp_code})"
        case smtplib.SMTPResponseException():
            return f"เซิร์ฟเวอร์อีเมลไม่พร้อม ({error.smtp_code})"
        case ssl.SSLError():
            return "การเข้ารหัสกับเซิร์ฟเวอร์อีเมลไม่สำเร็จ"
        case TimeoutError():
            return "เซิร์ฟเวอร์อีเมลไม่ตอบ"
    return "ติดต่อเซิร์ฟเวอร์อีเมลไม่ได้"
