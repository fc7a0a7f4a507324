"""Connections to the broker, and publishing to it with a deadline."""

import select
import threading
from contextlib import suppress
from typing import Any

from kombu import Connection, Exchange, Producer, Queue

from infra.messaging import memory

memory.install()

CONNECT_TIMEOUT = 3.0
PUBLISH_TIMEOUT = 5.0


class Broker:
    """One broker, by its URL: `amqp://…`, or `memory://` for the embedded default."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.embedded = url.startswith("memory:")

    def connect(
        self, confirm: bool = False, heartbeat: int = 30, timeout: float = CONNECT_TIMEOUT
    ) -> Connection:
        """A new, open connection; raises within `timeout` seconds when the broker is away."""
        connection = Connection(
            self.url,
            connect_timeout=timeout,
            heartbeat=0 if self.embedded else heartbeat,
            transport_options={"confirm_publish": confirm},
        )
        # Left to itself kombu tries twice, two seconds apart.
        return connection.ensure_connection(max_retries=0)

    def is_quiet(self, connection: Connection) -> bool:
        """Whether the broker has said nothing on a connection that only publishes.

        What it says unasked is a farewell or an alarm; the connection is of no more use.
        """
        if self.embedded:
            return True
        try:
            readable, _, _ = select.select([connection.connection.transport.sock], [], [], 0)
        except (OSError, ValueError, AttributeError):
            return False  # closed already
        return not readable

    def subscription_queue(self, subscriber: str, source: str, types: list[str]) -> list[Queue]:
        """The durable queue of one subscription, once for each event type it is bound to.

        A quorum queue with a single active consumer: replicas stand by, order is kept.
        """
        arguments = (
            {} if self.embedded else {"x-queue-type": "quorum", "x-single-active-consumer": True}
        )
        exchange = events_exchange(source)
        return [
            Queue(
                f"{subscriber}.from.{source}",
                exchange=exchange,
                routing_key=name,
                durable=True,
                queue_arguments=arguments,
            )
            for name in types
        ]

    def forget(self, subscriber: str, source: str) -> None:
        """Empty the queue of one subscription, where there is one. Raises OSError."""
        with (
            self.connect() as connection,
            suppress(*connection.channel_errors),
        ):  # there is none yet
            connection.channel().queue_purge(f"{subscriber}.from.{source}")


def drop(connection: Connection) -> None:
    """Close a connection without the farewell that a broker in trouble may never answer."""
    raw = connection._connection
    if hasattr(raw, "collect"):
        raw.collect()
    connection.release()


def events_exchange(source: str) -> Exchange:
    """The topic exchange on which `source` publishes, routing key = event type."""
    return Exchange(f"{source}.events", type="topic", durable=True)


class EventPublisher:
    """Publishes one service's events, each confirmed by the broker before the next."""

    def __init__(self, broker: Broker, source: str) -> None:
        self._broker = broker
        self._exchange = events_exchange(source)
        self._connection: Connection | None = None
        self._producer: Producer | None = None
        self._lock = threading.Lock()

    def publish(self, type: str, message: dict[str, Any]) -> None:
        """Returns after the broker's confirm; raises when it does not come in time."""
        with self._lock:
            try:
                if self._connection is not None and not self._broker.is_quiet(self._connection):
                    self._drop()
                if self._producer is None:
                    self._connection = self._broker.connect(confirm=True, heartbeat=0)
                    self._producer = Producer(
                        self._connection.channel(), exchange=self._exchange, serializer="json"
                    )
                    self._exchange(self._connection.default_channel).declare()
                self._producer.publish(
                    message,
                    routing_key=type,
                    delivery_mode=2,
                    message_id=message["id"],
                    timeout=PUBLISH_TIMEOUT,
                    confirm_timeout=PUBLISH_TIMEOUT,
                )
            except Exception:
                self._drop()
                raise

    def _drop(self) -> None:
        connection, self._connection, self._producer = self._connection, None, None
        if connection is not None:
            drop(connection)

    def close(self) -> None:
        with self._lock:
            self._drop()
