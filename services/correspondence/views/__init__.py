"""Letters as they are listed, searched, counted and shown."""

from sqlalchemy import Connection

from infra.eventstore.events import Recorded
from services.correspondence.views import numbering, projection
from services.correspondence.views.letter_page import letter_page
from services.correspondence.views.numbering import (
    audit,
    circulars_begun,
    expired,
    is_school,
    list_reservations,
    policy_of,
    policy_row,
)
from services.correspondence.views.register import list_letters
from services.correspondence.views.rows import is_visible
from services.correspondence.views.summary import duplicates, suggestions, summary
from services.correspondence.views.tables import metadata, routings
from services.correspondence.views.tasks import my_tasks

# Which projection takes in the streams of a kind.
_PROJECTIONS = {
    "letter": projection.project,
    "routing": projection.project,
    "policy": numbering.project,
    "reservation": numbering.project,
}


def project(connection: Connection, recorded: Recorded) -> None:
    """Bring the read tables up to an event."""
    kind = recorded.stream.split("-", 1)[0]
    _PROJECTIONS[kind](connection, recorded)
    if kind == "document":
        numbering.project(connection, recorded)


__all__ = [
    "audit",
    "circulars_begun",
    "duplicates",
    "expired",
    "is_school",
    "is_visible",
    "letter_page",
    "list_letters",
    "list_reservations",
    "metadata",
    "my_tasks",
    "policy_of",
    "policy_row",
    "project",
    "routings",
    "suggestions",
    "summary",
]
