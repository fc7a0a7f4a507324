"""Finding any event that was edited, swapped or cut out, by the chains of digests.

Each event's digest covers the one before it in its stream. A daily checkpoint, itself chained,
holds the heads of the streams that changed since, so that a stream's missing tail, or a whole
missing stream, is found as well; and a digest over the order in which the events stand in the log.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from infra.clock import bangkok_date
from infra.database import Database
from infra.eventstore.events import GENESIS, digest
from infra.eventstore.store import Store
from infra.eventstore.tables import checkpoints, events, relay

PAGE = 5000


def checkpoint(store: Store) -> bool:
    """Record the day's checkpoint over all numbered events; False when there is one already."""
    now = store.clock()
    with store.database.snapshot() as connection:
        row = _next_checkpoint(connection, now)
    if row is None:
        return False
    try:
        with store.database.begin() as connection:
            connection.execute(checkpoints.insert().values(row))
    except IntegrityError:
        return False  # another replica was first
    return True


def _next_checkpoint(connection: Connection, now: datetime) -> dict[str, Any] | None:
    """What is numbered never changes, so that no writer need be held meanwhile."""
    day = bangkok_date(now).isoformat()
    last = connection.execute(
        select(checkpoints).order_by(checkpoints.c.number.desc()).limit(1)
    ).first()
    if last is not None and last.day >= day:
        return None
    after = last.position if last else 0
    position = connection.execute(select(func.max(relay.c.numbered))).scalar() or 0
    row: dict[str, Any] = {
        "number": last.number + 1 if last else 1,
        "day": day,
        "position": position,
        "heads": _heads(connection, after, position),
        "sequence": _sequence(connection, after, position),
    }
    seal = _seal(last.digest if last else GENESIS, row)
    return row | {"digest": seal, "recorded_at": now}


def verify(database: Database) -> Iterator[str]:
    """A sentence for each thing that is wrong with the log, naming stream, version and position."""
    with database.snapshot() as connection:
        yield from _streams(connection)
        yield from _positions(connection)
        yield from _checkpoints(connection)


def _streams(connection: Connection) -> Iterator[str]:
    query = select(events).order_by(events.c.stream, events.c.version)
    stream, version, before = None, 0, GENESIS
    last_position = 0
    for row in connection.execute(query.execution_options(yield_per=PAGE)):
        if row.stream != stream:
            stream, version, before, last_position = row.stream, 0, GENESIS, 0
        if row.version != version + 1:
            missing = ", ".join(str(n) for n in range(version + 1, row.version))
            yield f"{row.stream}: version {missing} is missing before version {row.version}"
        elif digest(before, dict(row._mapping)) != row.digest:
            yield (
                f"{row.stream} version {row.version} (position {row.position}, {row.type}):"
                " its content does not match its digest"
            )
        if row.position is not None:
            if row.position <= last_position:
                yield f"{row.stream} version {row.version}: position {row.position} is out of order"
            last_position = row.position
        version, before = row.version, row.digest


def _positions(connection: Connection) -> Iterator[str]:
    """Positions run 1, 2, 3, … to where the relay has numbered."""
    expected = 1
    query = select(events.c.position).where(events.c.position.is_not(None))
    query = query.order_by(events.c.position).execution_options(yield_per=PAGE)
    rows = connection.execute(query)
    for row in rows:
        if row.position > expected:
            yield _lost(expected, row.position - 1)
        expected = row.position + 1
    numbered = connection.execute(select(func.max(relay.c.numbered))).scalar() or 0
    if expected <= numbered:
        yield _lost(expected, numbered)
    elif expected > numbered + 1:
        yield f"position {expected - 1} is beyond {numbered}, where numbering ended"


def _lost(first: int, last: int) -> str:
    return (
        f"position {first} is missing"
        if first == last
        else f"positions {first} to {last} are missing"
    )


def _checkpoints(connection: Connection) -> Iterator[str]:
    before, number, after = GENESIS, 0, 0
    expected: dict[str, tuple[int, str]] = {}
    for row in connection.execute(select(checkpoints).order_by(checkpoints.c.number)).all():
        number += 1
        if row.number != number:
            yield f"checkpoint {number} is missing before checkpoint {row.number}"
            number = row.number
        elif _seal(before, dict(row._mapping)) != row.digest:
            yield f"checkpoint {row.number} ({row.day}): its content does not match its digest"
        elif _sequence(connection, after, row.position) != row.sequence:
            yield f"positions {after + 1} to {row.position}: not in the order that the checkpoint saw"
        before, after = row.digest, row.position
        for stream, version, head in msgspec.json.decode(row.heads):
            expected[stream] = (version, head)
    for stream, (version, head) in sorted(expected.items()):
        found = connection.execute(
            select(events.c.digest).where(events.c.stream == stream, events.c.version == version)
        ).scalar()
        if found is None:
            yield f"{stream}: version {version}, its head at a checkpoint, is missing"
        elif found != head:
            yield f"{stream} version {version}: not the event that the checkpoint saw"


def _heads(connection: Connection, after: int, until: int) -> str:
    """The last event of each stream that changed in (after, until], as JSON [stream, version, digest]."""
    changed = (
        select(events.c.stream, func.max(events.c.version).label("version"))
        .where(events.c.position > after, events.c.position <= until)
        .group_by(events.c.stream)
        .subquery()
    )
    rows = connection.execute(
        select(events.c.stream, events.c.version, events.c.digest)
        .join(
            changed,
            (events.c.stream == changed.c.stream) & (events.c.version == changed.c.version),
        )
        .order_by(events.c.stream)
    )
    return msgspec.json.encode([list(row) for row in rows]).decode()


def _sequence(connection: Connection, after: int, until: int) -> str:
    """A digest over the events' digests in (after, until], in the order of the log."""
    query = select(events.c.position, events.c.digest).where(
        events.c.position > after, events.c.position <= until
    )
    sequence = hashlib.sha256()
    query = query.order_by(events.c.position).execution_options(yield_per=PAGE)
    rows = connection.execute(query)
    for row in rows:
        sequence.update(f"{row.position} {row.digest}\n".encode())
    return sequence.hexdigest()


def _seal(before: str, row: dict[str, Any]) -> str:
    names = ("number", "day", "position", "heads", "sequence")
    return hashlib.sha256(msgspec.json.encode([before, *(row[name] for name in names)])).hexdigest()
