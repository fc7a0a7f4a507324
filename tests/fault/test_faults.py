"""Broken on purpose, under load: nothing acknowledged is lost, nothing is done twice.

These are short rounds; `make drill MINUTES=…` runs long ones of all faults.
"""

import random
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.fault.audit import audited
from tests.fault.driver import Driver, Ledger
from tests.fault.embedded import CAN_MOUNT, Embedded, small_disk
from tests.fault.estate import Estate
from tests.fault.faults import FAULTS
from tests.fault.rounds import played
from tests.infra.processes import until

SHORT = [name for name, fault in FAULTS.items() if fault.short]


@pytest.mark.own_servers
@pytest.mark.parametrize("name", SHORT)
def test_nothing_is_lost_when(name: str, estate: Estate, driver: Driver) -> None:
    round = played(estate, driver, name, random.Random(name))
    assert round.findings == ()
    assert round.commands > 50


def test_nothing_is_lost_when_the_embedded_house_is_killed(embedded: Embedded) -> None:
    driver = Driver(embedded.gateway, embedded.known, Ledger(), clients=3)
    driver.prepare()
    driver.start()
    embedded.killed(random.Random(7), times=3)
    driver.wait_for(20)
    driver.stop()
    assert len(embedded.process.exits) == 3
    assert audited(embedded.urls, embedded.known, driver.ledger)[0] == []


@pytest.mark.skipif(not CAN_MOUNT, reason="only root can have a small disk")
def test_a_full_disk_is_said_to_be_full(built_office: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk, ExitStack() as opened:
        house = Embedded(disk, built_office, opened)
        driver = Driver(house.gateway, house.known, Ledger(), clients=3)
        driver.prepare()
        driver.start()
        driver.wait_for(10)
        house.filled(seconds=4)
        driver.wait_for(20)
        driver.stop()
        assert driver.ledger.tally["503"] > 0
        assert house.process.exits == []
        assert audited(house.urls, house.known, driver.ledger)[0] == []


def test_the_check_finds_what_is_missing_and_what_is_too_much(embedded: Embedded) -> None:
    """The rounds above would say so if anything were lost: here something is."""
    driver = Driver(embedded.gateway, embedded.known, Ledger(), clients=2)
    driver.prepare()
    driver.start()
    driver.wait_for(20)
    driver.stop()
    until(lambda: embedded.process.ready)
    sent = driver.ledger.done()[-1]
    driver.ledger.sent.remove(sent)
    found = audited(embedded.urls, embedded.known, driver.ledger)[0]
    assert any("beyond what was acknowledged" in one for one in found)
