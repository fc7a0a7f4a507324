"""Running numbers: 1, 2, 3, … whoever takes them, and the year that they count in."""

import subprocess
import sys
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.clock import BANGKOK, fiscal_year, register_year
from infra.errors import OutOfOrder
from infra.eventstore import numbers
from infra.ids import new_id
from tests.harness import Harness
from tests.infra.conftest import LIBRARIAN
from tests.infra.shelf.contract import BuildShelf, PutBook


def build(shelf: Harness) -> str:
    id = new_id()
    shelf.send(LIBRARIAN, BuildShelf, id=id, name="poetry")
    return id


def test_fifty_takers_in_two_processes_get_one_to_fifty(
    shelf: Harness, harness_database: str
) -> None:
    """Two shelves, so that they meet at the series alone; the logs are told to standard output."""
    command = [sys.executable, "-m", "tests.infra.takers", harness_database]
    processes = [
        subprocess.Popen(
            [*command, build(shelf), "25"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    taken: list[int] = []
    for process in processes:
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        taken += map(int, output.splitlines()[-1].split())
    assert sorted(taken) == list(range(1, 51))
    borne = [one.event.number for one in shelf.events() if one.type == "BookPut"]  # type: ignore[attr-defined]
    assert sorted(borne) == list(range(1, 51))


def test_a_rolled_back_command_leaves_no_gap(shelf: Harness) -> None:
    id = build(shelf)
    assert shelf.send(LIBRARIAN, PutBook, id=id, title="moon")["number"] == 1
    with pytest.raises(OutOfOrder):
        shelf.send(LIBRARIAN, PutBook, id=id, title="sun", fail=True)
    assert shelf.send(LIBRARIAN, PutBook, id=id, title="star")["number"] == 2


def test_each_series_counts_for_itself_and_goes_on_behind_what_was_seen(shelf: Harness) -> None:
    with shelf.parts.database.begin() as connection:
        assert [numbers.take(connection, series) for series in ("a", "b", "a")] == [1, 1, 2]
        numbers.observe(connection, "a", 7)
        numbers.observe(connection, "a", 3)
        numbers.observe(connection, "c", 4)
        assert [numbers.take(connection, series) for series in ("a", "b", "c")] == [8, 2, 5]


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        ("2025-12-31T23:59:59.900000+07:00", 2568),
        ("2026-01-01T00:00:00+07:00", 2569),
        ("2025-12-31T16:59:59.900000+00:00", 2568),
        ("2025-12-31T17:00:00+00:00", 2569),
        ("2026-01-01T00:00:00+00:00", 2569),
    ],
)
def test_a_register_year_turns_at_midnight_in_bangkok(moment: str, year: int) -> None:
    assert register_year(datetime.fromisoformat(moment)) == year


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        ("2025-09-30T23:59:59.900000+07:00", 2568),
        ("2025-10-01T00:00:00+07:00", 2569),
        ("2025-09-30T17:00:00+00:00", 2569),
    ],
)
def test_a_fiscal_year_turns_on_the_first_of_october(moment: str, year: int) -> None:
    assert fiscal_year(datetime.fromisoformat(moment)) == year


@given(st.datetimes(timezones=st.timezones()).filter(lambda moment: 1950 < moment.year < 2150))
def test_years_are_those_of_the_bangkok_wall_clock(moment: datetime) -> None:
    wall = moment.astimezone(BANGKOK)
    assert register_year(moment) == wall.year + 543
    assert fiscal_year(moment) - register_year(moment) == (1 if wall.month > 9 else 0)
