"""The whole system held against what its clients were answered. Each finding is a sentence."""

import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import func, select

from infra import migrate
from infra.database import Database
from infra.eventstore import verify as verifying
from infra.eventstore.rebuild import rebuild
from infra.eventstore.store import Store
from infra.eventstore.tables import commands, cursors, events, number_series, parked, relay
from infra.messaging.runtime import subscriptions
from infra.settings import SERVICES
from tests.api.office import Known
from tests.fault.driver import Ledger

PATIENCE = 90.0  # seconds until everything must have reached everybody

# Who is told of what the clients do, and as what; nobody is told of anything else that they do.
TOLD = {
    "LetterProposed": [("deputy", "letter_proposed")],
    "LetterEndorsed": [("director", "letter_proposed")],
    "LetterOrdered": [("groupclerk", "letter_ordered"), ("head", "letter_ordered")],
    "LetterReceivedByGroup": [("head", "letter_received")],
    "LetterAssigned": [("officer", "letter_assigned")],
    "ResultReported": [("head", "letter_reported")],
    "GroupWorkClosed": [("officer", "letter_moved")],
    "LetterClosed": [("clerk", "letter_moved")],
    "LetterArrived": [("school", "letter_arrived")],
    "BookingRequested": [("centralhead", "booking_requested")],
    "BookingConfirmed": [("officer", "booking_decided")],
    "IndicatorAssigned": [("officer", "indicator_assigned")],
    "IndicatorReported": [("centralhead", "indicator_reported")],
    "ReportReturned": [("officer", "indicator_decided")],
}
# What the service records of its own accord after an event; each has one recipient here.
FOLLOWS = {
    "LetterSent": ("DeliveryBegun", "LetterArrived", "LetterDelivered"),
    "ArrivalRegistered": ("RecipientRegistered",),
}
_SERVICE = {
    "letters": "correspondence",
    "documents": "correspondence",
    "arrivals": "correspondence",
    "rooms": "resources",
    "bookings": "resources",
    "standard-sets": "standards",
    "indicators": "standards",
}
_KIND = {"letters": "letter", "documents": "document", "arrivals": "letter"}
_KIND |= {"rooms": "room", "bookings": "booking"}
_KIND |= {"standard-sets": "standardset", "indicators": "indicator"}


