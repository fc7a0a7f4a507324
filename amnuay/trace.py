"""`amnuay trace`: what one request led to, across the services, as their logs of events tell it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from infra.database import Database

ALONE = "-"  # of an event that nothing before it in the story led to


@dataclass(frozen=True, kw_only=True)
class Step:
    """One event of the story; `position` is None until the relay has numbered it."""

    service: str
    id: str
    stream: str
    version: int
    position: int | None
    type: str
    published: bool
    at: datetime
    actor: str
    causation_id: str | None


@dataclass(frozen=True, kw_only=True)
class Taken:
    """How far a subscription has come with the story's events: ids of those parked and ahead."""

    subscriber: str
    source: str
    handled: int
    parked: tuple[str, ...]
    waiting: tuple[str, ...]


@click.command(short_help="Show what one request led to, across the services.")
@click.argument("correlation_id")
def trace(correlation_id: str) -> None:
    """Show all events that bear CORRELATION_ID, in the order of time, and who has taken them in.

    The id is the X-Request-Id of an answer, and `correlation_id` in every line of the logs. Beneath
    the events stands how far each subscription that handles any of them has come, and what it has
    parked. The exit status is 1 where no event bears the id.
    """
    from amnuay import environment
    from infra.database import Database

    settings, names = environment.for_upkeep()
    databases = {name: Database(settings.database(name)) for name in names}
    try:
        steps = story(databases, correlation_id)
        taken = list(progress(databases, steps))
    finally:
        for database in databases.values():
            database.dispose()
    if not steps:
        raise click.ClickException(f"no event in {', '.join(names)} bears {correlation_id}")
    for line in tell(steps, taken):
        click.echo(line)


def story(databases: "Mapping[str, Database]", correlation_id: str) -> list[Step]:
    """The events that bear the id, in the order of time; what led to an event stands before it."""
    from sqlalchemy import select

    from infra.eventstore.tables import events

    found = []
    for name, database in databases.items():
        query = select(events).where(events.c.correlation_id == correlation_id)
        with database.read() as connection:
            rows = connection.execute(query.order_by(events.c.seq)).all()
        found += [_step(name, row) for row in rows]
    by_id = {step.id: step for step in found}
    return sorted(found, key=lambda step: _place(step, by_id))


def _place(step: Step, by_id: dict[str, Step]) -> tuple[datetime, int]:
    """By time; but clocks of machines differ, and an effect never stands before its cause."""
    cause = by_id.get(step.causation_id or "")
    if cause is None:
        return step.at, 0
    at, depth = _place(cause, by_id)
    return max(step.at, at), depth + 1


def _step(service: str, row: Any) -> Step:
    return Step(
        service=service,
        id=row.id,
        stream=row.stream,
        version=row.version,
        position=row.position,
        type=row.type,
        published=row.published,
        at=row.recorded_at,
        actor=row.actor,
        causation_id=row.causation_id,
    )


def progress(databases: "Mapping[str, Database]", steps: list[Step]) -> Iterator[Taken]:
    """Of each subscription that handles any of these events, how far it has come with them."""
    from infra import migrate
    from infra.messaging.runtime import subscriptions

    for name, database in databases.items():
        for found in subscriptions(migrate.service_class(name)):
            ours = [
                step
                for step in steps
                if step.service == found.source
                and step.published
                and step.type in found.types.classes
            ]
            if ours:
                yield _taken(name, found.source, database, ours)


def _taken(subscriber: str, source: str, database: "Database", ours: list[Step]) -> Taken:
    from sqlalchemy import select

    from infra.eventstore.tables import cursors, parked

    positions = [step.position for step in ours]
    with database.read() as connection:
        cursor = connection.execute(
            select(cursors.c.position).where(cursors.c.source == source)
        ).scalar()
        held = connection.execute(
            select(parked.c.position).where(
                parked.c.source == source, parked.c.position.in_(positions)
            )
        ).scalars()
        aside = set(held)
    reached = cursor or 0
    return Taken(
        subscriber=subscriber,
        source=source,
        handled=sum(_is_done(step, reached, aside) for step in ours),
        parked=tuple(step.id for step in ours if step.position in aside),
        waiting=tuple(step.id for step in ours if step.position is None or step.position > reached),
    )


def _is_done(step: Step, reached: int, parked: set[int]) -> bool:
    return step.position is not None and step.position <= reached and step.position not in parked


def tell(steps: list[Step], taken: list[Taken]) -> Iterator[str]:
    """The story, to be read."""
    from infra.clock import bangkok

    places = {step.id: f"{step.service} {step.position or 'unnumbered'}" for step in steps}
    for step in steps:
        cause = places.get(step.causation_id or "", step.causation_id or ALONE)
        yield (
            f"{bangkok(step.at):%Y-%m-%d %H:%M:%S.%f}  {places[step.id]:<22} {step.type} of"
            f" {step.stream} version {step.version}, by {step.actor}, because of {cause}"
        )
    yield ""
    for one in taken:
        told = f"{one.subscriber} from {one.source}: {one.handled} taken in"
        told += _named(", waiting: ", one.waiting, places) + _named(
            ", PARKED: ", one.parked, places
        )
        yield told
    if not taken:
        yield "No subscription handles any of these."


def _named(words: str, ids: tuple[str, ...], places: dict[str, str]) -> str:
    return words + ", ".join(places[id] for id in ids) if ids else ""
