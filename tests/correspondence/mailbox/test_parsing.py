"""Messages as strangers' programs write them: malformed, without headers, Thai in every spelling."""

import base64
from email.header import Header
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.correspondence.mailbox.headers import words
from services.correspondence.mailbox.parsing import parse
from tests.correspondence.mailbox.saraban import PDF, letter

NAME = "หนังสือที่ ศธ ๐๔๐๐๙-ว๑๒๓ เรื่องการประชุมผู้บริหารสถานศึกษา.pdf"
THAI = NAME.encode("tis-620")


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def with_name(disposition: bytes, kind: bytes = b"application/pdf") -> bytes:
    """A message with a file whose headers are these."""
    return b"\r\n".join(
        [
            b"From: a@b.example",
            b"Message-ID: <1@b.example>",
            b"MIME-Version: 1.0",
            b'Content-Type: multipart/mixed; boundary="x"',
            b"",
            b"--x",
            b"Content-Type: " + kind,
            b"Content-Transfer-Encoding: base64",
            b"Content-Disposition: attachment" + disposition,
            b"",
            b64(PDF).encode(),
            b"--x--",
            b"",
        ]
    )


def _percent(raw: bytes) -> bytes:
    return quote(raw).encode()


SPELLINGS = {
    "encoded words": b'; filename="' + Header(NAME, "utf-8", 60).encode().encode() + b'"',
    "encoded words of TIS-620": f'; filename="=?TIS-620?B?{b64(THAI)}?="'.encode(),
    "quoted printable of windows-874": b'; filename="=?windows-874?Q?'
    + b"".join(b"=%02X" % byte for byte in THAI)
    + b'?="',
    "a word cut within a character": (
        f'; filename="=?UTF-8?B?{b64(NAME.encode()[:31])}?=\r\n =?UTF-8?B?{b64(NAME.encode()[31:])}?="'
    ).encode(),
    "RFC 2231": b"; filename*=UTF-8''" + _percent(NAME.encode()),
    "RFC 2231 in TIS-620": b"; filename*=tis-620'th'" + _percent(THAI),
    "RFC 2231 in parts": b";\r\n filename*0*=utf-8''"
    + _percent(NAME.encode()[:30])
    + b";\r\n filename*1*="
    + _percent(NAME.encode()[30:]),
    "raw TIS-620": b'; filename="' + THAI + b'"',
    "raw UTF-8": b'; filename="' + NAME.encode() + b'"',
    "raw UTF-8, not quoted": b"; filename=" + NAME.replace(" ", "").encode(),
    "percent signs": b'; filename="' + _percent(NAME.encode()) + b'"',
    "a wrong charset": f'; filename="=?us-ascii?B?{b64(NAME.encode())}?="'.encode(),
    "a charset that is none": f'; filename="=?x-thai?B?{b64(THAI)}?="'.encode(),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_thai_name_is_read_however_it_is_spelt(spelling: str) -> None:
    [file] = parse(with_name(SPELLINGS[spelling])).files
    expected = NAME.replace(" ", "") if "not quoted" in spelling else NAME
    assert file.name == expected
    assert file.content == PDF


def test_a_name_may_stand_with_the_type() -> None:
    [file] = parse(with_name(b"", b'application/pdf; name="' + THAI + b'"')).files
    assert file.name == NAME


@pytest.mark.parametrize("charset", ["utf-8", "tis-620", "windows-874", "iso-8859-11", "nothing"])
@pytest.mark.parametrize("raw", [True, False])
def test_thai_text_and_headers(charset: str, raw: bool) -> None:
    known = charset if charset in ("utf-8", "tis-620") else "cp874"
    subject, name, text = "ขอเชิญประชุม", "สำนักงานจังหวัด", "เรียน ผู้อำนวยการ"
    said, shown = [
        one.encode(known) if raw else f"=?{charset}?B?{b64(one.encode(known))}?=".encode()
        for one in (subject, name)
    ]
    post = parse(
        b"Subject: " + said + b'\r\nFrom: "' + shown + b'" <saraban@province.example>\r\n'
        b"Content-Type: text/plain; charset=" + charset.encode() + b"\r\n"
        b"Content-Transfer-Encoding: 8bit\r\n\r\n" + text.encode(known)
    )
    assert (post.subject, post.text) == (subject, text)
    assert (post.sender, post.address) == (name, "saraban@province.example")


def test_html_is_read_as_text() -> None:
    post = parse(
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        "<html><head><style>p {color: red}</style></head><body><p>เรียน&nbsp;ผู้อำนวยการ</p>"
        "<script>alert(1)</script><div>ด้วย <b>จังหวัด</b></div></body></html>".encode()
    )
    assert post.text == "เรียน ผู้อำนวยการ\nด้วย จังหวัด"


def test_what_is_written_plainly_goes_before_html() -> None:
    message = letter(text="ข้อความ", files=())
    message.add_alternative("<p>อย่างอื่น</p>", subtype="html")
    assert parse(message.as_bytes()).text == "ข้อความ"


def test_a_picture_in_a_signature_is_no_file_but_a_scan_is() -> None:
    message = letter(files=())
    message.add_alternative('<img src="cid:logo"><img src="cid:scan">', subtype="html")
    html = message.get_body(("html",))
    assert html is not None
    html.add_related(b"\x89PNG small", "image", "png", cid="<logo>", filename="logo.png")  # type: ignore[attr-defined]
    large = b"\x89PNG" + b"x" * 30_000
    html.add_related(large, "image", "png", cid="<scan>", filename="scan.png")  # type: ignore[attr-defined]
    assert [file.name for file in parse(message.as_bytes()).files] == ["scan.png"]


def test_files_within_a_forwarded_mail_are_found() -> None:
    message = letter(files=())
    message.add_attachment(letter(files=[("ใน.pdf", PDF)]))
    assert [file.name for file in parse(message.as_bytes()).files] == ["ใน.pdf"]


MALFORMED = {
    "nothing at all": b"",
    "no headers": b"\r\nhello",
    "no blank line": b"Subject: x",
    "headers of rubbish": b"\xff\xfe\x00: \x00\r\n: :\r\n\r\n\x00\xff",
    "no boundary": b"Content-Type: multipart/mixed\r\n\r\n--x\r\n\r\nhello",
    "a boundary that never comes": b"Content-Type: multipart/mixed; boundary=x\r\n\r\nhello",
    "a boundary that never ends": b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nhi",
    "base64 that is none": b"Content-Transfer-Encoding: base64\r\n\r\n!!!not=base64===",
    "an encoding that is none": b"Content-Transfer-Encoding: x-nothing\r\n\r\nhello",
    "a charset that is none": b'Content-Type: text/plain; charset="\x00"\r\n\r\nhello',
    "an idna charset": b"Content-Type: text/plain; charset=idna\r\n\r\n" + b"\xff" * 70,
    "addresses of rubbish": b'From: <<<@@,,;:"\r\nSubject: =?utf-8?B?%%%?= =?\r\n\r\nx',
    "a date that is none": b"Date: never\r\nMessage-ID: none\r\n\r\nx",
    "parts in parts": b"".join(
        b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(2000)
    ),
    "a long line": b"Subject: " + b"x" * 1_000_000 + b"\r\n\r\nx",
    "a name of rubbish": with_name(b"; filename*0*=utf-8''%E0%; filename*2*=%B8; filename*=x"),
    "lone surrogates": with_name(b'; filename="\xed\xa0\x80.pdf"'),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_nothing_that_is_malformed_is_lost(what: str) -> None:
    post = parse(MALFORMED[what])
    assert len(post.key) == 64
    for text in (post.sender, post.address, post.subject, post.text, post.message_id):
        text.encode()
        assert "\x00" not in text


@given(st.binary(max_size=3000))
def test_whatever_the_bytes(raw: bytes) -> None:
    post = parse(raw)
    (post.sender + post.subject + post.text + "".join(f.name for f in post.files)).encode()
    assert parse(raw).key == post.key


@given(
    st.text(st.characters(blacklist_categories=["Cs", "Cc"])), st.sampled_from(["utf-8", "cp874"])
)
def test_a_header_that_python_wrote_is_read_as_it_was(text: str, charset: str) -> None:
    """Whatever it says, in whatever charset can say it."""
    import unicodedata

    try:
        text.encode(charset)
    except UnicodeEncodeError:
        charset = "utf-8"
    written = Header(text, charset, maxlinelen=60).encode()
    if "=?" not in text:
        assert words(written) == " ".join(unicodedata.normalize("NFC", text).split())
