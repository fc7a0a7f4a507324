"""How the central mailbox stands: a server that is away, checks on record, and figures that warn in time."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest

from infra.clock import SettableClock
from infra.errors import Forbidden, Unavailable
from infra.mail import ServerAway
from services.correspondence.contract import CheckMailbox, MailboxStatus
from services.correspondence.mailbox import figures
from services.correspondence.mailbox.clock import Calendar
from services.correspondence.mailbox.reading import Busy, read_mailbox
from tests.correspondence.mailbox.dovecot import Box, Dovecot
from tests.correspondence.mailbox.saraban import configure, letter, opened, read, runtime
from tests.correspondence.office import CLERK, MONDAY, PLAN_OFFICER, Office

pytestmark = pytest.mark.imap


@pytest.fixture(autouse=True)
def mailing(request: pytest.FixtureRequest, box: Box) -> None:
    for name in ("office", "small_office"):
        if name in request.fixturenames:
            opened(request.getfixturevalue(name), box=box)


def test_a_mailbox_that_is_away_is_said_to_be(small_office: Office, imap_server: Any) -> None:
    office = small_office
    configure(office, saraban_imap_url="imap://saraban:hidden@127.0.0.1:1")
    with pytest.raises(Unavailable, match="ติดต่อเซิร์ฟเวอร์อีเมลไม่ได้") as away:
        office.send(CLERK, CheckMailbox)
    assert "hidden" not in str(away.value)
    status = office.ask(CLERK, MailboxStatus)
    assert (status["error"], status["checks"]) == ("ติดต่อเซิร์ฟเวอร์อีเมลไม่ได้", [])
    with pytest.raises(Busy):  # it is let rest
        read_mailbox(runtime(office))
    configure(office, saraban_imap_url=f"imap://x:wrong@127.0.0.1:{imap_server.port}")
    with pytest.raises(ServerAway, match="ไม่รับชื่อหรือรหัสผ่าน"):
        read(office)


@contextmanager
def stalling() -> Iterator[int]:
    """The port of a server that takes calls and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        held: list[socket.socket] = []

        def answer() -> None:
            try:
                while True:
                    held.append(listening.accept()[0])
            except OSError:
                return

        threading.Thread(target=answer, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        for one in held:
            one.close()


def test_a_mailbox_that_stalls_holds_nobody_up(small_office: Office) -> None:
    with stalling() as port:
        configure(small_office, saraban_imap_url=f"imap://x:y@127.0.0.1:{port}", rpc_deadline=0.5)
        with pytest.raises(Unavailable, match="ไม่ตอบ"):
            small_office.send(CLERK, CheckMailbox)


def test_no_password_travels_in_the_clear(
    small_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.correspondence.mailbox.imap.THIS_MACHINE", ())
    with pytest.raises(ServerAway, match="การเข้ารหัส"):
        read(small_office)


def test_a_server_is_believed_that_proves_who_it_is(
    small_office: Office, box: Box, imap_server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(small_office, saraban_imap_url=imap_server.tls_url(box.user))
    box.put(letter().as_bytes(), MONDAY)
    with pytest.raises(ServerAway, match="การเข้ารหัส"):
        read(small_office)
    monkeypatch.setenv("SSL_CERT_FILE", str(imap_server.folder / "certificate.pem"))
    assert read(small_office) == 1


def test_checks_are_on_record(office: Office, box: Box) -> None:
    """The first reading of each half of a working day, and whoever looks themselves."""
    office.clock.advance(hours=-2, minutes=-30)  # 07:30: before hours
    read(office)
    for hours in (1.5, 1, 2, 1.75, 1):  # 09:00, 10:00, 12:00, 13:45, 14:45
        office.clock.advance(hours=hours)
        read(office)
    box.put(letter().as_bytes(), MONDAY)
    assert office.send(CLERK, CheckMailbox)["count"] == 1
    status = office.ask(CLERK, MailboxStatus)
    assert [(one["at"][11:16], one["by"], one["found"]) for one in status["checks"]] == [
        ("07:45", CLERK.person, 1),
        ("06:45", "service:correspondence", 0),
        ("02:00", "service:correspondence", 0),
    ]
    assert status["missed"] == []
    assert status["actions"] == ["check_mailbox"]
    office.clock.advance(days=2)
    missed = ["2026-02-17 morning", "2026-02-17 afternoon", "2026-02-18 morning"]
    assert office.ask(CLERK, MailboxStatus)["missed"] == missed
    configure(office, closed_days=(date(2026, 2, 17),))
    assert office.ask(CLERK, MailboxStatus)["missed"] == missed[2:]
    live = office.tables()
    office.rebuild()
    assert office.tables() == live


def test_who_reads_no_register_reads_no_mailbox(small_office: Office) -> None:
    for contract in (CheckMailbox, MailboxStatus):
        call = small_office.send if contract is CheckMailbox else small_office.ask
        with pytest.raises(Forbidden):
            call(PLAN_OFFICER, contract)  # type: ignore[operator]


def test_where_it_is_not_read_people_put_their_checks_on_record(small_office: Office) -> None:
    configure(small_office, saraban_imap_url="")
    assert small_office.send(CLERK, CheckMailbox)["count"] == 0
    status = small_office.ask(CLERK, MailboxStatus)
    assert (status["reads"], len(status["checks"])) == (False, 1)


def test_figures_warn_before_the_clock_runs_out(small_office: Office, box: Box) -> None:
    office = small_office
    box.put(letter().as_bytes(), MONDAY)
    read(office)
    by = Calendar().acknowledge_by(MONDAY)
    for moment, soon, late in ((MONDAY, 0, 0), (by, 1, 0), (by + timedelta(seconds=1), 0, 1)):
        clock = SettableClock(moment)
        with pytest.MonkeyPatch.context() as patch, office.parts.database.read() as connection:
            patch.setattr(figures, "system_clock", clock)
            found = {(one.name, one.labels): one.value for one in figures.figures(connection)}
        assert found["amnuay_mail_unacknowledged", ("soon",)] == soon
        assert found["amnuay_mail_unacknowledged", ("late",)] == late
