"""The gateway as a Nameko service: one entrypoint through which every request reaches Flask."""

import logging
import socket
import time
from functools import partial
from typing import Any

import eventlet
import structlog
from eventlet.wsgi import STATE_IDLE, STATE_REQUEST
from nameko.extensions import DependencyProvider
from nameko.web.handlers import HttpRequestHandler
from nameko.web.server import HttpOnlyProtocol, WebServer
from werkzeug.wrappers import Request, Response

from gateway.app import create_app
from gateway.broadcast import Listener
from gateway.live import Live
from gateway.parts import Parts
from gateway.visitors import Sessions
from infra.files import FileStore
from infra.health import Health
from infra.messaging.broker import Broker
from infra.messaging.rpc import Client

SOCKET_TIMEOUT = 75  # seconds that a connection may say nothing
LAST_ANSWERS = 3  # seconds that answers may take to be sent when the gateway stops
LONGEST_ADDRESS = 32 * 1024  # bytes; a question may name 500 people
_log = structlog.get_logger()


class Web(DependencyProvider):  # type: ignore[misc]
    """The Flask application with its parts; a `health` in the configuration gets its checks."""

    def setup(self) -> None:
        config = self.container.config
        settings, clock = config["settings"], config["clock"]
        broker = Broker(settings.broker_url)
        self.client = Client(broker, "gateway", settings.rpc_deadline)
        self.live = Live()
        self.listener = Listener(broker, self.live)
        health = config.get("health") or Health()
        health.ready["gateway"] = lambda: self.client.attached
        health.ready["gateway-live"] = lambda: self.listener.attached
        self.app = create_app(
            Parts(
                settings=settings,
                clock=clock,
                client=self.client,
                sessions=Sessions(self.client, settings.public_key, clock),
                files=FileStore(settings.files, settings.upload_limit),
                live=self.live,
                health=health,
            )
        )

    def start(self) -> None:
        self.client.start()
        self.listener.start()

    def stop(self) -> None:
        self.live.stop()
        self.listener.stop()
        self.client.stop()

    kill = stop

    def get_dependency(self, worker_ctx: Any) -> Any:
        return self.app


class _Protocol(HttpOnlyProtocol):  # type: ignore[misc]
    def log_message(self, format: str, *arguments: Any) -> None:
        """Silent: it would write addresses, with what people searched for, to standard error."""


class _Server(WebServer):  # type: ignore[misc]
    """Hands every request on as it came. One bad connection must not end the container."""

    def __init__(self) -> None:
        super().__init__()
        self._connections: list[list[Any]] = []

    def close(self) -> None:
        """Take no further connection, and on those there are no further request.

        Nameko would do so after its workers have ended, which they never do while requests come.
        """
        self._is_accepting = False
        self._gt.kill()
        self._sock.close()
        self._serv.keepalive = False

    def stop(self) -> None:
        """The workers have ended; what they answered is still on its way."""
        with eventlet.Timeout(LAST_ANSWERS, False):
            while any(state == STATE_REQUEST for *_, state in self._connections):
                time.sleep(0.02)
        super().stop()

    def get_wsgi_app(self) -> Any:
        (provider,) = self._providers

        def application(environ: dict[str, Any], start_response: Any) -> Any:
            # Chunked bodies end by themselves; without this Werkzeug takes them for empty. With it
            # (whatever its value) it takes others for whole that broke off.
            environ.pop("wsgi.input_terminated", None)
            if "HTTP_TRANSFER_ENCODING" in environ:
                environ["wsgi.input_terminated"] = True
            request = Request(environ, populate_request=False)
            request.path_values = {}  # type: ignore[attr-defined]
            return provider.handle_request(request)(environ, start_response)

        return application

    def get_wsgi_server(self, sock: Any, wsgi_app: Any, **kwargs: Any) -> Any:
        server = super().get_wsgi_server(sock, wsgi_app, protocol=_Protocol, **kwargs)
        server.socket_timeout = SOCKET_TIMEOUT
        server.url_length_limit = LONGEST_ADDRESS
        server.minimum_chunk_size = 1  # server-sent events leave at once
        server.log = logging.getLogger("gateway.http")
        server.log_output = False
        return server

    def run(self) -> None:
        while self._is_accepting:
            try:
                accepted, address = self._sock.accept()
            except OSError as error:
                if self._is_accepting:
                    _log.warning("accept-failed", error=repr(error))
                    time.sleep(0.2)  # out of file descriptors, most likely
                continue
            accepted.settimeout(SOCKET_TIMEOUT)
            self.container.spawn_managed_thread(
                partial(self.process_request, accepted, address), identifier="connection"
            )

    def process_request(self, accepted: socket.socket, address: Any) -> None:
        connection = [address, accepted, STATE_IDLE]
        self._connections.append(connection)
        try:
            self._serv.process_request(connection)
        except Exception as error:
            _log.info("connection-broke", error=repr(error)[:300])
            accepted.close()
        finally:
            self._connections.remove(connection)


class Everything(HttpRequestHandler):  # type: ignore[misc]
    """Every method and every path."""

    server = _Server()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("*", "/", **kwargs)

    def stop(self) -> None:
        self.server.close()
        super().stop()


class GatewayService:
    """The way in for people and programs. A streamed answer is sent when its worker is long gone."""

    name = "gateway"
    app = Web()

    @Everything.decorator  # type: ignore[untyped-decorator]
    def serve(self, request: Request) -> Response:
        return Response.from_app(self.app, request.environ)
