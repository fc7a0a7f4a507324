"""Numbering signed documents as the clerk (ออกเลข): one or many at once, in the order of signing."""

from typing import Any

from flask import Response, url_for

from gateway import sessions
from gateway.pages import names
from gateway.pages.blueprint import pages
from gateway.pages.documents import words
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from infra.errors import Problem
from services.correspondence.contract import (
    DocumentState,
    ListDocuments,
    ListReservations,
    NumberDocuments,
    Series,
)

_MOST = 100


@pages.route("/documents/numbering", methods=["GET", "POST"])
def number_documents() -> Response:
    form = Form()
    done = []
    if form.sent:
        chosen = form.many("id")
        if not chosen:
            form.refuse("id", _("เลือกฉบับที่จะออกเลขก่อน"))
        answer = form.send(NumberDocuments, {"ids": chosen}, {"ids": "id"})
        if answer is not None:
            done = answer["items"]
            if len(done) == 1:
                return see(url_for("pages.document", id=done[0]["id"], numbered=1))
    waiting = sessions.ask(ListDocuments, state=DocumentState.SIGNED.value, limit=_MOST)
    # Who signed first is numbered first.
    waiting["items"].sort(key=lambda row: row["last_step_at"])
    names.know(words.people_in(waiting["items"]))
    return form.render("documents/numbering.html", form=form, waiting=waiting, done=done)


def kept_numbers(series: str | None = None) -> list[tuple[str, str]]:
    """Numbers kept ahead and not used (of one series), to choose from: (reservation, words)."""
    try:
        kept = sessions.ask(ListReservations)["items"]
    except Problem:
        return []
    return [
        (one["id"], _called(one))
        for one in kept
        if one["free"] and (series is None or one["series"] == series)
    ]


def _called(one: dict[str, Any]) -> str:
    return _(
        "%(series)s เลข %(number)s ที่จองไว้: %(reason)s",
        series=_(words.SERIES[Series(one["series"])]),
        number=one["free"][0],
        reason=one["reason"],
    )
