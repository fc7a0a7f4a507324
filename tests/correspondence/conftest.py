from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.correspondence.office import Office, opened
from tests.harness import fresh_database


class Told:
    """A database of each kind that has been told of the office already, to be copied."""

    def __init__(self, databases: ExitStack) -> None:
        self._databases = databases
        self._urls: dict[str, str] = {}

    def __getitem__(self, dialect: str) -> str:
        if dialect not in self._urls:
            url = self._databases.enter_context(fresh_database(dialect))
            with opened(url):
                self._urls[dialect] = url
        return self._urls[dialect]


@pytest.fixture(scope="session")
def told() -> Iterator[Told]:
    with ExitStack() as databases:
        yield Told(databases)


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, told: Told) -> Iterator[Office]:
    """An office on SQLite and on PostgreSQL."""
    with _copy(request.param, told) as office:
        yield office


@pytest.fixture
def small_office(told: Told) -> Iterator[Office]:
    """An office on SQLite, for rules that no database can change."""
    with _copy("sqlite", told) as office:
        yield office


@contextmanager
def _copy(dialect: str, told: Told) -> Iterator[Office]:
    with fresh_database(dialect, like=told[dialect]) as url, opened(url, told=True) as office:
        yield office
