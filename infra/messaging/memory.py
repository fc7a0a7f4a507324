"""The broker of the embedded default: kombu's in-memory transport, event-driven.

kombu's own polls once a second, and its messages lack the `content_type` property that Nameko's
RPC reads.
"""

import threading
import time
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, memory, virtual

_arrival = threading.Condition()
_count = 0


def _announce() -> None:
    global _count
    with _arrival:
        _count += 1
        _arrival.notify_all()


class Message(virtual.Message):
    def __init__(self, payload: Any, channel: Any = None, **kwargs: Any) -> None:
        super().__init__(payload, channel=channel, **kwargs)
        self.properties.setdefault("content_type", self.content_type)


class Channel(memory.Channel):
    Message = Message
    queues: dict[str, Any] = {}

    def _put(self, queue: str, message: Any, **kwargs: Any) -> None:
        super()._put(queue, message, **kwargs)
        _announce()

    def _put_fanout(
        self, exchange: str, message: Any, routing_key: Any = None, **kwargs: Any
    ) -> None:
        super()._put_fanout(exchange, message, routing_key, **kwargs)
        _announce()

    def basic_ack(self, delivery_tag: Any, multiple: bool = False) -> None:
        super().basic_ack(delivery_tag, multiple)
        _announce()  # a consumer at its prefetch limit may go on

    def close(self) -> None:
        virtual.Channel.close(self)


class Transport(memory.Transport):
    """Waits for the next message instead of asking for it again and again."""

    Channel = Channel
    global_state = virtual.BrokerState()

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            with _arrival:
                seen = _count
            try:
                self.cycle.get(self._deliver, timeout=timeout)
                return
            except Empty:
                left = 5.0 if deadline is None else deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError() from None
                with _arrival:
                    if _count == seen:
                        _arrival.wait(left)


def install() -> None:
    """Make `memory://` mean this transport."""
    TRANSPORT_ALIASES["memory"] = f"{__name__}:Transport"
