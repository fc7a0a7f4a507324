from collections.abc import Iterator

import pytest

from tests.harness import fresh_database
from tests.resources.meeting_house import MeetingHouse


@pytest.fixture
def house(harness_database: str) -> Iterator[MeetingHouse]:
    """The rooms of an office, on SQLite and on PostgreSQL."""
    house = MeetingHouse(harness_database)
    yield house
    house.close()


@pytest.fixture(scope="module")
def house_of_all() -> Iterator[MeetingHouse]:
    """One house on SQLite for many tests, each with rooms of its own."""
    with fresh_database("sqlite") as url:
        house = MeetingHouse(url)
        yield house
        house.close()


@pytest.fixture
def small_house() -> Iterator[MeetingHouse]:
    """The rooms of an office on SQLite, for rules that no database can change."""
    with fresh_database("sqlite") as url:
        house = MeetingHouse(url)
        yield house
        house.close()
