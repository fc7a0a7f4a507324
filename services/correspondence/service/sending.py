"""Letters that go out: sent to many, followed until each has them; the messenger book; kept lists."""

from collections.abc import Callable, Sequence
from typing import Any

from infra.errors import Invalid, NotFound, OutOfOrder, Problem
from infra.eventstore.store import Read, Work
from infra.identity import Seat
from infra.ids import new_id
from infra.mail import is_address
from infra.messaging.service import command, query
from services.correspondence import document_rights, sending_rights, views
from services.correspondence.contract import (
    CloseDocument,
    ConfirmReceipt,
    DocumentState,
    DropRecipientList,
    KeepRecipientList,
    LetterSent,
    ListDeliveries,
    ListMessengerBook,
    ListRecipientLists,
    ListUnreceived,
    NoteHandover,
    Recipient,
    RecipientChannel,
    RedirectDelivery,
    RemindRecipients,
    SendDocument,
)
from services.correspondence.delivery import Delivery, same_recipient
from services.correspondence.document import Document
from services.correspondence.recipient_list import RecipientList, merged, recipients_of
from services.correspondence.service.following import Following
from services.correspondence.service.tray import Tray

MOST = 2000  # recipients of one document


class Sending(Following, Tray):
    """Letters that go out (หนังสือส่ง) and what becomes of them."""

    runtime: Any

    @command(SendDocument)
    def send_document(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        document, seat = _sender(work, body["id"])
        document.require_step(SendDocument.method())
        chosen = body["recipients"] or [vars(one) for one in document.draft.recipients]
        new = _new_recipients(work, document, recipients_of(chosen))
        numbered = document.numbered
        assert numbered is not None
        document.send(
            LetterSent(
                organisation=document.organisation,
                sender=numbered.sender,
                reference=numbered.reference,
                dated=numbered.dated,
                subject=numbered.subject,
                urgency=numbered.urgency,
                deadline=document.draft.deadline,
                circular=numbered.circular,
                frozen=numbered.frozen,
                enclosures=numbered.enclosures,
                reply_to=numbered.reply_to,
                recipients=tuple(new),
                drafter=numbered.drafter,
                seat=seat,
            )
        )
        work.save(document)
        return work.done(document, deliveries=len(new))

    @command(RemindRecipients)
    def remind_recipients(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        document, seat = _sender(work, body["id"])
        _require_sent(document)
        wanted = sorted(set(body["deliveries"])) or views.remindable(work.connection, document.id)
        if not wanted:
            raise OutOfOrder("ไม่มีผู้รับที่ต้องเตือน")
        numbered = document.numbered
        assert numbered is not None
        for id in wanted:
            delivery = _delivery(work, document, id)
            delivery.remind(numbered.subject, numbered.sender, seat)
            work.save(delivery)
        return {"count": len(wanted)}

    @command(ConfirmReceipt)
    def confirm_receipt(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        document, seat = _sender(work, body["id"])
        _require_sent(document, or_closed=True)
        delivery = _delivery(work, document, body["delivery"])
        delivery.confirm(body["spoken_to"], body["at"], work.now, seat)
        work.save(delivery)
        return work.done(document)

    @command(RedirectDelivery)
    def redirect_delivery(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        document, seat = _sender(work, body["id"])
        _require_sent(document)
        delivery = _delivery(work, document, body["delivery"])
        channel, address = body["channel"], body["address"]
        before = delivery.recipient
        again = Recipient(
            delivery=delivery.id,
            organisation=before.organisation,
            name=before.name,
            channel=channel,
            address=address,
        )
        faults = _faults(again, set(filter(None, [again.organisation])))
        if faults:
            raise Invalid(fields=faults)
        delivery.redirect(channel, address, seat)
        work.save(delivery)
        self.dispatch(work, delivery)
        return work.done(document)

    @command(NoteHandover)
    def note_handover(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        document, _ = _sender(work, body["id"])
        _require_sent(document, or_closed=True)
        delivery = _delivery(work, document, body["delivery"])
        delivery.hand_over(body["receiver"], body["at"], work.now)
        work.save(delivery)
        return work.done(document)

    @command(CloseDocument)
    def close_document(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        document, seat = _sender(work, body["id"])
        document.require_step(CloseDocument.method())
        begun, left = views.deliveries_of(work.connection, document.id)
        if begun < len(document.sent):
            raise OutOfOrder("กำลังส่งถึงผู้รับ กรุณารอสักครู่แล้วลองใหม่")
        if left and not body["text"]:
            why = f"ยังมีผู้รับที่ไม่ได้รับ {left:,} ราย ต้องเขียนเหตุผลที่ปิดเรื่อง"
            raise Invalid(fields={"text": [why]})
        document.close(body["text"], seat)
        work.save(document)
        return work.done(document)

    @query(ListDeliveries)
    def list_deliveries(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        reach = document_rights.document_reach(read.connection, read.actor)
        if not views.is_document_visible(read.connection, reach, params["id"]):
            raise NotFound("ไม่พบหนังสือนี้")
        days = views.policy_of(read.connection, reach.organisation).unreceived_days
        document = self.runtime.store.load(read.connection, Document, params["id"])
        matrix = views.delivery_matrix(
            read.connection, document.id, document.sent, days, self.calendar(), read.now
        )
        return matrix | {"actions": _actions(read, document, matrix["items"])}

    @query(ListUnreceived)
    def list_unreceived(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        reach = document_rights.document_reach(read.connection, read.actor)
        days = views.policy_of(read.connection, reach.organisation).unreceived_days
        items = views.unreceived(read.connection, reach, days, self.calendar(), read.now)
        return {"items": items}

    @query(ListMessengerBook)
    def list_messenger_book(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        reach = document_rights.document_reach(read.connection, read.actor)
        items = views.messenger_book(read.connection, reach, **params)
        may = read.actor.has(*sending_rights.SENDERS, organisation=reach.organisation)
        return {"items": items, "actions": [NoteHandover.method()] * may}

    @command(KeepRecipientList)
    def keep_recipient_list(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        organisation, seat = work.actor.organisation, sending_rights.list_seat(work.actor)
        id, name = body["id"], body["name"]
        kept = RecipientList(new_id()) if id is None else _list(work, id)
        if views.list_named(work.connection, organisation, name) not in (None, kept.id):
            raise Invalid(fields={"name": ["มีรายชื่อชื่อนี้แล้ว"]})
        members = recipients_of(body["members"])
        _check(work, organisation, members, "members")
        kept.keep(organisation, name, members, seat)
        work.save(kept)
        return work.done(kept)

    @command(DropRecipientList)
    def drop_recipient_list(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        seat = sending_rights.list_seat(work.actor)
        kept = _list(work, body["id"])
        kept.drop(seat)
        work.save(kept)
        return work.done(kept)

    @query(ListRecipientLists)
    def list_recipient_lists(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        items = views.kept_lists(read.connection, read.actor.organisation)
        may = bool(_try(lambda: sending_rights.list_seat(read.actor)))
        actions = [KeepRecipientList.method(), DropRecipientList.method()]
        used = views.used_recipients(read.connection, read.actor.organisation) if may else []
        return {"items": items, "used": used, "actions": actions * may}


def _sender(work: Work, id: str) -> tuple[Document, Seat]:
    """The document, and the seat from which the actor sends it. Raises NotFound, Forbidden."""
    reach = document_rights.document_reach(work.connection, work.actor)
    if not views.is_document_visible(work.connection, reach, id):
        raise NotFound("ไม่พบหนังสือนี้")
    document = work.load(Document, id)
    return document, _sending_seat(work, document)


def _sending_seat(here: Work | Read, document: Document) -> Seat:
    policy = views.policy_of(here.connection, document.organisation)
    return document_rights.document_seat(here.actor, document, SendDocument.method(), policy)


def _require_sent(document: Document, or_closed: bool = False) -> None:
    """Raises OutOfOrder unless recipients may still have it; once it is closed, what came about
    before may still be noted."""
    state = document.course.state
    if state is DocumentState.CANCELLED:
        raise OutOfOrder("ยกเลิกเลขของหนังสือนี้แล้ว")
    if state is DocumentState.CLOSED and not or_closed:
        raise OutOfOrder("ปิดเรื่องแล้ว")


def _delivery(work: Work, document: Document, id: str) -> Delivery:
    """Raises NotFound where it is not one of this document."""
    found = work.find(Delivery, id)
    if found is None or found.begun.document != document.id:
        raise NotFound("ไม่พบผู้รับรายนี้ในหนังสือนี้")
    return found


def _list(work: Work, id: str) -> RecipientList:
    found = work.find(RecipientList, id)
    if found is None or found.organisation != work.actor.organisation or found.dropped:
        raise NotFound("ไม่พบรายชื่อนี้")
    return work.load(RecipientList, id)


def _new_recipients(work: Work, document: Document, chosen: Sequence[Recipient]) -> list[Recipient]:
    """Each recipient once, who has it not on its way already, with the id of their delivery.

    Raises Invalid where none is chosen, or one cannot be reached so; OutOfOrder where it was sent to
    all of them.
    """
    if not chosen:
        raise Invalid(fields={"recipients": ["ต้องเลือกผู้รับอย่างน้อยหนึ่งราย"]})
    _check(work, document.organisation, chosen, "recipients")
    known = {same_recipient(one) for one in document.sent}
    new = [one for one in merged(chosen) if same_recipient(one) not in known]
    if not new:
        raise OutOfOrder("ส่งถึงผู้รับที่เลือกไว้ทั้งหมดแล้ว")
    if len(document.sent) + len(new) > MOST:
        raise Invalid(fields={"recipients": [f"หนังสือหนึ่งฉบับส่งได้ไม่เกิน {MOST:,} ราย"]})
    ids = sorted(new_id() for _ in new)  # in whose order they are listed
    return [
        Recipient(
            delivery=id,
            organisation=one.organisation,
            name=one.name,
            channel=one.channel,
            address=one.address,
        )
        for id, one in zip(ids, new, strict=True)
    ]


def _check(work: Work, organisation: str, recipients: Sequence[Recipient], field: str) -> None:
    """Raises Invalid where a recipient cannot be reached in the way named."""
    named = {one.organisation for one in recipients if one.organisation is not None}
    known = views.on_system(work.connection, named) - {organisation}
    faults = {
        f"{field}.{place}.{name}": messages
        for place, one in enumerate(recipients)
        for name, messages in _faults(one, known).items()
    }
    if faults:
        raise Invalid(fields=faults)


def _faults(recipient: Recipient, known: set[str]) -> dict[str, list[str]]:
    channel, organisation = recipient.channel, recipient.organisation
    if channel is RecipientChannel.SYSTEM and organisation is None:
        return {"channel": ["ผู้รับรายนี้ไม่อยู่ในระบบ ให้เลือกส่งทางอื่น"]}
    if organisation is not None and organisation not in known:
        return {"organisation": ["ไม่พบหน่วยงานนี้ในระบบ หรือเป็นหน่วยงานของท่านเอง"]}
    if channel is RecipientChannel.EMAIL and not is_address(recipient.address):
        return {"address": ["ต้องเป็นที่อยู่อีเมล เช่น saraban@example.go.th"]}
    return {}


def _actions(read: Read, document: Document, rows: Sequence[dict[str, Any]]) -> list[str]:
    """The steps of sending that the actor may take now, the likeliest first."""
    if not _try(lambda: _sending_seat(read, document)):
        return []
    awaited = [one for one in rows if one["open"]]
    in_tray = ("system", "delivered")
    possible = {
        "send_document": _can(document, SendDocument.method()),
        "close_document": _can(document, CloseDocument.method()),
        "remind_recipients": any((one["channel"], one["state"]) == in_tray for one in awaited),
        "confirm_receipt": any(one["call"] for one in awaited),
        "note_handover": bool(awaited),
        "redirect_delivery": bool(awaited),
    }
    found = [step for step in sending_rights.SENDING_STEPS if possible[step]]
    if rows and not awaited and "close_document" in found:  # all that was awaited has come in
        found.sort(key=lambda step: step != "close_document")
    return found


def _can(document: Document, step: str) -> bool:
    try:
        document.require_step(step)
    except Problem:
        return False
    return True


def _try(attempt: Callable[[], Seat]) -> Seat | None:
    try:
        return attempt()
    except Problem:
        return None
