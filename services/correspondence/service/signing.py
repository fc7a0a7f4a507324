"""The signature and the number: in one transaction, with the PDF in which the document is frozen."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from infra.clock import bangkok_date, register_year
from infra.contract import Command
from infra.errors import Invalid, OutOfOrder, Unavailable
from infra.eventstore.store import Work
from infra.filetypes import MEDIA_TYPES
from infra.identity import Actor, Seat
from infra.ids import new_id
from infra.messaging.runtime import Runtime
from infra.messaging.service import command
from services.correspondence import document_rights, documents, series, views
from services.correspondence.contract import (
    Attachment,
    CancelNumber,
    Confirmed,
    DocumentPolicySet,
    NumberDocument,
    NumberDocuments,
    Numbering,
    RecordDocument,
    SignDocument,
)
from services.correspondence.document import Document, Printed, Taken, check_circular
from services.correspondence.document_course import NUMBERED
from services.correspondence.document_events import DocumentRecorded
from services.correspondence.letter import Letter
from services.correspondence.service.drafting import at_desk, readable_letter
from services.correspondence.service.numbering import policy_in, use_reserved
from services.correspondence.service.printing import (
    frozen_name,
    new_code,
    organisation_name,
    sheet_of,
)
from services.personnel.contract import Names, directory

PDF = MEDIA_TYPES["pdf"]


# What RecordDocument and DocumentRecorded call alike.
_RECORDED = ("group", "kind", "recipient", "subject", "urgency", "circular", "reply_to")


def names_of(runtime: Runtime, people: Iterable[str]) -> dict[str, str]:
    """The names of people by id. Raises Unavailable where `personnel` does not answer."""
    wanted = sorted(set(people))
    found = runtime.ask(Names, ids=wanted)["items"] if wanted else []
    return {one["id"]: one["name"] for one in found}


def names_if_known(runtime: Runtime, people: Iterable[str]) -> dict[str, str]:
    """The same, where one can do without: nobody is known while `personnel` does not answer."""
    try:
        return names_of(runtime, people)
    except Unavailable:
        return {}


def _with_own_name(runtime: Runtime, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Before a document is signed: the name that is printed under it."""
    return body | {"names": names_of(runtime, [actor.person])}


