"""The central mailbox on a real IMAP server: each message is taken in once, wherever it lies and whenever
the reader dies; nothing is deleted there."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.correspondence.contract import (
    AcknowledgeToSender,
    GetArrival,
    GetArrivalFile,
    LetterArrived,
    MailboxStatus,
    RefuseArrival,
    RegisterArrival,
)
from services.correspondence.mailbox import reading, taking
from services.correspondence.mailbox.reading import LEASE, Busy, read_mailbox
from tests.correspondence.circulars import settle
from tests.correspondence.mailbox.dovecot import Box
from tests.correspondence.mailbox.saraban import (
    PDF,
    PHONE,
    configure,
    introduced,
    letter,
    opened,
    read,
    runtime,
    send,
    tray,
)
from tests.correspondence.office import CLERK, MONDAY, Office
from tests.infra.test_store import at_once
from tests.notify.mailserver import MailServer

pytestmark = pytest.mark.imap


@pytest.fixture(autouse=True)
def mailing(request: pytest.FixtureRequest, box: Box, server: MailServer) -> None:
    for name in ("office", "small_office"):
        if name in request.fixturenames:
            opened(request.getfixturevalue(name), server, box)


def arrived(office: Office) -> list[LetterArrived]:
    return [one.event for one in office.events() if isinstance(one.event, LetterArrived)]


def test_from_the_mailbox_to_the_register_and_back(
    office: Office, box: Box, server: MailServer
) -> None:
    introduced(office)
    sent = letter("ด่วนที่สุด : ขอเชิญประชุม", files=[("หนังสือนำ.pdf", PDF), ("บัญชี.csv", b"a,b")])
    came = MONDAY - timedelta(minutes=30)
    box.put(sent.as_bytes(), came)
    assert read(office) == 1
    [row] = tray(office)
    assert (row["subject"], row["urgency"]) == ("ขอเชิญประชุม", "most_urgent")
    assert (row["sender"], row["state"], row["spam"]) == ("สำนักงานจังหวัด", "waiting", False)
    assert row["at"] == came.isoformat()
    assert row["acknowledge_by"].startswith("2026-02-16T23:59:59")
    whole = office.ask(CLERK, GetArrival, id=row["id"])
    assert whole["address"] == "saraban@province.example"
    assert whole["text"] == "เรียน ผู้อำนวยการ\nขอส่งหนังสือตามที่แนบ"
    assert [file["name"] for file in whole["files"]] == ["หนังสือนำ.pdf", "บัญชี.csv"]
    file = office.ask(CLERK, GetArrivalFile, id=row["id"], attachment=whole["files"][0]["id"])
    assert office.parts.files.path(file["sha256"]).read_bytes() == PDF
    assert (box.count(), box.count(which="SEEN"), box.count(which="DELETED")) == (1, 1, 0)

    done = office.do(CLERK, RegisterArrival, row["id"], reference="ชม 0017/123", dated="2026-02-13")
    send(office)
    [message] = server.messages
    assert message["To"] == "saraban@province.example"
    assert message["In-Reply-To"] == sent["Message-ID"]
    assert message["Subject"] == "ตอบรับ : ขอเชิญประชุม"
    text = message.get_content()
    assert f"เลขที่ {done['number']}/{done['year']}" in text
    assert "received your e-mail on 16 February 2026, 09:30 (Bangkok time)" in text
    assert text.count(PHONE) == 4
    [row] = tray(office, state="registered")
    assert (row["acknowledged_at"], row["breached"]) == (office.clock().isoformat(), False)
    assert read(office) == 0

    live = office.tables()
    office.rebuild()
    assert office.tables() == live


def test_a_late_acknowledgement_is_a_breach(small_office: Office, box: Box) -> None:
    office = small_office
    box.put(letter().as_bytes(), MONDAY)
    read(office)
    [row] = tray(office)
    office.clock.advance(days=1)
    assert [one["id"] for one in tray(office, breached=True)] == [row["id"]]
    office.do(CLERK, RegisterArrival, row["id"])
    send(office)
    [row] = tray(office, breached=True)
    assert (row["state"], row["breached"]) == ("registered", True)
    assert row["acknowledged_at"] is not None


def test_whoever_wrote_to_the_wrong_office_is_told_the_right_one(
    small_office: Office, box: Box, server: MailServer
) -> None:
    """And the mail goes to where it belongs."""
    office = small_office
    box.put(letter("ด่วน : ขอเชิญประชุม").as_bytes(), MONDAY)
    read(office)
    [row] = tray(office)
    wish = {"reason": "เป็นเรื่องของเขตพื้นที่ 6", "right_address": "saraban@cmi6.example"}
    office.do(CLERK, RefuseArrival, row["id"], **wish)
    send(office)
    told, forwarded = server.messages
    assert (told["To"], told["Subject"]) == (
        "saraban@province.example",
        "แจ้งที่อยู่ที่ถูกต้อง : ขอเชิญประชุม",
    )
    assert "กรุณาส่งไปที่ saraban@cmi6.example" in told.get_content()
    assert "Please send it to saraban@cmi6.example" in told.get_content()
    assert (forwarded["To"], forwarded["Subject"]) == (
        "saraban@cmi6.example",
        "ด่วน : ส่งต่อ : ขอเชิญประชุม",
    )
    [file] = forwarded.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("หนังสือ.pdf", PDF)
    body = forwarded.get_body(("plain",))
    assert body is not None
    assert "จาก สำนักงานจังหวัด <saraban@province.example>" in body.get_content()
    assert "ขอส่งหนังสือตามที่แนบ" in body.get_content()


def test_nobody_writes_to_those_who_send_junk(
    small_office: Office, box: Box, server: MailServer
) -> None:
    office = small_office
    box.put(letter().as_bytes(), MONDAY, "Rubbish")
    read(office)
    [row] = tray(office)
    office.do(CLERK, RefuseArrival, row["id"], reason="โฆษณา")
    send(office)
    assert server.messages == []
    office.clock.advance(days=2)
    assert tray(office, breached=True) == []


def test_whoever_was_told_by_hand_was_told(office: Office, box: Box) -> None:
    """Where no mail is sent, a clerk writes back and puts that on record with the letter."""
    configure(office, saraban_smtp_url="")
    box.put(letter().as_bytes(), MONDAY)
    read(office)
    [row] = tray(office)
    id = office.do(CLERK, RegisterArrival, row["id"])["id"]
    office.do(CLERK, AcknowledgeToSender, id, how="ตอบอีเมลเอง")
    settle(office)
    [row] = tray(office, state="registered")
    assert (row["acknowledged_at"], row["breached"]) == (office.clock().isoformat(), False)


def test_the_junk_folder_is_looked_into(office: Office, box: Box) -> None:
    """As the server marks it, by its usual names, and by the settings."""
    configure(office, saraban_junk=("Lists",))
    for place, folder in enumerate(["Rubbish", "Spam", "Lists", "Drafts"]):
        if folder != "Rubbish":
            box.make(folder)
        box.put(letter(folder, id=f"<{place}@x>").as_bytes(), MONDAY, folder)
    assert read(office) == 3
    assert {(row["subject"], row["spam"]) for row in tray(office)} == {
        ("Rubbish", True),
        ("Spam", True),
        ("Lists", True),
    }


def test_what_is_moved_or_comes_twice_is_taken_in_once(office: Office, box: Box) -> None:
    box.put(letter().as_bytes(), MONDAY, "Rubbish")
    assert read(office) == 1
    box.move("Rubbish", "INBOX")
    again = b"Received: from elsewhere\r\n" + letter().as_bytes()
    box.put(again, MONDAY + timedelta(minutes=1))
    assert read(office) == 0
    assert box.count(which="SEEN") == 2
    assert len(arrived(office)) == 1


def test_different_letters_with_one_message_id_are_both_taken_in(
    small_office: Office, box: Box
) -> None:
    """Some programs give all their mails the same one."""
    box.put(letter("หนึ่ง", files=[("ก.pdf", PDF + b"1")]).as_bytes(), MONDAY)
    box.put(letter("สอง", files=[("ก.pdf", PDF + b"2")]).as_bytes(), MONDAY)
    assert read(small_office) == 2


def test_without_a_message_id_it_is_the_content(small_office: Office, box: Box) -> None:
    one, other = letter("หนึ่ง"), letter("สอง")
    for message in (one, other):
        del message["Message-ID"]
        box.put(message.as_bytes(), MONDAY)
    assert read(small_office) == 2
    box.move("INBOX", "Rubbish")
    assert read(small_office) == 0


def test_messages_without_headers_are_told_apart(small_office: Office, box: Box) -> None:
    for text in (b"one", b"two"):
        box.put(b"X-Nothing: \r\n\r\n" + text, MONDAY)
    assert read(small_office) == 2
    assert {row["subject"] for row in tray(small_office)} == {""}
    box.move("INBOX", "Rubbish")
    assert read(small_office) == 0


def test_a_mailbox_that_was_made_anew_brings_nothing_twice(
    small_office: Office, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its messages have other numbers then. What is known is not fetched again."""
    from services.correspondence.mailbox.imap import ImapConnection

    box.put(letter().as_bytes(), MONDAY)
    assert read(small_office) == 1
    select = ImapConnection.select
    monkeypatch.setattr(ImapConnection, "select", lambda self, name: select(self, name) + 1)
    fetched: list[int] = []
    monkeypatch.setattr(ImapConnection, "message", lambda self, uid: fetched.append(uid))
    assert read(small_office) == 0
    assert fetched == []


