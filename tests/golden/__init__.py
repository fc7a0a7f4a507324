"""One event as it was stored, for each (type, schema) that a service ever wrote: for ever to be read.

The files are `tests/golden/<service>/<Type>.<schema>.json`. After declaring an event, or giving one
a new schema, `python -m tests.golden` writes the files that are missing; those that are there are
never changed.
"""

import enum
import hashlib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
from msgspec import inspect

from infra import migrate
from infra.eventstore.events import Event, EventTypes
from infra.settings import SERVICES

FOLDER = Path(__file__).parent


def types_of(service: str) -> EventTypes:
    return migrate.definition(service).types


def path(service: str, cls: type[Event]) -> Path:
    return FOLDER / service / f"{cls.__name__}.{cls.schema}.json"


def missing() -> Iterator[tuple[str, type[Event]]]:
    """The events whose present schema has no file."""
    for service in SERVICES:
        for cls in types_of(service).classes.values():
            if not path(service, cls).exists():
                yield service, cls


def write_missing() -> list[Path]:
    """Write them, each with every field filled; the paths."""
    written = []
    for service, cls in missing():
        file = path(service, cls)
        file.parent.mkdir(exist_ok=True)
        stored = types_of(service).encode(example(cls))
        file.write_bytes(msgspec.json.format(stored.encode(), indent=2) + b"\n")
        written.append(file)
    return written


def example(cls: type[Event]) -> Event:
    """An event of that class: nothing left out, no two fields of a kind alike."""
    hints = get_type_hints(cls)
    values = {one.name: _value(inspect.type_info(hints[one.name]), one.name) for one in fields(cls)}
    return msgspec.convert(values, type=cls)


def _value(of: inspect.Type, name: str) -> Any:
    """A value of the type in JSON terms; `name` makes it differ from others."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:2], "big")
    match of:
        case inspect.UnionType():
            some = next(one for one in of.types if not isinstance(one, inspect.NoneType))
            return _value(some, name)
        case inspect.EnumType():
            members: list[enum.Enum] = list(of.cls)
            return members[number % len(members)].value
        case inspect.LiteralType():
            return of.values[0]
        case inspect.BoolType():
            return number % 2 == 0
        case inspect.IntType():
            return number
        case inspect.FloatType():
            return number / 4
        case inspect.StrType() | inspect.AnyType():
            return f"{name} ก้ำ"
        case inspect.DateTimeType():
            return f"2026-02-{number % 28 + 1:02d}T09:30:00.250000Z"
        case inspect.DateType():
            return f"2026-02-{number % 28 + 1:02d}"
        case inspect.TimeType():
            return f"{number % 24:02d}:30:00"
        case inspect.TupleType():
            return [_value(one, f"{name}.{index}") for index, one in enumerate(of.item_types)]
        case inspect.DictType():
            key = _value(of.key_type, f"{name}.key")
            return {key: _value(of.value_type, f"{name}.{key}")}
        case inspect.DataclassType() | inspect.StructType() | inspect.TypedDictType():
            return {one.encode_name: _value(one.type, f"{name}.{one.name}") for one in of.fields}
        case (
            inspect.VarTupleType()
            | inspect.ListType()
            | inspect.SetType()
            | inspect.FrozenSetType()
            | inspect.CollectionType()
        ):
            return [_value(of.item_type, f"{name}.0")]
    raise TypeError(f"{name}: no example for {of}; add the type to {__file__}")
