import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.correspondence.office import Office, opened
from tests.harness import fresh_database


@pytest.fixture
def office(harness_database: str) -> Iterator[Office]:
    """An office on SQLite and on PostgreSQL."""
    with opened(harness_database) as office:
        yield office


@pytest.fixture(scope="session")
def told_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database that has been told of the office already, to be copied."""
    file = tmp_path_factory.mktemp("correspondence") / "service.sqlite"
    with opened(f"sqlite:///{file}") as office, office.parts.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


@pytest.fixture
def small_office(told_database: Path) -> Iterator[Office]:
    """An office on SQLite, for rules that no database can change."""
    with fresh_database("sqlite") as url:
        shutil.copy(told_database, url.removeprefix("sqlite:///"))
        with opened(url, told=True) as office:
            yield office
