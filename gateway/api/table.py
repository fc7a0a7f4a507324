"""What a route is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Response

from gateway.visitors import Visitor
from infra.contract import Command, Query

JSON = "application/json"


@dataclass(frozen=True, kw_only=True)
class Route:
    """One line of the table.

    `<names>` in the path are fields of the contract. `filled` are fields that the caller may
    not send, taken from the session; `before` runs first, and may refuse; `after` when the service
    has done its part. A query whose parameters are more than an address holds is sent by POST.

    A download is a query whose answer is made into a file of one of the types `produces`: `file` is
    given the checked parameters and asks the service itself. `name` tells it from the query's own
    route, `summary` what the file is; `refusals` are statuses that it has beside the usual ones.
    """

    method: str
    path: str
    contract: type[Command] | type[Query]
    status: int = 200
    filled: dict[str, Callable[[Visitor], Any]] = field(default_factory=dict)
    before: Callable[[], None] | None = None
    after: Callable[[Visitor], None] | None = None
    file: Callable[[dict[str, Any]], Response] | None = None
    produces: tuple[str, ...] = (JSON,)
    name: str = ""
    summary: str = ""
    refusals: tuple[int, ...] = ()

    @property
    def operation(self) -> str:
        """The operation's name, by which it is known in the OpenAPI document."""
        return self.name or self.contract.__name__

    @property
    def words(self) -> str:
        """One sentence on what it does."""
        return self.summary or (self.contract.__doc__ or "").strip().split("\n\n")[0]
