"""Old registers taken over: checked and loaded in the background, with progress."""

import time
from dataclasses import asdict
from functools import partial
from typing import Any

import msgspec
import structlog
from sqlalchemy import Row, select

from infra.clock import register_year
from infra.contract import Command
from infra.errors import Invalid, NotFound, OutOfOrder, UnsupportedMedia
from infra.eventstore.store import Read, Work
from infra.identity import Actor, Seat
from infra.messaging.service import command, query, timer
from infra.threads import unhindered
from services.correspondence import rights, views
from services.correspondence.contract import (
    CheckImport,
    GetImport,
    ImportedRegister,
    ImportState,
    ListImports,
    LoadImport,
    StopImport,
)
from services.correspondence.importing import jobs, loading, reading
from services.correspondence.importing.register_import import RegisterImport

_log = structlog.get_logger()
_USED = "เลขนี้มีอยู่ในระบบแล้ว จะไม่นำเข้าแถวนี้"


class Importing:
    """Moving in (การนำเข้าทะเบียนเดิม)."""

    runtime: Any

    @command(CheckImport)
    def check_import(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        _clerk(work.actor)
        file = self.runtime.files.claim(body["upload"], work.actor.person)
        id = jobs.begin(
            work.connection,
            organisation=work.actor.organisation,
            register=body["register"],
            year=body["year"],
            name=file.name,
            media_type=file.media_type,
            sha256=file.sha256,
            begun_at=work.now,
            by=work.actor.person,
        )
        return {"id": id, "version": 0}

    @command(LoadImport)
    def load_import(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        seat, job = _job(work, body["id"])
        if job.state not in (ImportState.CHECKED, ImportState.STOPPED):
            raise OutOfOrder("นำเข้าได้เมื่อตรวจไฟล์แล้วและยังไม่ได้นำเข้า")
        if job.rows == job.skipped:
            raise OutOfOrder("ไม่มีแถวที่นำเข้าได้")
        known = work.find(RegisterImport, job.id)
        one = known or RegisterImport(job.id)
        if known is None:
            register = ImportedRegister(job.register)
            one.begin(job.organisation, register, job.sha256, job.rows, work.now, seat)
            work.save(one)
        jobs.change(work.connection, job.id, state=ImportState.LOADING, worked_at=0)
        return work.done(one)

    @command(StopImport)
    def stop_import(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        _, job = _job(work, body["id"])
        if job.state != ImportState.LOADING:
            raise OutOfOrder("หยุดได้ระหว่างนำเข้าเท่านั้น")
        jobs.change(work.connection, job.id, state=ImportState.STOPPED)
        return work.done(work.load(RegisterImport, job.id))

    @query(GetImport)
    def get_import(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        _clerk(read.actor)
        here = jobs.imports.c.organisation == read.actor.organisation
        query = select(jobs.imports).where(here, jobs.imports.c.id == params["id"])
        row = read.connection.execute(query).first()
        if row is None:
            raise NotFound("ไม่พบการนำเข้านี้")
        return _answer(row)

    @query(ListImports)
    def list_imports(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        _clerk(read.actor)
        query = select(jobs.imports).where(jobs.imports.c.organisation == read.actor.organisation)
        rows = read.connection.execute(query.order_by(jobs.imports.c.begun_at.desc()).limit(200))
        items = [_answer(row, faults=False) for row in rows]
        return {"items": items, "actions": [CheckImport.method()]}

    @timer(seconds=1)
    def carry_imports(self) -> None:
        """Work on what was asked for, as long as there is any."""
        while (job := self._take()) is not None:
            try:
                if job.state == ImportState.CHECKING:
                    self._check(job)
                else:
                    self._load(job)
            except (Invalid, UnsupportedMedia, NotFound) as problem:
                failed = partial(jobs.change, id=job.id, state=ImportState.FAILED)
                said = problem.detail or "อ่านไฟล์ไม่ได้"
                self.runtime.execute(lambda work, f=failed, s=said: f(work.connection, error=s))

    def _take(self) -> Row[Any] | None:
        with self.runtime.database.read() as connection:
            if not jobs.any_waiting(connection, int(time.time())):
                return None
        found: list[Row[Any] | None] = []
        self.runtime.execute(
            lambda work: found.append(jobs.take(work.connection, int(time.time())))
        )
        return found[-1]

    def _understood(self, job: Row[Any]) -> tuple[reading.Read, bool]:
        """The file as it reads, and whether circulars have a series of their own."""
        with self.runtime.database.read() as connection:
            apart = views.policy_of(connection, job.organisation).circulars_apart
        understood = unhindered(
            partial(
                reading.read,
                self.runtime.files.path(job.sha256),
                job.media_type,
                ImportedRegister(job.register),
                job.year,
                register_year(self.runtime.clock()),
                apart,
            )
        )
        return understood, apart

    def _check(self, job: Row[Any]) -> None:
        found, apart = self._understood(job)
        register = ImportedRegister(job.register)
        with self.runtime.database.read() as connection:
            years = {row.year for row in found.rows}
            used = loading.taken(connection, job.organisation, register, years)
        again = [
            reading.Fault(
                row=row.row, column="", message=_USED, value=f"{row.number}/{row.year}", fatal=True
            )
            for row in found.rows
            if (loading.series_of(register, row, apart), row.year, row.number, row.twin) in used
        ]
        faults = sorted([*found.faults, *again], key=lambda fault: fault.row)
        fatal = {fault.row for fault in faults if fault.fatal}
        report = {
            "state": ImportState.CHECKED,
            "rows": found.count,
            "skipped": len(fatal),
            "headings": _json(found.headings),
            "years": _json(found.years()),
            "faults": _json([asdict(fault) for fault in faults]),
        }
        self.runtime.execute(lambda work: jobs.change(work.connection, job.id, **report))

    def _load(self, job: Row[Any]) -> None:
        found, apart = self._understood(job)
        rows, going_on = found.rows, True
        while going_on:

            def page(work: Work) -> None:
                nonlocal going_on
                held = jobs.hold(work.connection, job.id)
                going_on = held is not None and held.state == ImportState.LOADING
                if held is None or not going_on:
                    return
                some = rows[held.done : held.done + loading.PAGE]
                if not some:
                    self._end(work, held, found)
                    going_on = False
                    return
                left_out = loading.load(work, held, some, apart)
                unreadable = found.count - len(rows)
                jobs.change(
                    work.connection,
                    job.id,
                    done=held.done + len(some),
                    skipped=(held.skipped if held.done else unreadable) + len(left_out),
                    worked_at=int(time.time()),
                )

            self.runtime.execute(page, about=f"{RegisterImport.kind}-{job.id}")

    def _end(self, work: Work, job: Row[Any], found: reading.Read) -> None:
        one = work.load(RegisterImport, job.id)
        last = {str(year["year"]): year["last"] for year in found.years()}
        one.end(len(found.rows), job.skipped, last)
        work.save(one)
        jobs.change(work.connection, job.id, state=ImportState.DONE)


def _clerk(actor: Actor) -> Seat:
    return actor.seat(*rights.CLERKS, organisation=actor.organisation)


def _job(work: Work, id: str) -> tuple[Seat, Row[Any]]:
    """Raises Forbidden, and NotFound where it is another organisation's."""
    seat, job = _clerk(work.actor), jobs.hold(work.connection, id)
    if job is None or job.organisation != work.actor.organisation:
        raise NotFound("ไม่พบการนำเข้านี้")
    return seat, job


def _answer(row: Row[Any], faults: bool = True) -> dict[str, Any]:
    can: dict[ImportState, list[type[Command]]] = {
        ImportState.CHECKED: [LoadImport] if row.rows > row.skipped else [],
        ImportState.STOPPED: [LoadImport],
        ImportState.LOADING: [StopImport],
    }
    actions = [one.method() for one in can.get(ImportState(row.state), [])]
    return jobs.answer(row, faults) | {"version": 0, "actions": actions}


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
