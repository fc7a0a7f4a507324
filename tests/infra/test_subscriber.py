"""Subscriptions: each event takes effect once, in its stream's order, whatever becomes of messages."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, Text, delete, insert, select

from infra.errors import Unavailable
from infra.eventstore.events import Event, EventTypes, Recorded
from infra.eventstore.relay import to_message
from infra.eventstore.store import Work
from infra.eventstore.tables import cursors, parked
from infra.ids import new_id
from infra.messaging import subscriber as subscriber_module
from infra.messaging.subscriber import LogPage, Subscriber
from infra.metrics import log
from tests.harness import Harness, fresh_database
from tests.infra.conftest import LIBRARIAN
from tests.infra.shelf.contract import BookPut, BookTaken, BuildShelf, PutBook, ShelfBuilt, TakeBook
from tests.infra.shelf.service import ReaderService, ShelfService
from tests.infra.test_store import at_once

metadata = MetaData()
effects = Table(
    "effects",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("source", Text),
    Column("position", Integer),
    Column("stream", Text),
    Column("type", Text),
    Column("word", Text),
)

Messages = list[dict[str, Any]]


@pytest.fixture(scope="module")
def source() -> Iterator[Harness]:
    with fresh_database("sqlite") as url:
        harness = Harness(ShelfService, url)
        yield harness
        harness.close()


@pytest.fixture(scope="module")
def messages(source: Harness) -> Messages:
    """Three shelves worked on in turn, and what is nobody else's business in between."""
    ids = [new_id() for _ in range(3)]
    for id in ids:
        source.send(LIBRARIAN, BuildShelf, id=id, name="poetry")
    secret = new_id()
    source.send(LIBRARIAN, BuildShelf, id=secret, name="secret drawer")
    for title in ("moon", "sun", "star"):
        for id in (*ids, secret):
            source.send(LIBRARIAN, PutBook, id=id, title=title)
        source.send(LIBRARIAN, TakeBook, id=ids[0], title=title)
    return source.relay()


@pytest.fixture
def reader(harness_database: str) -> Iterator[Harness]:
    harness = Harness(ReaderService, harness_database)
    with harness.parts.database.begin() as connection:
        metadata.create_all(connection)
    yield harness
    harness.close()


class Follower:
    """A subscription to the source, at a cursor of its own; `broken` words fail."""

    def __init__(
        self,
        reader: Harness,
        source: Harness,
        *classes: type[Event],
        name: str | None = None,
        back_off: Sequence[float] = (0, 0),
    ) -> None:
        self.name = name or new_id()
        self.broken: set[str] = set()
        self.log_away = False
        self.tries: list[int] = []
        self.paused: list[float] = []
        self.database = reader.parts.database
        self._source = source
        self.subscriber = Subscriber(
            "reader",
            self.name,
            EventTypes.of(classes or (ShelfBuilt, BookPut)),
            reader.parts.store,
            self._handle,
            self.read_log,
            back_off=back_off,
            pause=self.paused.append,
        )

    def _handle(self, work: Work, recorded: Recorded) -> None:
        self.tries.append(recorded.position or 0)
        word = getattr(recorded.event, "title", "")
        work.connection.execute(
            insert(effects).values(
                source=self.name,
                position=recorded.position,
                stream=recorded.stream,
                type=recorded.type,
                word=word,
            )
        )
        if word in self.broken:
            raise RuntimeError("cannot read that")

    def read_log(self, after: int, types: Sequence[str], until: int | None, limit: int) -> LogPage:
        if self.log_away:
            raise Unavailable()
        store = self._source.parts.store
        with store.database.read() as connection:
            found, upto = store.events_after(connection, after, types, until, limit)
        return LogPage(events=[to_message("shelf", one) for one in found], upto=upto)

    def effects(self) -> list[Any]:
        query = select(effects).where(effects.c.source == self.name).order_by(effects.c.seq)
        with self.database.read() as connection:
            return list(connection.execute(query).all())

    def positions(self) -> list[int]:
        return [row.position for row in self.effects()]

    def parked(self) -> list[Any]:
        query = select(parked).where(parked.c.source == self.name).order_by(parked.c.position)
        with self.database.read() as connection:
            return list(connection.execute(query).all())

    def figure(self, name: str) -> float:
        """What Prometheus is told of this subscription."""
        with self.database.read() as connection:
            figures = {(one.name, one.labels): one.value for one in log(connection)}
        return figures[name, (self.name,)]

    def cursor(self) -> Any:
        with self.database.read() as connection:
            return connection.execute(select(cursors).where(cursors.c.source == self.name)).one()


def wanted(messages: Messages, *types: str) -> list[int]:
    return [m["position"] for m in messages if m["type"] in (types or ("ShelfBuilt", "BookPut"))]


@pytest.fixture
def follow(reader: Harness, source: Harness) -> Callable[..., Follower]:
    return lambda *classes, **more: Follower(reader, source, *classes, **more)


