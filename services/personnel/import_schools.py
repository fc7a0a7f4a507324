"""What loading a list of schools would do. A school is known by its code."""

from functools import partial
from typing import Any

from sqlalchemy import select

from infra.eventstore.store import Work
from infra.ids import new_id
from infra.thai import fold
from services.personnel import views
from services.personnel.columns import Plan, Row, Table, repeated
from services.personnel.contract import OrganisationKind, directory
from services.personnel.organisation import Organisation


def plan(work: Work, table: Table) -> Plan:
    """The steps for the rows of `table`, which gets a fault wherever one cannot be loaded."""
    found, organisations = Plan(), directory.organisations
    known = work.connection.execute(select(organisations).where(~organisations.c.closed)).all()
    by_code = {fold(one.code): one for one in known}
    by_name = {fold(one.name): one for one in known}
    repeats = repeated(table, "code") | repeated(table, "name")
    for row in table.rows:
        if not row.sound or row.line in repeats:
            continue
        school = by_code.get(fold(row.values["code"]))
        namesake = by_name.get(fold(row.values["name"]))
        if school is not None and school.kind == OrganisationKind.OFFICE:
            table.fault(row.line, "code", "รหัสนี้เป็นของสำนักงาน")
        elif namesake is not None and namesake != school:
            table.fault(row.line, "name", f"มีหน่วยงานชื่อนี้แล้ว (รหัส {namesake.code})")
        elif school is None:
            found.new += 1
            found.steps.append(partial(_add, work, row))
        else:
            data = _data(row, school.short_name)
            if data == {field: getattr(school, field) for field in data}:
                found.same += 1
            else:
                found.changed += 1
                found.steps.append(partial(_change, work, school.id, data))
    return found


def _data(row: Row, short_name: str) -> dict[str, Any]:
    return {"short_name": short_name} | row.values


def _add(work: Work, row: Row) -> None:
    school, office = Organisation(new_id()), views.office(work.connection)
    school.add(OrganisationKind.SCHOOL, office, **_data(row, ""))
    work.save(school)


def _change(work: Work, id: str, data: dict[str, Any]) -> None:
    school = work.find(Organisation, id)
    assert school is not None
    school.change(**data)
    work.save(school)
