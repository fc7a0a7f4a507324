"""Which files are accepted, told by their content: a name is only a claim."""

import mmap
import re
import zipfile
from pathlib import Path

from infra.errors import UnsupportedMedia

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "odt": f"{_OPEN}.text",
    "ods": f"{_OPEN}.spreadsheet",
    "odp": f"{_OPEN}.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "txt": "text/plain",
    "csv": "text/csv",
    "zip": "application/zip",
}

_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpg",
    b"II*\x00": "tif",
    b"MM\x00*": "tif",
    b"PK\x03\x04": "zip",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "ole",
}
_ZIP_MEMBERS = {
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "ppt/presentation.xml": "pptx",
}
_OPEN_KINDS = ("odt", "ods", "odp")
_OLE_STREAMS = {
    "WordDocument": "doc",
    "Workbook": "xls",
    "Book": "xls",
    "PowerPoint Document": "ppt",
}
_SAME = {"jpeg": "jpg", "tiff": "tif", "csv": "txt"}


def check(path: Path, name: str) -> tuple[str, str]:
    """The file's name (with an extension, should it lack one) and its media type.

    Raises UnsupportedMedia where the content is of no accepted type or not of the type that the
    name claims.
    """
    found = re.search(r"\.(?![0-9]+$)([A-Za-z0-9]{1,8})$", name)
    extension = found[1].lower() if found else ""
    if extension and extension not in MEDIA_TYPES:
        accepted = ", ".join(MEDIA_TYPES)
        raise UnsupportedMedia(f"ไม่รับไฟล์ชนิด .{extension} รับเฉพาะ {accepted}")
    kind = kind_of(path)
    if kind is None and not extension:
        raise UnsupportedMedia("ไม่รู้จักชนิดของไฟล์นี้ กรุณาส่งเป็น PDF หรือภาพ")
    if not extension and kind:
        return f"{name}.{kind}", MEDIA_TYPES[kind]
    if kind != _SAME.get(extension, extension) and not (extension == "zip" and _zipped(kind)):
        raise UnsupportedMedia(
            f"เนื้อหาของไฟล์ไม่ใช่ {extension.upper()} ตามนามสกุล กรุณาตรวจสอบแล้วแนบใหม่"
        )
    return name, MEDIA_TYPES[extension]


def kind_of(path: Path) -> str | None:
    """The extension that fits the content of a file that is not empty; None for any other."""
    with path.open("rb") as file:
        head = file.read(1024)
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            look_inside = {"zip": _zip_kind, "ole": _ole_kind}.get(kind)
            return look_inside(path) if look_inside else kind
    if b"%PDF-" in head:
        return "pdf"
    return "txt" if _is_text(path) else None


def _zipped(kind: str | None) -> bool:
    return kind is not None and MEDIA_TYPES[kind].startswith((_OFFICE, _OPEN))


def _zip_kind(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names:
                with archive.open("mimetype") as member:
                    declared = member.read(100).decode("ascii", "replace").strip()
                return next((kind for kind in _OPEN_KINDS if MEDIA_TYPES[kind] == declared), "zip")
            if "[Content_Types].xml" in names:
                return next((kind for it, kind in _ZIP_MEMBERS.items() if it in names), "zip")
            return "zip"
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
        return None


def _ole_kind(path: Path) -> str | None:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for stream, kind in _OLE_STREAMS.items():
            if content.find(stream.encode("utf-16-le") + b"\x00\x00") >= 0:
                return kind
    return None


def _is_text(path: Path) -> bool:
    """UTF-8 or the old Thai code page, without control characters."""
    content = path.read_bytes()
    if any(byte < 32 and byte not in b"\t\n\r\f" for byte in set(content)):
        return False
    for encoding in ("utf-8", "cp874"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
