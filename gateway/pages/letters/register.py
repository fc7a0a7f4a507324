"""The receive register (form 13): a year of it, searched, filtered, sorted, and taken along."""

from dataclasses import dataclass, field
from typing import Any

from flask import Response, render_template, request, url_for

from gateway import sessions
from gateway.api import downloads
from gateway.pages import dates, names
from gateway.pages.blueprint import pages
from gateway.pages.language import _
from gateway.pages.letters import words
from gateway.parts import parts
from infra import thai
from infra.clock import register_year
from infra.errors import Invalid, NotFound
from infra.identity import Role
from services.correspondence.contract import LetterSort, ListLetters
from services.correspondence.contract.queries import FIRST_YEAR, LAST_YEAR

_DAYS = ("first_day", "last_day")
_CHOICES = ("register", "state", "urgency", "channel", "group")
_VIEWS = ("open", "overdue", "unattended")
# The heads that sort, by their columns; each has its turn-round in the contract.
SORTS = ("number", "dated", "sender", "subject", "due")


@dataclass
class Filters:
    """The part of the register that the address asks for.

    `params` are those of `ListLetters`; `wrong` says of a field why it could not be understood
    (the list is then shown without it).
    """

    params: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def chosen(self) -> int:
        """How many of the rarer filters are set."""
        rarer = ("channel", "group", *_DAYS)
        return sum(name in self.params or name in self.wrong for name in rarer)

    @property
    def exported(self) -> dict[str, Any]:
        return {
            name: "true" if value is True else value
            for name, value in self.params.items()
            if name not in ("sort", "cursor", "limit")
        }


def read_filters(year: int | None) -> Filters:
    """The address's filters; `year` is meant where it names none. What no form sends is Invalid."""
    found = Filters()
    for name in ("q", *_CHOICES, "sort", "cursor", "officer"):
        if request.args.get(name, "").strip():
            found.params[name] = request.args[name].strip()
    for name in _VIEWS:
        if request.args.get(name):
            found.params[name] = True
    for name in _DAYS:
        _read_day(found, name)
    _read_year(found, year)
    first, last = (found.params.get(name) for name in _DAYS)
    if first and last and first > last:
        found.wrong["last_day"] = _("ต้องไม่ก่อนวันเริ่ม")
        del found.params["last_day"]
    return found


def _read_day(found: Filters, name: str) -> None:
    if typed := request.args.get(name, "").strip():
        try:
            found.params[name] = dates.read_date(typed).isoformat()
        except ValueError as error:
            found.wrong[name] = _(str(error))


def _read_year(found: Filters, year: int | None) -> None:
    typed = thai.to_arabic_digits(request.args.get("year", "")).strip()
    if typed.isdecimal() and FIRST_YEAR <= int(typed) <= LAST_YEAR:
        found.params["year"] = int(typed)
    elif not typed and year is not None and not any(name in request.args for name in _VIEWS):
        found.params["year"] = year


@pages.get("/letters")
def register() -> Response:
    this_year = register_year(parts().clock())
    filters = read_filters(this_year)
    page = sessions.ask(ListLetters, **filters.params, count=not filters.params.get("q"))
    names.know(words.people_in(page["items"]))
    context = {"page_of": page, "filters": filters, "by_day": _by_day(filters)}
    if request.headers.get("HX-Request") and "cursor" in request.args:
        return _varied(render_template("letters/register_rows.html", **context))
    actor = sessions.current().actor
    secret = filters.params.get("register") == "secret"
    shown = render_template(
        "letters/register.html",
        **context,
        secret=secret,
        sees_secret=actor.has(Role.REGISTRAR),
        years=sorted({*page["years"], this_year}, reverse=True),
        this_year=this_year,
        counts={view: _count(view, secret) for view in _VIEWS},
        state_options=[(state.value, _(name)) for state, (name, _colour) in words.STATE.items()],
        urgency_options=words.options(words.URGENCY),
        channel_options=words.options(words.CHANNEL),
        group_options=[(one["id"], one["name"]) for one in names.groups()],
        may_register="register_letter" in page["actions"],
        heads=[_head(column, filters) for column in SORTS],
        exports={
            kind: url_for("pages.export_register", kind=kind, **filters.exported)
            for kind in ("xlsx", "csv", "pdf")
        },
    )
    return _varied(shown)


@pages.get("/letters/total")
def count_letters() -> str:
    """How many letters the address's filters find, for a page that did not wait for it."""
    found = sessions.ask(ListLetters, **read_filters(None).params | {"limit": 1})
    return render_template("letters/total.html", total=found["total"])


def _varied(shown: str) -> Response:
    """htmx gets only rows where a browser gets the page, under one address."""
    response = Response(shown, content_type="text/html; charset=utf-8")
    response.vary.add("HX-Request")
    return response


def _by_day(filters: Filters) -> bool:
    """Whether the rows follow the register's own order, so that each day has its band."""
    return filters.params.get("sort", LetterSort.NUMBER_DESC) in (
        LetterSort.NUMBER,
        LetterSort.NUMBER_DESC,
    )


def _count(view: str, secret: bool) -> int:
    more = {"register": "secret"} if secret else {}
    total: int = sessions.ask(ListLetters, limit=1, **{view: True}, **more)["total"]
    return total


def _head(column: str, filters: Filters) -> dict[str, Any]:
    """A column's head: the sort that a press gives, and what it is now (`aria-sort`)."""
    present = filters.params.get("sort", LetterSort.NUMBER_DESC.value)
    down = present == f"-{column}"
    return {
        "column": column,
        "sort": column if down else f"-{column}" if present == column else column,
        "now": "descending" if down else "ascending" if present == column else None,
    }


@pages.get("/letters/register.<kind>")
def export_register(kind: str) -> Response:
    """The register as the address filters it; `?thai=1` writes its PDF in Thai digits."""
    makers = {
        "csv": downloads.register_csv,
        "xlsx": downloads.register_xlsx,
        "pdf": downloads.register_pdf,
    }
    if kind not in makers:
        raise NotFound()
    filters = read_filters(None)
    if filters.wrong:
        raise Invalid(fields={name: [message] for name, message in filters.wrong.items()})
    params = filters.params | {"limit": downloads.ROWS_AT_ONCE, "sort": LetterSort.NUMBER.value}
    ListLetters.check(params)
    if kind == "pdf":
        return downloads.register_pdf(params, thai_digits=bool(request.args.get("thai")))
    return makers[kind](params)
