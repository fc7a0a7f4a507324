"""Which steps the letters of an organisation pass (ข้อ 39 ¶3): its own choice, one stream each."""

from collections.abc import Collection

from infra.errors import Invalid
from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from services.correspondence.contract import RoutingSet, Stage

UNATTENDED_DAYS = 3


def default(organisation: str, school: bool) -> RoutingSet:
    """The routing of an organisation that has chosen none. A school has no deputy between."""
    return RoutingSet(
        organisation=organisation,
        central_head=False,
        deputy=not school,
        group_head=True,
        unattended_days=UNATTENDED_DAYS,
    )


def desks(routing: RoutingSet, held: Collection[Stage]) -> tuple[Stage, ...]:
    """The desks that a letter proposed today passes, in order.

    It would wait for ever on one that nobody holds, so it passes by; the director's it awaits.
    """
    passed = [
        (Stage.CENTRAL_HEAD, routing.central_head and Stage.CENTRAL_HEAD in held),
        (Stage.DEPUTY, routing.deputy and Stage.DEPUTY in held),
        (Stage.DIRECTOR, True),
    ]
    return tuple(stage for stage, passes in passed if passes)


class Routing(Aggregate):
    """The choices of one organisation, which is its id."""

    kind = "routing"

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.chosen: RoutingSet | None = None

    @property
    def organisation(self) -> str:
        return self.id

    def choose(
        self, school: bool, central_head: bool, deputy: bool, group_head: bool, unattended_days: int
    ) -> None:
        """Raises Invalid where a school is to pass desks that it has not."""
        faults = {
            name: ["โรงเรียนไม่มีขั้นตอนนี้"]
            for name, wanted in (("central_head", central_head), ("deputy", deputy))
            if school and wanted
        }
        if faults:
            raise Invalid(fields=faults)
        chosen = RoutingSet(
            organisation=self.id,
            central_head=central_head,
            deputy=deputy,
            group_head=group_head,
            unattended_days=unattended_days,
        )
        self.require(chosen != self.chosen, "เหมือนกับที่ตั้งไว้แล้ว")
        self.record(chosen)

    def apply(self, event: Event) -> None:
        match event:
            case RoutingSet():
                self.chosen = event
