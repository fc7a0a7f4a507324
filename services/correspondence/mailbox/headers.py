"""Text as it stands in mail headers, in every spelling that is met with: encoded words (RFC 2047),
parameters in parts and percent signs (RFC 2231), and bytes of UTF-8 or the Thai code page as they are."""

import base64
import binascii
import codecs
import quopri
import re
import unicodedata
from email.message import Message
from email.utils import getaddresses
from urllib.parse import unquote_to_bytes

_WORD = re.compile(r"=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)\s+(=\?)")
_PERCENT = re.compile(r"(?:[\x20-\x24\x26-\x7e]|%[0-9A-Fa-f]{2})+")
_ADDRESSES = 5000  # characters of a header of addresses that are looked at
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# What is said and what is meant: the Thai code page has all of the standard's letters and more.
_CHARSETS = {"tis-620": "cp874", "windows-874": "cp874", "iso-8859-11": "cp874", "us-ascii": ""}


def decoded(raw: bytes, charset: str | None = None) -> str:
    """`raw` in the charset that it is said to be in; where it is not, in UTF-8, else as Thai."""
    said = (charset or "").strip().strip("\"'").lower()
    said = _CHARSETS.get(said, said)
    for candidate in filter(None, (said, "utf-8", "cp874")):
        try:
            codecs.lookup(candidate)
            return clean(raw.decode(candidate))
        except (LookupError, UnicodeError, ValueError):
            continue
    return clean(raw.decode("cp874", "replace"))


def clean(text: str) -> str:
    """Without what cannot be shown or kept: control characters and halves of characters."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def mended(value: str) -> str:
    """A header as it was parsed, with the bytes beyond ASCII that it held as they are, as text."""
    try:
        return decoded(value.encode("ascii", "surrogateescape"))
    except UnicodeEncodeError:
        return clean(value)


def words(value: str) -> str:
    """A header's text: encoded words decoded, on one line.

    Words that follow each other are one: a character may be cut in two by them.
    """
    text, place = [], 0
    value = _BETWEEN.sub(r"\1\2", value)
    run: list[tuple[str, bytes]] = []
    for found in _WORD.finditer(value):
        if found.start() != place:
            text += [_joined(run), value[place : found.start()]]
            run = []
        run.append((found[1], _bytes(found[2], found[3])))
        place = found.end()
    text += [_joined(run), value[place:]]
    return " ".join(clean("".join(text).replace("\t", " ")).replace("\n", " ").split())


def _joined(run: list[tuple[str, bytes]]) -> str:
    text, held, charset = "", b"", ""
    for said, raw in run:
        if said.lower() != charset.lower() and held:
            text, held = text + decoded(held, charset), b""
        held, charset = held + raw, said
    return text + (decoded(held, charset) if held else "")


def _bytes(how: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    if how in "qQ":
        return quopri.decodestring(raw.replace(b"_", b" "))
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except (binascii.Error, ValueError):
        return raw


def header(part: Message, name: str) -> str:
    """A header of a mended message (see `mend`) as text; empty where there is none."""
    value = part.get(name)
    return "" if value is None else words(str(value))


def mend(part: Message) -> None:
    """Put text in the place of raw bytes in the headers of one part, so that they can be parsed."""
    part._headers = [  # type: ignore[attr-defined]
        (name, mended(str(value))) for name, value in part.raw_items()
    ]


def file_name(part: Message) -> str:
    """The name of the file in a mended part; empty where it has none."""
    for field, name in (("content-disposition", "filename"), ("content-type", "name")):
        found = part.get_param(name, header=field)
        if isinstance(found, tuple):
            charset, _, value = found
            return decoded(_latin(value), charset)
        if found:
            text = words(found)
            if "%" in text and _PERCENT.fullmatch(text):
                text = decoded(unquote_to_bytes(text))
            return text
    return ""


def _latin(text: str) -> bytes:
    """The bytes that percent signs stood for, which the parser gives as Latin-1."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def address(part: Message, name: str) -> tuple[str, str]:
    """The name and the address in a header such as From; empty where there is none."""
    value = part.get(name)
    if value is None:
        return "", ""
    shown = str(value)[:_ADDRESSES]
    for written, found in getaddresses([shown]):
        if "@" in found:
            return words(written), clean(found).strip()
    return words(shown), ""
