"""The OpenAPI 3.1 document, made from the table of routes and the services' own schemas."""

import re
from typing import Any

import marshmallow
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from gateway.api.files import UPLOAD_OPERATION, Uploaded
from gateway.api.table import Route
from infra import fields
from infra.contract import Command
from infra.errors import Problem

JSON, PROBLEM = "application/json", "application/problem+json"
PATH_NAME = re.compile(r"<(?:\w+:)?(\w+)>")

_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"

_HEADERS: dict[str, Any] = {
    "X-Request-Id": {
        "description": "The correlation id under which the request stands in the logs.",
        "schema": {"type": "string"},
    },
    "ETag": {
        "description": "The version of the thing, for If-Match and If-None-Match.",
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    },
    "Location": {
        "description": "Where the new thing is found.",
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds after which trying again makes sense.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Content-Disposition": {
        "description": "The file's name.",
        "schema": {"type": "string"},
    },
    "WWW-Authenticate": {"schema": {"type": "string"}},
    "Allow": {"schema": {"type": "string"}},
}
_PARAMETERS: dict[str, Any] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "The command is carried out once, however often it is sent with this key.",
        "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$"},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The version acted on (an ETag); 412 where the thing has moved on.",
        "schema": {"type": "string", "maxLength": 200},
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The version that the caller has (an ETag); 304 where it is still that.",
        "schema": {"type": "string"},
    },
}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "Stable; what programs go by."},
        "title": {"type": "string", "description": "In Thai, the same for all of this type."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "In Thai: what to mend."},
        "fields": {
            "type": "object",
            "description": "Messages by the path of the field at fault; `_` is the whole body.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
    "additionalProperties": False,
}
_WORDS = {
    200: "Done, or found.",
    201: "Made.",
    204: "Done.",
    206: "The part that was asked for.",
    304: "Not changed since the version in If-None-Match.",
}


def document(routes: tuple[Route, ...]) -> dict[str, Any]:
    """The whole document."""
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec(
        title="Amnuay",
        version="1",
        openapi_version="3.1.0",
        info={"description": "The back office of an educational service area office."},
        plugins=[plugin],
        servers=[{"url": "/"}],
        security=[{"bearer": []}],
    )
    assert plugin.converter is not None
    plugin.converter.add_attribute_function(_text)
    plugin.converter.add_attribute_function(_words)
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    spec.components.schema("Problem", _PROBLEM)
    for name, header in _HEADERS.items():
        spec.components.header(name, header)
    for status in sorted({kind.status for kind in _kinds(Problem)}):
        spec.components.response(f"Problem{status}", _problem(status))
    operations: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = PATH_NAME.sub(r"{\1}", route.path)
        operations.setdefault(path, {})[route.method.lower()] = _operation(route, plugin.converter)
    operations["/api/uploads"] = {"post": _upload()}
    for path, found in operations.items():
        spec.path(path, operations=found)
    return spec.to_dict()


def _operation(route: Route, converter: Any) -> dict[str, Any]:
    contract = route.contract
    schema = contract()
    in_path = PATH_NAME.findall(route.path)
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": converter.field2property(schema.fields[name]),
        }
        for name in in_path
    ]
    operation: dict[str, Any] = {
        "operationId": route.operation,
        "tags": [contract.service],
        "summary": route.words,
        "parameters": parameters,
        "responses": {str(route.status): _success(route, route.status)},
    }
    if contract.public and not route.filled:
        operation["security"] = []
    statuses = {401, 403, 404, 422, 429, 500, 503, *route.refusals}
    if issubclass(contract, Command):
        if not contract.public and contract.remembered:
            parameters.append(_PARAMETERS["IdempotencyKey"])
        if in_path:
            parameters.append(_PARAMETERS["IfMatch"])
        statuses |= {400, 409, 412, 413, 415}
        operation |= _body(route, schema, in_path)
    elif route.method == "POST":
        statuses |= {400, 413, 415}
        operation |= _body(route, schema, in_path)
    else:
        parameters += [
            _query_parameter(name, field, converter)
            for name, field in schema.fields.items()
            if name not in in_path and name not in route.filled
        ]
        if route.file is not None:
            statuses.add(400)
            operation["responses"] |= {"206": _success(route, 206), "304": _not_modified()}
        elif "version" in contract.answer().fields:
            parameters.append(_PARAMETERS["IfNoneMatch"])
            operation["responses"]["304"] = _not_modified()
    operation["responses"] |= _problems(statuses)
    return operation


