"""Letters as they are listed, searched, counted and shown."""

from services.correspondence.views.letter_page import letter_page
from services.correspondence.views.projection import project
from services.correspondence.views.register import list_letters
from services.correspondence.views.rows import is_visible
from services.correspondence.views.summary import duplicates, suggestions, summary
from services.correspondence.views.tables import metadata, routings
from services.correspondence.views.tasks import my_tasks

__all__ = [
    "duplicates",
    "is_visible",
    "letter_page",
    "list_letters",
    "metadata",
    "my_tasks",
    "project",
    "routings",
    "suggestions",
    "summary",
]
