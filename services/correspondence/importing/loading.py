"""Taking the rows of a register over, some at a time: each page is committed with how far it came, so
that whatever ends the process, the rest goes on behind it."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Connection, Row, select

from infra.eventstore import numbers
from infra.eventstore.store import Work
from services.correspondence.contract import (
    DocumentImported,
    DocumentKind,
    ImportedRegister,
    LetterImported,
    Register,
    Series,
)
from services.correspondence.document import Document
from services.correspondence.importing import reading
from services.correspondence.letter import Letter, receive_series
from services.correspondence.series import key_of
from services.correspondence.views.documents_tables import documents
from services.correspondence.views.tables import letters

PAGE = 100  # rows; others who write wait for one page where the database has one writer
_KEPT = ("dated", "sender", "recipient", "subject", "urgency", "reference", "actions", "note")

Taken = set[tuple[Series | None, int, int, int]]


def series_of(register: ImportedRegister, row: reading.Row, apart: bool) -> Series | None:
    """The series in which a row's number runs; None for the receive register."""
    match register:
        case ImportedRegister.RECEIVE:
            return None
        case ImportedRegister.ORDER:
            return Series.ORDER
    return Series.CIRCULAR if row.circular and apart else Series.SEND


def taken(
    connection: Connection,
    organisation: str,
    register: ImportedRegister,
    years: Collection[int],
    within: Collection[int] | None = None,
) -> Taken:
    """The numbers of those years that are used already: (series, year, number, twin)."""
    if register is ImportedRegister.RECEIVE:
        query = select(letters.c.year, letters.c.number, letters.c.copy).where(
            letters.c.organisation == organisation,
            letters.c.register == Register.GENERAL,
            letters.c.year.in_(years),
        )
        if within is not None:
            query = query.where(letters.c.number.in_(within))
        return {(None, row.year, row.number, row.copy) for row in connection.execute(query)}
    columns = (documents.c.series, documents.c.year, documents.c.number, documents.c.twin)
    wanted = select(*columns).where(
        documents.c.organisation == organisation,
        documents.c.owner == organisation,
        documents.c.year.in_(years),
        documents.c.number.is_not(None),
    )
    if within is not None:
        wanted = wanted.where(documents.c.number.in_(within))
    return {
        (Series(row.series), row.year, row.number, row.twin) for row in connection.execute(wanted)
    }


def load(work: Work, job: Row[Any], rows: Sequence[reading.Row], apart: bool) -> list[reading.Row]:
    """Take `rows` over for `job`; those whose numbers are used meanwhile, which are left out."""
    register = ImportedRegister(job.register)
    series = [series_of(register, row, apart) for row in rows]
    for key, last in sorted(_ends(job.organisation, rows, series).items()):
        numbers.observe(work.connection, key, last)  # holds the series: nobody takes these now
    used = taken(
        work.connection,
        job.organisation,
        register,
        {row.year for row in rows},
        {row.number for row in rows},
    )
    left_out = []
    for row, one in zip(rows, series, strict=True):
        if (one, row.year, row.number, row.twin) in used:
            left_out.append(row)
            continue
        work.save(_taken_over(job, row, one))
    return left_out


def _ends(
    organisation: str, rows: Sequence[reading.Row], series: Sequence[Series | None]
) -> dict[str, int]:
    ends: dict[str, int] = {}
    for row, one in zip(rows, series, strict=True):
        if one is None:
            key = receive_series(Register.GENERAL, organisation, row.year)
        else:
            key = key_of(one, organisation, row.year)
        ends[key] = max(ends.get(key, 0), row.number)
    return ends


def _taken_over(job: Row[Any], row: reading.Row, series: Series | None) -> Letter | Document:
    id = str(uuid5(NAMESPACE_OID, f"import {job.id} {row.row}"))
    same: dict[str, Any] = {name: getattr(row, name) for name in _KEPT}
    same |= {"organisation": job.organisation, "year": row.year, "number": row.number}
    same |= {"twin": row.twin, "job": job.id, "row": row.row}
    if series is None:
        letter = Letter(id)
        letter.take_over(LetterImported(received_on=row.received_on, **same))
        return letter
    ordered = job.register == ImportedRegister.ORDER
    kind = DocumentKind.ORDER if ordered else DocumentKind.EXTERNAL
    document = Document(id)
    document.take_over(DocumentImported(kind=kind, series=series, circular=row.circular, **same))
    return document
