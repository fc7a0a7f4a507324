"""An office's own templates: contents from which its drafts begin."""

from dataclasses import dataclass

from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from infra.identity import Seat
from services.correspondence.contract import DocumentKind
from services.correspondence.document import check_content


@dataclass(frozen=True, kw_only=True)
class TemplateKept(Event):
    """A content was kept under a name, or put in the place of what was kept under it."""

    organisation: str
    name: str
    kind: DocumentKind
    content: dict[str, str]
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class TemplateDropped(Event):
    seat: Seat


class Template(Aggregate):
    """One template (แม่แบบ)."""

    kind = "template"
    kept: TemplateKept

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.dropped = False

    @property
    def organisation(self) -> str:
        return self.kept.organisation

    def keep(
        self, organisation: str, seat: Seat, name: str, kind: DocumentKind, content: dict[str, str]
    ) -> None:
        """Raises Invalid where its kind has no such field, OutOfOrder where nothing changed."""
        check_content(kind, content)
        self.require(not self.dropped, "ลบแม่แบบนี้ไปแล้ว")
        filled = {field: text for field, text in content.items() if text}
        kept = TemplateKept(
            organisation=organisation, name=name, kind=kind, content=filled, seat=seat
        )
        self.require(not self.version or kept != self.kept, "เหมือนกับที่เก็บไว้แล้ว")
        self.record(kept)

    def drop(self, seat: Seat) -> None:
        self.require(not self.dropped, "ลบแม่แบบนี้ไปแล้ว")
        self.record(TemplateDropped(seat=seat))

    def apply(self, event: Event) -> None:
        match event:
            case TemplateKept():
                self.kept = event
            case TemplateDropped():
                self.dropped = True
