"""What happens to organisations, people, posts and acting posts, published as `personnel.events`.

People are named by id only; their names live in `personnel`'s own tables.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from infra.eventstore.events import Event
from infra.identity import Capacity, Role


class OrganisationKind(StrEnum):
    OFFICE = "office"  # สำนักงานเขตพื้นที่การศึกษา
    SCHOOL = "school"  # โรงเรียน


@dataclass(frozen=True, kw_only=True)
class OrganisationAdded(Event):
    """The office, or a school under it (`parent`). `code` is what the ministry knows it by."""

    kind: OrganisationKind
    parent: str | None
    code: str
    name: str
    short_name: str


@dataclass(frozen=True, kw_only=True)
class OrganisationChanged(Event):
    """What is known of an organisation was corrected."""

    code: str
    name: str
    short_name: str


@dataclass(frozen=True, kw_only=True)
class OrganisationClosed(Event):
    """The organisation is no longer there (merged, closed)."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class GroupAdded(Event):
    """A group (กลุ่ม) of an organisation. `central` is the one that does general administration."""

    organisation: str
    name: str
    central: bool


@dataclass(frozen=True, kw_only=True)
class GroupChanged(Event):
    """A group was renamed, or does general administration from now on (or no longer)."""

    name: str
    central: bool


@dataclass(frozen=True, kw_only=True)
class GroupClosed(Event):
    """The group is no longer there."""


@dataclass(frozen=True, kw_only=True)
class PersonAdded(Event):
    """A person (บุคลากร) who belongs to an organisation."""

    organisation: str


@dataclass(frozen=True, kw_only=True)
class PersonErased(Event):
    """The person's personal data were erased; what they did stays on record under their id."""


@dataclass(frozen=True, kw_only=True)
class PostCreated(Event):
    """A post (ตำแหน่ง) with the role that it entitles to; in a group, or above all groups."""

    organisation: str
    group: str | None
    role: Role
    title: str


@dataclass(frozen=True, kw_only=True)
class PostChanged(Event):
    """A post was retitled or moved to another group."""

    group: str | None
    title: str


@dataclass(frozen=True, kw_only=True)
class PostClosed(Event):
    """The post no longer exists after `last_day`."""

    last_day: date


@dataclass(frozen=True, kw_only=True)
class PostFilled(Event):
    """A person holds the post from `first_day` until `last_day` (both included; None: open)."""

    person: str
    first_day: date
    last_day: date | None


@dataclass(frozen=True, kw_only=True)
class PostVacated(Event):
    """The person's time in the post, which began on `first_day`, ends with `last_day`."""

    person: str
    first_day: date
    last_day: date


@dataclass(frozen=True, kw_only=True)
class ActingAppointed(Event):
    """A person acts in the post (รักษาราชการแทน, ปฏิบัติราชการแทน) by an order (คำสั่ง).

    `own_post` is the person's own post, which stands above the capacity when they sign.
    """

    acting: str
    person: str
    own_post: str | None
    capacity: Capacity
    first_day: date
    last_day: date | None
    order: str


@dataclass(frozen=True, kw_only=True)
class ActingEnded(Event):
    """The acting appointment ends with `last_day` (before `first_day`: it never took effect)."""

    acting: str
    last_day: date
