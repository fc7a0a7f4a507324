"""What `personnel` puts on record: without names, the same when rebuilt, and the same elsewhere."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import MetaData, select

from infra import migrate
from infra.errors import WrongPassword
from infra.eventstore.events import EventTypes, Recorded
from infra.eventstore.store import Work
from infra.eventstore.verify import checkpoint, verify
from infra.messaging.service import RuntimeProvider, subscription
from services.personnel import accounts, people
from services.personnel.contract import (
    ChangeGroup,
    ChangePerson,
    CloseGroup,
    ClosePost,
    EndActing,
    ErasePerson,
    ListPeople,
    LockAccount,
    VacatePost,
    directory,
)
from tests.harness import Harness, follow, fresh_database
from tests.personnel.office import COMMAND_LINE, Office

TODAY = date(2026, 2, 16)
DAY = timedelta(days=1)


class Neighbour:
    """A service that keeps the directory and nothing else."""

    name = "neighbour"
    runtime = RuntimeProvider(
        types=EventTypes(),
        project=lambda connection, recorded: None,
        read_tables=MetaData(),
        own_tables=[directory.metadata],
    )

    @subscription("personnel", *directory.EVENTS)
    def learn(self, work: Work, recorded: Recorded) -> None:
        directory.learn(work.connection, recorded)


@pytest.fixture
def neighbour(office: Office) -> Iterator[Harness]:
    with fresh_database(office.harness.parts.database.dialect) as url:
        harness = Harness(Neighbour, url)
        yield harness
        harness.close()


def live(office: Office) -> None:
    """Some of everything that can happen."""
    office.account("officer")
    office.appoint("director", "deputy", TODAY - 9 * DAY, TODAY - 8 * DAY)
    later = office.appoint("director", "deputy", TODAY + 9 * DAY)["acting"]
    office.send(EndActing, id=office.posts["director"], acting=later, last_day=str(TODAY + 8 * DAY))
    office.appoint("director", "officer", TODAY, capacity="delegated")
    officer = {"id": office.posts["officer"], "person": office.people["officer"]}
    office.send(VacatePost, **officer, last_day=str(TODAY - DAY))
    office.fill("officer", "admin", TODAY)
    deputy = {"id": office.posts["deputy"], "person": office.people["deputy"]}
    office.send(VacatePost, **deputy, last_day="2025-01-01")
    office.send(ClosePost, id=office.posts["deputy"], last_day=str(TODAY))
    central = office.groups["กลุ่มอำนวยการ"]
    office.send(ChangeGroup, id=central, name="กลุ่มกลาง", central=False)
    office.send(CloseGroup, id=central)
    office.send(LockAccount, id=office.people["officer"])
    wish = {"first_name": "สมศรี", "last_name": "มีนามสกุล", "email": "new@example.org"}
    office.send(ChangePerson, id=office.people["admin"], **wish)


def test_migrations_make_the_tables_as_declared(office: Office) -> None:
    assert migrate.differences("personnel", office.harness.parts.database) == []


def test_a_rebuild_gives_the_same_tables(office: Office) -> None:
    live(office)
    before = office.harness.tables()
    office.harness.rebuild()
    assert office.harness.tables() == before
    assert all(before.values())


def test_other_services_keep_the_same_directory(office: Office, neighbour: Harness) -> None:
    live(office)
    follow(neighbour, office.harness)
    mine, theirs = _directory(office.harness), _directory(neighbour)
    assert theirs == mine
    assert all(mine.values())
    with (
        office.harness.parts.database.read() as here,
        neighbour.parts.database.read() as there,
    ):
        for day in (TODAY - 9 * DAY, TODAY, TODAY + 9 * DAY):
            assert directory.holders(there, day) == directory.holders(here, day) != []


def test_no_event_holds_what_is_personal(office: Office) -> None:
    live(office)
    log = " ".join(recorded.data for recorded in office.harness.events())
    for personal in ("ใจดี", "สมศรี", "มีนามสกุล", "example.org", "5310", "officer@"):
        assert personal not in log


def test_no_line_of_the_log_holds_what_is_personal(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.account("officer")
    office.log_in("officer")
    with pytest.raises(WrongPassword):
        office.log_in("typed into the wrong field", "a secret")
    wish = {"first_name": "สมศรี", "last_name": "มีนามสกุล", "email": "new@example.org"}
    office.send(ChangePerson, id=office.people["admin"], **wish)
    office.ask(ListPeople, q="มีนามสกุล")
    lines = capsys.readouterr().out
    assert lines.count("log_in") == 2
    for personal in ("password of", "wrong field", "a secret", *wish.values(), "=officer"):
        assert personal not in lines


def test_erasing_a_person_leaves_a_log_that_verifies(office: Office) -> None:
    live(office)
    harness, officer = office.harness, office.people["officer"]
    harness.relay()
    checkpoint(harness.parts.store)
    acting = office.ask_acting("director", "officer")
    ending = {"id": office.posts["director"], "acting": acting}
    office.send(EndActing, **ending, last_day=str(TODAY - DAY))
    harness.send(COMMAND_LINE, ErasePerson, id=officer)
    harness.relay()
    assert list(verify(harness.parts.database)) == []
    assert _everywhere(harness, "officer") == []
    with harness.parts.database.read() as connection:
        assert people.get(connection, officer) is None
        assert accounts.of(connection, officer) is None


def _directory(harness: Harness) -> dict[str, list[Any]]:
    with harness.parts.database.read() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in directory.metadata.sorted_tables
        }


def _everywhere(harness: Harness, name: str) -> list[str]:
    """The tables in which `name` is still found as somebody's."""
    found = []
    for metadata in harness.parts.definition.metadata():
        for table in metadata.sorted_tables:
            with harness.parts.database.read() as connection:
                rows = connection.execute(select(table)).all()
            if any(f"นาย{name}" in str(row) or f"{name}@" in str(row) for row in rows):
                found.append(table.name)
    return found