def _with_signers_names(runtime: Runtime, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Before documents are numbered: the names of those who signed them."""
    ids = body["ids"] if "ids" in body else [body["id"]]
    with runtime.database.read() as connection:
        signers = views.signers_of(connection, ids)
    return body | {"names": names_of(runtime, signers)}


class Signing:
    """Signed, numbered, put on record, made void."""

    runtime: Any
    _claimed: Any  # of Receiving

    @command(SignDocument, before=_with_own_name)
    def sign_document(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        document, seat = at_desk(work, body, SignDocument)
        document.require_step(SignDocument.method())
        confirmed = self.runtime.verifier.confirmed(
            body["confirmation"], work.actor, document.id, work.now
        )
        policy = policy_in(work)
        document.sign(seat, Confirmed(confirmed.how), work.now)
        if policy.numbering is Numbering.ON_SIGNING:
            name = body["names"].get(work.actor.person, "")
            self._number(work, document, policy, seat, (work.actor.person, name))
        else:
            work.save(document)
        return _numbered(work, document, policy)

    @command(NumberDocument, before=_with_signers_names)
    def number_document(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        return self._by_clerk(work, body, NumberDocument, body["reservation"])

    @command(NumberDocuments, before=_with_signers_names)
    def number_documents(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        wanted = dict.fromkeys(body["ids"])
        items = [self._by_clerk(work, body | {"id": id}, NumberDocument, None) for id in wanted]
        return {"items": items}

    def _by_clerk(
        self, work: Work, body: dict[str, Any], step: type[Command], reservation: str | None
    ) -> dict[str, Any]:
        document, seat = at_desk(work, body, step)
        document.require_step(step.method())
        policy = policy_in(work)
        [signer] = views.signers_of(work.connection, [document.id])
        name = body["names"].get(signer, "")
        self._number(work, document, policy, seat, (signer, name), True, reservation)
        return _numbered(work, document, policy)

    @command(RecordDocument)
    def record_document(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        policy, group = policy_in(work), body["group"]
        own = series.owner_of(
            policy, series.series_of(policy, body["kind"], body["circular"]), group
        )
        seat = document_rights.recording(work.actor, group, own is not None)
        self._check_paper(work, body)
        scan, *enclosures = self._claimed(work, body["uploads"])
        document = Document(new_id())
        recorded = DocumentRecorded(
            organisation=work.actor.organisation,
            clerk=work.actor.person,
            seat=seat,
            **{name: body[name] for name in _RECORDED},
        )
        document.record_paper(recorded, work.now, enclosures)
        printed = Printed(
            sender=organisation_name(work.connection, document.organisation),
            signer=body["signer"],
            signature=tuple(body["signature"]),
            frozen=scan,
            code=new_code(),
        )
        touched = _touched(work, document)
        taken = _take(work, document, policy, body["dated"], body["reservation"])
        document.number(seat, taken, printed)
        _record(work, document, taken, seat, touched)
        return _numbered(work, document, policy)

    def _check_paper(self, work: Work, body: dict[str, Any]) -> None:
        """Raises Invalid where what is to be put on record cannot be so, NotFound."""
        faults: dict[str, list[str]] = {}
        here, group = work.actor.organisation, body["group"]
        if body["dated"] > bangkok_date(work.now):
            faults["dated"] = ["ลงวันที่ต้องไม่อยู่ในอนาคต"]
        if group is not None and directory.group_of(work.connection, here, group) is None:
            faults["group"] = ["ไม่พบกลุ่มนี้ในหน่วยงาน"]
        if faults:
            raise Invalid(fields=faults)
        check_circular(body["kind"], body["circular"])
        if body["reply_to"] is not None:
            readable_letter(work, body["reply_to"])

    @command(CancelNumber)
    def cancel_number(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        document, seat = at_desk(work, body, CancelNumber)
        document.cancel(seat, body["reason"])
        work.save(document)
        return work.done(document)

    def _number(
        self,
        work: Work,
        document: Document,
        policy: DocumentPolicySet,
        seat: Seat,
        signer: tuple[str, str],
        by_clerk: bool = False,
        reservation: str | None = None,
    ) -> None:
        """Give a signed document its number and freeze it; `signer` is a person's id and name."""
        assert document.signed is not None
        person, name = signer
        if not name:
            raise OutOfOrder("ไม่พบชื่อผู้ลงนามในทะเบียนบุคลากร จึงพิมพ์ชื่อใต้ลายมือชื่อไม่ได้")
        connection, files = work.connection, self.runtime.files
        signature = tuple(document.signed.seat.signature())
        code, touched = new_code(), _touched(work, document)
        # The number last, since whoever numbers next waits for it until this is committed.
        taken = _take(work, document, policy, bangkok_date(work.now), reservation)
        sheet = sheet_of(
            connection,
            files,
            document,
            policy,
            signer=name,
            signature=signature,
            reference=taken.reference,
            dated=taken.dated,
            signed_at=document.signed.at,
            qr=f"{self.runtime.settings.public_url}/verify/{code}",
        )
        called = frozen_name(document, policy, taken.series, taken.year, taken.number)
        kept = files.keep(documents.compose(sheet), called, PDF)
        printed = Printed(
            sender=sheet.organisation,
            signer=person if sheet.signer else "",
            signature=sheet.signature,
            frozen=Attachment(**vars(kept)),
            code=code,
        )
        document.number(seat if by_clerk else None, taken, printed)
        _record(work, document, taken, seat, touched)


def _touched(work: Work, document: Document) -> tuple[Letter | None, Document | None]:
    """What else changes with a document's number: the letter it answers, the document it replaces."""
    letter = work.find(Letter, document.reply_to) if document.reply_to else None
    replaced = work.find(Document, document.replaces) if document.replaces else None
    return letter, replaced


def _take(
    work: Work,
    document: Document,
    policy: DocumentPolicySet,
    dated: date,
    reservation: str | None,
) -> Taken:
    circular, group = document.draft.circular, document.group
    wanted = series.series_of(policy, document.begun.kind, circular)
    owner, year = series.owner_of(policy, wanted, group), register_year(work.now)
    if reservation is not None:
        number = use_reserved(work, reservation, document.id, wanted, owner)
    else:
        number = work.take_number(series.key_of(wanted, owner or document.organisation, year))
    return Taken(
        series=wanted,
        owner=owner,
        year=year,
        number=number,
        reference=series.reference(policy, wanted, group, year, number, circular),
        dated=dated,
        reservation=reservation,
    )


def _record(
    work: Work,
    document: Document,
    taken: Taken,
    seat: Seat,
    touched: tuple[Letter | None, Document | None],
) -> None:
    """Save it, tell the letter that it was answered (ข้อ 39), and make void what it replaces."""
    letter, replaced = touched
    work.save(document)
    if letter is not None:
        letter.answer(document.id, taken.reference, taken.dated)
        work.save(letter)
    if replaced is not None and replaced.course.state in NUMBERED:
        replaced.cancel(seat, f"แทนที่ด้วยหนังสือที่ {taken.reference}", document.id)
        work.save(replaced)


def _numbered(work: Work, document: Document, policy: DocumentPolicySet) -> dict[str, Any]:
    """The answer `Numbered`."""
    found = document.numbered
    wanted = series.series_of(policy, document.begun.kind, document.draft.circular)
    return work.done(
        document,
        series=found.series if found else wanted,
        year=found.year if found else None,
        number=found.number if found else None,
        reference=found.reference if found else "",
        dated=found.dated if found else None,
        sha256=found.frozen.sha256 if found else "",
    )
