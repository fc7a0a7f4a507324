"""A room (ห้องประชุม) that can be booked."""

from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from services.resources.contract import RoomAdded, RoomChanged, RoomRetired


class Room(Aggregate):
    """One room, from when it is added until it is taken out of use."""

    kind = "room"

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.retired = False
        self._organisation = ""
        self.capacity = 0

    @property
    def organisation(self) -> str:
        return self._organisation

    def add(
        self, organisation: str, name: str, place: str, capacity: int, equipment: list[str]
    ) -> None:
        self.record(
            RoomAdded(
                organisation=organisation,
                name=name,
                place=place,
                capacity=capacity,
                equipment=tuple(equipment),
            )
        )

    def change(self, name: str, place: str, capacity: int, equipment: list[str]) -> None:
        self.require_in_use()
        self.record(
            RoomChanged(name=name, place=place, capacity=capacity, equipment=tuple(equipment))
        )

    def retire(self, reason: str, engaged: int) -> None:
        """Take it out of use. `engaged` is how many bookings still wait or are confirmed in it."""
        self.require_in_use()
        self.require(engaged == 0, f"ยังมีการจองที่รออนุมัติหรืออนุมัติแล้ว {engaged} รายการ ต้องยกเลิกก่อน")
        self.record(RoomRetired(reason=reason))

    def require_in_use(self) -> None:
        self.require(not self.retired, "ห้องนี้เลิกใช้แล้ว")

    def apply(self, event: Event) -> None:
        match event:
            case RoomAdded():
                self._organisation, self.capacity = event.organisation, event.capacity
            case RoomChanged():
                self.capacity = event.capacity
            case RoomRetired():
                self.retired = True
