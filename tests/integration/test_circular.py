"""A circular to 102 schools while the process that sends it is killed (-9), again and again.

On RabbitMQ with PostgreSQL as an office runs it, and in one process as `make run` does.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPException
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select

from infra.clock import bangkok_date, system_clock
from infra.contract import Command, Query
from infra.errors import Unavailable
from infra.eventstore.tables import events, parked
from infra.files import FileStore
from infra.identity import Actor, Role, Seat, Signer
from infra.ids import new_id
from services.correspondence.contract import (
    ListArrivals,
    ListDeliveries,
    RecordDocument,
    RegisterArrival,
    SendDocument,
)
from services.correspondence.service import CorrespondenceService
from services.personnel.contract import AddOrganisation
from tests.harness import PRIVATE_KEY, Harness, fresh_database
from tests.infra.processes import until
from tests.integration.city import City

SCHOOLS = 102
LONG = 90.0  # seconds


class District:
    """An office with its schools, whose clerks ask again and again until they are answered."""

    def __init__(self, city: City) -> None:
        self.city = city
        added = {"code": "99990000", "name": "สพป.ทดสอบ"}
        office = city.set_up(AddOrganisation, kind="office", **added)
        self.clerk = clerk_of(office, Role.CENTRAL_CLERK)
        self.schools = [
            city.set_up(
                AddOrganisation,
                kind="school",
                code=f"{number:08}",
                name=f"โรงเรียนบ้านที่ {number}",
            )
            for number in range(1, SCHOOLS + 1)
        ]

    def ask(self, who: Actor, contract: type[Command] | type[Query], **body: Any) -> Any:
        """The answer, of however many attempts at the same."""
        key, token = new_id(), Signer(PRIVATE_KEY).sign(who, system_clock())

        def attempt() -> Any:
            try:
                return self.city.house.call(
                    contract.method(), token, service=contract.service, key=key, **body
                )
            except (OSError, HTTPException, Unavailable):
                return None

        return until(attempt, LONG)

    def killed(self) -> None:
        self.city.house.kill()
        self.city.start()

    def counted(self, type: str) -> int:
        """How many events of that type are in the log."""
        query = select(func.count()).select_from(events).where(events.c.type == type)
        with self.city.databases["correspondence"].read() as connection:
            return connection.execute(query).scalar_one()

    def reached(self, type: str, count: int) -> None:
        until(lambda: self.counted(type) >= count, LONG)


def clerk_of(organisation: str, role: Role) -> Actor:
    seat = Seat(post=new_id(), organisation=organisation, group=None, role=role, title="ธุรการ")
    return Actor(person=new_id(), organisation=organisation, seats=(seat,))


@pytest.fixture
def district(broker_url: str) -> Iterator[District]:
    dialect = "sqlite" if broker_url.startswith("memory") else "postgresql"
    with ExitStack() as stack:
        names = ("personnel", "correspondence")
        urls = {name: stack.enter_context(fresh_database(dialect)) for name in names}
        city = City(broker_url, urls)
        stack.callback(city.close)
        district = District(city)
        city.settle()
        yield district


def test_each_school_has_it_once_and_each_receipt_comes_back_once(district: District) -> None:
    document = sent(district)
    district.killed()
    district.reached("LetterArrived", SCHOOLS // 3)
    district.killed()
    district.reached("LetterDelivered", SCHOOLS)

    numbers: dict[str, int] = {}
    at_work = [
        threading.Thread(target=registered, args=(district, district.schools[one::4], numbers))
        for one in range(4)
    ]
    for thread in at_work:
        thread.start()
    for count in (SCHOOLS // 4, SCHOOLS // 2):
        district.reached("ArrivalRegistered", count)
        district.killed()
    for thread in at_work:
        thread.join(2 * LONG)
    assert len(numbers) == SCHOOLS
    district.reached("RecipientRegistered", SCHOOLS)
    until(district.city.settled, LONG)

    matrix = district.ask(district.clerk, ListDeliveries, id=document)
    assert (matrix["total"], matrix["delivered"], matrix["registered"]) == (SCHOOLS,) * 3
    told = {row["organisation"]: row["number"] for row in matrix["items"]}
    assert told == numbers
    assert district.city.house.stop() == 0
    audited(district)


def sent(district: District) -> str:
    """The circular, as its sender was answered."""
    files, clerk = FileStore(district.city.settings.files, 10**6), district.clerk
    paper = files.receive(BytesIO(b"circular"), "ว.txt", clerk.person, system_clock())
    document: str = district.ask(
        clerk,
        RecordDocument,
        kind="external",
        circular=True,
        dated=bangkok_date(system_clock()).isoformat(),
        recipient="โรงเรียนในสังกัด",
        subject="แจ้งปฏิทินการรับนักเรียน",
        signer="นางสาวสมหญิง ใจดี",
        uploads=[paper.id],
    )["id"]
    wish = [
        {"organisation": school, "name": "ผู้อำนวยการโรงเรียน", "channel": "system"}
        for school in district.schools
    ]
    answer = district.ask(clerk, SendDocument, id=document, recipients=wish)
    assert answer["deliveries"] == SCHOOLS
    return document


def registered(district: District, schools: list[str], numbers: dict[str, int]) -> None:
    """What lies in each of these trays is registered."""
    for school in schools:
        clerk = clerk_of(school, Role.SCHOOL_CLERK)
        [waits] = district.ask(clerk, ListArrivals)["items"]
        numbers[school] = district.ask(clerk, RegisterArrival, id=waits["id"])["number"]


def audited(district: District) -> None:
    """Everything once, nothing given up, and all of it what the log says."""
    database = district.city.databases["correspondence"]
    with database.read() as connection:
        log = connection.execute(select(events)).all()
        assert connection.execute(select(parked)).all() == []
    once: dict[str, Callable[[Any], str]] = {
        "DeliveryBegun": lambda row: row.stream,
        "LetterDelivered": lambda row: row.stream,
        "LetterArrived": lambda row: row.organisation,
        "LetterReceived": lambda row: row.organisation,
        "ArrivalRegistered": lambda row: row.stream,
        "RecipientRegistered": lambda row: row.stream,
    }
    for type, whose in once.items():
        found = Counter(whose(row) for row in log if row.type == type)
        assert (len(found), set(found.values())) == (SCHOOLS, {1}), type
    url = district.city.settings.database_urls["correspondence"]
    harness = Harness(CorrespondenceService, url, prepared=True)
    try:
        live = harness.tables()
        harness.rebuild()
        assert harness.tables() == live
    finally:
        harness.close()
