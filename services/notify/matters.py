"""What notices must say beside the event at hand: a small replica, learnt from earlier events.

Letters with who has them and by when; documents, bookings, rooms and indicators by name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from infra.clock import bangkok_date
from infra.database import UtcMoment
from infra.eventstore.events import Recorded
from services.correspondence import contract as correspondence
from services.resources import contract as resources
from services.standards import contract as standards

metadata = MetaData()

# `stage` is the desk on which it lies before the order, `worked` whether a group was to act on it.
# `told`, here and below, is the mark of the last reminder.
letters = Table(
    "matter_letters",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("subject", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("deadline", Date),
    Column("stage", Text),
    Column("by_heads", Boolean, nullable=False),
    Column("worked", Boolean, nullable=False),
    Column("told", Text, nullable=False),
)
Index("matter_letters_deadline", letters.c.deadline)

# A group's open part in a letter.
works = Table(
    "matter_works",
    metadata,
    Column("letter", Text, primary_key=True),
    Column("group", Text, primary_key=True),
    Column("officer", Text),
    Column("due", Date),
    Column("reported", Boolean, nullable=False),
    Column("told", Text, nullable=False),
)
Index("matter_works_due", works.c.due)

# Documents that the organisation makes itself, from when they are first given in.
documents = Table(
    "matter_documents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("group", Text),
    Column("subject", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("drafter", Text, nullable=False),
    Column("checker", Text),
    Column("signatory", Text, nullable=False),
    Column("reference", Text, nullable=False),
)

# What the recipient of a delivery is called.
deliveries = Table(
    "matter_deliveries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("recipient", Text, nullable=False),
)

# What of an organisation's choices about its documents says who is to number them.
numberings = Table(
    "matter_numberings",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("by_clerk", Boolean, nullable=False),
    Column("by_group", Boolean, nullable=False),
)

rooms = Table(
    "matter_rooms",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("name", Text, nullable=False),
)

bookings = Table(
    "matter_bookings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("room", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("starts", UtcMoment, nullable=False),
    Column("ends", UtcMoment, nullable=False),
)

indicators = Table(
    "matter_indicators",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("owner", Text),
)


def learn(connection: Connection, recorded: Recorded) -> None:
    """Take in what an event says of a matter."""
    id = recorded.aggregate_id
    match recorded.event:
        case correspondence.LetterReceived() as event:
            names = ("organisation", "year", "number", "subject", "sender", "urgency")
            _add(
                connection,
                letters,
                event,
                names,
                id=id,
                deadline=_day(event.deadline),
                stage=correspondence.Stage.CLERK,
                by_heads=True,
                worked=False,
                told="",
            )
        case correspondence.RegistrationCorrected() as event:
            columns = {name: getattr(event, name) for name in ("subject", "sender", "urgency")}
            _set(connection, letters, id, deadline=_day(event.deadline), **columns)
        case correspondence.LetterProposed() as event:
            _set(connection, letters, id, stage=event.stage, by_heads=event.group_head)
        case correspondence.LetterEndorsed() as event:
            _set(connection, letters, id, stage=event.stage)
        case correspondence.LetterSentBack():
            _set(connection, letters, id, stage=correspondence.Stage.CLERK)
        case correspondence.LetterOrdered() as event:
            _set(connection, letters, id, stage=None)
            for charge in event.groups:
                _set(connection, letters, id, worked=True)
                _open_work(connection, id, charge.group, event.due)
        case correspondence.LetterAssigned() as event:
            due = {} if event.due is None else {"due": event.due}
            _set_work(connection, id, event.group, officer=event.officer, reported=False, **due)
        case correspondence.ResultReported() as event:
            _set_work(connection, id, event.group, reported=True)
        case correspondence.ReportSentBack() as event:
            _set_work(connection, id, event.group, reported=False)
        case correspondence.GroupWorkClosed() as event:
            connection.execute(delete(works).where(_work(id, event.group)))
        case correspondence.LetterReturnedByGroup() as event:
            connection.execute(delete(works).where(_work(id, event.group)))
            if event.lead:
                _set(connection, letters, id, stage=correspondence.Stage.CLERK)
        case (
            correspondence.LetterClosed()
            | correspondence.RegistrationCancelled()
            | correspondence.LetterForwarded()
        ):
            _set(connection, letters, id, stage=None)
            connection.execute(delete(works).where(works.c.letter == id))
        case correspondence.DraftSubmitted() as event:
            more = {"id": id, "checker": event.checker, "signatory": event.signatory}
            _know_document(connection, event, **more, reference="")
        case correspondence.DocumentNumbered() as event:
            more = {"id": id, "checker": None, "signatory": ""}
            _know_document(connection, event, **more, reference=event.reference)
        case correspondence.DeliveryBegun() as event:
            connection.execute(insert(deliveries).values(id=id, recipient=event.recipient.name))
        case correspondence.DocumentPolicySet() as event:
            by_clerk = event.numbering is correspondence.Numbering.BY_CLERK
            here = numberings.c.organisation == event.organisation
            connection.execute(delete(numberings).where(here))
            row = {"by_clerk": by_clerk, "by_group": bool(event.by_group)}
            connection.execute(
                insert(numberings).values(row | {"organisation": event.organisation})
            )
        case resources.RoomAdded() as event:
            _add(connection, rooms, event, ("organisation", "name"), id=id)
        case resources.RoomChanged() as event:
            _set(connection, rooms, id, name=event.name)
        case resources.BookingRequested() as event:
            _add(
                connection,
                bookings,
                event,
                ("organisation", "room", "purpose", "starts", "ends"),
                id=id,
            )
        case standards.IndicatorNamed() as event:
            _add(connection, indicators, event, ("organisation", "code", "name"), id=id)
        case standards.IndicatorRenamed() as event:
            _set(connection, indicators, id, name=event.name)
        case standards.IndicatorAssigned() as event:
            _set(connection, indicators, id, owner=event.owner)


def _add(
    connection: Connection, table: Table, event: Any, names: tuple[str, ...], **more: Any
) -> None:
    values = {name: getattr(event, name) for name in names}
    connection.execute(insert(table), values | more)


def _know_document(connection: Connection, event: Any, **more: Any) -> None:
    """A draft is given in again after changes, and what is numbered may never have been one."""
    names = ("organisation", "group", "subject", "urgency", "drafter")
    connection.execute(delete(documents).where(documents.c.id == more["id"]))
    _add(connection, documents, event, names, **more)


def _set(connection: Connection, table: Table, id: str, **values: Any) -> None:
    connection.execute(update(table).where(table.c.id == id).values(**values))


def _work(letter: str, group: str) -> Any:
    return (works.c.letter == letter) & (works.c.group == group)


def _set_work(connection: Connection, letter: str, group: str, **values: Any) -> None:
    connection.execute(update(works).where(_work(letter, group)).values(**values))


def _open_work(connection: Connection, letter: str, group: str, due: date | None) -> None:
    """A group that an order names again keeps its officer, and its due day where none is given."""
    known = work(connection, letter, group)
    if known is None:
        row = {"letter": letter, "group": group, "due": due, "reported": False, "told": ""}
        connection.execute(insert(works), row)
    else:
        _set_work(connection, letter, group, reported=False, due=due or known.due)


def _day(moment: datetime | None) -> date | None:
    return bangkok_date(moment) if moment else None


def letter(connection: Connection, id: str) -> Row[Any]:
    return _one(connection, letters, id)


def work(connection: Connection, letter: str, group: str) -> Row[Any] | None:
    """A group's open part in a letter."""
    return connection.execute(select(works).where(_work(letter, group))).first()


