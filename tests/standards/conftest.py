from collections.abc import Iterator

import pytest

from tests.harness import fresh_database
from tests.standards.office import Office


@pytest.fixture
def office(harness_database: str) -> Iterator[Office]:
    """An office on SQLite and on PostgreSQL."""
    office = Office(harness_database)
    yield office
    office.close()


@pytest.fixture
def small_office() -> Iterator[Office]:
    """An office on SQLite, for rules that no database can change."""
    with fresh_database("sqlite") as url:
        office = Office(url)
        yield office
        office.close()
