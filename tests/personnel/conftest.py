"""The office that the tests of `personnel` work in."""

from collections.abc import Iterator

import pytest

from tests.personnel.office import Office


@pytest.fixture
def office(harness_database: str) -> Iterator[Office]:
    """An office, on SQLite and on PostgreSQL."""
    office = Office(harness_database)
    yield office
    office.close()
