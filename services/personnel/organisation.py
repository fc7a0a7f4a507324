"""An organisation: the office (สำนักงานเขตพื้นที่การศึกษา), or a school under it."""

from infra.errors import Invalid
from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from infra.identity import Role
from services.personnel.contract import (
    ROLES_OF_ONE_KIND,
    OrganisationAdded,
    OrganisationChanged,
    OrganisationClosed,
    OrganisationKind,
)


def misplaced(role: Role, kind: OrganisationKind) -> str:
    """Why an organisation of that kind has no post of that role; nothing where it may have."""
    if ROLES_OF_ONE_KIND.get(role, kind) is kind:
        return ""
    return (
        "บทบาทนี้มีเฉพาะในสถานศึกษา" if kind is OrganisationKind.OFFICE else "บทบาทนี้มีเฉพาะในสำนักงานเขต"
    )


class Organisation(Aggregate):
    """One organisation, from when it is added until it is closed."""

    kind = "organisation"

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.closed = False
        self.form = OrganisationKind.SCHOOL
        self.known = ("", "", "")  # code, name, short name

    @property
    def organisation(self) -> str:
        return self.id

    def add(
        self, kind: OrganisationKind, parent: str | None, code: str, name: str, short_name: str
    ) -> None:
        self.record(
            OrganisationAdded(kind=kind, parent=parent, code=code, name=name, short_name=short_name)
        )

    def change(self, code: str, name: str, short_name: str) -> None:
        self.require_open()
        if (code, name, short_name) != self.known:
            self.record(OrganisationChanged(code=code, name=name, short_name=short_name))

    def close(self, reason: str, engaged: int) -> None:
        """`engaged` is how many of its posts somebody still exercises, or will."""
        self.require_open()
        self.require(self.form is OrganisationKind.SCHOOL, "ปิดได้เฉพาะสถานศึกษา")
        self.require(engaged == 0, f"ยังมีผู้ดำรงตำแหน่งอยู่ {engaged:,} ตำแหน่ง ต้องให้พ้นจากตำแหน่งก่อน")
        self.record(OrganisationClosed(reason=reason))

    def require_role(self, role: Role) -> None:
        """Raises Invalid where there is no such role in an organisation of this kind."""
        if message := misplaced(role, self.form):
            raise Invalid(fields={"role": [message]})

    def require_open(self) -> None:
        self.require(not self.closed, "หน่วยงานนี้เลิกไปแล้ว")

    def apply(self, event: Event) -> None:
        match event:
            case OrganisationAdded():
                self.form = event.kind
                self.known = event.code, event.name, event.short_name
            case OrganisationChanged():
                self.known = event.code, event.name, event.short_name
            case OrganisationClosed():
                self.closed = True
