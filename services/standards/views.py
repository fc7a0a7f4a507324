"""Standards, indicators and their reports as they are listed."""

import re
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from infra import paging
from infra.database import UtcMoment
from infra.errors import NotFound
from infra.eventstore.events import Recorded
from services.standards.contract import (
    IndicatorAssigned,
    IndicatorNamed,
    IndicatorRenamed,
    IndicatorReported,
    IndicatorState,
    ReportReturned,
    ReportState,
    ReportVerified,
    StandardSetAdopted,
)

metadata = MetaData()

standard_sets = Table(
    "standard_sets",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("organisation", Text, nullable=False, index=True),
    Column("code", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("first_fiscal_year", Integer, nullable=False),
    Column("last_fiscal_year", Integer),
    Column("rounds", Text, nullable=False),
    Column("standards", Text, nullable=False),
)

indicators = Table(
    "indicators",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("organisation", Text, nullable=False, index=True),
    Column("standard_set", Text, nullable=False),
    Column("standard", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("owner", Text),
    Column("group", Text),
    Column("rounds", Text, nullable=False),
    Column("first_fiscal_year", Integer, nullable=False),
    Column("last_fiscal_year", Integer),
)

reports = Table(
    "reports",
    metadata,
    Column("indicator", Text, primary_key=True),
    Column("fiscal_year", Integer, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("reporter", Text, nullable=False),
    Column("reported_at", UtcMoment, nullable=False),
    Column("result", Text, nullable=False),
    Column("figure", Text),
    Column("evidence", Text, nullable=False),
    Column("remark", Text, nullable=False),
)


def project(connection: Connection, recorded: Recorded) -> None:
    id, version = recorded.aggregate_id, recorded.version
    match recorded.event:
        case StandardSetAdopted() as event:
            row = _row(event, "rounds", "standards") | {"id": id, "version": version}
            connection.execute(insert(standard_sets), row)
        case IndicatorNamed() as event:
            row = _row(event, "rounds") | {"id": id, "version": version}
            connection.execute(insert(indicators), row)
        case IndicatorRenamed() as event:
            _change(connection, recorded, name=event.name)
        case IndicatorAssigned() as event:
            _change(connection, recorded, owner=event.owner, group=event.group)
        case IndicatorReported() as event:
            _change(connection, recorded)
            row = {
                "state": ReportState.REPORTED,
                "reporter": event.owner,
                "reported_at": recorded.recorded_at,
                "result": event.result,
                "figure": event.figure,
                "evidence": _json(event.evidence),
                "remark": "",
            }
            key = {"indicator": id, "fiscal_year": event.fiscal_year, "round": event.round}
            connection.execute(delete(reports).where(_report(id, event)))
            connection.execute(insert(reports), key | row)
        case ReportVerified() as event:
            _change(connection, recorded)
            _set_report(connection, id, event, state=ReportState.VERIFIED, remark=event.note)
        case ReportReturned() as event:
            _change(connection, recorded)
            _set_report(connection, id, event, state=ReportState.RETURNED, remark=event.reason)


def _row(event: StandardSetAdopted | IndicatorNamed, *lists: str) -> dict[str, Any]:
    row = dict(vars(event))
    return row | {name: _json(row[name]) for name in lists}


def _change(connection: Connection, recorded: Recorded, **values: Any) -> None:
    here = indicators.c.id == recorded.aggregate_id
    connection.execute(update(indicators).where(here).values(version=recorded.version, **values))


AboutReport = IndicatorReported | ReportVerified | ReportReturned


def _set_report(connection: Connection, indicator: str, event: AboutReport, **values: Any) -> None:
    connection.execute(update(reports).where(_report(indicator, event)).values(values))


def _report(indicator: str, event: AboutReport) -> Any:
    return (
        (reports.c.indicator == indicator)
        & (reports.c.fiscal_year == event.fiscal_year)
        & (reports.c.round == event.round)
    )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def list_sets(connection: Connection, organisation: str) -> list[dict[str, Any]]:
    query = select(standard_sets).where(standard_sets.c.organisation == organisation)
    rows = connection.execute(query.order_by(standard_sets.c.first_fiscal_year, standard_sets.c.id))
    return [_opened(row, "rounds", "standards") for row in rows]


def list_indicators(
    connection: Connection, organisation: str, person: str, year: int, params: dict[str, Any]
) -> dict[str, Any]:
    """A page of IndicatorPage: tens of rows, so the filter by state and the order are made here."""
    table = indicators.c
    query = select(indicators).where(
        table.organisation == organisation,
        table.first_fiscal_year <= year,
        (table.last_fiscal_year >= year) | table.last_fiscal_year.is_(None),
    )
    if params["standard"] is not None:
        query = query.where(table.standard == params["standard"])
    if params["mine"]:
        query = query.where(table.owner == person)
    found = connection.execute(query).all()
    latest = _latest(connection, [row.id for row in found], year)
    rows = [_indicator_row(row, latest.get(row.id), year) for row in found]
    if params["state"] is not None:
        rows = [row for row in rows if row["state"] is params["state"]]
    rows.sort(key=_place)
    total = len(rows)
    if params["cursor"] is not None:
        standard, code, id = paging.keys(params["cursor"], int, str, str)
        after = _place({"standard": standard, "code": code, "id": id})
        rows = [row for row in rows if _place(row) > after]
    page = rows[: params["limit"]]
    last = page[-1] if len(rows) > len(page) else None
    return {
        "fiscal_year": year,
        "items": page,
        "next": paging.cursor(last["standard"], last["code"], last["id"]) if last else None,
        "total": total,
    }


def _latest(connection: Connection, ids: list[str], year: int) -> dict[str, Row[Any]]:
    """The report of the last round reported, by indicator."""
    rows = connection.execute(
        select(reports)
        .where(reports.c.indicator.in_(ids), reports.c.fiscal_year == year)
        .order_by(reports.c.round)
    )
    return {row.indicator: row for row in rows}


def _indicator_row(row: Row[Any], report: Row[Any] | None, year: int) -> dict[str, Any]:
    state = IndicatorState.ASSIGNED if row.owner else IndicatorState.UNASSIGNED
    return row._asdict() | {
        "fiscal_year": year,
        "state": IndicatorState(report.state) if report else state,
        "round": report.round if report else None,
        "figure": report.figure if report else None,
        "reported_at": report.reported_at if report else None,
        "evidence_count": len(msgspec.json.decode(report.evidence)) if report else 0,
    }


def _place(row: dict[str, Any]) -> tuple[Any, ...]:
    """1.2 stands before 1.10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", row["code"])
    code = [
        (0, int(part), "") if part.isascii() and part.isdigit() else (1, 0, part) for part in parts
    ]
    return row["standard"], code, row["id"]


def get_indicator(connection: Connection, organisation: str, id: str) -> dict[str, Any]:
    """The indicator with its standard's name and its reports, newest first. Raises NotFound."""
    row = connection.execute(
        select(indicators, standard_sets.c.standards)
        .join(standard_sets, standard_sets.c.id == indicators.c.standard_set)
        .where(indicators.c.id == id, indicators.c.organisation == organisation)
    ).first()
    if row is None:
        raise NotFound("ไม่พบตัวบ่งชี้นี้")
    found = connection.execute(
        select(reports)
        .where(reports.c.indicator == id)
        .order_by(reports.c.fiscal_year.desc(), reports.c.round.desc())
    )
    answer = _opened(row, "rounds", "standards")
    names = {one["number"]: one["name"] for one in answer["standards"]}
    return answer | {
        "standard_name": names[row.standard],
        "reports": [
            _opened(report, "evidence") | {"state": ReportState(report.state)} for report in found
        ],
    }


def _opened(row: Row[Any], *lists: str) -> dict[str, Any]:
    values = row._asdict()
    return values | {name: msgspec.json.decode(values[name]) for name in lists}
