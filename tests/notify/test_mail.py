"""E-mail on the wire: Thai arrives as written, refusals are told apart, no address is repeated."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from infra import mail
from infra.mail import MailConnection, Refused, ServerAway
from services.notify.mail import compose
from tests.certificates import certify
from tests.notify.mailserver import MailServer

NOW = datetime(2026, 2, 16, 3, 0, tzinfo=UTC)
TITLE = "หนังสือด่วนที่สุดถึงท่าน: ขอเชิญประชุมผู้บริหารสถานศึกษาในสังกัด ครั้งที่ 2/2569"
BODY = "เรื่อง การจัดสรรงบประมาณ <ปี 2569> & อื่น ๆ\nครบกำหนด 20 ก.พ. 2569"


@pytest.fixture
def server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


def message(to: str = "malee@example.org") -> EmailMessage:
    return compose(
        id="5b1c",
        title=TITLE,
        body=BODY,
        link="/letters/1",
        sender="amnuay@cmi5.example",
        to=to,
        site="https://amnuay.example",
        now=NOW,
    )


def send(server: MailServer, to: str = "malee@example.org") -> None:
    with MailConnection(server.url) as connection:
        connection.send(message(to))


def test_thai_arrives_as_written(server: MailServer) -> None:
    send(server)
    [got] = server.messages
    assert got["Subject"] == TITLE
    assert got["Message-ID"] == "<5b1c@cmi5.example>"
    assert got["From"].addresses[0].addr_spec == "amnuay@cmi5.example"
    assert got["Date"].datetime == NOW
    plain, html = (got.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert BODY in plain.get_content().replace("\r\n", "\n")
    assert "https://amnuay.example/letters/1" in plain.get_content()
    assert "&lt;ปี 2569&gt; &amp; อื่น ๆ" in html.get_content()
    assert 'href="https://amnuay.example/letters/1"' in html.get_content()


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [("550 5.1.1 <malee@example.org> user unknown", True), ("451 4.7.1 try later", False)],
)
def test_a_refusal_says_for_how_long_and_names_nobody(
    server: MailServer, answer: str, permanent: bool
) -> None:
    server.answers = [answer]
    with pytest.raises(Refused) as refused:
        send(server)
    assert refused.value.permanent is permanent
    assert answer[:9] in refused.value.reason
    assert "malee" not in refused.value.reason


def test_content_may_be_refused_too(server: MailServer) -> None:
    server.data_answers = ["552 5.3.4 too big"]
    with pytest.raises(Refused) as refused:
        send(server)
    assert refused.value.permanent


def test_a_server_that_closes_is_away(server: MailServer) -> None:
    server.answers = ["421 4.3.2 closing"]
    with pytest.raises(ServerAway):
        send(server)
    server.stop()
    with pytest.raises(ServerAway):
        send(server)


@pytest.mark.parametrize("to", ["", "malee", "a@b\r\nBcc: c@d", "a@b, c@d", "ก@ข"])
def test_what_is_no_address_is_refused(server: MailServer, to: str) -> None:
    with pytest.raises(Refused) as refused:
        send(server, to)
    assert refused.value.permanent
    assert server.messages == []


@pytest.fixture
def unproven(tmp_path: Path) -> ssl.SSLContext:
    """Encryption by a certificate that nobody vouches for."""
    certify(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    return context


class Doorkeeper:
    """Remembers who tried to log in; lets `amnuay` with its password in."""

    def __init__(self) -> None:
        self.tried: list[bytes] = []

    def __call__(
        self, server: Any, session: Any, envelope: Any, how: str, given: Any
    ) -> AuthResult:
        self.tried.append(given.password)
        good = given == LoginPassword(b"amnuay", b"good word")
        return AuthResult(success=good, handled=False)


def test_a_password_goes_only_to_a_server_that_proves_who_it_is(unproven: ssl.SSLContext) -> None:
    """Without one, any encryption is better than none."""
    doorkeeper = Doorkeeper()
    server = MailServer(tls_context=unproven, authenticator=doorkeeper)
    server.start()
    try:
        send(server)
        assert server.encrypted == [True]
        with (
            pytest.raises(ServerAway, match="การเข้ารหัส"),
            MailConnection(f"smtp://amnuay:good%20word@127.0.0.1:{server.port}"),
        ):
            pass
        assert doorkeeper.tried == []
    finally:
        server.stop()


def test_a_password_does_not_travel_in_the_clear(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "THIS_MACHINE", ())
    with (
        pytest.raises(ServerAway, match="การเข้ารหัส"),
        MailConnection(f"smtp://amnuay:good%20word@127.0.0.1:{server.port}"),
    ):
        pass


def test_a_password_that_is_refused_is_no_fault_of_the_message() -> None:
    doorkeeper = Doorkeeper()
    server = MailServer(authenticator=doorkeeper, auth_require_tls=False)
    server.start()
    try:
        with MailConnection(f"smtp://amnuay:good%20word@127.0.0.1:{server.port}") as connection:
            connection.send(message())
        with (
            pytest.raises(ServerAway, match="ไม่รับชื่อหรือรหัสผ่าน"),
            MailConnection(f"smtp://amnuay:bad@127.0.0.1:{server.port}"),
        ):
            pass
        assert set(doorkeeper.tried) == {b"good word", b"bad"}
        assert len(server.messages) == 1
    finally:
        server.stop()
