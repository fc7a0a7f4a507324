"""Documents that the office makes (หนังสือส่ง): what waits for me, what I drafted, all that are numbered."""

from dataclasses import dataclass, field
from typing import Any

from flask import Response, render_template, request, url_for

from gateway import sessions
from gateway.pages import dates, names
from gateway.pages.blueprint import pages
from gateway.pages.documents import words
from gateway.pages.language import _
from gateway.parts import parts
from infra import thai
from infra.clock import register_year
from services.correspondence.contract import DocumentSort, ListDocuments, MyDocuments
from services.correspondence.contract.numbering import FIRST_YEAR, LAST_YEAR

VIEWS = ("waiting", "mine", "numbered", "all")
_CHOICES = ("kind", "state", "series", "group", "sort")
_DAYS = ("first_day", "last_day")


@dataclass
class Filters:
    """The part of the documents that the address asks for: `view` is a tab, `params` are those of
    `ListDocuments`; `wrong` says of a field why it could not be understood."""

    view: str
    params: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def chosen(self) -> int:
        """How many filters are set."""
        fields = ("q", "year", *_CHOICES[:-1], *_DAYS)
        return sum(name in self.params or name in self.wrong for name in fields)


def read_filters() -> Filters:
    view = request.args.get("view", VIEWS[0])
    found = Filters(view if view in VIEWS else VIEWS[0])
    for name in ("q", *_CHOICES, "cursor"):
        if request.args.get(name, "").strip():
            found.params[name] = request.args[name].strip()
    for name in _DAYS:
        if typed := request.args.get(name, "").strip():
            try:
                found.params[name] = dates.read_date(typed).isoformat()
            except ValueError as error:
                found.wrong[name] = _(str(error))
    year = thai.to_arabic_digits(request.args.get("year", "")).strip()
    if year.isdecimal() and FIRST_YEAR <= int(year) <= LAST_YEAR:
        found.params["year"] = int(year)
    if found.view in ("mine", "numbered"):
        found.params[found.view] = True
    return found


@pages.get("/documents")
def documents() -> Response:
    filters = read_filters()
    if filters.view == "waiting":
        page = sessions.ask(MyDocuments, cursor=filters.params.get("cursor"))
    else:
        page = sessions.ask(ListDocuments, **filters.params)
    names.know(words.people_in(page["items"]))
    context = {"page_of": page, "filters": filters, "address_of": address_of}
    if request.headers.get("HX-Request") and "cursor" in request.args:
        return _varied(render_template("documents/rows.html", **context))
    this_year = register_year(parts().clock())
    every = (
        page
        if filters.view == "all" and not filters.chosen
        else sessions.ask(ListDocuments, limit=1)
    )
    waiting = page if filters.view == "waiting" else sessions.ask(MyDocuments, limit=1)
    return _varied(
        render_template(
            "documents/list.html",
            **context,
            counts=_counts(waiting["total"], every["total"]),
            may=set(every["actions"]),
            years=range(this_year, this_year - 5, -1),
            kind_options=[(kind.value, _(name)) for kind, name in words.KIND.items()],
            state_options=[(one.value, _(name)) for one, (name, _colour) in words.STATE.items()],
            group_options=[(one["id"], one["name"]) for one in names.groups()],
            recent=DocumentSort.RECENT.value,
        )
    )


def _counts(waiting: int, every: int) -> dict[str, int]:
    found = {"waiting": waiting, "all": every}
    for view in ("mine", "numbered"):
        found[view] = sessions.ask(ListDocuments, limit=1, **{view: True})["total"]
    return found


def address_of(row: dict[str, Any]) -> str:
    """Where a row leads: to the editor for who writes it, else to the document's page."""
    written = words.is_written_by(row, sessions.current().actor)
    return url_for("pages.edit_document" if written else "pages.document", id=row["id"])


def _varied(shown: str) -> Response:
    """htmx gets only rows where a browser gets the page, under one address."""
    response = Response(shown, content_type="text/html; charset=utf-8")
    response.vary.add("HX-Request")
    return response
