"""The people of an office in their posts, made known to a service that keeps the directory."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import Any, Generic, TypeVar

from services.personnel.contract import (
    GroupAdded,
    OrganisationAdded,
    OrganisationKind,
    PostCreated,
    PostFilled,
)
from tests.correspondence import office
from tests.correspondence.office import GROUPS, OFFICE, OTHER_OFFICE, PEOPLE, SCHOOL
from tests.harness import Harness, fresh_database

H = TypeVar("H", bound=Harness)

ORGANISATIONS = {
    OFFICE: (OrganisationKind.OFFICE, None, "สำนักงานเขตพื้นที่การศึกษาตัวอย่าง"),
    SCHOOL: (OrganisationKind.SCHOOL, OFFICE, "โรงเรียนตัวอย่าง"),
    OTHER_OFFICE: (OrganisationKind.OFFICE, None, "สำนักงานเขตพื้นที่การศึกษาอื่น"),
}


def introduce(harness: Harness) -> None:
    """Let the service learn the organisations, groups and people that tests of letters know, too."""
    for id, (kind, parent, name) in ORGANISATIONS.items():
        added = OrganisationAdded(kind=kind, parent=parent, code=id[:8], name=name, short_name=name)
        harness.deliver("personnel", f"organisation-{id}", added)
    for id, (organisation, name) in GROUPS.items():
        central = id in (office.CENTRAL, office.ELSEWHERE)
        group = GroupAdded(organisation=organisation, name=name, central=central)
        harness.deliver("personnel", f"group-{id}", group)
    for person in PEOPLE.values():
        for seat in person.seats:
            created = PostCreated(
                organisation=seat.organisation, group=seat.group, role=seat.role, title=seat.title
            )
            filled = PostFilled(person=person.person, first_day=date(2020, 1, 1), last_day=None)
            harness.deliver("personnel", f"post-{seat.post}", created)
            harness.deliver("personnel", f"post-{seat.post}", filled, version=2)


class Told(Generic[H]):
    """A service's databases that know the directory already, one of each kind, to be copied.

    `make(url, prepared=…)` opens the service, on a copy `prepared`.
    """

    def __init__(self, make: Callable[..., H]) -> None:
        self._make = make
        self._databases = ExitStack()
        self._urls: dict[str, str] = {}

    @contextmanager
    def opened(self, dialect: str = "sqlite", **more: Any) -> Iterator[H]:
        with fresh_database(dialect, like=self._url(dialect)) as url:
            one = self._make(url, prepared=True, **more)
            one._positions["personnel"] = one.parts.subscribers["personnel"].position()
            try:
                yield one
            finally:
                one.close()

    def _url(self, dialect: str) -> str:
        if dialect not in self._urls:
            url = self._databases.enter_context(fresh_database(dialect))
            self._make(url).close()
            self._urls[dialect] = url
        return self._urls[dialect]

    def close(self) -> None:
        self._databases.close()
