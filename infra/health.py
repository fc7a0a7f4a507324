"""Health of a process, for its supervisor and for Prometheus.

`/healthz`: this process works (its consumers are attached, its threads live); restart it when not.
`/readyz`: it can serve now (database and broker answer). `/metrics`: Prometheus.
"""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Check = Callable[[], bool]
_log = structlog.get_logger()


class Health:
    """Named checks; each says whether its part works."""

    def __init__(self) -> None:
        self.alive: dict[str, Check] = {}
        self.ready: dict[str, Check] = {}

    def respond(self, path: str) -> tuple[int, str, bytes]:
        """(status, content type, body) of `/healthz`, `/readyz` or `/metrics`; 404 otherwise."""
        if path == "/metrics":
            return 200, CONTENT_TYPE_LATEST, generate_latest()
        checks = {"/healthz": self.alive, "/readyz": self.alive | self.ready}.get(path)
        if checks is None:
            return 404, "text/plain", b"not found"
        results = {name: _try(name, check) for name, check in checks.items()}
        status = 200 if all(results.values()) else 503
        return status, "application/json", msgspec.json.encode(results)

    def wsgi(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The three paths as a WSGI application."""
        status, kind, body = self.respond(environ["PATH_INFO"])
        reason = {200: "OK", 404: "Not Found", 503: "Service Unavailable"}[status]
        start_response(
            f"{status} {reason}", [("Content-Type", kind), ("Content-Length", str(len(body)))]
        )
        return [body]


def _try(name: str, check: Check) -> bool:
    try:
        return check()
    except Exception as error:
        _log.warning("check-failed", check=name, error=repr(error)[:300])
        return False
