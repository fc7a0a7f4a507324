"""Documents as lines of a list: which an actor sees, and what a line says."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select

from services.correspondence.contract import (
    DocumentKind,
    DocumentState,
    ReviewDesk,
    Series,
    Urgency,
)
from services.correspondence.document_rights import DocumentReach
from services.correspondence.views.documents_tables import documents
from services.correspondence.views.rows import day_of
from services.correspondence.views.sending_notes import sending_notes
from services.personnel.contract import directory

_c = documents.c
IS_NUMBERED = _c.number.is_not(None)


def document_visible(reach: DocumentReach) -> ColumnElement[bool]:
    """The condition that a document is one that the actor may read."""
    conditions: list[ColumnElement[bool]] = [
        _c.drafter == reach.person,
        _c.typist == reach.person,
        _c.checker == reach.person,
    ]
    if reach.register:
        conditions.append(IS_NUMBERED)
    if reach.clerk:
        conditions.append(_c.state == DocumentState.SIGNED)
    if reach.deputy:
        conditions.append(_c.by_deputy)
    if reach.groups:
        conditions.append(_c.group.in_(reach.groups))
    if reach.posts:
        conditions.append(and_(_c.submitted, _c.signatory.in_(reach.posts)))
    return and_(_c.organisation == reach.organisation, or_(*conditions))


def is_document_visible(connection: Connection, reach: DocumentReach, id: str) -> bool:
    query = select(_c.id).where(_c.id == id, document_visible(reach))
    return connection.execute(query).first() is not None


def document_rows(
    connection: Connection, organisation: str, found: Sequence[Row[Any]]
) -> list[dict[str, Any]]:
    """Rows of `documents` as DocumentRow shows them."""
    names = directory.group_names(connection, organisation)
    notes = sending_notes(connection, [row.id for row in found])
    return [
        row._asdict()
        | {
            "kind": DocumentKind(row.kind),
            "state": DocumentState(row.state),
            "desk": row.desk and ReviewDesk(row.desk),
            "group_name": names.get(row.group or "", ""),
            "series": Series(row.series),
            "dated": day_of(row.dated),
            "urgency": Urgency(row.urgency),
            "note": "\n".join(filter(None, [row.note, notes.get(row.id)])),
        }
        for row in found
    ]
