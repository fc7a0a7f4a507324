"""The JSON API: a table of routes over the services' contracts, and one handler for them all."""

import re
from functools import cache

import msgspec
from flask import Flask, Response

from gateway.api import files
from gateway.api.handler import view
from gateway.api.openapi import PATH_NAME, document
from gateway.api.table import Route


def install(app: Flask, routes: tuple[Route, ...]) -> None:
    """Add every route of the table, the files and the OpenAPI document to the application."""
    readable = {
        PATH_NAME.sub("<>", route.path)
        for route in routes
        if route.method == "GET" and not route.file
    }
    for route in routes:
        endpoint = f"api.{route.operation}"
        location = f"{route.path}/<>" if f"{route.path}/<>" in readable else None
        app.add_url_rule(
            route.path,
            endpoint,
            view(route, location and re.sub("<>", "{id}", location)),
            methods=[route.method],
        )
    files.install(app)

    @cache
    def rendered() -> bytes:
        return msgspec.json.encode(document(routes))

    def openapi() -> Response:
        response = Response(rendered(), content_type="application/json")
        response.add_etag()
        return response

    app.add_url_rule("/api/openapi.json", "api.openapi", openapi)
