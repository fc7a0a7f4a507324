"""What Prometheus is told, by every process.

What is counted lives in the process. How things stand (how far a log, its relay and a subscription
are, what is parked) is read from the database whenever somebody asks, so that it is true after a
restart, and the same from every replica.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import msgspec
import structlog
from prometheus_client import REGISTRY, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Connection, func, select

from infra.database import Database
from infra.eventstore.tables import cursors, events, parked, relay
from infra.logs import describe

COMMANDS = Histogram(
    "amnuay_command_seconds",
    "How long commands and queries take",
    ["service", "method", "outcome"],
)
CONFLICTS = Counter("amnuay_conflicts", "Commands that lost a race and were tried again")
EVENTS_HANDLED = Counter(
    "amnuay_events_handled", "Events taken in by subscriptions", ["service", "source", "outcome"]
)

# What can be read from a service's database: name → (what it says, labels).
STANDING = {
    "amnuay_database_up": ("Whether the service's database answers", ["service"]),
    "amnuay_log_position": ("Position of the last numbered event", ["service"]),
    "amnuay_unpublished": ("Events that the relay has not passed on yet", ["service"]),
    "amnuay_subscription_position": (
        "Position in the source's log up to which events are taken in",
        ["service", "source"],
    ),
    "amnuay_subscription_catching": (
        "Event types handled since lately, whose history is still being taken in",
        ["service", "source"],
    ),
    "amnuay_parked": ("Parked events", ["service", "source"]),
    "amnuay_emails": ("E-mails by state: waiting to leave, or given up", ["service", "state"]),
    "amnuay_mail_server_away": ("Whether the mail server is let rest", ["service"]),
    "amnuay_mail_unacknowledged": (
        "E-mails that came and are not acknowledged: the legal clock ends soon, or has",
        ["service", "when"],
    ),
}


@dataclass(frozen=True)
class Figure:
    """One figure of those named in `STANDING`; `labels` are those beside `service`."""

    name: str
    value: float
    labels: tuple[str, ...] = ()


Figures = Callable[[Connection], Iterable[Figure]]


class Standing(Collector):
    """How the services of this process stand, by their databases."""

    def __init__(self) -> None:
        self._watched: dict[str, tuple[Database, Figures]] = {}

    def watch(self, service: str, database: Database, more: Figures | None = None) -> None:
        """Tell of this service from now on: what all have, and `more` of its own."""
        self._watched[service] = (database, more or (lambda connection: ()))

    def forget(self, service: str) -> None:
        self._watched.pop(service, None)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        families = {
            name: GaugeMetricFamily(name, told, labels=labels)
            for name, (told, labels) in STANDING.items()
        }
        for service, (database, more) in list(self._watched.items()):
            for figure in _figures(service, database, more):
                families[figure.name].add_metric([service, *figure.labels], figure.value)
        yield from families.values()


def _figures(service: str, database: Database, more: Figures) -> list[Figure]:
    try:
        with database.read() as connection:
            return [*log(connection), *more(connection), Figure("amnuay_database_up", 1)]
    except Exception as error:
        _log.warning("figures-wait", service=service, error=describe(error))
        return [Figure("amnuay_database_up", 0)]


def log(connection: Connection) -> Iterator[Figure]:
    """How a service's log, its relay and its subscriptions stand."""
    row = connection.execute(select(relay.c.numbered, relay.c.published)).one()
    unnumbered = connection.execute(
        select(func.count()).select_from(events).where(events.c.position.is_(None))
    ).scalar_one()
    yield Figure("amnuay_log_position", row.numbered)
    yield Figure("amnuay_unpublished", row.numbered - row.published + unnumbered)
    counted = select(parked.c.source, func.count().label("number")).group_by(parked.c.source)
    waiting = {one.source: one.number for one in connection.execute(counted)}
    for one in connection.execute(select(cursors)):
        yield Figure("amnuay_subscription_position", one.position, (one.source,))
        catching = len(_decoded(one.catching))
        yield Figure("amnuay_subscription_catching", catching, (one.source,))
        yield Figure("amnuay_parked", waiting.get(one.source, 0), (one.source,))


def _decoded(catching: str | None) -> dict[str, int]:
    return msgspec.json.decode(catching or "{}", type=dict[str, int])


_log = structlog.get_logger()
standing = Standing()
REGISTRY.register(standing)
