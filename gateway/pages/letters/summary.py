"""The receive register of a year in figures (ข้อ 50): what is open, late or left lying, and the charts."""

from typing import Any

from flask import render_template, request

from gateway import sessions
from gateway.pages import names
from gateway.pages.blueprint import pages
from gateway.pages.language import _, language
from gateway.pages.letters import words
from infra import thai
from services.correspondence.contract import LetterSummary

_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
COLOURS = {"urgent": "blue", "very_urgent": "amber", "most_urgent": "red"}
_STATE_COLOURS = {"blue": "blue", "amber": "amber", "red": "red", "green": "green"}

Bar = dict[str, Any]  # name, number, colour, and `link`: the filter that shows these letters


@pages.get("/letters/summary")
def letter_summary() -> str:
    asked = {"year": request.args["year"]} if request.args.get("year") else {}
    found = sessions.ask(LetterSummary, **asked)
    return render_template(
        "letters/summary.html",
        found=found,
        years=sorted({*found["years"], found["year"]}, reverse=True),
        by_month=months(found["by_month"]),
        by_urgency=bars(found["by_urgency"], "urgency", words.URGENCY, COLOURS),
        by_state=bars(
            found["by_state"],
            "state",
            {state: name for state, (name, _colour) in words.STATE.items()},
            {
                state: _STATE_COLOURS.get(colour, "strong-line")
                for state, (_name, colour) in words.STATE.items()
            },
        ),
        by_group=[
            {
                "name": names.group(one["key"]) or _("กลุ่มที่ยุบแล้ว"),
                "number": one["count"],
                "field": "group",
                "key": one["key"],
            }
            for one in sorted(found["by_group"], key=lambda one: -one["count"])
        ],
    )


def months(counts: list[dict[str, Any]]) -> list[Bar]:
    """All twelve, also those in which nothing came."""
    found = {int(one["key"][-2:]): one["count"] for one in counts}
    shown = _ENGLISH if language() == "en" else thai.SHORT_MONTHS
    return [{"name": name, "number": found.get(month, 0)} for month, name in enumerate(shown, 1)]


def bars(counts: list[dict[str, Any]], field: str, known: Any, colours: Any) -> list[Bar]:
    """In the order of the enumeration, each with the register's filter that shows the same."""
    found = {one["key"]: one["count"] for one in counts}
    return [
        {
            "name": _(name),
            "number": found.get(key, 0),
            "colour": colours.get(key, "accent"),
            "field": field,
            "key": str(key),
        }
        for key, name in known.items()
    ]
