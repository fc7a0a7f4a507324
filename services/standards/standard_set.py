"""A version of the standards (มาตรฐานสำนักงานเขตพื้นที่การศึกษา) that an organisation works by.

The sets that can be adopted are data (`sets/*.json`): names verbatim from their source, no
indicators, as their official names are for the office to enter.
"""

import functools
import uuid
from dataclasses import dataclass
from pathlib import Path

import msgspec

from infra.errors import Invalid
from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from services.standards.contract import Standard, StandardSetAdopted

_NAMESPACE = uuid.UUID("5f0d8a39-6f5f-5d3f-9a4e-0c5d6b0f2a11")


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A set that is shipped."""

    code: str
    title: str
    source: str
    standards: tuple[Standard, ...]


@functools.cache
def offered() -> dict[str, Offered]:
    """The sets that are shipped, by code."""
    files = sorted((Path(__file__).parent / "sets").glob("*.json"))
    found = [msgspec.json.decode(file.read_bytes(), type=Offered) for file in files]
    return {one.code: one for one in found}


def set_id(organisation: str, code: str) -> str:
    """An organisation adopts a set once: the same id, the same stream."""
    return str(uuid.uuid5(_NAMESPACE, f"{organisation}:{code}"))


class StandardSet(Aggregate):
    """One set as adopted by one organisation, with the fiscal years (พ.ศ.) in which it holds."""

    kind = "standardset"

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self._organisation = ""
        self.adopted: StandardSetAdopted | None = None

    @property
    def organisation(self) -> str:
        return self._organisation

    def adopt(
        self, organisation: str, offer: Offered, first: int, last: int | None, rounds: list[int]
    ) -> None:
        """Raises Invalid where the years run backwards, OutOfOrder when it is adopted already."""
        self.require(self.adopted is None, "ใช้มาตรฐานชุดนี้อยู่แล้ว")
        if last is not None and last < first:
            raise Invalid(fields={"last_fiscal_year": ["ต้องไม่ก่อนปีแรกที่ใช้"]})
        self.record(
            StandardSetAdopted(
                organisation=organisation,
                code=offer.code,
                title=offer.title,
                source=offer.source,
                first_fiscal_year=first,
                last_fiscal_year=last,
                rounds=tuple(sorted(set(rounds))),
                standards=offer.standards,
            )
        )

    def apply(self, event: Event) -> None:
        match event:
            case StandardSetAdopted():
                self._organisation, self.adopted = event.organisation, event
