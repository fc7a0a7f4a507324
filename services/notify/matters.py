"""What notices must say beside the event at hand: a small replica, learnt from earlier events.

Letters with who has them and by when, bookings, rooms and indicators by name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
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

from infra.database import UtcMoment
from infra.eventstore.events import Recorded
from services.correspondence import contract as correspondence
from services.resources import contract as resources
from services.standards import contract as standards

metadata = MetaData()

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
    Column("stage", Text),
)

# A group's open part in a letter. `told` is how far its people have been reminded of `due`.
works = Table(
    "matter_works",
    metadata,
    Column("letter", Text, primary_key=True),
    Column("group", Text, primary_key=True),
    Column("officer", Text),
    Column("due", Date),
    Column("told", Text, nullable=False),
)
Index("matter_works_due", works.c.due)

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
            stage = correspondence.Stage.CLERK
            _add(connection, letters, event, names, id=id, stage=stage)
        case correspondence.RegistrationCorrected() as event:
            _set(
                connection,
                letters,
                id,
                subject=event.subject,
                sender=event.sender,
                urgency=event.urgency,
            )
        case correspondence.LetterProposed() | correspondence.LetterEndorsed() as event:
            _set(connection, letters, id, stage=event.stage)
        case correspondence.LetterSentBack():
            _set(connection, letters, id, stage=correspondence.Stage.CLERK)
        case correspondence.LetterOrdered() as event:
            _set(connection, letters, id, stage=None)
            for charge in event.groups:
                _open_work(connection, id, charge.group, event.due)
        case correspondence.LetterAssigned() as event:
            values: dict[str, Any] = {"officer": event.officer}
            if event.due is not None:
                values |= {"due": event.due, "told": ""}
            connection.execute(update(works).where(_work(id, event.group)).values(values))
        case correspondence.LetterReturnedByGroup() | correspondence.GroupWorkClosed() as event:
            connection.execute(delete(works).where(_work(id, event.group)))
        case (
            correspondence.LetterClosed()
            | correspondence.RegistrationCancelled()
            | correspondence.LetterForwarded()
        ):
            _set(connection, letters, id, stage=None)
            connection.execute(delete(works).where(works.c.letter == id))
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
    connection.execute(insert(table).values(values | more))


def _set(connection: Connection, table: Table, id: str, **values: Any) -> None:
    connection.execute(update(table).where(table.c.id == id).values(**values))


def _work(letter: str, group: str) -> Any:
    return (works.c.letter == letter) & (works.c.group == group)


def _open_work(connection: Connection, letter: str, group: str, due: date | None) -> None:
    """A group that an order names again keeps its officer and is reminded of the new day."""
    changed = connection.execute(
        update(works).where(_work(letter, group)).values(due=due, told="")
    ).rowcount
    if not changed:
        row = {"letter": letter, "group": group, "due": due, "told": ""}
        connection.execute(insert(works).values(row))


def letter(connection: Connection, id: str) -> Row[Any]:
    return _one(connection, letters, id)


def officer(connection: Connection, letter: str, group: str) -> str | None:
    """Who has the letter in that group."""
    return connection.execute(select(works.c.officer).where(_work(letter, group))).scalar()


def works_of(connection: Connection, letter: str) -> list[Row[Any]]:
    """The groups that have an open part in a letter."""
    return list(connection.execute(select(works).where(works.c.letter == letter)))


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
    """An open part in a letter that is due tomorrow, today or was before (`overdue`)."""

    letter: str
    group: str
    officer: str | None
    due: date
    overdue: bool

    @property
    def cause(self) -> str:
        """The same for the same letter, group, day and reason, so that it is told once."""
        return f"due:{self.letter}:{self.group}:{self.due}:{'overdue' if self.overdue else 'soon'}"


def reminders(connection: Connection, today: date, tomorrow: date) -> Iterator[Reminder]:
    """What is due until `tomorrow` and has not been told of yet."""
    rows = connection.execute(
        select(works)
        .where(works.c.due <= tomorrow, works.c.told != "overdue")
        .order_by(works.c.due, works.c.letter, works.c.group)
    ).all()
    for row in rows:
        overdue = row.due < today
        if overdue or not row.told:
            yield Reminder(
                letter=row.letter,
                group=row.group,
                officer=row.officer,
                due=row.due,
                overdue=overdue,
            )


def note_told(connection: Connection, reminder: Reminder) -> None:
    told = "overdue" if reminder.overdue else "soon"
    here = _work(reminder.letter, reminder.group)
    connection.execute(update(works).where(here).values(told=told))
