"""Nameko's view of `standards`: commands, queries, and what it learns of the directory."""

from typing import Any, TypeVar

from infra.clock import fiscal_year
from infra.errors import Invalid, NotFound
from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import EventTypes, Recorded
from infra.eventstore.store import Read, Work
from infra.messaging.service import RuntimeProvider, command, query, subscription
from services.personnel.contract import directory
from services.standards import contract, rights, views
from services.standards.contract import (
    AdoptStandardSet,
    AssignIndicator,
    Evidence,
    GetEvidence,
    GetIndicator,
    ListIndicators,
    ListStandardSets,
    NameIndicator,
    RenameIndicator,
    ReportIndicator,
    ReportState,
    ReturnReport,
    VerifyReport,
)
from services.standards.indicator import Indicator, indicator_id
from services.standards.standard_set import StandardSet, offered, set_id

A = TypeVar("A", bound=Aggregate)


class StandardsService:
    """The office's standards, their indicators and reports (มาตรฐาน)."""

    name = "standards"
    runtime = RuntimeProvider(
        types=EventTypes(contract),
        project=views.project,
        read_tables=views.metadata,
        own_tables=[directory.metadata],
    )

    @subscription("personnel", *directory.EVENTS)
    def learn_directory(self, work: Work, recorded: Recorded) -> None:
        directory.learn(work.connection, recorded)

    @command(AdoptStandardSet)
    def adopt_standard_set(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        organisation = work.actor.organisation
        rights.leader(work.connection, work.actor, organisation)
        offer = offered().get(body["code"])
        if offer is None:
            raise Invalid(fields={"code": ["ไม่มีมาตรฐานชุดนี้"]})
        id = set_id(organisation, offer.code)
        standard_set = work.find(StandardSet, id) or StandardSet(id)
        first, last = body["first_fiscal_year"], body["last_fiscal_year"]
        standard_set.adopt(organisation, offer, first, last, body["rounds"])
        work.save(standard_set)
        return work.done(standard_set)

    @command(NameIndicator)
    def name_indicator(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        standard_set = _of(work, StandardSet, body["standard_set"])
        rights.leader(work.connection, work.actor, standard_set.organisation)
        id = indicator_id(standard_set.id, body["code"])
        indicator = work.find(Indicator, id) or Indicator(id)
        indicator.enter(standard_set, body["standard"], body["code"], body["name"])
        work.save(indicator)
        return work.done(indicator)

    @command(RenameIndicator)
    def rename_indicator(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        indicator = _of(work, Indicator, body["id"])
        rights.leader(work.connection, work.actor, indicator.organisation)
        indicator.rename(body["name"])
        work.save(indicator)
        return work.done(indicator)

    @command(AssignIndicator)
    def assign_indicator(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        indicator = _of(work, Indicator, body["id"])
        organisation = indicator.organisation
        rights.leader(work.connection, work.actor, organisation)
        rights.require_member(work.connection, organisation, body["owner"], body["group"], work.now)
        indicator.assign(body["owner"], body["group"])
        work.save(indicator)
        return work.done(indicator)

    @command(ReportIndicator)
    def report_indicator(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        indicator = _of(work, Indicator, body["id"])
        person = work.actor.person
        evidence = [self._claimed(upload, person) for upload in body["uploads"]]
        indicator.report(person, body, evidence, work.now)
        work.save(indicator)
        return work.done(indicator)

    def _claimed(self, upload: str, owner: str) -> Evidence:
        found = self.runtime.files.claim(upload, owner)
        return Evidence(
            id=found.id,
            name=found.name,
            media_type=found.media_type,
            size=found.size,
            sha256=found.sha256,
        )

    @command(VerifyReport)
    def verify_report(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        indicator = _of(work, Indicator, body["id"])
        seat = rights.leader(work.connection, work.actor, indicator.organisation)
        year, number = body["fiscal_year"], body["round"]
        indicator.verify(work.actor.person, seat, year, number, body["note"])
        work.save(indicator)
        return work.done(indicator)

    @command(ReturnReport)
    def return_report(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        indicator = _of(work, Indicator, body["id"])
        seat = rights.leader(work.connection, work.actor, indicator.organisation)
        year, number = body["fiscal_year"], body["round"]
        indicator.send_back(work.actor.person, seat, year, number, body["reason"])
        work.save(indicator)
        return work.done(indicator)

    @query(ListStandardSets)
    def list_standard_sets(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        organisation = read.actor.organisation
        items = views.list_sets(read.connection, organisation)
        adopted = {one["code"] for one in items}
        rest = [offer for code, offer in offered().items() if code not in adopted]
        actions = []
        if rights.is_leader(read.connection, read.actor, organisation):
            actions = ["adopt_standard_set"] * bool(rest) + ["name_indicator"] * bool(items)
        return {"items": items, "offered": rest, "actions": actions}

    @query(ListIndicators)
    def list_indicators(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        year = params["fiscal_year"] or fiscal_year(read.now)
        actor = read.actor
        return views.list_indicators(
            read.connection, actor.organisation, actor.person, year, params
        )

    @query(GetIndicator)
    def get_indicator(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        answer = views.get_indicator(read.connection, read.actor.organisation, params["id"])
        leader = rights.is_leader(read.connection, read.actor, answer["organisation"])
        person = read.actor.person
        stream = self.runtime.store.stream(read.connection, f"indicator-{answer['id']}")
        for report in answer["reports"]:
            report["actions"] = _report_actions(report, answer["owner"], person, leader)
        offered = [
            ("report_indicator", person == answer["owner"]),
            ("assign_indicator", leader),
            ("rename_indicator", leader),
        ]
        return answer | {
            "history": [_step(recorded) for recorded in stream],
            "actions": [name for name, may in offered if may],
        }

    @query(GetEvidence)
    def get_evidence(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        answer = views.get_indicator(read.connection, read.actor.organisation, params["id"])
        for report in answer["reports"]:
            for evidence in report["evidence"]:
                if evidence["id"] == params["evidence"]:
                    return dict(evidence)
        raise NotFound("ไม่พบหลักฐานนี้")


def _of(work: Work, kind: type[A], id: str) -> A:
    """The actor's organisation's own; NotFound for others', which the actor need not know of."""
    found = work.load(kind, id)
    if found.organisation != work.actor.organisation:
        raise NotFound()
    return found


def _report_actions(
    report: dict[str, Any], owner: str | None, person: str, leader: bool
) -> list[str]:
    waiting = report["state"] is ReportState.REPORTED and report["reporter"] != person
    offered = [
        ("verify_report", leader and waiting),
        ("return_report", leader and waiting),
        ("report_indicator", person == owner and report["state"] is not ReportState.VERIFIED),
    ]
    return [name for name, may in offered if may]


def _step(recorded: Recorded) -> dict[str, Any]:
    event = recorded.event
    seat = getattr(event, "seat", None)
    texts = [getattr(event, name, "") for name in ("name", "result", "note", "reason")]
    return {
        "event": recorded.type,
        "at": recorded.recorded_at,
        "actor": recorded.actor,
        "seat": seat.signature() if seat else [],
        "person": getattr(event, "owner", None),
        "fiscal_year": getattr(event, "fiscal_year", None),
        "round": getattr(event, "round", None),
        "text": next(filter(None, texts), ""),
    }