class Audit:
    """The databases of all services, of a house in which nobody is at work now."""

    def __init__(self, urls: dict[str, str], known: Known, ledger: Ledger) -> None:
        self._databases = {name: Database(url) for name, url in urls.items()}
        self._known, self._ledger = known, ledger
        self.settled_in = 0.0

    def close(self) -> None:
        for database in self._databases.values():
            database.dispose()

    def settle(self) -> list[str]:
        """Wait until every event has reached everybody; what has not, when patience is over."""
        started = time.monotonic()
        while left := list(self._behind()):
            if time.monotonic() - started > PATIENCE:
                return left
            time.sleep(0.1)
        self.settled_in = time.monotonic() - started
        return []

    def findings(self) -> list[str]:
        """Everything that is not as it was promised."""
        found = [f"a client saw {one}" for one in self._ledger.complaints]
        found += [f"never answered: {one.path} of {one.who}" for one in self._ledger.unanswered]
        logs = {name: self._log(name) for name in SERVICES}
        found += self._once(logs)
        found += self._numbers(logs["correspondence"])
        found += self._notifications(logs)
        for name, database in self._databases.items():
            found += [f"{name}: {fault}" for fault in verifying.verify(database)]
        found += self._parked()
        found += self._rebuilt()
        return found

    def _behind(self) -> Iterator[str]:
        published = {}
        for name, database in self._databases.items():
            with database.read() as connection:
                row = connection.execute(select(relay)).one()
                query = select(func.count()).where(events.c.position.is_(None))
                unnumbered = connection.execute(query).scalar_one()
            published[name] = row.published
            if unnumbered or row.published < row.numbered:
                yield f"{name}: {unnumbered} unnumbered, {row.numbered - row.published} unpublished"
        for name, database in self._databases.items():
            with database.read() as connection:
                rows = connection.execute(select(cursors.c.source, cursors.c.position)).all()
            reached = {row.source: row.position for row in rows}
            for one in subscriptions(migrate.service_class(name)):
                last = self._last(one.source, sorted(one.types.classes))
                if reached.get(one.source, 0) < last:
                    yield f"{name} from {one.source}: at {reached.get(one.source, 0)} of {last}"

    def _last(self, source: str, types: list[str]) -> int:
        query = select(func.max(events.c.position)).where(
            events.c.type.in_(types), events.c.published
        )
        with self._databases[source].read() as connection:
            return connection.execute(query).scalar() or 0

    def _log(self, name: str) -> list[Any]:
        with self._databases[name].read() as connection:
            return list(connection.execute(select(events).order_by(events.c.seq)).all())

    def _once(self, logs: dict[str, list[Any]]) -> Iterator[str]:
        """What was acknowledged is in the log, once; nothing else is."""
        worked = ("correspondence", "resources", "standards")
        found = Counter(row.type for name in worked for row in logs[name])
        recorded = (type for one in self._ledger.done() for type in one.events)
        wanted = Counter(one for type in recorded for one in (type, *FOLLOWS.get(type, ())))
        if found != wanted:
            yield f"in the log beyond what was acknowledged: {dict(found - wanted)}"
            yield f"acknowledged and not in the log: {dict(wanted - found)}"
        rows = {(row.stream, row.version): row for name in worked for row in logs[name]}
        marks = Counter(mark for name in worked for row in logs[name] for mark in _marks(row.data))
        keys = {name: self._keys(name) for name in worked}
        for one in self._ledger.sent:
            if one.mark and marks[one.mark] != one.done:
                yield f"{one.path} of {one.who}: answered {one.status}, {marks[one.mark]} times in the log"
            if not one.done:
                continue
            noun = one.path.split("/")[2]
            row = rows.get((f"{_KIND[noun]}-{one.answer['id']}", one.answer["version"]))
            person = self._known.people[one.who]
            if row is None or row.type != one.events[-1] or row.actor != person:
                yield f"{one.path}: the log has not what was answered, {one.answer}"
            if f"{person}:{one.key}" not in keys[_SERVICE[noun]]:
                yield f"{one.path}: its Idempotency-Key is forgotten"

    def _keys(self, name: str) -> set[str]:
        with self._databases[name].read() as connection:
            return set(connection.execute(select(commands.c.key)).scalars())

    def _numbers(self, log: list[Any]) -> Iterator[str]:
        """Each series runs 1, 2, 3, …, cancelled numbers among them, as they were answered."""
        series: defaultdict[str, list[int]] = defaultdict(list)
        answered = {
            (one.answer["id"], type): one.answer["number"]
            for one in self._ledger.done()
            if "number" in one.answer
            for type in one.events
        }
        for row in log:
            if row.type in ("LetterReceived", "LetterReceivedByGroup", "DocumentNumbered"):
                event = msgspec.json.decode(row.data)
                whose = (row.organisation, event.get("group"), event.get("series"), event["year"])
                series[f"{row.type} {whose}"].append(event["number"])
                id = row.stream.split("-", 1)[1]
                if answered.get((id, row.type)) != event["number"]:
                    yield f"{row.type} {id}: number {event['number']} is not the one answered"
        for name, taken in series.items():
            if sorted(taken) != list(range(1, len(taken) + 1)):
                yield f"{name}: the numbers do not run from 1 to {len(taken)}"

    def _notifications(self, logs: dict[str, list[Any]]) -> Iterator[str]:
        wanted = Counter(
            (row.id, self._known.people[who], kind)
            for name in ("correspondence", "resources", "standards")
            for row in logs[name]
            for who, kind in TOLD.get(row.type, ())
        )
        raised = [msgspec.json.decode(row.data) for row in logs["notify"]]
        raised = [one for one in raised if "cause" in one]
        found = Counter((one["cause"], one["person"], one["kind"]) for one in raised)
        names = {row.id: row.type for name in SERVICES for row in logs[name]}
        for (cause, _, kind), number in (wanted - found).items():
            yield f"{number} notifications {kind} of {names.get(cause)} missing"
        for (cause, _, kind), number in (found - wanted).items():
            yield f"{number} notifications {kind} of {names.get(cause)} too many"

    def _parked(self) -> Iterator[str]:
        for name, database in self._databases.items():
            with database.read() as connection:
                for row in connection.execute(select(parked)).all():
                    yield f"{name} has parked {row.type} of {row.source}: {row.error}"

    def _rebuilt(self) -> Iterator[str]:
        for name, database in self._databases.items():
            definition = migrate.definition(name)
            tables = [*definition.read_tables.sorted_tables, number_series]
            before = {table.name: _rows(database, table) for table in tables}
            rebuild(Store(database, definition.types, definition.project), definition.read_tables)
            for table in tables:
                if before[table.name] != _rows(database, table):
                    yield f"{name}: the table {table.name} is not what its log says"


def audited(urls: dict[str, str], known: Known, ledger: Ledger) -> tuple[list[str], float]:
    """All findings, and how many seconds it took until every event had reached everybody."""
    audit = Audit(urls, known, ledger)
    try:
        return audit.settle() or audit.findings(), audit.settled_in
    finally:
        audit.close()


def _marks(data: str) -> list[str]:
    return re.findall(r"mark-[0-9a-z-]+", data)


def _rows(database: Database, table: Any) -> list[Any]:
    with database.read() as connection:
        return sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
