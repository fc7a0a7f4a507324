"""Letters as they are listed, searched, counted and shown."""

from sqlalchemy import Connection

from infra.eventstore.events import Recorded
from services.correspondence.views import (
    documents_projection,
    mailbox,
    numbering,
    projection,
    sending_projection,
)
from services.correspondence.views.document_page import (
    document_named,
    document_page,
    list_templates,
    signatory_of,
    signers_of,
)
from services.correspondence.views.documents_list import list_documents, my_documents
from services.correspondence.views.documents_rows import is_document_visible
from services.correspondence.views.documents_summary import document_summary
from services.correspondence.views.letter_page import letter_page
from services.correspondence.views.numbering import (
    audit,
    circulars_begun,
    expired,
    is_school,
    list_reservations,
    policy_of,
    policy_row,
    series_begun,
)
from services.correspondence.views.register import list_letters
from services.correspondence.views.rows import is_visible
from services.correspondence.views.sending import (
    deliveries_of,
    delivery_matrix,
    is_void,
    kept_lists,
    list_named,
    messenger_book,
    on_system,
    remindable,
    unreceived,
    used_recipients,
)
from services.correspondence.views.sending_tray import (
    arrival_row,
    arrivals_of,
    delivery_of_letter,
    email_of_letter,
    list_arrivals,
    no_arrivals,
)
from services.correspondence.views.summary import duplicates, suggestions, summary
from services.correspondence.views.tables import metadata, routings
from services.correspondence.views.tasks import my_tasks

# Which projections take in the streams of a kind, in this order. Of an import nothing is read here.
_PROJECTIONS = {
    "arrival": (sending_projection.project_arrival,),
    "delivery": (sending_projection.project_delivery,),
    "document": (
        documents_projection.project_document,
        numbering.project,
        sending_projection.project_document,
    ),
    "import": (),
    "letter": (projection.project,),
    "mailbox": (mailbox.project,),
    "policy": (numbering.project,),
    "recipientlist": (sending_projection.project_list,),
    "reservation": (numbering.project,),
    "routing": (projection.project,),
    "template": (documents_projection.project_template,),
}


def project(connection: Connection, recorded: Recorded) -> None:
    """Bring the read tables up to an event."""
    for take_in in _PROJECTIONS[recorded.stream.split("-", 1)[0]]:
        take_in(connection, recorded)


__all__ = [
    "arrival_row",
    "arrivals_of",
    "audit",
    "circulars_begun",
    "deliveries_of",
    "delivery_matrix",
    "delivery_of_letter",
    "document_named",
    "document_page",
    "document_summary",
    "duplicates",
    "email_of_letter",
    "expired",
    "is_document_visible",
    "is_school",
    "is_visible",
    "is_void",
    "kept_lists",
    "letter_page",
    "list_arrivals",
    "list_documents",
    "list_letters",
    "list_named",
    "list_reservations",
    "list_templates",
    "messenger_book",
    "metadata",
    "my_documents",
    "my_tasks",
    "no_arrivals",
    "on_system",
    "policy_of",
    "policy_row",
    "project",
    "remindable",
    "routings",
    "series_begun",
    "signatory_of",
    "signers_of",
    "suggestions",
    "summary",
    "unreceived",
    "used_recipients",
]
