"""The smallest service there can be, for measuring what carries it: slips of paper with text on them."""

import sys
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, insert, update

from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event, EventTypes, Recorded
from infra.eventstore.store import Call, Work
from infra.identity import Actor
from infra.ids import new_id
from infra.messaging.service import RuntimeProvider

WORDS = "ขอความอนุเคราะห์ข้อมูลประกอบการพิจารณา"


@dataclass(frozen=True, kw_only=True)
class SlipWritten(Event):
    text: str


@dataclass(frozen=True, kw_only=True)
class SlipAmended(Event):
    text: str
    line: int


class Slip(Aggregate):
    kind = "slip"
    lines = 0
    text = ""

    @property
    def organisation(self) -> str:
        return "office"

    def apply(self, event: Event) -> None:
        match event:
            case SlipWritten():
                self.text = event.text
            case SlipAmended():
                self.text, self.lines = event.text, event.line


read_tables = MetaData()
slips = Table(
    "slips",
    read_tables,
    Column("id", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("lines", Integer, nullable=False),
)


def project(connection: Connection, recorded: Recorded) -> None:
    match recorded.event:
        case SlipWritten() as event:
            row = {"id": recorded.aggregate_id, "text": event.text, "lines": 0}
            connection.execute(insert(slips), row)
        case SlipAmended() as event:
            here = update(slips).where(slips.c.id == recorded.aggregate_id)
            connection.execute(here.values(text=event.text, lines=event.line))


class DeskService:
    """Slips of paper."""

    name = "desk"
    runtime = RuntimeProvider(
        types=EventTypes(sys.modules[__name__]), project=project, read_tables=read_tables
    )


CALL = Call(actor=Actor(person=new_id(), organisation="office"), correlation_id=new_id())


def write(work: Work) -> dict[str, object]:
    """The command that is measured: one event, recorded with its projection."""
    slip = Slip(new_id())
    slip.record(SlipWritten(text=WORDS))
    work.save(slip)
    return work.done(slip)
