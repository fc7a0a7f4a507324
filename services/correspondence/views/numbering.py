"""What organisations chose about their documents, numbers kept ahead, and what became of each number."""

from collections import Counter
from typing import Any

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    Row,
    Table,
    Text,
    insert,
    select,
    text,
    update,
)

from infra.eventstore import numbers
from infra.eventstore.events import Recorded
from infra.eventstore.tables import number_series
from services.correspondence import policy, series
from services.correspondence.contract import (
    DocumentImported,
    DocumentNumbered,
    DocumentPolicySet,
    NumberCancelled,
    NumbersReserved,
    ReservedNumbersBurned,
    ReservedNumberUsed,
    Series,
)
from services.correspondence.views.tables import metadata
from services.personnel.contract import OrganisationKind, directory

DOCUMENT, RESERVED, BURNED, MISSING = "document", "reserved", "burned", "missing"

policies = Table(
    "policies",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("chosen", Text, nullable=False),  # the event, as JSON
)

# Every number that was taken, in the series of its owner: a group, else the organisation.
used_numbers = Table(
    "used_numbers",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("series", Text, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("organisation", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("circular", Boolean, nullable=False),
    Column("document", Text),
    Column("reservation", Text),
    Column("reason", Text, nullable=False),
)
Index("used_numbers_document", used_numbers.c.document)
Index("used_numbers_reservation", used_numbers.c.reservation, used_numbers.c.number)
Index(
    "used_numbers_circular",
    used_numbers.c.organisation,
    used_numbers.c.year,
    postgresql_where=text("circular"),
    sqlite_where=text("circular"),
)

reservations = Table(
    "reservations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("group", Text),  # whose own series it is; none: the organisation's
    Column("series", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("first", Integer, nullable=False),
    Column("count", Integer, nullable=False),
    Column("free", Integer, nullable=False),
    Column("expires", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
)
Index("reservations_organisation", reservations.c.organisation, reservations.c.expires)
Index(
    "reservations_free",
    reservations.c.expires,
    postgresql_where=text("free > 0"),
    sqlite_where=text("free > 0"),
)


def project(connection: Connection, recorded: Recorded) -> None:
    """Take in a policy, a step of a reservation, or what happened to a document's number."""
    match recorded.event:
        case DocumentPolicySet() as event:
            _choose(connection, recorded, event)
        case NumbersReserved() as event:
            _reserve(connection, recorded, event)
        case ReservedNumberUsed() as event:
            taken = {"state": DOCUMENT, "document": event.document}
            _change(connection, recorded, [event.number], taken)
        case ReservedNumbersBurned() as event:
            burned = {"state": BURNED, "reason": event.reason}
            _change(connection, recorded, event.numbers, burned)
        case DocumentNumbered() as event:
            _number(connection, recorded, event)
        case DocumentImported() as event if event.twin == 0 and not _is_taken(connection, event):
            entry = {"document": recorded.aggregate_id, "state": DOCUMENT, "reason": ""}
            values = {**entry, "circular": event.circular}
            _enter(connection, event, event.organisation, [event.number], values)
        case NumberCancelled() as event:
            here = used_numbers.c.document == recorded.aggregate_id
            connection.execute(update(used_numbers).where(here).values(reason=event.reason))


def _choose(connection: Connection, recorded: Recorded, event: DocumentPolicySet) -> None:
    values = {"version": recorded.version, "chosen": msgspec.json.encode(event).decode()}
    if recorded.version == 1:
        key = {"organisation": event.organisation}
        connection.execute(insert(policies), key | values)
    else:
        here = policies.c.organisation == event.organisation
        connection.execute(update(policies).where(here).values(values))


def _reserve(connection: Connection, recorded: Recorded, event: NumbersReserved) -> None:
    row = {name: getattr(event, name) for name in _RESERVED}
    row |= {"id": recorded.aggregate_id, "version": recorded.version, "by": recorded.actor}
    connection.execute(insert(reservations), row | {"free": event.count})
    _enter(
        connection,
        event,
        event.group or event.organisation,
        range(event.first, event.first + event.count),
        {
            "state": RESERVED,
            "circular": event.series is Series.CIRCULAR,
            "reservation": recorded.aggregate_id,
            "reason": event.reason,
        },
    )


_RESERVED = ("organisation", "group", "series", "year", "first", "count", "expires", "reason")


def _change(connection: Connection, recorded: Recorded, taken: Any, values: dict[str, Any]) -> None:
    """What became of kept numbers."""
    id = recorded.aggregate_id
    here = (used_numbers.c.reservation == id, used_numbers.c.number.in_(taken))
    connection.execute(update(used_numbers).where(*here).values(values))
    left = {"version": recorded.version, "free": reservations.c.free - len(taken)}
    connection.execute(update(reservations).where(reservations.c.id == id).values(left))


def _number(connection: Connection, recorded: Recorded, event: DocumentNumbered) -> None:
    if event.reservation is not None:  # entered when it was kept; used in the same transaction
        here = (
            used_numbers.c.reservation == event.reservation,
            used_numbers.c.number == event.number,
        )
        values = {"circular": event.circular, "reason": ""}
        connection.execute(update(used_numbers).where(*here).values(values))
        return
    _enter(
        connection,
        event,
        event.owner or event.organisation,
        [event.number],
        {
            "state": DOCUMENT,
            "circular": event.circular,
            "document": recorded.aggregate_id,
            "reason": "",
        },
    )


def _is_taken(connection: Connection, event: DocumentImported) -> bool:
    """Whether the number was kept ahead here before the old register was taken over."""
    query = select(used_numbers.c.number).where(
        used_numbers.c.owner == event.organisation,
        used_numbers.c.series == event.series,
        used_numbers.c.year == event.year,
        used_numbers.c.number == event.number,
    )
    return connection.execute(query).first() is not None


def _enter(
    connection: Connection, event: Any, owner: str, taken: Any, values: dict[str, Any]
) -> None:
    """Enter numbers as taken; the series goes on behind them also where this is a rebuild."""
    key = {
        "owner": owner,
        "organisation": event.organisation,
        "series": event.series,
        "year": event.year,
    }
    connection.execute(insert(used_numbers), [key | values | {"number": one} for one in taken])
    numbers.observe(connection, series.key_of(event.series, owner, event.year), taken[-1])


def policy_row(connection: Connection, organisation: str) -> tuple[int, DocumentPolicySet]:
    """What an organisation chose about its documents, and the version (0: the default)."""
    version, chosen = _chosen(connection, organisation)
    return version, chosen or policy.default(organisation, is_school(connection, organisation))


def policy_of(connection: Connection, organisation: str) -> DocumentPolicySet:
    return policy_row(connection, organisation)[1]


def _chosen(connection: Connection, organisation: str) -> tuple[int, DocumentPolicySet | None]:
    query = select(policies).where(policies.c.organisation == organisation)
    row = connection.execute(query).first()
    if row is None:
        return 0, None
    return row.version, msgspec.json.decode(row.chosen, type=DocumentPolicySet)


def is_school(connection: Connection, organisation: str) -> bool:
    found = directory.organisation_of(connection, organisation)
    return found is not None and found.kind == OrganisationKind.SCHOOL


def circulars_begun(connection: Connection, organisation: str, year: int) -> bool:
    """Whether a circular was numbered in `year` (พ.ศ.), in whichever series."""
    query = select(used_numbers.c.number).where(
        used_numbers.c.organisation == organisation,
        used_numbers.c.year == year,
        used_numbers.c.circular,
    )
    return connection.execute(query.limit(1)).first() is not None


def series_begun(connection: Connection, organisation: str, year: int) -> set[Series]:
    """The series in which numbers of `year` (พ.ศ.) were taken, the groups' own included."""
    query = select(used_numbers.c.series).where(
        used_numbers.c.organisation == organisation, used_numbers.c.year == year
    )
    return {Series(one) for one in connection.execute(query.distinct()).scalars()}


def list_reservations(
    connection: Connection, organisation: str, groups: tuple[str, ...] | None, only_open: bool
) -> list[dict[str, Any]]:
    """The ReservationAnswers of an organisation, the latest first; `groups`: of these alone."""
    query = select(reservations).where(reservations.c.organisation == organisation)
    if groups is not None:
        query = query.where(reservations.c.group.in_(groups))
    if only_open:
        query = query.where(reservations.c.free > 0)
    # An id tells when it was made.
    rows = connection.execute(query.order_by(reservations.c.id.desc()).limit(1000)).all()
    left = _left(connection, [row.id for row in rows])
    return [
        row._asdict()
        | {
            "series": Series(row.series),
            "free": left.get((row.id, RESERVED), []),
            "burned": left.get((row.id, BURNED), []),
        }
        for row in rows
    ]


def _left(connection: Connection, ids: list[str]) -> dict[tuple[str, str], list[int]]:
    left: dict[tuple[str, str], list[int]] = {}
    query = select(used_numbers).where(used_numbers.c.reservation.in_(ids))
    for row in connection.execute(query.order_by(used_numbers.c.number)):
        left.setdefault((row.reservation, row.state), []).append(row.number)
    return left


def expired(connection: Connection, today: Any) -> list[str]:
    """The reservations with numbers free whose last day has passed."""
    query = select(reservations.c.id).where(reservations.c.free > 0, reservations.c.expires < today)
    return list(connection.execute(query.order_by(reservations.c.id)).scalars())


def audit(
    connection: Connection, owner: str, wanted: Series, year: int, gaps: bool
) -> dict[str, Any]:
    """NumberAudit of a series: every number from 1 to the last that was taken.

    One of which nothing is on record is said to be MISSING; only a register that was taken over
    from another system can lack one.
    """
    key = series.key_of(wanted, owner, year)
    last = connection.execute(
        select(number_series.c.last).where(number_series.c.series == key)
    ).scalar()
    query = select(used_numbers).where(
        used_numbers.c.owner == owner,
        used_numbers.c.series == wanted,
        used_numbers.c.year == year,
    )
    known: dict[int, Row[Any]] = {row.number: row for row in connection.execute(query)}
    last = max(last or 0, *known, 0)
    items = [_item(number, known.get(number)) for number in range(1, last + 1)]
    states = Counter(one["state"] for one in items)
    return {
        "last": last,
        "documents": states[DOCUMENT],
        "reserved": states[RESERVED],
        "burned": states[BURNED],
        "missing": states[MISSING],
        "items": [one for one in items if not gaps or one["state"] != DOCUMENT],
    }


def _item(number: int, row: Row[Any] | None) -> dict[str, Any]:
    if row is None:
        nothing = {"document": None, "reservation": None, "reason": ""}
        return {"number": number, "state": MISSING, **nothing}
    return row._asdict()
