"""Files of letters as pages show them: whole, in place, or page by page as pictures.

Each asks `GetAttachment` first, which decides who may.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, request

from gateway import sessions
from gateway.api import downloads
from gateway.api.files import download
from gateway.documents import pictures
from gateway.pages.blueprint import pages
from gateway.pages.language import _
from gateway.parts import parts
from infra.errors import NotFound, Problem
from services.correspondence.contract import GetAttachment

WIDTHS = pictures.WIDTHS


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A file as the viewer shows it: how many pages it has and the sizes of those that are shown, or
    `why` there are none to see."""

    file: dict[str, Any]
    count: int = 0
    sizes: tuple[tuple[int, int], ...] = ()
    why: str = ""


def shown(file: dict[str, Any]) -> Shown:
    """What the viewer needs of a file that the visitor has been given the facts of."""
    if file["media_type"] not in pictures.DRAWN:
        return Shown(file=file, why=_("ไฟล์ชนิดนี้แสดงในหน้านี้ไม่ได้ ดาวน์โหลดไปเปิดด้วยโปรแกรมของไฟล์"))
    try:
        path = parts().files.path(file["sha256"])
        found = pictures.pages(path, file["media_type"])
        return Shown(file=file, count=found.number, sizes=found.sizes)
    except Problem as problem:
        return Shown(file=file, why=_(problem.detail))


@pages.get("/letters/<uuid:id>/files/<uuid:attachment>")
def letter_file(id: UUID, attachment: UUID) -> Response:
    """The file itself: in place if a browser shows it safely, to be kept with `?keep=1`."""
    return download(_facts(id, attachment), inline=not request.args.get("keep"))


@pages.get("/letters/<uuid:id>/files/<uuid:attachment>/pages/<int:page>")
def letter_page(id: UUID, attachment: UUID, page: int) -> Response:
    """One page of it as a picture, `?width=` pixels wide."""
    return drawn(_facts(id, attachment), page)


def drawn(file: dict[str, Any], page: int) -> Response:
    """A page of a file that the visitor has been given the facts of, `?width=` pixels wide."""
    width = request.args.get("width", type=int)
    if width not in pictures.WIDTHS or file["media_type"] not in pictures.DRAWN:
        raise NotFound()
    response = Response(mimetype=pictures.MEDIA_TYPE)
    response.set_etag(f"{file['sha256']}-{page}-{width}")
    response.headers["Cache-Control"] = "private, no-cache"
    if response.make_conditional(request).status_code != 304:
        path = parts().files.path(file["sha256"])
        response.set_data(pictures.picture(path, file["media_type"], page, width))
    return response


@pages.get("/letters/<uuid:id>/stamp.svg")
def letter_stamp(id: UUID) -> Response:
    return downloads.stamp_svg({"id": str(id)})


@pages.get("/letters/<uuid:id>/stamped.pdf")
def stamped_letter(id: UUID) -> Response:
    """Its first page with the receive stamp, to be printed."""
    return downloads.stamped_pdf({"id": str(id)})


def _facts(id: UUID, attachment: UUID) -> dict[str, Any]:
    return sessions.ask(GetAttachment, id=str(id), attachment=str(attachment))
