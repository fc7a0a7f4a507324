"""A small event-sourced service for trying the foundation: books put on shelves, each numbered."""

import sys
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, insert, select, update

from infra.eventstore import numbers
from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event, EventTypes, Recorded
from infra.eventstore.store import Read, Work
from infra.messaging.service import RuntimeProvider, command, query, subscription
from tests.infra.shelf import contract
from tests.infra.shelf.contract import (
    BookPut,
    BookTaken,
    BuildShelf,
    GetShelf,
    PutBook,
    ShelfBuilt,
    TakeBook,
)


@dataclass(frozen=True, kw_only=True)
class DustWiped(Event):
    """Nobody else's business."""


class Shelf(Aggregate):
    kind = "shelf"
    name = ""
    secret = False

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.books: Counter[str] = Counter()

    @property
    def organisation(self) -> str:
        return "library"

    @property
    def confidential(self) -> bool:
        return self.name.startswith("secret")

    def apply(self, event: Event) -> None:
        match event:
            case ShelfBuilt():
                self.name = event.name
            case BookPut():
                self.books[event.title] += 1
            case BookTaken():
                self.books[event.title] -= 1

    def take(self, title: str) -> None:
        self.require(self.books[title] > 0, "ไม่มีหนังสือเล่มนี้")
        self.record(BookTaken(title=title))


read_tables = MetaData()
shelves = Table(
    "shelves",
    read_tables,
    Column("id", Text, primary_key=True),
    Column("name", Text),
    Column("books", Integer),
    Column("history", Text),
)
SERIES = "books"


def project(connection: Connection, recorded: Recorded) -> None:
    here = shelves.c.id == recorded.aggregate_id
    match recorded.event:
        case ShelfBuilt() as event:
            row = {"id": recorded.aggregate_id, "name": event.name, "books": 0, "history": ""}
            connection.execute(insert(shelves).values(row))
        case BookPut() as event:
            numbers.observe(connection, SERIES, event.number)
            changed = {"books": shelves.c.books + 1, "history": shelves.c.history + event.title}
            connection.execute(update(shelves).where(here).values(changed))
        case BookTaken():
            connection.execute(update(shelves).where(here).values(books=shelves.c.books - 1))


class ShelfService:
    """Shelves and books."""

    name = "shelf"
    runtime = RuntimeProvider(
        types=EventTypes(contract, sys.modules[__name__]), project=project, read_tables=read_tables
    )

    @command(BuildShelf)
    def build_shelf(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        shelf = Shelf(body["id"])
        shelf.record(ShelfBuilt(name=body["name"]))
        work.save(shelf)
        return work.done(shelf)

    @command(PutBook)
    def put_book(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        shelf = work.load(Shelf, body["id"])
        number = work.take_number(SERIES)
        shelf.record(BookPut(title=body["title"], number=number))
        work.save(shelf)
        shelf.require(not body["fail"], "ล้มเหลวตามสั่ง")
        return work.done(shelf, number=number)

    @command(TakeBook)
    def take_book(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        shelf = work.load(Shelf, body["id"])
        shelf.take(body["title"])
        work.save(shelf)
        return work.done(shelf)

    @query(GetShelf)
    def get_shelf(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        row = read.connection.execute(select(shelves).where(shelves.c.id == params["id"])).one()
        return dict(row._mapping)


# A second service that follows the first: it keeps, in its own tables, what it was told.
follower_tables = MetaData()
told = Table(
    "told",
    follower_tables,
    Column("position", Integer, primary_key=True),
    Column("stream", Text),
    Column("version", Integer),
    Column("type", Text),
)


class ReaderService:
    """Reads what is put on shelves. `broken` names titles at which it stumbles."""

    name = "reader"
    broken: set[str] = set()
    runtime = RuntimeProvider(
        types=EventTypes(),
        project=lambda *_: None,
        read_tables=MetaData(),
        own_tables=[follower_tables],
    )

    @subscription("shelf", ShelfBuilt, BookPut)
    def learn(self, work: Work, recorded: Recorded) -> None:
        if isinstance(recorded.event, BookPut) and recorded.event.title in self.broken:
            raise RuntimeError(f"cannot read {recorded.event.title}")
        work.connection.execute(
            insert(told).values(
                position=recorded.position,
                stream=recorded.stream,
                version=recorded.version,
                type=recorded.type,
            )
        )
