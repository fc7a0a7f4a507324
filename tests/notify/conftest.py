from collections.abc import Iterator

import pytest

from tests.notify.town import Notify, Told, Town


@pytest.fixture(scope="session")
def told() -> Iterator[Told]:
    """What towns are copied from."""
    told = Told()
    yield told
    told.close()


@pytest.fixture
def new_town(told: Told) -> Iterator[Town]:
    """A town of one's own."""
    with told.opened() as town:
        yield town


@pytest.fixture(scope="module")
def old_town(told: Told) -> Iterator[Town]:
    with told.opened() as town:
        yield town


@pytest.fixture
def town(old_town: Town) -> Town:
    """One town for a module, in which nothing is new."""
    old_town.raised()
    return old_town


@pytest.fixture(params=["sqlite", "postgresql"])
def notify(request: pytest.FixtureRequest, told: Told) -> Iterator[Notify]:
    """`notify` alone, with the directory learnt, on SQLite and on PostgreSQL."""
    with told.notify.opened(request.param) as notify:
        yield notify


@pytest.fixture
def small_notify(told: Told) -> Iterator[Notify]:
    """`notify` alone on SQLite, for rules that no database can change."""
    with told.notify.opened() as notify:
        yield notify
