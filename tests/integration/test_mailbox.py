"""The central mailbox at work in a process that is killed (-9), again and again, while it reads and
sends: on RabbitMQ with PostgreSQL as an office runs it, and in one process as `make run` does."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO

import pytest
from sqlalchemy import select

from infra.clock import bangkok_date, system_clock
from infra.eventstore.tables import events, parked
from infra.files import FileStore
from infra.identity import Role
from services.correspondence.contract import (
    CheckMailbox,
    ListArrivals,
    MailboxStatus,
    RecordDocument,
    SendDocument,
)
from services.personnel.contract import AddOrganisation
from tests.correspondence.mailbox.dovecot import Box
from tests.correspondence.mailbox.saraban import ADDRESS, letter
from tests.harness import fresh_database
from tests.infra.processes import until
from tests.integration.city import City
from tests.integration.test_circular import LONG, District, clerk_of
from tests.notify.mailserver import MailServer

pytestmark = pytest.mark.imap
MAILS = 30


class Post(District):
    """An office with a central mailbox, and no schools."""

    def __init__(self, city: City) -> None:
        self.city = city
        office = city.set_up(AddOrganisation, kind="office", code="99990000", name="สพป.ทดสอบ")
        self.clerk = clerk_of(office, Role.CENTRAL_CLERK)


@pytest.fixture
def post(broker_url: str, box: Box, server: MailServer) -> Iterator[Post]:
    dialect = "sqlite" if broker_url.startswith("memory") else "postgresql"
    with ExitStack() as stack:
        names = ("personnel", "correspondence")
        urls = {name: stack.enter_context(fresh_database(dialect)) for name in names}
        city = City(
            broker_url,
            urls,
            saraban_address=ADDRESS,
            saraban_imap_url=box.url,
            saraban_smtp_url=server.url,
            saraban_poll_seconds=1,
        )
        stack.callback(city.close)
        post = Post(city)
        city.settle()
        yield post


def test_each_comes_once_and_each_leaves_as_one_mail(
    post: Post, box: Box, server: MailServer
) -> None:
    for number in range(MAILS):
        message = letter(str(number), id=f"<{number}@x>").as_bytes()
        box.put(message, system_clock(), "Rubbish" if number % 3 else "INBOX")
    post.reached("LetterArrived", 1)
    post.killed()
    post.reached("LetterArrived", MAILS // 2)
    document = sent(post)
    post.killed()
    post.reached("DeliveryBegun", 1)
    post.killed()
    post.reached("LetterMailed", MAILS // 3)
    post.killed()
    post.reached("LetterArrived", MAILS)
    post.reached("LetterMailed", MAILS)
    until(lambda: box.count(which="UNSEEN") + box.count("Rubbish", "UNSEEN") == 0, LONG)

    waiting = post.ask(post.clerk, ListArrivals, limit=100)["items"]
    assert sorted(int(row["subject"]) for row in waiting) == list(range(MAILS))
    sent_as = {message["Message-ID"]: str(message["To"]) for message in server.messages}
    assert Counter(sent_as.values()) == {f"{n}@province.example": 1 for n in range(MAILS)}
    assert post.ask(post.clerk, CheckMailbox)["count"] == 0
    status = post.ask(post.clerk, MailboxStatus)
    assert (status["error"], status["sending_error"], status["waiting"]) == ("", "", 0)
    assert document
    with post.city.databases["correspondence"].read() as connection:
        log = connection.execute(select(events.c.type, events.c.stream)).all()
        assert connection.execute(select(parked)).all() == []
    for type in ("LetterArrived", "LetterMailed"):
        found = Counter(row.stream for row in log if row.type == type)
        assert (len(found), set(found.values())) == (MAILS, {1}), type
    assert post.city.house.stop() == 0


def sent(post: Post) -> str:
    files, clerk = FileStore(post.city.settings.files, 10**6), post.clerk
    paper = files.receive(BytesIO(b"letter"), "ว.txt", clerk.person, system_clock())
    document: str = post.ask(
        clerk,
        RecordDocument,
        kind="external",
        circular=True,
        dated=bangkok_date(system_clock()).isoformat(),
        recipient="ส่วนราชการในจังหวัด",
        subject="แจ้งปฏิทินการรับนักเรียน",
        signer="นางสาวสมหญิง ใจดี",
        uploads=[paper.id],
    )["id"]
    wish = [
        {"name": f"ส่วนราชการที่ {n}", "channel": "email", "address": f"{n}@province.example"}
        for n in range(MAILS)
    ]
    assert post.ask(clerk, SendDocument, id=document, recipients=wish)["deliveries"] == MAILS
    return document
