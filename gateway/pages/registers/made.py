"""The registers of what is made (form 14): a year of a series, narrowed, and taken along."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Response, render_template, request, url_for

from gateway import sessions
from gateway.api import downloads
from gateway.api.made_registers import MadeRegister
from gateway.documents.actions import document_remark, gap_remark
from gateway.pages import dates, names
from gateway.pages.blueprint import pages
from gateway.pages.documents import words
from gateway.pages.language import _
from gateway.parts import parts
from infra import thai
from infra.clock import register_year
from infra.errors import Invalid, NotFound
from services.correspondence.contract import DocumentSort, GetDocumentPolicy, ListDocuments, Series
from services.correspondence.contract.numbering import FIRST_YEAR, LAST_YEAR

_DAYS = ("first_day", "last_day")
_ROWS = 100
_MAKERS = {"csv": downloads.made_csv, "xlsx": downloads.made_xlsx, "pdf": downloads.made_pdf}
# Kept by every office, so that they have a tab each; the others are chosen in the filter.
_EVERYDAY = (Series.SEND, Series.CIRCULAR, Series.ORDER, Series.ANNOUNCEMENT, Series.CERTIFICATE)


@dataclass
class Filters:
    """The part of a register that the address asks for; `wrong` says of a field why it could not
    be understood (the register is then shown without it)."""

    params: dict[str, Any]
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def narrowed(self) -> bool:
        return any(name in self.params for name in ("q", "group", *_DAYS)) or bool(self.wrong)


def read_filters(this_year: int) -> Filters:
    """What no form sends is Invalid."""
    year = thai.to_arabic_digits(request.args.get("year", "")).strip()
    known = year.isdecimal() and FIRST_YEAR <= int(year) <= LAST_YEAR
    series = request.args.get("series", "").strip() or Series.SEND.value
    found = Filters({"series": series, "year": int(year) if known else this_year})
    for name in ("q", "group"):
        if request.args.get(name, "").strip():
            found.params[name] = request.args[name].strip()
    for name in _DAYS:
        if typed := request.args.get(name, "").strip():
            try:
                found.params[name] = dates.read_date(typed).isoformat()
            except ValueError as error:
                found.wrong[name] = _(str(error))
    first, last = (found.params.get(name) for name in _DAYS)
    if first and last and first > last:
        found.wrong["last_day"] = _("ต้องไม่ก่อนวันเริ่ม")
        del found.params["last_day"]
    ListDocuments.check(found.params)
    return found


@pages.get("/documents/register")
def made_register() -> Response:
    this_year = register_year(parts().clock())
    filters = read_filters(this_year)
    register = MadeRegister(filters.params)
    cursor = request.args.get("cursor")
    page = register.page(cursor=cursor, limit=_ROWS, sort=DocumentSort.NUMBER_DESC.value)
    above = request.args.get("above", "")
    context = {
        "page_of": page,
        "filters": filters,
        "rows": list(_rows(register, page, int(above) if above.isdecimal() else None)),
    }
    if request.headers.get("HX-Request") and cursor:
        return _varied(render_template("registers/made_rows.html", **context))
    exported = {name: value for name, value in filters.params.items() if name != "limit"}
    return _varied(
        render_template(
            "registers/made.html",
            **context,
            register=register,
            years=range(this_year, this_year - 10, -1),
            tabs=_tabs(filters),
            series_options=[(one.value, _(words.SERIES[one])) for one in Series],
            group_options=[(one["id"], one["name"]) for one in names.groups()],
            exports={
                kind: url_for("pages.export_made_register", kind=kind, **exported)
                for kind in _MAKERS
            },
        )
    )


def _tabs(filters: Filters) -> list[tuple[str, str, bool, None]]:
    """The registers that an office keeps every day; the one shown among them."""
    apart = sessions.ask(GetDocumentPolicy)
    shown = filters.params["series"]
    hidden = {Series.CIRCULAR: not apart["circulars_apart"]}
    hidden[Series.CERTIFICATE] = not apart["certificates_apart"]
    every = [one for one in _EVERYDAY if one == shown or not hidden.get(one)]
    every += [one for one in Series if one == shown and one not in every]
    year = filters.params["year"]
    return [
        (
            url_for("pages.made_register", series=one.value, year=year),
            _(words.SERIES[one]),
            one == shown,
            None,
        )
        for one in every
    ]


def _rows(
    register: MadeRegister, page: dict[str, Any], above: int | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """("document" or "gap", row) of a page, from the highest number down.

    `above` is the number at the end of the page before. At the ends of the register gaps belong to
    it only where it is the whole year's.
    """
    documents = page["items"]
    numbers = [one["number"] for one in documents]
    ceiling = above
    if above is None and not register.whole:
        ceiling = max(numbers, default=0)
    floor = 0
    if page["next"] or not register.whole:
        floor = min(numbers, default=0)
    gaps = [
        one
        for one in register.gaps
        if floor < one["number"] and (ceiling is None or one["number"] < ceiling)
    ]
    if not documents and not register.whole:
        gaps = []
    for one in documents:
        one["remark"] = document_remark(one)
    for one in gaps:
        one["remark"] = gap_remark(one)
    every = [("document", one) for one in documents] + [("gap", one) for one in gaps]
    yield from sorted(every, key=lambda each: -each[1]["number"])


def _varied(shown: str) -> Response:
    """htmx gets only rows where a browser gets the page, under one address."""
    response = Response(shown, content_type="text/html; charset=utf-8")
    response.vary.add("HX-Request")
    return response


@pages.get("/documents/register.<kind>")
def export_made_register(kind: str) -> Response:
    """A register as the address narrows it; `?thai=1` writes its PDF in Thai digits."""
    if kind not in _MAKERS:
        raise NotFound()
    filters = read_filters(register_year(parts().clock()))
    if filters.wrong:
        raise Invalid(fields={name: [message] for name, message in filters.wrong.items()})
    if kind == "pdf":
        return downloads.made_pdf(filters.params, thai_digits=bool(request.args.get("thai")))
    return _MAKERS[kind](filters.params)