def document(connection: Connection, id: str) -> Row[Any] | None:
    """A document; None for one that was made before there were any here."""
    return connection.execute(select(documents).where(documents.c.id == id)).first()


def recipient(connection: Connection, delivery: str) -> str:
    """What the recipient of a delivery is called; blank where that is not known here."""
    query = select(deliveries.c.recipient).where(deliveries.c.id == delivery)
    return connection.execute(query).scalar() or ""


def numbering(connection: Connection, organisation: str) -> Row[Any] | None:
    """Who numbers the organisation's documents; None where it has chosen nothing."""
    query = select(numberings).where(numberings.c.organisation == organisation)
    return connection.execute(query).first()


def room_name(connection: Connection, id: str) -> str:
    name: str = _one(connection, rooms, id).name
    return name


def booking(connection: Connection, id: str) -> Row[Any]:
    return _one(connection, bookings, id)


def indicator(connection: Connection, id: str) -> Row[Any]:
    return _one(connection, indicators, id)


def _one(connection: Connection, table: Table, id: str) -> Row[Any]:
    return connection.execute(select(table).where(table.c.id == id)).one()


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """A letter that is due on `due`, with the desk (`stage`) or the `group` that has it."""

    letter: str
    due: date
    overdue: bool
    stage: str | None = None
    group: str | None = None
    officer: str | None = None
    reported: bool = False

    @property
    def mark(self) -> str:
        return f"{'overdue' if self.overdue else 'soon'}:{self.due}"

    @property
    def cause(self) -> str:
        """The same for the same letter, due day and reason, so that each person is told once."""
        return f"due:{self.letter}:{self.mark}"


def reminders(connection: Connection, today: date, tomorrow: date) -> Iterator[Reminder]:
    """What is due until `tomorrow` and has not been told of yet: the oldest first."""
    for one, told in sorted(_due(connection, today, tomorrow), key=lambda pair: pair[0].due):
        if one.mark != told:
            yield one


def _due(connection: Connection, today: date, tomorrow: date) -> Iterator[tuple[Reminder, str]]:
    """All that is due until `tomorrow`, with the mark of what was told of it."""
    on_desks = select(letters).where(letters.c.stage.is_not(None), letters.c.deadline <= tomorrow)
    for row in connection.execute(on_desks).all():
        due: date = row.deadline
        yield (
            Reminder(letter=row.id, due=due, overdue=due < today, stage=row.stage),
            row.told,
        )
    in_groups = select(works, letters.c.deadline).join(letters, letters.c.id == works.c.letter)
    in_groups = in_groups.where((works.c.due <= tomorrow) | (letters.c.deadline <= tomorrow))
    for row in connection.execute(in_groups.order_by(works.c.letter, works.c.group)).all():
        due = min(day for day in (row.due, row.deadline) if day)
        yield (
            Reminder(
                letter=row.letter,
                due=due,
                overdue=due < today,
                group=row.group,
                officer=row.officer,
                reported=row.reported,
            ),
            row.told,
        )


def note_told(connection: Connection, reminder: Reminder) -> None:
    if reminder.group is None:
        _set(connection, letters, reminder.letter, told=reminder.mark)
    else:
        _set_work(connection, reminder.letter, reminder.group, told=reminder.mark)
