"""What the shelf service offers: events, commands, queries."""

from dataclasses import dataclass

from infra import fields
from infra.contract import Command, Done, Query, Shape
from infra.eventstore.events import Event


@dataclass(frozen=True, kw_only=True)
class ShelfBuilt(Event):
    name: str


@dataclass(frozen=True, kw_only=True)
class BookPut(Event):
    title: str
    number: int


@dataclass(frozen=True, kw_only=True)
class BookTaken(Event):
    title: str


class BuildShelf(Command):
    service = "shelf"
    name = fields.Text(required=True)
    id = fields.Id(required=True)


class Numbered(Done):
    number = fields.Integer(required=True)


class PutBook(Command):
    service = "shelf"
    answer = Numbered
    id = fields.Id(required=True)
    title = fields.Text(required=True)
    fail = fields.Boolean(load_default=False)


class TakeBook(Command):
    service = "shelf"
    id = fields.Id(required=True)
    title = fields.Text(required=True)


class GetShelf(Query):
    service = "shelf"
    id = fields.Id(required=True)

    class answer(Shape):
        name = fields.Text(required=True)
        books = fields.Integer(required=True)
