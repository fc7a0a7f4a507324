"""The public page of a document: what its paper says, whether a file is the very one, and nothing else."""

from collections.abc import Callable
from io import BytesIO

from gateway.throttle import EACH
from tests.api.office import Office
from tests.pages.browsing import Browser, Page
from tests.pages.documents import SUBJECT, read, signed
from tests.pages.letters import pdf, post

Browse = Callable[[str], Browser]


def test_a_stranger_reads_what_the_paper_says_and_no_more(
    stranger: Browser, office: Office
) -> None:
    document = signed(office)
    found = read(office, "director", document)
    page = stranger.open(f"/verify/{found['code']}")
    assert page.status == 200
    assert "มีเอกสารฉบับนี้ในทะเบียน" in page.text
    for words in (
        "สำนักงานเขตพื้นที่การศึกษาทดสอบ",
        "หนังสือภายนอก",
        SUBJECT,
        "นายสั่ง ทดสอบ",
        "ผู้อำนวยการสำนักงาน",
        "วันจันทร์ที่ 16 กุมภาพันธ์ 2569",
        found["frozen"]["sha256"],
    ):
        assert words in page.text
    assert "นายทำ ทดสอบ" not in page.text  # who drafted it is the house's own business
    assert document not in page.response.text
    assert not any(link.startswith("/documents") for link in page.links)
    assert "noindex" in page.response.headers["X-Robots-Tag"]


def test_the_file_is_the_very_one_or_it_is_not(stranger: Browser, office: Office) -> None:
    found = read(office, "director", signed(office))
    frozen = f"/api/documents/{found['id']}/files/{found['frozen']['id']}"
    genuine = office.as_("director").get(frozen, buffered=True).data
    address = f"/verify/{found['code']}"

    def compared(content: bytes) -> Page:
        form = {"file": (BytesIO(content), "ที่ได้รับ.pdf")}
        return Page(stranger.client.post(address, data=form))

    assert "ใช่ ไฟล์นี้เป็นฉบับจริง" in compared(genuine).text
    assert "ไม่ใช่ ไฟล์นี้ไม่ตรงกับฉบับที่บันทึกไว้" in compared(genuine + b"\n").text
    assert "ไม่ใช่ ไฟล์นี้ไม่ตรงกับฉบับที่บันทึกไว้" in compared(pdf()).text
    assert "ที่ได้รับ.pdf" in compared(genuine).text


def test_a_void_document_says_so(stranger: Browser, office: Office) -> None:
    document = signed(office)
    post(office, "director", f"/api/documents/{document}/cancellation", reason="ผิดคน")
    page = stranger.open(f"/verify/{read(office, 'director', document)['code']}")
    assert "เอกสารฉบับนี้ถูกยกเลิกแล้ว" in page.text
    assert "ผิดคน" not in page.text


def test_an_unknown_code_is_plainly_unknown(stranger: Browser, office: Office) -> None:
    document = signed(office)
    for code in ("nothing-like-it", document, "x" * 80):
        page = stranger.open(f"/verify/{code}")
        assert page.status == 404
        assert "ไม่พบเอกสารตามรหัสนี้" in page.text
    assert "รหัสตรวจสอบ" in stranger.open("/verify").text


def test_whoever_asks_too_often_waits(stranger: Browser, office: Office) -> None:
    code = read(office, "director", signed(office))["code"]
    tries, every = EACH
    address = f"/verify/{code}"
    statuses = {stranger.client.get(address).status_code for _ in range(tries)}
    assert statuses == {200}
    refused = stranger.client.get(address)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "1"
    elsewhere = {"X-Forwarded-For": "203.0.113.7"}
    assert stranger.client.get(address, headers=elsewhere).status_code == 200
    assert stranger.client.get(f"/api/verifications/{code}").status_code == 429
    office.clock.advance(seconds=every.total_seconds())
    assert stranger.client.get(address).status_code == 200
