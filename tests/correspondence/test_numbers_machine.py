"""Whatever is numbered, kept ahead, used, burned, cancelled or left to expire, in whatever order: every
number of a series from 1 to its last is accounted for once, and no two documents read alike."""

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from infra.clock import bangkok_date, register_year
from infra.errors import Invalid, OutOfOrder, Problem
from services.correspondence import series
from services.correspondence.contract import (
    AuditNumbers,
    BurnReservation,
    CancelNumber,
    DocumentKind,
    ListDocuments,
    RecordDocument,
    ReserveNumbers,
    Series,
    SetDocumentPolicy,
)
from services.correspondence.views.numbering import policy_of
from tests.correspondence.office import CLERK, FINANCE, OFFICE, PLAN, Office, opened
from tests.correspondence.test_document_policy import WISH
from tests.harness import fresh_database

# Ten hours before the year ends in Bangkok, so that many runs pass it.
BEGIN = datetime(2026, 12, 31, 7, 0, tzinfo=UTC)
KINDS = st.sampled_from(
    [DocumentKind.EXTERNAL, DocumentKind.EXTERNAL, DocumentKind.ORDER, DocumentKind.CERTIFICATE]
)
GROUPS = st.sampled_from([PLAN, PLAN, None, FINANCE])  # PLAN alone has a code
WANTED = st.sampled_from([Series.SEND, Series.CIRCULAR, Series.ORDER, Series.CERTIFICATE])
Key = tuple[str, Series, int]  # owner, series, year


