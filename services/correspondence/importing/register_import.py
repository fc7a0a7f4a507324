"""The taking over of one old register, as others may know of it: begun, and all in."""

from datetime import datetime

from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from infra.identity import Seat
from services.correspondence.contract import (
    ImportedRegister,
    RegisterImportBegun,
    RegisterImported,
)


class RegisterImport(Aggregate):
    """One import (การนำเข้าทะเบียน), whose id is the job's."""

    kind = "import"
    begun: RegisterImportBegun | None = None
    ended = False

    @property
    def organisation(self) -> str:
        assert self.begun is not None
        return self.begun.organisation

    def begin(
        self,
        organisation: str,
        register: ImportedRegister,
        sha256: str,
        rows: int,
        at: datetime,
        seat: Seat,
    ) -> None:
        self.require(self.begun is None, "เริ่มนำเข้าไว้แล้ว")
        self.record(
            RegisterImportBegun(
                organisation=organisation,
                register=register,
                sha256=sha256,
                rows=rows,
                at=at,
                seat=seat,
            )
        )

    def end(self, rows: int, skipped: int, last: dict[str, int]) -> None:
        self.require(not self.ended, "นำเข้าครบแล้ว")
        self.record(RegisterImported(rows=rows, skipped=skipped, last=last))

    def apply(self, event: Event) -> None:
        match event:
            case RegisterImportBegun():
                self.begun = event
            case RegisterImported():
                self.ended = True
