"""Rooms of the office, for the tests: a harness of `resources` that knows the people."""

from datetime import datetime, timedelta
from typing import Any

from infra.clock import SettableClock
from infra.identity import Actor
from services.resources.contract import (
    AddRoom,
    CancelBooking,
    ConfirmBooking,
    GetBooking,
    RefuseBooking,
    RequestBooking,
)
from services.resources.service import ResourcesService
from tests.correspondence.office import ADMIN, CENTRAL_HEAD, MONDAY, PLAN_OFFICER
from tests.directory import introduce
from tests.harness import Harness

NINE = MONDAY + timedelta(days=1, hours=-1)  # tomorrow, 09:00 in Bangkok


def at(hours: float) -> datetime:
    """So many hours after tomorrow's 09:00."""
    return NINE + timedelta(hours=hours)


class MeetingHouse(Harness):
    """The service at work, and its commands as short sentences."""

    def __init__(self, database_url: str, prepared: bool = False) -> None:
        clock = SettableClock(MONDAY)
        super().__init__(ResourcesService, database_url, clock, prepared=prepared)
        if not prepared:
            introduce(self)

    def room(self, by: Actor = ADMIN, **more: Any) -> str:
        body = {"name": "ห้องประชุม 1", "place": "ชั้น 2", "capacity": 40} | more
        id: str = self.send(by, AddRoom, **body)["id"]
        return id

    def request(
        self, room: str, start: float, hours: float, by: Actor = PLAN_OFFICER, **more: Any
    ) -> str:
        """Ask for `room` from `start` hours after 09:00 on."""
        times = {"starts": at(start).isoformat(), "ends": at(start + hours).isoformat()}
        body = {"room": room, "purpose": "ประชุมแผน", "attendees": 10} | times | more
        id: str = self.send(by, RequestBooking, **body)["id"]
        return id

    def confirm(self, id: str, by: Actor = CENTRAL_HEAD, **more: Any) -> None:
        self.send(by, ConfirmBooking, id=id, **more)

    def refuse(self, id: str, by: Actor = CENTRAL_HEAD) -> None:
        self.send(by, RefuseBooking, id=id, reason="ห้องใช้จัดอบรม")

    def cancel(self, id: str, by: Actor = PLAN_OFFICER) -> None:
        self.send(by, CancelBooking, id=id, reason="เลื่อนประชุม")

    def booking(self, id: str, by: Actor = PLAN_OFFICER) -> dict[str, Any]:
        return self.ask(by, GetBooking, id=id)

    def state(self, id: str) -> str:
        state: str = self.booking(id)["state"]
        return state
