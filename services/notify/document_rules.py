"""Who is told of documents that an organisation makes itself, and of letters on their way.

Drafts go from desk to desk, what is numbered goes out, and what comes in waits in the tray; see
`rules`, which asks here for the events named in EVENTS.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection

from infra.clock import bangkok_date
from infra.eventstore.events import Event, Recorded
from infra.identity import Role
from services.correspondence import contract as correspondence
from services.correspondence.contract import ArrivalSource, DocumentKind, ReviewDesk, Urgency
from services.notify import matters
from services.notify.contract import Kind, NoticeUrgency
from services.notify.notification import Notice
from services.notify.people import People
from services.notify.words import body, brief, due_by, tag

EVENTS: tuple[type[Event], ...] = (
    correspondence.DocumentPolicySet,
    correspondence.DraftSubmitted,
    correspondence.DraftEndorsed,
    correspondence.DraftReturned,
    correspondence.DocumentSigned,
    correspondence.DocumentNumbered,
    correspondence.NumberCancelled,
    correspondence.LetterArrived,
    correspondence.ArrivalVoided,
    correspondence.DeliveryBegun,
    correspondence.DeliveryFailed,
    correspondence.RecipientRefused,
    correspondence.RecipientReminded,
    correspondence.RecipientAnswered,
)
TRAY = "/letters/tray"
_SENT_BY_CLERK = (DocumentKind.EXTERNAL, DocumentKind.SEALED)  # the others stay, or go now and then


def notices(connection: Connection, recorded: Recorded) -> Iterator[Notice]:
    """Who is told of one of EVENTS; of what stands in no document here, nobody."""
    event = recorded.event
    day = bangkok_date(recorded.recorded_at)

    def people(organisation: str) -> People:
        return People(connection, day, organisation)

    match event:
        case correspondence.LetterArrived():
            yield from _arrived(event, people(event.organisation))
        case correspondence.ArrivalVoided():
            for person in people(event.organisation).clerks():
                yield Notice(
                    person=person,
                    organisation=event.organisation,
                    kind=Kind.LETTER_ARRIVED,
                    title=brief(f"ผู้ส่งยกเลิกหนังสือแล้ว: {event.subject}"),
                    body=body(f"ที่ {event.reference} จาก {event.sender}", event.reason),
                    link=f"/letters/{event.letter}" if event.letter else TRAY,
                )
        case correspondence.RecipientReminded() if event.organisation_reminded is not None:
            here = event.organisation_reminded
            for person in people(here).clerks():
                yield Notice(
                    person=person,
                    organisation=here,
                    kind=Kind.LETTER_ARRIVED,
                    title=brief(f"ผู้ส่งเตือน ยังไม่ลงทะเบียนรับ: {event.subject}"),
                    body=body(f"จาก {event.sender}"),
                    link=TRAY,
                )
        case correspondence.DeliveryFailed() | correspondence.RecipientRefused():
            recipient = matters.recipient(connection, recorded.aggregate_id)
            here = recorded.organisation
            yield from _came_back(event, recipient, here, people(here))
        case correspondence.RecipientAnswered():
            document = matters.document(connection, event.document)
            if document is not None:
                recipient = matters.recipient(connection, recorded.aggregate_id)
                said = (recipient, f"ตอบโดย {event.reference}: {event.subject}")
                told = [document.drafter]
                yield from _each(document, told, Kind.DOCUMENT_ANSWERED, "ผู้รับตอบแล้ว", *said)
        case correspondence.DraftSubmitted():
            yield from _submitted(event, recorded.aggregate_id, people(event.organisation))
        case correspondence.DocumentNumbered():
            yield from _numbered(event, recorded.aggregate_id, people(event.organisation))
        case _:
            document = matters.document(connection, recorded.aggregate_id)
            if document is not None:
                yield from _moved(connection, event, document, people(document.organisation))


def _submitted(event: correspondence.DraftSubmitted, id: str, people: People) -> Iterator[Notice]:
    told, what = _at(event.desk, event, people)
    yield from _each(event, told, Kind.DOCUMENT_SUBMITTED, what, event.text, id=id)


def _numbered(event: correspondence.DocumentNumbered, id: str, people: People) -> Iterator[Notice]:
    said = (f"ที่ {event.reference}", f"ถึง {event.recipient}" if event.recipient else "")
    yield from _each(event, [event.drafter], Kind.DOCUMENT_NUMBERED, "ออกเลขแล้ว", *said, id=id)
    if event.kind in _SENT_BY_CLERK:
        clerks = people.clerks()
        yield from _each(event, clerks, Kind.DOCUMENT_NUMBERED, "ออกเลขแล้ว รอส่ง", *said, id=id)


def _moved(connection: Connection, event: Event, document: Any, people: People) -> Iterator[Notice]:
    match event:
        case correspondence.DraftEndorsed():
            told, what = _at(event.desk, document, people)
            yield from _each(document, told, Kind.DOCUMENT_SUBMITTED, what, event.text)
        case correspondence.DraftReturned():
            remarks = f"ข้อสังเกต {len(event.comments)} แห่ง" if event.comments else ""
            said = (event.text, remarks)
            told = [document.drafter]
            yield from _each(document, told, Kind.DOCUMENT_RETURNED, "ส่งกลับแก้ไข", *said)
        case correspondence.DocumentSigned():
            numbering = matters.numbering(connection, document.organisation)
            if numbering is not None and numbering.by_clerk:
                told = people.clerks()
                if numbering.by_group and document.group:
                    told += people.holding(Role.GROUP_CLERK, group=document.group)
                what = "ลงนามแล้ว รอออกเลข"
                yield from _each(document, told, Kind.DOCUMENT_NUMBERED, what)
        case correspondence.NumberCancelled():
            said = (f"ที่ {document.reference}", event.reason)
            told = [document.drafter]
            yield from _each(document, told, Kind.DOCUMENT_NUMBERED, "ยกเลิกเลขแล้ว", *said)


def _at(desk: ReviewDesk, document: Any, people: People) -> tuple[list[str], str]:
    """Who sits at the desk on which a draft lies now, and what they are to do with it."""
    match desk:
        case ReviewDesk.CHECKER:
            return [document.checker] if document.checker else [], "เสนอให้ตรวจร่าง"
        case ReviewDesk.GROUP_HEAD:
            group = document.group
            return people.holding(Role.GROUP_HEAD, group=group) if group else [], "เสนอเพื่อพิจารณา"
        case ReviewDesk.DEPUTY:
            return people.holding(Role.DEPUTY), "เสนอเพื่อพิจารณา"
        case ReviewDesk.SIGNATORY:
            return people.of_post(document.signatory), "เสนอเพื่อลงนาม"
    return [], ""


def _arrived(event: correspondence.LetterArrived, people: People) -> Iterator[Notice]:
    by_mail = event.source is ArrivalSource.EMAIL
    urgency = Urgency(event.urgency)
    said = body(
        f"จาก {event.sender or event.address}" + (" ทางอีเมล" if by_mail else ""),
        f"ที่ {event.reference}" if event.reference else "",
        "อยู่ในโฟลเดอร์จดหมายขยะ ตรวจก่อนเปิด" if event.spam else "",
        due_by(bangkok_date(event.deadline) if event.deadline else None),
    )
    for person in people.clerks():
        yield Notice(
            person=person,
            organisation=event.organisation,
            kind=Kind.LETTER_ARRIVED,
            title=brief(f"{tag(urgency)}รอลงทะเบียนรับ: {event.subject or '(ไม่มีเรื่อง)'}"),
            body=said,
            link=TRAY,
            urgency=NoticeUrgency(urgency.value),
        )


def _came_back(
    event: correspondence.DeliveryFailed | correspondence.RecipientRefused,
    recipient: str,
    organisation: str,
    people: People,
) -> Iterator[Notice]:
    if isinstance(event, correspondence.DeliveryFailed):
        what, said = "ส่งไม่ถึง", body(recipient, event.address, event.reason, _again(event.times))
    else:
        what, said = "ผู้รับส่งคืน", body(recipient, event.reason)
    for person in dict.fromkeys((event.drafter, *people.clerks())):
        yield Notice(
            person=person,
            organisation=organisation,
            kind=Kind.DELIVERY_FAILED,
            title=brief(f"{what}: {event.subject}"),
            body=said,
            link=f"/documents/{event.document}",
        )


def _again(times: int) -> str:
    """From the second time on another way is asked for (annex 7)."""
    return "ส่งไม่ถึงซ้ำ ให้ส่งทางอื่น" if times > 1 else ""


def _each(
    document: Any, told: Iterable[str], kind: Kind, what: str, *said: str, id: str | None = None
) -> Iterator[Notice]:
    """A notice to each of the document, a row of `matters` or an event that tells of it (with `id`)."""
    urgency = Urgency(document.urgency)
    for person in dict.fromkeys(told):
        yield Notice(
            person=person,
            organisation=document.organisation,
            kind=kind,
            title=brief(f"{tag(urgency)}{what}: {document.subject}"),
            body=body(*said),
            link=f"/documents/{id or document.id}",
            urgency=NoticeUrgency(urgency.value),
        )
