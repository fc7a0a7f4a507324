"""Documents that the organisation makes (หนังสือส่ง and the other kinds): read, printed, verified."""

import base64
from typing import Any

from infra.clock import bangkok_date
from infra.errors import NotFound, OutOfOrder
from infra.eventstore.events import Recorded
from infra.eventstore.store import Read
from infra.files import clean_name
from infra.filetypes import MEDIA_TYPES
from infra.identity import Actor
from infra.messaging.runtime import Runtime
from infra.messaging.service import query
from infra.threads import unhindered
from services.correspondence import document_rights, documents, views
from services.correspondence.contract import (
    FORMS,
    Attachment,
    DocumentPolicySet,
    DocumentState,
    DraftDocument,
    ExportDocument,
    ExportFormat,
    GetDocument,
    GetDocumentFile,
    KeepTemplate,
    ListDocuments,
    ListTemplates,
    MyDocuments,
    NumberDocuments,
    PreviewDraft,
    RecordDocument,
    VerifyDocument,
)
from services.correspondence.document import Document, check_content
from services.correspondence.document_events import DocumentDrafted, DocumentRecorded
from services.correspondence.service.drafting import Drafting, template_keeper
from services.correspondence.service.printing import organisation_name, sheet_of
from services.correspondence.service.receiving import possible
from services.correspondence.service.signing import Signing, names_if_known
from services.personnel.contract import directory


