"""How events fill the read tables. A letter's course is kept as rows and moved on by the same code
that the aggregate decides with."""

import hashlib
from collections import Counter
from datetime import date, datetime, time
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from infra.clock import BANGKOK, bangkok_date
from infra.eventstore import numbers
from infra.eventstore.events import Event, Recorded
from infra.thai import ERA, fold, format_date, sort_key
from services.correspondence.contract import (
    AttachmentsAdded,
    LetterAnswered,
    LetterForwarded,
    LetterImported,
    LetterOrdered,
    LetterReceived,
    LetterReceivedByGroup,
    LetterState,
    OrderKind,
    Register,
    RegistrationCancelled,
    RegistrationCorrected,
    RoutingSet,
    Secrecy,
    Stage,
    Urgency,
    WorkState,
)
from services.correspondence.course import Course, Waiting
from services.correspondence.group_work import GroupWork
from services.correspondence.letter import COLUMNS, group_series, imported_columns, receive_series
from services.correspondence.views import search
from services.correspondence.views.tables import NO_DAY, letters, parties, routings, tasks, works

SORTED = 200  # characters of a sort key: an index entry has its limit
_URGENCIES = list(Urgency)


def twin(reference: str, dated: date | None, sender: str) -> str | None:
    """A key equal for letters with the same ที่, ลงวันที่ and จาก; None where they cannot be compared."""
    reference, sender = fold(reference).replace(" ", ""), fold(sender)
    if not reference or not sender:
        return None
    parts = msgspec.json.encode([reference, dated, sender])
    return hashlib.sha256(parts).hexdigest()


def urgency_rank(urgency: str) -> int:
    """0 for the most urgent."""
    return len(_URGENCIES) - 1 - _URGENCIES.index(Urgency(urgency))


def project(connection: Connection, recorded: Recorded) -> None:
    match recorded.event:
        case RoutingSet() as event:
            _route(connection, recorded, event)
        case LetterReceived() as event:
            _receive(connection, recorded, event)
        case LetterImported() as event:
            _take_over(connection, recorded, event)
        case event:
            _move_on(connection, recorded, event)


def _take_over(connection: Connection, recorded: Recorded, event: LetterImported) -> None:
    """A row of an old register: closed, without tasks. Where it does not say when it was received,
    the day it bears, or the first day of its year, stands for that."""
    course = Course()
    course.apply(event)
    columns = SimpleNamespace(**imported_columns(event))
    day = event.received_on or event.dated or date(event.year - ERA, 1, 1)
    row = {
        "id": recorded.aggregate_id,
        "organisation": event.organisation,
        "register": Register.GENERAL,
        "year": event.year,
        "number": event.number,
        "copy": event.twin,
        "received_at": datetime.combine(day, time(), BANGKOK),
        "received_on": day,
        "secrecy": Secrecy.NONE,
        "order_text": event.actions,
        "schools": False,
        "ended_by": "",
        "answered": "",
        "attachments": 0,
    }
    row |= _columns(columns) | _standing(course, recorded)
    connection.execute(insert(letters), row)
    series = receive_series(Register.GENERAL, event.organisation, event.year)
    numbers.observe(connection, series, event.number)
    stands = SimpleNamespace(**row)
    search.write(connection, recorded.aggregate_id, stands, search.registration(event, columns))
    _count_parties(connection, event.organisation, Register.GENERAL, _parties(columns))


def _receive(connection: Connection, recorded: Recorded, event: LetterReceived) -> None:
    course = Course()
    course.apply(event)
    row = {
        "id": recorded.aggregate_id,
        "organisation": event.organisation,
        "register": event.register,
        "year": event.year,
        "number": event.number,
        "copy": 0,
        "received_at": recorded.recorded_at,
        "received_on": bangkok_date(recorded.recorded_at),
        "secrecy": event.secrecy,
        "order_text": "",
        "schools": False,
        "ended_by": "",
        "answered": "",
        "attachments": len(event.attachments),
    }
    row |= _columns(event) | _standing(course, recorded)
    connection.execute(insert(letters), row)
    series = receive_series(event.register, event.organisation, event.year)
    numbers.observe(connection, series, event.number)
    search.write(connection, recorded.aggregate_id, event, search.registration(event, event))
    _count_parties(connection, event.organisation, event.register, _parties(event))
    _wait(connection, recorded, row, [], list(course.waiting()))


def _move_on(connection: Connection, recorded: Recorded, event: Event) -> None:
    id = recorded.aggregate_id
    row = connection.execute(select(letters).where(letters.c.id == id)).one()
    course = _course(connection, row)
    waited = list(course.waiting())
    parts = {group: vars(work).copy() for group, work in course.works.items()}
    course.apply(event)
    values = _standing(course, recorded)
    match event:
        case RegistrationCorrected():
            values |= _columns(event)
            changes = _parties(event)
            changes.subtract(_parties(row))
            _count_parties(connection, row.organisation, row.register, changes)
            search.replace(connection, row, search.registration(row, event))
        case AttachmentsAdded():
            values["attachments"] = row.attachments + len(event.attachments)
        case LetterOrdered():
            adding = row.state == LetterState.ORDERED
            texts = [row.order_text, event.text] if adding else [event.text]
            values["order_text"] = "\n".join(filter(None, texts))
            values["schools"] = event.schools or (adding and row.schools)
        case LetterReceivedByGroup():
            numbers.observe(connection, group_series(event.group, event.year), event.number)
        case LetterAnswered():
            said = f"ส่งออกโดยหนังสือที่ {event.reference} ลงวันที่ {format_date(event.dated)}"
            values["answered"] = "\n".join(filter(None, [row.answered, said]))
        case RegistrationCancelled():
            values["ended_by"] = event.reason
        case LetterForwarded():
            values["ended_by"] = f"{event.to}: {event.reason}"
    connection.execute(update(letters).where(letters.c.id == id).values(values))
    _write_works(connection, id, course, parts)
    words = search.words(event)
    if words:
        search.add(connection, row, words)
    _wait(connection, recorded, row._asdict() | values, waited, list(course.waiting()))


