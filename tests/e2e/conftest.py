"""People of the small office at their browsers, each in a context of their own, over the house at work."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page

from infra.clock import bangkok_date, system_clock
from tests import servers
from tests.api.office import PASSWORD
from tests.chromium import PATIENCE, listen
from tests.e2e.house import House

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with ExitStack() as opened:
        url = opened.enter_context(servers.virtual_host(os.environ["AMNUAY_BROKER_URL"]))
        yield House(tmp_path_factory.mktemp("house"), url, opened)


@pytest.fixture
def today() -> date:
    return bangkok_date(system_clock())


@pytest.fixture
def expected() -> str:
    """What a module's tests bring about, so that pages may complain of it: nothing, unless it says."""
    return "nothing"


@pytest.fixture
def desk(
    chromium: Chromium, house: House, expected: str
) -> Iterator[Callable[..., BrowserContext]]:
    """A browser that nobody has used; what its pages complain of fails the test."""
    complaints: list[str] = []
    with ExitStack() as opened:

        def sit_down(**how: Any) -> BrowserContext:
            context = chromium.new_context(base_url=house.gateway.url, locale="th-TH", **how)
            opened.callback(context.close)
            context.set_default_timeout(PATIENCE)
            context.on("page", lambda page: listen(page, complaints))
            return context

        yield sit_down
    assert [one for one in complaints if expected not in one] == []


@pytest.fixture
def log_in(desk: Callable[..., BrowserContext]) -> Open:
    """Somebody comes by the log-in page, on a screen like `how`."""

    def come(who: str, **how: Any) -> Page:
        page = desk(**how).new_page()
        page.goto("/")
        page.get_by_label("ชื่อผู้ใช้").fill(who)
        page.get_by_label("รหัสผ่าน").fill(PASSWORD + who)
        page.get_by_role("button", name="เข้าสู่ระบบ").click()
        page.locator("main h1").wait_for()
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    return come


@pytest.fixture
def visit(desk: Callable[..., BrowserContext], house: House) -> Open:
    """A page as somebody sees it who had come before."""

    def go(who: str, address: str, **how: Any) -> Page:
        context = desk(**how)
        session = {"name": "amnuay_session", "value": house.gateway.token(who)}
        context.add_cookies([{**session, "url": house.gateway.url}])
        page = context.new_page()
        page.goto(address)
        return page

    return go
