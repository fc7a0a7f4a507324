"""Letters leave by a real mail server as annex 7 asks: each recipient has a mail of their own, sent once;
what was refused is tried again, or told."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from services.correspondence.contract import (
    DeliveryFailed,
    GetDocument,
    LetterMailed,
    MailboxStatus,
    RedirectDelivery,
)
from services.correspondence.mailbox import outbox
from services.correspondence.mailbox.headers import words
from services.correspondence.mailbox.outbox import CLAIM
from tests.correspondence.circulars import by, matrix, sent, settle, states
from tests.correspondence.mailbox.saraban import (
    ADDRESS,
    PDF,
    PHONE,
    configure,
    introduced,
    opened,
    runtime,
)
from tests.correspondence.mailbox.saraban import send as send_round
from tests.correspondence.office import CLERK, Office
from tests.infra.test_store import at_once
from tests.notify.mailserver import MailServer

AGENCY = by("email", "ผู้ว่าราชการจังหวัด", "saraban@province.example")
COMPANY = by("email", "ห้างหุ้นส่วนจำกัดตัวอย่าง", "office@company.example")


@pytest.fixture(autouse=True)
def mailing(request: pytest.FixtureRequest, server: MailServer) -> None:
    for name in ("office", "small_office"):
        if name in request.fixturenames:
            opened(request.getfixturevalue(name), server)


def mailed(office: Office, *recipients: dict[str, Any], **columns: Any) -> str:
    """A document that lies in the outbox for those recipients."""
    return sent(office, recipients or (AGENCY,), **columns)


def round_of(office: Office, **later: float) -> None:
    """A round of sending, some time later."""
    office.clock.advance(**later)
    send_round(office)
    settle(office)


def failures(office: Office) -> list[DeliveryFailed]:
    return [one.event for one in office.events() if isinstance(one.event, DeliveryFailed)]


def texts(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_a_letter_leaves_as_annex_7_asks(office: Office, server: MailServer) -> None:
    introduced(office)
    uploads = [office.upload(CLERK, "สแกน.pdf", PDF), office.upload(CLERK, "บัญชี.TXT", b"form")]
    id = mailed(office, uploads=uploads, urgency="most_urgent")
    assert states(office, id) == ["waiting"]
    round_of(office)

    [message] = server.messages
    assert message["Subject"] == "ด่วนที่สุด : แจ้งปฏิทินการรับนักเรียน"
    sender = words(dict(message.raw_items())["From"])  # Python's own reading parts long names
    assert sender == f"สำนักงานเขตพื้นที่การศึกษาตัวอย่าง <{ADDRESS}>"
    assert message["To"] == "saraban@province.example"
    assert message["Disposition-Notification-To"] == ADDRESS
    text = texts(message)
    reference = office.ask(CLERK, GetDocument, id=id)["reference"]
    assert "ถึง ผู้ว่าราชการจังหวัด" in text
    assert reference in text
    assert text.count(PHONE) == 4  # in both languages, and below
    assert "Example Educational Service Area Office sends you the official letter" in text
    files = [(one.get_filename(), one.get_content()) for one in message.iter_attachments()]
    assert files == [
        ("2569_MOE04999_ว_1.pdf", PDF),
        ("2569_MOE04999_ว_1_1.txt", "form"),
    ]

    [row] = matrix(office, id)["items"]
    assert (row["state"], row["address"]) == ("sent", "saraban@province.example")
    assert row["sent_at"] == office.clock().isoformat()
    [event] = [one.event for one in office.events() if isinstance(one.event, LetterMailed)]
    assert event.message_id == message["Message-ID"]

    live = office.tables()
    office.rebuild()
    assert office.tables() == live


def test_no_recipient_learns_of_another(small_office: Office, server: MailServer) -> None:
    mailed(small_office, AGENCY, COMPANY)
    round_of(small_office)
    assert [message["To"] for message in server.messages] == [
        "saraban@province.example",
        "office@company.example",
    ]
    for message, other in zip(server.messages, (COMPANY, AGENCY), strict=True):
        assert message["Cc"] is message["Bcc"] is None
        assert other["address"] not in message.as_string()
        assert other["name"] not in texts(message)


def test_a_recipient_who_is_refused_does_not_keep_it_from_the_others(
    office: Office, server: MailServer
) -> None:
    server.answers = ["550 5.1.1 <saraban@province.example> no such user", "250 OK"]
    id = mailed(office, AGENCY, COMPANY)
    round_of(office)
    assert states(office, id) == ["undeliverable", "sent"]
    assert [message["To"] for message in server.messages] == ["office@company.example"]
    [failure] = failures(office)
    assert (failure.times, failure.address) == (1, "saraban@province.example")
    assert "550 5.1.1" in failure.reason
    assert "province" not in failure.reason


def test_a_second_failure_asks_for_another_way(office: Office, server: MailServer) -> None:
    server.answers = ["550 no"] * 2
    id = mailed(office)
    round_of(office)
    [row] = matrix(office, id)["items"]
    wish = {"delivery": row["id"], "channel": "email", "address": "central@province.example"}
    office.do(CLERK, RedirectDelivery, id, **wish)
    settle(office)
    assert states(office, id) == ["waiting"]
    round_of(office)
    assert [failure.times for failure in failures(office)] == [1, 2]
    [row] = matrix(office, id)["items"]
    assert (row["state"], row["failures"]) == ("undeliverable", 2)


def test_the_first_attempt_is_the_time_of_sending(small_office: Office, server: MailServer) -> None:
    """89/3, where the mail to the published address failed."""
    office = small_office
    server.answers = ["550 no"]
    id = mailed(office)
    round_of(office)
    first = office.clock()
    office.clock.advance(hours=5)
    [row] = matrix(office, id)["items"]
    wish = {"delivery": row["id"], "channel": "email", "address": "central@province.example"}
    office.do(CLERK, RedirectDelivery, id, **wish)
    settle(office)
    round_of(office)
    [row] = matrix(office, id)["items"]
    assert (row["state"], row["sent_at"]) == ("sent", first.isoformat())


def test_what_goes_another_way_now_does_not_leave_by_mail(
    small_office: Office, server: MailServer
) -> None:
    office = small_office
    server.answers = ["451 later"]
    id = mailed(office)
    round_of(office)
    [row] = matrix(office, id)["items"]
    wish = {"delivery": row["id"], "channel": "post", "address": "ศาลากลางจังหวัด"}
    office.do(CLERK, RedirectDelivery, id, **wish)
    settle(office)
    round_of(office, minutes=10)
    assert server.messages == []
    assert failures(office) == []


def test_what_is_refused_for_now_is_tried_again_and_given_up(
    small_office: Office, server: MailServer
) -> None:
    office = small_office
    server.answers = ["451 4.7.1 try later"] * 3
    id = mailed(office)
    round_of(office)
    assert states(office, id) == ["waiting"]
    round_of(office, seconds=50)
    assert len(server.answers) == 2  # it is let wait
    round_of(office, seconds=20)
    round_of(office, minutes=6)
    assert states(office, id) == ["undeliverable"]
    assert "451 4.7.1" in failures(office)[0].reason


def test_a_server_that_is_down_costs_no_try(office: Office, server: MailServer) -> None:
    id = mailed(office)
    server.stop()
    for _ in range(5):
        round_of(office, hours=1)
    assert states(office, id) == ["waiting"]
    status = office.ask(CLERK, MailboxStatus)
    assert (status["sends"], status["waiting"]) == (True, 1)
    assert status["sending_error"] == "ติดต่อเซิร์ฟเวอร์อีเมลไม่ได้"
    server.start()
    round_of(office, hours=1)
    assert states(office, id) == ["sent"]
    assert office.ask(CLERK, MailboxStatus)["sending_error"] == ""


@contextmanager
def talking(*answers: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """The port of a server that says these words in turn and then nothing more, and what it heard."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk() -> None:
            try:
                connection = listening.accept()[0]
                with connection, connection.makefile("rb") as lines:
                    for answer in answers:
                        connection.sendall(answer)
                        heard.append(lines.readline())
                    lines.readline()
            except OSError:
                return

        thread = threading.Thread(target=talk)
        thread.start()
        yield listening.getsockname()[1], heard
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("words", [(), (b"220 x\r\n", b"250 x\r\n", b"250 ok\r\n", b"250 ok\r\n")])
def test_a_server_that_stalls_is_away(
    small_office: Office, monkeypatch: pytest.MonkeyPatch, words: tuple[bytes, ...]
) -> None:
    """Before it says anything, or when it is to take the mail."""
    office = small_office
    monkeypatch.setattr("infra.mail.TIMEOUT", 0.3)
    id = mailed(office)
    with talking(*words) as (port, _):
        configure(office, saraban_smtp_url=f"smtp://127.0.0.1:{port}")
        round_of(office)
    assert states(office, id) == ["waiting"]
    assert office.ask(CLERK, MailboxStatus)["sending_error"] == "เซิร์ฟเวอร์อีเมลไม่ตอบ"


