"""Standards of the office, for the tests: a harness of `standards` that knows the people."""

from datetime import datetime
from io import BytesIO
from typing import Any

from infra.clock import BANGKOK, SettableClock
from infra.identity import Actor
from services.standards.contract import (
    AdoptStandardSet,
    AssignIndicator,
    GetIndicator,
    NameIndicator,
    ReportIndicator,
    ReturnReport,
    VerifyReport,
)
from services.standards.service import StandardsService
from tests.correspondence.office import CENTRAL_HEAD, PLAN, PLAN_OFFICER
from tests.directory import introduce
from tests.harness import Harness

YEAR = 2569  # 1 October 2568 to 30 September 2569
FEBRUARY = datetime(2026, 2, 16, 10, 0, tzinfo=BANGKOK)


class Office(Harness):
    """The service at work, and its commands as short sentences."""

    def __init__(self, database_url: str, prepared: bool = False) -> None:
        clock = SettableClock(FEBRUARY)
        super().__init__(StandardsService, database_url, clock, prepared=prepared)
        if not prepared:
            introduce(self)

    def adopt(self, by: Actor = CENTRAL_HEAD, **more: Any) -> str:
        body = {"code": "five-standards", "first_fiscal_year": YEAR} | more
        id: str = self.send(by, AdoptStandardSet, **body)["id"]
        return id

    def enter(self, standard_set: str, code: str = "1.1", by: Actor = CENTRAL_HEAD) -> str:
        body = {"standard": 1, "code": code, "name": f"ตัวบ่งชี้ตัวอย่าง {code}"}
        id: str = self.send(by, NameIndicator, standard_set=standard_set, **body)["id"]
        return id

    def assigned(self, owner: Actor = PLAN_OFFICER, **more: Any) -> str:
        """An indicator that somebody answers for."""
        id = self.enter(self.adopt(**more))
        self.assign(id, owner)
        return id

    def assign(
        self, id: str, owner: Actor = PLAN_OFFICER, group: str = PLAN, by: Actor = CENTRAL_HEAD
    ) -> None:
        self.send(by, AssignIndicator, id=id, owner=owner.person, group=group)

    def upload(self, who: Actor = PLAN_OFFICER, content: bytes = b"evidence") -> str:
        taken = self.parts.files.receive(BytesIO(content), "หลักฐาน.txt", who.person, self.clock())
        return taken.id

    def report(self, id: str, by: Actor = PLAN_OFFICER, **more: Any) -> None:
        body = {"fiscal_year": YEAR, "round": 6, "result": "ดำเนินการครบทุกโรงเรียน"} | more
        self.send(by, ReportIndicator, id=id, **body)

    def verify(self, id: str, by: Actor = CENTRAL_HEAD, **more: Any) -> None:
        self.send(by, VerifyReport, id=id, **({"fiscal_year": YEAR, "round": 6} | more))

    def send_back(self, id: str, by: Actor = CENTRAL_HEAD, **more: Any) -> None:
        body = {"fiscal_year": YEAR, "round": 6, "reason": "ขอหลักฐานเพิ่ม"} | more
        self.send(by, ReturnReport, id=id, **body)

    def indicator(self, id: str, who: Actor = PLAN_OFFICER) -> dict[str, Any]:
        return self.ask(who, GetIndicator, id=id)
