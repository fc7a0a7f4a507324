"""Files that are made or kept: attachments, evidence, the register, the receive stamp.

Each function takes the checked parameters of a query and asks the service, which decides who may.
"""

from base64 import b64decode
from collections.abc import Iterator
from contextvars import copy_context
from datetime import date, datetime
from itertools import chain
from typing import Any
from urllib.parse import quote

from flask import Response

from gateway import sessions
from gateway.api import files
from gateway.api.made_registers import MadeRegister
from gateway.documents import deliveries, register, stamp
from gateway.documents.actions import people_in, register_row
from gateway.parts import parts
from infra import thai
from infra.clock import register_year
from infra.filetypes import MEDIA_TYPES
from services.correspondence.contract import (
    ExportDocument,
    GetArrivalFile,
    GetAttachment,
    GetDocument,
    GetDocumentFile,
    GetLetter,
    ListDeliveries,
    ListLetters,
    Register,
    Series,
)
from services.personnel.contract import ListGroups, Me, Names
from services.standards.contract import GetEvidence

ROWS_AT_ONCE = 500
PDF, SVG, CSV = MEDIA_TYPES["pdf"], "image/svg+xml", "text/csv"
_STAMPED = (PDF, "image/png", "image/jpeg", "image/tiff")


def attachment(params: dict[str, Any]) -> Response:
    """A file of a letter."""
    return files.download(sessions.ask(GetAttachment, **params))


def document_file(params: dict[str, Any]) -> Response:
    """A file of a document: the frozen one, an enclosure."""
    return files.download(sessions.ask(GetDocumentFile, **params))


def document_export(params: dict[str, Any]) -> Response:
    """A document made into a file for those who must have it elsewhere."""
    file = sessions.ask(ExportDocument, **params)
    plain = f"document.{params['format']}"
    return made(b64decode(file["content"]), file["media_type"], file["name"], plain)


def arrival_file(params: dict[str, Any]) -> Response:
    """A file of a letter in the tray."""
    return files.download(sessions.ask(GetArrivalFile, **params))


def deliveries_xlsx(params: dict[str, Any]) -> Response:
    """The recipients of a document as a workbook."""
    found, document = sessions.ask(ListDeliveries, **params), sessions.ask(GetDocument, **params)
    about = f"ที่ {document['reference']} เรื่อง {document['subject']}"
    book = deliveries.xlsx(found["items"], organisation=_organisation(), about=about)
    name = f"{deliveries.TITLE} {document['reference']}.xlsx"
    return made(book, MEDIA_TYPES["xlsx"], name, "recipients.xlsx")


def deliveries_csv(params: dict[str, Any]) -> Response:
    """The recipients of a document as CSV."""
    found, document = sessions.ask(ListDeliveries, **params), sessions.ask(GetDocument, **params)
    name = f"{deliveries.TITLE} {document['reference']}.csv"
    return made(deliveries.csv_of(found["items"]), f"{CSV}; charset=utf-8", name, "recipients.csv")


def evidence(params: dict[str, Any]) -> Response:
    """A file that shows a result."""
    return files.download(sessions.ask(GetEvidence, **params))


def register_csv(params: dict[str, Any]) -> Response:
    """The register, sent while it is read. What the first page's reading raises is raised here."""
    lines = register.register_csv(_rows(params))
    response = Response(_in_this_request(lines), content_type=f"{CSV}; charset=utf-8")
    response.headers["Content-Disposition"] = _disposition(
        _file_name(params, "csv"), "register.csv"
    )
    return response


def _in_this_request(parts: Iterator[bytes]) -> Iterator[bytes]:
    """`parts`, made as this visitor though the request is over: the server's thread that sends
    them is another than began them, so that Flask could not take back what it lent."""
    this = copy_context()
    return iter(lambda: this.run(next, parts, b""), b"")


def register_xlsx(params: dict[str, Any]) -> Response:
    """The register as a workbook."""
    book = register.register_xlsx(
        list(_rows(params)),
        organisation=_organisation(),
        period=_period(params),
        form=_form(params),
    )
    return made(book, MEDIA_TYPES["xlsx"], _file_name(params, "xlsx"), "register.xlsx")


def register_pdf(params: dict[str, Any], thai_digits: bool = False) -> Response:
    """The register on A4."""
    pages = register.register_pdf(
        _rows(params),
        organisation=_organisation(),
        period=_period(params),
        printed_at=parts().clock(),
        form=_form(params),
        thai_digits=thai_digits,
    )
    return made(pages, PDF, _file_name(params, "pdf"), "register.pdf")


def made_csv(params: dict[str, Any]) -> Response:
    """A register of what the organisation makes, sent while it is read."""
    found = MadeRegister(_of_a_year(params))
    lines = register.register_csv(found.rows(), found.form)
    response = Response(_in_this_request(lines), content_type=f"{CSV}; charset=utf-8")
    name = _made_name(found, "csv")
    response.headers["Content-Disposition"] = _disposition(name, "register.csv")
    return response


def made_xlsx(params: dict[str, Any]) -> Response:
    """The same as a workbook."""
    found = MadeRegister(_of_a_year(params))
    book = register.register_xlsx(
        list(found.rows()),
        organisation=_made_by(found),
        period=_period(found.params),
        form=found.form,
    )
    return made(book, MEDIA_TYPES["xlsx"], _made_name(found, "xlsx"), "register.xlsx")


