from collections.abc import Iterator

import pytest

from tests.directory import Told
from tests.resources.meeting_house import MeetingHouse


@pytest.fixture(scope="session")
def told_house() -> Iterator[Told[MeetingHouse]]:
    told = Told(MeetingHouse)
    yield told
    told.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, told_house: Told[MeetingHouse]) -> Iterator[MeetingHouse]:
    """The rooms of an office, on SQLite and on PostgreSQL."""
    with told_house.opened(request.param) as house:
        yield house


@pytest.fixture(scope="module")
def house_of_all(told_house: Told[MeetingHouse]) -> Iterator[MeetingHouse]:
    """One house on SQLite for many tests, each with rooms of its own."""
    with told_house.opened() as house:
        yield house


@pytest.fixture
def small_house(told_house: Told[MeetingHouse]) -> Iterator[MeetingHouse]:
    """The rooms of an office on SQLite, for rules that no database can change."""
    with told_house.opened() as house:
        yield house
