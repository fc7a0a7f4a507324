"""Shelf and reader in Nameko containers, as `amnuay serve` runs services.

`python -m tests.infra.house SERVICE...` reads settings, as JSON, from standard input, says `ready`,
and serves until it is told to stop. BROKEN in the environment names titles that the reader cannot
read. Beside health and metrics it answers `POST /` (see `Control`), since a broker in memory can be
reached from inside alone.
"""

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any


def settings(given: dict[str, Any]) -> Any:
    """Settings as they came through JSON."""
    from infra.settings import Settings

    paths = {name: Path(given[name]) for name in ("data", "files")}
    return Settings(**(given | paths | {"mail_back_off": tuple(given["mail_back_off"])}))


def main(names: list[str]) -> int:
    from amnuay import green

    green.patch()
    import msgspec

    from amnuay import house
    from infra import logs, migrate
    from infra.eventstore import upkeep
    from infra.messaging import service
    from tests.infra.shelf.service import ReaderService, ShelfService

    services = {"shelf": ShelfService, "reader": ReaderService}
    migrate.service_class = services.__getitem__
    service.IDLE = float(os.environ.get("IDLE", "1"))  # type: ignore[assignment]
    upkeep.EVERY = 0.5
    ReaderService.broken = set(filter(None, os.environ.get("BROKEN", "").split(",")))
    chosen = settings(msgspec.json.decode(sys.stdin.readline()))
    logs.configure("info")
    home = house.House(chosen, names, host="127.0.0.1")
    home.health.wsgi = Control(chosen, home.health.wsgi)  # type: ignore[method-assign]
    house.serve_health(home.health, chosen.health_port)
    return home.keep(opened=_say_ready)


def _say_ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


class Control:
    """Does what a body asks: a call by RPC, or a thing that happens to queues."""

    def __init__(self, chosen: Any, otherwise: Callable[..., Any]) -> None:
        from infra.messaging.broker import Broker
        from infra.messaging.rpc import Client

        self._broker = Broker(chosen.broker_url)
        self._client = Client(self._broker, "control", chosen.rpc_deadline)
        self._client.start()
        self._otherwise = otherwise

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        import msgspec

        from infra.errors import Problem

        if environ["REQUEST_METHOD"] != "POST":
            answer: Iterable[bytes] = self._otherwise(environ, start_response)
            return answer
        length = int(environ["CONTENT_LENGTH"])
        wanted = msgspec.json.decode(environ["wsgi.input"].read(length))
        try:
            reply = {"ok": getattr(self, wanted.pop("do"))(**wanted)}
        except Problem as problem:
            reply = {"problem": problem.to_dict()}
        start_response("200 OK", [("Content-Type", "application/json")])
        return [msgspec.json.encode(reply)]

    def call(self, service: str, method: str, body: Any, token: str | None, key: str | None) -> Any:
        context = {"auth_token": token, "idempotency_key": key}
        return self._client.request(
            service, method, {"args": [], "kwargs": {"body": body}}, context
        )

    def purge(self, queue: str) -> int:
        with self._broker.connect() as connection:
            purged: int = connection.channel().queue_purge(queue)
        return purged

    def delete(self, queue: str) -> None:
        with self._broker.connect() as connection:
            connection.channel().queue_delete(queue)

    def put(self, queue: str, bodies: list[str]) -> None:
        """Put messages straight into a queue: what came twice, late, or from elsewhere."""
        from kombu import Producer

        with self._broker.connect(confirm=True) as connection:
            producer = Producer(connection.channel())
            for body in bodies:
                producer.publish(
                    body,
                    routing_key=queue,
                    content_type="application/json",
                    content_encoding="utf-8",
                )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
