"""Taking a message in, once: as a letter that waits in the tray, or as news of a mail of ours."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from infra.errors import Invalid
from infra.eventstore.store import Work
from infra.ids import new_id
from infra.messaging.runtime import Runtime
from services.correspondence.arrival import Arrival
from services.correspondence.contract import ArrivalSource, Attachment, LetterArrived, Urgency
from services.correspondence.delivery import Delivery
from services.correspondence.mailbox import bounces, outbox
from services.correspondence.mailbox.bounces import Report, Told
from services.correspondence.mailbox.outbox import Mail, MailKind, MailState
from services.correspondence.mailbox.owner import calendar_of
from services.correspondence.mailbox.parsing import File, Post
from services.correspondence.mailbox.sending import fail
from services.correspondence.mailbox.tables import taken

OWNER = "service:correspondence"  # of the files that come by e-mail
RECEIVED_BY_SERVER = "email"  # how a letter was delivered that its recipient's server reported
FILES = 100  # that are taken with one message
LETTER = "letter"  # what became of a message that is nothing else
_URGENCIES = {
    "ด่วนที่สุด": Urgency.MOST_URGENT,
    "ด่วนมาก": Urgency.VERY_URGENT,
    "ด่วน": Urgency.URGENT,
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a message lay, and when it came there."""

    twin: str
    spam: bool
    at: datetime


def is_known(connection: Connection, twin: str) -> bool:
    """Whether a message with these first headers and this size was taken in."""
    return (
        bool(twin)
        and connection.execute(select(taken.c.key).where(taken.c.twin == twin)).first() is not None
    )


def take(runtime: Runtime, organisation: str, post: Post, place: Place) -> bool:
    """Take a message in; whether it became a letter in the tray. A second time changes nothing."""
    with runtime.database.read() as connection:
        report = _report(connection, post)
    letter = report is None or report.letter
    files, left = _kept(runtime, post) if letter else ((), ())
    became: list[str] = []

    def take(work: Work) -> None:
        became.clear()
        arrival = new_id() if letter else None
        if not _is_first(runtime, work, post, place, report, arrival):
            return
        if report is not None:
            _hear(work, report, min(place.at, work.now))
        if arrival is not None:
            one = Arrival(arrival)
            one.record(_arrived(organisation, post, place, files, left, work.now))
            work.save(one)
            became.append(arrival)

    runtime.execute(take)
    return bool(became)


def _report(connection: Connection, post: Post) -> Report | None:
    """What the message tells of a mail of ours. A person's answer to an acknowledgement is a letter."""
    report = bounces.read(post, lambda id: outbox.find(connection, id) is not None)
    if report is None or report.told is not Told.ANSWERED:
        return report
    mail = outbox.find(connection, report.mail)
    if mail is not None and mail.kind is MailKind.LETTER:
        return report
    return replace(report, told=Told.NOTHING, letter=False) if post.automatic else None


def _is_first(
    runtime: Runtime,
    work: Work,
    post: Post,
    place: Place,
    report: Report | None,
    arrival: str | None,
) -> bool:
    """Whether nobody has taken this message in; it is noted that we have."""
    by = calendar_of(runtime.settings).acknowledge_by(place.at) if arrival else None
    row = {
        "key": post.key,
        "twin": place.twin,
        "outcome": report.told if report else LETTER,
        "arrival": arrival,
        "at": place.at,
        "acknowledge_by": by,
        "taken_at": work.now,
    }
    on = postgresql.insert if work.connection.dialect.name == "postgresql" else sqlite.insert
    noted = on(taken).values(row).on_conflict_do_nothing().returning(taken.c.key)
    return work.connection.execute(noted).first() is not None


def _kept(runtime: Runtime, post: Post) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
    """The files of a message, in the file store; and what of them could not be taken, with why."""
    kept, left = [], []
    for file in post.files[FILES:]:
        left.append(f"{file.name} (แนบมาเกิน {FILES} ไฟล์)")
    for place, file in enumerate(post.files[:FILES]):
        try:
            kept.append(_keep(runtime, post, place, file))
        except Invalid as problem:
            left.append(f"{file.name} ({problem.detail})")
    return tuple(kept), tuple(left)


def _keep(runtime: Runtime, post: Post, place: int, file: File) -> Attachment:
    """Kept by its content, however often: what is left behind of a break is swept away."""
    found = runtime.files.receive(BytesIO(file.content), file.name, OWNER, runtime.clock())
    found = runtime.files.claim(found.id, OWNER)
    return Attachment(
        id=str(uuid5(NAMESPACE_OID, f"{post.key}/{place}")),
        name=found.name,
        media_type=found.media_type,
        size=found.size,
        sha256=found.sha256,
    )


def _arrived(
    organisation: str,
    post: Post,
    place: Place,
    files: Sequence[Attachment],
    left: Sequence[str],
    now: datetime,
) -> LetterArrived:
    urgency, subject = _urgency(post.subject)
    text = post.text
    if left:
        names = "\n".join(f"- {one[:300]}" for one in left[:FILES])
        text += f"\n\nไฟล์ที่ระบบไม่รับ ให้เปิดดูในกล่องจดหมาย:\n{names}"
    return LetterArrived(
        organisation=organisation,
        source=ArrivalSource.EMAIL,
        delivery=None,
        document=None,
        from_organisation=None,
        sender=post.sender[:300],
        reference="",
        dated=None,
        subject=subject,
        urgency=urgency,
        deadline=None,
        circular=False,
        attachments=tuple(files),
        reply_to_document=None,
        mail=post.message_id,
        address=post.address[:320],
        text=text.strip(),
        spam=place.spam,
        at=min(place.at, now),
    )


def _urgency(subject: str) -> tuple[Urgency, str]:
    """The urgency that stands before a subject (annex 7), and the subject itself."""
    for word, urgency in _URGENCIES.items():
        beginning, colon, rest = subject.partition(":")
        if colon and beginning.strip() == word:
            return urgency, rest.strip()
    return Urgency.NORMAL, subject


def _hear(work: Work, report: Report, at: datetime) -> None:
    """Record what a message tells of a mail of ours."""
    mail = outbox.find(work.connection, report.mail)
    if mail is None:
        return
    if report.told is Told.FAILED:
        if mail.state is not MailState.FAILED:
            fail(work, mail, report.text)
        return
    if mail.delivery is None:
        return
    delivery = work.find(Delivery, mail.delivery)
    if delivery is None or not _tell(work, delivery, mail, report, at):
        return
    work.save(delivery)


def _tell(work: Work, delivery: Delivery, mail: Mail, report: Report, at: datetime) -> bool:
    """Whether the report changes anything for the delivery."""
    match report.told:
        case Told.DELIVERED if mail.state is MailState.SENT:
            outbox.note_delivered(work.connection, mail.id)
            delivery.deliver(at, mail.address, RECEIVED_BY_SERVER)
        case Told.OPENED:
            delivery.acknowledge("เปิดอ่านอีเมลแล้ว", at)
        case Told.ANSWERED:
            delivery.acknowledge(report.text, at)
        case _:
            return False
    return True
