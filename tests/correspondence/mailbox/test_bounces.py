"""What comes back: mails that were not delivered, reports that they were, that somebody opened them,
and answers. Each tells on the letter what became of it."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from services.correspondence.contract import (
    DeliveryFailed,
    LetterArrived,
    RecipientAcknowledged,
    RedirectDelivery,
    RegisterArrival,
)
from tests.correspondence.circulars import by, matrix, sent, settle, states
from tests.correspondence.mailbox.dovecot import Box
from tests.correspondence.mailbox.saraban import PDF, letter, opened, read, tray
from tests.correspondence.mailbox.saraban import send as send_round
from tests.correspondence.office import CLERK, MONDAY, Office
from tests.notify.mailserver import MailServer

pytestmark = pytest.mark.imap
TO = "saraban@province.example"
DAEMON = "Mail Delivery System <MAILER-DAEMON@relay.example>"


@pytest.fixture(autouse=True)
def mailing(request: pytest.FixtureRequest, box: Box, server: MailServer) -> None:
    for name in ("office", "small_office"):
        if name in request.fixturenames:
            opened(request.getfixturevalue(name), server, box)


def mailed(office: Office, server: MailServer) -> tuple[str, EmailMessage]:
    """A document that a mail server took, and the mail as it did."""
    id = sent(office, [by("email", "ผู้ว่าราชการจังหวัด", TO)])
    send_round(office)
    settle(office)
    assert states(office, id) == ["sent"]
    return id, server.messages[-1]


def report(
    fields: str, returned: str, kind: str = "delivery-status", text: str = "see below"
) -> bytes:
    """A multipart/report (RFC 6522) about a mail."""
    top = [
        f"From: {DAEMON}",
        "Message-ID: <report@relay.example>",
        "Auto-Submitted: auto-replied",
        "Subject: Undelivered Mail Returned to Sender",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type={kind}; boundary="x"',
    ]
    parts = [
        f"Content-Type: text/plain\n\n{text}\n",
        f"Content-Type: message/{kind}\n\n{fields}\n",
        returned,
    ]
    body = "".join(f"\n--x\n{part}" for part in parts)
    return ("\n".join(top) + "\n" + body + "\n--x--\n").replace("\n", "\r\n").encode()


def status(action: str, code: str, envelope: str = "") -> str:
    named = f"Original-Envelope-Id: {envelope}\n" if envelope else ""
    return (
        f"Reporting-MTA: dns; relay.example\n{named}\n"
        f"Final-Recipient: rfc822; {TO}\nAction: {action}\nStatus: {code}\n"
        f"Diagnostic-Code: smtp; 550 {code} <{TO}> unknown\n"
    )


def headers(mail: EmailMessage) -> str:
    return f"Content-Type: text/rfc822-headers\n\nMessage-ID: {mail['Message-ID']}\nSubject: x\n"


def whole(mail: EmailMessage) -> str:
    return f"Content-Type: message/rfc822\n\nMessage-ID: {mail['Message-ID']}\n\nx\n"


def plain(sender: str, subject: str, text: str, **more: str) -> bytes:
    return letter(subject, text, (), sender, "<bounce@relay.example>", **more).as_bytes()


def _id(mail: EmailMessage) -> str:
    return str(mail["Message-ID"]).strip("<>").partition("@")[0]


BOUNCES: dict[str, Callable[[EmailMessage], bytes]] = {
    "a report with the headers": lambda mail: report(status("failed", "5.1.1"), headers(mail)),
    "a report with the mail": lambda mail: report(status("failed", "5.1.1"), whole(mail)),
    "a report that names the envelope": lambda mail: report(
        status("failed", "5.1.1", _id(mail)), "Content-Type: text/plain\n\n\n"
    ),
    "a server's own words": lambda mail: plain(
        "postmaster@relay.example",
        "Undeliverable: แจ้งปฏิทินการรับนักเรียน",
        f"5.1.1 {TO} unknown\n\nMessage-ID: {mail['Message-ID']}",
    ),
    "qmail": lambda mail: plain(
        "MAILER-DAEMON@relay.example",
        "failure notice",
        f"Sorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line\n"
        f"Message-ID: {mail['Message-ID']}",
    ),
    "Exim": lambda mail: plain(
        DAEMON,
        "Mail delivery failed: returning message to sender",
        "5.1.1 unrouteable",
        X_Failed_Recipients=TO,
        References=str(mail["Message-ID"]),
    ),
}


@pytest.mark.parametrize("kind", BOUNCES)
def test_a_mail_that_came_back_is_undeliverable(
    small_office: Office, server: MailServer, box: Box, kind: str
) -> None:
    office = small_office
    id, mail = mailed(office, server)
    box.put(BOUNCES[kind](mail), MONDAY)
    assert read(office) == 0
    assert states(office, id) == ["undeliverable"]
    [failure] = [one.event for one in office.events() if isinstance(one.event, DeliveryFailed)]
    assert failure.times == 1
    assert "5.1.1" in failure.reason
    assert "province" not in failure.reason
    assert tray(office) == []
    assert box.count(which="SEEN") == 1


def test_it_comes_back_once_and_a_second_failure_asks_for_another_way(
    office: Office, server: MailServer, box: Box
) -> None:
    id, mail = mailed(office, server)
    box.put(report(status("failed", "5.1.1"), headers(mail)), MONDAY)
    box.put(BOUNCES["qmail"](mail), MONDAY, "Rubbish")
    read(office)
    [row] = matrix(office, id)["items"]
    assert row["failures"] == 1
    wish = {"delivery": row["id"], "channel": "email", "address": "central@province.example"}
    office.do(CLERK, RedirectDelivery, id, **wish)
    settle(office)
    send_round(office)
    settle(office)
    assert states(office, id) == ["sent"]
    again = server.messages[-1]
    assert again["Message-ID"] != mail["Message-ID"]
    text = report(status("failed", "5.7.1"), headers(again))
    box.put(text.replace(b"<report@", b"<second@"), MONDAY)
    read(office)
    [row] = matrix(office, id)["items"]
    assert (row["state"], row["failures"]) == ("undeliverable", 2)


def test_a_mail_to_an_old_address_that_comes_back_late_changes_nothing(
    small_office: Office, server: MailServer, box: Box
) -> None:
    office = small_office
    id, mail = mailed(office, server)
    [row] = matrix(office, id)["items"]
    wish = {"delivery": row["id"], "channel": "email", "address": "central@province.example"}
    office.do(CLERK, RedirectDelivery, id, **wish)
    settle(office)
    box.put(report(status("failed", "5.1.1"), headers(mail)), MONDAY)
    read(office)
    assert states(office, id) == ["waiting"]


@pytest.mark.parametrize("action", ["delayed", "relayed", "expanded"])
def test_what_is_only_late_has_not_failed(
    small_office: Office, server: MailServer, box: Box, action: str
) -> None:
    id, mail = mailed(small_office, server)
    box.put(report(status(action, "4.4.1"), headers(mail)), MONDAY)
    read(small_office)
    assert states(small_office, id) == ["sent"]
    assert tray(small_office) == []


def test_a_report_that_it_lies_in_the_mailbox(office: Office, server: MailServer, box: Box) -> None:
    id, mail = mailed(office, server)
    box.put(report(status("delivered", "2.0.0", _id(mail)), headers(mail)), MONDAY)
    read(office)
    [row] = matrix(office, id)["items"]
    assert (row["state"], row["receiver"]) == ("delivered", TO)


@pytest.mark.parametrize(
    ("disposition", "state"),
    [
        ("manual-action/MDN-sent-manually; displayed", "acknowledged"),
        ("automatic-action/MDN-sent-automatically; deleted", "sent"),
    ],
)
def test_whoever_opened_it_has_it(
    small_office: Office, server: MailServer, box: Box, disposition: str, state: str
) -> None:
    id, mail = mailed(small_office, server)
    fields = f"Original-Message-ID: {mail['Message-ID']}\nDisposition: {disposition}\n"
    box.put(report(fields, "Content-Type: text/plain\n\n\n", "disposition-notification"), MONDAY)
    read(small_office)
    assert states(small_office, id) == [state]


def answer(mail: EmailMessage, text: str, **more: str) -> EmailMessage:
    return letter(
        f"Re: {mail['Subject']}",
        f"{text}\n\nเมื่อ 16 ก.พ. 2569 สำนักงานเขต เขียนว่า:\n> ถึง ผู้ว่าราชการจังหวัด",
        (),
        In_Reply_To=str(mail["Message-ID"]),
        **more,
    )


def test_an_answer_is_an_acknowledgement(office: Office, server: MailServer, box: Box) -> None:
    id, mail = mailed(office, server)
    box.put(answer(mail, "ได้รับแล้วครับ เลขรับ 45/2569").as_bytes(), MONDAY)
    assert read(office) == 0
    [row] = matrix(office, id)["items"]
    assert row["state"] == "acknowledged"
    [event] = [one.event for one in office.events() if isinstance(one.event, RecipientAcknowledged)]
    assert event.text == "ได้รับแล้วครับ เลขรับ 45/2569"
    live = office.tables()
    office.rebuild()
    assert office.tables() == live


def test_an_answer_that_brings_a_letter_waits_in_the_tray_too(
    small_office: Office, server: MailServer, box: Box
) -> None:
    id, mail = mailed(small_office, server)
    message = answer(mail, "ขอส่งหนังสือตอบ")
    message.add_attachment(PDF, "application", "pdf", filename="ตอบ.pdf")
    box.put(message.as_bytes(), MONDAY)
    assert read(small_office) == 1
    assert states(small_office, id) == ["acknowledged"]
    assert len(tray(small_office)) == 1


def test_somebody_on_leave_has_not_acknowledged(
    small_office: Office, server: MailServer, box: Box
) -> None:
    id, mail = mailed(small_office, server)
    message = answer(mail, "ขณะนี้ไม่อยู่ที่ทำงาน", Auto_Submitted="auto-replied")
    box.put(message.as_bytes(), MONDAY)
    assert read(small_office) == 0
    assert states(small_office, id) == ["sent"]


def test_an_acknowledgement_by_a_program_counts(
    small_office: Office, server: MailServer, box: Box
) -> None:
    """Annex 7 allows it."""
    id, mail = mailed(small_office, server)
    message = answer(mail, "ได้รับอีเมลแล้ว", Auto_Submitted="auto-replied")
    box.put(message.as_bytes(), MONDAY)
    read(small_office)
    assert states(small_office, id) == ["acknowledged"]


def test_two_programs_do_not_acknowledge_each_other_for_ever(
    small_office: Office, server: MailServer, box: Box
) -> None:
    office = small_office
    box.put(letter().as_bytes(), MONDAY)
    read(office)
    office.do(CLERK, RegisterArrival, tray(office)[0]["id"])
    send_round(office)
    ours = server.messages[-1]
    assert ours["Auto-Submitted"] == "auto-replied"
    box.put(answer(ours, "ได้รับ", Auto_Submitted="auto-replied", id="<2@x>").as_bytes(), MONDAY)
    assert read(office) == 0
    box.put(answer(ours, "ขอแก้ไขเอกสาร", id="<3@x>").as_bytes(), MONDAY)
    assert read(office) == 1  # a person has more to say


def test_what_came_back_that_was_not_ours_is_shown(small_office: Office, box: Box) -> None:
    """Somebody sent it from the mailbox by hand."""
    box.put(report(status("failed", "5.1.1"), "Content-Type: text/plain\n\n\n"), MONDAY)
    assert read(small_office) == 1
    [event] = [one.event for one in small_office.events() if isinstance(one.event, LetterArrived)]
    assert event.subject == "Undelivered Mail Returned to Sender"
