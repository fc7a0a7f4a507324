"""The course of a letter: where it stands, on whose desk, and which groups work on it.

Plain state, moved on by events; the aggregate decides by it, and the read tables keep a copy.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from infra.clock import bangkok_date
from infra.errors import OutOfOrder
from infra.eventstore.events import Event
from services.correspondence.contract import (
    LetterClosed,
    LetterEndorsed,
    LetterForwarded,
    LetterImported,
    LetterOrdered,
    LetterProposed,
    LetterReceived,
    LetterReturnedByGroup,
    LetterSentBack,
    LetterState,
    OrderKind,
    Register,
    RegistrationCancelled,
    RegistrationCorrected,
    Stage,
    TaskKind,
)
from services.correspondence.group_work import GroupWork

OPEN = (LetterState.REGISTERED, LetterState.PROPOSED, LetterState.ORDERED, LetterState.RETURNED)
_WITH_CLERK = (LetterState.REGISTERED, LetterState.RETURNED)

# Each step's name, and in which states of the letter it can be taken.
STEPS: dict[str, tuple[str, tuple[LetterState, ...]]] = {
    "order_letter": ("สั่งการ", (LetterState.PROPOSED, LetterState.ORDERED)),
    "endorse_letter": ("เกษียน", (LetterState.PROPOSED,)),
    "send_letter_back": ("ส่งกลับ", (LetterState.PROPOSED,)),
    "propose_letter": ("เสนอ", _WITH_CLERK),
    "acknowledge_to_sender": ("บันทึกการตอบรับ", OPEN),
    "add_attachments": ("เพิ่มไฟล์", OPEN),
    "correct_registration": ("แก้ไขทะเบียน", OPEN),
    "forward_letter": ("ส่งต่อ", (*_WITH_CLERK, LetterState.PROPOSED)),
    "cancel_registration": ("ยกเลิกเลข", (*_WITH_CLERK, LetterState.PROPOSED)),
}

_STANDS = {
    LetterState.REGISTERED: "หนังสือยังไม่ได้เสนอ",
    LetterState.PROPOSED: "หนังสืออยู่ระหว่างเสนอ",
    LetterState.ORDERED: "สั่งการแล้ว",
    LetterState.RETURNED: "หนังสือถูกส่งกลับและรอเสนอใหม่",
    LetterState.CLOSED: "ปิดเรื่องแล้ว",
    LetterState.CANCELLED: "ยกเลิกเลขแล้ว",
    LetterState.FORWARDED: "ส่งต่อหน่วยงานอื่นแล้ว",
}


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Something that waits: for the desk `stage`, for the `group`, or for the `person` in it.

    `clerk`: the group's clerk may do it as well as its head.
    """

    kind: TaskKind
    stage: Stage | None = None
    group: str | None = None
    person: str | None = None
    clerk: bool = False
    due: date | None = None


@dataclass
class Course:
    """`route` are the desks before it, the present one first; `by_heads` as GroupWork.by_head."""

    register: Register = Register.GENERAL
    state: LetterState = LetterState.REGISTERED
    stage: Stage | None = Stage.CLERK
    order: OrderKind | None = None
    deadline: date | None = None
    by_heads: bool = True
    route: tuple[Stage, ...] = ()
    works: dict[str, GroupWork] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def at_work(self) -> bool:
        """Whether some group is not done."""
        return any(work.open for work in self.works.values())

    @property
    def led(self) -> bool:
        """Whether some group leads (เจ้าของเรื่อง) and is not done."""
        return any(work.open and work.lead for work in self.works.values())

    @property
    def due(self) -> date | None:
        """The earliest day by which something open must be done."""
        days = [self.deadline, *(work.due for work in self.works.values() if work.open)]
        return min((day for day in days if day), default=None) if self.open else None

    def require(self, step: str) -> None:
        """Raises OutOfOrder unless `step` (a command's method name) can be taken now."""
        name, states = STEPS[step]
        if self.state not in states:
            raise OutOfOrder(f"{name}ไม่ได้ เพราะ{_STANDS[self.state]}")
        if step == "propose_letter" and self.register is Register.SECRET:
            raise OutOfOrder("หนังสือลับยังเสนอในระบบไม่ได้ ให้เสนอด้วยเอกสาร")
        if step in ("forward_letter", "cancel_registration") and self.order is not None:
            raise OutOfOrder(f"{name}ไม่ได้ เพราะสั่งการไปแล้ว")
        at_director = self.stage is Stage.DIRECTOR
        if step == "order_letter" and self.state is LetterState.PROPOSED and not at_director:
            raise OutOfOrder("สั่งการไม่ได้ เพราะหนังสือยังไม่ถึงผู้อำนวยการ")
        if step == "endorse_letter" and at_director:
            raise OutOfOrder("หนังสือถึงผู้อำนวยการแล้ว ให้สั่งการ")

    def waiting(self) -> Iterator[Waiting]:
        """All that waits for somebody: at most one thing a desk, and one a group."""
        if self.open and self.stage is not None and self.register is Register.GENERAL:
            desks = {Stage.CLERK: TaskKind.PROPOSE, Stage.DIRECTOR: TaskKind.ORDER}
            kind = desks.get(self.stage, TaskKind.ENDORSE)
            yield Waiting(kind=kind, stage=self.stage, due=self.deadline)
        for group, work in self.works.items():
            if self.open and work.waits_for is not None:
                officer_does = work.waits_for in (TaskKind.ACKNOWLEDGE, TaskKind.REPORT)
                yield Waiting(
                    kind=work.waits_for,
                    group=group,
                    person=work.officer if officer_does else None,
                    clerk=work.waits_for is TaskKind.RECEIVE or not work.by_head,
                    due=min((day for day in (work.due, self.deadline) if day), default=None),
                )

    def apply(self, event: Event) -> None:
        match event:
            case LetterImported():
                self.state, self.stage = LetterState.CLOSED, None
            case LetterReceived():
                self.register = event.register
                self.deadline = event.deadline and bangkok_date(event.deadline)
            case RegistrationCorrected():
                self.deadline = event.deadline and bangkok_date(event.deadline)
            case LetterProposed():
                self.state, self.stage = LetterState.PROPOSED, event.stage
                self.route, self.by_heads = event.route, event.group_head
            case LetterEndorsed():
                self.stage, self.route = event.stage, self.route[1:]
            case LetterSentBack():
                self.state, self.stage = LetterState.RETURNED, Stage.CLERK
            case LetterOrdered():
                self._ordered(event)
            case LetterReturnedByGroup():
                self.works[event.group].apply(event)
                if self.state is LetterState.ORDERED and event.lead:
                    self.state, self.stage = LetterState.RETURNED, Stage.CLERK
            case LetterClosed():
                self.state, self.stage = LetterState.CLOSED, None
            case RegistrationCancelled():
                self.state, self.stage = LetterState.CANCELLED, None
            case LetterForwarded():
                self.state, self.stage = LetterState.FORWARDED, None
            case _:
                group = getattr(event, "group", None)
                if group is not None:
                    self.works[group].apply(event)

    def _ordered(self, event: LetterOrdered) -> None:
        self.state, self.stage, self.order = LetterState.ORDERED, None, event.kind
        for charge in event.groups:
            before = self.works.get(charge.group)
            if before is not None and before.open:  # a supporting group that leads from now on
                due = event.due or before.due
                self.works[charge.group] = replace(before, lead=charge.lead, due=due)
            else:
                self.works[charge.group] = GroupWork(charge.lead, event.due, self.by_heads)
