"""One round: people at work, something broken meanwhile and mended, then the whole held against them."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.api.office import Known
from tests.fault.audit import audited
from tests.fault.driver import Driver
from tests.fault.estate import Estate
from tests.fault.faults import FAULTS

BEFORE, AFTER = 20, 30  # commands that are answered before it is broken, and after it is mended
PARKED = 3  # seconds for which an event that fails is tried before it is parked


@dataclass(frozen=True, kw_only=True)
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
    """A round of one of the table's faults."""
    fault = FAULTS[name]
    run = partial(fault.run, estate, driver, rng)
    return play(estate.urls, estate.known, driver, fault.words, run, fault.one_answer)


def play(
    urls: dict[str, str],
    known: Known,
    driver: Driver,
    words: str,
    run: Callable[[], None],
    one_answer: float | None = None,
) -> Round:
    ledger, findings = driver.ledger, list[str]()
    before, unavailable = len(ledger.sent), ledger.tally["503"]
    ledger.slowest = 0.0
    driver.start()
    try:
        driver.wait_for(BEFORE)
        run()
        driver.wait_for(AFTER)
    except AssertionError as error:
        findings.append(str(error))
    finally:
        driver.stop()
    if ledger.afterwards:
        time.sleep(PARKED)
    while ledger.afterwards:
        try:
            ledger.afterwards.pop()()
        except AssertionError as error:
            findings.append(str(error))
    if one_answer is not None and ledger.slowest > one_answer:
        findings.append(f"one request took {ledger.slowest:.0f} s")
    found, settled = audited(urls, known, ledger)
    round = Round(
        fault=words,
        commands=len(ledger.sent) - before,
        again=sum(one.tries > 1 for one in ledger.sent[before:]),
        unavailable=ledger.tally["503"] - unavailable,
        slowest=ledger.slowest,
        wait=max((one.seconds for one in ledger.sent[before:]), default=0.0),
        settled=settled,
        notes=tuple(ledger.notes),
        findings=tuple(findings + found),
    )
    for told in (ledger.complaints, ledger.unanswered, ledger.notes):
        told.clear()
    return round