def test_messages_in_order_take_effect_without_a_look_at_the_log(
    follow: Callable[..., Follower], messages: Messages
) -> None:
    follower = follow()
    follower.log_away = True
    for message in messages:
        follower.subscriber.receive(message)
    assert follower.positions() == wanted(messages)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data(), page=st.integers(1, 4))
def test_dropped_doubled_and_reordered_messages_take_effect_once_and_in_order(
    follow: Callable[..., Follower], messages: Messages, data: st.DataObject, page: int
) -> None:
    """Any messages in any order, each any number of times, with the source away now and then.

    A message that could not be taken in because the source was away comes again later.
    """
    follower = follow()
    deliveries = data.draw(
        st.lists(st.tuples(st.integers(0, len(messages) - 1), st.booleans()), max_size=30)
    )
    everything = wanted(messages)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subscriber_module, "PAGE", page)
        for index, away in deliveries:
            follower.log_away = away
            try:
                follower.subscriber.receive(messages[index])
            except Unavailable:
                follower.log_away = False
                follower.subscriber.receive(messages[index])
            reached = follower.positions()
            assert reached == everything[: len(reached)]  # a beginning of the log, in its order
        follower.log_away = False
        follower.subscriber.catch_up()
    assert follower.positions() == everything


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(order=st.lists(st.integers(0, 20), min_size=1, max_size=12))
def test_two_replicas_that_hear_the_same_take_it_in_once(
    follow: Callable[..., Follower], messages: Messages, order: list[int]
) -> None:
    one = follow(back_off=(0,) * 5)
    other = follow(name=one.name, back_off=(0,) * 5)
    one.subscriber.receive(messages[0])  # the cursor is there

    def hear(follower: Follower, indexes: list[int]) -> None:
        for index in indexes:
            follower.subscriber.receive(messages[index % len(messages)])
        follower.subscriber.catch_up()

    assert at_once(lambda: hear(one, order), lambda: hear(other, order[::-1])) == [None, None]
    assert one.positions() == wanted(messages)


def test_a_subscription_added_later_receives_all_history(
    follow: Callable[..., Follower], messages: Messages
) -> None:
    follower = follow()
    follower.subscriber.receive(messages[-2])  # the first that it hears
    assert follower.positions() == wanted(messages)
    assert follower.cursor().position == messages[-1]["position"]


@pytest.mark.parametrize("page", [2, 500])
def test_a_subscription_that_gains_a_type_catches_up_on_it_first(
    follow: Callable[..., Follower],
    messages: Messages,
    monkeypatch: pytest.MonkeyPatch,
    page: int,
) -> None:
    monkeypatch.setattr(subscriber_module, "PAGE", page)
    before = follow(ShelfBuilt, BookPut)
    for message in messages[:8]:
        before.subscriber.receive(message)
    reached = before.positions()
    after = follow(ShelfBuilt, BookPut, BookTaken, name=before.name)
    after.subscriber.receive(messages[-1])
    taken = wanted(messages, "BookTaken")
    passed = [position for position in taken if position <= messages[7]["position"]]
    rest = wanted(messages, "ShelfBuilt", "BookPut", "BookTaken")
    assert passed
    assert after.positions() == [
        *reached,
        *passed,
        *(position for position in rest if position > messages[7]["position"]),
    ]


def test_catching_up_on_a_gained_type_goes_on_where_it_stopped(
    follow: Callable[..., Follower], messages: Messages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriber_module, "PAGE", 1)
    before = follow(ShelfBuilt)
    before.subscriber.catch_up()
    after = follow(ShelfBuilt, BookPut, name=before.name)
    read_log, pages = after.read_log, 0

    def fail_later(*arguments: Any) -> LogPage:
        nonlocal pages
        pages += 1
        after.log_away = pages > 3
        return read_log(*arguments)

    after.subscriber._read_log = fail_later
    with pytest.raises(Unavailable):
        after.subscriber.catch_up()
    assert len(after.positions()) == 3 + 3
    after.log_away, after.subscriber._read_log = False, read_log
    after.subscriber.catch_up()
    assert sorted(after.positions()) == wanted(messages)
    assert after.tries == wanted(messages, "BookPut")  # none was taken in twice


def test_a_type_given_up_and_taken_up_again_is_caught_up_on_from_there(
    follow: Callable[..., Follower], messages: Messages
) -> None:
    both = follow(ShelfBuilt, BookPut)
    for message in messages[:6]:
        both.subscriber.receive(message)
    one = follow(ShelfBuilt, name=both.name)
    one.subscriber.catch_up()
    assert len(one.positions()) == len(wanted(messages[:6]))
    again = follow(ShelfBuilt, BookPut, name=both.name)
    again.subscriber.receive(messages[-1])
    again.subscriber.catch_up()
    assert again.positions() == wanted(messages)


def test_replicas_of_two_versions_beside_each_other_lose_nothing(
    follow: Callable[..., Follower], messages: Messages
) -> None:
    """As during an update: the old one does not know a type that the new one handles."""
    old = follow(ShelfBuilt)
    new = follow(ShelfBuilt, BookPut, name=old.name)
    for index, message in enumerate(messages):
        (old if index % 2 else new).subscriber.receive(message)
    new.subscriber.catch_up()
    assert sorted(new.positions()) == wanted(messages)


