"""A letter's page: its papers, the chain of endorsements, who has it, what may be done, all that happened."""

from typing import Any
from uuid import UUID

from flask import Response, make_response, render_template, request, url_for

from gateway import sessions
from gateway.pages import names
from gateway.pages.blueprint import pages
from gateway.pages.forms import SAID_COOKIE, see
from gateway.pages.language import _
from gateway.pages.letters import files, words
from gateway.pages.letters.actions import Offer, carry_out, offers, sent_offer
from gateway.pages.letters.answers import answers, may_answer
from infra.errors import NotFound, Problem
from services.correspondence.contract import (
    AssignLetter,
    GetArrival,
    GetLetter,
    MyTasks,
    ReceiveByGroup,
)
from services.personnel.contract import ListPeople


@pages.route("/letters/<uuid:id>", methods=["GET", "POST"])
def letter(id: UUID) -> Response:
    found = sessions.ask(GetLetter, id=str(id))
    if request.method == "GET":
        page = render_template("letters/letter.html", **_context(found, offers(found)))
        return make_response(page)
    sent = sent_offer(found, request.form.get("form", ""))
    if sent is None:
        raise NotFound()
    answer = carry_out(sent, found)
    if answer is not None:
        return see(url_for("pages.letter", id=id), _said(sent, answer))
    return _shown_again(found, sent)


def _said(sent: Offer, answer: dict[str, Any]) -> str:
    said = _(sent.action.said)
    if sent.action.contract is ReceiveByGroup:
        said = _(
            "%(said)s เลขที่ %(number)s", said=said, number=f"{answer['number']}/{answer['year']}"
        )
    return said


def _shown_again(found: dict[str, Any], sent: Offer) -> Response:
    """The page with the form as it was sent, also where its action may be taken no longer."""
    now = sessions.ask(GetLetter, id=found["id"])
    possible = offers(now)
    if not any(one.form.name == sent.form.name for one in possible):
        possible.insert(0, sent)
    possible = [sent if one.form.name == sent.form.name else one for one in possible]
    if sent.form.version is not None:
        sent.form.version = now["version"]
    return sent.form.render("letters/letter.html", **_context(now, possible))


def _context(found: dict[str, Any], possible: list[Offer]) -> dict[str, Any]:
    names.know(_people_in(found))
    shown = _file(found)
    return {
        "it": found,
        "offers": possible,
        "open_form": _open_form(possible),
        "groups": names.groups(),
        "officers": {
            one.group["group"]: _officers(one.group["group"])
            for one in possible
            if one.group and one.action.contract is AssignLetter
        },
        "urgency_options": words.options(words.URGENCY),
        "channel_options": words.options(words.CHANNEL),
        "files": found["files"],
        "shown": files.shown(shown) if shown else None,
        "widths": files.WIDTHS,
        "is_open": words.is_open(found),
        "answers": answers(found),
        "may_answer": may_answer(sessions.current().actor, found),
        "arrival": _arrival(found),
        "next_task": _next_task(found["id"]) if request.cookies.get(SAID_COOKIE) else None,
    }


def _next_task(done: str) -> dict[str, Any] | None:
    """After a step: what waits for the visitor next, with how many there are."""
    try:
        waiting = sessions.ask(MyTasks, limit=2)
    except Problem:
        return None  # what was done is done
    first = next((one for one in waiting["items"] if one["letter"]["id"] != done), None)
    return {**first, "total": waiting["total"]} if first else None


def _arrival(found: dict[str, Any]) -> dict[str, Any] | None:
    """How it came on the system or by e-mail; None for whom the tray is none of their business."""
    if found["arrival"] is None:
        return None
    try:
        return sessions.ask(GetArrival, id=found["arrival"])
    except Problem:
        return None


def _people_in(found: dict[str, Any]) -> set[str]:
    """Whose names the page needs."""
    steps = found["history"]
    officers = [one["officer"] for one in (*steps, *found["groups"]) if one["officer"]]
    return {step["actor"] for step in steps} | set(officers)


def _open_form(possible: list[Offer]) -> str:
    """Which form stands open: the one just sent, one that the address names, or the likeliest."""
    sent = next((one for one in possible if one.form.sent), None)
    wanted = request.args.get("do")
    named = next((one for one in possible if one.action.method == wanted), None)
    likeliest = possible[0] if possible and not possible[0].seldom else None
    chosen = sent or named or likeliest
    return chosen.form.name if chosen else ""


def _file(found: dict[str, Any]) -> dict[str, Any] | None:
    """The file to show: the one that the address names, also one that came with a report; or the first."""
    reported = [file for step in found["history"] for file in step["attachments"]]
    wanted = request.args.get("file")
    named: list[dict[str, Any]] = [
        file for file in [*found["files"], *reported] if file["id"] == wanted
    ]
    return next(iter(named or found["files"]), None)


def _officers(group: str) -> list[tuple[str, str]]:
    """The people of a group; none where `personnel` does not answer, for the letter to be read."""
    try:
        people = sessions.ask(ListPeople, group=group, limit=500)["items"]
    except Problem:
        return []
    return [(one["id"], _called(one)) for one in people]


def _called(person: dict[str, Any]) -> str:
    title = person["seats"][0]["title"] if person["seats"] else ""
    return f"{person['name']} · {title}" if title else str(person["name"])
