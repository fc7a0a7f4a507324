"""The table of routes: nothing that a service offers is missing, and nothing is offered twice."""

import importlib
import inspect
import pkgutil
from collections import Counter
from types import ModuleType
from typing import Any

import pytest

from gateway.api.openapi import PATH_NAME, document
from gateway.api.routes import INTERNAL, ROUTES
from infra.contract import Command, Query
from infra.settings import SERVICES
from services.correspondence.contract import PreviewDraft

ASKED_BY_POST = {PreviewDraft}  # whose parameters are more than an address holds


def modules(service: str) -> list[ModuleType]:
    contract = importlib.import_module(f"services.{service}.contract")
    below = pkgutil.iter_modules(getattr(contract, "__path__", []))
    return [
        contract,
        *(importlib.import_module(f"{contract.__name__}.{one.name}") for one in below),
    ]


def contracts() -> set[type[Any]]:
    return {
        found
        for service in SERVICES
        for module in modules(service)
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, (Command, Query))
        and found not in (Command, Query)
        and not found.__name__.startswith("_")
    }


def test_each_command_and_query_has_a_route_or_a_reason_for_having_none() -> None:
    routed = {route.contract for route in ROUTES}
    missing = contracts() - routed - INTERNAL.keys()
    assert not missing, sorted(one.__name__ for one in missing)
    assert not routed & INTERNAL.keys()
    assert all(INTERNAL.values())


def test_no_address_means_two_things() -> None:
    seen = Counter((route.method, PATH_NAME.sub("<>", route.path)) for route in ROUTES)
    assert [one for one, count in seen.items() if count > 1] == []


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_what_an_address_names_is_in_the_contract(route: Any) -> None:
    assert (route.method == "GET") is (
        issubclass(route.contract, Query) and route.contract not in ASKED_BY_POST
    )
    assert {*PATH_NAME.findall(route.path), *route.filled} <= route.contract().fields.keys()
    assert route.contract.__doc__ != Command.__doc__


def test_each_operation_is_described() -> None:
    paths = document(ROUTES)["paths"]
    bare = [
        f"{method} {path}"
        for path, operations in paths.items()
        for method, operation in operations.items()
        if not operation["summary"]
    ]
    assert bare == []
