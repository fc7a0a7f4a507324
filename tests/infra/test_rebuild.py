"""Read tables filled anew equal those that the commands filled, row for row."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, Text, inspect, select, update

from infra.errors import OutOfOrder, Unavailable
from infra.eventstore import rebuild as rebuild_module
from infra.eventstore.rebuild import rebuild
from infra.eventstore.tables import number_series
from infra.ids import new_id
from tests.harness import Harness
from tests.infra.conftest import LIBRARIAN
from tests.infra.shelf.contract import BuildShelf, PutBook, TakeBook
from tests.infra.shelf.service import read_tables, shelves


def fill(shelf: Harness, events: int, ids: list[str] | None = None) -> list[str]:
    ids = ids or [new_id() for _ in range(3)]
    for id in ids:
        shelf.send(LIBRARIAN, BuildShelf, id=id, name="poetry")
    for n in range(events - len(ids)):
        shelf.send(LIBRARIAN, PutBook, id=ids[n % 3], title=chr(97 + n % 26))
    return ids


def tables(shelf: Harness) -> dict[str, Any]:
    with shelf.parts.database.read() as connection:
        series = connection.execute(select(number_series)).all()
    return shelf.tables() | {"number_series": [tuple(row) for row in series]}


def spoil(shelf: Harness) -> None:
    """Make the live tables differ, so that a rebuild that does nothing shows."""
    with shelf.parts.database.begin() as connection:
        connection.execute(update(shelves).values(history="spoilt"))
        connection.execute(update(number_series).values(last=999))


def run(shelf: Harness, **more: Any) -> bool:
    return rebuild(shelf.parts.store, read_tables, **more)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild_module, "PAGE", 7)


def test_a_rebuild_equals_the_live_tables_row_for_row(shelf: Harness) -> None:
    fill(shelf, 40)
    shelf.relay()
    before = tables(shelf)
    spoil(shelf)
    told: list[tuple[int, int]] = []
    assert run(shelf, progress=lambda done, total: told.append((done, total)))
    assert tables(shelf) == before
    assert told == [(n, 40) for n in (7, 14, 21, 28, 35, 40)]


def test_events_that_are_not_numbered_yet_are_taken_in_too(shelf: Harness) -> None:
    ids = fill(shelf, 10)
    shelf.relay()
    shelf.send(LIBRARIAN, PutBook, id=ids[0], title="unnumbered")
    before = tables(shelf)
    spoil(shelf)
    assert run(shelf)
    assert tables(shelf) == before
    shelf.relay()
    assert run(shelf)
    assert tables(shelf) == before


def test_an_empty_log_gives_empty_tables(shelf: Harness) -> None:
    assert run(shelf)
    assert tables(shelf) == {"shelves": [], "number_series": []}


def test_stopped_half_way_it_goes_on_where_it_was(shelf: Harness) -> None:
    fill(shelf, 40)
    shelf.relay()
    before = tables(shelf)
    spoil(shelf)
    spoilt = tables(shelf)
    first: list[int] = []
    assert not run(
        shelf, progress=lambda done, _: first.append(done), keep_on=lambda: len(first) < 3
    )
    assert first == [7, 14, 21]
    assert tables(shelf) == spoilt  # the live ones are untouched until the swap
    again: list[int] = []
    assert run(shelf, progress=lambda done, _: again.append(done))
    assert again == [28, 35, 40]
    assert tables(shelf) == before


class Killed(BaseException):
    """As when the process had been killed."""


@pytest.mark.parametrize("step", ["_page", "_unnumbered", "_swap"])
def test_killed_at_any_step_it_goes_on_and_equals_the_live_tables(
    shelf: Harness, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    ids = fill(shelf, 20)
    shelf.relay()
    shelf.send(LIBRARIAN, PutBook, id=ids[0], title="unnumbered")
    before = tables(shelf)
    do: Callable[..., Any] = getattr(rebuild_module, step)
    calls = 0

    def die(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        result = do(*arguments)
        if calls == (2 if step == "_page" else 1):
            raise Killed
        return result

    with monkeypatch.context() as patch:
        patch.setattr(rebuild_module, step, die)
        with pytest.raises(Killed):
            run(shelf)
    assert tables(shelf) == before
    shelf.relay()
    spoil(shelf)
    assert run(shelf)
    assert tables(shelf) == before


def test_a_stopped_rebuild_of_other_tables_is_begun_anew(shelf: Harness) -> None:
    """As after an update that declares them otherwise."""
    fill(shelf, 20)
    shelf.relay()
    before = tables(shelf)
    other = MetaData()
    shape = [Column("name", Text), Column("books", Integer), Column("history", Text)]
    Table("shelves", other, Column("id", Text, primary_key=True), *shape, Column("room", Text))
    assert not rebuild(shelf.parts.store, other, keep_on=lambda: False)
    told: list[int] = []
    assert run(shelf, progress=lambda done, _: told.append(done))
    assert told[0] == 7  # not 14
    assert tables(shelf) == before


def test_a_projection_that_fails_leaves_the_live_tables_alone(
    shelf: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(shelf, 20)
    shelf.relay()
    before = tables(shelf)

    def fail(*_: Any) -> None:
        raise KeyError("a fault in the projection")

    with monkeypatch.context() as patch:
        patch.setattr(shelf.parts.store, "project", fail)
        with pytest.raises(KeyError):
            run(shelf)
    assert tables(shelf) == before
    assert run(shelf)
    assert tables(shelf) == before


def test_nothing_is_left_behind(shelf: Harness) -> None:
    fill(shelf, 10)
    shelf.relay()
    assert run(shelf)
    url = shelf.parts.database.url
    if url.get_backend_name() == "sqlite":
        folder = Path(str(url.database)).parent
        assert not [path for path in folder.iterdir() if "rebuild" in path.name]
    else:
        with shelf.parts.database.read() as connection:
            assert inspect(connection).get_table_names(schema="rebuild") == []


def test_writers_go_on_meanwhile(shelf: Harness) -> None:
    """Two writers and the relay work through three rebuilds; not one command fails."""
    ids = fill(shelf, 30)
    stop, failed, written = threading.Event(), list[Exception](), list[int]()
    relaying = threading.Thread(target=shelf.parts.relay.run)

    def write(id: str) -> None:
        try:
            while not stop.is_set():
                written.append(shelf.send(LIBRARIAN, PutBook, id=id, title="x")["number"])
        except Exception as error:
            failed.append(error)

    writers = [threading.Thread(target=write, args=(id,)) for id in ids[:2]]
    for thread in (relaying, *writers):
        thread.start()
    for _ in range(3):
        before = len(written)
        assert run(shelf)
        while len(written) == before and not failed:
            stop.wait(0.01)
    stop.set()
    for thread in writers:
        thread.join()
    shelf.parts.relay.stop()
    relaying.join()
    shelf.relay()
    assert failed == []
    assert sorted(written) == list(range(28, 28 + len(written)))
    live = tables(shelf)
    assert live["number_series"] == [("books", 27 + len(written))]
    spoil(shelf)
    assert run(shelf)
    assert tables(shelf) == live


@pytest.mark.parametrize("harness_database", ["postgresql"], indirect=True)
def test_tables_that_are_always_in_use_are_not_waited_for_for_ever(
    shelf: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild_module, "PATIENCE", 0)
    fill(shelf, 10)
    shelf.relay()
    before = tables(shelf)
    with shelf.parts.database.read() as reader:
        reader.execute(select(shelves)).all()  # a long look at them
        with pytest.raises(Unavailable):
            run(shelf)
        assert shelf.send(LIBRARIAN, BuildShelf, id=new_id(), name="meanwhile")
    assert run(shelf)
    assert tables(shelf)["number_series"] == before["number_series"]
    assert len(tables(shelf)["shelves"]) == 4


actions = st.lists(
    st.tuples(st.sampled_from(["build", "put", "take"]), st.integers(0, 2), st.sampled_from("ab")),
    max_size=25,
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(actions=actions, numbered=st.booleans(), stops=st.integers(0, 3))
def test_whatever_happened_a_rebuild_equals_it(
    shelf: Harness, actions: list[tuple[str, int, str]], numbered: bool, stops: int
) -> None:
    """One log grows through the examples; each rebuild, stopped or not, is of all of it."""
    ids = [new_id() for _ in range(3)]
    built: set[str] = set()
    for action, index, title in actions:
        id = ids[index]
        if action == "build" and id not in built:
            built.add(id)
            shelf.send(LIBRARIAN, BuildShelf, id=id, name=title)
        elif action == "put" and id in built:
            shelf.send(LIBRARIAN, PutBook, id=id, title=title)
        elif action == "take" and id in built:
            try:
                shelf.send(LIBRARIAN, TakeBook, id=id, title=title)
            except OutOfOrder:
                continue
    if numbered:
        shelf.relay()
    before = tables(shelf)
    for _ in range(stops):
        run(shelf, keep_on=lambda: False)
    assert run(shelf)
    assert tables(shelf) == before