class TestParking:
    """`sun` cannot be read. One shelf in three has it first, the others' streams go on."""

    @pytest.fixture
    def follower(self, follow: Callable[..., Follower], messages: Messages) -> Follower:
        follower = follow(back_off=(1, 2, 3))
        bad = next(m for m in messages if '"sun"' in m["data"])
        follower.stream = bad["stream"]  # type: ignore[attr-defined]
        handle = follower._handle

        def stumble(work: Work, recorded: Recorded) -> None:
            handle(work, recorded)
            word = getattr(recorded.event, "title", "")
            if word == "sun" and recorded.stream == bad["stream"] and "sun" not in mended:
                raise RuntimeError("cannot read that")

        mended: set[str] = set()
        follower.mended = mended  # type: ignore[attr-defined]
        follower.subscriber._handler = stumble
        for message in messages:
            follower.subscriber.receive(message)
        return follower

    def test_it_is_tried_with_back_off_then_parked_with_its_error(self, follower: Follower) -> None:
        first = follower.parked()[0]
        assert follower.paused == [1, 2, 3]
        assert follower.tries.count(first.position) == 4
        assert (first.type, first.attempts, first.error) == (
            "BookPut",
            4,
            "RuntimeError: cannot read that",
        )

    def test_later_events_of_its_stream_wait_and_all_others_go_on(
        self, follower: Follower, messages: Messages
    ) -> None:
        stream, (first, *later) = follower.stream, follower.parked()  # type: ignore[attr-defined]
        behind = [
            m["position"]
            for m in messages
            if m["stream"] == stream and m["position"] > first.position and m["type"] == "BookPut"
        ]
        assert behind
        assert [row.position for row in later] == behind
        assert [(row.attempts, row.error) for row in later] == [(0, None)] * len(later)
        assert follower.positions() == [
            position for position in wanted(messages) if position not in (first.position, *behind)
        ]
        assert follower.figure("amnuay_parked") == 1 + len(behind)
        assert follower.cursor().position == wanted(messages)[-1]

    def test_tried_again_too_early_it_stays(self, follower: Follower) -> None:
        before = follower.positions()
        assert follower.subscriber.retry_parked() == (0, 2)
        assert follower.positions() == before
        assert [row.attempts for row in follower.parked()] == [5, 0]

    def test_mended_it_is_taken_in_with_all_that_waited_in_order(
        self, follower: Follower, messages: Messages
    ) -> None:
        waiting = [row.position for row in follower.parked()]
        before = follower.positions()
        follower.mended.add("sun")  # type: ignore[attr-defined]
        assert follower.subscriber.retry_parked("shelf-of-another") == (0, 2)
        assert follower.subscriber.retry_parked(follower.stream) == (2, 0)  # type: ignore[attr-defined]
        assert follower.positions() == before + waiting
        assert sorted(follower.positions()) == wanted(messages)
        assert follower.figure("amnuay_parked") == 0
        follower.subscriber.catch_up()
        assert sorted(follower.positions()) == wanted(messages)


def test_an_event_of_a_gained_type_that_fails_is_tried_again_and_parked(
    follow: Callable[..., Follower], messages: Messages
) -> None:
    before = follow(ShelfBuilt)
    before.subscriber.catch_up()
    after = follow(ShelfBuilt, BookPut, name=before.name, back_off=(1,))
    after.broken.add("moon")
    after.subscriber.catch_up()
    assert after.paused == [1, 1, 1]
    assert sum(row.error is not None for row in after.parked()) == 3
    assert after.positions() == wanted(messages, "ShelfBuilt")
    after.broken.clear()
    assert after.subscriber.retry_parked() == (9, 0)
    assert sorted(after.positions()) == wanted(messages)


@pytest.mark.parametrize("harness_database", ["postgresql"], indirect=True)
def test_what_others_hold_is_waited_for_and_never_parked(
    follow: Callable[..., Follower], messages: Messages, reader: Harness
) -> None:
    follower = follow()
    follower.subscriber.receive(messages[0])
    handle = follower._handle

    def hurry(work: Work, recorded: Recorded) -> None:
        work.connection.exec_driver_sql("SET LOCAL lock_timeout = '10ms'")
        work.connection.execute(delete(effects).where(effects.c.source == "held"))
        handle(work, recorded)

    follower.subscriber._handler = hurry
    with reader.parts.database.begin() as connection:
        connection.execute(insert(effects).values(source="held", position=0))
    with reader.parts.database.begin() as connection:
        connection.execute(select(effects).where(effects.c.source == "held").with_for_update())
        with pytest.raises(Unavailable):
            follower.subscriber.receive(messages[1])
    assert follower.parked() == []
    follower.subscriber.receive(messages[1])
    assert follower.positions() == wanted(messages)[:2]


def test_how_far_it_is_can_be_seen(follow: Callable[..., Follower], messages: Messages) -> None:
    follower = follow()
    follower.subscriber.catch_up()
    head = messages[-1]["position"]
    assert follower.figure("amnuay_subscription_position") == head
