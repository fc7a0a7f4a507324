"""What a route is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gateway.visitors import Visitor
from infra.contract import Command, Query


@dataclass(frozen=True, kw_only=True)
class Route:
    """One line of the table.

    `<names>` in the path are fields of the contract. `filled` are fields that the caller may
    not send, taken from the session; `after` runs when the service has done its part.
    """

    method: str
    path: str
    contract: type[Command] | type[Query]
    status: int = 200
    filled: dict[str, Callable[[Visitor], Any]] = field(default_factory=dict)
    after: Callable[[Visitor], None] | None = None
