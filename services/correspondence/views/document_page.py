"""One document whole: its line, what it says, its files, what is linked to it, its history."""

from typing import Any

import msgspec
from sqlalchemy import Connection, select

from infra.clock import bangkok_date
from infra.eventstore.events import Recorded
from services.correspondence.contract import DocumentKind
from services.correspondence.document import Document
from services.correspondence.document_course import WRITABLE
from services.correspondence.document_events import (
    DraftSaved,
    EnclosureRemoved,
    EnclosuresAdded,
)
from services.correspondence.views.documents_rows import document_rows
from services.correspondence.views.documents_tables import documents, templates
from services.correspondence.views.rows import day_of
from services.correspondence.views.tables import letters
from services.personnel.contract import directory

_SAVES = (DraftSaved, EnclosuresAdded, EnclosureRemoved)


def document_page(
    connection: Connection, document: Document, stream: list[Recorded]
) -> dict[str, Any]:
    """DocumentAnswer without the actions."""
    found = connection.execute(select(documents).where(documents.c.id == document.id)).all()
    [row] = document_rows(connection, document.organisation, found)
    organisation = directory.organisation_of(connection, document.organisation)
    draft, numbered, signed = document.draft, document.numbered, document.signed
    signatory = draft.signatory or ""
    return row | {
        "organisation_name": organisation.name if organisation else "",
        "content": draft.content,
        "thai_digits": draft.thai_digits,
        "signatory": draft.signatory,
        "signatory_title": directory.titles_of(connection, [signatory]).get(signatory, ""),
        "typist": draft.typist,
        "checker": draft.checker,
        "draft_recipients": [vars(one) for one in draft.recipients],
        "enclosures": list(document.enclosures.values()),
        "route": list(document.passed),
        "comments": [vars(one) for one in document.comments],
        "missing": document.missing() if document.course.state in WRITABLE else {},
        "signer": numbered.signer if numbered else row["signed_by"] or "",
        "signature": list(numbered.signature) if numbered else _signature(document),
        "signed_at": signed.at if signed else None,
        "frozen": numbered.frozen if numbered else None,
        "code": numbered.code if numbered else "",
        "reply_to": _letter(connection, document.reply_to),
        "replaces": _document(connection, documents.c.id == (document.replaces or "")),
        "replaced_by": _document(
            connection, documents.c.replaces == document.id, documents.c.number.is_not(None)
        ),
        "history": history(stream),
    }


def _signature(document: Document) -> list[str]:
    return document.signed.seat.signature() if document.signed else []


def history(stream: list[Recorded]) -> list[dict[str, Any]]:
    """All that happened, in order; the saves of one person on one day (Bangkok) as one step, the
    last, as long as nothing else comes between."""
    steps: list[dict[str, Any]] = []
    before: tuple[str, Any] | None = None
    for recorded in stream:
        day = (recorded.actor, bangkok_date(recorded.recorded_at))
        saves = isinstance(recorded.event, _SAVES)
        if saves and before == day:
            steps.pop()
        before = day if saves else None
        steps.append(_step(recorded))
    return steps


def _step(recorded: Recorded) -> dict[str, Any]:
    event: Any = recorded.event
    seat = getattr(event, "seat", None)
    saved = isinstance(event, _SAVES)
    return {
        "version": recorded.version,
        "event": DraftSaved.__name__ if saved else recorded.type,
        "at": recorded.recorded_at,
        "actor": recorded.actor,
        "signature": seat.signature() if seat else [],
        "text": getattr(event, "text", getattr(event, "reason", "")),
        "comments": [vars(one) for one in getattr(event, "comments", ())],
    }


def _letter(connection: Connection, id: str | None) -> dict[str, Any] | None:
    """The LinkedLetter that a document answers."""
    row = connection.execute(select(letters).where(letters.c.id == (id or ""))).first()
    return row._asdict() | {"dated": day_of(row.dated)} if row else None


def _document(connection: Connection, *wanted: Any) -> dict[str, Any] | None:
    """The latest LinkedDocument of which that holds."""
    query = select(documents).where(*wanted).order_by(documents.c.last_step_at.desc())
    row = connection.execute(query.limit(1)).first()
    return row._asdict() | {"dated": day_of(row.dated)} if row else None


def document_named(connection: Connection, code: str) -> str | None:
    """The id of the document that bears this code."""
    return connection.execute(select(documents.c.id).where(documents.c.code == code)).scalar()


def signatory_of(connection: Connection, id: str) -> str | None:
    """The post that is to sign a document."""
    query = select(documents.c.signatory).where(documents.c.id == id)
    return connection.execute(query).scalar()


def signers_of(connection: Connection, ids: list[str]) -> set[str]:
    """Who signed these documents, for those that were signed in the system."""
    query = select(documents.c.signed_by).where(
        documents.c.id.in_(ids), documents.c.signed_by.is_not(None)
    )
    return set(connection.execute(query).scalars())


def list_templates(
    connection: Connection, organisation: str, kind: DocumentKind | None
) -> list[dict[str, Any]]:
    """The TemplateAnswers of an organisation, by name."""
    query = select(templates).where(templates.c.organisation == organisation)
    if kind is not None:
        query = query.where(templates.c.kind == kind)
    rows = connection.execute(query.order_by(templates.c.name, templates.c.id))
    return [
        row._asdict()
        | {"kind": DocumentKind(row.kind), "content": msgspec.json.decode(row.content)}
        for row in rows
    ]
