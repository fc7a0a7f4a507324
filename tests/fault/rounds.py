"""One round: people at work, something broken meanwhile and mended, then the whole held against them."""

import random
import time
from dataclasses import dataclass

from tests.fault.audit import audited
from tests.fault.driver import Driver
from tests.fault.estate import Estate
from tests.fault.faults import FAULTS

BEFORE, AFTER = 20, 30  # commands that are answered before it is broken, and after it is mended


@dataclass(frozen=True)
class Round:
    """What came of it: `commands` answered, of them `again` sent more than once, requests answered
    `unavailable`, the `slowest` request and the longest `wait` for an answer in seconds, `settled`
    how many seconds after the last answer everything had reached everybody."""

    fault: str
    commands: int
    again: int
    unavailable: int
    slowest: float
    wait: float
    settled: float
    notes: tuple[str, ...]
    findings: tuple[str, ...]


def played(estate: Estate, driver: Driver, name: str, rng: random.Random) -> Round:
    fault, ledger = FAULTS[name], driver.ledger
    before, unavailable = len(ledger.sent), ledger.tally["503"]
    ledger.slowest, ledger.notes, findings = 0.0, [], list[str]()
    driver.start()
    try:
        driver.wait_for(BEFORE)
        fault.run(estate, driver, rng)
        driver.wait_for(AFTER)
    except AssertionError as error:
        findings.append(str(error))
    finally:
        driver.stop()
    while ledger.afterwards:
        _settle(ledger.afterwards.pop(), findings)
    if fault.one_answer is not None and ledger.slowest > fault.one_answer:
        findings.append(f"one request took {ledger.slowest:.0f} s")
    found, settled = audited(estate.urls, estate.known, ledger)
    ledger.complaints.clear()
    ledger.unanswered.clear()
    sent = ledger.sent[before:]
    return Round(
        fault=name,
        commands=len(sent),
        again=sum(one.tries > 1 for one in sent),
        unavailable=ledger.tally["503"] - unavailable,
        slowest=ledger.slowest,
        wait=max((one.seconds for one in sent), default=0.0),
        settled=settled,
        notes=tuple(ledger.notes),
        findings=tuple(findings + found),
    )


def _settle(last_step, findings: list[str]) -> None:  # type: ignore[no-untyped-def]
    time.sleep(3)  # what fails is tried for so long before it is parked
    try:
        last_step()
    except AssertionError as error:
        findings.append(str(error))
