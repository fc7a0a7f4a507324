"""What can be done to standards and indicators."""

from marshmallow import validate

from infra import fields
from infra.contract import Command

FIRST_YEAR, LAST_YEAR = 2540, 2700


class AdoptStandardSet(Command):
    """Adopt a version of the standards (`code` of one that ListStandardSets offers)."""

    service = "standards"
    code = fields.Text(max=60, required=True)
    first_fiscal_year = fields.Integer(min=FIRST_YEAR, max=LAST_YEAR, required=True)
    last_fiscal_year = fields.Integer(
        min=FIRST_YEAR, max=LAST_YEAR, load_default=None, allow_none=True
    )
    rounds = fields.Many(fields.Integer(min=1, max=12), min=1, max=12, load_default=lambda: [6, 12])


class NameIndicator(Command):
    """Enter an indicator under a standard, by the code and name that the office was given."""

    service = "standards"
    standard_set = fields.Id(required=True)
    standard = fields.Integer(min=1, max=99, required=True)
    code = fields.Text(max=20, required=True)
    name = fields.Text(max=500, required=True)


class RenameIndicator(Command):
    """Correct an indicator's name."""

    service = "standards"
    id = fields.Id(required=True)
    name = fields.Text(max=500, required=True)


class AssignIndicator(Command):
    """Make a person of a group answer for an indicator."""

    service = "standards"
    id = fields.Id(required=True)
    owner = fields.Id(required=True)
    group = fields.Id(required=True)


class ReportIndicator(Command):
    """Report a result for a round; `kept` are ids of evidence of the same report to keep."""

    service = "standards"
    id = fields.Id(required=True)
    fiscal_year = fields.Integer(min=FIRST_YEAR, max=LAST_YEAR, required=True)
    round = fields.Integer(min=1, max=12, required=True)
    result = fields.Text(max=20_000, lines=True, required=True)
    figure = fields.Text(
        max=24,
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"^-?[0-9]{1,14}(\.[0-9]{1,6})?$", error="ต้องเป็นตัวเลข เช่น 87.5"),
    )
    uploads = fields.Many(fields.Id(), max=50, load_default=list)
    kept = fields.Many(fields.Id(), max=50, load_default=list)


class VerifyReport(Command):
    """Find the report of a round good."""

    service = "standards"
    id = fields.Id(required=True)
    fiscal_year = fields.Integer(min=FIRST_YEAR, max=LAST_YEAR, required=True)
    round = fields.Integer(min=1, max=12, required=True)
    note = fields.Text(max=2000, lines=True, blank=True, load_default="")


class ReturnReport(Command):
    """Send the report of a round back to its owner for change."""

    service = "standards"
    id = fields.Id(required=True)
    fiscal_year = fields.Integer(min=FIRST_YEAR, max=LAST_YEAR, required=True)
    round = fields.Integer(min=1, max=12, required=True)
    reason = fields.Text(max=2000, lines=True, required=True)
