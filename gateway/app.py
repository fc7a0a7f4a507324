"""The Flask application: the JSON API, the pages, and what holds for every request to either."""

import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Histogram

from gateway import api, pages, problems, sessions
from gateway.api.routes import ROUTES
from gateway.api.table import Route
from gateway.parts import Parts, parts
from infra.ids import new_id

REQUESTS = Histogram("amnuay_http_seconds", "How long requests take", ["method", "route", "status"])
_log = structlog.get_logger()

FORM_LIMIT = 1024 * 1024  # bytes, beside the files that a form may carry


def create_app(given: Parts, routes: tuple[Route, ...] = ROUTES) -> Flask:
    """The application over these parts. `gateway.api` and `gateway.pages` each `install(app)`."""
    app = Flask("gateway")
    app.extensions["amnuay"] = given
    app.config["MAX_CONTENT_LENGTH"] = given.settings.upload_limit + FORM_LIMIT
    app.config["MAX_FORM_MEMORY_SIZE"] = FORM_LIMIT
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False
    app.before_request(_begin)
    app.before_request(_check_csrf)
    app.after_request(_end)
    problems.install(app)
    api.install(app, routes)
    pages.install(app)
    for path in ("/healthz", "/readyz", "/metrics"):
        app.add_url_rule(path, path[1:], _health)
    return app


def _health() -> Response:
    status, kind, body = parts().health.respond(request.path)
    return Response(body, status, content_type=kind)


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.correlation_id = given if re.fullmatch(r"[A-Za-z0-9._-]{1,64}", given) else new_id()
    g.nonce = secrets.token_urlsafe(16)
    g.started = time.perf_counter()


def _check_csrf() -> None:
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        sessions.check_csrf()


def _end(response: Response) -> Response:
    _secure(response)
    response.headers["X-Request-Id"] = g.correlation_id
    seconds = time.perf_counter() - g.started
    route = request.url_rule.rule if request.url_rule else "-"
    REQUESTS.labels(request.method, route, response.status_code).observe(seconds)
    _log.info(
        "request",
        service="gateway",
        method=request.method,
        route=route,
        status=response.status_code,
        ms=round(seconds * 1000, 1),
        correlation_id=g.correlation_id,
        actor=g.visitor.actor.person if "visitor" in g else None,
    )
    return response


def _secure(response: Response) -> None:
    """Headers by which a browser keeps other sites out. Templates mark a script with `g.nonce`."""
    headers = response.headers
    headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; script-src 'self' 'nonce-{g.nonce}'; style-src 'self' 'nonce-{g.nonce}'; "
        "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'",
    )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "private, no-cache")
