"""Browsers of the people of the small office."""

from collections.abc import Callable

import pytest

from tests.api.office import Office
from tests.pages.browsing import Browser


@pytest.fixture
def browse(office: Office) -> Callable[[str], Browser]:
    """The browser of somebody who has logged in."""
    return lambda who: Browser(office.browser(who))


@pytest.fixture
def stranger(office: Office) -> Browser:
    return Browser(office.app.test_client())