def test_a_report_is_asked_for_where_the_server_offers_one(small_office: Office) -> None:
    office = small_office
    id = mailed(office)
    greeting = (b"220 x\r\n", b"250-x\r\n250-SIZE 99999999\r\n250 DSN\r\n")
    with talking(*greeting, b"250 ok\r\n", b"550 5.1.1 no\r\n", b"250 ok\r\n", b"221 bye\r\n") as (
        port,
        heard,
    ):
        configure(office, saraban_smtp_url=f"smtp://127.0.0.1:{port}")
        round_of(office)
    assert states(office, id) == ["undeliverable"]
    envelope = re.search(rb"FROM:<saraban@cmi5.example> .*RET=HDRS ENVID=([0-9a-f-]{36})", heard[1])
    assert envelope is not None
    assert heard[2].strip() == b"rcpt TO:<saraban@province.example> NOTIFY=SUCCESS,FAILURE"


def test_while_the_server_is_let_rest_nothing_is_tried(
    small_office: Office, server: MailServer
) -> None:
    office = small_office
    mailed(office)
    server.stop()
    round_of(office)
    server.start()
    round_of(office, seconds=30)
    assert server.messages == []
    round_of(office, seconds=40)
    assert len(server.messages) == 1


def test_a_file_that_the_server_finds_too_large_is_told(
    small_office: Office, server: MailServer
) -> None:
    server.stop()
    small = MailServer(data_size_limit=10_000)
    small.start()
    try:
        opened(small_office, small)
        large = small_office.upload(CLERK, "ภาพ.pdf", PDF + b"x" * 20_000)
        id = mailed(small_office, uploads=[large])
        round_of(small_office)
        assert states(small_office, id) == ["undeliverable"]
        assert "ไฟล์ใหญ่เกิน" in failures(small_office)[0].reason
    finally:
        small.stop()


