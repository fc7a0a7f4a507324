"""What is printed of a document, and how its words stand on the page whatever it is set with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from infra import thai
from services.correspondence.contract.documents import DocumentKind
from services.correspondence.contract.events import Urgency
from services.correspondence.contract.forms import FORMS
from services.correspondence.documents.markdown import Block, blocks, worded

URGENCY = {
    Urgency.NORMAL: "",
    Urgency.URGENT: "ด่วน",
    Urgency.VERY_URGENT: "ด่วนมาก",
    Urgency.MOST_URGENT: "ด่วนที่สุด",
}
LISTED = ("references", "enclosures", "copies", "present", "absent", "attending")
_CERTIFIED = "หนังสือฉบับนี้ให้ไว้เพื่อรับรองว่า "
_UNPRINTED = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ufffe\uffff\\U000e0000-\\U000e0fff]"
)
_RUN = re.compile("[!-~]+")  # printable ASCII between spaces and Thai
_LATIN = re.compile("[A-Za-z@]")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A document as it is printed.

    `content` is by the fields of its kind (`FORMS`). `letterhead` and `address` (lines) are the
    organisation's. `reference` is its ที่ ("ศธ 04123/56", an order's "12/2569") and `dated` the day it
    bears; without them a dotted blank is left. `signer` is the name in brackets, `signature` the lines
    of position under it, `signed_at` when it was signed in the system (none: room for a pen).
    `emblem` is a picture (SVG, PNG, JPEG, GIF or WebP); without one an empty frame is drawn. `qr` is
    the public address at which it is verified. A `draft` bears a pale "ร่าง", and no QR code.
    """

    kind: DocumentKind
    content: Mapping[str, str]
    organisation: str
    letterhead: str = ""
    address: str = ""
    reference: str = ""
    dated: date | None = None
    urgency: Urgency = Urgency.NORMAL
    circular: bool = False
    signer: str = ""
    signature: tuple[str, ...] = ()
    signed_at: datetime | None = None
    phone: str = ""
    email: str = ""
    emblem: bytes | None = None
    qr: str | None = None
    thai_digits: bool = True
    draft: bool = False

    def digits(self, text: str) -> str:
        """`text` in the digits chosen; those in Latin words and in addresses stay as they are."""
        if not self.thai_digits:
            return text
        return _RUN.sub(lambda found: _numerals(found[0]), text)

    def words(self, text: str) -> str:
        """`text` without what cannot be printed, in the digits chosen."""
        return self.digits(_UNPRINTED.sub("", text.replace("\t", " ")).strip())

    def field(self, name: str) -> str:
        return self.words(self.content.get(name, ""))

    def entries(self, name: str) -> list[list[str]]:
        """The field `name` that has one entry a line, each in the parts that "|" makes of it."""
        return [[part.strip() for part in line.split("|")] for line in lines(self.field(name))]

    def blocks(self, name: str) -> list[Block]:
        """The field `name` that is Markdown."""
        text = _UNPRINTED.sub("", self.content.get(name, ""))
        if self.kind is DocumentKind.CERTIFICATE and not text.lstrip().startswith(_CERTIFIED[:14]):
            text = _CERTIFIED + text.lstrip()
        return [worded(block, self.digits) for block in blocks(text)]

    @property
    def name(self) -> str:
        """What the file says that it is, to those who search or have it read to them."""
        words = (FORMS[self.kind].title, self.words(self.reference), self.field("subject"))
        return " ".join(filter(None, words))

    @property
    def position(self) -> list[str]:
        """The lines under the name."""
        return [line for given in self.signature for line in lines(self.words(given))]

    @property
    def telephone(self) -> str:
        """Of the unit whose matter it is, else of the office."""
        return self.field("phone") or self.words(self.phone)

    @property
    def date(self) -> dict[str, str] | None:
        """The day it bears, in words: "15 กุมภาพันธ์" and "2569"."""
        if self.dated is None:
            return None
        day, year = thai.format_date(self.dated).rsplit(" ", 1)
        return {"day": self.digits(day), "year": self.digits(year)}

    @property
    def signed(self) -> str:
        """What stands in the place of a signature by pen."""
        if self.signed_at is None:
            return ""
        return self.digits(f"ลงนามทางอิเล็กทรอนิกส์ {thai.format_moment(self.signed_at, 'long')}")


def lines(text: str) -> list[str]:
    """The lines of `text` that hold anything."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _numerals(word: str) -> str:
    return word if _LATIN.search(word) else thai.to_thai_digits(word)
