"""Everything that goes wrong as an answer: `application/problem+json` for programs, a page for people."""

from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
import structlog
from flask import Flask, Response, g, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from infra.errors import (
    Broken,
    Invalid,
    Malformed,
    MethodNotAllowed,
    NotFound,
    Problem,
    TooLarge,
    Unauthenticated,
    UnsupportedMedia,
)

_log = structlog.get_logger()
_BY_STATUS: dict[int | None, type[Problem]] = {
    kind.status: kind
    for kind in (Broken, Malformed, MethodNotAllowed, NotFound, TooLarge, UnsupportedMedia)
}


def install(app: Flask) -> None:
    app.register_error_handler(Problem, answer)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_broken)


def answer(problem: Problem) -> AnyResponse:
    """The problem in the form that the asker reads."""
    if request.path.startswith("/api/"):
        return _headed(as_json(problem), problem)
    if isinstance(problem, Unauthenticated) and request.endpoint != "pages.log_in":
        return _to_log_in()
    if isinstance(problem, Invalid) and set() < problem.fields.keys() <= {
        *(request.view_args or {})
    }:
        problem = NotFound()  # only the address is at fault, and nobody typed it into a field
    try:
        body = render_template("problem.html", problem=problem)
    except Exception:
        # The page's frame may need the very service that is down.
        _log.exception("problem-page-broke", correlation_id=g.correlation_id)
        body = f"<!doctype html><html lang=th><meta charset=utf-8><title>{problem.title}</title><p>{problem.title}"
    return _headed(Response(body, problem.status, mimetype="text/html"), problem)


def as_json(problem: Problem) -> Response:
    body: dict[str, Any] = problem.to_dict()
    body.pop("retry_after", None)
    return Response(
        msgspec.json.encode(body), problem.status, content_type="application/problem+json"
    )


def _headed(response: AnyResponse, problem: Problem) -> AnyResponse:
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    if isinstance(problem, Unauthenticated):
        response.headers["WWW-Authenticate"] = 'Bearer realm="amnuay"'
    return response


def _to_log_in() -> AnyResponse:
    """To the log-in page and back. htmx follows `HX-Redirect` with the whole page."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else came_from()
    address = "/login?" + urlencode({"next": wanted})
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": "/login"})
    return redirect(address, 303)


def came_from() -> str:
    """The page from which a form was sent, which can be opened again; else the first page."""
    referrer = urlsplit(request.referrer or "")
    if referrer.netloc != request.host or not referrer.path.startswith("/"):
        return "/"
    return f"{referrer.path}?{referrer.query}" if referrer.query else referrer.path


def _answer_http(error: HTTPException) -> AnyResponse:
    if error.code is not None and error.code < 400:
        return error.get_response()
    kind = _BY_STATUS.get(error.code)
    if kind is None:
        kind = Malformed if (error.code or 500) < 500 else Broken
    response = answer(kind())
    for name, value in error.get_headers():
        if name in ("Allow", "Content-Range"):
            response.headers[name] = value
    return response


def _answer_broken(error: Exception) -> AnyResponse:
    _log.exception("request-broke", correlation_id=g.get("correlation_id"), route=request.path)
    return answer(Broken())
