"""The one place where the parts are put together: services in Nameko containers, and how they end."""

import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

import click
import eventlet
import structlog
from eventlet import wsgi
from nameko.runners import ServiceRunner
from nameko.web.server import WebServer

from amnuay.environment import GATEWAY
from infra import migrate
from infra.clock import system_clock
from infra.database import Database
from infra.errors import Unavailable
from infra.health import Health
from infra.messaging import attachment
from infra.settings import Settings

GRACE = 20  # seconds that work at hand is given when the house is told to stop
WORKERS, GATEWAY_WORKERS = 10, 60  # a gateway's mostly wait for a service
_log = structlog.get_logger()
logging.getLogger("nameko.containers").setLevel(logging.ERROR)  # open streams are ended, it warns


class House:
    """Some services, or all, in this process."""

    def __init__(
        self, settings: Settings, names: Sequence[str], host: str, health: Health | None = None
    ) -> None:
        self.health = health or Health()
        self._started = False
        self.health.alive["started"] = lambda: self._started
        self._runner = ServiceRunner(_configuration(settings, names, host, self.health))
        for name in names:
            self._runner.add_service(_service_class(name))
        for container in self._runner.containers:
            attachment.watch(container, self.health)

    def address(self) -> str:
        """Where the pages are, once the gateway is open."""
        for container in self._runner.containers:
            for extension in container.extensions:
                if isinstance(extension, WebServer):
                    host, port = extension._sock.getsockname()[:2]
                    return f"http://{host}:{port}"
        raise LookupError("this house has no gateway")

    def keep(self, opened: Callable[[], None] = lambda: None) -> int:
        """Serve until told to stop (SIGINT, SIGTERM): 0; or until a container dies: 1.

        `opened` is called when all consumers are attached.
        """
        eventlet.spawn_n(self._stop_when_told, _signals())
        try:
            self._runner.start()
            self._started = True
            opened()
            self._runner.wait()
        except Exception:
            _log.exception("container-died")
            return 1
        return 0

    def _stop_when_told(self, told: socket.socket) -> None:
        told.recv(1)
        if not self._started:
            os._exit(0)
        eventlet.spawn_n(_leave_when_told_again, told)
        with eventlet.Timeout(GRACE, False):
            self._runner.stop()
            return
        # Nameko waits for a broker that is away for as long as it is away.
        _log.error("left", reason=f"stopping took longer than {GRACE} s")
        os._exit(1)


def _leave_when_told_again(told: socket.socket) -> None:
    told.recv(1)
    os._exit(1)


def serve_health(health: Health, port: int) -> None:
    """Answer the supervisor and Prometheus on a port of their own."""
    listener = eventlet.listen(("0.0.0.0", port), reuse_port=False)
    eventlet.spawn_n(wsgi.server, listener, health.wsgi, log_output=False)


def wait_for_databases(settings: Settings, names: Sequence[str]) -> None:
    """Return when the databases answer. Raises ClickException where one is not migrated."""
    for name in names:
        if name != GATEWAY:
            database = Database(settings.database(name))
            _wait_for_database(name, database)
            database.dispose()


def _wait_for_database(name: str, database: Database) -> None:
    while True:
        try:
            if migrate.current(name, database):
                return
        except Unavailable as error:
            _log.warning("database-waits", service=name, error=str(error.__cause__)[:300])
            time.sleep(2)
            continue
        raise click.ClickException(f"the database of {name} is not migrated: amnuay migrate")


def _configuration(
    settings: Settings, names: Sequence[str], host: str, health: Health
) -> dict[str, Any]:
    """Nameko's own keys, and ours."""
    return {
        "AMQP_URI": settings.broker_url,
        "HEARTBEAT": 20,
        "TRANSPORT_OPTIONS": {"max_retries": 3, "interval_start": 0.5, "interval_max": 3},
        "WEB_SERVER_ADDRESS": f"{host}:{settings.port}",
        "max_workers": GATEWAY_WORKERS if GATEWAY in names else WORKERS,
        "settings": settings,
        "clock": system_clock,
        "health": health,
    }


def _service_class(name: str) -> type:
    if name == GATEWAY:
        from gateway.service import GatewayService

        return GatewayService
    return migrate.service_class(name)


def _signals() -> socket.socket:
    """A socket from which each SIGINT and SIGTERM can be read.

    A handler by itself would not wake eventlet's loop.
    """
    reading, writing = socket.socketpair()
    writing.setblocking(False)
    signal.set_wakeup_fd(writing.detach(), warn_on_full_buffer=False)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    return reading