def _body(route: Route, schema: Any, in_path: list[str]) -> dict[str, Any]:
    """What is sent of the contract in the request's body, if anything is."""
    rest = set(schema.fields) - set(in_path) - route.filled.keys()
    if not rest:
        return {}
    body = {
        "required": any(schema.fields[name].required for name in rest),
        "content": {JSON: {"schema": route.contract(only=sorted(rest))}},
    }
    return {"requestBody": body}


def _upload() -> dict[str, Any]:
    statuses = {400, 401, 403, 413, 415, 422, 429, 500, 503}
    made = {
        "description": _WORDS[201],
        "headers": {"X-Request-Id": "X-Request-Id"},
        "content": {JSON: {"schema": Uploaded}},
    }
    return UPLOAD_OPERATION | {
        "parameters": [_PARAMETERS["IdempotencyKey"]],
        "responses": {"201": made} | _problems(statuses),
    }


def _problems(statuses: set[int]) -> dict[str, Any]:
    return {str(status): f"Problem{status}" for status in sorted(statuses)}


def _not_modified() -> dict[str, Any]:
    return {
        "description": _WORDS[304],
        "headers": {name: name for name in ("ETag", "X-Request-Id")},
    }


def _success(route: Route, status: int) -> dict[str, Any]:
    headers = ["X-Request-Id"]
    if status == 204:
        return {"description": _WORDS[204], "headers": {name: name for name in headers}}
    if route.file is not None:
        return {
            "description": _WORDS[status],
            "headers": {name: name for name in (*headers, "Content-Disposition")},
            "content": {kind: {"schema": {"type": "string"}} for kind in route.produces},
        }
    if "version" in route.contract.answer().fields:
        headers.append("ETag")
    return {
        "description": _WORDS[status],
        "headers": {name: name for name in headers},
        "content": {JSON: {"schema": route.contract.answer}},
    }


def _query_parameter(
    name: str, field: marshmallow.fields.Field[Any], converter: Any
) -> dict[str, Any]:
    parameter: dict[str, Any] = {
        "name": name,
        "in": "query",
        "required": field.required,
        "schema": converter.field2property(field),
    }
    if isinstance(field, marshmallow.fields.List):
        parameter |= {"style": "form", "explode": False}
    return parameter


def _problem(status: int) -> dict[str, Any]:
    headers = ["X-Request-Id"]
    titles = sorted({kind.type for kind in _kinds(Problem) if kind.status == status})
    if status in (429, 503):
        headers.append("Retry-After")
    if status == 401:
        headers.append("WWW-Authenticate")
    return {
        "description": ", ".join(titles),
        "headers": {name: name for name in headers},
        "content": {PROBLEM: {"schema": "Problem"}},
    }


def _kinds(root: type[Problem]) -> list[type[Problem]]:
    return [kind for sub in root.__subclasses__() for kind in [sub, *_kinds(sub)]]


def _name(schema: Any) -> str:
    """`correspondence.RegisterLetter`: unique across the services."""
    cls = schema if isinstance(schema, type) else type(schema)
    parts = cls.__module__.split(".")
    service = parts[1] if parts[0] == "services" else "amnuay"
    return f"{service}.{cls.__qualname__}"


def _text(self: Any, field: Any, ret: dict[str, Any]) -> dict[str, Any]:
    """Text is trimmed and without control characters; what must not be blank has something in it."""
    if not isinstance(field, fields.Text) or "pattern" in ret or "enum" in ret:
        return {}
    refused = _CONTROL if field.lines else r"\x00-\x1f\x7f-\x9f"
    if field.blank:
        return {"pattern": f"^[^{refused}]*$"}
    return {"pattern": rf"^[^{refused}]*[^{refused}\s][^{refused}]*$"}


def _words(self: Any, field: Any, ret: dict[str, Any]) -> dict[str, Any]:
    """The names in a map of text are text as well."""
    if not isinstance(field, fields.Words):
        return {}
    return {
        "propertyNames": {"minLength": 1, "maxLength": 200, "pattern": r"^[^\x00-\x1f\x7f-\x9f]*\S"}
    }
