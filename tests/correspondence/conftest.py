from collections.abc import Iterator

import pytest

from tests.correspondence.office import Office, opened
from tests.harness import fresh_database


@pytest.fixture
def office(harness_database: str) -> Iterator[Office]:
    """An office on SQLite and on PostgreSQL."""
    with opened(harness_database) as office:
        yield office


@pytest.fixture
def small_office() -> Iterator[Office]:
    """An office on SQLite, for rules that no database can change."""
    with fresh_database("sqlite") as url, opened(url) as office:
        yield office
