"""The messenger book (form 16) and its receipts (form 17), to be printed and signed on the way."""

from datetime import date, datetime
from typing import Any

from flask import Response

from gateway import sessions
from gateway.api.downloads import PDF, made
from gateway.documents import messenger
from gateway.parts import parts
from infra import thai
from services.correspondence.contract import ListMessengerBook
from services.personnel.contract import Me

Row = dict[str, Any]


def book_pdf(params: dict[str, Any]) -> Response:
    """The book of those days, or of what is under way."""
    pages = messenger.messenger_book_pdf(
        [_line(row) for row in _rows(params)],
        organisation=_organisation(),
        period=_period(params),
        printed_at=parts().clock(),
    )
    return made(pages, PDF, "สมุดส่งหนังสือ.pdf", "messenger-book.pdf", shown=True)


def receipts_pdf(params: dict[str, Any]) -> Response:
    """A receipt for each letter, four on a sheet."""
    pages = messenger.receipts_pdf(map(_line, _rows(params)), organisation=_organisation())
    return made(pages, PDF, "ใบรับ.pdf", "receipts.pdf", shown=True)


def _rows(params: dict[str, Any]) -> list[Row]:
    rows: list[Row] = sessions.ask(ListMessengerBook, **params)["items"]
    return rows


def _line(row: Row) -> Row:
    received = row["delivered_at"]
    return {
        "number": row["reference"],
        "reference": row["reference"],
        "sender": row["sender"],
        "recipient": row["name"],
        "unit": row["name"],
        "subject": row["subject"],
        "receiver": row["receiver"],
        "received_at": datetime.fromisoformat(received) if received else None,
    }


def _organisation() -> str:
    return str(sessions.ask(Me)["organisation_name"])


def _period(params: dict[str, Any]) -> str:
    """Which part of the book it is, in Thai."""
    days = (params.get(name) for name in ("first_day", "last_day"))
    first, last = (thai.format_date(date.fromisoformat(day)) if day else None for day in days)
    if not first and not last:
        return "ที่ยังส่งไม่ถึง"
    since, until = [f"ตั้งแต่วันที่ {first}"] * bool(first), [f"ถึงวันที่ {last}"] * bool(last)
    return " ".join(since + until)
