"""Listening to what the services publish, for the sake of open pages: nothing here need arrive.

Each gateway has a queue of its own that dies with it; what is lost, the streams find out when they
look again of their own accord.
"""

import threading
import time
from typing import Any

import msgspec
import structlog
from kombu import Connection, Consumer, Queue

from gateway.live import Live
from infra.ids import new_id
from infra.messaging.broker import Broker, events_exchange

SOURCES = ("notify", "correspondence")
# What moves by its own events, but is looked at as one of the organisation's many: the tray, and
# how far what was sent has come.
OF_ORGANISATION = {"arrival": "tray", "delivery": "deliveries"}
_log = structlog.get_logger()


class Listener:
    """Tells `live` which topics the events that pass by are about."""

    def __init__(self, broker: Broker, live: Live) -> None:
        self._broker = broker
        self._live = live
        self._stopped = False
        self._queue = Queue(
            f"gateway.live.{new_id()}",
            bindings=[],
            exclusive=not broker.embedded,
            auto_delete=True,
            durable=False,
        )
        self.attached = False

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        self._stopped = True

    def _run(self) -> None:
        while not self._stopped:
            try:
                with self._broker.connect() as connection:
                    self._listen(connection)
            except Exception as error:
                _log.warning("live-waits", error=repr(error)[:300])
            self.attached = False
            if not self._stopped:
                time.sleep(1)

    def _listen(self, connection: Connection) -> None:
        queue = self._queue(connection.channel())
        queue.declare()
        for source in SOURCES:
            exchange = events_exchange(source)(queue.channel)
            exchange.declare()
            queue.bind_to(exchange, routing_key="#")
        with Consumer(queue.channel, [queue], on_message=self._on_message, no_ack=True):
            self._live.tell_all()
            self.attached = True
            while not self._stopped:
                try:
                    connection.drain_events(timeout=5)
                except TimeoutError:
                    if not self._broker.embedded:
                        connection.heartbeat_check()

    def _on_message(self, message: Any) -> None:
        body = message.body
        try:
            event = msgspec.json.decode(body.encode() if isinstance(body, str) else bytes(body))
            if event["source"] == "notify":
                person = msgspec.json.decode(event["data"]).get("person")
                self._live.tell(f"bell:{person}")
            else:
                self._live.tell(event["stream"].replace("-", ":", 1), event["version"])
                kind = event["stream"].partition("-")[0]
                if kind in OF_ORGANISATION:
                    self._live.tell(f"{OF_ORGANISATION[kind]}:{event['organisation']}")
        except (msgspec.DecodeError, KeyError, TypeError) as error:
            _log.warning("live-unreadable", error=repr(error)[:300])
