"""How events fill the read tables of documents and of templates."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from infra.eventstore import numbers
from infra.eventstore.events import Recorded
from infra.thai import fold, format_date
from services.correspondence.contract import (
    FORMS,
    Confirmed,
    DocumentClosed,
    DocumentImported,
    DocumentNumbered,
    DocumentSigned,
    DocumentState,
    DraftSubmitted,
    NumberCancelled,
    ReviewDesk,
    Urgency,
)
from services.correspondence.document import addressed, named
from services.correspondence.document_course import DocumentCourse
from services.correspondence.document_events import (
    DocumentDrafted,
    DocumentRecorded,
    DraftDiscarded,
    DraftSaved,
)
from services.correspondence.series import key_of
from services.correspondence.template import TemplateDropped, TemplateKept
from services.correspondence.views import search
from services.correspondence.views.documents_tables import document_texts, documents, templates
from services.correspondence.views.projection import urgency_rank
from services.correspondence.views.tables import NO_DAY, letters

_AS_IT_IS = ("urgency", "deadline", "circular", "signatory", "typist", "checker")


def project_document(connection: Connection, recorded: Recorded) -> None:
    match recorded.event:
        case DocumentDrafted() as event:
            _begin(connection, recorded, _drafted(event), event.content)
        case DocumentRecorded() as event:
            _begin(connection, recorded, _put_on_record(event), {})
        case DocumentImported() as event:
            _begin(connection, recorded, _taken_over(connection, event), {})
        case _:
            _move_on(connection, recorded)


def document_shelf(organisation: str, *year: int) -> int:
    """What the texts of an organisation's documents have in common (see `search.shelf`)."""
    return search.shelf("documents", organisation, *year)


def _drafted(event: DocumentDrafted) -> dict[str, Any]:
    addressees = named(event.recipients)
    return {
        "drafter": event.drafter,
        "signatory": event.signatory,
        "circular": event.circular,
        "addressees": addressees,
        "recipient": addressees or addressed(event.content.get("salutation", "")),
        "subject": event.content.get("subject", ""),
        "urgency": Urgency.NORMAL,
        "replaces": event.replaces,
    }


def _put_on_record(event: DocumentRecorded) -> dict[str, Any]:
    return {
        "drafter": event.clerk,
        "signatory": None,
        "circular": event.circular,
        "addressees": "",
        "recipient": event.recipient,
        "subject": event.subject,
        "urgency": event.urgency,
        "replaces": None,
    }


def _taken_over(connection: Connection, event: DocumentImported) -> dict[str, Any]:
    """A row of an old register: closed, its number is used."""
    numbers.observe(connection, key_of(event.series, event.organisation, event.year), event.number)
    names = ("circular", "recipient", "subject", "urgency", "series", "year", "number", "twin")
    return {
        **{name: getattr(event, name) for name in (*names, "reference", "sender", "note")},
        "drafter": "",
        "signatory": None,
        "addressees": "",
        "replaces": None,
        "owner": event.organisation,
        "dated": event.dated or NO_DAY,
        "actions_text": event.actions,
    }


def _begin(
    connection: Connection, recorded: Recorded, columns: dict[str, Any], content: dict[str, str]
) -> None:
    event: Any = recorded.event
    course = DocumentCourse()
    course.apply(event)
    row = {
        "id": recorded.aggregate_id,
        "organisation": event.organisation,
        "version": recorded.version,
        "kind": event.kind,
        "group": getattr(event, "group", None),
        "submitted": False,
        "by_deputy": False,
        "series": FORMS[event.kind].series,
        "owner": "",
        "year": None,
        "number": None,
        "twin": 0,
        "reference": "",
        "dated": NO_DAY,
        "sender": "",
        "urgency_rank": urgency_rank(columns["urgency"]),
        "actions_text": "",
        "note": "",
        "recipients": 0,
        "received": 0,
        "failed": 0,
        "reply_to": getattr(event, "reply_to", None),
        "drafted_at": recorded.recorded_at,
        "last_step_at": recorded.recorded_at,
        "ended_by": "",
        **vars(course),
        **columns,
    }
    connection.execute(insert(documents), row)
    text = {"document": recorded.aggregate_id} | _text(connection, row, content)
    connection.execute(insert(document_texts), text)


