"""A document's page: what it says, remarks where they belong, what may be done, all that happened."""

from typing import Any
from uuid import UUID

from flask import Response, make_response, render_template, request, url_for
from markupsafe import Markup, escape

from gateway import sessions
from gateway.pages import names
from gateway.pages.blueprint import pages
from gateway.pages.documents import files, words
from gateway.pages.documents.actions import Offer, carry_out, offers, sent_offer
from gateway.pages.documents.numbering import kept_numbers
from gateway.pages.forms import see
from gateway.pages.language import _
from gateway.pages.letters import files as viewer
from infra.errors import NotFound, Problem
from services.correspondence.contract import (
    FORMS,
    DocumentKind,
    GetDocument,
    NumberDocument,
    ReturnDraft,
    SignDocument,
)

_NUMBERING = (SignDocument, NumberDocument)


@pages.route("/documents/<uuid:id>", methods=["GET", "POST"])
def document(id: UUID) -> Response:
    found = sessions.ask(GetDocument, id=str(id))
    if request.method == "GET":
        return make_response(
            render_template("documents/document.html", **_context(found, offers(found)))
        )
    sent = sent_offer(found, request.form.get("form", ""))
    if sent is None:
        raise NotFound()
    answer = carry_out(sent, found)
    if answer is None:
        return _shown_again(found, sent)
    if sent.action.contract in _NUMBERING and answer["number"] is not None:
        return see(url_for("pages.document", id=id, numbered=1))
    return see(url_for("pages.document", id=id), _(sent.action.said))


def _shown_again(found: dict[str, Any], sent: Offer) -> Response:
    """The page with the form as it was sent, also where its action may be taken no longer."""
    now = sessions.ask(GetDocument, id=found["id"])
    possible = offers(now)
    if not any(one.form.name == sent.form.name for one in possible):
        possible.insert(0, sent)
    possible = [sent if one.form.name == sent.form.name else one for one in possible]
    sent.form.version = now["version"]
    return sent.form.render("documents/document.html", **_context(now, possible))


def _context(found: dict[str, Any], possible: list[Offer]) -> dict[str, Any]:
    names.know(
        [found["drafter"], found["typist"], found["checker"]]
        + [step["actor"] for step in found["history"]]
        + ([found["signer"]] if _is_person(found["signer"]) else [])
    )
    papers = ([found["frozen"]] if found["frozen"] else []) + found["enclosures"]
    shown = _file(found, papers)
    numbering = any(one.action.contract is NumberDocument for one in possible)
    drawn, why = _drawn(found) if shown is None or not found["frozen"] else (0, "")
    return {
        "it": found,
        "shape": FORMS[DocumentKind(found["kind"])],
        "offers": possible,
        "open_form": _open_form(possible),
        "files": papers,
        "shown": viewer.shown(shown) if shown else None,
        "widths": viewer.WIDTHS,
        "papers": {
            "at": "pages.document",
            "file": "pages.document_file",
            "page": "pages.document_page",
        },
        "drawn": drawn,
        "why_not_drawn": why,
        "reviewing": any(one.action.contract is ReturnDraft for one in possible),
        "is_written": found["state"] in words.WRITTEN,
        "mine": words.is_written_by(found, sessions.current().actor),
        "signer": names.person(found["signer"]) if _is_person(found["signer"]) else found["signer"],
        "reservations": kept_numbers(found["series"]) if numbering else [],
        "just_numbered": bool(request.args.get("numbered")) and found["number"] is not None,
        "quoted": quoted,
    }


def _is_person(signer: str) -> bool:
    """A document signed on paper has a name in that place."""
    try:
        return bool(signer) and bool(UUID(signer))
    except ValueError:
        return False


def _file(found: dict[str, Any], papers: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The file to show: the one that the address names, else the frozen document."""
    wanted = request.args.get("file")
    return next((file for file in papers if file["id"] == wanted), found["frozen"])


def _drawn(found: dict[str, Any]) -> tuple[int, str]:
    """How many pages the draft will have; none, and why, where they cannot be drawn."""
    if found["state"] == "discarded":
        return 0, ""
    try:
        return len(files.preview(found)["pages"]), ""
    except Problem as problem:
        return 0, _(problem.detail)


def _open_form(possible: list[Offer]) -> str:
    """Which form stands open: the one just sent, one that the address names, or the likeliest."""
    sent = next((one for one in possible if one.form.sent), None)
    wanted = request.args.get("do")
    named = next((one for one in possible if one.action.method == wanted), None)
    likeliest = possible[0] if possible and not possible[0].action.seldom else None
    chosen = sent or named or likeliest
    return chosen.form.name if chosen else ""


def quoted(text: str, comments: list[dict[str, str]]) -> Markup:
    """The text with the places marked that remarks are on, each by its place in `comments`."""
    places = []
    for place, comment in enumerate(comments):
        at = text.find(comment["quote"]) if comment["quote"] else -1
        if at >= 0:
            places.append((at, at + len(comment["quote"]), place))
    shown, here = Markup(), 0
    for begin, end, place in sorted(places):
        if begin < here:
            continue  # two remarks on one place: the first one's mark stands for both
        shown += escape(text[here:begin])
        shown += Markup('<mark id="place-{}">{}</mark>').format(place + 1, text[begin:end])
        here = end
    return shown + escape(text[here:])
