"""E-mail on the wire: Thai arrives as written, refusals are told apart, no address is repeated."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from services.notify.mail import MailConnection, Refused, ServerAway, compose
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
