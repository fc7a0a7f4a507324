"""The documents of a year in figures: how many of which series, month, group, urgency, and how long
they took to be signed and to be closed."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from infra.clock import bangkok_date
from services.correspondence.document_rights import DocumentReach
from services.correspondence.views.documents_rows import IS_NUMBERED, document_visible
from services.correspondence.views.documents_tables import documents

ALL = "all"  # beside the groups' ids, where days are counted
_c = documents.c


def document_summary(connection: Connection, reach: DocumentReach, year: int) -> dict[str, Any]:
    """DocumentSummaryAnswer of the numbered documents of `year` (พ.ศ.) that the actor may read.

    The days are by group, and under ALL of every document; of those only that went the whole way
    here: from being given in to the signature, from the number until it was closed.
    """
    seen = [document_visible(reach), IS_NUMBERED]
    wanted = [*seen, _c.year == year]
    by = (_c.series, _c.group, _c.urgency, _c.dated)
    series: Counter[str] = Counter()
    months: Counter[str] = Counter()
    groups: Counter[str] = Counter()
    urgencies: Counter[str] = Counter()
    query = select(*by, func.count()).where(*wanted).group_by(*by)
    for one, group, urgency, dated, number in connection.execute(query):
        series[one] += number
        if dated.year + 543 == year:  # an old register may say otherwise, or nothing
            months[f"{dated:%Y-%m}"] += number
        urgencies[urgency] += number
        if group is not None:
            groups[group] += number
    return {
        "year": year,
        "years": _years(connection, seen),
        "total": series.total(),
        "by_series": _counts(series),
        "by_month": _counts(months),
        "by_group": _counts(groups),
        "by_urgency": _counts(urgencies),
        "days_to_sign": _days(connection, wanted, _c.submitted_at, _c.signed_at),
        "days_to_close": _days(connection, wanted, _c.numbered_at, _c.closed_at),
    }


def _years(connection: Connection, seen: list[ColumnElement[bool]]) -> list[int]:
    query = select(_c.year).where(*seen).distinct().order_by(_c.year.desc())
    return list(connection.execute(query).scalars())


def _days(connection: Connection, wanted: list[Any], begun: Any, ended: Any) -> list[Any]:
    """From the day of `begun` to that of `ended`, in the mean."""
    spans: defaultdict[str, list[int]] = defaultdict(list)
    query = select(_c.group, begun, ended).where(*wanted, begun.is_not(None), ended.is_not(None))
    for group, first, last in connection.execute(query):
        days = _day_count(first, last)
        spans[ALL].append(days)
        if group is not None:
            spans[group].append(days)
    return _counts({key: round(sum(found) / len(found)) for key, found in spans.items()})


def _day_count(first: datetime, last: datetime) -> int:
    return (bangkok_date(last) - bangkok_date(first)).days


def _counts(found: dict[str, int]) -> list[dict[str, Any]]:
    return [{"key": key, "count": number} for key, number in sorted(found.items())]
