"""The registers of what an organisation makes: its documents, with the numbers that none bears between."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import Any

from gateway import sessions
from gateway.documents.actions import document_row, gap_row
from gateway.documents.register import MADE, Form, Row
from infra.errors import Forbidden
from services.correspondence.contract import (
    AuditNumbers,
    DocumentSort,
    GetDocumentPolicy,
    ListDocuments,
    Series,
)

ROWS_AT_ONCE = 500
_NARROWING = ("q", "kind", "state", "mine")


class MadeRegister:
    """One series of a year (พ.ศ.), as `params` (of ListDocuments, with `series` and `year`) narrow it.

    Where the series is one that groups keep for themselves, `group` means that group's own.
    """

    def __init__(self, params: dict[str, Any]) -> None:
        self.series, self.year = Series(params["series"]), int(params["year"])
        self.group: str | None = params.get("group")
        self.params = params | {"numbered": True}

    @property
    def form(self) -> Form:
        return MADE[self.series]

    @cached_property
    def by_group(self) -> bool:
        """Whether groups have this series for themselves."""
        chosen: list[str] = sessions.ask(GetDocumentPolicy)["by_group"]
        return self.series in chosen

    @cached_property
    def _account(self) -> dict[str, Any] | None:
        """NumberAudit of the series; None where the visitor may not read it whole."""
        wanted: dict[str, Any] = {"series": self.series.value, "year": self.year}
        if self.by_group:
            wanted["group"] = self.group
        try:
            return sessions.ask(AuditNumbers, **wanted, gaps=not self.by_group)
        except Forbidden:
            return None

    @cached_property
    def gaps(self) -> list[dict[str, Any]]:
        """The numbers that no document bears; none where the register is narrowed to some."""
        if self._account is None or self._narrowed or (self.group and not self.by_group):
            return []
        return [one for one in self._account["items"] if one["state"] != "document"]

    @property
    def _narrowed(self) -> bool:
        return any(self.params.get(name) for name in _NARROWING)

    @property
    def whole(self) -> bool:
        """Whether it is all of the year, so that numbers at its ends belong to it."""
        return not (self.params.get("first_day") or self.params.get("last_day"))

    def page(self, **more: Any) -> dict[str, Any]:
        """A page of its documents, as ListDocuments answers it."""
        found = sessions.ask(ListDocuments, **self.params | more)
        if self.by_group and self._account is not None and self.whole and not self._narrowed:
            found["total"] = self._account["documents"]
        return found | {"items": self._own(found["items"])}

    def _own(self, documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Those that are of this series, not of the same one that a group has for itself."""
        if not self.by_group or self._account is None:
            return documents
        ours = {one["document"] for one in self._account["items"]}
        return [one for one in documents if one["id"] in ours]

    def rows(self) -> Iterator[Row]:
        """All rows in the order of their numbers, as they are printed. What the first page's
        reading raises is raised here."""
        pages = self._pages()
        first = next(pages)
        return self._between(one for page in chain([first], pages) for one in page)

    def _pages(self) -> Iterator[list[dict[str, Any]]]:
        cursor = None
        while True:
            page = self.page(limit=ROWS_AT_ONCE, cursor=cursor, sort=DocumentSort.NUMBER.value)
            yield page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def _between(self, documents: Iterable[dict[str, Any]]) -> Iterator[Row]:
        """The documents with the gaps at their places; those at the ends only where it is whole."""
        gaps, first = iter(self.gaps), True
        ahead = next(gaps, None)
        for document in documents:
            while ahead is not None and ahead["number"] < document["number"]:
                if self.whole or not first:
                    yield gap_row(ahead)
                ahead = next(gaps, None)
            first = False
            yield document_row(document)
        while self.whole and ahead is not None:
            yield gap_row(ahead)
            ahead = next(gaps, None)
