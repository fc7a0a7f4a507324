"""The places where things are broken: each is set up once for its module."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.fault.driver import Driver, Ledger
from tests.fault.embedded import Embedded
from tests.fault.estate import Estate


@pytest.fixture(scope="module")
def estate() -> Iterator[Estate]:
    """Not below pytest's own folder, which is closed to the user who runs PostgreSQL."""
    with TemporaryDirectory() as folder, ExitStack() as opened:
        yield Estate(Path(folder), opened)


@pytest.fixture(scope="module")
def driver(estate: Estate) -> Driver:
    """People at work in the estate, known and equipped."""
    found = Driver(estate.gateway, estate.known, Ledger())
    found.prepare()
    return found


@pytest.fixture
def embedded(built_office: Path, tmp_path: Path) -> Iterator[Embedded]:
    with ExitStack() as opened:
        yield Embedded(tmp_path / "embedded", built_office, opened)
