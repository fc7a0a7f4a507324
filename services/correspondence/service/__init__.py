"""Nameko's view of `correspondence`: what it is made of. One module a subject holds its commands,
queries, subscriptions and timers."""

from infra.eventstore.events import EventTypes, Recorded
from infra.eventstore.store import Work
from infra.messaging.service import RuntimeProvider, subscription
from services.correspondence import contract, views
from services.correspondence.service.numbering import NumberingDocuments
from services.correspondence.service.receiving import Receiving
from services.personnel.contract import directory


class CorrespondenceService(NumberingDocuments, Receiving):
    """Official letters (สารบรรณ)."""

    name = "correspondence"
    runtime = RuntimeProvider(
        types=EventTypes(contract),
        project=views.project,
        read_tables=views.metadata,
        own_tables=[directory.metadata],
    )

    @subscription("personnel", *directory.EVENTS)
    def learn_directory(self, work: Work, recorded: Recorded) -> None:
        directory.learn(work.connection, recorded)
