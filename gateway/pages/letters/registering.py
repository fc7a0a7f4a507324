"""Registering letters that came in (ลงทะเบียนรับ), one after the other, from the keyboard alone."""

import re
from typing import Any

from flask import Response, render_template, request, url_for

from gateway import sessions
from gateway.pages import dates
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.letters import words
from gateway.pages.letters.actions import NAMES, registration
from infra.errors import Forbidden, NotFound, Problem
from infra.identity import Role
from services.correspondence.contract import (
    Channel,
    FindDuplicates,
    GetLetter,
    Party,
    RegisterLetter,
    Secrecy,
    SuggestParties,
    Urgency,
)
from services.personnel.contract import ListOrganisations, ListPosts

_MOST_SUGGESTED = 12


@pages.route("/letters/new", methods=["GET", "POST"])
def new_letter() -> Response:
    """The form; above it the letter registered just before (`?after=`), whose recipient and channel stay."""
    actor = sessions.current().actor
    if not words.may_register(actor):
        raise Forbidden()
    before = _before()
    form = Form(_begin(before) if request.method == "GET" else None)
    classifies = actor.has(Role.REGISTRAR)
    if form.sent:
        body = registration(form) | {"uploads": form.many("uploads")}
        if classifies:
            body["secrecy"] = form.text("secrecy") or Secrecy.NONE.value
        answer = form.send(RegisterLetter, body, NAMES)
        if answer is not None:
            return see(url_for("pages.new_letter", after=answer["id"]))
    return form.render(
        "letters/new.html",
        form=form,
        before=before,
        urgency_options=words.options(words.URGENCY),
        channel_options=words.options(words.CHANNEL),
        secrecy_options=words.options(words.SECRECY) if classifies else None,
    )


@pages.get("/letters/new/duplicates")
def find_duplicates() -> str:
    """What is in the register already with the ที่, ลงวันที่ and จาก typed so far."""
    reference, sender = (request.args.get(name, "").strip() for name in ("reference", "sender"))
    try:
        dated = dates.read_date(request.args.get("dated", ""))
        found = sessions.ask(
            FindDuplicates, reference=reference[:100], sender=sender[:300], dated=dated.isoformat()
        )["items"]
    except (ValueError, Problem):
        found = []  # half typed: nothing can be said yet
    return render_template("letters/duplicates.html", found=found)


@pages.get("/letters/parties/<column>")
def suggest_parties(column: str) -> str:
    """Options of จาก or ถึง that contain what is typed: those used before, then the directory's."""
    if column not in list(Party):
        raise NotFound()
    typed = request.args.get(column, "").strip()[:200]
    found = list(sessions.ask(SuggestParties, column=column, q=typed)["items"])
    if len(found) < _MOST_SUGGESTED and typed:
        found += _directory(column, typed)
    options = list(dict.fromkeys(found))[:_MOST_SUGGESTED]
    return render_template("letters/parties.html", options=options)


def _directory(column: str, typed: str) -> list[str]:
    """Schools by name for จาก; the titles of this organisation's posts for ถึง."""
    try:
        if column == Party.SENDER:
            schools = sessions.ask(ListOrganisations, q=typed, limit=_MOST_SUGGESTED)["items"]
            return [one["name"] for one in schools]
        return [
            post["title"] for post in sessions.ask(ListPosts)["items"] if typed in post["title"]
        ]
    except Problem:
        return []  # typing goes on without it


def _before() -> dict[str, Any] | None:
    id = request.args.get("after", "")
    if not re.fullmatch("[0-9a-f-]{36}", id):
        return None
    try:
        return sessions.ask(GetLetter, id=id)
    except NotFound:
        return None


def _begin(before: dict[str, Any] | None) -> dict[str, Any]:
    """What stands in an empty form: what the next letter of a pile most likely has in common."""
    begun = {"urgency": Urgency.NORMAL.value, "secrecy": Secrecy.NONE.value}
    if before is not None:
        return begun | {"recipient": before["recipient"], "channel": before["channel"]}
    try:
        usual = sessions.ask(SuggestParties, column=Party.RECIPIENT.value)["items"][:1]
    except Problem:
        usual = []
    return begun | {"channel": Channel.PAPER.value, "recipient": "".join(usual)}
