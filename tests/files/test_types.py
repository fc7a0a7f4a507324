"""A file is what its content is, whatever its name says."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from infra import filetypes
from infra.errors import UnsupportedMedia


def zipped(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return content.getvalue()


def office(main: str) -> bytes:
    return zipped(**{"[Content_Types].xml": b"<Types/>", main: b"<x/>"})


def picture(kind: str) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, kind)
    return content.getvalue()


def workbook() -> bytes:
    content = io.BytesIO()
    openpyxl.Workbook().save(content)
    return content.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000
CONTENT = {
    "pdf": b"%PDF-1.4\n...",
    "png": picture("PNG"),
    "jpg": picture("JPEG"),
    "jpeg": picture("JPEG"),
    "tif": picture("TIFF"),
    "docx": office("word/document.xml"),
    "xlsx": workbook(),
    "pptx": office("ppt/presentation.xml"),
    "odt": zipped(mimetype=b"application/vnd.oasis.opendocument.text"),
    "doc": OLE + "WordDocument\0".encode("utf-16-le"),
    "xls": OLE + "Workbook\0".encode("utf-16-le"),
    "txt": "ข้อความ\r\n".encode(),
    "csv": "รหัส,ชื่อ\n1,บ้านนา\n".encode("cp874"),
    "zip": zipped(a=b"%PDF-1.4 inside"),
}


@pytest.mark.parametrize("extension", CONTENT)
def test_each_type_is_known_by_its_content(tmp_path: Path, extension: str) -> None:
    file = tmp_path / "file"
    file.write_bytes(CONTENT[extension])
    expected = filetypes.MEDIA_TYPES[extension]
    assert filetypes.check(file, f"ก.{extension.upper()}") == (f"ก.{extension.upper()}", expected)
    name, media_type = filetypes.check(file, "หนังสือ พ.ศ. 2569")
    assert name.startswith("หนังสือ พ.ศ. 2569.")
    assert media_type == {"text/csv": "text/plain"}.get(expected, expected)


@pytest.mark.parametrize("extension", CONTENT)
@pytest.mark.parametrize("claimed", ["pdf", "png", "docx", "xls", "txt"])
def test_no_type_passes_for_another(tmp_path: Path, extension: str, claimed: str) -> None:
    if filetypes.MEDIA_TYPES[claimed] == filetypes.MEDIA_TYPES[extension] or {
        claimed,
        extension,
    } == {"txt", "csv"}:
        return
    file = tmp_path / "file"
    file.write_bytes(CONTENT[extension])
    with pytest.raises(UnsupportedMedia, match=f"ไม่ใช่ {claimed.upper()} ตามนามสกุล"):
        filetypes.check(file, f"a.{claimed}")


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03\x00\x00\x00",
        b"\x7fELF\x02\x01\x01\x00",
        b"PK\x03\x04 and no more",
        OLE,
        b"\x00",
        bytes(range(256)) * 20,
        "ข้อความ".encode("utf-16"),
    ],
)
def test_other_content_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    for name in ("a.pdf", "a.zip", "a.txt", "a.doc", "a"):
        with pytest.raises(UnsupportedMedia):
            filetypes.check(file, name)


@pytest.mark.parametrize("name", ["a.exe", "a.html", "a.svg", "a.docm", "a.pdf.js"])
def test_other_extensions_are_refused_whatever_the_content(tmp_path: Path, name: str) -> None:
    file = tmp_path / "file"
    file.write_bytes(CONTENT["pdf"])
    with pytest.raises(UnsupportedMedia, match="รับเฉพาะ pdf, png"):
        filetypes.check(file, name)
