"""Loading people or schools from a file: all of it, or nothing while anything in it is wrong.

A file may be loaded again: what is there already is the same, what differs is changed.
"""

from dataclasses import asdict, replace
from typing import Any

from infra import sheets
from infra.clock import bangkok_date
from infra.errors import OutOfOrder
from infra.eventstore.store import Work
from infra.identity import Actor
from infra.messaging.runtime import Runtime
from infra.threads import unhindered
from services.personnel import columns, import_people, import_schools, rights, views
from services.personnel.columns import Table
from services.personnel.contract import ImportKind, directory

MOST_FAULTS = 1000
MOST_LINES = 1000  # as many as load well within a call's deadline


def read_file(runtime: Runtime, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Before ImportDirectory: the upload as a `table`. Raises NotFound, Invalid, UnsupportedMedia."""
    upload, path = runtime.files.waiting(body["upload"], actor.person)
    today = bangkok_date(runtime.clock())

    def read() -> Table:
        lines = sheets.read(path, upload.media_type, MOST_LINES)
        return columns.understand(body["kind"], lines, today)

    return body | {"table": unhindered(read)}


def carry_out(work: Work, body: dict[str, Any]) -> dict[str, Any]:
    """The ImportReport; loads where that was asked for and nothing is wrong."""
    office = views.office(work.connection)
    schools = body["kind"] is ImportKind.SCHOOLS
    home = office if schools else work.actor.organisation or office
    rights.administrator(work.connection, work.actor, home)
    if home is None:
        raise OutOfOrder("ต้องเพิ่มสำนักงานก่อน")
    # Nothing that a plan stands on changes until it is carried out.
    views.hold(work.connection, directory.organisations, home, alone=True)
    # Attempts of one command share the table that was read.
    table: Table = replace(body["table"], faults=list(body["table"].faults))
    plan = import_schools.plan(work, table) if schools else import_people.plan(work, table, home)
    loaded = not body["dry_run"] and not table.faults
    if loaded:
        for step in plan.steps:
            step()
    faults = sorted(table.faults, key=lambda fault: fault.line)
    return {
        "rows": table.count,
        "new": plan.new,
        "changed": plan.changed,
        "same": plan.same,
        "faults": [asdict(fault) for fault in faults[:MOST_FAULTS]],
        "loaded": loaded,
    }
