"""Documents that an organisation makes itself (หนังสือส่ง and the other kinds, W2): drafted,
reviewed, signed, numbered. How they are sent is in `sending`, their numbers in `numbering`."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from infra import fields
from infra.contract import Command, Done, Query, Shape
from infra.eventstore.events import Event
from infra.identity import Seat
from services.correspondence.contract.events import Attachment, Urgency
from services.correspondence.contract.numbering import FIRST_YEAR, LAST_YEAR, Series
from services.correspondence.contract.queries import AttachmentAnswer, Count


class DocumentKind(StrEnum):
    """The kinds of official letter (ข้อ 10) with their forms."""

    EXTERNAL = "external"  # หนังสือภายนอก แบบที่ 1
    MEMORANDUM = "memorandum"  # หนังสือภายใน (บันทึกข้อความ) แบบที่ 2
    SEALED = "sealed"  # หนังสือประทับตรา แบบที่ 3
    ORDER = "order"  # คำสั่ง แบบที่ 4
    RULE = "rule"  # ระเบียบ แบบที่ 5
    REGULATION = "regulation"  # ข้อบังคับ แบบที่ 6
    ANNOUNCEMENT = "announcement"  # ประกาศ แบบที่ 7
    STATEMENT = "statement"  # แถลงการณ์ แบบที่ 8
    NEWS = "news"  # ข่าว แบบที่ 9
    CERTIFICATE = "certificate"  # หนังสือรับรอง แบบที่ 10
    MINUTES = "minutes"  # รายงานการประชุม แบบที่ 11
    OTHER = "other"  # หนังสืออื่น


class DocumentState(StrEnum):
    """Where a document stands (W2)."""

    DRAFT = "draft"  # ร่าง
    IN_REVIEW = "in_review"  # อยู่ระหว่างตรวจ
    RETURNED = "returned"  # ส่งกลับแก้ไข
    TO_SIGN = "to_sign"  # รอลงนาม
    SIGNED = "signed"  # ลงนามแล้ว รอออกเลข (where a clerk numbers, by policy)
    NUMBERED = "numbered"  # ออกเลขแล้ว
    SENT = "sent"  # ส่งแล้ว
    CLOSED = "closed"  # ได้รับครบแล้ว
    CANCELLED = "cancelled"  # ยกเลิกเลข
    DISCARDED = "discarded"  # ทิ้งร่าง


class ReviewDesk(StrEnum):
    """On whose desk a draft lies on its way to the signature."""

    DRAFTER = "drafter"  # ผู้ร่าง
    CHECKER = "checker"  # ผู้ตรวจ
    GROUP_HEAD = "group_head"  # ผู้อำนวยการกลุ่ม
    DEPUTY = "deputy"  # รองผู้อำนวยการ
    SIGNATORY = "signatory"  # ผู้ลงนาม


class Confirmed(StrEnum):
    """How the signatory confirmed to be who they are."""

    PASSWORD = "password"
    PASSKEY = "passkey"
    PAPER = "paper"  # signed by hand; a scan is on record


@dataclass(frozen=True, kw_only=True)
class Comment:
    """A remark of a reviewer on a place in the draft: on `quote`, as it stands in `field`."""

    field: str
    quote: str
    text: str


@dataclass(frozen=True, kw_only=True)
class DraftSubmitted(Event):
    """A draft was given in for review (เสนอ); it lies with `desk` now. `route` are the desks it
    passes, `desk` first; `signatory` is the post that is to sign."""

    organisation: str
    group: str | None
    kind: DocumentKind
    subject: str
    urgency: Urgency
    drafter: str
    checker: str | None
    signatory: str
    desk: ReviewDesk
    route: tuple[ReviewDesk, ...]
    text: str
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class DraftEndorsed(Event):
    """A reviewer agreed; it lies with `desk` now."""

    desk: ReviewDesk
    text: str
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class DraftReturned(Event):
    """A reviewer or the signatory sent it back for change (ส่งกลับแก้ไข)."""

    text: str
    comments: tuple[Comment, ...]
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class DraftWithdrawn(Event):
    """The drafter fetched it back."""

    text: str
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class DocumentSigned(Event):
    """The signatory signed (ลงนาม), in the capacity that `seat` says (annex 3). Where the policy says
    so, `DocumentNumbered` follows in the same transaction (annex 7 ¶4.2)."""

    confirmed: Confirmed
    at: datetime
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class DocumentNumbered(Event):
    """It took `number` of `series` in `year` (พ.ศ.) and is frozen: `frozen` is the PDF/A (or the
    scan of what was signed on paper). `reference` is its ที่, `dated` the day that it bears.

    `owner` is the group that has the series for itself, None where it is the organisation's.
    `code` names it in the public address that its QR code leads to; `reservation` is the number
    that was kept for it. `signer` (a person's id, or the name on paper) and `signature` are as
    printed; `reply_to` is the letter that it answers.
    """

    organisation: str
    group: str | None
    kind: DocumentKind
    series: Series
    year: int
    number: int
    circular: bool
    reference: str
    dated: date
    sender: str
    recipient: str
    subject: str
    urgency: Urgency
    drafter: str
    signer: str
    signature: tuple[str, ...]
    frozen: Attachment
    enclosures: tuple[Attachment, ...]
    code: str
    reservation: str | None
    reply_to: str | None
    replaces: str | None
    seat: Seat | None
    owner: str | None = None


@dataclass(frozen=True, kw_only=True)
class NumberCancelled(Event):
    """The document is void (ยกเลิกเลข): the number stays used, with the reason; `replaced_by` is the
    document that replaces it."""

    reason: str
    replaced_by: str | None
    seat: Seat


class CommentShape(Shape):
    """A remark on a place in the draft; `field` is one of the content's, `quote` what stands there."""

    field = fields.Text(max=50, required=True)
    quote = fields.Text(max=1000, lines=True, blank=True, load_default="")
    text = fields.Text(max=2000, lines=True, required=True)


class Content(fields.Words):
    """What a draft says: each field of its kind (`forms.FORMS`) by name. `body` is Markdown
    (paragraphs, lists, tables, bold); fields that are lists hold one entry a line."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.value_field = fields.Text(max=100_000, lines=True, blank=True)


class RecipientChannel(StrEnum):
    """How a letter goes to a recipient."""

    SYSTEM = "system"  # ทางระบบ
    EMAIL = "email"  # ไปรษณีย์อิเล็กทรอนิกส์ (annex 7)
    MESSENGER = "messenger"  # สมุดส่งหนังสือ (form 16)
    POST = "post"  # ไปรษณีย์


class RecipientShape(Shape):
    """To whom a letter goes: an organisation on the system, or anyone else by name.

    `address` is the e-mail address for EMAIL, the postal one for POST.
    """

    organisation = fields.Id(load_default=None, allow_none=True)
    name = fields.Text(max=300, required=True)
    channel = fields.Choice(RecipientChannel, required=True)
    address = fields.Text(max=500, blank=True, load_default="")


class DraftDocument(Command):
    """Begin a draft: empty, from an office's own template, as a copy of an earlier document, or as
    the reply to a received letter (which fills อ้างถึง and links both ways, ข้อ 39, 47)."""

    service = "correspondence"
    kind = fields.Choice(DocumentKind, required=True)
    group = fields.Id(load_default=None, allow_none=True)
    template = fields.Id(load_default=None, allow_none=True)
    copy_of = fields.Id(load_default=None, allow_none=True)
    reply_to = fields.Id(load_default=None, allow_none=True)
    replaces = fields.Id(load_default=None, allow_none=True)


class Drafted(Done):
    """`missing` names the content's fields that its kind still requires, with what to mend."""

    missing = fields.Words(required=True)


class SaveDraft(Command):
    """Save a draft as it stands (If-Match: the version it was begun at; else nothing is overwritten).

    `circular`: a หนังสือเวียน (ข้อ 32). `signatory` is the post that is to sign; `typist` and
    `checker` are people (ข้อ 30). `deadline` is its "ด่วนภายใน".
    """

    service = "correspondence"
    answer = Drafted
    id = fields.Id(required=True)
    content = Content(required=True)
    urgency = fields.Choice(Urgency, required=True)
    deadline = fields.Moment(required=True, allow_none=True)
    circular = fields.Boolean(required=True)
    signatory = fields.Id(required=True, allow_none=True)
    typist = fields.Text(max=100, required=True, allow_none=True)
    checker = fields.Text(max=100, required=True, allow_none=True)
    thai_digits = fields.Boolean(load_default=True)
    recipients = fields.Many(fields.Nested(RecipientShape), max=1000, required=True)


class AddEnclosures(Command):
    """Add uploads to a draft as its enclosures (สิ่งที่ส่งมาด้วย), in order."""

    service = "correspondence"
    id = fields.Id(required=True)
    uploads = fields.Many(fields.Id(), min=1, max=50, required=True)


class RemoveEnclosure(Command):
    """Take an enclosure off a draft."""

    service = "correspondence"
    id = fields.Id(required=True)
    attachment = fields.Id(required=True)


class SubmitDraft(Command):
    """Give a draft in for review (เสนอ). Refused where its kind still requires something."""

    service = "correspondence"
    id = fields.Id(required=True)
    text = fields.Text(max=5000, lines=True, blank=True, load_default="")


class EndorseDraft(Command):
    """Agree to a draft that lies with me and pass it on."""

    service = "correspondence"
    id = fields.Id(required=True)
    text = fields.Text(max=5000, lines=True, blank=True, load_default="")


class ReturnDraft(Command):
    """Send a draft that lies with me back for change, with remarks on places in it."""

    service = "correspondence"
    id = fields.Id(required=True)
    text = fields.Text(max=5000, lines=True, required=True)
    comments = fields.Many(fields.Nested(CommentShape), max=100, load_default=list)


class WithdrawDraft(Command):
    """Fetch my draft back from wherever it lies, before the signature."""

    service = "correspondence"
    id = fields.Id(required=True)
    text = fields.Text(max=500, lines=True, blank=True, load_default="")


class DiscardDraft(Command):
    """Throw a draft away; it never had a number."""

    service = "correspondence"
    id = fields.Id(required=True)
    reason = fields.Text(max=500, lines=True, blank=True, load_default="")


class Numbered(Done):
    """The number that a document took; none yet where a clerk is to give it (`number` null)."""

    series = fields.Choice(Series, required=True)
    year = fields.Integer(required=True, allow_none=True)
    number = fields.Integer(required=True, allow_none=True)
    reference = fields.Text(required=True, blank=True)
    dated = fields.Date(required=True, allow_none=True)
    sha256 = fields.Text(required=True, blank=True)


class SignDocument(Command):
    """Sign (ลงนาม), from the signatory's post or for it. `confirmation` is what `personnel` gave for
    the password or passkey (`Confirm`), for this document alone."""

    service = "correspondence"
    answer = Numbered
    proofs = ("confirmation",)
    id = fields.Id(required=True)
    confirmation = fields.Text(max=4000, required=True)


class NumberDocument(Command):
    """Number a signed document as the clerk (ออกเลข), with the next number or one kept for it."""

    service = "correspondence"
    answer = Numbered
    id = fields.Id(required=True)
    reservation = fields.Id(load_default=None, allow_none=True)


class NumberedMany(Shape):
    items = fields.Many(fields.Nested(Numbered), required=True)


class NumberDocuments(Command):
    """Number several signed documents at once, in the order given: all or none."""

    service = "correspondence"
    answer = NumberedMany
    ids = fields.Many(fields.Id(), min=1, max=100, required=True)


class RecordDocument(Command):
    """Record a document signed on paper, with its scan: it takes a number (or one kept for it).

    `signer` and `signature` are as on the paper; `dated` the day that it bears. The first upload is
    the scan, the others its enclosures.
    """

    service = "correspondence"
    answer = Numbered
    kind = fields.Choice(DocumentKind, required=True)
    group = fields.Id(load_default=None, allow_none=True)
    circular = fields.Boolean(load_default=False)
    dated = fields.Date(required=True)
    recipient = fields.Text(max=300, required=True)
    subject = fields.Text(max=1000, required=True)
    urgency = fields.Choice(Urgency, load_default=Urgency.NORMAL)
    signer = fields.Text(max=200, required=True)
    signature = fields.Many(fields.Text(max=300), max=4, load_default=list)
    reservation = fields.Id(load_default=None, allow_none=True)
    reply_to = fields.Id(load_default=None, allow_none=True)
    uploads = fields.Many(fields.Id(), min=1, max=51, required=True)


class CancelNumber(Command):
    """Make a numbered document void; the number stays used (ยกเลิกเลข)."""

    service = "correspondence"
    id = fields.Id(required=True)
    reason = fields.Text(max=500, lines=True, required=True)


class DocumentRow(Shape):
    """A document as a line of a list or register (form 14); `sender` จาก, `recipient` ถึง."""

    id = fields.Id(required=True)
    version = fields.Integer(required=True)
    kind = fields.Choice(DocumentKind, required=True)
    state = fields.Choice(DocumentState, required=True)
    desk = fields.Choice(ReviewDesk, required=True, allow_none=True)
    group = fields.Id(required=True, allow_none=True)
    group_name = fields.Text(required=True, blank=True)
    drafter = fields.Text(required=True, blank=True)
    series = fields.Choice(Series, required=True)
    year = fields.Integer(required=True, allow_none=True)
    number = fields.Integer(required=True, allow_none=True)
    circular = fields.Boolean(required=True)
    reference = fields.Text(required=True, blank=True)
    dated = fields.Date(required=True, allow_none=True)
    sender = fields.Text(required=True, blank=True)
    recipient = fields.Text(required=True, blank=True)
    subject = fields.Text(required=True, blank=True)
    urgency = fields.Choice(Urgency, required=True)
    deadline = fields.Moment(required=True, allow_none=True)
    actions_text = fields.Text(required=True, blank=True, lines=True)  # การปฏิบัติ
    note = fields.Text(required=True, blank=True, lines=True)  # หมายเหตุ
    recipients = fields.Integer(required=True)
    received = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    last_step_at = fields.Moment(required=True)
    ended_by = fields.Text(required=True, blank=True, lines=True)


class DocumentPage(Shape):
    """A page of documents; `next` is the cursor of the page behind it. `total` is exact."""

    items = fields.Many(fields.Nested(DocumentRow), max=1000, required=True)
    next = fields.Text(required=True, allow_none=True)
    total = fields.Integer(required=True)
    actions = fields.Many(fields.Text(), required=True)


class DocumentSort(StrEnum):
    RECENT = "-last_step"
    NUMBER = "number"
    NUMBER_DESC = "-number"


class ListDocuments(Query):
    """The documents of my organisation that I may read: drafts and numbered ones, filtered.

    With `series` and `year` it is a register. `mine`: those that I drafted. `q` is any part of
    subject, number, recipient or text. `first_day` and `last_day` are days that they bear.
    """

    service = "correspondence"
    answer = DocumentPage
    q = fields.Text(max=200, blank=True, load_default="")
    kind = fields.Choice(DocumentKind, load_default=None, allow_none=True)
    state = fields.Choice(DocumentState, load_default=None, allow_none=True)
    series = fields.Choice(Series, load_default=None, allow_none=True)
    year = fields.Integer(
        strict=False, min=FIRST_YEAR, max=LAST_YEAR, load_default=None, allow_none=True
    )
    group = fields.Id(load_default=None, allow_none=True)
    numbered = fields.Boolean(load_default=False)
    mine = fields.Boolean(load_default=False)
    first_day = fields.Date(load_default=None, allow_none=True)
    last_day = fields.Date(load_default=None, allow_none=True)
    sort = fields.Choice(DocumentSort, load_default=DocumentSort.RECENT)
    limit = fields.Integer(strict=False, min=1, max=1000, load_default=50)
    cursor = fields.Text(max=2000, load_default=None, allow_none=True)


class MyDocuments(Query):
    """Documents that wait for me: to check, to endorse, to sign, to mend, to number."""

    service = "correspondence"
    answer = DocumentPage
    limit = fields.Integer(strict=False, min=1, max=200, load_default=50)
    cursor = fields.Text(max=400, load_default=None, allow_none=True)


class DocumentStep(Shape):
    """Anything that happened to a document. Saves of the draft are told as one step a person and day."""

    version = fields.Integer(required=True)
    event = fields.Text(required=True)
    at = fields.Moment(required=True)
    actor = fields.Text(required=True)
    signature = fields.Many(fields.Text(blank=True), required=True)
    text = fields.Text(required=True, blank=True, lines=True)
    comments = fields.Many(fields.Nested(CommentShape), required=True)


class LinkedLetter(Shape):
    """A received letter that the document answers."""

    id = fields.Id(required=True)
    year = fields.Integer(required=True)
    number = fields.Integer(required=True)
    reference = fields.Text(required=True, blank=True)
    dated = fields.Date(required=True, allow_none=True)
    sender = fields.Text(required=True)
    subject = fields.Text(required=True)


class LinkedDocument(Shape):
    id = fields.Id(required=True)
    reference = fields.Text(required=True, blank=True)
    dated = fields.Date(required=True, allow_none=True)
    subject = fields.Text(required=True, blank=True)


class DocumentAnswer(DocumentRow):
    """A document whole. `actions` are the commands that I may send now, the likeliest first.

    `comments` are the remarks of the last return, until it is given in again; `missing` as after
    `SaveDraft`; `frozen` is the PDF/A from the number on, `code` its place at the public page.
    `signer` is a person's id, or the name on a document signed on paper.
    """

    organisation = fields.Id(required=True)
    organisation_name = fields.Text(required=True)
    content = Content(required=True)
    thai_digits = fields.Boolean(required=True)
    signatory = fields.Id(required=True, allow_none=True)
    signatory_title = fields.Text(required=True, blank=True)
    typist = fields.Text(required=True, allow_none=True)
    checker = fields.Text(required=True, allow_none=True)
    draft_recipients = fields.Many(fields.Nested(RecipientShape), max=1000, required=True)
    enclosures = fields.Many(fields.Nested(AttachmentAnswer), required=True)
    route = fields.Many(fields.Choice(ReviewDesk), required=True)
    comments = fields.Many(fields.Nested(CommentShape), required=True)
    missing = fields.Words(required=True)
    signer = fields.Text(required=True, blank=True)
    signature = fields.Many(fields.Text(blank=True), required=True)
    signed_at = fields.Moment(required=True, allow_none=True)
    frozen = fields.Nested(AttachmentAnswer, required=True, allow_none=True)
    code = fields.Text(required=True, blank=True)
    reply_to = fields.Nested(LinkedLetter, required=True, allow_none=True)
    replaces = fields.Nested(LinkedDocument, required=True, allow_none=True)
    replaced_by = fields.Nested(LinkedDocument, required=True, allow_none=True)
    history = fields.Many(fields.Nested(DocumentStep), max=5000, required=True)
    actions = fields.Many(fields.Text(), required=True)


class GetDocument(Query):
    """One document, with its content, enclosures, review and all that happened to it."""

    service = "correspondence"
    answer = DocumentAnswer
    id = fields.Id(required=True)


class GetDocumentFile(Query):
    """The facts of a file of a document (the frozen one, an enclosure), for one who may read it."""

    service = "correspondence"
    answer = AttachmentAnswer
    id = fields.Id(required=True)
    attachment = fields.Id(required=True)


class Preview(Shape):
    """The pages as they will print, each an SVG."""

    pages = fields.Many(fields.Text(max=5_000_000, lines=True), max=200, required=True)
    missing = fields.Words(required=True)


class PreviewDraft(Query):
    """The draft `id` as it will print with `content`, which need not be saved."""

    service = "correspondence"
    answer = Preview
    id = fields.Id(required=True)
    content = Content(required=True)
    urgency = fields.Choice(Urgency, load_default=Urgency.NORMAL)
    circular = fields.Boolean(load_default=False)
    signatory = fields.Id(load_default=None, allow_none=True)
    thai_digits = fields.Boolean(load_default=True)


class ExportFormat(StrEnum):
    DOCX = "docx"
    PDF = "pdf"


class Exported(Shape):
    """A file made of the draft as it stands; `content` is base64."""

    name = fields.Text(required=True)
    media_type = fields.Text(required=True)
    content = fields.Text(max=200_000_000, lines=True, required=True)


class ExportDocument(Query):
    """A document's text as DOCX, for those who must edit elsewhere, or a draft's as PDF."""

    service = "correspondence"
    answer = Exported
    id = fields.Id(required=True)
    format = fields.Choice(ExportFormat, required=True)


class VerifiedDocument(Shape):
    """What the public page says of a document: nothing that its paper does not say."""

    organisation_name = fields.Text(required=True)
    kind = fields.Choice(DocumentKind, required=True)
    reference = fields.Text(required=True, blank=True)
    dated = fields.Date(required=True)
    subject = fields.Text(required=True)
    signer = fields.Text(required=True, blank=True)
    signature = fields.Many(fields.Text(blank=True), required=True)
    sha256 = fields.Text(required=True)
    cancelled = fields.Boolean(required=True)


class VerifyDocument(Query):
    """What stands on record of the document that `code` names; anyone may ask who has the paper."""

    service = "correspondence"
    answer = VerifiedDocument
    public = True
    code = fields.Text(max=64, required=True)


class TemplateAnswer(Shape):
    id = fields.Id(required=True)
    version = fields.Integer(required=True)
    name = fields.Text(required=True)
    kind = fields.Choice(DocumentKind, required=True)
    content = Content(required=True)


class TemplateList(Shape):
    items = fields.Many(fields.Nested(TemplateAnswer), required=True)
    actions = fields.Many(fields.Text(), required=True)


class ListTemplates(Query):
    """The templates of my organisation."""

    service = "correspondence"
    answer = TemplateList
    kind = fields.Choice(DocumentKind, load_default=None, allow_none=True)


class KeepTemplate(Command):
    """Keep a content as a template of my organisation; with `id`, in the place of that one."""

    service = "correspondence"
    id = fields.Id(load_default=None, allow_none=True)
    name = fields.Text(max=200, required=True)
    kind = fields.Choice(DocumentKind, required=True)
    content = Content(required=True)


class DropTemplate(Command):
    """Take a template away."""

    service = "correspondence"
    id = fields.Id(required=True)


class DocumentSummaryAnswer(Shape):
    """The documents of a year in figures; `months` are `2026-02`; days are whole days in the mean."""

    year = fields.Integer(required=True)
    years = fields.Many(fields.Integer(), required=True)
    total = fields.Integer(required=True)
    by_series = fields.Many(fields.Nested(Count), required=True)
    by_month = fields.Many(fields.Nested(Count), required=True)
    by_group = fields.Many(fields.Nested(Count), required=True)
    by_urgency = fields.Many(fields.Nested(Count), required=True)
    days_to_sign = fields.Many(fields.Nested(Count), required=True)
    days_to_close = fields.Many(fields.Nested(Count), required=True)


class DocumentSummary(Query):
    """The documents of a year (พ.ศ.; the present one by default) in figures, of those I may read."""

    service = "correspondence"
    answer = DocumentSummaryAnswer
    year = fields.Integer(
        strict=False, min=FIRST_YEAR, max=LAST_YEAR, load_default=None, allow_none=True
    )