def _move_on(connection: Connection, recorded: Recorded) -> None:
    id = recorded.aggregate_id
    row = connection.execute(select(documents).where(documents.c.id == id)).one()
    course = DocumentCourse(state=DocumentState(row.state), desk=row.desk and ReviewDesk(row.desk))
    course.apply(recorded.event)
    values: dict[str, Any] = {
        "version": recorded.version,
        "last_step_at": recorded.recorded_at,
        **vars(course),
    }
    match recorded.event:
        case DraftSaved() as event:
            content = _content(connection, id) | event.content
            values |= _saved(row, event, content)
            _rewrite(connection, row._asdict() | values, content)
        case DraftSubmitted() as event:
            passes = row.by_deputy or ReviewDesk.DEPUTY in event.route
            values |= {"submitted": True, "by_deputy": passes}
            values["submitted_at"] = row.submitted_at or recorded.recorded_at
        case DocumentSigned() as event:
            by = None if event.confirmed is Confirmed.PAPER else recorded.actor
            values |= {"signed_by": by, "signed_at": event.at}
        case DocumentNumbered() as event:
            values |= _numbered(connection, recorded, event)
            _rewrite(connection, row._asdict() | values, _content(connection, id))
        case DocumentClosed():
            values["closed_at"] = recorded.recorded_at
        case DraftDiscarded() | NumberCancelled() as event:
            values["ended_by"] = event.reason
    connection.execute(update(documents).where(documents.c.id == id).values(values))


def _saved(row: Row[Any], event: DraftSaved, content: dict[str, str]) -> dict[str, Any]:
    kept = row.addressees if event.recipients is None else named(event.recipients)
    return {
        **{name: getattr(event, name) for name in _AS_IT_IS},
        "urgency_rank": urgency_rank(event.urgency),
        "addressees": kept,
        "recipient": kept or addressed(content.get("salutation", "")),
        "subject": content.get("subject", ""),
    }


def _numbered(
    connection: Connection, recorded: Recorded, event: DocumentNumbered
) -> dict[str, Any]:
    owner = event.owner or event.organisation
    numbers.observe(connection, key_of(event.series, owner, event.year), event.number)
    names = ("series", "year", "number", "reference", "dated", "sender", "recipient", "code")
    return {
        **{name: getattr(event, name) for name in names},
        "owner": owner,
        "numbered_at": recorded.recorded_at,
        "actions_text": _answers(connection, event.reply_to),
    }


def _answers(connection: Connection, letter: str | None) -> str:
    """การปฏิบัติ of a reply (ข้อ 47)."""
    if letter is None:
        return ""
    query = select(letters.c.number, letters.c.year, letters.c.received_on)
    row = connection.execute(query.where(letters.c.id == letter)).one()
    return f"ตอบตามหนังสือรับที่ {row.number}/{row.year} วันที่ {format_date(row.received_on)}"


def _content(connection: Connection, id: str) -> dict[str, str]:
    query = select(document_texts.c.content).where(document_texts.c.document == id)
    found: dict[str, str] = msgspec.json.decode(connection.execute(query).scalar_one())
    return found


def _rewrite(connection: Connection, row: Mapping[str, Any], content: dict[str, str]) -> None:
    here = document_texts.c.document == row["id"]
    values = _text(connection, row, content)
    connection.execute(update(document_texts).where(here).values(values))


def _text(
    connection: Connection, row: Mapping[str, Any], content: dict[str, str]
) -> dict[str, Any]:
    number = f"{row['number']}/{row['year']}" if row["number"] is not None else ""
    named_by = (number, row["reference"], row["subject"], row["recipient"], row["sender"])
    filled = {name: text for name, text in sorted(content.items()) if text}
    written = (text for name, text in filled.items() if name != "subject")
    shelves = [document_shelf(row["organisation"])]
    if row["year"] is not None:
        shelves.append(document_shelf(row["organisation"], row["year"]))
    lines = [fold(piece) for piece in (*named_by, *written) if piece]
    kept = msgspec.json.encode(filled).decode()
    return {"content": kept, **search.indexed(connection, lines, *shelves)}


def project_template(connection: Connection, recorded: Recorded) -> None:
    here = templates.c.id == recorded.aggregate_id
    match recorded.event:
        case TemplateKept() as event:
            values = {
                "organisation": event.organisation,
                "version": recorded.version,
                "name": event.name,
                "kind": event.kind,
                "content": msgspec.json.encode(event.content, order="sorted").decode(),
            }
            if recorded.version == 1:
                row = {"id": recorded.aggregate_id, **values}
                connection.execute(insert(templates), row)
            else:
                connection.execute(update(templates).where(here).values(values))
        case TemplateDropped():
            connection.execute(delete(templates).where(here))
