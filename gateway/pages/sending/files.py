"""Files of what waits in the tray: whole, or page by page as pictures. `GetArrivalFile` decides who may."""

from typing import Any
from uuid import UUID

from flask import Response, request

from gateway import sessions
from gateway.api.files import download
from gateway.pages.blueprint import pages
from gateway.pages.letters.files import drawn
from services.correspondence.contract import GetArrivalFile


@pages.get("/letters/tray/<uuid:id>/files/<uuid:attachment>")
def arrival_file(id: UUID, attachment: UUID) -> Response:
    """The file itself: in place if a browser shows it safely, to be kept with `?keep=1`."""
    return download(_facts(id, attachment), inline=not request.args.get("keep"))


@pages.get("/letters/tray/<uuid:id>/files/<uuid:attachment>/pages/<int:page>")
def arrival_page(id: UUID, attachment: UUID, page: int) -> Response:
    """One page of it as a picture, `?width=` pixels wide."""
    return drawn(_facts(id, attachment), page)


def _facts(id: UUID, attachment: UUID) -> dict[str, Any]:
    return sessions.ask(GetArrivalFile, id=str(id), attachment=str(attachment))
