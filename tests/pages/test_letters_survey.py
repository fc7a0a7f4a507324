"""The periodic survey of the receive register (ข้อ 50), on the screen and on paper."""

import pypdfium2

from tests.api.office import Office
from tests.pages.browsing import Browser
from tests.pages.letters import proposed, received, registered


def later(office: Office, who: str, **days: float) -> Browser:
    """A browser of that person when so much time has passed."""
    office.clock.advance(**days)
    client = office.app.test_client()
    client.set_cookie("amnuay_session", office.log_in(who))
    return Browser(client)


def test_each_open_letter_stands_with_whom_it_waits(office: Office) -> None:
    registered(office, subject="รอเสนอ")
    proposed(office, subject="รอผู้อำนวยการ")
    received(office, subject="กลุ่มรับแล้ว", due="2026-02-18")
    browser = later(office, "clerk", days=4)
    page = browser.open("/letters/survey")
    for words in (
        "สารบรรณกลาง 1 – 1",
        "ผู้อำนวยการ 1 – 1",
        "กลุ่มนโยบายและแผน 1 1 1",
        "รวม (เรื่องละครั้ง) 3 1 3",
        "ลงรับแล้ว",
        "ช้า 2 วัน",
    ):
        assert words in page.text, words


def test_it_is_printed(office: Office) -> None:
    received(office, subject="กลุ่มรับแล้ว", due="2026-02-18", urgency="most_urgent")
    browser = later(office, "clerk", days=4)
    pdf = browser.client.get("/letters/survey.pdf?thai=1").data
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range().replace("\r\n", "")
    for words in ("สำรวจ ณ วันที่ ๒๐ กุมภาพันธ์ ๒๕๖๙", "กลุ่มนโยบายและแผน", "ช้า ๒ วัน", "ด่วนที่สุด"):
        assert words in text, words
    assert not set("0123456789") & set(text)


def test_secret_letters_and_others_letters_are_not_in_it(office: Office) -> None:
    registered(office, "registrar", subject="เรื่องลับ", secrecy="secret")
    registered(office, subject="เรื่องของสารบรรณ")
    received(office, subject="เรื่องของกลุ่ม")
    seen = {who: Browser(office.browser(who)).open("/letters/survey").text for who in _READERS}
    assert "เรื่องของกลุ่ม" in seen["head"]
    assert "เรื่องของสารบรรณ" not in seen["head"]
    for words in ("เรื่องของกลุ่ม", "เรื่องของสารบรรณ"):
        assert words in seen["auditor"]
    assert "ไม่มีหนังสือที่ยังไม่ปิดเรื่อง" in seen["finance"]
    assert not any("เรื่องลับ" in text for text in seen.values())


_READERS = ("head", "auditor", "finance", "registrar")
