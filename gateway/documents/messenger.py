"""What goes by hand and by post: the messenger book (สมุดส่งหนังสือ, form 16), receipts (ใบรับ, form 17)
and envelopes (form 15), to be printed and written on.

A row is a dictionary. Of the book: `number` (เลขทะเบียน), `sender`, `recipient`, `unit` (หน่วยรับ),
`receiver`, `received_at` (aware datetime or None), `note`. Of a receipt: `reference` (ที่), `recipient`,
`subject`, `received_at`, `receiver`. Of an envelope: `reference`, `recipient`, `address` (lines),
`urgency` (its Thai word) and, if there is one, `deadline` (aware datetime, ข้อ 28). What is not yet
known is left to be written in.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from infra import thai
from infra.clock import bangkok
from infra.typesetting import typeset
from infra.typesetting.breaking import pieces_in

_TEMPLATES = Path(__file__).parent / "templates"
BOOK_COLUMNS = ("เลขทะเบียน", "จาก", "ถึง", "หน่วยรับ", "ผู้รับ", "วันและเวลา", "หมายเหตุ")

Row = dict[str, Any]


def messenger_book_pdf(
    rows: Iterable[Row],
    *,
    organisation: str,
    period: str,
    printed_at: datetime,
    thai_digits: bool = False,
) -> bytes:
    """The book on A4 across; `period` says in Thai which part of it this is."""
    shown = [
        [
            _text(row.get("number")),
            *(_text(row.get(name)) for name in ("sender", "recipient", "unit", "receiver")),
            _moment(row.get("received_at")),
            _text(row.get("note")),
        ]
        for row in rows
    ]
    data = {
        "title": "สมุดส่งหนังสือ",
        "organisation": organisation,
        "period": period,
        "printed": f"พิมพ์เมื่อ {thai.format_moment(printed_at, 'long')}",
        "columns": BOOK_COLUMNS,
        "rows": shown,
    }
    return _typeset("messenger_book.typ", data, thai_digits)


def receipts_pdf(rows: Iterable[Row], *, organisation: str, thai_digits: bool = False) -> bytes:
    """Receipts, four on a sheet of A4 to be cut apart."""
    shown = [
        {name: _text(row.get(name)) for name in ("reference", "recipient", "subject", "receiver")}
        | {"date": _day(row.get("received_at")), "time": _time(row.get("received_at"))}
        for row in rows
    ]
    return _typeset("receipts.typ", {"organisation": organisation, "rows": shown}, thai_digits)


def envelopes_pdf(
    rows: Iterable[Row],
    *,
    organisation: str,
    address: str,
    emblem: bytes | None = None,
    thai_digits: bool = False,
) -> bytes:
    """Envelopes (DL, 220 × 110 mm), each a page; `address` (lines) is the sender's."""
    shown = [
        {name: _text(row.get(name)) for name in ("reference", "recipient", "urgency")}
        | {"address": _lines(row.get("address")), "deadline": _moment(row.get("deadline"))}
        for row in rows
    ]
    data = {"organisation": organisation, "address": _lines(address), "rows": shown}
    return _typeset("envelopes.typ", data, thai_digits, emblem)


def _typeset(
    template: str, data: dict[str, Any], thai_digits: bool, emblem: bytes | None = None
) -> bytes:
    words = _in_digits(data) if thai_digits else data
    given = {"pieces": pieces_in(words), "emblem": list(emblem) if emblem else None}
    return typeset(_TEMPLATES / template, words | given | {"thai_digits": thai_digits})


def _in_digits(value: Any) -> Any:
    match value:
        case str():
            return thai.to_thai_digits(value)
        case dict():
            return {name: _in_digits(part) for name, part in value.items()}
        case list() | tuple():
            return [_in_digits(part) for part in value]
    return value


def _text(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())


def _lines(value: str | None) -> list[str]:
    return [line.strip() for line in (value or "").splitlines() if line.strip()]


def _moment(moment: datetime | None) -> str:
    return thai.format_moment(moment, "short") if moment else ""


def _day(moment: datetime | None) -> str:
    return thai.format_date(bangkok(moment).date()) if moment else ""


def _time(moment: datetime | None) -> str:
    return thai.format_time(moment) if moment else ""
