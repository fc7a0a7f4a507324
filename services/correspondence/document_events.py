"""What happens to a draft before anybody is to see it: private events of `document.py`. Those that
others may know of are in `contract/documents.py`."""

from dataclasses import dataclass
from datetime import datetime

from infra.eventstore.events import Event
from infra.identity import Seat
from services.correspondence.contract import (
    Attachment,
    DocumentKind,
    RecipientChannel,
    Urgency,
)


@dataclass(frozen=True, kw_only=True)
class DraftRecipient:
    """To whom a draft is to go, as chosen in it; `organisation` None outside the system."""

    organisation: str | None
    name: str
    channel: RecipientChannel
    address: str


@dataclass(frozen=True, kw_only=True)
class DocumentDrafted(Event):
    """A draft was begun (ร่าง). `reply_to` is the received letter that it answers, `replaces` the
    document in whose place it is to stand; `template` and `copy_of` say where its text came from."""

    organisation: str
    group: str | None
    kind: DocumentKind
    drafter: str
    content: dict[str, str]
    circular: bool
    signatory: str | None
    recipients: tuple[DraftRecipient, ...]
    template: str | None
    copy_of: str | None
    reply_to: str | None
    replaces: str | None
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class DraftSaved(Event):
    """A draft was saved. `content` holds the fields that changed, as they read now; `recipients` is
    None where they are as before. The rest is as it stands."""

    content: dict[str, str]
    urgency: Urgency
    deadline: datetime | None
    circular: bool
    signatory: str | None
    typist: str | None
    checker: str | None
    thai_digits: bool
    recipients: tuple[DraftRecipient, ...] | None


@dataclass(frozen=True, kw_only=True)
class EnclosuresAdded(Event):
    """Files were added as enclosures (สิ่งที่ส่งมาด้วย), behind those that are there."""

    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, kw_only=True)
class EnclosureRemoved(Event):
    attachment: str


@dataclass(frozen=True, kw_only=True)
class DraftDiscarded(Event):
    """It was thrown away (ทิ้งร่าง); it never had a number."""

    reason: str
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class DocumentRecorded(Event):
    """A document that was signed on paper was put on record by a clerk; its signature and number
    follow in the same transaction."""

    organisation: str
    group: str | None
    kind: DocumentKind
    recipient: str
    subject: str
    urgency: Urgency
    circular: bool
    clerk: str
    reply_to: str | None
    seat: Seat