def test_thirty_megabytes_leave(small_office: Office, server: MailServer) -> None:
    server.stop()
    wide = MailServer(data_size_limit=60 * 1024 * 1024)
    wide.start()
    try:
        opened(small_office, wide)
        content = PDF + b"0123456789abcdef" * (30 * 65536 - 1)
        id = mailed(small_office, uploads=[small_office.upload(CLERK, "ใหญ่.pdf", content)])
        round_of(small_office)
        [message] = wide.messages
        [file] = message.iter_attachments()
        assert file.get_content() == content
        assert states(small_office, id) == ["sent"]
    finally:
        wide.stop()


def test_two_replicas_send_once(office: Office, server: MailServer) -> None:
    mailed(office, AGENCY, COMPANY)
    at_once(*[lambda: send_round(office)] * 4)
    assert sorted(message["To"] for message in server.messages) == [
        "office@company.example",
        "saraban@province.example",
    ]


def test_a_mail_whose_sender_was_killed_is_the_same_mail_when_it_goes_again(
    office: Office, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = mailed(office)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("services.correspondence.mailbox.sending._note_sent", killed)
        with pytest.raises(KeyboardInterrupt):
            send_round(office)
    round_of(office, minutes=1)
    assert len(server.messages) == 1  # still claimed
    round_of(office, seconds=CLAIM.total_seconds())
    first, again = server.messages
    assert first.as_bytes() == again.as_bytes()
    assert re.fullmatch(r"<[0-9a-f-]{36}@cmi5\.example>", first["Message-ID"])
    assert states(office, id) == ["sent"]
    assert len([one for one in office.events() if isinstance(one.event, LetterMailed)]) == 1


def test_whoever_comes_late_records_nothing(small_office: Office, server: MailServer) -> None:
    """A claim that ended before the server answered: another has sent and recorded it."""
    office = small_office
    mailed(office)
    with office.parts.database.begin() as connection:
        [id] = outbox.due(connection, office.clock(), 10)
        mail = outbox.claim(connection, id, office.clock())
    assert mail is not None
    round_of(office, seconds=CLAIM.total_seconds() + 1)
    from services.correspondence.mailbox import sending

    before = len(office.events())
    sending._note_sent(runtime(office), mail, "<late@cmi5.example>")
    sending._note_refusal(runtime(office), mail, "late", [timedelta(minutes=1)])
    assert len(office.events()) == before
    assert len(server.messages) == 1


def test_without_a_mail_server_letters_wait(small_office: Office) -> None:
    office = small_office
    opened(office)
    id = mailed(office)
    office.parts.instance().send_saraban()
    assert states(office, id) == ["waiting"]
    status = office.ask(CLERK, MailboxStatus)
    assert (status["reads"], status["sends"], status["waiting"]) == (False, False, 1)
