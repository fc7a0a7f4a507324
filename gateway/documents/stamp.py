"""The receive stamp (ตรารับหนังสือ, form 12), alone and on a letter's first page."""

import io
from pathlib import Path
from typing import Any

import PIL.Image
from PIL import ImageOps
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.errors import PyPdfError

from infra import thai
from infra.clock import bangkok
from infra.errors import UnsupportedMedia
from infra.threads import unhindered
from infra.typesetting import typeset

_TEMPLATES = Path(__file__).parent / "templates"
_POINTS = 72 / 25.4  # a millimetre, in points
_WIDTH, _HEIGHT, _MARGIN = 50 * _POINTS, 25 * _POINTS, 8 * _POINTS
_A4 = (210 * _POINTS, 297 * _POINTS)


def stamp_svg(stamp: dict[str, Any]) -> str:
    """The stamp for the screen.

    `stamp` has `organisation` (its name), `number`, `received_at` (aware datetime) and, if the
    office writes so, `thai_digits`.
    """
    return typeset(_TEMPLATES / "stamp.typ", _shown(stamp), "svg").decode()


def stamped_first_page(content: bytes, stamp: dict[str, Any]) -> bytes:
    """The first page of a PDF or a picture, with the stamp at its top right, as a PDF.

    Raises UnsupportedMedia where the content has no page that can be drawn.
    """
    seal = typeset(_TEMPLATES / "stamp.typ", _shown(stamp))
    return unhindered(lambda: _overlay(content, seal))


def stamped_bare_page(stamp: dict[str, Any]) -> bytes:
    """The stamp on a sheet of A4 that holds nothing else, to be printed on or clipped to a paper."""
    writer = PdfWriter()
    writer.add_blank_page(*_A4)
    sheet = io.BytesIO()
    writer.write(sheet)
    return stamped_first_page(sheet.getvalue(), stamp)


def _shown(stamp: dict[str, Any]) -> dict[str, Any]:
    return {
        "organisation": stamp["organisation"],
        "number": stamp["number"],
        "date": thai.format_date(bangkok(stamp["received_at"]).date(), "short"),
        "time": thai.format_time(stamp["received_at"]),
        "thai_digits": stamp.get("thai_digits", False),
    }


def _overlay(content: bytes, seal: bytes) -> bytes:
    pdf = content if b"%PDF-" in content[:1024] else _picture_page(content)
    writer = PdfWriter()
    try:
        reader = PdfReader(io.BytesIO(pdf))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnsupportedMedia("ไฟล์ PDF นี้ใส่รหัสผ่านไว้ จึงประทับตราบนหน้าแรกไม่ได้")
        page = writer.add_page(reader.pages[0])
        page.transfer_rotation_to_content()
        _press(page, PdfReader(io.BytesIO(seal)).pages[0])
        made = io.BytesIO()
        writer.write(made)
    except (PyPdfError, IndexError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise UnsupportedMedia("ไฟล์ PDF นี้เสีย อ่านหน้าแรกไม่ได้") from error
    return made.getvalue()


def _press(page: PageObject, seal: PageObject) -> None:
    """Lay `seal` on the visible top right; larger on a page larger than A4, which prints reduced."""
    box = page.cropbox
    short, long = sorted((float(box.width), float(box.height)))
    scale = max(short / _A4[0], long / _A4[1])
    scale = scale if scale > 1.25 else min(1.0, float(box.width) / (_WIDTH + 2 * _MARGIN))
    place = (
        Transformation()
        .scale(scale)
        .translate(
            float(box.right) - (_WIDTH + _MARGIN) * scale,
            float(box.top) - (_HEIGHT + _MARGIN) * scale,
        )
    )
    page.merge_transformed_page(seal, place)


def _picture_page(content: bytes) -> bytes:
    """A picture's first frame as a page that fits A4, upright as its camera held it."""
    try:
        with PIL.Image.open(io.BytesIO(content)) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
        short, long = sorted(upright.size)
        dots = max(short / _A4[0], long / _A4[1]) * 72
        page = io.BytesIO()
        upright.save(page, "PDF", resolution=dots)
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError) as error:
        raise UnsupportedMedia("ประทับตราได้เฉพาะไฟล์ PDF และภาพ") from error
    return page.getvalue()
