"""A document that an organisation makes (W2): drafted, reviewed, signed, numbered. With the number
it is frozen: nothing in it changes any more."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from infra.errors import Invalid
from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from infra.identity import Seat
from services.correspondence.contract import (
    FORMS,
    Attachment,
    Comment,
    Confirmed,
    DocumentClosed,
    DocumentImported,
    DocumentKind,
    DocumentNumbered,
    DocumentSigned,
    DraftEndorsed,
    DraftReturned,
    DraftSubmitted,
    DraftWithdrawn,
    LetterSent,
    NumberCancelled,
    Recipient,
    ReviewDesk,
    Series,
    Urgency,
)
from services.correspondence.document_course import DocumentCourse
from services.correspondence.document_events import (
    DocumentDrafted,
    DocumentRecorded,
    DraftDiscarded,
    DraftRecipient,
    DraftSaved,
    EnclosureRemoved,
    EnclosuresAdded,
)

MOST_ENCLOSURES = 100
_PEOPLE = ("signatory", "typist", "checker")
_AS_IT_IS = ("urgency", "deadline", "circular", "thai_digits", *_PEOPLE)


@dataclass(frozen=True)
class Draft:
    """What a draft says and to whom it is to go, as it stands."""

    content: dict[str, str] = field(default_factory=dict)
    urgency: Urgency = Urgency.NORMAL
    deadline: datetime | None = None
    circular: bool = False
    signatory: str | None = None
    typist: str | None = None
    checker: str | None = None
    thai_digits: bool = True
    recipients: tuple[DraftRecipient, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A number that was taken: whose series, and how the document's ที่ reads with it."""

    series: Series
    owner: str | None
    year: int
    number: int
    reference: str
    dated: date
    reservation: str | None = None


@dataclass(frozen=True, kw_only=True)
class Printed:
    """What stands under the text, the file that it is frozen in, and its place at the public page."""

    sender: str
    signer: str
    signature: tuple[str, ...]
    frozen: Attachment
    code: str


def check_content(kind: DocumentKind, content: Mapping[str, str]) -> None:
    """Raises Invalid where the form of that kind has no such field."""
    known = {one.name for one in FORMS[kind].fields}
    faults = {f"content.{name}": ["หนังสือชนิดนี้ไม่มีช่องนี้"] for name in content if name not in known}
    if faults:
        raise Invalid(fields=faults)


def may_circulate(kind: DocumentKind) -> bool:
    """Whether documents of that kind can be circulars (หนังสือเวียน, ข้อ 32): only letters can."""
    return FORMS[kind].series is Series.SEND


def check_circular(kind: DocumentKind, circular: bool) -> None:
    """Raises Invalid where documents of that kind cannot be circulars."""
    if circular and not may_circulate(kind):
        raise Invalid(fields={"circular": ["หนังสือชนิดนี้เป็นหนังสือเวียนไม่ได้"]})


def named(recipients: Sequence[DraftRecipient]) -> str:
    """Those to whom a draft is to go, in a line; empty where none are chosen."""
    others = len(recipients) - 1
    if others < 0:
        return ""
    return recipients[0].name + (f" และอีก {others} แห่ง" if others else "")


def addressed(salutation: str) -> str:
    """Whom a salutation addresses (เรียน, ถึง)."""
    first = salutation.strip().split("\n")[0]
    return first.removeprefix("เรียน").removeprefix("ถึง").strip()


