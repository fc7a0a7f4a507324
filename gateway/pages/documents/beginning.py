"""Beginning a draft (ร่างหนังสือ): of one of the twelve kinds, from a template, from an earlier document,
or as the reply to a received letter."""

import re
from typing import Any

from flask import Response, request, url_for

from gateway import sessions
from gateway.pages.blueprint import pages
from gateway.pages.documents import words
from gateway.pages.forms import Form, see
from gateway.pages.frame import frame
from infra.errors import NotFound
from services.correspondence.contract import (
    DocumentKind,
    DraftDocument,
    GetDocument,
    GetLetter,
    ListDocuments,
    ListTemplates,
)

_MOST_EARLIER = 12
_ID = "[0-9a-f-]{36}"


@pages.route("/documents/new", methods=["GET", "POST"])
def new_document() -> Response:
    """`?reply_to=` is a received letter, `?replaces=` a document in whose place the new one is to stand."""
    reply_to, replaces = _named("reply_to"), _named("replaces")
    letter = sessions.ask(GetLetter, id=reply_to) if reply_to else None
    replaced = sessions.ask(GetDocument, id=replaces) if replaces else None
    groups = _groups()
    form = Form({"group": groups[0][0] if groups else ""})
    if form.sent:
        body = _begun_from(form.text("from")) | {
            "group": form.optional("group"),
            "reply_to": reply_to,
            "replaces": replaces,
        }
        made = form.send(DraftDocument, body, {"kind": "from"})
        if made is not None:
            return see(url_for("pages.edit_document", id=made["id"]))
    typed = request.args.get("q", "").strip()[:200]
    return form.render(
        "documents/new.html",
        form=form,
        letter=letter,
        replaced=replaced,
        everyday=words.EVERYDAY,
        rarer=[kind for kind in DocumentKind if kind not in words.EVERYDAY],
        templates=sessions.ask(ListTemplates)["items"],
        earlier=_earlier(typed) if replaced is None else [],
        groups=groups,
    )


def _named(name: str) -> str | None:
    """A thing that the address names. Raises NotFound where it is none."""
    given = request.args.get(name, "")
    if given and not re.fullmatch(_ID, given):
        raise NotFound()
    return given or None


def _begun_from(chosen: str) -> dict[str, Any]:
    """`kind`, or `kind:template:id`, or `kind:copy_of:id`: what the pressed button says."""
    kind, _colon, rest = chosen.partition(":")
    source, _colon, id = rest.partition(":")
    return {"kind": kind} | ({source: id} if source in ("template", "copy_of") else {})


def _earlier(typed: str) -> list[dict[str, Any]]:
    """Earlier documents to begin from: those that the words find, else the latest."""
    found: list[dict[str, Any]] = sessions.ask(ListDocuments, q=typed, limit=_MOST_EARLIER)["items"]
    return found


def _groups() -> list[tuple[str, str]]:
    """The groups in which the visitor has posts, to choose from where there are several."""
    seats = [seat for seat in frame().seats if seat["group"]]
    return list({seat["group"]: (seat["group"], seat["group_name"]) for seat in seats}.values())
