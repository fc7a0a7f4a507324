"""The simulation of docs/scale.md: it follows from what it is given."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.simulation import Assumptions, Cost, Scope, outcome, scopes, tables, write

COST = Cost(
    letters=100,
    events={"correspondence": 8.0, "notify": 4.0},
    commands=8.0,
    command=0.010,
    taken_in={"notify": (8.0, 0.010)},
    stored=20 * 1024,
    log=8 * 1024,
)
GIVEN = Assumptions(office_letters=60, school_letters=4, working_days=240, busiest_hour=0.25)
OFFICE = Scope(name="one", offices=1, schools=0)


def test_one_office_by_hand() -> None:
    found = outcome(OFFICE, COST, GIVEN)
    assert found.letters == 60
    assert found.events == pytest.approx(60 * 0.25 * 12 / 3600)
    assert found.database == pytest.approx(60 * 240 * 20 / 1024 / 1024)
    assert found.files == pytest.approx(60 * 240 / 1024)
    assert (found.cells, found.processes) == (1, 1)
    assert found.busiest_second >= found.events
    assert found.wait < 0.05


def test_what_comes_faster_than_one_after_the_other_takes_more_cells_in_proportion() -> None:
    country = Scope(name="all", offices=200, schools=30_000)
    heavy = replace(COST, taken_in={"notify": (8.0, 0.100)})
    light, full = outcome(country, COST, GIVEN), outcome(country, heavy, GIVEN)
    hourly = (200 * 60 + 30_000 * 4) * 0.25
    for found, seconds in ((light, 0.010), (full, 0.100)):
        busy = hourly * 8 * seconds / 3600 / found.cells
        assert busy <= GIVEN.fullness
        assert busy > GIVEN.fullness * 0.7
    assert full.processes >= light.processes


def test_an_office_is_in_one_cell() -> None:
    slow = replace(COST, taken_in={"notify": (8.0, 100.0)})
    assert outcome(OFFICE, slow, GIVEN).cells == 1


def test_the_same_is_played_each_time_and_more_offices_are_more() -> None:
    first, second = (tables(COST, GIVEN, "a machine") for _ in "12")
    assert first == second
    found = [outcome(scope, COST, GIVEN) for scope in scopes(GIVEN)]
    assert [one.letters for one in found] == sorted(one.letters for one in found)
    assert [one.busiest_second for one in found] == sorted(one.busiest_second for one in found)


def test_every_assumption_is_named_in_what_it_writes(tmp_path: Path) -> None:
    page = tmp_path / "scale.md"
    page.write_text("before\n<!-- computed -->\nold\n<!-- /computed -->\nafter\n", "utf-8")
    write(tables(COST, GIVEN, "a machine"), page)
    written = page.read_text("utf-8")
    assert "| `--school-letters` | 4" in written
    assert "**assumed**, not measured" in written
    assert "old" not in written
    assert written.startswith("before\n")
    assert written.endswith("after\n")


def test_the_page_holds_what_was_computed() -> None:
    assert "| computed |" in Path("docs/scale.md").read_text("utf-8")
