"""From a command of one service to a notification of another, in Nameko's containers.

On RabbitMQ with PostgreSQL as an office runs it, and in one process as `make run` does.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from services.correspondence.contract import ProposeLetter, RegisterLetter
from services.notify.contract import ListNotifications, MarkRead, UnreadCount
from services.personnel.contract import (
    AddGroup,
    AddOrganisation,
    AddPerson,
    CreatePost,
    FillPost,
    OpenAccount,
)
from tests.harness import fresh_database
from tests.infra.processes import until
from tests.integration.city import PASSWORD, City
from tests.notify.mailserver import MailServer

SERVICES = ("personnel", "correspondence", "notify")
PEOPLE = {"clerk": "central_clerk", "deputy": "deputy", "director": "director"}


@pytest.fixture
def mail() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def city(broker_url: str, mail: MailServer) -> Iterator[City]:
    dialect = "sqlite" if broker_url.startswith("memory") else "postgresql"
    with ExitStack() as stack:
        urls = {name: stack.enter_context(fresh_database(dialect)) for name in SERVICES}
        city = City(broker_url, urls, smtp_url=mail.url)
        stack.callback(city.close)
        office = city.set_up(AddOrganisation, kind="office", code="99990000", name="สพป.ทดสอบ")
        central = city.set_up(AddGroup, organisation=office, name="กลุ่มอำนวยการ", central=True)
        for name, role in PEOPLE.items():
            person = city.set_up(
                AddPerson,
                organisation=office,
                prefix="นาง",
                first_name=name,
                last_name="ทดสอบ",
                email=f"{name}@example.org",
            )
            group = central if role == "central_clerk" else None
            post = city.set_up(
                CreatePost, organisation=office, group=group, role=role, title=f"ตำแหน่ง {name}"
            )
            city.set_up(FillPost, id=post, person=person, first_day="2025-10-01")
            account = {"username": name, "password": PASSWORD + name, "must_change": False}
            city.set_up(OpenAccount, id=person, **account)
        city.settle()
        yield city


def notices(city: City, name: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = city.call(ListNotifications, city.log_in(name))["items"]
    return items


def states(city: City, name: str) -> list[dict[str, str]]:
    """How far each notice has come, by channel."""
    return [
        {one["channel"]: one["state"] for one in notice["deliveries"]}
        for notice in notices(city, name)
    ]


def test_a_proposed_letter_is_told_to_the_deputy_once(city: City, mail: MailServer) -> None:
    clerk, deputy = city.log_in("clerk"), city.log_in("deputy")
    letter = city.call(
        RegisterLetter,
        clerk,
        sender="สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน",
        recipient="ผู้อำนวยการสำนักงาน",
        subject="ขอเชิญประชุมผู้บริหารสถานศึกษา",
        urgency="very_urgent",
    )["id"]
    city.call(ProposeLetter, clerk, id=letter, text="เห็นควรเสนอเพื่อพิจารณา")
    until(lambda: city.call(UnreadCount, deputy)["unread"])
    until(lambda: states(city, "deputy") == [{"in_app": "sent", "email": "sent"}])
    city.settle()
    [told] = notices(city, "deputy")
    assert (told["kind"], told["link"]) == ("letter_proposed", f"/letters/{letter}")
    assert told["title"] == "ด่วนมาก เสนอเพื่อพิจารณา: ขอเชิญประชุมผู้บริหารสถานศึกษา"
    [message] = mail.messages
    assert (message["To"], message["Subject"]) == ("deputy@example.org", told["title"])
    assert notices(city, "clerk") == notices(city, "director") == []
    city.call(MarkRead, deputy, id=told["id"])

    assert city.house.stop() == 0
    city.start()  # and reads the logs again
    city.settle()
    [again] = notices(city, "deputy")
    assert again["id"] == told["id"]
    assert states(city, "deputy") == [{"in_app": "sent", "email": "sent"}]
    assert city.call(UnreadCount, city.log_in("deputy")) == {"unread": 0}
    assert len(mail.messages) == 1
