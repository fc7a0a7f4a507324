"""What can be asked about standards and indicators, and the shapes of the answers."""

from enum import StrEnum

from infra import fields
from infra.contract import Query, Shape
from services.standards.contract.commands import FIRST_YEAR, LAST_YEAR


class IndicatorState(StrEnum):
    """Where an indicator stands in a fiscal year, by its latest report."""

    UNASSIGNED = "unassigned"
    ASSIGNED = "assigned"
    REPORTED = "reported"
    RETURNED = "returned"
    VERIFIED = "verified"


class ReportState(StrEnum):
    REPORTED = "reported"
    RETURNED = "returned"
    VERIFIED = "verified"


class StandardAnswer(Shape):
    number = fields.Integer(required=True)
    name = fields.Text(required=True)


class StandardSetAnswer(Shape):
    """A version of the standards that this organisation works by."""

    id = fields.Id(required=True)
    version = fields.Integer(required=True)
    code = fields.Text(required=True)
    title = fields.Text(required=True)
    source = fields.Text(required=True)
    first_fiscal_year = fields.Integer(required=True)
    last_fiscal_year = fields.Integer(required=True, allow_none=True)
    rounds = fields.Many(fields.Integer(), required=True)
    standards = fields.Many(fields.Nested(StandardAnswer), required=True)


class OfferedSet(Shape):
    """A version of the standards that is shipped and can be adopted."""

    code = fields.Text(required=True)
    title = fields.Text(required=True)
    source = fields.Text(required=True)
    standards = fields.Many(fields.Nested(StandardAnswer), required=True)


class StandardSets(Shape):
    """The sets adopted, the sets that can be, and what the asker may do (`adopt_standard_set`, …)."""

    items = fields.Many(fields.Nested(StandardSetAnswer), required=True)
    offered = fields.Many(fields.Nested(OfferedSet), required=True)
    actions = fields.Many(fields.Text(), required=True)


class ListStandardSets(Query):
    """The versions of the standards that my organisation has adopted, and those it can adopt."""

    service = "standards"
    answer = StandardSets


class IndicatorRow(Shape):
    """An indicator as a line of a list, with its last report of the fiscal year asked for."""

    id = fields.Id(required=True)
    version = fields.Integer(required=True)
    standard_set = fields.Id(required=True)
    standard = fields.Integer(required=True)
    code = fields.Text(required=True)
    name = fields.Text(required=True)
    owner = fields.Text(required=True, allow_none=True)
    group = fields.Text(required=True, allow_none=True)
    fiscal_year = fields.Integer(required=True)
    state = fields.Choice(IndicatorState, required=True)
    round = fields.Integer(required=True, allow_none=True)
    figure = fields.Text(required=True, allow_none=True)
    reported_at = fields.Moment(required=True, allow_none=True)
    evidence_count = fields.Integer(required=True)


class IndicatorPage(Shape):
    """A page of indicators; `next` is the cursor of the page behind it."""

    fiscal_year = fields.Integer(required=True)
    items = fields.Many(fields.Nested(IndicatorRow), required=True)
    next = fields.Text(required=True, allow_none=True)
    total = fields.Integer(required=True)


class ListIndicators(Query):
    """The indicators in force in a fiscal year (the present one by default), by standard and code."""

    service = "standards"
    answer = IndicatorPage
    fiscal_year = fields.Integer(
        strict=False, min=FIRST_YEAR, max=LAST_YEAR, load_default=None, allow_none=True
    )
    standard = fields.Integer(strict=False, min=1, max=99, load_default=None, allow_none=True)
    state = fields.Choice(IndicatorState, load_default=None, allow_none=True)
    mine = fields.Boolean(load_default=False)
    limit = fields.Integer(strict=False, min=1, max=200, load_default=100)
    cursor = fields.Text(max=200, load_default=None, allow_none=True)


class EvidenceAnswer(Shape):
    id = fields.Id(required=True)
    name = fields.Text(required=True)
    media_type = fields.Text(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.Text(required=True)


class ReportAnswer(Shape):
    """The report of one round; `remark` is what its reader said."""

    fiscal_year = fields.Integer(required=True)
    round = fields.Integer(required=True)
    state = fields.Choice(ReportState, required=True)
    reporter = fields.Text(required=True)
    reported_at = fields.Moment(required=True)
    result = fields.Text(max=20_000, lines=True, required=True)
    figure = fields.Text(required=True, allow_none=True)
    evidence = fields.Many(fields.Nested(EvidenceAnswer), required=True)
    remark = fields.Text(max=2000, lines=True, required=True, blank=True)
    actions = fields.Many(fields.Text(), required=True)


class IndicatorStep(Shape):
    """One thing that happened to an indicator."""

    event = fields.Text(required=True)
    at = fields.Moment(required=True)
    actor = fields.Text(required=True)
    seat = fields.Many(fields.Text(blank=True), required=True)
    person = fields.Text(required=True, allow_none=True)
    fiscal_year = fields.Integer(required=True, allow_none=True)
    round = fields.Integer(required=True, allow_none=True)
    text = fields.Text(max=20_000, lines=True, required=True, blank=True)


class IndicatorAnswer(Shape):
    """An indicator whole, newest report first, and the commands that the asker may send now."""

    id = fields.Id(required=True)
    version = fields.Integer(required=True)
    standard_set = fields.Id(required=True)
    standard = fields.Integer(required=True)
    standard_name = fields.Text(required=True)
    code = fields.Text(required=True)
    name = fields.Text(required=True)
    owner = fields.Text(required=True, allow_none=True)
    group = fields.Text(required=True, allow_none=True)
    rounds = fields.Many(fields.Integer(), required=True)
    first_fiscal_year = fields.Integer(required=True)
    last_fiscal_year = fields.Integer(required=True, allow_none=True)
    reports = fields.Many(fields.Nested(ReportAnswer), required=True)
    history = fields.Many(fields.Nested(IndicatorStep), required=True)
    actions = fields.Many(fields.Text(), required=True)


class GetIndicator(Query):
    """One indicator with its reports, evidence and history."""

    service = "standards"
    answer = IndicatorAnswer
    id = fields.Id(required=True)


class GetEvidence(Query):
    """A piece of evidence's facts, for one who may read it."""

    service = "standards"
    answer = EvidenceAnswer
    id = fields.Id(required=True)
    evidence = fields.Id(required=True)
