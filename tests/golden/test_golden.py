"""Old events decode for ever."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

import msgspec
import pytest

from infra.eventstore.events import Event, EventTypes
from infra.settings import SERVICES
from tests import golden


def stored() -> Iterator[tuple[str, str, int, Path]]:
    for file in sorted(golden.FOLDER.glob("*/*.json")):
        name, schema = file.stem.rsplit(".", 1)
        yield file.parent.name, name, int(schema), file


def test_every_event_has_a_file_of_its_present_schema() -> None:
    names = [f"{service}: {cls.__name__}.{cls.schema}" for service, cls in golden.missing()]
    assert names == [], "write them by: python -m tests.golden"


@pytest.mark.parametrize("service", SERVICES)
def test_every_event_that_was_ever_stored_can_be_read(service: str) -> None:
    """And those of the present schema give back what was stored: no field is lost or renamed."""
    types = golden.types_of(service)
    mine = [one for one in stored() if one[0] == service]
    assert mine or not types.classes
    for _, name, schema, file in mine:
        event = types.decode(name, schema, file.read_text())
        if schema == event.schema:
            again = msgspec.json.decode(types.encode(event))
            assert again == msgspec.json.decode(file.read_text()), file.name


def test_files_are_of_services_that_are_there() -> None:
    assert {service for service, *_ in stored()} <= set(SERVICES)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, kw_only=True)
class Size:
    width: int
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class EverythingHappened(Event):
    words: str
    number: int | None
    sure: bool
    colour: Colour
    day: date
    moment: datetime
    sizes: tuple[Size, ...]
    pair: tuple[str, int]
    by_name: dict[str, Size]
    colours: frozenset[Colour] = frozenset()


def test_an_example_fills_every_field_and_is_the_same_each_time() -> None:
    types = EventTypes(sys.modules[__name__])
    event = golden.example(EverythingHappened)
    assert event == golden.example(EverythingHappened)
    assert isinstance(event, EverythingHappened)
    assert event.number is not None
    assert event.colours
    assert event.sizes[0].name
    assert types.decode("EverythingHappened", 1, types.encode(event)) == event
