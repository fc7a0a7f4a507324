"""A group (กลุ่ม) of an organisation."""

from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from services.personnel.contract import GroupAdded, GroupChanged, GroupClosed


class Group(Aggregate):
    """One group, from when it is added until it is closed."""

    kind = "group"

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self._organisation = ""
        self.name = ""
        self.central = False
        self.closed = False

    @property
    def organisation(self) -> str:
        return self._organisation

    def add(self, organisation: str, name: str, central: bool) -> None:
        self.record(GroupAdded(organisation=organisation, name=name, central=central))

    def change(self, name: str, central: bool) -> None:
        self.require_open()
        if (name, central) != (self.name, self.central):
            self.record(GroupChanged(name=name, central=central))

    def close(self, posts: int) -> None:
        """`posts` is how many open posts it has."""
        self.require_open()
        self.require(posts == 0, f"ยังมีตำแหน่งในกลุ่มนี้ {posts:,} ตำแหน่ง ต้องยุบหรือย้ายก่อน")
        self.record(GroupClosed())

    def require_open(self) -> None:
        self.require(not self.closed, "กลุ่มนี้เลิกไปแล้ว")

    def apply(self, event: Event) -> None:
        match event:
            case GroupAdded():
                self._organisation = event.organisation
                self.name, self.central = event.name, event.central
            case GroupChanged():
                self.name, self.central = event.name, event.central
            case GroupClosed():
                self.closed = True
