"""The periodic survey of the receive register (ข้อ 50), to be read and printed."""

from collections.abc import Iterator
from typing import Any

from flask import Response, render_template, request

from gateway import sessions
from gateway.api import downloads
from gateway.documents.survey import TITLE, Survey, survey, survey_pdf
from gateway.pages import names
from gateway.pages.blueprint import pages
from gateway.pages.letters import words
from gateway.parts import parts
from services.correspondence.contract import GetRouting, LetterSort, ListLetters
from services.personnel.contract import Me


@pages.get("/letters/survey")
def letter_survey() -> str:
    return render_template("letters/survey.html", found=_survey())


@pages.get("/letters/survey.pdf")
def print_survey() -> Response:
    """The report on A4; `?thai=1` writes it in Thai digits."""
    found = _survey()
    pdf = survey_pdf(
        found,
        organisation=sessions.ask(Me)["organisation_name"],
        printed_at=parts().clock(),
        thai_digits=bool(request.args.get("thai")),
    )
    return downloads.made(pdf, downloads.PDF, f"{TITLE} {found.day.isoformat()}.pdf", "survey.pdf")


def _survey() -> Survey:
    letters = list(_open_letters())
    people = words.people_in(letters)
    names.know(people)
    days = sessions.ask(GetRouting)["unattended_days"]
    known = {id: names.person(id) for id in people}
    return survey(letters, known, days, parts().clock())


def _open_letters() -> Iterator[dict[str, Any]]:
    """All open letters of the general register, by their numbers."""
    cursor = None
    while True:
        page = sessions.ask(
            ListLetters,
            open=True,
            sort=LetterSort.NUMBER.value,
            limit=downloads.ROWS_AT_ONCE,
            cursor=cursor,
        )
        yield from page["items"]
        cursor = page["next"]
        if cursor is None:
            return
