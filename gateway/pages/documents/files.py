"""Files of documents as pages show them: the frozen PDF and the enclosures, whole or page by page as
pictures; the pages of a draft as they will print; and what is made of it for elsewhere.

Each asks the service first, which decides who may.
"""

from typing import Any
from uuid import UUID

from flask import Response, request

from gateway import sessions
from gateway.api import downloads
from gateway.api.files import SHOWN, download
from gateway.pages.blueprint import pages
from gateway.pages.letters import files as viewer
from infra.errors import NotFound
from services.correspondence.contract import (
    ExportFormat,
    GetDocument,
    GetDocumentFile,
    PreviewDraft,
)

SVG = "image/svg+xml"


@pages.get("/documents/<uuid:id>/files/<uuid:attachment>")
def document_file(id: UUID, attachment: UUID) -> Response:
    """The file itself: in place if a browser shows it safely, to be kept with `?keep=1`."""
    return download(_facts(id, attachment), inline=not request.args.get("keep"))


@pages.get("/documents/<uuid:id>/files/<uuid:attachment>/pages/<int:page>")
def document_page(id: UUID, attachment: UUID, page: int) -> Response:
    """One page of it as a picture, `?width=` pixels wide."""
    return viewer.drawn(_facts(id, attachment), page)


@pages.get("/documents/<uuid:id>/preview/<int:page>.svg")
def preview_page(id: UUID, page: int) -> Response:
    """A page of the draft as it stands, as it will print; `?v=` lets browsers keep it for that version."""
    found = sessions.ask(GetDocument, id=str(id))
    response = Response(content_type=SVG)
    response.set_etag(f"{found['version']}-{page}")
    response.headers["Content-Security-Policy"] = SHOWN
    response.headers["Cache-Control"] = "private, no-cache"
    if response.make_conditional(request).status_code != 304:
        drawn = preview(found)["pages"]
        if not 1 <= page <= len(drawn):
            raise NotFound()
        response.set_data(drawn[page - 1])
    return response


@pages.get("/documents/<uuid:id>/document.<kind>")
def export_document(id: UUID, kind: str) -> Response:
    """The text as DOCX, or the draft as PDF."""
    if kind not in list(ExportFormat):
        raise NotFound()
    return downloads.document_export({"id": str(id), "format": kind})


def preview(document: dict[str, Any], **typed: Any) -> dict[str, Any]:
    """The pages as they will print of the draft as it is saved, but with what is `typed`."""
    saved = {
        name: document[name]
        for name in ("content", "urgency", "circular", "signatory", "thai_digits")
    }
    return sessions.ask(PreviewDraft, id=document["id"], **saved | typed)


def _facts(id: UUID, attachment: UUID) -> dict[str, Any]:
    return sessions.ask(GetDocumentFile, id=str(id), attachment=str(attachment))
