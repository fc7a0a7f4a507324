"""A group's part in a letter: plain state, moved on by events, used by the rules and the read tables."""

from dataclasses import dataclass
from datetime import date

from infra.errors import OutOfOrder
from infra.eventstore.events import Event
from services.correspondence.contract import (
    GroupWorkClosed,
    LetterAcknowledged,
    LetterAssigned,
    LetterReceivedByGroup,
    LetterReturnedByGroup,
    ReportSentBack,
    ResultReported,
    TaskKind,
    WorkState,
)

ENDED = (WorkState.RETURNED, WorkState.CLOSED)

# Each step's name, and in which states of the work it can be taken.
STEPS: dict[str, tuple[str, tuple[WorkState, ...]]] = {
    "receive_by_group": ("ลงรับ", (WorkState.ORDERED,)),
    "assign_letter": (
        "มอบหมาย",
        (WorkState.RECEIVED, WorkState.ASSIGNED, WorkState.IN_PROGRESS),
    ),
    "acknowledge_letter": ("รับทราบ", (WorkState.ASSIGNED,)),
    "report_result": ("รายงานผล", (WorkState.ASSIGNED, WorkState.IN_PROGRESS)),
    "note_progress": ("บันทึกการปฏิบัติ", (WorkState.ASSIGNED, WorkState.IN_PROGRESS)),
    "close_group_work": ("ปิดงานของกลุ่ม", (WorkState.REPORTED,)),
    "send_report_back": ("ส่งรายงานกลับ", (WorkState.REPORTED,)),
    "return_by_group": ("ส่งคืน", (WorkState.ORDERED, WorkState.RECEIVED)),
}

_STANDS = {
    WorkState.ORDERED: "กลุ่มยังไม่ได้ลงรับ",
    WorkState.RECEIVED: "กลุ่มลงรับแล้วและยังไม่ได้มอบหมาย",
    WorkState.ASSIGNED: "มอบหมายผู้รับผิดชอบแล้วและยังไม่ได้รับทราบ",
    WorkState.IN_PROGRESS: "ผู้รับผิดชอบกำลังดำเนินการ",
    WorkState.REPORTED: "รายงานผลแล้วและรอปิดงาน",
    WorkState.RETURNED: "กลุ่มส่งคืนแล้ว",
    WorkState.CLOSED: "กลุ่มปิดงานแล้ว",
}

_WAITS = {
    WorkState.ORDERED: TaskKind.RECEIVE,
    WorkState.RECEIVED: TaskKind.ASSIGN,
    WorkState.ASSIGNED: TaskKind.ACKNOWLEDGE,
    WorkState.IN_PROGRESS: TaskKind.REPORT,
    WorkState.REPORTED: TaskKind.CLOSE,
}


@dataclass
class GroupWork:
    """`by_head`: only the head of the group assigns and closes; otherwise its clerk may, too."""

    lead: bool
    due: date | None
    by_head: bool
    state: WorkState = WorkState.ORDERED
    year: int | None = None
    number: int | None = None
    officer: str | None = None

    @property
    def open(self) -> bool:
        return self.state not in ENDED

    @property
    def waits_for(self) -> TaskKind | None:
        """What somebody has to do next."""
        return _WAITS.get(self.state)

    def require(self, step: str) -> None:
        """Raises OutOfOrder unless `step` (a command's method name) can be taken now."""
        name, states = STEPS[step]
        if self.state not in states:
            raise OutOfOrder(f"{name}ไม่ได้ เพราะ{_STANDS[self.state]}")

    def apply(self, event: Event) -> None:
        match event:
            case LetterReceivedByGroup():
                self.state, self.year, self.number = WorkState.RECEIVED, event.year, event.number
            case LetterReturnedByGroup():
                self.state = WorkState.RETURNED
            case LetterAssigned():
                self.state, self.officer = WorkState.ASSIGNED, event.officer
                self.due = event.due or self.due
            case LetterAcknowledged() | ReportSentBack():
                self.state = WorkState.IN_PROGRESS
            case ResultReported():
                self.state = WorkState.REPORTED
            case GroupWorkClosed():
                self.state = WorkState.CLOSED
