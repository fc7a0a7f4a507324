"""An indicator is named, given to its owner, reported with evidence, verified or sent back."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from infra.clock import BANGKOK
from infra.errors import Forbidden, Invalid, NotFound, OutOfOrder
from infra.migrate import differences
from services.standards.contract import (
    GetEvidence,
    GetIndicator,
    ListIndicators,
    ListStandardSets,
    NameIndicator,
    RenameIndicator,
)
from tests.correspondence.office import (
    AUDITOR,
    CENTRAL,
    CENTRAL_HEAD,
    DEPUTY,
    DIRECTOR,
    FINANCE_OFFICER,
    PLAN,
    PLAN_OFFICER,
    PLAN_OFFICER_2,
)
from tests.standards.office import YEAR, Office


def reports(office: Office, id: str) -> list[tuple[int, int, str]]:
    shown = office.indicator(id)["reports"]
    return [(one["fiscal_year"], one["round"], one["state"]) for one in shown]


def test_migrated_tables_are_those_declared(office: Office) -> None:
    assert differences("standards", office.parts.database) == []


def test_a_set_is_adopted_once(office: Office) -> None:
    office.adopt(rounds=[12, 6, 6])
    [adopted] = office.ask(CENTRAL_HEAD, ListStandardSets)["items"]
    assert adopted["rounds"] == [6, 12]
    assert [one["number"] for one in adopted["standards"]] == [1, 2, 3, 4, 5]
    assert office.ask(CENTRAL_HEAD, ListStandardSets)["offered"] == []
    with pytest.raises(OutOfOrder):
        office.adopt(first_fiscal_year=YEAR + 1)
    assert len(office.events()) == 1


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"code": "nowhere"}, "code"),
        ({"last_fiscal_year": YEAR - 1}, "last_fiscal_year"),
        ({"rounds": [13]}, "rounds.0"),
        ({"rounds": []}, "rounds"),
        ({"first_fiscal_year": 2026}, "first_fiscal_year"),
    ],
)
def test_a_set_that_cannot_be(small_office: Office, wish: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as invalid:
        small_office.adopt(**wish)
    assert list(invalid.value.fields) == [field]
    assert small_office.events() == []


def test_a_code_names_one_indicator_of_a_set(small_office: Office) -> None:
    office = small_office
    standard_set = office.adopt()
    id = office.enter(standard_set)
    with pytest.raises(OutOfOrder, match=r"1\.1"):
        office.enter(standard_set)
    unknown = {"standard": 99, "code": "99.1", "name": "ไม่มีมาตรฐานนี้"}
    with pytest.raises(Invalid):
        office.send(CENTRAL_HEAD, NameIndicator, standard_set=standard_set, **unknown)
    office.send(CENTRAL_HEAD, RenameIndicator, id=id, name="ชื่อที่ถูกต้อง")
    with pytest.raises(OutOfOrder):
        office.send(CENTRAL_HEAD, RenameIndicator, id=id, name="ชื่อที่ถูกต้อง")
    assert office.indicator(id)["name"] == "ชื่อที่ถูกต้อง"


def test_an_indicator_is_given_to_one_who_works_in_the_group(small_office: Office) -> None:
    office = small_office
    id = office.enter(office.adopt())
    for owner, group, field in (
        (FINANCE_OFFICER, PLAN, "owner"),
        (AUDITOR, PLAN, "owner"),
        (PLAN_OFFICER, "0190a8a0-0000-7000-8000-000000000000", "group"),
    ):
        with pytest.raises(Invalid) as invalid:
            office.assign(id, owner, group)
        assert list(invalid.value.fields) == [field]
    office.assign(id, PLAN_OFFICER)
    with pytest.raises(OutOfOrder):
        office.assign(id, PLAN_OFFICER)
    office.assign(id, PLAN_OFFICER_2)
    assert office.indicator(id)["owner"] == PLAN_OFFICER_2.person


def test_a_report_goes_to_and_fro_until_it_is_verified(office: Office) -> None:
    id = office.assigned()
    kept, dropped = office.upload(), office.upload(content=b"another")
    office.report(id, uploads=[kept, dropped], figure="87.5")
    office.send_back(id)
    assert reports(office, id) == [(YEAR, 6, "returned")]
    added = office.upload(content=b"what was asked for")
    office.report(id, kept=[kept], uploads=[added], result="เพิ่มหลักฐานแล้ว")
    [report] = office.indicator(id)["reports"]
    assert [one["id"] for one in report["evidence"]] == [kept, added]
    assert (report["state"], report["remark"], report["figure"]) == ("reported", "", None)
    office.verify(id, note="ครบถ้วน")
    with pytest.raises(OutOfOrder):
        office.report(id)
    with pytest.raises(OutOfOrder):
        office.verify(id)
    with pytest.raises(OutOfOrder):
        office.send_back(id)
    assert [step["event"] for step in office.indicator(id)["history"]] == [
        "IndicatorNamed",
        "IndicatorAssigned",
        "IndicatorReported",
        "ReportReturned",
        "IndicatorReported",
        "ReportVerified",
    ]
    file = office.ask(AUDITOR, GetEvidence, id=id, evidence=added)
    with office.parts.files.open(file["sha256"]) as content:
        assert content.read() == b"what was asked for"
    with pytest.raises(NotFound):  # what was dropped is no evidence of this report any longer
        office.ask(AUDITOR, GetEvidence, id=id, evidence=dropped)


def test_only_ones_own_uploads_and_evidence_of_this_report_count(small_office: Office) -> None:
    office = small_office
    id = office.assigned()
    with pytest.raises(NotFound):
        office.report(id, uploads=[office.upload(PLAN_OFFICER_2)])
    office.report(id, uploads=[office.upload()])
    [evidence] = office.indicator(id)["reports"][0]["evidence"]
    with pytest.raises(Invalid) as invalid:
        office.report(id, round=12, kept=[evidence["id"]])
    assert list(invalid.value.fields) == ["kept"]


def test_only_the_owner_reports(small_office: Office) -> None:
    office = small_office
    id = office.enter(office.adopt())
    with pytest.raises(Forbidden):
        office.report(id)
    office.assign(id)
    for who in (PLAN_OFFICER_2, CENTRAL_HEAD, DIRECTOR, AUDITOR):
        with pytest.raises(Forbidden):
            office.report(id, by=who)
    office.report(id)
    office.assign(id, PLAN_OFFICER_2)
    with pytest.raises(Forbidden):
        office.report(id)
    office.report(id, by=PLAN_OFFICER_2)
    assert office.indicator(id)["reports"][0]["reporter"] == PLAN_OFFICER_2.person


def test_nobody_verifies_what_they_reported(small_office: Office) -> None:
    office = small_office
    id = office.enter(office.adopt())
    office.assign(id, CENTRAL_HEAD, CENTRAL)
    office.report(id, by=CENTRAL_HEAD)
    assert office.indicator(id, CENTRAL_HEAD)["reports"][0]["actions"] == ["report_indicator"]
    with pytest.raises(Forbidden):
        office.verify(id)
    with pytest.raises(Forbidden):
        office.send_back(id)
    office.verify(id, by=DEPUTY)


def test_a_fiscal_year_begins_on_the_first_of_october_in_bangkok(small_office: Office) -> None:
    office = small_office
    id = office.assigned(first_fiscal_year=YEAR, last_fiscal_year=YEAR + 1)
    turn = datetime(2026, 10, 1, tzinfo=BANGKOK)
    for moment, present in ((turn - timedelta(microseconds=1), YEAR), (turn, YEAR + 1)):
        office.clock.set(moment)
        assert office.ask(PLAN_OFFICER, ListIndicators)["fiscal_year"] == present
        office.report(id, fiscal_year=present)
        with pytest.raises(Invalid) as invalid:
            office.report(id, fiscal_year=present + 1)
        assert list(invalid.value.fields) == ["fiscal_year"]
    with pytest.raises(Invalid):
        office.report(id, fiscal_year=YEAR - 1)
    office.clock.set(datetime(2029, 1, 1, tzinfo=BANGKOK))
    with pytest.raises(Invalid):
        office.report(id, fiscal_year=YEAR + 2)
    assert reports(office, id) == [(YEAR + 1, 6, "reported"), (YEAR, 6, "reported")]


def test_rounds_are_those_of_the_set(small_office: Office) -> None:
    office = small_office
    id = office.assigned(rounds=[3, 9])
    with pytest.raises(Invalid) as invalid:
        office.report(id, round=6)
    assert invalid.value.fields == {"round": ["รอบรายงานของชุดนี้คือ 3, 9 เดือน"]}
    office.report(id, round=9)


@pytest.mark.parametrize("figure", ["87,5", "มาก", "1e3", "87.5000001", "๘๗"])
def test_a_figure_is_a_number(small_office: Office, figure: str) -> None:
    id = small_office.assigned()
    with pytest.raises(Invalid) as invalid:
        small_office.report(id, figure=figure)
    assert list(invalid.value.fields) == ["figure"]


def test_indicators_are_listed_by_code_state_and_owner(small_office: Office) -> None:
    office = small_office
    standard_set = office.adopt()
    by_code = {code: office.enter(standard_set, code) for code in ("1.10", "1.2", "1.1")}
    for code in ("1.2", "1.10"):
        office.assign(by_code[code])
    office.report(by_code["1.2"])

    def listed(**params: Any) -> list[str]:
        return [one["code"] for one in office.ask(PLAN_OFFICER, ListIndicators, **params)["items"]]

    assert listed() == ["1.1", "1.2", "1.10"]
    assert listed(mine=True) == ["1.2", "1.10"]
    assert listed(state="reported") == ["1.2"]
    assert listed(state="unassigned") == ["1.1"]
    assert listed(standard=2) == listed(fiscal_year=YEAR - 1) == []
    page = office.ask(PLAN_OFFICER, ListIndicators, limit=2)
    rest = office.ask(PLAN_OFFICER, ListIndicators, limit=2, cursor=page["next"])
    assert [one["code"] for one in rest["items"]] == ["1.10"]
    assert (page["total"], rest["next"]) == (3, None)


def test_an_answer_holds_what_a_command_takes(small_office: Office) -> None:
    """The longest result and remark, with line breaks, fit the shapes of the answers."""
    office = small_office
    id = office.assigned()
    office.report(id, result="ก\n" * 9999 + "ก")
    office.send_back(id, reason="ข\n" * 999)
    assert GetIndicator.answer().validate(office.indicator(id)) == {}


def test_a_rebuild_equals_the_live_tables(office: Office) -> None:
    id = office.assigned()
    office.send(CENTRAL_HEAD, RenameIndicator, id=id, name="ชื่อใหม่")
    office.report(id, uploads=[office.upload()])
    office.send_back(id)
    office.report(id, figure="-1.5")
    office.verify(id)
    office.report(id, round=12)
    live = office.tables()
    assert len(live["reports"]) == 2
    office.rebuild()
    assert office.tables() == live
