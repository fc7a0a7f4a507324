"""The course of a document: where it stands and on whose desk.

Plain state, moved on by events; the aggregate decides by it, and the read tables keep a copy.
"""

from dataclasses import dataclass

from infra.errors import OutOfOrder
from infra.eventstore.events import Event
from services.correspondence.contract import (
    DocumentClosed,
    DocumentImported,
    DocumentNumbered,
    DocumentSigned,
    DocumentState,
    DraftEndorsed,
    DraftReturned,
    DraftSubmitted,
    DraftWithdrawn,
    LetterSent,
    NumberCancelled,
    ReviewDesk,
)
from services.correspondence.document_events import DraftDiscarded

WRITABLE = (DocumentState.DRAFT, DocumentState.RETURNED)
UNDER_WAY = (DocumentState.IN_REVIEW, DocumentState.TO_SIGN)
NUMBERED = (DocumentState.NUMBERED, DocumentState.SENT, DocumentState.CLOSED)

# Each step's name, and in which states of the document it can be taken.
STEPS: dict[str, tuple[str, tuple[DocumentState, ...]]] = {
    "sign_document": ("ลงนาม", (DocumentState.TO_SIGN,)),
    "endorse_draft": ("เห็นชอบ", (DocumentState.IN_REVIEW,)),
    "number_document": ("ออกเลข", (DocumentState.SIGNED,)),
    "submit_draft": ("เสนอ", WRITABLE),
    "return_draft": ("ส่งกลับแก้ไข", UNDER_WAY),
    "send_document": ("ส่ง", (DocumentState.NUMBERED, DocumentState.SENT)),
    "save_draft": ("แก้ไข", WRITABLE),
    "add_enclosures": ("เพิ่มสิ่งที่ส่งมาด้วย", WRITABLE),
    "remove_enclosure": ("นำสิ่งที่ส่งมาด้วยออก", WRITABLE),
    "withdraw_draft": ("ดึงกลับ", UNDER_WAY),
    "close_document": ("ปิดเรื่อง", (DocumentState.SENT,)),
    "discard_draft": ("ทิ้งร่าง", (*WRITABLE, DocumentState.SIGNED)),
    "cancel_number": ("ยกเลิกเลข", NUMBERED),
}

_STANDS = {
    DocumentState.DRAFT: "ร่างยังไม่ได้เสนอ",
    DocumentState.IN_REVIEW: "ร่างอยู่ระหว่างตรวจ",
    DocumentState.RETURNED: "ร่างถูกส่งกลับแก้ไข",
    DocumentState.TO_SIGN: "ร่างรอลงนาม",
    DocumentState.SIGNED: "ลงนามแล้ว",
    DocumentState.NUMBERED: "ออกเลขแล้ว",
    DocumentState.SENT: "ส่งแล้ว",
    DocumentState.CLOSED: "ปิดเรื่องแล้ว",
    DocumentState.CANCELLED: "ยกเลิกเลขแล้ว",
    DocumentState.DISCARDED: "ทิ้งร่างแล้ว",
}


@dataclass
class DocumentCourse:
    """`desk` is where it lies until it is signed."""

    state: DocumentState = DocumentState.DRAFT
    desk: ReviewDesk | None = ReviewDesk.DRAFTER

    def require(self, step: str) -> None:
        """Raises OutOfOrder unless `step` (a command's method name) can be taken now."""
        name, states = STEPS[step]
        if self.state not in states:
            raise OutOfOrder(f"{name}ไม่ได้ เพราะ{_STANDS[self.state]}")

    def apply(self, event: Event) -> None:
        match event:
            case DraftSubmitted() | DraftEndorsed():
                at_signatory = event.desk is ReviewDesk.SIGNATORY
                self.state = DocumentState.TO_SIGN if at_signatory else DocumentState.IN_REVIEW
                self.desk = event.desk
            case DraftReturned():
                self.state, self.desk = DocumentState.RETURNED, ReviewDesk.DRAFTER
            case DraftWithdrawn():
                self.state, self.desk = DocumentState.DRAFT, ReviewDesk.DRAFTER
            case DraftDiscarded():
                self.state, self.desk = DocumentState.DISCARDED, None
            case DocumentSigned():
                self.state, self.desk = DocumentState.SIGNED, None
            case DocumentNumbered():
                self.state, self.desk = DocumentState.NUMBERED, None
            case LetterSent():
                self.state = DocumentState.SENT
            case DocumentClosed():
                self.state = DocumentState.CLOSED
            case DocumentImported():
                self.state, self.desk = DocumentState.CLOSED, None
            case NumberCancelled():
                self.state = DocumentState.CANCELLED
