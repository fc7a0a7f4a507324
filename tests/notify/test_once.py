"""Exactly one notification a person and event, whatever is redelivered, reordered or raced."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.eventstore.relay import to_message
from infra.messaging.subscriber import LogPage
from infra.migrate import differences
from services.correspondence.contract import AssignLetter
from tests.correspondence.office import PLAN, PLAN_HEAD, PLAN_OFFICER_2, Office
from tests.harness import fresh_database
from tests.infra.test_store import at_once
from tests.notify.town import Notify

Told = Counter[tuple[str, str, str]]


class Source:
    """Letters on their way, and the messages that tell of them."""

    def __init__(self, office: Office) -> None:
        self._office = office
        for _ in range(2):
            id = office.assigned()
            body = {"group": PLAN, "officer": PLAN_OFFICER_2.person}
            office.do(PLAN_HEAD, AssignLetter, id, **body)
            office.closed()
        self.messages = office.relay()

    def read_by(self, notify: Notify) -> None:
        """Let `notify` read this log when it finds a gap."""
        store = self._office.parts.store

        def read_log(after: int, types: Any, until: int | None, limit: int) -> LogPage:
            with store.database.read() as connection:
                found, upto = store.events_after(connection, after, types, until, limit)
            events = [to_message("correspondence", one) for one in found]
            return LogPage(events=events, upto=upto)

        notify.parts.subscribers["correspondence"]._read_log = read_log


@pytest.fixture(scope="module")
def source() -> Iterator[Source]:
    with fresh_database("sqlite") as url:
        office = Office(url)
        yield Source(office)
        office.close()


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A database of `notify` that knows the directory and has heard of no letter."""
    with tempfile.TemporaryDirectory() as folder:
        notify = Notify(f"sqlite:///{folder}/template.sqlite")
        with notify.parts.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        notify.close()
        yield Path(folder) / "template.sqlite"


def told(notify: Notify) -> Told:
    return Counter((one.cause, one.person, str(one.kind)) for one in notify.raised())


@pytest.fixture(scope="module")
def expected(source: Source, template: Path) -> Told:
    """What is told when every message comes once, in order."""
    with tempfile.TemporaryDirectory() as folder:
        notify = copy(template, folder)
        for message in source.messages:
            notify.parts.subscribers["correspondence"].receive(message)
        found = told(notify)
        notify.close()
    assert len(found) > 20
    assert set(found.values()) == {1}
    return found


def copy(template: Path, folder: str) -> Notify:
    shutil.copy(template, f"{folder}/notify.sqlite")
    return Notify(f"sqlite:///{folder}/notify.sqlite", prepared=True)


def test_migrated_tables_are_those_declared(harness_database: str) -> None:
    notify = Notify(harness_database)
    assert differences("notify", notify.parts.database) == []
    notify.close()


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_lost_doubled_and_disordered_messages_change_nothing(
    source: Source, template: Path, expected: Told, data: st.DataObject
) -> None:
    some = st.lists(st.integers(0, len(source.messages) - 1), max_size=60)
    order = [source.messages[index] for index in data.draw(some)]
    with tempfile.TemporaryDirectory() as folder:
        notify = copy(template, folder)
        source.read_by(notify)
        subscriber = notify.parts.subscribers["correspondence"]
        for message in order:
            subscriber.receive(message)
            assert told(notify) <= expected
        subscriber.catch_up()
        assert told(notify) == expected
        notify.close()


def test_replicas_that_hear_the_same_at_once_tell_it_once(
    harness_database: str, source: Source, expected: Told
) -> None:
    one = Notify(harness_database)
    other = Notify(harness_database, prepared=True)
    replicas = (one, other, one)
    for replica in (one, other):
        source.read_by(replica)

    def hear(replica: Notify) -> None:
        for message in source.messages:
            replica.parts.subscribers["correspondence"].receive(message)

    assert at_once(*(partial(hear, replica) for replica in replicas)) == [None] * 3
    assert told(one) == expected
    live = one.tables()
    one.rebuild()
    assert one.tables() == live
    other.close()
    one.close()


def test_a_letter_that_cannot_be_told_of_waits_alone(source: Source, template: Path) -> None:
    """An event that breaks is parked with those behind it of its letter; others are told of."""
    messages = source.messages
    broken = messages[0]["stream"]
    with tempfile.TemporaryDirectory() as folder:
        notify = copy(template, folder)
        subscriber = notify.parts.subscribers["correspondence"]
        subscriber._pause = lambda seconds: None
        for message in messages:
            bad = message["stream"] == broken and message["type"] == "LetterProposed"
            subscriber.receive(message | {"data": "{}"} if bad else message)
        links = {one.link for one in notify.raised()}
        streams = {f"/letters/{m['stream'].removeprefix('letter-')}" for m in messages}
        assert streams - links == {f"/letters/{broken.removeprefix('letter-')}"}
        with notify.parts.database.read() as connection:
            waiting = subscriber._count_parked(connection)
        assert (
            waiting
            == sum(m["stream"] == broken and m["type"] in subscriber.names for m in messages) - 1
        )  # its registration came through
        notify.close()
