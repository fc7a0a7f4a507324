"""Receive numbers: gapless in their series, never reused, each year from 1 (ข้อ 38)."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from infra.errors import Problem
from infra.identity import Actor
from services.correspondence.contract import (
    CancelRegistration,
    ReceiveByGroup,
    RegisterLetter,
)
from tests.correspondence.office import (
    CLERK,
    FINANCE,
    FINANCE_CLERK,
    LETTER,
    OTHER_CLERK,
    PLAN,
    PLAN_CLERK,
    SCHOOL_CLERK,
    Office,
    opened,
)

NEW_YEAR = datetime(2025, 12, 31, 17, 0, tzinfo=UTC)  # midnight in Bangkok


def number(office: Office, who: Actor = CLERK) -> tuple[int, int]:
    done = office.send(who, RegisterLetter, **(LETTER | {"dated": None}))
    return done["year"], done["number"]


def test_the_last_moment_of_a_year_and_the_first_of_the_next(office: Office) -> None:
    office.clock.set(NEW_YEAR - timedelta(milliseconds=100))
    assert number(office) == (2568, 1)
    assert number(office) == (2568, 2)
    office.clock.set(NEW_YEAR)
    assert number(office) == (2569, 1)
    assert [row["year"] for row in office.letters(CLERK)["items"]] == [2569, 2568, 2568]


def test_a_groups_own_numbers_turn_with_the_year(office: Office) -> None:
    office.clock.set(NEW_YEAR - timedelta(minutes=10))
    first, second = (office.ordered(FINANCE, dated=None) for _ in range(2))

    def taken(id: str, who: Actor = PLAN_CLERK, group: str = PLAN) -> tuple[int, int]:
        done = office.send(who, ReceiveByGroup, id=id, group=group)
        return done["year"], done["number"]

    office.clock.set(NEW_YEAR - timedelta(milliseconds=100))
    assert taken(first) == (2568, 1)
    office.clock.set(NEW_YEAR)
    assert taken(first, FINANCE_CLERK, FINANCE) == (2569, 1)
    assert taken(second) == (2569, 1)
    assert taken(second, FINANCE_CLERK, FINANCE) == (2569, 2)


def test_each_organisation_counts_for_itself(office: Office) -> None:
    for expected in (1, 2):
        for clerk in (CLERK, SCHOOL_CLERK, OTHER_CLERK):
            assert number(office, clerk) == (2569, expected)


def test_a_cancelled_number_is_not_given_again_and_a_refused_letter_takes_none(
    office: Office,
) -> None:
    id = office.register()
    office.do(CLERK, CancelRegistration, id, reason="ลงซ้ำ")
    for fault in ({"dated": "2026-02-17"}, {"uploads": [id]}, {"subject": ""}):
        with pytest.raises(Problem):
            office.register(**fault)
    assert number(office) == (2569, 2)
    office.rebuild()
    assert number(office) == (2569, 3)


_OTHER_PROCESS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from services.correspondence.contract import RegisterLetter
from tests.correspondence.office import CLERK, LETTER, opened

with opened(sys.argv[1], told=True) as office, ThreadPoolExecutor(5) as pool:
    print("ready", file=sys.stderr, flush=True)
    sys.stdin.readline()
    numbers = [pool.submit(office.send, CLERK, RegisterLetter, **LETTER) for _ in range(25)]
    print(*(number.result()["number"] for number in numbers), file=sys.stderr)
"""


def test_fifty_at_once_from_threads_of_two_processes(office: Office) -> None:
    url = office.parts.database.url.render_as_string(hide_password=False)
    other = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", _OTHER_PROCESS, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert other.stderr is not None
    assert other.stderr.readline() == "ready\n"
    with opened(url, told=True) as here, ThreadPoolExecutor(5) as pool:
        mine = [pool.submit(here.send, CLERK, RegisterLetter, **LETTER) for _ in range(25)]
        _, theirs = other.communicate("go\n", timeout=60)
        numbers = [one.result()["number"] for one in mine]
    assert other.returncode == 0, theirs
    assert sorted(numbers + [int(one) for one in theirs.split()]) == list(range(1, 51))
    assert office.letters(CLERK)["total"] == 50
    live = office.tables()
    office.rebuild()
    assert office.tables() == live
