"""The outbox on a real mail server: what is sent, tried again, given up, and never sent twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from infra.contract import Query
from infra.errors import Forbidden, OutOfOrder, Unavailable
from services.notify import sending
from services.notify.contract import (
    Channel,
    Kind,
    ListFailedMail,
    ListNotifications,
    MailStatus,
    RetryMail,
)
from services.notify.notification import Notice, notification_id
from services.notify.telling import tell
from services.personnel.contract import Contact
from tests.correspondence.office import ADMIN, CLERK, DEPUTY, DIRECTOR, OFFICE, PLAN_OFFICER
from tests.infra.test_store import at_once
from tests.notify.mailserver import MailServer
from tests.notify.town import Notify, Told

ADDRESSES = {DEPUTY.person: "deputy@example.org", DIRECTOR.person: "director@example.org"}
BACK_OFF = (1, 5)  # minutes


class Personnel:
    """In the place of the RPC client: knows who is reached where."""

    def __init__(self) -> None:
        self.away = False

    def call(self, contract: type[Query], params: dict[str, Any], **_context: Any) -> Any:
        assert contract is Contact
        if self.away:
            raise Unavailable()
        return {
            "items": [
                {"id": id, "name": "", "email": ADDRESSES.get(id, "")} for id in params["ids"]
            ]
        }

    def stop(self) -> None:
        pass


def by_mail(server: MailServer) -> dict[str, Any]:
    """Settings of an office that sends by this server."""
    return {
        "smtp_url": server.url,
        "mail_back_off": BACK_OFF,
        "public_url": "https://amnuay.example",
    }


@contextmanager
def mailing(told: Told, server: MailServer, dialect: str = "sqlite") -> Iterator[Notify]:
    """`notify` that sends by this server, knowing these addresses."""
    with told.notify.opened(dialect, **by_mail(server)) as notify:
        notify.parts.client = Personnel()  # type: ignore[assignment]
        yield notify


@pytest.fixture
def server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def notify(told: Told, server: MailServer) -> Iterator[Notify]:
    with mailing(told, server) as notify:
        yield notify


def raise_one(notify: Notify, who: Any = DEPUTY, cause: str = "1", *, email: bool = True) -> str:
    """Tell somebody of something; the notification's id."""
    notice = Notice(
        person=who.person,
        organisation=OFFICE,
        kind=Kind.LETTER_PROPOSED,
        title=f"ด่วนที่สุด เสนอเพื่อพิจารณา: น้ำท่วม {cause}",
        body="เลขรับ 1/2569 จาก สพฐ.\nโปรดสั่งการ",
        link="/letters/1",
    )
    notify.parts.instance().runtime.execute(lambda work: tell(work, cause, [notice], email))
    return notification_id(cause, notice)


def mail_of(notify: Notify, who: Any = DEPUTY) -> list[tuple[str, int]]:
    """(state, tries) of the e-mails to one person, newest first."""
    items = notify.ask(who, ListNotifications)["items"]
    found = [one for item in items for one in item["deliveries"] if one["channel"] == "email"]
    return [(one["state"], one["attempts"]) for one in found]


def status(notify: Notify) -> tuple[int, int, bool]:
    """(waiting, failed, whether the server is away)."""
    shown = notify.ask(ADMIN, MailStatus)
    return shown["waiting"], shown["failed"], shown["away_since"] is not None


def test_a_notice_is_mailed_in_thai(notify: Notify, server: MailServer) -> None:
    id = raise_one(notify)
    assert mail_of(notify) == [("waiting", 0)]
    notify.run_timers("send_mail", "send_mail")
    [message] = server.messages
    assert message["To"] == "deputy@example.org"
    assert message["Subject"] == "ด่วนที่สุด เสนอเพื่อพิจารณา: น้ำท่วม 1"
    assert message["Message-ID"].startswith(f"<{id}@")
    plain = message.get_body(("plain",))
    assert plain is not None
    assert "โปรดสั่งการ" in plain.get_content()
    assert "https://amnuay.example/letters/1" in plain.get_content()
    assert mail_of(notify) == [("sent", 0)]
    assert status(notify) == (0, 0, False)


def test_a_refusal_for_now_is_tried_again_later_each_time(
    notify: Notify, server: MailServer
) -> None:
    raise_one(notify)
    server.answers = ["451 4.7.1 greylisted"] * 2
    notify.run_timers("send_mail")
    for minutes, tries in ((1, 1), (5, 2)):
        assert mail_of(notify) == [("waiting", tries)]
        notify.clock.advance(minutes=minutes, seconds=-1)
        notify.run_timers("send_mail")
        assert mail_of(notify) == [("waiting", tries)]
        notify.clock.advance(seconds=1)
        notify.run_timers("send_mail")
    assert mail_of(notify) == [("sent", 2)]
    assert len(server.messages) == 1


def test_after_the_last_try_it_has_failed_and_can_be_tried_anew(
    notify: Notify, server: MailServer
) -> None:
    id = raise_one(notify)
    server.answers = ["451 4.7.1 <deputy@example.org> not now"] * 3
    for minutes in (0, 1, 5):
        notify.clock.advance(minutes=minutes)
        notify.run_timers("send_mail")
    [failed] = notify.ask(ADMIN, ListFailedMail)["items"]
    assert (failed["id"], failed["attempts"]) == (id, 3)
    assert failed["reason"] == "เซิร์ฟเวอร์อีเมลไม่รับ (451 4.7.1)"
    notify.send(ADMIN, RetryMail, id=id)
    assert mail_of(notify) == [("waiting", 0)]
    notify.run_timers("send_mail")
    assert mail_of(notify) == [("sent", 0)]
    with pytest.raises(OutOfOrder):
        notify.send(ADMIN, RetryMail, id=id)


