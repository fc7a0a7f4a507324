"""What `standards` offers: its events, commands and queries."""

from services.standards.contract.commands import (
    AdoptStandardSet,
    AssignIndicator,
    NameIndicator,
    RenameIndicator,
    ReportIndicator,
    ReturnReport,
    VerifyReport,
)
from services.standards.contract.events import (
    Evidence,
    IndicatorAssigned,
    IndicatorNamed,
    IndicatorRenamed,
    IndicatorReported,
    ReportReturned,
    ReportVerified,
    Standard,
    StandardSetAdopted,
)
from services.standards.contract.queries import (
    GetEvidence,
    GetIndicator,
    IndicatorState,
    ListIndicators,
    ListStandardSets,
    ReportState,
)

__all__ = [
    "AdoptStandardSet",
    "AssignIndicator",
    "Evidence",
    "GetEvidence",
    "GetIndicator",
    "IndicatorAssigned",
    "IndicatorNamed",
    "IndicatorRenamed",
    "IndicatorReported",
    "IndicatorState",
    "ListIndicators",
    "ListStandardSets",
    "NameIndicator",
    "RenameIndicator",
    "ReportIndicator",
    "ReportReturned",
    "ReportState",
    "ReportVerified",
    "ReturnReport",
    "Standard",
    "StandardSetAdopted",
    "VerifyReport",
]
