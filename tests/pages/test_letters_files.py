"""Files of a letter on its page: shown in place as pictures, given out safely."""

import io
from collections.abc import Callable

import PIL.Image
import pytest

from gateway.documents import pictures
from tests.api.office import Office
from tests.pages.browsing import Browser
from tests.pages.letters import pdf, registered

Browse = Callable[[str], Browser]


def given(office: Office, content: bytes, name: str) -> tuple[str, str]:
    """A letter with this file; their ids."""
    letter = registered(office, uploads=[office.upload("clerk", content, name)])
    file = office.as_("clerk").get(f"/api/letters/{letter}").json["files"][0]["id"]
    return letter, file


def picture(kind: str, size: tuple[int, int] = (40, 30), frames: int = 1) -> bytes:
    made = io.BytesIO()
    sheets = [PIL.Image.new("RGB", size, "red") for _ in range(frames)]
    more = {"save_all": True, "append_images": sheets[1:]} if frames > 1 else {}
    sheets[0].save(made, kind, **more)
    return made.getvalue()


def test_the_pages_of_a_pdf_are_drawn(browse: Browse, office: Office) -> None:
    letter, file = given(office, pdf(3), "สามหน้า.pdf")
    clerk = browse("clerk")
    page = clerk.open(f"/letters/{letter}")
    assert "3 หน้า" in page.text
    drawn = clerk.client.get(f"/letters/{letter}/files/{file}/pages/3?width=800")
    with PIL.Image.open(io.BytesIO(drawn.data)) as image:
        assert image.format == "WEBP"
        assert image.width == 800
        assert image.height == pytest.approx(800 * 80 / 60, abs=2)
    again = clerk.client.get(
        f"/letters/{letter}/files/{file}/pages/3?width=800",
        headers={"If-None-Match": drawn.headers["ETag"]},
    )
    assert again.status_code == 304
    for wrong in ("4?width=800", "0?width=800", "1?width=801", "1", "1?width=99999999"):
        assert clerk.client.get(f"/letters/{letter}/files/{file}/pages/{wrong}").status_code == 404


def test_a_file_of_very_many_pages_says_that_only_the_first_are_shown(
    browse: Browse, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MOST_PAGES", 2)
    for content, name in ((pdf(3), "a.pdf"), (picture("TIFF", frames=3), "a.tif")):
        letter, _file = given(office, content, name)
        clerk = browse("clerk")
        page = clerk.open(f"/letters/{letter}")
        assert "3 หน้า" in page.text
        assert "แสดงเฉพาะ 2 หน้าแรกจาก 3 หน้า" in page.text
        assert page.response.text.count('class="viewer-page"') == 2
    assert "แสดงเฉพาะ" not in clerk.open(f"/letters/{given(office, pdf(2), 'b.pdf')[0]}").text


@pytest.mark.parametrize(("kind", "name"), [("PNG", "a.png"), ("JPEG", "a.jpg"), ("TIFF", "a.tif")])
def test_pictures_are_drawn_no_larger_than_they_are(
    browse: Browse, office: Office, kind: str, name: str
) -> None:
    letter, file = given(office, picture(kind), name)
    drawn = browse("clerk").client.get(f"/letters/{letter}/files/{file}/pages/1?width=1200")
    with PIL.Image.open(io.BytesIO(drawn.data)) as image:
        assert image.size == (40, 30)


def test_a_fax_of_several_pages_has_them_all(browse: Browse, office: Office) -> None:
    letter, file = given(office, picture("TIFF", frames=2), "แฟกซ์.tif")
    clerk = browse("clerk")
    assert "2 หน้า" in clerk.open(f"/letters/{letter}").text
    assert clerk.client.get(f"/letters/{letter}/files/{file}/pages/2?width=800").status_code == 200


def test_a_file_goes_out_so_that_it_cannot_run(browse: Browse, office: Office) -> None:
    letter, file = given(office, pdf(), "หนังสือ.pdf")
    clerk = browse("clerk").client
    shown = clerk.get(f"/letters/{letter}/files/{file}", buffered=True)
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert not shown.headers.get("Content-Disposition", "").startswith("attachment")
    kept = clerk.get(f"/letters/{letter}/files/{file}?keep=1", buffered=True)
    assert kept.headers["Content-Disposition"].startswith("attachment")
    assert kept.data == shown.data
    letter, file = given(office, b"<script>alert(1)</script>", "a.txt")
    text = clerk.get(f"/letters/{letter}/files/{file}", buffered=True)
    assert text.headers["Content-Disposition"].startswith("attachment")


def test_what_cannot_be_drawn_is_offered_for_download_with_a_word_why(
    browse: Browse, office: Office
) -> None:
    letter, file = given(office, b"%PDF-1.7\n broken", "เสีย.pdf")
    clerk = browse("clerk")
    page = clerk.open(f"/letters/{letter}")
    assert "เปิดไฟล์ PDF นี้ไม่ได้" in page.text
    assert f"/letters/{letter}/files/{file}?keep=1" in page.links
    assert clerk.client.get(f"/letters/{letter}/files/{file}/pages/1?width=800").status_code == 415
    letter, file = given(office, "ข้อความ".encode(), "a.txt")
    assert "แสดงในหน้านี้ไม่ได้" in clerk.open(f"/letters/{letter}").text
    assert clerk.client.get(f"/letters/{letter}/files/{file}/pages/1?width=800").status_code == 404


def test_one_of_several_files_is_shown_by_its_address(browse: Browse, office: Office) -> None:
    uploads = [office.upload("clerk", pdf(n), f"ฉบับที่ {n}.pdf") for n in (1, 2)]
    letter = registered(office, uploads=uploads)
    files = office.as_("clerk").get(f"/api/letters/{letter}").json["files"]
    clerk = browse("clerk")
    assert "1 หน้า" in clerk.open(f"/letters/{letter}").text
    assert "2 หน้า" in clerk.open(f"/letters/{letter}?file={files[1]['id']}").text
    assert "1 หน้า" in clerk.open(f"/letters/{letter}?file=none").text


def test_a_letter_on_paper_alone_says_so(browse: Browse, office: Office) -> None:
    letter = registered(office)
    assert "ยังไม่มีเอกสารแนบ" in browse("clerk").open(f"/letters/{letter}").text
