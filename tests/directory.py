"""The people of an office in their posts, made known to a service that keeps the directory."""

from datetime import date

from services.personnel.contract import (
    GroupAdded,
    OrganisationAdded,
    OrganisationKind,
    PostCreated,
    PostFilled,
)
from tests.correspondence import office
from tests.correspondence.office import GROUPS, OFFICE, OTHER_OFFICE, PEOPLE, SCHOOL
from tests.harness import Harness

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
