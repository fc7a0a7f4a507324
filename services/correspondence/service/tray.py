"""The tray of letters that came on the system or by e-mail: registered with one key, or given back."""

from typing import Any

from infra.clock import bangkok_date, register_year
from infra.errors import NotFound, Problem
from infra.eventstore.store import Read, Work
from infra.ids import new_id
from infra.mail import is_address
from infra.messaging.service import command, query
from services.correspondence import rights, sending_rights, views
from services.correspondence.arrival import Arrival
from services.correspondence.contract import (
    ArrivalSource,
    ArrivalState,
    GetArrival,
    GetArrivalFile,
    ListArrivals,
    RefuseArrival,
    Register,
    RegisterArrival,
)
from services.correspondence.delivery import Delivery
from services.correspondence.letter import Letter, check_registration, receive_series
from services.correspondence.mailbox import outbox
from services.correspondence.mailbox.clock import Calendar
from services.correspondence.mailbox.owner import calendar_of
from services.personnel.contract import directory


class Tray:
    """Letters that wait to be registered (หนังสือรอลงทะเบียนรับ)."""

    runtime: Any

    @command(RegisterArrival)
    def register_arrival(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        """Whoever presses again, or after another clerk, gets the number that it has."""
        arrival = _find(work, body["id"])
        seat = sending_rights.tray_seat(work.actor)
        if arrival.registered is None:
            arrival = work.load(Arrival, arrival.id)
        if arrival.registered is not None:  # perhaps just now
            letter = work.find(Letter, arrival.registered.letter)
            assert letter is not None
            return _registered(work, letter, arrival, [])
        arrival.require_registration()
        wish = arrival.registration(body, _recipient(work, arrival))
        check_registration(wish, bangkok_date(work.now))
        reach = rights.reach(work.connection, work.actor)
        twins = (wish["reference"], wish["dated"], wish["sender"])
        duplicates = views.duplicates(work.connection, reach, *twins)
        letter, year = Letter(new_id()), register_year(work.now)
        organisation, files = arrival.organisation, arrival.arrived.attachments
        # Last, since whoever registers next waits for the number until this is committed.
        number = work.take_number(receive_series(Register.GENERAL, organisation, year))
        letter.register(organisation, seat, wish, files, year, number, arrival.id)
        work.save(letter)
        arrival.register(letter.id, year, number, work.now, seat)
        work.save(arrival)
        if arrival.arrived.address:
            outbox.enqueue_acknowledgement(
                work.connection, **_mail(arrival), year=year, number=number, now=work.now
            )
        return _registered(work, letter, arrival, [one["id"] for one in duplicates])

    @command(RefuseArrival)
    def refuse_arrival(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        arrival = _find(work, body["id"])
        seat = sending_rights.tray_seat(work.actor)
        arrival = work.load(Arrival, arrival.id)
        reason, right_address = body["reason"], body["right_address"]
        arrival.refuse(reason, right_address, seat)
        work.save(arrival)
        junk = arrival.arrived.spam and not right_address
        if arrival.arrived.address and not junk:  # who sends junk is not to know that it came
            outbox.enqueue_redirection(
                work.connection,
                **_mail(arrival),
                reason=reason,
                right_address=right_address,
                now=work.now,
            )
        if arrival.arrived.source is ArrivalSource.EMAIL and is_address(right_address):
            outbox.enqueue_forward(
                work.connection, now=work.now, mail=arrival.arrived, address=right_address
            )
        return work.done(arrival)

    @query(ListArrivals)
    def list_arrivals(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        if not sending_rights.sees_tray(read.connection, read.actor):
            return views.no_arrivals() | {"actions": []}
        page = views.list_arrivals(
            read.connection, read.actor.organisation, params, self.calendar(), read.now
        )
        return page | {"actions": list(sending_rights.ARRIVAL_STEPS) * _may(read)}

    @query(GetArrival)
    def get_arrival(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        arrival = self._read(read, params["id"])
        row = views.arrival_row(read.connection, arrival.id, self.calendar(), read.now)
        assert row is not None
        return row | {
            "address": arrival.arrived.address,
            "text": arrival.arrived.text,
            "files": [vars(one) for one in arrival.arrived.attachments],
            "actions": _possible(arrival) if _may(read) else [],
        }

    @query(GetArrivalFile)
    def get_arrival_file(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        found = self._read(read, params["id"]).files.get(params["attachment"])
        if found is None:
            raise NotFound("ไม่พบไฟล์นี้")
        return dict(vars(found))

    def _read(self, read: Read, id: str) -> Arrival:
        """Raises NotFound where the actor may not know of it."""
        found: Arrival | None = self.runtime.store.load(read.connection, Arrival, id)
        here = found is not None and found.organisation == read.actor.organisation
        if found is None or not here or not sending_rights.sees_tray(read.connection, read.actor):
            raise NotFound("ไม่พบหนังสือนี้")
        return found

    def calendar(self) -> Calendar:
        """The working days that clocks and waiting are counted by."""
        return calendar_of(self.runtime.settings)


def _find(work: Work, id: str) -> Arrival:
    """Raises NotFound where the actor may not know of it, before anything else can tell of it."""
    found = work.find(Arrival, id)
    here = found is not None and found.organisation == work.actor.organisation
    if found is None or not here or not sending_rights.sees_tray(work.connection, work.actor):
        raise NotFound("ไม่พบหนังสือนี้")
    return found


def _may(read: Read) -> bool:
    """Whether the actor empties the tray."""
    try:
        sending_rights.tray_seat(read.actor)
    except Problem:
        return False
    return True


def _possible(arrival: Arrival) -> list[str]:
    """What can be done with it now."""
    if arrival.state is not ArrivalState.WAITING:
        return []
    return [RefuseArrival.method()] if arrival.void else list(sending_rights.ARRIVAL_STEPS)


def _recipient(work: Work, arrival: Arrival) -> str:
    """ถึง: as the sender named it; who writes to the central address means the organisation."""
    if arrival.arrived.source is ArrivalSource.SYSTEM and arrival.arrived.delivery is not None:
        delivery = work.find(Delivery, arrival.arrived.delivery)
        if delivery is not None:
            return delivery.begun.recipient.name
    organisation = directory.organisation_of(work.connection, arrival.organisation)
    return organisation.name if organisation else ""


def _mail(arrival: Arrival) -> dict[str, Any]:
    """What the answer to an e-mail is made of."""
    arrived = arrival.arrived
    return {
        "organisation": arrival.organisation,
        "arrival": arrival.id,
        "address": arrived.address,
        "mail": arrived.mail,
        "subject": arrived.subject,
        "received_at": arrived.at,
    }


def _registered(
    work: Work, letter: Letter, arrival: Arrival, duplicates: list[str]
) -> dict[str, Any]:
    """The answer: the letter, with its number."""
    assert arrival.registered is not None
    return work.done(
        letter,
        year=arrival.registered.year,
        number=arrival.registered.number,
        received_at=arrival.registered.at,
        duplicates=duplicates,
    )
