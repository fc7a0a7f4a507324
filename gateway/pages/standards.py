"""The office's standards: their indicators by standard, how far each has come, and the sets adopted."""

from collections import Counter
from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway import sessions
from gateway.pages import names
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from gateway.parts import parts
from infra import thai
from infra.clock import fiscal_year
from services.standards.contract import (
    AdoptStandardSet,
    IndicatorState,
    ListIndicators,
    ListStandardSets,
    NameIndicator,
)

_MOST = 200  # indicators in one answer; a set has some dozens


@pages.get("/standards")
def standards() -> str:
    """All indicators of a fiscal year under their standards; `mine` and `state` narrow the lists."""
    sets = sessions.ask(ListStandardSets)
    year = _year(sets)
    mine = request.args.get("mine") == "true"
    state = request.args.get("state", "")
    state = state if state in set(IndicatorState) else ""
    every = _indicators(year, mine)
    names.know(row["owner"] for row in every)
    shown = [row for row in every if not state or row["state"] == state]
    return render_template(
        "standards/list.html",
        sets=sets,
        year=year,
        years=_years(sets),
        mine=mine,
        state=state,
        counts=Counter(row["state"] for row in every),
        groups=_by_standard(sets, year, every, shown),
        total=len(every),
    )


def _year(sets: dict[str, Any]) -> int:
    """The fiscal year asked for (พ.ศ.), else the present one."""
    asked = thai.to_arabic_digits(request.args.get("year", ""))
    years = _years(sets)
    present = fiscal_year(parts().clock())
    if asked.isdecimal() and len(asked) == 4 and int(asked) in years:
        return int(asked)
    return present if present in years or not years else years[0]


def _years(sets: dict[str, Any]) -> list[int]:
    """The fiscal years in which a set holds, up to the present one, newest first."""
    present = fiscal_year(parts().clock())
    found: set[int] = set()
    for one in sets["items"]:
        last = min(one["last_fiscal_year"] or present, present)
        found.update(range(one["first_fiscal_year"], last + 1))
    return sorted(found, reverse=True)


def _indicators(year: int, mine: bool) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = sessions.ask(ListIndicators, fiscal_year=year, mine=mine, limit=_MOST, cursor=cursor)
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found


def _by_standard(
    sets: dict[str, Any], year: int, every: list[dict[str, Any]], shown: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Each standard in force with the indicators to show, and how all of its stand."""
    groups = []
    for one in sets["items"]:
        last = one["last_fiscal_year"]
        if not one["first_fiscal_year"] <= year <= (last or year):
            continue
        for standard in one["standards"]:
            key = (one["id"], standard["number"])
            counts = Counter(row["state"] for row in every if _key(row) == key)
            groups.append(
                {
                    "set": one["id"],
                    "number": standard["number"],
                    "name": standard["name"],
                    "rows": [row for row in shown if _key(row) == key],
                    "counts": counts,
                    "total": counts.total(),
                    "chart": chart(counts),
                }
            )
    return groups


def _key(row: dict[str, Any]) -> tuple[str, int]:
    return row["standard_set"], row["standard"]


# The order in which a bar is drawn, from done to not begun.
_BAR = ("verified", "reported", "returned", "assigned", "unassigned")


def chart(counts: Counter[str], width: int = 200) -> list[tuple[str, float, float]]:
    """A bar of `width` as parts (state, x, width), for an SVG; nothing where there is nothing."""
    total, x, bar = counts.total(), 0.0, []
    for state in _BAR:
        if counts[state]:
            length = width * counts[state] / total
            bar.append((state, round(x, 2), round(length, 2)))
            x += length
    return bar


@pages.route("/standards/adopt", methods=["GET", "POST"])
def adopt_standards() -> AnyResponse:
    sets = sessions.ask(ListStandardSets)
    begun = {
        "first_fiscal_year": fiscal_year(parts().clock()),
        "rounds": "6, 12",
        "code": sets["offered"][0]["code"] if len(sets["offered"]) == 1 else "",
    }
    form = Form(begun)
    if form.sent:
        body = {
            "code": form.text("code"),
            "first_fiscal_year": form.whole("first_fiscal_year"),
            "last_fiscal_year": form.whole("last_fiscal_year"),
            "rounds": _rounds(form),
        }
        if form.send(AdoptStandardSet, body):
            return see(url_for("pages.standards"), _("เริ่มใช้มาตรฐานชุดนี้แล้ว เพิ่มตัวบ่งชี้ได้ทันที"))
    return form.render("standards/adopt.html", form=form, sets=sets)


def _rounds(form: Form) -> list[int]:
    """Months of the fiscal year, as typed: `6, 12`."""
    typed = thai.to_arabic_digits(form.text("rounds")).replace(",", " ").split()
    if not all(one.isdecimal() and len(one) <= 2 for one in typed):
        form.refuse("rounds", "พิมพ์เป็นเดือนที่ของปีงบประมาณ เช่น 6, 12")
        return []
    return [int(one) for one in typed]


@pages.route("/indicators/new", methods=["GET", "POST"])
def add_indicator() -> AnyResponse:
    sets = sessions.ask(ListStandardSets)
    options = [
        (f"{one['id']}:{standard['number']}", f"{standard['number']}. {standard['name']}")
        for one in sets["items"]
        for standard in one["standards"]
    ]
    form = Form({"standard": request.args.get("standard", "")})
    if form.sent:
        standard_set, _colon, number = form.text("standard").partition(":")
        body = {
            "standard_set": standard_set,
            "standard": int(number) if number.isdecimal() else None,
            "code": form.text("code"),
            "name": form.text("name"),
        }
        made = form.send(NameIndicator, body, names={"standard_set": "standard"})
        if made:
            return see(url_for("pages.indicator", id=made["id"]), _("เพิ่มตัวบ่งชี้แล้ว"))
    return form.render("standards/new.html", form=form, options=options)
