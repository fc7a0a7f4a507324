"""What mail servers and recipients tell of a mail of ours: that it came back, arrived, was opened, or
was answered. Everything else is somebody's letter."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from enum import StrEnum
from itertools import islice

from services.correspondence.mailbox.headers import header, mend
from services.correspondence.mailbox.parsing import Post, nested, text_of

_ID = re.compile(r"<?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@[^\s<>]+>?")
_DAEMON = re.compile(r"^(mailer-daemon|postmaster|mail-daemon|mdaemon)@?", re.IGNORECASE)
_FAILURE = re.compile(
    r"undeliver|delivery (status|has failed|failure|incomplete)|returned (mail|to sender)"
    r"|failure notice|could not be delivered|ส่งไม่ถึง|ไม่สามารถส่ง|ส่งไม่สำเร็จ",
    re.IGNORECASE,
)
_DELAYED = re.compile(r"delay|warning|ล่าช้า", re.IGNORECASE)
_AWAY = re.compile(r"out of (the )?office|vacation|ไม่อยู่|ลาพัก|ลากิจ|ลาป่วย", re.IGNORECASE)
_STATUS = re.compile(r"\b([45]\.[0-9]{1,3}\.[0-9]{1,3})\b")
_QUOTED = re.compile(r"^\s*(>|On .+ wrote:|-{2,} ?Original|From:|จาก:|เมื่อ .+ เขียน(ว่า)?:)")
IDS = 50  # that are looked up: a thread is not longer
REPLY = 1000  # characters of an answer without files beyond which it is a letter too


class Told(StrEnum):
    FAILED = "failed"
    DELIVERED = "delivered"
    OPENED = "opened"
    ANSWERED = "answered"
    NOTHING = "nothing"  # it is late, or somebody is on leave


@dataclass(frozen=True, kw_only=True)
class Report:
    """What `post` tells of the mail `mail` of ours. `letter`: it is a letter besides."""

    mail: str
    told: Told
    text: str = ""
    letter: bool = False


def read(post: Post, is_ours: Callable[[str], bool]) -> Report | None:
    """What a message tells of a mail of ours; None where it tells of none."""
    kind = str(post.top.get_param("report-type") or "").lower()
    kind = kind if post.top.get_content_type() == "multipart/report" else ""
    if kind in ("delivery-status", "disposition-notification"):
        ids, tell = _ids_in_report(post), _REPORTS[kind]
    elif _is_bounce(post):
        ids, tell = _ids_anywhere(post), _bounce
    else:
        ids, tell = _ids(" ".join(post.references)), _answer
    mail = next((id for id in islice(dict.fromkeys(ids), IDS) if is_ours(id)), None)
    return None if mail is None else tell(post, mail)


def _ids(text: str) -> Iterator[str]:
    for found in _ID.finditer(text):
        yield found[1]


def _ids_in_report(post: Post) -> Iterator[str]:
    """By the envelope that the report names, by the Message-ID, by the headers returned."""
    for fields in _fields(post):
        envelope = header(fields, "Original-Envelope-Id")
        yield from _ids(f"{envelope}@envelope")
        yield from _ids(header(fields, "Original-Message-ID"))
    yield from _ids_anywhere(post)


def _ids_anywhere(post: Post) -> Iterator[str]:
    """By returned headers, else by what the text repeats of them."""
    for part in post.parts[1:]:
        yield from _ids(header(part, "Message-ID"))
        if part.get_content_type() == "text/rfc822-headers":
            returned = message_from_string(text_of(part))
            mend(returned)
            yield from _ids(header(returned, "Message-ID"))
    yield from _ids(" ".join(post.references))
    yield from _ids(post.text)


def _fields(post: Post) -> Iterator[Message]:
    """The groups of fields in a report."""
    for part in post.parts:
        if part.get_content_type() == "message/delivery-status":
            yield from nested(part)
        elif part.get_content_type() == "message/disposition-notification":
            inner = list(nested(part))
            yield from inner or [message_from_string(text_of(part))]


def _delivery_status(post: Post, mail: str) -> Report:
    """RFC 3464: one failed recipient is the one recipient, since each has a mail of their own."""
    actions = {}
    for fields in _fields(post):
        action = header(fields, "Action").lower()
        if action:
            actions[action] = header(fields, "Status")
    if "failed" in actions:
        return Report(mail=mail, told=Told.FAILED, text=_reason(actions["failed"]))
    told = Told.DELIVERED if "delivered" in actions else Told.NOTHING
    return Report(mail=mail, told=told)


def _disposition(post: Post, mail: str) -> Report:
    """RFC 8098: only that it was displayed means that somebody has it before them."""
    kinds = " ".join(header(fields, "Disposition").lower() for fields in _fields(post))
    opened = re.search(r";\s*displayed", kinds) is not None
    return Report(mail=mail, told=Told.OPENED if opened else Told.NOTHING)


def _is_bounce(post: Post) -> bool:
    if header(post.top, "X-Failed-Recipients"):
        return True
    returned = header(post.top, "Return-Path") in ("<>", "<MAILER-DAEMON>")
    daemon = _DAEMON.match(post.address) is not None
    return (returned or daemon) and _FAILURE.search(f"{post.subject}\n{post.text}") is not None


def _bounce(post: Post, mail: str) -> Report:
    """A server that says it in words of its own."""
    told = Told.NOTHING if _DELAYED.search(post.subject) else Told.FAILED
    return Report(mail=mail, told=told, text=_reason(post.text))


def _reason(text: str) -> str:
    """Only the code is kept: a server's words often repeat the address."""
    status = _STATUS.search(text)
    shown = f" ({status[1]})" if status else ""
    return f"เซิร์ฟเวอร์อีเมลปลายทางส่งคืน{shown}"


def _answer(post: Post, mail: str) -> Report:
    said = _said(post.text)
    if post.automatic and _AWAY.search(f"{post.subject}\n{said}"):
        return Report(mail=mail, told=Told.NOTHING)
    letter = bool(post.files) or len(said) > REPLY
    return Report(mail=mail, told=Told.ANSWERED, text=said[:REPLY] or post.subject, letter=letter)


def _said(text: str) -> str:
    """A message without what it quotes."""
    lines: list[str] = []
    for line in text.split("\n"):
        if _QUOTED.match(line):
            if not line.lstrip().startswith(">"):
                break
            continue
        lines.append(line)
    return "\n".join(lines).strip()


_REPORTS = {"delivery-status": _delivery_status, "disposition-notification": _disposition}
