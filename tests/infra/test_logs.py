"""What is logged: one JSON line a thing, with who and what, and no personal data."""

import errno
import io
import logging
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import structlog
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from infra import logs
from infra.errors import Broken, NotFound
from infra.eventstore.store import Read
from infra.ids import new_id
from tests.harness import Harness, follow, fresh_database
from tests.infra.conftest import LIBRARIAN
from tests.infra.shelf import service
from tests.infra.shelf.contract import BuildShelf, GetShelf, PutBook
from tests.infra.shelf.service import shelves

PERSON = "นางสาวสมศรี มีสุข 0812345678"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The lines that were logged since, read as JSON."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    structlog.reset_defaults()
    logs.configure("info")
    yield lambda: [msgspec.json.decode(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_call_is_a_line_with_actor_correlation_and_outcome(shelf: Harness, lines: Any) -> None:
    shelf.send(LIBRARIAN, BuildShelf, id=new_id(), name=PERSON)
    with pytest.raises(NotFound):
        shelf.send(LIBRARIAN, PutBook, id=new_id(), title=PERSON)
    first, second = lines()
    assert first["event"] == "call"
    assert (first["service"], first["method"]) == ("shelf", "build_shelf")
    assert (first["actor"], first["outcome"]) == (LIBRARIAN.person, "ok")
    assert (second["method"], second["outcome"]) == ("put_book", "not-found")
    assert first["correlation_id"] != second["correlation_id"]
    assert {"ms", "timestamp", "level"} <= set(first)


def test_a_fault_is_logged_with_its_place_and_without_the_data(
    shelf: Harness, lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database's own words repeat the row that it refuses."""
    row = {"id": PERSON, "name": PERSON}

    def stumble(_: Any, read: Read, __: Any) -> None:
        read.connection.execute(insert(shelves).values(row))
        read.connection.execute(insert(shelves).values(row))

    monkeypatch.setattr(
        service.ShelfService,
        "get_shelf",
        lambda self, body: self.runtime.run_query(self, GetShelf, stumble, body),
    )
    with pytest.raises(Broken):
        shelf.ask(LIBRARIAN, GetShelf, id=new_id())
    broke, call = lines()
    assert (broke["event"], call["outcome"]) == ("call-broke", "broken")
    assert "test_logs.py" in broke["exception"]
    assert "IntegrityError" in broke["exception"]
    everything = msgspec.json.encode(lines()).decode()
    assert "สมศรี" not in everything
    assert "0812345678" not in everything


def test_of_a_database_s_error_only_its_code_is_told(shelf: Harness) -> None:
    twice = insert(shelves).values([{"id": PERSON}, {"id": PERSON}])
    with (
        pytest.raises(IntegrityError) as caught,
        shelf.parts.database.begin() as connection,
    ):
        connection.execute(twice)
    told = logs.describe(caught.value)
    assert "สมศรี" not in told
    assert told in (
        "IntegrityError SQLITE_CONSTRAINT_PRIMARYKEY",
        "IntegrityError 23505 shelves_pkey",
    )


def test_other_libraries_warn_in_the_same_form(lines: Any) -> None:
    log = logging.getLogger("some.library")
    log.info("chatter")
    try:
        raise ValueError("cause") from KeyError("first")
    except ValueError:
        log.warning("trouble", exc_info=True)
    (line,) = lines()
    assert (line["event"], line["level"]) == ("trouble", "warning")
    assert line["exception"].index("KeyError: 'first'") < line["exception"].index(
        "ValueError: cause"
    )


def test_long_words_of_an_error_are_cut() -> None:
    assert len(logs.describe(ValueError("x" * 10_000))) < 400


def test_an_event_is_a_line_under_the_correlation_of_its_command(
    shelf: Harness, lines: Any
) -> None:
    id = new_id()
    shelf.send(LIBRARIAN, BuildShelf, id=id, name=PERSON)
    with fresh_database("sqlite") as url:
        reader = Harness(service.ReaderService, url)
        follow(reader, shelf)
        reader.close()
    call, *_, event = [line for line in lines() if line["event"] in ("call", "event")]
    assert (event["event"], event["service"], event["source"]) == ("event", "reader", "shelf")
    assert (event["type"], event["stream"], event["position"]) == ("ShelfBuilt", f"shelf-{id}", 1)
    assert (event["actor"], event["outcome"]) == (LIBRARIAN.person, "done")
    assert event["correlation_id"] == call["correlation_id"]
    assert "สมศรี" not in msgspec.json.encode(lines()).decode()


class FullDisk(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def flush(self) -> None:
        self.write("")


def test_a_log_on_a_full_disk_stops_nobody(lines: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", FullDisk())
    logs.configure("info")
    structlog.get_logger().warning("relay-waits")
    logging.getLogger("nameko").error("said")
