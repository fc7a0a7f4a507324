"""The picture at the head of an organisation's documents (ครุฑ): taken in only if it can be printed."""

from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from infra.errors import Invalid
from infra.filetypes import MEDIA_TYPES

LARGEST = 5 * 1024 * 1024  # bytes: it is set anew into every document
_KINDS = {MEDIA_TYPES[kind]: kind for kind in ("png", "jpg")}  # no PDF goes into a PDF/A
_PAGE = '#set page(width: 3cm, height: 3cm, margin: 0pt)\n#image("emblem.{}", height: 3cm)'


def check_emblem(media_type: str, content: bytes) -> None:
    """Raises Invalid unless the picture is one that documents can be printed with."""
    if media_type not in _KINDS:
        raise Invalid(fields={"emblem": ["ตราต้องเป็นภาพ PNG หรือ JPEG"]})
    if len(content) > LARGEST:
        raise Invalid(fields={"emblem": [f"ไฟล์ตราใหญ่ได้ไม่เกิน {LARGEST // 1024 // 1024} MB"]})
    with TemporaryDirectory() as folder:
        place, kind = Path(folder), _KINDS[media_type]
        (place / f"emblem.{kind}").write_bytes(content)
        (place / "page.typ").write_text(_PAGE.format(kind))
        try:
            typst.compile(place / "page.typ", pdf_standards=["a-2u"])
        except (RuntimeError, typst.TypstError) as error:
            message = "ไฟล์ตราเสียหรือพิมพ์ไม่ได้ บันทึกเป็น PNG แล้วแนบใหม่"
            raise Invalid(fields={"emblem": [message]}) from error
