"""A post (ตำแหน่ง): who holds it and who acts in it, from when until when.

All of that is in the post's own stream, so that two commands that race for it meet there.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from infra.errors import Invalid, NotFound, Taken
from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from infra.identity import Capacity, Role
from infra.thai import format_date
from services.personnel.contract import (
    ActingAppointed,
    ActingEnded,
    PostChanged,
    PostClosed,
    PostCreated,
    PostFilled,
    PostVacated,
)


@dataclass(frozen=True)
class Days:
    """The days from `first` to `last`, both included; without a `last` they have no end."""

    first: date
    last: date | None = None

    def __contains__(self, day: date) -> bool:
        return self.first <= day and self.reaches(day)

    def reaches(self, day: date) -> bool:
        """Whether they have not ended before `day`."""
        return self.last is None or self.last >= day

    @property
    def any(self) -> bool:
        """Whether there is a day among them."""
        return self.reaches(self.first)

    def overlap(self, other: "Days") -> bool:
        return self.reaches(other.first) and other.reaches(self.first)

    def __str__(self) -> str:
        first = format_date(self.first, "short")
        return f"{first} ถึง {format_date(self.last, 'short')}" if self.last else f"{first} เป็นต้นไป"


@dataclass(frozen=True, kw_only=True)
class Term:
    """A person's time in a post."""

    person: str
    days: Days


class Post(Aggregate):
    """One post, from when it is created until it is closed."""

    kind = "post"

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self._organisation = ""
        self.role = Role.OFFICER
        self.group: str | None = None
        self.title = ""
        self.closed_after: date | None = None
        self.holdings: list[Term] = []
        self.acting: dict[str, Term] = {}

    @property
    def organisation(self) -> str:
        return self._organisation

    def create(self, organisation: str, group: str | None, role: Role, title: str) -> None:
        self.record(PostCreated(organisation=organisation, group=group, role=role, title=title))

    def change(self, group: str | None, title: str) -> None:
        self._require_open()
        if (group, title) != (self.group, self.title):
            self.record(PostChanged(group=group, title=title))

    def close(self, last_day: date) -> None:
        self._require_open()
        late = [term for term in self._terms() if term.days.reaches(last_day + timedelta(1))]
        self.require(not late, "ยังมีผู้ดำรงหรือรักษาการในตำแหน่งนี้หลังวันดังกล่าว ต้องให้พ้นก่อน")
        self.record(PostClosed(last_day=last_day))

    def fill(self, person: str, days: Days) -> None:
        """Raises Taken where another holds it on some of these days."""
        self._require_days(days)
        for term in self.holdings:
            if term.days.overlap(days):
                raise Taken(f"ตำแหน่งนี้มีผู้ดำรงแล้วในช่วงเวลานั้น ({term.days})")
        for term in self.acting.values():
            own = term.person == person and term.days.overlap(days)
            self.require(not own, f"บุคคลนี้รักษาการในตำแหน่งนี้อยู่ ({term.days}) ต้องให้สิ้นสุดก่อน")
        self.record(PostFilled(person=person, first_day=days.first, last_day=days.last))

    def vacate(self, person: str, last_day: date) -> None:
        """End the first time of `person` in it that has not ended before `last_day`.

        One that would have begun later never takes effect. Raises NotFound.
        """
        for term in sorted(self.holdings, key=lambda term: term.days.first):
            if term.person == person and term.days.reaches(last_day):
                first = term.days.first
                self.record(PostVacated(person=person, first_day=first, last_day=last_day))
                return
        raise NotFound("บุคคลนี้ไม่ได้ดำรงตำแหน่งนี้ในวันดังกล่าว")

    def appoint(
        self,
        acting: str,
        person: str,
        own_post: str | None,
        capacity: Capacity,
        days: Days,
        order: str,
    ) -> None:
        """Raises Taken where another acts in it on some of these days."""
        self._require_days(days)
        for term in self.acting.values():
            if term.days.overlap(days):
                raise Taken(f"ตำแหน่งนี้มีผู้ปฏิบัติหน้าที่แทนแล้วในช่วงเวลานั้น ({term.days})")
        for term in self.holdings:
            own = term.person == person and term.days.overlap(days)
            self.require(not own, f"บุคคลนี้ดำรงตำแหน่งนี้เองในช่วงเวลานั้น ({term.days})")
        if capacity is Capacity.DELEGATED:
            held = any(days.first in term.days for term in self.holdings)
            self.require(held, "ปฏิบัติราชการแทนต้องมีผู้ดำรงตำแหน่งเป็นผู้มอบอำนาจ")
        self.record(
            ActingAppointed(
                acting=acting,
                person=person,
                own_post=own_post,
                capacity=capacity,
                first_day=days.first,
                last_day=days.last,
                order=order,
            )
        )

    def end_acting(self, acting: str, last_day: date) -> None:
        """End it before its time; raises NotFound where there is none of that id."""
        term = self.acting.get(acting)
        if term is None:
            raise NotFound("ไม่พบการปฏิบัติหน้าที่แทนนี้")
        early = term.days.reaches(last_day + timedelta(1))
        self.require(early, f"การปฏิบัติหน้าที่แทนนี้สิ้นสุดไปก่อนแล้ว ({term.days})")
        self.record(ActingEnded(acting=acting, last_day=last_day))

    def held_by(self, person: str, day: date) -> bool:
        return any(term.person == person and day in term.days for term in self.holdings)

    def open_on(self, day: date) -> bool:
        return self.closed_after is None or day <= self.closed_after

    def _require_open(self) -> None:
        self.require(self.closed_after is None, "ตำแหน่งนี้ยุบแล้ว")

    def _require_days(self, days: Days) -> None:
        if not days.any:
            raise Invalid(fields={"last_day": ["วันสุดท้ายต้องไม่ก่อนวันแรก"]})
        if self.closed_after is not None:
            ends = days.last is not None and days.last <= self.closed_after
            self.require(ends, f"ตำแหน่งนี้ยุบหลังวันที่ {format_date(self.closed_after)}")

    def _terms(self) -> list[Term]:
        return [*self.holdings, *self.acting.values()]

    def apply(self, event: Event) -> None:
        match event:
            case PostCreated():
                self._organisation, self.role = event.organisation, event.role
                self.group, self.title = event.group, event.title
            case PostChanged():
                self.group, self.title = event.group, event.title
            case PostClosed():
                self.closed_after = event.last_day
            case PostFilled():
                days = Days(event.first_day, event.last_day)
                self.holdings.append(Term(person=event.person, days=days))
            case PostVacated():
                days = Days(event.first_day, event.last_day)
                key = (event.person, event.first_day)
                others = [one for one in self.holdings if (one.person, one.days.first) != key]
                self.holdings = [*others, Term(person=event.person, days=days)]
                self.holdings = [one for one in self.holdings if one.days.any]
            case ActingAppointed():
                days = Days(event.first_day, event.last_day)
                self.acting[event.acting] = Term(person=event.person, days=days)
            case ActingEnded():
                days = Days(self.acting[event.acting].days.first, event.last_day)
                term = replace(self.acting.pop(event.acting), days=days)
                if days.any:
                    self.acting[event.acting] = term
