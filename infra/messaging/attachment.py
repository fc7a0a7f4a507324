"""Whether a service's consumers are attached to the broker and its database answers, for `health`."""

from typing import Any

from nameko.messaging import QueueConsumer
from sqlalchemy import text

from infra.health import Check, Health
from infra.messaging.service import RuntimeProvider, SubscriptionConsumer


def watch(container: Any, health: Health) -> None:
    """Add the checks of one Nameko container.

    It is alive while it takes calls and events in and its relay goes round. Waiting for a source
    or for the database is part of that: a process need not be restarted because another is away.
    """
    name = container.service_name
    for extension in container.extensions:
        match extension:
            case QueueConsumer():
                health.alive[f"{name}-calls"] = _takes_calls(extension)
            case SubscriptionConsumer():
                health.alive[f"{name}-from-{extension.source}"] = _is_attached(extension)
            case RuntimeProvider():
                health.alive[f"{name}-relay"] = _relay_goes_round(extension)
                health.ready[f"{name}-replies"] = _replies_arrive(extension)
                health.ready[f"{name}-database"] = _database_answers(extension)


def _takes_calls(consumer: Any) -> Check:
    # A consumer whose connection broke has lost it, until kombu has made another.
    return lambda: (
        bool(consumer._consumers)
        and all(one.connection is not None for one in consumer._consumers.values())
    )


def _is_attached(consumer: SubscriptionConsumer) -> Check:
    return lambda: consumer.attached


def _relay_goes_round(provider: RuntimeProvider) -> Check:
    return lambda: provider.parts.relay.alive


def _replies_arrive(provider: RuntimeProvider) -> Check:
    return lambda: provider.parts.client.attached


def _database_answers(provider: RuntimeProvider) -> Check:
    def check() -> bool:
        with provider.parts.database.read() as connection:
            return bool(connection.execute(text("SELECT 1")).scalar_one())

    return check
