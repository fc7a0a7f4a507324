"""A backup made under load and put back: one consistent story, and people go on from there."""

import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import select

from infra.database import Database
from infra.eventstore.tables import events
from tests.amnuay.processes import environment
from tests.fault.audit import audited
from tests.fault.driver import Driver, Sent
from tests.fault.estate import Estate


def amnuay(estate: Estate, *arguments: str) -> None:
    """The command, in the environment of the services."""
    settings = estate.processes["personnel"].environment
    done = subprocess.run(
        [sys.executable, "-m", "amnuay", *arguments],
        env=environment() | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def kept(estate: Estate, sent: list[Sent]) -> list[bool]:
    """For each command whether the logs hold what it was answered, or it was refused."""
    found = set()
    for url in estate.urls.values():
        database = Database(url)
        with database.read() as connection:
            for row in connection.execute(select(events.c.stream, events.c.version)):
                found.add((row.stream.split("-", 1)[1], row.version))
        database.dispose()
    return [not one.done or (one.answer["id"], one.answer["version"]) in found for one in sent]


@pytest.mark.own_servers
def test_what_was_backed_up_under_load_is_one_story(estate: Estate, driver: Driver) -> None:
    ledger = driver.ledger
    with TemporaryDirectory() as folder:
        backup = str(Path(folder) / "backup")
        driver.start()
        driver.wait_for(30)
        before = len(ledger.sent)
        amnuay(estate, "backup", backup)
        driver.wait_for(30)
        driver.stop()
        assert audited(estate.urls, estate.known, ledger)[0] == []

        for process in estate.processes.values():
            process.end(signal.SIGTERM)
        amnuay(estate, "restore", backup, "--yes")
        held = kept(estate, ledger.sent)
        assert all(held[:before])
        assert not all(held)  # what came after it is gone, as was said
        ledger.sent = [one for one, is_held in zip(ledger.sent, held, strict=True) if is_held]
        for process in estate.processes.values():
            process.start()
        estate.settle_down()

        assert audited(estate.urls, estate.known, ledger)[0] == []
        driver.start()
        driver.wait_for(30)
        driver.stop()
    assert audited(estate.urls, estate.known, ledger)[0] == []
