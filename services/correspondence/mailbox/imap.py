"""The mailbox over IMAP: its folders, and the messages in them. Nothing is ever deleted there."""

import ssl
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from imaplib import IMAP4
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from infra.mail import THIS_MACHINE, TIMEOUT, ServerAway

INBOX = "INBOX"
# What servers call the folder of unwanted mail, where they do not mark it as such.
_JUNK = ("junk", "spam", "junk e-mail", "junk email", "bulk mail", "จดหมายขยะ", "อีเมลขยะ", "สแปม")
_HEAD = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)]"


@dataclass(frozen=True, kw_only=True)
class Head:
    """What can be known of a message without fetching it: `size` in bytes, `fields` its first
    headers as they are; `at` is when the server took it in."""

    uid: int
    size: int
    at: datetime | None
    fields: bytes


class ImapConnection:
    """A connection to the mailbox at `url` (`imaps://name:password@host:port` or `imap://`).

    Whatever goes wrong with the server or the line is raised as ServerAway. `timeout`: seconds that
    the server may say nothing.
    """

    def __init__(self, url: str, timeout: float = TIMEOUT) -> None:
        self._url, self._timeout = urlsplit(url), timeout
        self._client: Any = None

    def __enter__(self) -> Self:
        try:
            with _told():
                self._client = self._connect()
                self._client.normalise_times = False
                self._log_in()
        except ServerAway:
            self._close()
            raise
        return self

    def _connect(self) -> Any:
        encrypted = self._url.scheme == "imaps"
        return IMAPClient(
            self._url.hostname or "localhost",
            self._url.port,
            ssl=encrypted,
            ssl_context=ssl.create_default_context() if encrypted else None,
            timeout=self._timeout,
        )

    def _log_in(self) -> None:
        """The password goes only to a server that proves who it is, or is on this machine."""
        if self._url.scheme != "imaps" and self._url.hostname not in THIS_MACHINE:
            if not self._client.has_capability("STARTTLS"):
                raise ssl.SSLError("no encryption is offered")
            self._client.starttls(ssl.create_default_context())
        self._client.login(unquote(self._url.username or ""), unquote(self._url.password or ""))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            try:
                self._client.logout()
            except (OSError, IMAP4.error):
                self._close()
        else:
            self._close()

    def _close(self) -> None:
        if self._client is not None:
            with suppress(OSError, IMAP4.error):
                self._client.shutdown()

    def folders(self, junk: Collection[str]) -> list[tuple[str, bool]]:
        """The folders to look into, and whether each is of unwanted mail; `junk` names further ones."""
        with _told():
            found = self._client.list_folders()
        named = {name.casefold() for name in junk}
        folders = [(INBOX, False)]
        for flags, delimiter, name in found:
            flags = {bytes(flag).lower() for flag in flags}
            if b"\\noselect" in flags or b"\\nonexistent" in flags or name.upper() == INBOX:
                continue
            last = name.rpartition(_text(delimiter))[2] if delimiter else name
            usual = last.casefold() in _JUNK
            if b"\\junk" in flags or usual or name.casefold() in named:
                folders.append((name, True))
        return folders

    def select(self, folder: str) -> int:
        """Look into a folder from now on; its validity, without which a UID says nothing."""
        with _told():
            return int(self._client.select_folder(folder)[b"UIDVALIDITY"])

    def after(self, uid: int, since: date | None) -> list[int]:
        """The UIDs beyond `uid`, in order, of what came on `since` or later."""
        wanted: list[Any] = ["UID", f"{uid + 1}:*"]
        with _told():
            found = self._client.search(wanted + (["SINCE", since] if since else []))
        return sorted(one for one in found if one > uid)  # `n:*` names the last one, whatever n

    def heads(self, uids: Sequence[int]) -> list[Head]:
        """Of those messages that are still there."""
        with _told():
            found = self._client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE", _HEAD])
        return [_head(uid, found[uid]) for uid in uids if uid in found]

    def message(self, uid: int) -> bytes | None:
        """A message whole; None where it is not there any more."""
        return self._fetch(uid, "BODY.PEEK[]")

    def headers(self, uid: int) -> bytes | None:
        """Its headers alone."""
        return self._fetch(uid, "BODY.PEEK[HEADER]")

    def _fetch(self, uid: int, what: str) -> bytes | None:
        with _told():
            found = self._client.fetch([uid], [what]).get(uid, {})
        return _body(found)

    def mark_seen(self, uid: int) -> None:
        """As a person would who has read it; a server that does not allow it is left alone."""
        with _told():
            try:
                self._client.add_flags([uid], [b"\\Seen"], silent=True)
            except IMAP4.abort:
                raise
            except IMAP4.error:
                return


def _head(uid: int, found: dict[bytes, Any]) -> Head:
    at = found.get(b"INTERNALDATE")
    return Head(
        uid=uid,
        size=int(found.get(b"RFC822.SIZE") or 0),
        at=at if isinstance(at, datetime) and at.tzinfo is not None else None,
        fields=_body(found) or b"",
    )


def _body(found: dict[bytes, Any]) -> bytes | None:
    for name, value in found.items():
        if name.startswith(b"BODY["):
            return value if isinstance(value, bytes) else b""
    return None


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


@contextmanager
def _told() -> Iterator[None]:
    """Raises ServerAway for whatever the server, the line or their words bring."""
    try:
        yield
    except LoginError as error:
        raise ServerAway("เซิร์ฟเวอร์อีเมลไม่รับชื่อหรือรหัสผ่านของระบบ") from error
    except ssl.SSLError as error:
        raise ServerAway("การเข้ารหัสกับเซิร์ฟเวอร์อีเมลไม่สำเร็จ") from error
    except TimeoutError as error:
        raise ServerAway("เซิร์ฟเวอร์อีเมลไม่ตอบ") from error
    except (OSError, IMAP4.error, ValueError, KeyError) as error:
        raise ServerAway("ติดต่อเซิร์ฟเวอร์อีเมลไม่ได้") from error
