"""Browsers of the people of the small office."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page
from werkzeug.serving import make_server

from tests.api.office import Office
from tests.chromium import listen
from tests.pages.browsing import Browser


@pytest.fixture
def browse(office: Office) -> Callable[[str], Browser]:
    """The browser of somebody who has logged in."""
    return lambda who: Browser(office.browser(who))


@pytest.fixture
def stranger(office: Office) -> Browser:
    return Browser(office.app.test_client())


@pytest.fixture
def visit(chromium: Chromium, office: Office) -> Iterator[Callable[..., Page]]:
    """Opens a page as somebody; what the page complains of on its console fails the test."""
    server = make_server("127.0.0.1", 0, office.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    base = f"http://127.0.0.1:{server.port}"
    complaints: list[str] = []
    contexts = []

    def go(who: str, address: str, **how: Any) -> Page:
        context = chromium.new_context(base_url=base, **how)
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": "amnuay_session", "value": office.token(who), "url": base}])
        page = context.new_page()
        listen(page, complaints)
        page.goto(address)
        return page

    yield go
    for context in contexts:
        context.close()
    office.parts.live.stop()
    server.shutdown()
    thread.join()
    server.server_close()
    assert complaints == []
