"""The emblem's picture as it is printed."""

import io
from functools import lru_cache

import PIL.Image

_DOTS = 750  # for 3 cm: more than a printer shows
_PLAIN = ("1", "L", "LA", "P", "RGB", "RGBA")


@lru_cache(maxsize=16)
def printable(picture: bytes) -> bytes:
    """`picture` as PNG or JPEG without more dots than can be seen; what is drawn in lines stays (SVG)."""
    made = io.BytesIO()
    try:
        with PIL.Image.open(io.BytesIO(picture)) as opened:
            if (
                opened.format in ("PNG", "JPEG")
                and opened.mode in _PLAIN
                and max(opened.size) <= _DOTS
            ):
                return picture
            shown = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
            shown.thumbnail((_DOTS, _DOTS))
            shown.save(made, "PNG")
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError):
        return picture
    return made.getvalue()
