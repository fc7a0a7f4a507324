"""The shelf service and its reader, on each database."""

from collections.abc import Iterator

import pytest

from infra.identity import Actor
from tests.harness import Harness
from tests.infra.shelf.service import ShelfService

LIBRARIAN = Actor(person="0190a8a0-0000-7000-8000-00000000000a", organisation="library")


@pytest.fixture
def shelf(harness_database: str) -> Iterator[Harness]:
    """The shelf service on an empty database, on SQLite and on PostgreSQL."""
    harness = Harness(ShelfService, harness_database)
    yield harness
    harness.close()
