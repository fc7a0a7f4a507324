"""A message as it came by e-mail, taken apart: who wrote, when, what, and the files that it brought.

Nothing that a message may hold makes this fail: what cannot be read is said to be so.
"""

import binascii
import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email.message import Message
from email.parser import BytesFeedParser
from email.policy import compat32
from html.parser import HTMLParser

from services.correspondence.mailbox.headers import address, decoded, file_name, header, mend

TEXT = 20_000  # characters of a message's text that are kept
_SUBJECT = 1000
_PIECE = 64 * 1024
LOGO = 20_000  # bytes up to which a picture that stands in the text is no enclosure
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
_SILENT = ("script", "style", "head", "title")
_BREAKS = ("p", "br", "div", "tr", "li", "h1", "h2", "h3", "table")


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that came with a message, under the name that it bears."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Post:
    """A message that was taken apart. `message_id` is empty where it bears none; `key` is what makes
    it the same wherever it lies. `references` are the Message-IDs that it answers."""

    key: str
    message_id: str
    sender: str
    address: str
    subject: str
    text: str
    references: tuple[str, ...]
    automatic: bool
    files: tuple[File, ...]
    parts: tuple[Message, ...] = field(repr=False)

    @property
    def top(self) -> Message:
        return self.parts[0]


def parse(raw: bytes) -> Post:
    """The message whose bytes these are."""
    try:
        return _parse(raw)
    except Exception:  # a parser that is not ours, on what strangers send
        return _unreadable(raw)


def _parse(raw: bytes) -> Post:
    top = _message(raw)
    parts = tuple(top.walk())
    for part in parts:
        mend(part)
    texts, files = _contents(parts)
    message_id = _first(_MESSAGE_ID.findall(header(top, "Message-ID")))
    sender, written_by = address(top, "From")
    text = "\n\n".join(filter(None, texts)).strip()
    subject = header(top, "Subject")
    told = [message_id, written_by.lower(), header(top, "Date")]
    told += [hashlib.sha256(file.content).hexdigest() for file in files]
    if not message_id:
        told += [subject, text]
    return Post(
        key=hashlib.sha256("\0".join(told).encode()).hexdigest(),
        message_id=message_id,
        sender=sender or written_by,
        address=written_by,
        subject=subject[:_SUBJECT],
        text=_short(text),
        references=_references(top),
        automatic=_is_automatic(top),
        files=tuple(files),
        parts=parts,
    )


def _message(raw: bytes) -> Message:
    """Read piece by piece, since all at once takes several times its size in memory."""
    parser = BytesFeedParser(policy=compat32)
    for start in range(0, len(raw), _PIECE):
        parser.feed(raw[start : start + _PIECE])
    return parser.close()


def _unreadable(raw: bytes) -> Post:
    top = Message()
    return Post(
        key=hashlib.sha256(raw).hexdigest(),
        message_id="",
        sender="",
        address="",
        subject="",
        text="(อ่านอีเมลนี้ไม่ได้ กรุณาเปิดดูในกล่องจดหมาย)",
        references=(),
        automatic=False,
        files=(),
        parts=(top,),
    )


def headers_alone(post: Post) -> Post:
    """The message of which only the headers were fetched."""
    return replace(post, text="(ระบบอ่านอีเมลนี้ได้เพียงส่วนหัว กรุณาเปิดดูในกล่องจดหมาย)")


def twin(head: bytes, size: int) -> str:
    """What tells a message, without fetching it, from all others: its first headers and its size.

    Empty where it bears no Message-ID: others may look like it then.
    """
    lines = sorted(head.split(b"\r\n"))
    if not any(line.lower().startswith(b"message-id:") for line in lines):
        return ""
    return hashlib.sha256(b"%d\0%b" % (size, b"\r\n".join(lines))).hexdigest()


def _first(found: list[str]) -> str:
    return found[0] if found else ""


def _short(text: str) -> str:
    return text if len(text) <= TEXT else f"{text[:TEXT]}…"


def _references(top: Message) -> tuple[str, ...]:
    named = " ".join(header(top, name) for name in ("In-Reply-To", "References"))
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(named)))


def _is_automatic(top: Message) -> bool:
    submitted = header(top, "Auto-Submitted").lower()
    return submitted not in ("", "no") or bool(header(top, "X-Autoreply"))


def _contents(parts: tuple[Message, ...]) -> tuple[list[str], list[File]]:
    """The text of a message (what is written plainly goes before HTML) and its files."""
    plain, html, found = [], [], []
    for part in parts:
        if part.is_multipart():
            continue
        raw, kind, name = _payload(part), part.get_content_type(), file_name(part)
        attached = part.get_content_disposition() == "attachment" or bool(name)
        if kind == "text/plain" and not attached:
            plain.append(_text(part, raw))
        elif kind == "text/html" and not attached:
            html.append(_text(part, raw))
        elif raw and kind not in _REPORTS:
            found.append((part, File(name=name or _unnamed(part), content=raw)))
            part.set_payload("")  # it is large, perhaps, and will not be read again
    markup = "\n".join(html)
    files = [file for part, file in found if not _is_logo(part, file, markup)]
    texts = [text.strip() for text in plain] if any(map(str.strip, plain)) else [_shown(markup)]
    return texts, files


# Parts of reports about mail, which are no files.
_REPORTS = ("message/delivery-status", "message/disposition-notification", "text/rfc822-headers")


def _payload(part: Message) -> bytes:
    written = part.get_payload()
    if isinstance(written, str) and header(part, "Content-Transfer-Encoding").lower() == "base64":
        with suppress(ValueError):  # the parser's own reading forgives more, and takes more room
            return binascii.a2b_base64(written)
    try:
        raw = part.get_payload(decode=True)
    except (ValueError, LookupError, UnicodeError):
        return b""
    return raw if isinstance(raw, bytes) else b""


def _text(part: Message, raw: bytes) -> str:
    charset = part.get_param("charset")
    said = charset[2] if isinstance(charset, tuple) else charset
    return decoded(raw, said).replace("\r\n", "\n").replace("\r", "\n")


def _unnamed(part: Message) -> str:
    return "ภาพแนบ" if part.get_content_maintype() == "image" else "ไฟล์แนบ"


def _is_logo(part: Message, file: File, markup: str) -> bool:
    """Whether it is a small picture that stands in the text, as in a signature."""
    id = header(part, "Content-ID").strip("<>")
    small = part.get_content_maintype() == "image" and len(file.content) <= LOGO
    return bool(small and id and f"cid:{id}" in markup)


def _shown(markup: str) -> str:
    """What a page of HTML reads as."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.text).split("\n"))
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in _SILENT
        if tag in _BREAKS:
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text.append(data)


def text_of(part: Message) -> str:
    """What a part says, such as a report about a mail."""
    return _text(part, _payload(part))


def nested(part: Message) -> Iterator[Message]:
    """The groups of fields of a report, or the messages in a part."""
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (one for one in payload if isinstance(one, Message))
