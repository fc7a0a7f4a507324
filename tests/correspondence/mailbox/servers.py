"""The mail servers of a test: fixtures."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.ids import new_id
from tests.correspondence.mailbox.dovecot import Box, Dovecot
from tests.notify.mailserver import MailServer


@pytest.fixture
def server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def imap_server() -> Iterator[Dovecot]:
    folder = Path(tempfile.mkdtemp())
    server = Dovecot(folder)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def box(imap_server: Dovecot) -> Box:
    """An empty mailbox of one's own."""
    return Box(imap_server, new_id())
