"""One handler for every route of the table: read, check, call the service, answer."""

from collections.abc import Callable
from typing import Any

import msgspec
from flask import Response, request

from gateway import sessions
from gateway.api import bodies
from gateway.api.table import Route
from infra.contract import Command
from infra.errors import Invalid


def view(route: Route, location: str | None) -> Callable[..., Response]:
    """The Flask view of `route`. A thing that it makes is found under `location`."""

    def handle(**path: str) -> Response:
        return _handle(route, location, path)

    return handle


def _handle(route: Route, location: str | None, path: dict[str, str]) -> Response:
    contract = route.contract
    if route.before is not None:
        route.before()
    visitor = None if contract.public and not route.filled else sessions.current()
    if issubclass(contract, Command):
        key, version = bodies.idempotency_key(), bodies.if_match()
        body = _join(bodies.read_json(), path)
    else:
        # Changes are made upon a version; a question is answered whatever version it names.
        request.environ.pop("HTTP_IF_MATCH", None)
        asked = bodies.read_json() if route.method == "POST" else bodies.read_query(contract)
        body = _join(asked, path)
    if visitor is not None:
        body = _join(body, {name: fill(visitor) for name, fill in route.filled.items()})
    bodies.check(contract, body, set(path))
    if route.file is not None:
        return _private(route.file(body))
    if issubclass(contract, Command):
        answer = sessions.send(contract, body, key=key, if_match=version)
    else:
        answer = sessions.ask(contract, **body)
    if visitor is not None and route.after:
        route.after(visitor)
    return respond(answer, route.status, location)


def respond(answer: dict[str, Any], status: int, location: str | None = None) -> Response:
    """The answer as JSON, tagged with its version; 304 where the caller has that version already."""
    if status == 204:
        return Response(status=204)
    response = Response(msgspec.json.encode(answer), status, content_type="application/json")
    _private(response)
    if isinstance(answer.get("version"), int):
        response.set_etag(str(answer["version"]))
    if location is not None and status == 201:
        response.headers["Location"] = location.format(**answer)
    if request.method in ("GET", "HEAD") and status == 200:
        response.make_conditional(request)
    return response


def _private(response: Response) -> Response:
    """One who asks by another session gets another answer."""
    response.vary.update(("Authorization", "Cookie"))
    return response


def _join(body: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Both. Raises Invalid for a field that the address fills and the body brings as well."""
    twice = body.keys() & more.keys()
    if twice:
        raise Invalid(fields={name: ["ไม่รู้จักช่องนี้"] for name in twice})
    return body | more
