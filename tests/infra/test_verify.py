"""Any one event that was changed, swapped or cut out is found and named."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, delete, select, text, update

from infra.eventstore import upkeep
from infra.eventstore.events import GENESIS, digest
from infra.eventstore.tables import checkpoints, commands, events, guards, relay
from infra.eventstore.verify import checkpoint, verify
from infra.ids import new_id
from tests.harness import Harness
from tests.infra.conftest import LIBRARIAN
from tests.infra.shelf.contract import BuildShelf, PutBook


@pytest.fixture
def log(shelf: Harness) -> Harness:
    """Two shelves with three events each, numbered in turn; a checkpoint; one event after it."""
    for id in ("a", "b"):
        shelf.send(LIBRARIAN, BuildShelf, id=ids[id], name=id)
    for title in ("moon", "sun"):
        for id in ("a", "b"):
            shelf.send(LIBRARIAN, PutBook, id=ids[id], title=f"{title} of {id}")
    shelf.relay()
    assert checkpoint(shelf.parts.store)
    shelf.send(LIBRARIAN, PutBook, id=ids["a"], title="after")
    shelf.relay()
    assert list(verify(shelf.parts.database)) == []
    return shelf


ids = {"a": new_id(), "b": new_id()}
A, B = (f"shelf-{ids[id]}" for id in ("a", "b"))


def tamper(shelf: Harness, change: Callable[[Connection], None]) -> list[str]:
    """What `verify` says after a change made by one who could take the triggers away."""
    with shelf.parts.database.begin() as connection:
        for statement in guards(connection.dialect.name):
            words = statement.split()
            if words[1] == "TRIGGER":
                on = f" ON {words[words.index('ON') + 1]}"
                sqlite = connection.dialect.name == "sqlite"
                connection.execute(text(f"DROP TRIGGER {words[2]}{'' if sqlite else on}"))
        change(connection)
    return list(verify(shelf.parts.database))


def at(stream: str, version: int) -> Any:
    return (events.c.stream == stream) & (events.c.version == version)


CHANGES = {
    "data": '{"title":"other","number":1}',
    "actor": "somebody else",
    "type": "BookTaken",
    "schema": 2,
    "organisation": "elsewhere",
    "correlation_id": "another",
    "causation_id": "another",
    "published": False,
    "digest": "0" * 64,
    "id": new_id(),
}


@pytest.mark.parametrize("column", CHANGES)
@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_changed_event_is_named(log: Harness, column: str, version: int) -> None:
    found = tamper(
        log,
        lambda c: c.execute(update(events).where(at(B, version)).values({column: CHANGES[column]})),
    )
    assert found
    assert f"{B} version {version} (position {version * 2}, " in found[0]


def test_a_changed_moment_is_named(log: Harness) -> None:
    log.clock.advance(seconds=1)
    found = tamper(
        log, lambda c: c.execute(update(events).where(at(A, 2)).values(recorded_at=log.clock()))
    )
    assert len(found) == 1
    assert f"{A} version 2" in found[0]


def swapped(column: str, one: Any, other: Any) -> Callable[[Connection], None]:
    """Exchange a column of two events, by way of a value that neither has."""

    def change(connection: Connection) -> None:
        first = connection.execute(select(events.c[column]).where(one)).scalar_one()
        second = connection.execute(select(events.c[column]).where(other)).scalar_one()
        between = -1 if isinstance(first, int) else "between"
        seq = connection.execute(select(events.c.seq).where(one)).scalar_one()
        connection.execute(update(events).where(events.c.seq == seq).values({column: between}))
        connection.execute(update(events).where(other).values({column: first}))
        connection.execute(update(events).where(events.c.seq == seq).values({column: second}))

    return change


def test_two_events_of_a_stream_that_changed_places_are_named(log: Harness) -> None:
    found = tamper(log, swapped("version", at(A, 2), at(A, 3)))
    assert any(f"{A} version 2 " in one for one in found)
    assert any(f"{A} version 3 " in one for one in found)


def test_contents_exchanged_between_streams_are_named(log: Harness) -> None:
    found = tamper(log, swapped("data", at(A, 2), at(B, 2)))
    assert [one.split(":")[0].split(" (")[0] for one in found] == sorted(
        [f"{A} version 2", f"{B} version 2"]
    )


def test_positions_exchanged_within_a_stream_are_named(log: Harness) -> None:
    found = tamper(log, swapped("position", at(A, 2), at(A, 3)))
    assert any(f"{A} version 3: position 3 is out of order" in one for one in found)


def test_positions_exchanged_between_streams_are_found_by_the_checkpoint(log: Harness) -> None:
    found = tamper(log, swapped("position", at(A, 2), at(B, 2)))
    assert found == ["positions 1 to 6: not in the order that the checkpoint saw"]


def test_an_event_cut_out_of_the_middle_is_named(log: Harness) -> None:
    found = tamper(log, lambda c: c.execute(delete(events).where(at(B, 2))))
    assert f"{B}: version 2 is missing before version 3" in found
    assert "position 4 is missing" in found


def test_a_missing_tail_is_named(log: Harness) -> None:
    found = tamper(log, lambda c: c.execute(delete(events).where(at(B, 3))))
    assert f"{B}: version 3, its head at a checkpoint, is missing" in found
    assert "position 6 is missing" in found


def test_a_missing_stream_is_named(log: Harness) -> None:
    found = tamper(log, lambda c: c.execute(delete(events).where(events.c.stream == B)))
    assert f"{B}: version 3, its head at a checkpoint, is missing" in found


def test_a_tail_cut_with_the_numbering_set_back_is_named(log: Harness) -> None:
    """Whoever cuts the end of the log and sets the relay back leaves no gap; the checkpoint tells."""

    def cut(connection: Connection) -> None:
        connection.execute(delete(events).where(events.c.position >= 6))
        connection.execute(update(relay).values(numbered=5, published=5))

    found = tamper(log, cut)
    assert f"{B}: version 3, its head at a checkpoint, is missing" in found


def test_the_last_event_after_the_checkpoint_is_missed_by_its_position(log: Harness) -> None:
    found = tamper(log, lambda c: c.execute(delete(events).where(at(A, 4))))
    assert found == ["position 7 is missing"]


def test_an_event_slipped_in_is_named(log: Harness) -> None:
    def slip_in(connection: Connection) -> None:
        row = dict(connection.execute(select(events).where(at(B, 3))).one()._mapping)
        row |= {"id": new_id(), "version": 4, "position": 8}
        del row["seq"]
        connection.execute(events.insert().values(row))

    found = tamper(log, slip_in)
    assert any(f"{B} version 4 (position 8" in one for one in found)
    assert "position 8 is beyond 7, where numbering ended" in found


def test_a_stream_written_anew_with_good_digests_is_named(log: Harness) -> None:
    """One who knows how digests are made can forge a chain, and is found by the checkpoint."""

    def forge(connection: Connection) -> None:
        before = GENESIS
        rows = connection.execute(
            select(events).where(events.c.stream == B).order_by(events.c.version)
        )
        for row in rows.all():
            forged = dict(row._mapping) | {"actor": "somebody else"}
            before = digest(before, forged)
            connection.execute(
                update(events)
                .where(events.c.seq == row.seq)
                .values(actor=forged["actor"], digest=before)
            )

    found = tamper(log, forge)
    assert f"{B} version 3: not the event that the checkpoint saw" in found


@pytest.mark.parametrize("column", ["heads", "position", "day", "sequence", "digest"])
def test_a_changed_checkpoint_is_named(log: Harness, column: str) -> None:
    value: Any = {"heads": "[]", "position": 1}.get(column, "0")
    found = tamper(log, lambda c: c.execute(update(checkpoints).values({column: value})))
    assert any(one.startswith("checkpoint 1 (") for one in found)


def test_a_missing_checkpoint_is_named(log: Harness) -> None:
    for _ in range(2):
        log.clock.advance(days=1)
        checkpoint(log.parts.store)
    found = tamper(log, lambda c: c.execute(delete(checkpoints).where(checkpoints.c.number == 2)))
    assert "checkpoint 2 is missing before checkpoint 3" in found


def test_a_checkpoint_is_made_once_a_bangkok_day_of_what_changed_since(log: Harness) -> None:
    assert not checkpoint(log.parts.store)
    log.clock.advance(hours=13, minutes=59)  # 23:59 in Bangkok
    assert not checkpoint(log.parts.store)
    log.clock.advance(minutes=1)
    assert checkpoint(log.parts.store)
    with log.parts.database.read() as connection:
        rows = connection.execute(select(checkpoints).order_by(checkpoints.c.number)).all()
    assert [(row.number, row.day, row.position) for row in rows] == [
        (1, "2026-02-16", 6),
        (2, "2026-02-17", 7),
    ]
    assert [head[:2] for head in msgspec.json.decode(rows[1].heads)] == [[A, 4]]
    assert list(verify(log.parts.database)) == []


def test_upkeep_makes_the_checkpoint_and_forgets_old_answers(shelf: Harness) -> None:
    shelf.send(LIBRARIAN, BuildShelf, "old", id=new_id(), name="a")
    shelf.clock.advance(days=6)
    shelf.send(LIBRARIAN, BuildShelf, "new", id=new_id(), name="b")
    shelf.clock.advance(days=2)
    upkeep.keep_up(shelf.parts.store)
    with shelf.parts.database.read() as connection:
        kept = connection.execute(select(commands.c.key)).scalars().all()
        days = connection.execute(select(checkpoints.c.day)).scalars().all()
    assert kept == [f"{LIBRARIAN.person}:new"]
    assert days == ["2026-02-24"]
