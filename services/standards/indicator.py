"""An indicator (ตัวบ่งชี้): named by the office, answered for by a person, reported in rounds."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.clock import fiscal_year
from infra.errors import Forbidden, Invalid
from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from infra.identity import Seat
from services.standards.contract import (
    Evidence,
    IndicatorAssigned,
    IndicatorNamed,
    IndicatorRenamed,
    IndicatorReported,
    ReportReturned,
    ReportState,
    ReportVerified,
)
from services.standards.standard_set import StandardSet


@dataclass
class Report:
    """What stands reported for one round of one fiscal year."""

    owner: str
    state: ReportState
    evidence: tuple[Evidence, ...]


def indicator_id(standard_set: str, code: str) -> str:
    """A code names one indicator of a set: the same id, the same stream."""
    return str(uuid.uuid5(uuid.UUID(standard_set), code))


class Indicator(Aggregate):
    """One indicator of an adopted set, over all its fiscal years."""

    kind = "indicator"
    named: IndicatorNamed | None = None
    name: str
    owner: str | None = None
    group: str | None = None

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.reports: dict[tuple[int, int], Report] = {}

    @property
    def organisation(self) -> str:
        return self.named.organisation if self.named else ""

    def enter(self, standard_set: StandardSet, standard: int, code: str, name: str) -> None:
        """Name it. Raises Invalid for a standard that the set has not, OutOfOrder if it exists."""
        adopted = standard_set.adopted
        assert adopted is not None
        self.require(self.named is None, f"มีตัวบ่งชี้รหัส {code} แล้ว")
        if standard not in {one.number for one in adopted.standards}:
            raise Invalid(fields={"standard": ["ไม่มีมาตรฐานที่นี้ในชุดมาตรฐาน"]})
        self.record(
            IndicatorNamed(
                organisation=standard_set.organisation,
                standard_set=standard_set.id,
                standard=standard,
                code=code,
                name=name,
                rounds=adopted.rounds,
                first_fiscal_year=adopted.first_fiscal_year,
                last_fiscal_year=adopted.last_fiscal_year,
            )
        )

    def rename(self, name: str) -> None:
        self.require(name != self.name, "ชื่อเหมือนเดิม")
        self.record(IndicatorRenamed(name=name))

    def assign(self, owner: str, group: str) -> None:
        self.require((owner, group) != (self.owner, self.group), "ผู้นี้รับผิดชอบอยู่แล้ว")
        self.record(IndicatorAssigned(owner=owner, group=group))

    def report(
        self, by: str, wish: dict[str, Any], evidence: list[Evidence], now: datetime
    ) -> None:
        """Report a round; `wish` is a checked ReportIndicator, `evidence` its new files.

        Raises Forbidden for anyone but the owner, Invalid for a year or round that is not due.
        """
        assert self.named is not None
        if by != self.owner:
            raise Forbidden("ผู้รับผิดชอบตัวบ่งชี้เท่านั้นที่รายงานผลได้")
        year, number = wish["fiscal_year"], wish["round"]
        last = min(self.named.last_fiscal_year or year, fiscal_year(now))
        faults = {}
        if not self.named.first_fiscal_year <= year <= last:
            faults["fiscal_year"] = ["ปีงบประมาณนี้ยังไม่เริ่ม หรือไม่อยู่ในปีที่ใช้มาตรฐานชุดนี้"]
        if number not in self.named.rounds:
            rounds = ", ".join(map(str, self.named.rounds))
            faults["round"] = [f"รอบรายงานของชุดนี้คือ {rounds} เดือน"]
        before = self.reports.get((year, number))
        known = {one.id: one for one in before.evidence} if before else {}
        if not set(wish["kept"]) <= known.keys():
            faults["kept"] = ["ไม่มีหลักฐานนี้ในรายงานเดิม"]
        if faults:
            raise Invalid(fields=faults)
        self.require(
            before is None or before.state is not ReportState.VERIFIED,
            "รายงานรอบนี้ตรวจผ่านแล้ว แก้ไขไม่ได้",
        )
        kept = [one for id, one in known.items() if id in wish["kept"]]
        files = {one.id: one for one in [*kept, *evidence]}
        self.record(
            IndicatorReported(
                owner=by,
                fiscal_year=year,
                round=number,
                result=wish["result"],
                figure=wish["figure"],
                evidence=tuple(files.values()),
            )
        )

    def verify(self, by: str, seat: Seat, year: int, number: int, note: str) -> None:
        report = self._waiting(by, year, number)
        self.record(
            ReportVerified(owner=report.owner, fiscal_year=year, round=number, note=note, seat=seat)
        )

    def send_back(self, by: str, seat: Seat, year: int, number: int, reason: str) -> None:
        report = self._waiting(by, year, number)
        self.record(
            ReportReturned(
                owner=report.owner, fiscal_year=year, round=number, reason=reason, seat=seat
            )
        )

    def _waiting(self, by: str, year: int, number: int) -> Report:
        """The report that waits to be looked at, by another than who made it."""
        report = self.reports.get((year, number))
        if report is None or report.state is not ReportState.REPORTED:
            self.require(False, "ไม่มีรายงานของรอบนี้ที่รอตรวจ")
        assert report is not None
        if by == report.owner:
            raise Forbidden("ผู้รายงานตรวจรายงานของตนเองไม่ได้")
        return report

    def apply(self, event: Event) -> None:
        match event:
            case IndicatorNamed():
                self.named, self.name = event, event.name
            case IndicatorRenamed():
                self.name = event.name
            case IndicatorAssigned():
                self.owner, self.group = event.owner, event.group
            case IndicatorReported():
                report = Report(event.owner, ReportState.REPORTED, event.evidence)
                self.reports[event.fiscal_year, event.round] = report
            case ReportVerified():
                self.reports[event.fiscal_year, event.round].state = ReportState.VERIFIED
            case ReportReturned():
                self.reports[event.fiscal_year, event.round].state = ReportState.RETURNED
