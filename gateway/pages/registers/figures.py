"""The documents of a year in figures: charts, each with its table."""

from typing import Any

from flask import render_template, request

from gateway import sessions
from gateway.pages import names
from gateway.pages.blueprint import pages
from gateway.pages.documents import words
from gateway.pages.language import _
from gateway.pages.letters import words as letters
from gateway.pages.letters.summary import COLOURS, Bar, bars, months
from services.correspondence.contract import DocumentSummary, Series


@pages.get("/documents/summary")
def document_summary() -> str:
    asked = {"year": request.args["year"]} if request.args.get("year") else {}
    found = sessions.ask(DocumentSummary, **asked)
    return render_template(
        "registers/figures.html",
        found=found,
        years=sorted({*found["years"], found["year"]}, reverse=True),
        by_month=months(found["by_month"]),
        by_series=[
            bar
            for bar in bars(found["by_series"], "series", words.SERIES, {})
            if bar["number"] or bar["key"] == Series.SEND
        ],
        by_urgency=bars(found["by_urgency"], "urgency", letters.URGENCY, COLOURS),
        by_group=_groups(found["by_group"]),
        spans=_spans(found),
        to_sign=_all(found["days_to_sign"]),
        to_close=_all(found["days_to_close"]),
    )


def _groups(counts: list[dict[str, Any]]) -> list[Bar]:
    return [
        {"name": names.group(one["key"]) or _("กลุ่มที่ยุบแล้ว"), "number": one["count"]}
        for one in sorted(counts, key=lambda one: -one["count"])
    ]


def _all(counts: list[dict[str, Any]]) -> int | None:
    """The mean of every document; None where none has come so far."""
    return next((one["count"] for one in counts if one["key"] == "all"), None)


def _spans(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The days that each group's documents took, where it has any."""
    days = {
        name: {one["key"]: one["count"] for one in found[name] if one["key"] != "all"}
        for name in ("days_to_sign", "days_to_close")
    }
    keys = sorted({*days["days_to_sign"], *days["days_to_close"]}, key=names.group)
    return [
        {
            "name": names.group(key) or _("กลุ่มที่ยุบแล้ว"),
            "to_sign": days["days_to_sign"].get(key),
            "to_close": days["days_to_close"].get(key),
        }
        for key in keys
    ]
