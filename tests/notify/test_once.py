"""Exactly one notification a person and event, whatever is redelivered, reordered or raced."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.eventstore.relay import to_message
from infra.messaging.subscriber import LogPage
from infra.migrate import differences
from services.correspondence.contract import AssignLetter, SendDocument
from tests.correspondence.circulars import settle
from tests.correspondence.office import CLERK, PLAN, PLAN_HEAD, PLAN_OFFICER_2, SCHOOL, Office
from tests.harness import fresh_database
from tests.infra.test_store import at_once
from tests.notify.town import Notify, Told

Notices = Counter[tuple[str, str, str]]


class Source:
    """Letters on their way in and out, and the messages that tell of them."""

    def __init__(self, office: Office) -> None:
        self._office = office
        for _ in range(2):
            id = office.assigned()
            body = {"group": PLAN, "officer": PLAN_OFFICER_2.person}
            office.do(PLAN_HEAD, AssignLetter, id, **body)
            office.closed()
        sent = office.numbered()
        school = {"organisation": SCHOOL, "name": "โรงเรียนตัวอย่าง", "channel": "system"}
        office.do(CLERK, SendDocument, sent, recipients=[school])
        settle(office)
        self.messages = office.published

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


def notices(notify: Notify) -> Notices:
    return Counter((one.cause, one.person, str(one.kind)) for one in notify.raised())


@pytest.fixture(scope="module")
def expected(source: Source, told: Told) -> Notices:
    """What is told when every message comes once, in order."""
    with told.notify.opened() as notify:
        for message in source.messages:
            notify.parts.subscribers["correspondence"].receive(message)
        found = notices(notify)
    assert len(found) > 20
    assert {kind for _, _, kind in found} >= {"document_submitted", "letter_arrived"}
    assert set(found.values()) == {1}
    return found


def test_migrated_tables_are_those_declared(notify: Notify) -> None:
    assert differences("notify", notify.parts.database) == []


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_lost_doubled_and_disordered_messages_change_nothing(
    source: Source, told: Told, expected: Notices, data: st.DataObject
) -> None:
    some = st.lists(st.integers(0, len(source.messages) - 1), max_size=60)
    order = [source.messages[index] for index in data.draw(some)]
    with told.notify.opened() as notify:
        source.read_by(notify)
        subscriber = notify.parts.subscribers["correspondence"]
        for message in order:
            subscriber.receive(message)
            assert notices(notify) <= expected
        subscriber.catch_up()
        assert notices(notify) == expected


def test_replicas_that_hear_the_same_at_once_tell_it_once(
    notify: Notify, source: Source, expected: Notices
) -> None:
    url = notify.parts.database.url.render_as_string(hide_password=False)
    other = Notify(url, prepared=True)
    for replica in (notify, other):
        source.read_by(replica)

    def hear(replica: Notify) -> None:
        for message in source.messages:
            replica.parts.subscribers["correspondence"].receive(message)

    replicas = (notify, other, notify)
    assert at_once(*(partial(hear, replica) for replica in replicas)) == [None] * 3
    assert notices(notify) == expected
    live = notify.tables()
    notify.rebuild()
    assert notify.tables() == live
    other.close()


def test_a_letter_that_cannot_be_told_of_waits_alone(small_notify: Notify, source: Source) -> None:
    """An event that breaks is parked with those behind it of its letter; others are told of."""
    broken = source.messages[0]["stream"]
    subscriber = small_notify.parts.subscribers["correspondence"]
    subscriber._pause = lambda seconds: None
    for message in source.messages:
        bad = message["stream"] == broken and message["type"] == "LetterProposed"
        subscriber.receive(message | {"data": "{}"} if bad else message)
    links = {one.link for one in small_notify.raised()}
    letters = [m["stream"] for m in source.messages if m["stream"].startswith("letter-")]
    streams = {f"/letters/{letter.removeprefix('letter-')}" for letter in letters}
    assert streams - links == {f"/letters/{broken.removeprefix('letter-')}"}
    behind = [
        m
        for m in source.messages
        if m["stream"] == broken and m["type"] in subscriber.names and m["version"] > 1
    ]
    with small_notify.parts.database.read() as connection:
        assert subscriber._count_parked(connection) == len(behind)
