from collections.abc import Iterator

import pytest

from tests.directory import Told
from tests.standards.office import Office


@pytest.fixture(scope="session")
def told_office() -> Iterator[Told[Office]]:
    told = Told(Office)
    yield told
    told.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, told_office: Told[Office]) -> Iterator[Office]:
    """An office on SQLite and on PostgreSQL."""
    with told_office.opened(request.param) as office:
        yield office


@pytest.fixture
def small_office(told_office: Told[Office]) -> Iterator[Office]:
    """An office on SQLite, for rules that no database can change."""
    with told_office.opened() as office:
        yield office