class NumbersMachine(RuleBasedStateMachine):
    told: str

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        url = self._open.enter_context(fresh_database("sqlite", like=self.told))
        self.office: Office = self._open.enter_context(opened(url, BEGIN, told=True))
        self.numbers: dict[Key, dict[int, str]] = {}  # what each number is expected to be
        self.kept: dict[str, tuple[Key, list[int], Any]] = {}  # free ones, and their last day
        self.documents: list[str] = []
        self.cancelled: set[str] = set()
        self.refused: set[str] = set()

    @initialize(circulars=st.booleans(), certificates=st.booleans(), by_group=st.booleans())
    def choose_first(self, circulars: bool, certificates: bool, by_group: bool) -> None:
        self.choose(circulars, certificates, by_group)

    @rule(circulars=st.booleans(), certificates=st.booleans(), by_group=st.booleans())
    def choose(self, circulars: bool, certificates: bool, by_group: bool) -> None:
        wish = WISH | {
            "circulars_apart": circulars,
            "certificates_apart": certificates,
            "by_group": ["send", "order"] if by_group else [],
        }
        try:
            self.office.send(CLERK, SetDocumentPolicy, **wish)
        except OutOfOrder:
            assert self._policy().circulars_apart == circulars
        except Invalid as problem:
            self.refused |= set(problem.fields)

    @rule(group=GROUPS, data=st.data(), count=st.integers(1, 4))
    def number(self, group: str | None, data: st.DataObject, count: int) -> None:
        for _ in range(count):
            self._number(data.draw(KINDS), group, data.draw(st.booleans()), data)

    def _number(
        self, kind: DocumentKind, group: str | None, circular: bool, data: st.DataObject
    ) -> None:
        circular = circular and kind is DocumentKind.EXTERNAL
        policy = self._policy()
        wanted = series.series_of(policy, kind, circular)
        owner = series.owner_of(policy, wanted, group) or OFFICE
        key = (owner, wanted, register_year(self.office.clock()))
        reservation = data.draw(st.sampled_from([None, None, *self.kept]))
        wish = {
            "kind": kind,
            "group": group,
            "circular": circular,
            "dated": bangkok_date(self.office.clock()).isoformat(),
            "recipient": "ผู้อำนวยการโรงเรียน",
            "subject": "เรื่อง",
            "signer": "ผู้ลงนาม",
            "reservation": reservation,
            "uploads": [self.office.upload(CLERK, "สแกน.pdf", b"%PDF-1.4\n%%EOF\n")],
        }
        try:
            done = self.office.send(CLERK, RecordDocument, **wish)
        except (Invalid, OutOfOrder):
            assert reservation is not None
            place, free, last_day = self.kept[reservation]
            today = bangkok_date(self.office.clock())
            assert place != key or not free or today > last_day
            return
        if reservation is None:
            number = self._last(key) + 1
        else:
            place, free, _ = self.kept[reservation]
            assert place == key
            number = free.pop(0)
        assert (done["series"], done["year"], done["number"]) == (wanted, key[2], number)
        self.numbers.setdefault(key, {})[number] = "document"
        self.documents.append(done["id"])

    @rule(wanted=WANTED, group=GROUPS, count=st.integers(1, 3), days=st.integers(0, 2))
    def keep(self, wanted: Series, group: str | None, count: int, days: int) -> None:
        now = self.office.clock()
        last_day = bangkok_date(now) + timedelta(days=days)
        wish = {"series": wanted, "group": group, "count": count, "reason": "จอง"}
        policy = self._policy()
        owner = series.owner_of(policy, wanted, group) or OFFICE
        key = (owner, wanted, register_year(now))
        try:
            done = self.office.send(CLERK, ReserveNumbers, expires=last_day.isoformat(), **wish)
        except Invalid as problem:
            if list(problem.fields) == ["series"]:
                assert not series.is_used(policy, wanted)
            else:
                assert last_day.year != bangkok_date(now).year
            return
        first = self._last(key) + 1
        assert (done["year"], done["first"]) == (key[2], first)
        taken = list(range(first, first + count))
        self.numbers.setdefault(key, {}).update(dict.fromkeys(taken, "reserved"))
        self.kept[done["id"]] = (key, taken, last_day)

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def give_up(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(sorted(self.kept)))
        try:
            self.office.send(CLERK, BurnReservation, id=id, reason="ไม่ใช้แล้ว")
        except OutOfOrder:
            assert not self.kept[id][1]
        self._burned(id)

    @precondition(lambda self: self.documents)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(self.documents))
        try:
            self.office.send(CLERK, CancelNumber, id=id, reason="พิมพ์ผิด")
        except Problem:
            assert id in self.cancelled
        self.cancelled.add(id)

    @rule(hours=st.integers(1, 20))
    def time_passes(self, hours: int) -> None:
        self.office.clock.advance(hours=hours)
        self.office.parts.instance().burn_expired()
        today = bangkok_date(self.office.clock())
        for id, (_, _, last_day) in self.kept.items():
            if today > last_day:
                self._burned(id)

    @invariant()
    def every_number_is_accounted_for(self) -> None:
        for (owner, wanted, year), expected in self.numbers.items():
            group = None if owner == OFFICE else owner
            found = self.office.ask(CLERK, AuditNumbers, series=wanted, year=year, group=group)
            assert found["last"] == len(expected)
            assert {one["number"]: one["state"] for one in found["items"]} == expected

    @invariant()
    def nothing_else_is_refused(self) -> None:
        assert self.refused <= {"circulars_apart", "by_group"}

    @invariant()
    def no_two_read_alike(self) -> None:
        rows = self.office.ask(CLERK, ListDocuments, numbered=True, limit=1000)["items"]
        assert len(rows) == len(self.documents)
        # A letter's number reads as a letter's whatever its series, an order's as an order's.
        read = {
            (
                row["year"],
                "letter" if row["series"] in series.LETTERS else row["series"],
                row["reference"],
            )
            for row in rows
        }
        assert len(read) == len(rows)

    def teardown(self) -> None:
        try:
            live = self.office.tables()
            self.office.rebuild()
            assert self.office.tables() == live
            self.every_number_is_accounted_for()
        finally:
            self._open.close()

    def _policy(self) -> Any:
        with self.office.parts.database.read() as connection:
            return policy_of(connection, OFFICE)

    def _last(self, key: Key) -> int:
        return max(self.numbers.get(key, {}), default=0)

    def _burned(self, id: str) -> None:
        key, free, _ = self.kept[id]
        self.numbers[key].update(dict.fromkeys(free, "burned"))
        free.clear()


def test_every_number_is_accounted_for_once(told: Mapping[str, str]) -> None:
    NumbersMachine.told = told["sqlite"]
    run_state_machine_as_test(
        NumbersMachine,
        settings=settings(
            max_examples=12,
            stateful_step_count=15,
            deadline=None,
            phases=[Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
