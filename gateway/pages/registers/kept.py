"""The numbers of a series: those kept ahead, what became of each, and giving them up."""

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway import sessions
from gateway.pages import names
from gateway.pages.blueprint import pages
from gateway.pages.documents import words
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from gateway.parts import parts
from infra import thai
from infra.clock import bangkok_date, register_year
from infra.errors import Forbidden
from infra.identity import Role
from services.correspondence.contract import (
    AuditNumbers,
    BurnReservation,
    GetDocumentPolicy,
    ListReservations,
    ReserveNumbers,
    Series,
)
from services.correspondence.contract.numbering import FIRST_YEAR, LAST_YEAR

_GROUP = (Role.GROUP_CLERK, Role.GROUP_HEAD)
_SUGGESTED = 10  # the most free numbers of a reservation that are named; the rest is counted


@pages.route("/documents/numbers", methods=["GET", "POST"])
def kept_numbers() -> AnyResponse:
    form = Form({"count": 1, "series": Series.SEND.value}, name="reserve")
    if form.sent:
        body = {
            "series": form.text("series"),
            "group": form.optional("group"),
            "count": form.whole("count"),
            "expires": form.date("expires"),
            "reason": form.text("reason"),
        }
        done = form.send(ReserveNumbers, body)
        if done is not None:
            return see(url_for("pages.kept_numbers"), _said(done))
    return _shown(form, Form(name="burn"))


@pages.post("/documents/numbers/<uuid:id>/burning")
def burn_numbers(id: Any) -> AnyResponse:
    form = Form(name="burn")
    if form.send(BurnReservation, {"id": str(id), "reason": form.text("reason")}) is not None:
        return see(url_for("pages.kept_numbers"), _("ยกเลิกเลขที่เหลือแล้ว เลขเหล่านี้ไม่นำกลับมาใช้"))
    return _shown(Form({"count": 1}, name="reserve"), form, str(id))


def _said(done: dict[str, Any]) -> str:
    """Which numbers were kept, in words."""
    first, last = done["first"], done["first"] + done["count"] - 1
    what = f"{first}" if first == last else f"{first}–{last}"
    series = _(words.SERIES[Series(done["series"])])
    return _("จองเลข %(numbers)s แล้ว (%(series)s)", numbers=what, series=series)


def _shown(reserving: Form, burning: Form, burned: str | None = None) -> Response:
    kept = sessions.ask(ListReservations, open=not request.args.get("all"))
    names.know({one["by"] for one in kept["items"]})
    policy, actor = sessions.ask(GetDocumentPolicy), sessions.current().actor
    clerk = actor.has(Role.CENTRAL_CLERK, Role.SCHOOL_CLERK)
    # A group's own people keep numbers of the series that it has for itself.
    series = _used(policy) if clerk else [Series(one) for one in policy["by_group"]]
    groups = _with_series(policy)
    if not clerk:
        groups = [one for one in groups if actor.has(*_GROUP, group=one["id"])]
    return (burning if burned else reserving).render(
        "registers/kept.html",
        form=reserving,
        burning=burning,
        burned=burned,
        kept=kept,
        today=bangkok_date(parts().clock()),
        most=_SUGGESTED,
        clerk=clerk,
        series_options=[(one.value, _(words.SERIES[one])) for one in series],
        group_options=[(one["id"], one["name"]) for one in groups],
    )


def _used(policy: dict[str, Any]) -> list[Series]:
    """The series that the office numbers in."""
    shared = {
        Series.CIRCULAR: not policy["circulars_apart"],
        Series.CERTIFICATE: not policy["certificates_apart"],
    }
    return [one for one in Series if not shared.get(one)]


def _with_series(policy: dict[str, Any]) -> list[dict[str, Any]]:
    """The groups that have series for themselves."""
    coded = {one["group"] for one in policy["group_codes"]} if policy["by_group"] else set()
    return [one for one in names.groups() if one["id"] in coded]


@pages.get("/documents/numbers/audit")
def number_audit() -> Response:
    """Every number of a series from 1 to its last, each accounted for."""
    this_year = register_year(parts().clock())
    year = thai.to_arabic_digits(request.args.get("year", "")).strip()
    known = year.isdecimal() and FIRST_YEAR <= int(year) <= LAST_YEAR
    wanted = {
        "series": request.args.get("series") or Series.SEND.value,
        "year": int(year) if known else this_year,
    }
    if group := request.args.get("group", "").strip():
        wanted["group"] = group
    form = Form()
    try:
        found = sessions.ask(AuditNumbers, **wanted)
    except Forbidden:
        found = None
    groups = _with_series(sessions.ask(GetDocumentPolicy))
    return form.render(
        "registers/audit.html",
        found=found,
        wanted=wanted,
        years=range(this_year, this_year - 10, -1),
        spans=_spans(found["items"]) if found else [],
        series_options=[(one.value, _(words.SERIES[one])) for one in Series],
        group_options=[(one["id"], one["name"]) for one in groups],
    )


def _spans(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Consecutive numbers of which the same is to be told, as one line: `first`, `last`, and what."""
    spans: list[dict[str, Any]] = []
    for one in items:
        told = (
            one["state"],
            one["reservation"] if one["state"] != "document" else None,
            one["reason"],
        )
        before = spans[-1] if spans else None
        if before and before["told"] == told and not (one["state"] == "document" and one["reason"]):
            before["last"] = one["number"]
        else:
            spans.append(one | {"first": one["number"], "last": one["number"], "told": told})
    return spans
