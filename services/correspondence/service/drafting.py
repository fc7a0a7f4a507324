"""Documents that are drafted and reviewed (W2, until the signature), and the office's templates."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from infra.clock import bangkok_date
from infra.contract import Command
from infra.errors import Invalid, NotFound, OutOfOrder
from infra.eventstore.store import Work
from infra.identity import Actor, Seat
from infra.ids import new_id
from infra.messaging.service import command
from infra.thai import format_date
from services.correspondence import document_rights, documents, rights, views
from services.correspondence.contract import (
    FORMS,
    AddEnclosures,
    Comment,
    DiscardDraft,
    DocumentPolicySet,
    DraftDocument,
    DropTemplate,
    EndorseDraft,
    KeepTemplate,
    RecipientChannel,
    RemoveEnclosure,
    ReturnDraft,
    SaveDraft,
    SubmitDraft,
    WithdrawDraft,
)
from services.correspondence.document import Document, may_circulate
from services.correspondence.document_course import NUMBERED
from services.correspondence.document_events import DocumentDrafted, DraftRecipient
from services.correspondence.letter import Letter
from services.correspondence.service.printing import sheet_of
from services.correspondence.template import Template
from services.personnel.contract import directory

_CLOSING = "ขอแสดงความนับถือ"


class Drafting:
    """Drafts (ร่างหนังสือ) and their way to the signatory's desk."""

    runtime: Any
    _claimed: Any  # of Receiving

    @command(DraftDocument)
    def draft_document(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        seat = document_rights.drafting(work.actor, body["group"])
        document = Document(new_id())
        document.begin(_begun(work, seat, body))
        work.save(document)
        return work.done(document)

    @command(SaveDraft)
    def save_draft(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        document, _ = at_desk(work, body, SaveDraft)
        document.require_step(SaveDraft.method())
        _check_people(work, document, body)
        document.save(body)
        work.save(document)
        return work.done(document, missing=document.missing())

    @command(AddEnclosures)
    def add_enclosures(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        document, _ = at_desk(work, body, AddEnclosures)
        document.require_step(AddEnclosures.method())
        document.enclose(self._claimed(work, body["uploads"]))
        return _saved(work, document)

    @command(RemoveEnclosure)
    def remove_enclosure(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        document, _ = at_desk(work, body, RemoveEnclosure)
        document.remove(body["attachment"])
        return _saved(work, document)

    @command(SubmitDraft)
    def submit_draft(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        document, seat = at_desk(work, body, SubmitDraft)
        policy = views.policy_of(work.connection, document.organisation)
        today = bangkok_date(work.now)
        desks = document_rights.review_desks(work.connection, document, policy, today)
        document.submit(seat, body["text"], desks)
        # What cannot be printed is refused to who wrote it, not to who is to sign it.
        files = self.runtime.files
        documents.compose(sheet_of(work.connection, files, document, policy, draft=True))
        return _saved(work, document)

    @command(EndorseDraft)
    def endorse_draft(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        document, seat = at_desk(work, body, EndorseDraft)
        document.endorse(seat, body["text"])
        return _saved(work, document)

    @command(ReturnDraft)
    def return_draft(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        document, seat = at_desk(work, body, ReturnDraft)
        comments = [Comment(**one) for one in body["comments"]]
        document.send_back(seat, body["text"], comments)
        return _saved(work, document)

    @command(WithdrawDraft)
    def withdraw_draft(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        document, seat = at_desk(work, body, WithdrawDraft)
        document.withdraw(seat, body["text"])
        return _saved(work, document)

    @command(DiscardDraft)
    def discard_draft(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        document, seat = at_desk(work, body, DiscardDraft)
        document.discard(seat, body["reason"])
        return _saved(work, document)

    @command(KeepTemplate)
    def keep_template(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        seat = template_keeper(work.actor)
        template = Template(new_id()) if body["id"] is None else _template(work, body["id"])
        wish = (body["name"], body["kind"], body["content"])
        template.keep(work.actor.organisation, seat, *wish)
        work.save(template)
        return work.done(template)

    @command(DropTemplate)
    def drop_template(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        seat = template_keeper(work.actor)
        template = _template(work, body["id"])
        template.drop(seat)
        work.save(template)
        return work.done(template)


def load_document(work: Work, id: str) -> Document:
    """Raises NotFound where the actor may not know of it, before anything else can tell of it."""
    reach = document_rights.document_reach(work.connection, work.actor)
    if not views.is_document_visible(work.connection, reach, id):
        raise NotFound("ไม่พบหนังสือนี้")
    return work.load(Document, id)


def at_desk(work: Work, body: dict[str, Any], step: type[Command]) -> tuple[Document, Seat]:
    """The document, and the seat from which the actor takes that step. Raises Forbidden."""
    document = load_document(work, body["id"])
    policy = views.policy_of(work.connection, document.organisation)
    return document, document_rights.document_seat(work.actor, document, step.method(), policy)


def template_keeper(actor: Actor) -> Seat:
    """The seat from which the actor keeps templates. Raises Forbidden."""
    return actor.seat(*document_rights.TEMPLATE_KEEPERS, organisation=actor.organisation)


def readable_letter(work: Work, id: str) -> Letter:
    """A received letter that a document is to answer. Raises NotFound, OutOfOrder."""
    if not views.is_visible(work.connection, rights.reach(work.connection, work.actor), id):
        raise NotFound("ไม่พบหนังสือที่จะตอบ")
    letter = work.find(Letter, id)
    assert letter is not None
    if letter.confidential:
        raise OutOfOrder("หนังสือตอบเรื่องลับยังร่างในระบบไม่ได้ ให้ทำเป็นเอกสาร")
    return letter


def _saved(work: Work, document: Document) -> dict[str, Any]:
    work.save(document)
    return work.done(document)


def _template(work: Work, id: str) -> Template:
    found = work.load(Template, id)
    if found.organisation != work.actor.organisation or found.dropped:
        raise NotFound("ไม่พบแม่แบบนี้")
    return found


def _begun(work: Work, seat: Seat, body: dict[str, Any]) -> DocumentDrafted:
    """What a draft begins with: of its template, the document copied or replaced, the letter answered."""
    here, kind = work.actor.organisation, body["kind"]
    policy = views.policy_of(work.connection, here)
    content = _usual(work.connection, policy, seat)
    source = _source(work, body)
    if source is not None:
        content |= source.draft.content
    if body["template"] is not None:
        content |= _template(work, body["template"]).kept.content
    recipients = source.draft.recipients if source else ()
    if body["reply_to"] is not None:
        letter = readable_letter(work, body["reply_to"])
        content |= _answering(letter, content)
        recipients = recipients or _back_to(work.connection, letter)
    known = {one.name for one in FORMS[kind].fields}
    return DocumentDrafted(
        organisation=here,
        group=seat.group,
        kind=kind,
        drafter=work.actor.person,
        content={name: text for name, text in content.items() if name in known and text},
        circular=source is not None and source.draft.circular and may_circulate(kind),
        signatory=_signatory(work, source),
        recipients=recipients,
        template=body["template"],
        copy_of=body["copy_of"],
        reply_to=body["reply_to"],
        replaces=body["replaces"],
        seat=seat,
    )


def _source(work: Work, body: dict[str, Any]) -> Document | None:
    """The document that is copied or replaced. Raises NotFound, OutOfOrder."""
    replaced = None
    if body["replaces"] is not None:
        replaced = _other(work, body["replaces"])
        if replaced.course.state not in NUMBERED:
            raise OutOfOrder("แทนที่ได้เฉพาะหนังสือที่ออกเลขแล้วและยังไม่ยกเลิก")
    return _other(work, body["copy_of"]) if body["copy_of"] is not None else replaced


def _other(work: Work, id: str) -> Document:
    reach = document_rights.document_reach(work.connection, work.actor)
    found = work.find(Document, id)
    if found is None or not views.is_document_visible(work.connection, reach, id):
        raise NotFound("ไม่พบหนังสือต้นฉบับ")
    return found


def _usual(connection: Connection, policy: DocumentPolicySet, seat: Seat) -> dict[str, str]:
    """What stands in every draft of a group."""
    organisation = directory.organisation_of(connection, seat.organisation)
    name = organisation.name if organisation else ""
    groups = directory.group_names(connection, seat.organisation)
    return {
        "unit": groups.get(seat.group or "", name),
        "phone": policy.phone,
        "issuer": name,
        "closing": _CLOSING,
    }


def _answering(letter: Letter, content: Mapping[str, str]) -> dict[str, str]:
    """The reply's เรื่อง, and the letter it answers under อ้างถึง (ข้อ 11.6)."""
    columns = letter.columns
    words = ["หนังสือ" + columns["sender"]]
    if columns["reference"]:
        words.append(f"ที่ {columns['reference']}")
    if columns["dated"]:
        words.append(f"ลงวันที่ {format_date(columns['dated'])}")
    references = [content.get("references", ""), " ".join(words)]
    return {
        "subject": content.get("subject") or columns["subject"],
        "references": "\n".join(filter(None, references)),
    }


def _back_to(connection: Connection, letter: Letter) -> tuple[DraftRecipient, ...]:
    """The sender of a letter as a recipient, where it is on the system."""
    sender = letter.columns["sender"]
    found = directory.organisation_named(connection, sender)
    if found is None or found == letter.organisation:
        return ()
    return (
        DraftRecipient(
            organisation=found, name=sender, channel=RecipientChannel.SYSTEM, address=""
        ),
    )


def _signatory(work: Work, source: Document | None) -> str | None:
    """The post that signs, unless another is chosen: as in the source, else the director's."""
    here, today = work.actor.organisation, bangkok_date(work.now)
    posts = directory.posts_of(work.connection, here, document_rights.SIGNATORIES, today)
    if source is not None and source.draft.signatory in {post.id for post in posts}:
        return source.draft.signatory
    return posts[0].id if posts and posts[0].role in rights.DIRECTORS else None


def _check_people(work: Work, document: Document, body: dict[str, Any]) -> None:
    """Raises Invalid where the signatory is no post that signs, or a person does not work there."""
    faults: dict[str, list[str]] = {}
    here, today = document.organisation, bangkok_date(work.now)
    if body["signatory"] not in (None, document.draft.signatory):
        posts = directory.posts_of(work.connection, here, document_rights.SIGNATORIES, today)
        if body["signatory"] not in {post.id for post in posts}:
            faults["signatory"] = ["ตำแหน่งนี้ลงนามหนังสือของหน่วยงานไม่ได้"]
    for name in ("typist", "checker"):
        person = body[name]
        if person in (None, getattr(document.draft, name)):
            continue
        if not document_rights.is_worker(work.connection, here, person, today):
            faults[name] = ["ผู้นี้ไม่ได้ปฏิบัติงานในหน่วยงาน"]
    if faults:
        raise Invalid(fields=faults)
