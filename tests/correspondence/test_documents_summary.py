"""The documents of a year in figures, of those that one may read."""

from typing import Any

from infra.identity import Actor
from services.correspondence.contract import (
    CancelNumber,
    CloseDocument,
    DocumentSummary,
    SendDocument,
)
from tests.correspondence.circulars import by
from tests.correspondence.office import (
    CLERK,
    DIRECTOR,
    FINANCE,
    FINANCE_OFFICER,
    OTHER_CLERK,
    PLAN,
    PLAN_OFFICER,
    Office,
)
from tests.correspondence.test_sending import settle


def figures(office: Office, who: Actor = CLERK, **params: Any) -> dict[str, Any]:
    """Each figure by its key."""
    found = office.ask(who, DocumentSummary, **params)
    return {
        name: {one["key"]: one["count"] for one in value}
        if name.startswith(("by_", "days_"))
        else value
        for name, value in found.items()
    }


def test_counted_by_what_they_are_and_how_long_they_took(office: Office) -> None:
    assert figures(office)["total"] == 0
    first = office.to_sign(urgency="urgent")
    office.clock.advance(days=3)
    office.sign(DIRECTOR, first)
    office.numbered(kind="order")
    office.submitted()  # has no number yet
    office.do(CLERK, SendDocument, first, recipients=[by("messenger")])
    settle(office)
    office.clock.advance(days=2)
    office.do(CLERK, CloseDocument, first, text="ผู้รับแจ้งทางโทรศัพท์ว่าได้รับแล้ว")
    found = figures(office)
    assert (found["total"], found["years"]) == (2, [2569])
    assert found["by_series"] == {"send": 1, "order": 1}
    assert found["by_month"] == {"2026-02": 2}
    assert found["by_group"] == {PLAN: 2}
    assert found["by_urgency"] == {"urgent": 1, "normal": 1}
    assert found["days_to_sign"] == {"all": 2, PLAN: 2}  # 3 and 0
    assert found["days_to_close"] == {"all": 2, PLAN: 2}
    office.do(CLERK, CancelNumber, office.numbered(), reason="ผิด")
    assert figures(office)["total"] == 3  # its number stays used


def test_only_those_that_one_may_read(small_office: Office) -> None:
    small_office.numbered()
    assert figures(small_office, PLAN_OFFICER)["by_group"] == {PLAN: 1}
    assert FINANCE not in figures(small_office)["by_group"]
    for other in (FINANCE_OFFICER, OTHER_CLERK):
        assert figures(small_office, other)["total"] == 0
    empty = figures(small_office, year=2560)
    assert (empty["total"], empty["by_month"], empty["days_to_sign"]) == (0, {}, {})
