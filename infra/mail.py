"""E-mail over SMTP: a connection that says how sending went, and the rest that a mail server which
is away is given before it is tried again."""

import re
import smtplib
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from marshmallow import ValidationError
from marshmallow.validate import Email
from sqlalchemy import Column, Connection, Integer, MetaData, Row, Table, Text, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from infra.database import UtcMoment
from infra.threads import unhindered

TOO_LARGE = 552
TIMEOUT = 20  # seconds without an answer after which the server counts as away
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_address = Email()


class ServerAway(Exception):
    """The mail server cannot be used at all: nothing is wrong with the message."""


class Refused(Exception):
    """The server refused this message, for now or for ever; the reason names no person."""

    def __init__(self, reason: str, permanent: bool) -> None:
        super().__init__(reason)
        self.reason, self.permanent = reason, permanent


def check_address(text: str) -> str:
    """`text`, where it is one e-mail address. Raises Refused."""
    try:
        _address(text)
    except ValidationError as error:
        raise Refused(reason="ที่อยู่อีเมลไม่ถูกต้อง", permanent=True) from error
    return text


def is_address(text: str) -> bool:
    try:
        check_address(text)
    except Refused:
        return False
    return True


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

    def send(self, message: EmailMessage, envelope: str = "") -> None:
        """Hand the message over. Raises Refused, ServerAway.

        With `envelope` a report is asked for, where the server offers that (DSN), which will name it.
        """
        assert self._smtp is not None
        mail_options: list[str] = []
        rcpt_options: list[str] = []
        if envelope and self._smtp.has_extn("dsn"):
            mail_options = ["RET=HDRS", f"ENVID={envelope}"]
            rcpt_options = ["NOTIFY=SUCCESS,FAILURE"]
        sender, to = (message[name].addresses[0].addr_spec for name in ("From", "To"))
        try:
            if sender.isascii() and to.isascii():
                flat = unhindered(message.as_bytes)  # seconds, where it brings large files
                self._smtp.sendmail(sender, [to], flat, mail_options, rcpt_options)
            else:
                self._smtp.send_message(
                    message, mail_options=mail_options, rcpt_options=rcpt_options
                )
        except smtplib.SMTPSenderRefused as error:
            if error.smtp_code != TOO_LARGE:
                raise ServerAway(_away(error)) from error
            raise Refused(reason="ไฟล์ใหญ่เกินกว่าที่เซิร์ฟเวอร์อีเมลรับ (552)", permanent=True) from error
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
        case TimeoutError() | smtplib.SMTPServerDisconnected(__context__=TimeoutError()):
            return "เซิร์ฟเวอร์อีเมลไม่ตอบ"
    return "ติดต่อเซิร์ฟเวอร์อีเมลไม่ได้"


def rest_table(metadata: MetaData) -> Table:
    """Where a service remembers which mail servers are away: a row each, while that lasts."""
    return Table(
        "mail_server",
        metadata,
        Column("name", Text, primary_key=True),
        Column("away_since", UtcMoment, nullable=False),
        Column("tries", Integer, nullable=False),
        Column("reason", Text, nullable=False),
        Column("next_try", UtcMoment, nullable=False),
    )


class ServerRest:
    """The rest of one mail server, called `name` in a table of `rest_table`."""

    def __init__(self, table: Table, name: str) -> None:
        self._table, self._name = table, name
        self._here = table.c.name == name

    def away(self, connection: Connection) -> Row[Any] | None:
        """Since when and why the server is away, and when it is tried next."""
        return connection.execute(select(self._table).where(self._here)).first()

    def resting(self, connection: Connection, now: datetime) -> bool:
        """Whether the server is not to be tried yet."""
        away = self.away(connection)
        return away is not None and away.next_try > now

    def note_away(
        self, connection: Connection, reason: str, now: datetime, pauses: Sequence[timedelta]
    ) -> None:
        """The server could not be used; it is let rest, longer each time."""
        known = self.away(connection)
        tries = known.tries + 1 if known else 1
        pause = pauses[min(tries, len(pauses)) - 1]
        values = {
            "away_since": known.away_since if known else now,
            "tries": tries,
            "reason": reason,
            "next_try": now + pause,
        }
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(
            insert(self._table)
            .values(name=self._name, **values)
            .on_conflict_do_update(index_elements=["name"], set_=values)
        )

    def note_back(self, connection: Connection) -> None:
        connection.execute(delete(self._table).where(self._here))