def test_a_refusal_for_good_fails_at_once(notify: Notify, server: MailServer) -> None:
    raise_one(notify)
    raise_one(notify, DIRECTOR)
    server.answers = ["550 5.1.1 no such user"]
    notify.run_timers("send_mail")
    assert status(notify) == (0, 1, False)
    assert sorted(mail_of(notify, DEPUTY) + mail_of(notify, DIRECTOR)) == [
        ("failed", 1),
        ("sent", 0),
    ]


def test_a_server_that_is_down_loses_nothing_and_costs_no_try(
    notify: Notify, server: MailServer
) -> None:
    server.stop()
    for cause in "abc":
        raise_one(notify, cause=cause)
    notify.run_timers("send_mail")
    assert status(notify) == (3, 0, True)
    server.start()
    notify.run_timers("send_mail")  # it is let rest for a minute
    assert server.messages == []
    server.stop()
    for _ in range(4):
        notify.clock.advance(minutes=6)
        notify.run_timers("send_mail")
    assert mail_of(notify) == [("waiting", 0)] * 3
    server.start()
    notify.clock.advance(minutes=6)
    notify.run_timers("send_mail")
    assert len(server.messages) == 3
    assert mail_of(notify) == [("sent", 0)] * 3
    assert status(notify) == (0, 0, False)


def test_a_server_that_leaves_in_the_midst_holds_up_the_rest_for_a_while(
    notify: Notify, server: MailServer
) -> None:
    for cause in "abc":
        raise_one(notify, cause=cause)
    server.answers = ["250 OK", "421 4.3.2 closing"]
    notify.run_timers("send_mail")
    assert (len(server.messages), status(notify)) == (1, (2, 0, True))
    notify.clock.advance(minutes=1)
    notify.run_timers("send_mail")
    assert (len(server.messages), status(notify)) == (3, (0, 0, False))
    assert len({message["Message-ID"] for message in server.messages}) == 3


def test_who_has_no_address_is_told_in_the_application_alone(
    notify: Notify, server: MailServer
) -> None:
    raise_one(notify, PLAN_OFFICER)
    notify.run_timers("send_mail")
    assert mail_of(notify, PLAN_OFFICER) == [("unused", 0)]
    assert notify.ask(PLAN_OFFICER, ListNotifications)["unread"] == 1
    assert server.messages == []


def test_while_personnel_is_away_mail_waits(notify: Notify, server: MailServer) -> None:
    raise_one(notify)
    personnel: Any = notify.parts.client
    personnel.away = True
    notify.run_timers("send_mail")
    assert mail_of(notify) == [("waiting", 0)]
    personnel.away = False
    notify.run_timers("send_mail")
    assert mail_of(notify) == [("sent", 0)]


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_replicas_do_not_both_send(told: Told, server: MailServer, dialect: str) -> None:
    with mailing(told, server, dialect) as one:
        url = one.parts.database.url.render_as_string(hide_password=False)
        other = Notify(url, prepared=True, **by_mail(server))
        other.parts.client = Personnel()  # type: ignore[assignment]
        for cause in range(20):
            raise_one(one, (DEPUTY, DIRECTOR)[cause % 2], str(cause))
        replicas = (one, other, one, other)
        results = at_once(*(partial(n.run_timers, "send_mail") for n in replicas))
        assert results == [None] * 4
        assert len({message["Message-ID"] for message in server.messages}) == 20
        assert len(server.messages) == 20
        assert status(one) == (0, 0, False)
        live = one.tables()
        one.rebuild()
        assert one.tables() == live
        other.close()


def test_a_replica_that_dies_over_a_message_keeps_it_for_two_minutes(
    notify: Notify, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is sent again with the same Message-ID, by which a reader can tell."""
    raise_one(notify)
    with monkeypatch.context() as dying:
        dying.setattr(sending, "_note", lambda *_: (_ for _ in ()).throw(SystemExit()))
        with pytest.raises(SystemExit):
            notify.run_timers("send_mail")
    notify.clock.advance(minutes=1, seconds=59)
    notify.run_timers("send_mail")
    assert len(server.messages) == 1
    notify.clock.advance(seconds=1)
    notify.run_timers("send_mail")
    assert len({message["Message-ID"] for message in server.messages}) == 1
    assert len(server.messages) == 2
    assert mail_of(notify) == [("sent", 0)]


def test_an_office_without_a_mail_server_has_no_outbox(small_notify: Notify) -> None:
    assert small_notify.ask(ADMIN, MailStatus)["on"] is False
    raise_one(small_notify, email=False)
    small_notify.run_timers("send_mail")
    assert mail_of(small_notify) == []


def test_only_administrators_look_after_mail(notify: Notify) -> None:
    id = raise_one(notify)
    for who in (DEPUTY, CLERK):
        for query in (ListFailedMail, MailStatus):
            with pytest.raises(Forbidden):
                notify.ask(who, query)
        with pytest.raises(Forbidden):
            notify.send(who, RetryMail, id=id)
    assert Channel.EMAIL in notify.raised()[0].channels
