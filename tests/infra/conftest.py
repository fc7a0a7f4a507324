"""The shelf service and its reader, on each database."""

import os
from collections.abc import Iterator

import pytest

from infra.identity import Actor
from tests import servers
from tests.harness import Harness
from tests.infra.shelf.service import ShelfService

LIBRARIAN = Actor(person="0190a8a0-0000-7000-8000-00000000000a", organisation="library")


@pytest.fixture
def shelf(harness_database: str) -> Iterator[Harness]:
    """The shelf service on an empty database, on SQLite and on PostgreSQL."""
    harness = Harness(ShelfService, harness_database)
    yield harness
    harness.close()


@pytest.fixture(scope="module")
def rabbitmq_url() -> Iterator[str]:
    """The URL of a virtual host of RabbitMQ that the tests of one module share."""
    with servers.virtual_host(os.environ["AMNUAY_BROKER_URL"]) as url:
        yield url