class Document(Aggregate):
    """One document, from its draft until it is discarded, closed or its number cancelled.

    Every method but `begin` and `record_paper` raises OutOfOrder where the step cannot be taken now.
    """

    kind = "document"
    begun: DocumentDrafted | DocumentRecorded | DocumentImported
    submitted: DraftSubmitted | None
    signed: DocumentSigned | None
    numbered: DocumentNumbered | None

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.course = DocumentCourse()
        self.draft = Draft()
        self.enclosures: dict[str, Attachment] = {}
        self.route: tuple[ReviewDesk, ...] = ()
        self.comments: tuple[Comment, ...] = ()
        self.submitted = self.signed = self.numbered = None
        self.sent: list[Recipient] = []

    @property
    def organisation(self) -> str:
        return self.begun.organisation

    @property
    def group(self) -> str | None:
        return getattr(self.begun, "group", None)

    @property
    def drafter(self) -> str:
        match self.begun:
            case DocumentDrafted(drafter=drafter):
                return drafter
            case DocumentRecorded(clerk=clerk):
                return clerk
            case DocumentImported():
                return ""

    @property
    def reply_to(self) -> str | None:
        return getattr(self.begun, "reply_to", None)

    @property
    def replaces(self) -> str | None:
        return getattr(self.begun, "replaces", None)

    @property
    def files(self) -> dict[str, Attachment]:
        """All its files by id: the frozen one and the enclosures."""
        frozen = {self.numbered.frozen.id: self.numbered.frozen} if self.numbered else {}
        return frozen | self.enclosures

    @property
    def passed(self) -> tuple[ReviewDesk, ...]:
        """The desks of the last route, those behind it included."""
        return self.submitted.route if self.submitted else ()

    @property
    def subject(self) -> str:
        return self.draft.content.get("subject", "").strip()

    @property
    def recipient(self) -> str:
        """ถึง, as the register has it."""
        if isinstance(self.begun, DocumentRecorded | DocumentImported):
            return self.begun.recipient
        salutation = self.draft.content.get("salutation", "")
        return named(self.draft.recipients) or addressed(salutation)

    def missing(self) -> dict[str, str]:
        """What its kind still requires before it can be given in, each with what to mend (Thai)."""
        found = FORMS[self.begun.kind].missing(self.draft.content)
        if self.draft.signatory is None:
            found["signatory"] = "ต้องเลือกผู้ลงนาม"
        return found

    def require_step(self, step: str) -> None:
        """Raises OutOfOrder unless `step` (a command's method name) can be taken now."""
        self.require(not isinstance(self.begun, DocumentImported), "รายการจากทะเบียนเดิมแก้ไขไม่ได้")
        self.course.require(step)

    def begin(self, drafted: DocumentDrafted) -> None:
        self.record(drafted)

    def take_over(self, row: DocumentImported) -> None:
        """Enter it as it stood in the register of another system; it is closed."""
        self.record(row)

    def save(self, wish: dict[str, Any]) -> None:
        """Save it as it stands; `wish` is a checked SaveDraft. What did not change is not recorded."""
        self.require_step("save_draft")
        check_content(self.begun.kind, wish["content"])
        check_circular(self.begun.kind, wish["circular"])
        content = dict.fromkeys(self.draft.content, "") | wish["content"]
        changed = {
            name: text for name, text in content.items() if text != self.draft.content.get(name, "")
        }
        recipients = tuple(DraftRecipient(**one) for one in wish["recipients"])
        as_it_is = {name: wish[name] for name in _AS_IT_IS}
        saved = DraftSaved(
            content=changed,
            recipients=None if recipients == self.draft.recipients else recipients,
            **as_it_is,
        )
        same = {name: getattr(self.draft, name) for name in _AS_IT_IS} == as_it_is
        if changed or saved.recipients is not None or not same:
            self.record(saved)

    def enclose(self, attachments: Sequence[Attachment]) -> None:
        self.require_step("add_enclosures")
        new = [one for one in attachments if one.id not in self.enclosures]
        self.require(bool(new), "แนบไฟล์นี้ไว้แล้ว")
        most = f"มีสิ่งที่ส่งมาด้วยได้ไม่เกิน {MOST_ENCLOSURES} ไฟล์"
        self.require(len(self.enclosures) + len(new) <= MOST_ENCLOSURES, most)
        self.record(EnclosuresAdded(attachments=tuple(new)))

    def remove(self, attachment: str) -> None:
        self.require_step("remove_enclosure")
        self.require(attachment in self.enclosures, "ไม่มีไฟล์นี้แล้ว")
        self.record(EnclosureRemoved(attachment=attachment))

    def submit(self, seat: Seat, text: str, passes: Collection[ReviewDesk]) -> None:
        """Give it in; it will lie on the desks that it `passes`, in their order, the signatory's last.

        Raises Invalid where its kind still requires something.
        """
        self.require_step("submit_draft")
        missing = self.missing()
        if missing:
            raise Invalid(fields={name: [mend] for name, mend in missing.items()})
        assert self.draft.signatory is not None
        wanted = (*passes, ReviewDesk.SIGNATORY)
        route = tuple(desk for desk in ReviewDesk if desk in wanted)
        self.record(
            DraftSubmitted(
                organisation=self.organisation,
                group=self.group,
                kind=self.begun.kind,
                subject=self.subject,
                urgency=self.draft.urgency,
                drafter=self.drafter,
                checker=self.draft.checker,
                signatory=self.draft.signatory,
                desk=route[0],
                route=route,
                text=text,
                seat=seat,
            )
        )

    def endorse(self, seat: Seat, text: str) -> None:
        self.require_step("endorse_draft")
        self.record(DraftEndorsed(desk=self.route[1], text=text, seat=seat))

    def send_back(self, seat: Seat, text: str, comments: Sequence[Comment]) -> None:
        """Send it back for change. Raises Invalid where a remark is on a field that there is not."""
        self.require_step("return_draft")
        known = {one.name for one in FORMS[self.begun.kind].fields}
        faults = {
            f"comments.{place}.field": ["หนังสือชนิดนี้ไม่มีช่องนี้"]
            for place, comment in enumerate(comments)
            if comment.field not in known
        }
        if faults:
            raise Invalid(fields=faults)
        self.record(DraftReturned(text=text, comments=tuple(comments), seat=seat))

    def withdraw(self, seat: Seat, text: str) -> None:
        self.require_step("withdraw_draft")
        self.record(DraftWithdrawn(text=text, seat=seat))

    def discard(self, seat: Seat, reason: str) -> None:
        self.require_step("discard_draft")
        self.record(DraftDiscarded(reason=reason, seat=seat))

    def sign(self, seat: Seat, confirmed: Confirmed, at: datetime) -> None:
        """Sign it from `seat`; the number may follow at once."""
        self.require_step("sign_document")
        self.record(DocumentSigned(confirmed=confirmed, at=at, seat=seat))

    def record_paper(
        self, recorded: DocumentRecorded, at: datetime, enclosures: Sequence[Attachment]
    ) -> None:
        """Put a document on record that was signed by hand; its number is to follow."""
        self.record(recorded)
        if enclosures:
            self.record(EnclosuresAdded(attachments=tuple(enclosures)))
        self.record(DocumentSigned(confirmed=Confirmed.PAPER, at=at, seat=recorded.seat))

    def number(self, seat: Seat | None, taken: Taken, printed: Printed) -> None:
        """Freeze it under that number; `seat` is the clerk's where a clerk numbers."""
        self.require_step("number_document")
        self.record(
            DocumentNumbered(
                organisation=self.organisation,
                group=self.group,
                kind=self.begun.kind,
                circular=self.draft.circular,
                recipient=self.recipient,
                subject=self.subject,
                urgency=self.draft.urgency,
                drafter=self.drafter,
                enclosures=tuple(self.enclosures.values()),
                reply_to=self.reply_to,
                replaces=self.replaces,
                seat=seat,
                **vars(taken),
                **vars(printed),
            )
        )

    def cancel(self, seat: Seat, reason: str, replaced_by: str | None = None) -> None:
        self.require_step("cancel_number")
        self.record(NumberCancelled(reason=reason, replaced_by=replaced_by, seat=seat))

    def send(self, sent: LetterSent) -> None:
        self.require_step("send_document")
        self.record(sent)

    def close(self, text: str, seat: Seat) -> None:
        """All that was awaited has come in; `text` says why, where not all has."""
        self.require_step("close_document")
        self.record(DocumentClosed(text=text, seat=seat))

    def apply(self, event: Event) -> None:
        self.course.apply(event)
        match event:
            case DocumentDrafted():
                self.begun = event
                self.draft = Draft(
                    content=event.content,
                    circular=event.circular,
                    signatory=event.signatory,
                    recipients=event.recipients,
                )
            case DocumentRecorded() | DocumentImported():
                self.begun = event
                self.draft = Draft(
                    content={"subject": event.subject},
                    urgency=event.urgency,
                    circular=event.circular,
                )
            case DraftSaved():
                self._save(event)
            case EnclosuresAdded():
                self.enclosures |= {one.id: one for one in event.attachments}
            case EnclosureRemoved():
                self.enclosures.pop(event.attachment)
            case DraftSubmitted():
                self.submitted, self.route, self.comments = event, event.route, ()
            case DraftEndorsed():
                self.route = self.route[1:]
            case DraftReturned():
                self.route, self.comments = (), event.comments
            case DraftWithdrawn():
                self.route = ()
            case DocumentSigned():
                self.signed, self.route = event, ()
            case DocumentNumbered():
                self.numbered = event
            case LetterSent():
                self.sent += event.recipients

    def _save(self, event: DraftSaved) -> None:
        content = self.draft.content | event.content
        values = {name: getattr(event, name) for name in _AS_IT_IS}
        if event.recipients is not None:
            values["recipients"] = event.recipients
        filled = {name: text for name, text in content.items() if text}
        self.draft = replace(self.draft, content=filled, **values)