def _columns(event: Any) -> dict[str, Any]:
    """The columns of form 13, with what they are sorted and compared by."""
    columns = {name: getattr(event, name) for name in COLUMNS}
    return columns | {
        "dated": event.dated or NO_DAY,
        "sender_key": sort_key(event.sender)[:SORTED],
        "subject_key": sort_key(event.subject)[:SORTED],
        "twin": twin(event.reference, event.dated, event.sender),
    }


def _standing(course: Course, recorded: Recorded) -> dict[str, Any]:
    return {
        "version": recorded.version,
        "last_step_at": recorded.recorded_at,
        "state": course.state,
        "open": course.open,
        "stage": course.stage,
        "by_heads": course.by_heads,
        "order": course.order,
        "due": course.due or NO_DAY,
    }


def _course(connection: Connection, row: Row[Any]) -> Course:
    """The letter's course, from the rows that were kept of it."""
    parts = connection.execute(
        select(works).where(works.c.letter == row.id).order_by(works.c.place)
    )
    return Course(
        register=Register(row.register),
        state=LetterState(row.state),
        stage=row.stage and Stage(row.stage),
        order=row.order and OrderKind(row.order),
        deadline=row.deadline and bangkok_date(row.deadline),
        by_heads=row.by_heads,
        works={
            part.group: GroupWork(
                lead=part.lead,
                due=part.due,
                by_head=part.by_head,
                state=WorkState(part.state),
                year=part.year,
                number=part.number,
                officer=part.officer,
            )
            for part in parts
        },
    )


def _write_works(
    connection: Connection, letter: str, course: Course, before: dict[str, dict[str, Any]]
) -> None:
    for place, (group, work) in enumerate(course.works.items()):
        values = vars(work)
        here = (works.c.letter == letter, works.c.group == group)
        if group not in before:
            key = {"letter": letter, "group": group, "place": place}
            connection.execute(insert(works), key | values)
        elif values != before[group]:
            connection.execute(update(works).where(*here).values(values))


def _wait(
    connection: Connection,
    recorded: Recorded,
    row: dict[str, Any],
    before: list[Waiting],
    after: list[Waiting],
) -> None:
    """Bring the tasks of a letter up to what waits now. What waited already goes on waiting."""
    letter, waited = recorded.aggregate_id, {one.group: one for one in before}
    waiting = {one.group: one for one in after}
    rank = urgency_rank(row["urgency"])
    for group in waited.keys() - waiting.keys():
        connection.execute(delete(tasks).where(*_task(letter, group)))
    for group, one in waiting.items():
        values = {
            "kind": one.kind,
            "stage": one.stage,
            "person": one.person,
            "clerk": one.clerk,
            "urgency": rank,
            "due": one.due or NO_DAY,
        }
        old = waited.get(group)
        anew = old is None or (old.kind, old.stage, old.person) != (one.kind, one.stage, one.person)
        if anew:
            values["since"] = recorded.recorded_at
        if old is None:
            key = {"letter": letter, "group": group or "", "organisation": row["organisation"]}
            connection.execute(insert(tasks), key | values)
        elif anew or old != one or isinstance(recorded.event, RegistrationCorrected):
            connection.execute(update(tasks).where(*_task(letter, group)).values(values))


def _task(letter: str, group: str | None) -> tuple[Any, Any]:
    return tasks.c.letter == letter, tasks.c.group == (group or "")


def _parties(columns: Any) -> Counter[tuple[str, str]]:
    """Each name that a registration uses, with the column in which it stands."""
    return Counter((column, getattr(columns, column)) for column in ("recipient", "sender"))


def _count_parties(
    connection: Connection, organisation: str, register: str, changes: Counter[tuple[str, str]]
) -> None:
    # In one order, so that no two commands wait for each other.
    for (column, name), by in sorted(changes.items()):
        if by != 0:
            place = {"organisation": organisation, "register": register, "column": column}
            row = {**place, "name": name, "folded": fold(name), "uses": by}
            connection.execute(_counting(connection.dialect.name), row)


@lru_cache
def _counting(dialect: str) -> Any:
    """The statement by which a name's uses are counted."""
    statement: Any = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(parties)
    return statement.on_conflict_do_update(
        index_elements=list(parties.primary_key.columns),
        set_={"uses": parties.c.uses + statement.excluded.uses},
    )


def _route(connection: Connection, recorded: Recorded, event: RoutingSet) -> None:
    values = {"version": recorded.version, **vars(event)}
    if recorded.version == 1:
        connection.execute(insert(routings), values)
    else:
        here = routings.c.organisation == event.organisation
        connection.execute(update(routings).where(here).values(values))