def made_pdf(params: dict[str, Any], thai_digits: bool = False) -> Response:
    """The same on A4 (form 14)."""
    found = MadeRegister(_of_a_year(params))
    pages = register.register_pdf(
        found.rows(),
        organisation=_made_by(found),
        period=_period(found.params),
        printed_at=parts().clock(),
        form=found.form,
        thai_digits=thai_digits,
    )
    return made(pages, PDF, _made_name(found, "pdf"), "register.pdf")


def _of_a_year(params: dict[str, Any]) -> dict[str, Any]:
    """`params` with what a register is of: the send register of the present year where none is named."""
    return params | {
        "series": params.get("series") or Series.SEND,
        "year": params.get("year") or register_year(parts().clock()),
    }


def _made_by(found: MadeRegister) -> str:
    """Whose register it is: the organisation's, or a group's own."""
    words = [_organisation()]
    if found.group and found.by_group:
        groups = sessions.ask(ListGroups)["items"]
        words += [one["name"] for one in groups if one["id"] == found.group]
    return " ".join(words)


def _made_name(found: MadeRegister, extension: str) -> str:
    return f"{found.form.title} {found.year}.{extension}"


def stamp_svg(params: dict[str, Any]) -> Response:
    """The receive stamp of a letter."""
    drawn = stamp.stamp_svg(_stamp(sessions.ask(GetLetter, **params)))
    response = Response(drawn, content_type=SVG)
    response.headers["Content-Security-Policy"] = files.SHOWN
    return response


def stamped_pdf(params: dict[str, Any]) -> Response:
    """The first page of a letter's first file that has pages, stamped; else the stamp alone."""
    letter = sessions.ask(GetLetter, **params)
    first = next((file for file in letter["files"] if file["media_type"] in _STAMPED), None)
    if first is None:
        page = stamp.stamped_bare_page(_stamp(letter))
    else:
        with parts().files.open(first["sha256"]) as content:
            page = stamp.stamped_first_page(content.read(), _stamp(letter))
    name = f"รับที่ {letter['number']}-{letter['year']}.pdf"
    return made(page, PDF, name, f"{letter['number']}-{letter['year']}.pdf", shown=True)


def _rows(params: dict[str, Any]) -> Iterator[register.Row]:
    """The register's rows, however many. The first page is asked for at once."""
    pages = _pages(params)
    first = next(pages)
    return (row for page in chain([first], pages) for row in page)


def _pages(params: dict[str, Any]) -> Iterator[list[register.Row]]:
    cursor, names = None, dict[str, str]()
    while True:
        page = sessions.ask(ListLetters, **params | {"cursor": cursor})
        _learn(names, page["items"])
        yield [register_row(letter, names) for letter in page["items"]]
        cursor = page["next"]
        if cursor is None:
            return


def _learn(names: dict[str, str], letters: list[dict[str, Any]]) -> None:
    ids = sorted({id for letter in letters for id in people_in(letter)} - names.keys())
    for start in range(0, len(ids), 500):
        found = sessions.ask(Names, ids=ids[start : start + 500])["items"]
        names.update((one["id"], one["name"]) for one in found)


def _organisation() -> str:
    return str(sessions.ask(Me)["organisation_name"])


def _period(params: dict[str, Any]) -> str:
    """Which part of the register it is, in Thai."""
    words = [f"ปี พ.ศ. {params['year']}" if params.get("year") else "ทุกปี"]
    first, last = (
        thai.format_date(date.fromisoformat(day)) if day else None
        for day in (params.get("first_day"), params.get("last_day"))
    )
    if first and first == last:
        words.append(f"วันที่ {first}")
    elif first or last:
        words.append(" ".join([f"ตั้งแต่ {first}"] * bool(first) + [f"ถึง {last}"] * bool(last)))
    if any(params.get(name) for name in _FILTERS):
        words.append("เฉพาะรายการที่ค้นหา")
    return " ".join(words)


_FILTERS = (
    "q", "state", "urgency", "channel", "group", "officer", "open", "overdue", "unattended",
)  # fmt: skip


def _stamp(letter: dict[str, Any]) -> dict[str, Any]:
    return {
        "organisation": letter["organisation_name"],
        "number": letter["number"],
        "received_at": datetime.fromisoformat(letter["received_at"]),
    }


def _form(params: dict[str, Any]) -> register.Form:
    secret = params.get("register") == Register.SECRET
    return register.SECRET if secret else register.RECEIVED


def _file_name(params: dict[str, Any], extension: str) -> str:
    return f"{_form(params).title} {params.get('year') or 'ทุกปี'}.{extension}"


def made(
    content: bytes, media_type: str, name: str, plain_name: str, shown: bool = False
) -> Response:
    """A file that was made, for the browser to keep; `shown` in its window instead."""
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = _disposition(name, plain_name, shown)
    response.headers["Content-Security-Policy"] = files.SHOWN
    return response


def _disposition(name: str, plain_name: str, shown: bool = False) -> str:
    """`plain_name` is for programs that cannot read a name in Thai."""
    kind = "inline" if shown else "attachment"
    return f"{kind}; filename=\"{plain_name}\"; filename*=UTF-8''{quote(name, safe='')}"
