"""The publisher of events lets go of its connection, whole or broken, and finds a new one."""

import pytest

from infra.ids import new_id
from infra.messaging.broker import Broker, EventPublisher


@pytest.fixture
def publisher(rabbitmq_url: str) -> EventPublisher:
    return EventPublisher(Broker(rabbitmq_url), "tests")


def test_closing_gives_the_socket_back(publisher: EventPublisher) -> None:
    publisher.publish("Happened", {"id": new_id()})
    sock = publisher._connection.connection.transport.sock  # type: ignore[union-attr]
    publisher.close()
    assert sock.fileno() == -1
    publisher.close()


def test_a_connection_that_broke_is_replaced(publisher: EventPublisher) -> None:
    publisher.publish("Happened", {"id": new_id()})
    sock = publisher._connection.connection.transport.sock  # type: ignore[union-attr]
    sock.shutdown(2)
    publisher.publish("Happened", {"id": new_id()})
    assert sock.fileno() == -1
    publisher.close()