def test_thirty_megabytes_come_in(small_office: Office, box: Box) -> None:
    content = PDF + b"0123456789abcdef" * (30 * 65536 - 1)
    box.put(letter(files=[("ใหญ่.pdf", content)]).as_bytes(), MONDAY)
    assert read(small_office) == 1
    [row] = tray(small_office)
    [file] = small_office.ask(CLERK, GetArrival, id=row["id"])["files"]
    assert (file["size"], file["media_type"]) == (len(content), "application/pdf")


def test_what_is_larger_is_said_to_be_in_the_mailbox(
    small_office: Office, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST", 1000)
    box.put(letter(text="ก" * 2000).as_bytes(), MONDAY)
    assert read(small_office) == 1
    [row] = tray(small_office)
    assert row["subject"] == "ขอเชิญประชุม"
    assert "เปิดดูในกล่องจดหมาย" in small_office.ask(CLERK, GetArrival, id=row["id"])["text"]


def test_files_that_are_not_taken_are_named(small_office: Office, box: Box) -> None:
    office = small_office
    office.parts.files.limit = 1000
    files = [
        ("โปรแกรม.exe", b"MZ\x00"),
        ("ภาพ.pdf", b"no such thing"),
        ("ใหญ่.pdf", PDF + b"x" * 1000),
        ("ดี.pdf", PDF),
    ]
    box.put(letter(files=files).as_bytes(), MONDAY)
    assert read(office) == 1
    [row] = tray(office)
    whole = office.ask(CLERK, GetArrival, id=row["id"])
    assert [file["name"] for file in whole["files"]] == ["ดี.pdf"]
    for name, _ in files[:3]:
        assert f"- {name} (" in whole["text"]


def test_a_flood_of_files_is_cut_off(small_office: Office, box: Box) -> None:
    files = [(f"{number}.txt", b"x") for number in range(taking.FILES + 2)]
    box.put(letter(files=files).as_bytes(), MONDAY)
    assert read(small_office) == 1
    [row] = tray(small_office)
    whole = small_office.ask(CLERK, GetArrival, id=row["id"])
    assert len(whole["files"]) == taking.FILES
    assert f"- {taking.FILES + 1}.txt (แนบมาเกิน" in whole["text"]


def test_what_came_before_the_office_began_is_left_alone(small_office: Office, box: Box) -> None:
    configure(small_office, saraban_since=date(2026, 2, 10))
    box.put(letter("เก่า", id="<1@x>").as_bytes(), MONDAY - timedelta(days=30))
    box.put(letter("ใหม่", id="<2@x>").as_bytes(), MONDAY)
    assert read(small_office) == 1
    assert box.count(which="UNSEEN") == 1


class Killed(BaseException):
    """The process ends here."""


STEPS = (
    (taking, "_keep"),  # before the files are in the store
    (taking, "_arrived"),  # within the transaction
    (taking, "_is_first"),
    (reading, "_note_last"),  # after the message was marked, before the place was kept
    (reading, "_renew"),
)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS, ids=[name for _, name in STEPS])
def test_killed_anywhere_it_goes_on_where_it_was(
    small_office: Office,
    box: Box,
    monkeypatch: pytest.MonkeyPatch,
    step: tuple[Any, str],
    after: bool,
) -> None:
    office, (module, name) = small_office, step
    for number in range(3):
        box.put(letter(str(number), id=f"<{number}@x>").as_bytes(), MONDAY)
    real, calls = getattr(module, name), []

    def killed(*given: Any, **more: Any) -> Any:
        calls.append(name)
        if len(calls) == (1 if name == "_note_last" else 2):
            if after:
                real(*given, **more)
            raise Killed
        return real(*given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(module, name, killed)
        patch.setattr(reading, "_give_back", lambda *_, **__: None)
        with pytest.raises(Killed):
            read(office)
    with pytest.raises(Busy):  # the lease of the dead
        read_mailbox(runtime(office), at_once=True)
    office.clock.advance(seconds=LEASE.total_seconds())
    read(office)
    assert sorted(row["subject"] for row in tray(office)) == ["0", "1", "2"]
    assert box.count(which="SEEN") == 3
    assert len(arrived(office)) == 3


def test_replicas_take_nothing_in_twice(office: Office, box: Box) -> None:
    for number in range(5):
        box.put(letter(str(number), id=f"<{number}@x>").as_bytes(), MONDAY)
    found = at_once(*[lambda: read_mailbox(runtime(office), at_once=True)] * 3)
    assert sorted(map(str, (one for one in found if not isinstance(one, Busy)))) == ["5"]
    settle(office)
    assert len(tray(office)) == 5


def test_even_if_two_read_at_the_same_time(
    office: Office, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One whose lease has ended may still be at work."""
    monkeypatch.setattr(reading, "_take_lease", lambda *_: True)
    monkeypatch.setattr(reading, "_renew", lambda *_: True)
    for number in range(5):
        box.put(letter(str(number), id=f"<{number}@x>").as_bytes(), MONDAY)
    found = at_once(*[lambda: read_mailbox(runtime(office), at_once=True)] * 3)
    assert sum(found) == 5
    settle(office)
    assert len(tray(office)) == 5


def test_it_is_read_when_it_is_time(small_office: Office, box: Box) -> None:
    office = small_office
    box.put(letter(id="<1@x>").as_bytes(), MONDAY)
    office.parts.instance().read_saraban()
    box.put(letter(id="<2@x>").as_bytes(), MONDAY)
    office.parts.instance().read_saraban()
    assert len(arrived(office)) == 1
    office.clock.advance(seconds=60)
    office.parts.instance().read_saraban()
    assert len(arrived(office)) == 2


def test_one_message_that_cannot_be_taken_does_not_hold_up_the_others(
    small_office: Office, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, real = small_office, taking._arrived

    def broken(organisation: str, post: Any, *more: Any) -> LetterArrived:
        if post.subject == "1":
            raise ValueError("a fault of ours")
        return real(organisation, post, *more)

    for number in range(3):
        box.put(letter(str(number), id=f"<{number}@x>").as_bytes(), MONDAY)
    with monkeypatch.context() as patch:
        patch.setattr(taking, "_arrived", broken)
        assert read(office) == 2
        assert "1 ฉบับที่ระบบอ่านไม่ได้" in office.ask(CLERK, MailboxStatus)["error"]
    office.clock.advance(minutes=6)
    assert read(office) == 1
    assert office.ask(CLERK, MailboxStatus)["error"] == ""


def test_a_message_that_ends_the_process_does_so_three_times_at_most(
    small_office: Office, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large one for which there is no memory, say."""
    office, real = small_office, reading.parse
    monkeypatch.setattr(reading, "LARGE", 10_000)
    monkeypatch.setattr(reading, "_give_back", lambda *_, **__: None)
    box.put(letter("ใหญ่", text="ก" * 20_000, id="<1@x>").as_bytes(), MONDAY)
    box.put(letter("เล็ก", id="<2@x>").as_bytes(), MONDAY)

    def fatal(raw: bytes) -> Any:
        if len(raw) > 10_000:
            raise Killed
        return real(raw)

    monkeypatch.setattr(reading, "parse", fatal)
    for _ in range(3):
        with pytest.raises(Killed):
            read(office)
        office.clock.advance(seconds=LEASE.total_seconds())
    assert read(office) == 2
    rows = {row["subject"]: row["id"] for row in tray(office)}
    assert "เพียงส่วนหัว" in office.ask(CLERK, GetArrival, id=rows["ใหญ่"])["text"]
    assert office.ask(CLERK, MailboxStatus)["error"] == ""
