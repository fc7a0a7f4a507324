"""What tests share: databases and brokers of their own, and an account of what could not be run."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import servers
from tests.correspondence.mailbox import dovecot
from tests.fault.servers import missing as own_servers_lack
from tests.harness import fresh_database

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.api.office import Office

_Missing = dict[
    str, tuple[str, int]
]  # a part of the tests → why it cannot be had, how many need it
_missing = pytest.StashKey[_Missing]()
_running = pytest.StashKey[ExitStack]()


@pytest.fixture(params=["sqlite", "postgresql"])
def harness_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty database, on SQLite and on PostgreSQL."""
    with fresh_database(request.param) as url:
        yield url


@pytest.fixture
def rabbitmq_url() -> Iterator[str]:
    """The URL of a virtual host of RabbitMQ that only this test uses."""
    with servers.virtual_host(os.environ["AMNUAY_BROKER_URL"]) as url:
        yield url


@pytest.fixture(params=["memory", "rabbitmq"])
def broker_url(request: pytest.FixtureRequest) -> str:
    """The URL of a broker: the embedded one, and RabbitMQ."""
    if request.param == "memory":
        return "memory://"
    url: str = request.getfixturevalue("rabbitmq_url")
    return url


@pytest.fixture(scope="session")
def built_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small office that `office` copies."""
    from tests.api.office import build

    folder = tmp_path_factory.mktemp("office")
    build(folder)
    return folder


@pytest.fixture
def office(built_office: Path, tmp_path: Path) -> Iterator["Office"]:
    """A small office of one's own: the real services in this process, on SQLite, and the gateway."""
    from tests.api.office import opened

    with opened(built_office, tmp_path / "office") as office:
        yield office


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """The browser of all tests that need one: Playwright runs once in a process."""
    from tests.chromium import launched

    with launched() as browser:
        yield browser


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a part that cannot be had, and remember it."""
    wanted = Counter(mark for item in items for mark in _needs(item))
    running = config.stash[_running] = ExitStack()
    why = {mark: reason for mark, reason in _absent(set(wanted), running).items() if mark in wanted}
    config.stash[_missing] = {mark: (reason, wanted[mark]) for mark, reason in why.items()}
    left_out = [item for item in items if _needs(item) & why.keys()]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for mark, (why, number) in terminalreporter.config.stash.get(_missing, {}).items():
        terminalreporter.write_line(f"NOT RUN: {number} tests marked {mark}: {why}", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.stash.get(_missing, {}) and os.environ.get("CI") == "true":
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    session.config.stash.get(_running, ExitStack()).close()


def _needs(item: pytest.Item) -> set[str]:
    """The parts that a test needs: by its marks, its fixtures, and the parameters of these."""
    found = {
        mark
        for mark in ("postgresql", "rabbitmq", "own_servers", "imap", "browser", "docker")
        if _marked(item, mark)
    }
    if "rabbitmq_url" in getattr(item, "fixturenames", ()):
        found.add("rabbitmq")
    return found


def _marked(item: pytest.Item, name: str) -> bool:
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return item.get_closest_marker(name) is not None or name in [
        value for value in parameters if isinstance(value, str)
    ]


def _absent(wanted: set[str], running: ExitStack) -> dict[str, str]:
    absent: dict[str, str] = {}
    if wanted & {"postgresql", "rabbitmq"}:
        absent |= running.enter_context(servers.servers())
    if "own_servers" in wanted and (why := own_servers_lack()) is not None:
        absent["own_servers"] = why
    if "imap" in wanted and dovecot.program() is None:
        absent["imap"] = "no Dovecot is installed"
    if "browser" in wanted and not (shutil.which("chromium") or shutil.which("google-chrome")):
        absent["browser"] = "no Chromium is installed"
    if "docker" in wanted:
        if servers.compose_command() is None:
            absent["docker"] = "no Docker engine answers, or it has no compose"
        elif servers.images() is None:
            absent["docker"] = "no registry has the base images, and BASE_IMAGES names no stand-ins"
    return absent
