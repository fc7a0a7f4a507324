from collections.abc import Iterator

import pytest

from tests.notify.town import Town, opened


@pytest.fixture(scope="module")
def whole_town() -> Iterator[Town]:
    with opened() as town:
        yield town


@pytest.fixture
def town(whole_town: Town) -> Town:
    """One town for a module, in which nothing is new."""
    whole_town.raised()
    return whole_town
