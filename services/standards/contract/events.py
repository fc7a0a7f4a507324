"""What happens to standards and indicators, published as `standards.events`."""

from dataclasses import dataclass

from infra.eventstore.events import Event
from infra.identity import Seat


@dataclass(frozen=True, kw_only=True)
class Standard:
    """One standard (มาตรฐาน) of a set."""

    number: int
    name: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A file that shows a result (หลักฐาน); its content lies in the file store under `sha256`."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class StandardSetAdopted(Event):
    """An organisation works by this version of the standards from a fiscal year (พ.ศ.) on.

    `rounds` are the months of the fiscal year after which results are reported.
    """

    organisation: str
    code: str
    title: str
    source: str
    first_fiscal_year: int
    last_fiscal_year: int | None
    rounds: tuple[int, ...]
    standards: tuple[Standard, ...]


@dataclass(frozen=True, kw_only=True)
class IndicatorNamed(Event):
    """The office entered an indicator (ตัวบ่งชี้) under a standard, in its own words."""

    organisation: str
    standard_set: str
    standard: int
    code: str
    name: str
    rounds: tuple[int, ...]
    first_fiscal_year: int
    last_fiscal_year: int | None


@dataclass(frozen=True, kw_only=True)
class IndicatorRenamed(Event):
    """The office corrected an indicator's name."""

    name: str


@dataclass(frozen=True, kw_only=True)
class IndicatorAssigned(Event):
    """A person answers for the indicator from now on, within a group."""

    owner: str
    group: str


@dataclass(frozen=True, kw_only=True)
class IndicatorReported(Event):
    """The owner reported a result for a round of a fiscal year, with evidence."""

    owner: str
    fiscal_year: int
    round: int
    result: str
    figure: str | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, kw_only=True)
class ReportVerified(Event):
    """The report was looked at and found good."""

    owner: str
    fiscal_year: int
    round: int
    note: str
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class ReportReturned(Event):
    """The report goes back to its owner for change (ส่งกลับแก้ไข)."""

    owner: str
    fiscal_year: int
    round: int
    reason: str
    seat: Seat
