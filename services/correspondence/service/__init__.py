"""Nameko's view of `correspondence`: what it is made of. One module a subject holds its commands,
queries, subscriptions and timers."""

from infra.eventstore.events import EventTypes, Recorded
from infra.eventstore.store import Work
from infra.messaging.service import RuntimeProvider, subscription
from services.correspondence import contract, document_events, template, views
from services.correspondence.importing.jobs import metadata as import_tables
from services.correspondence.mailbox.figures import figures
from services.correspondence.mailbox.tables import metadata as mailbox_tables
from services.correspondence.service.documents import Documents
from services.correspondence.service.importing import Importing
from services.correspondence.service.mailbox import CentralMailbox
from services.correspondence.service.numbering import NumberingDocuments
from services.correspondence.service.receiving import Receiving
from services.correspondence.service.sending import Sending
from services.personnel.contract import directory


class CorrespondenceService(
    CentralMailbox, Sending, Documents, NumberingDocuments, Importing, Receiving
):
    """Official letters (สารบรรณ)."""

    name = "correspondence"
    runtime = RuntimeProvider(
        types=EventTypes(contract, document_events, template),
        project=views.project,
        read_tables=views.metadata,
        own_tables=[directory.metadata, mailbox_tables, import_tables],
        figures=figures,
    )

    @subscription("personnel", *directory.EVENTS)
    def learn_directory(self, work: Work, recorded: Recorded) -> None:
        directory.learn(work.connection, recorded)