def _with_signer(runtime: Runtime, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Before a document is printed: the names of who holds the signatory's post, and of who signed.

    The draft of somebody who may not read it gives away nothing: its names are not told.
    """
    with runtime.database.read() as connection:
        today = bangkok_date(runtime.clock())
        chosen = params.get("signatory") or views.signatory_of(connection, params["id"])
        held = directory.holders(connection, today, post=chosen) if chosen else []
        people = [held[0].person] if held else []
        signed = views.signers_of(connection, [params["id"]])
    names = names_if_known(runtime, {*people, *signed})
    return params | {"holder": held[0] if held else None, "names": names}


def _with_signers_name(runtime: Runtime, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Before a document is verified: the name of who signed it, as its paper says."""
    with runtime.database.read() as connection:
        id = views.document_named(connection, params["code"])
        signed = views.signers_of(connection, [id]) if id else set()
    return params | {"id": id, "names": names_if_known(runtime, signed)}


class Documents(Drafting, Signing):
    """The documents of an organisation."""

    runtime: Any

    @query(ListDocuments)
    def list_documents(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        reach = document_rights.document_reach(read.connection, read.actor)
        page = views.list_documents(read.connection, reach, params)
        return page | {"actions": _possible_anew(read)}

    @query(MyDocuments)
    def my_documents(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        policy = views.policy_of(read.connection, read.actor.organisation)
        page = views.my_documents(read.connection, read.actor, policy, params)
        return page | {"actions": _possible_anew(read)}

    @query(GetDocument)
    def get_document(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        document, stream = self._document(read, params["id"])
        policy = views.policy_of(read.connection, document.organisation)

        def attempt(step: str) -> None:
            document_rights.document_seat(read.actor, document, step, policy)
            document.require_step(step)

        page = views.document_page(read.connection, document, stream)
        return page | {"actions": possible(document_rights.DOCUMENT_STEPS, attempt)}

    @query(GetDocumentFile)
    def get_document_file(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        document, _ = self._document(read, params["id"])
        found = document.files.get(params["attachment"])
        if found is None:
            raise NotFound("ไม่พบไฟล์นี้")
        return dict(vars(found))

    def _document(self, read: Read, id: str) -> tuple[Document, list[Recorded]]:
        """The document with its stream. Raises NotFound where the actor may not know of it."""
        reach = document_rights.document_reach(read.connection, read.actor)
        if not views.is_document_visible(read.connection, reach, id):
            raise NotFound("ไม่พบหนังสือนี้")
        return self._replayed(read, id)

    def _replayed(self, read: Read, id: str) -> tuple[Document, list[Recorded]]:
        stream = self.runtime.store.stream(read.connection, f"{Document.kind}-{id}")
        document = Document(id)
        document.replay(recorded.event for recorded in stream)
        return document, stream

    @query(PreviewDraft, before=_with_signer)
    def preview_draft(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        document, _ = self._document(read, params["id"])
        check_content(document.begun.kind, params["content"])
        chosen = {name: params[name] for name in ("content", "urgency", "circular", "thai_digits")}
        sheet = self._sheet(read, document, params, **chosen)
        missing = FORMS[document.begun.kind].missing(params["content"])
        return {"pages": unhindered(lambda: documents.preview(sheet)), "missing": missing}

    @query(ExportDocument, before=_with_signer)
    def export_document(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        document, _ = self._document(read, params["id"])
        as_pdf = params["format"] is ExportFormat.PDF
        if document.numbered is not None and as_pdf:
            return self._frozen(document.numbered.frozen)
        if not isinstance(document.begun, DocumentDrafted):
            raise OutOfOrder("หนังสือนี้ไม่ได้ร่างในระบบ จึงไม่มีข้อความให้ส่งออก")
        sheet = self._sheet(read, document, params)
        set_as, end = (documents.compose, "pdf") if as_pdf else (documents.docx, "docx")
        named = clean_name(f"{document.subject[:80] or 'ร่างหนังสือ'}.{end}")
        return _exported(named, MEDIA_TYPES[end], unhindered(lambda: set_as(sheet)))

    def _frozen(self, frozen: Attachment) -> dict[str, Any]:
        with self.runtime.files.open(frozen.sha256) as file:
            return _exported(frozen.name, frozen.media_type, file.read())

    def _sheet(
        self, read: Read, document: Document, params: dict[str, Any], **chosen: Any
    ) -> documents.Sheet:
        """The document as it stands: signed as it was, else as it would be by who holds the post."""
        policy: DocumentPolicySet = views.policy_of(read.connection, document.organisation)
        signed, numbered, names = document.signed, document.numbered, params["names"]
        if signed is not None:
            signers = views.signers_of(read.connection, [document.id])
            signer = next((names.get(one, "") for one in signers), "")
            signature = signed.seat.signature()
        else:
            holder = params["holder"]
            signer = names.get(holder.person, "") if holder else ""
            signature = holder.seat.signature() if holder else []
        if numbered is not None:
            chosen |= {"reference": numbered.reference, "dated": numbered.dated}
        return sheet_of(
            read.connection,
            self.runtime.files,
            document,
            policy,
            signer=signer,
            signature=tuple(signature),
            signed_at=signed.at if signed else None,
            draft=numbered is None,
            **chosen,
        )

    @query(VerifyDocument, before=_with_signers_name)
    def verify_document(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        if params["id"] is None:
            raise NotFound("ไม่พบหนังสือตามรหัสนี้")
        document, _ = self._replayed(read, params["id"])
        numbered = document.numbered
        assert numbered is not None
        cancelled = document.course.state is DocumentState.CANCELLED
        on_paper = isinstance(document.begun, DocumentRecorded)
        signer = numbered.signer if on_paper else params["names"].get(numbered.signer, "")
        return vars(numbered) | {
            "organisation_name": organisation_name(read.connection, document.organisation),
            "signer": signer,
            "signature": list(numbered.signature),
            "sha256": numbered.frozen.sha256,
            "cancelled": cancelled,
        }

    @query(ListTemplates)
    def list_templates(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        organisation = read.actor.organisation
        document_rights.drafting(read.actor, None)
        items = views.list_templates(read.connection, organisation, params["kind"])
        actions = possible([KeepTemplate.method()], lambda step: template_keeper(read.actor))
        return {"items": items, "actions": actions}


def _exported(name: str, media_type: str, content: bytes) -> dict[str, Any]:
    return {
        "name": name,
        "media_type": media_type,
        "content": base64.b64encode(content).decode(),
    }


def _possible_anew(read: Read) -> list[str]:
    """What the actor may begin: a draft, a record of paper, the numbers of what is signed."""

    def attempt(step: str) -> None:
        if step == DraftDocument.method():
            document_rights.drafting(read.actor, None)
        else:
            policy = views.policy_of(read.connection, read.actor.organisation)
            document_rights.recording_any(read.actor, policy)

    steps = (DraftDocument, RecordDocument, NumberDocuments)
    return possible([step.method() for step in steps], attempt)
