"""A sheet set by Typst: the PDF/A that is kept, and the pages as a draft's preview shows them."""

import re
from pathlib import Path
from typing import Any

import segno
import typst

from infra.errors import Invalid
from infra.typesetting import Setting
from services.correspondence.contract.forms import FORMS
from services.correspondence.documents.markdown import plain
from services.correspondence.documents.sheet import URGENCY, Sheet, lines

_TEMPLATES = Path(__file__).parent / "templates"
_DARK = re.compile("1+")
_QUOTED = re.compile(r'`"(.+?)"`')
_MARKDOWN = ("body", "grounds")
_LISTED = ("references", "enclosures", "copies", "present", "absent", "attending")


def compose(sheet: Sheet) -> bytes:
    """The sheet as PDF/A-2u. Blocks for some tens of milliseconds; `unhindered` where that matters.

    Raises Invalid where the text has a character that no typeface here can print.
    """
    try:
        return Setting(_template(sheet), _data(sheet)).pdf()
    except typst.TypstError as error:
        raise _unprintable(error) from error


def preview(sheet: Sheet) -> list[str]:
    """Each page of the sheet as SVG."""
    return Setting(_template(sheet), _data(sheet)).svg()


def _data(sheet: Sheet) -> dict[str, Any]:
    """The sheet as its template takes it: all words as they stand on the page."""
    names = [field.name for field in FORMS[sheet.kind].fields]
    return {
        "kind": sheet.kind,
        "title": FORMS[sheet.kind].title,
        "organisation": sheet.organisation,
        "letterhead": lines(sheet.words(sheet.letterhead)),
        "address": lines(sheet.words(sheet.address)),
        "reference": sheet.words(sheet.reference),
        "date": sheet.date,
        "urgency": URGENCY[sheet.urgency],
        "fields": {name: sheet.field(name) for name in names if name not in _MARKDOWN + _LISTED},
        "lists": {name: sheet.entries(name) for name in names if name in _LISTED},
        "blocks": {
            name: [plain(block) for block in sheet.blocks(name)]
            for name in names
            if name in _MARKDOWN
        },
        "signer": sheet.words(sheet.signer),
        "signature": [line for given in sheet.signature for line in lines(sheet.words(given))],
        "signed": sheet.signed,
        "phone": sheet.field("phone") or sheet.words(sheet.phone),
        "email": sheet.words(sheet.email),
        "emblem": list(sheet.emblem) if sheet.emblem else None,
        "qr": None if sheet.draft or not sheet.qr else _code(sheet.qr),
        "draft": sheet.draft,
        "thai_digits": sheet.thai_digits,
    }


def _code(address: str) -> dict[str, Any]:
    """The QR code of `address`: each row's dark runs, as pairs of where one begins and how long it is."""
    rows = []
    for row in segno.make(address, error="m", micro=False).matrix:
        dark = "".join("1" if module else "0" for module in row)
        rows.append([(found.start(), len(found[0])) for found in _DARK.finditer(dark)])
    return {"address": address, "rows": rows}


def _template(sheet: Sheet) -> Path:
    own = _TEMPLATES / f"{sheet.kind}.typ"
    return own if own.is_file() else _TEMPLATES / "other.typ"


def _unprintable(error: typst.TypstError) -> Exception:
    found = _QUOTED.search(error.message)
    if "PDF/A" not in error.message or not found:
        return error
    return Invalid(f"ข้อความมีอักขระที่พิมพ์ไม่ได้: {found[1]} แก้เป็นอักขระอื่น")
