"""The pages of a file as pictures, for browsers that cannot show it in place (telephones above all)."""

import io
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import PIL.Image
import pypdfium2  # type: ignore[import-untyped]
from PIL import ImageOps, ImageSequence

from infra.errors import NotFound, UnsupportedMedia
from infra.threads import unhindered

MEDIA_TYPE = "image/webp"
DRAWN = ("application/pdf", "image/png", "image/jpeg", "image/tiff")
WIDTHS = (800, 1200, 1800, 2600)  # pixels; a few, so that pictures are found again
MOST_PAGES = 500
_TALLEST = 3  # times its width, so that no page fills the memory
_QUALITY = 82


def _real_lock() -> Any:
    """A lock that holds between the real threads in which `unhindered` works."""
    if "eventlet" in sys.modules:
        from eventlet import patcher

        return patcher.original("threading").Lock()
    return threading.Lock()


_pdfium = _real_lock()  # PDFium serves one thread at a time


class Pages(NamedTuple):
    """How many pages a file has, and width and height of each of the first MOST_PAGES, in any unit:
    how much room a picture of it takes."""

    number: int
    sizes: tuple[tuple[int, int], ...]


@lru_cache(maxsize=2000)
def pages(path: Path, media_type: str) -> Pages:
    """Raises UnsupportedMedia where the file has no pages that can be drawn."""
    return unhindered(lambda: _pages(path, media_type))


@lru_cache(maxsize=100)
def picture(path: Path, media_type: str, page: int, width: int) -> bytes:
    """Page `page` (from 1) as WebP, `width` pixels wide. Raises NotFound, UnsupportedMedia."""
    return unhindered(lambda: _picture(path, media_type, page, width))


def _pages(path: Path, media_type: str) -> Pages:
    if media_type == "application/pdf":
        with _document(path) as document:
            count = len(document)
            found = [document.get_page_size(index) for index in range(min(count, MOST_PAGES))]
    else:
        with _opened(path) as image:
            count = getattr(image, "n_frames", 1)
            found = [ImageOps.exif_transpose(image).size] if _upright(image) else [image.size]
            found += [image.size] * (min(count, MOST_PAGES) - 1)
    sizes = tuple((max(1, round(width)), max(1, round(height))) for width, height in found)
    return Pages(count, sizes)


def _picture(path: Path, media_type: str, page: int, width: int) -> bytes:
    if media_type == "application/pdf":
        drawn = _draw(path, page, width)
    else:
        with _opened(path) as image:
            frame = next(
                (
                    one
                    for index, one in enumerate(ImageSequence.Iterator(image), 1)
                    if index == page
                ),
                None,
            )
            if frame is None:
                raise NotFound()
            drawn = ImageOps.exif_transpose(frame).convert("RGB")
            if drawn.width > width:
                drawn = drawn.resize((width, max(1, round(drawn.height * width / drawn.width))))
    made = io.BytesIO()
    drawn.save(made, "WEBP", quality=_QUALITY, method=2)
    return made.getvalue()


def _draw(path: Path, page: int, width: int) -> PIL.Image.Image:
    with _document(path) as document:
        if not 1 <= page <= min(len(document), MOST_PAGES):
            raise NotFound()
        wide, high = document.get_page_size(page - 1)
        scale = width / max(1.0, wide)
        if high > wide * _TALLEST:
            scale = width * _TALLEST / high
        bitmap = document[page - 1].render(scale=scale, draw_annots=True)
        drawn: PIL.Image.Image = bitmap.to_pil()
        return drawn.convert("RGB")


def _upright(image: PIL.Image.Image) -> bool:
    return getattr(image, "n_frames", 1) == 1


@contextmanager
def _document(path: Path) -> Iterator[pypdfium2.PdfDocument]:
    with _pdfium:
        try:
            document = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as error:
            raise UnsupportedMedia(
                "เปิดไฟล์ PDF นี้ไม่ได้ อาจเสียหรือใส่รหัสผ่านไว้ ลองดาวน์โหลดไปเปิด"
            ) from error
        try:
            yield document
        except pypdfium2.PdfiumError as error:
            raise UnsupportedMedia("แสดงหน้านี้ของไฟล์ PDF ไม่ได้ ลองดาวน์โหลดไปเปิด") from error
        finally:
            document.close()


@contextmanager
def _opened(path: Path) -> Iterator[PIL.Image.Image]:
    try:
        with PIL.Image.open(path) as image:
            yield image
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError) as error:
        raise UnsupportedMedia("แสดงภาพนี้ไม่ได้ ลองดาวน์โหลดไปเปิด") from error
