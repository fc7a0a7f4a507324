"""What can be asked about letters that came in, and the shapes of the answers. People go by id."""

from enum import StrEnum

from infra import fields
from infra.contract import Query, Shape
from services.correspondence.contract.events import (
    Channel,
    OrderKind,
    Register,
    Secrecy,
    Stage,
    Urgency,
)

FIRST_YEAR, LAST_YEAR = 2500, 2800


class LetterState(StrEnum):
    """Where a letter stands (W1)."""

    REGISTERED = "registered"  # ลงทะเบียนแล้ว รอเสนอ
    PROPOSED = "proposed"  # เสนอแล้ว รอเกษียน/สั่งการ
    ORDERED = "ordered"  # สั่งการแล้ว กลุ่มกำลังดำเนินการ
    RETURNED = "returned"  # กลุ่มส่งคืน หรือผู้บังคับบัญชาส่งกลับ รอเสนอใหม่
    CLOSED = "closed"  # ปิดเรื่อง
    CANCELLED = "cancelled"  # ยกเลิกเลข
    FORWARDED = "forwarded"  # ส่งต่อหน่วยงานอื่น


class WorkState(StrEnum):
    """Where a group stands with a letter."""

    ORDERED = "ordered"  # รอกลุ่มลงรับ
    RECEIVED = "received"  # กลุ่มลงรับแล้ว รอมอบหมาย
    ASSIGNED = "assigned"  # มอบหมายแล้ว รอรับทราบ
    IN_PROGRESS = "in_progress"  # กำลังดำเนินการ
    REPORTED = "reported"  # รายงานผลแล้ว รอปิด
    RETURNED = "returned"  # ส่งคืน
    CLOSED = "closed"  # เสร็จสิ้น


class TaskKind(StrEnum):
    """What waits for somebody, which is also what they will do next."""

    PROPOSE = "propose"
    ENDORSE = "endorse"
    ORDER = "order"
    RECEIVE = "receive"
    ASSIGN = "assign"
    ACKNOWLEDGE = "acknowledge"
    REPORT = "report"
    CLOSE = "close"


class LetterSort(StrEnum):
    """The order of a list of letters; `-` before it turns it round."""

    NUMBER = "number"
    NUMBER_DESC = "-number"
    DATED = "dated"
    DATED_DESC = "-dated"
    SENDER = "sender"
    SENDER_DESC = "-sender"
    SUBJECT = "subject"
    SUBJECT_DESC = "-subject"
    DUE = "due"
    DUE_DESC = "-due"


class AttachmentAnswer(Shape):
    """A file's facts; `sha256` names its content in the file store."""

    id = fields.Id(required=True)
    name = fields.Text(required=True)
    media_type = fields.Text(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.Text(required=True)


class GroupWork(Shape):
    """A group's part in a letter, under its own `number` of `year` once it has registered it."""

    group = fields.Id(required=True)
    name = fields.Text(required=True)
    lead = fields.Boolean(required=True)
    state = fields.Choice(WorkState, required=True)
    year = fields.Integer(required=True, allow_none=True)
    number = fields.Integer(required=True, allow_none=True)
    officer = fields.Text(required=True, allow_none=True)
    due = fields.Date(required=True, allow_none=True)


class LetterRow(Shape):
    """A letter as a line of the register (form 13), with who has it now.

    `stage` is on whose desk it lies before the order, `due` the earliest day by which something
    open must be done. `late`: that day, or the very moment of the deadline, has passed; `late_days`
    by how many days (0: since today).
    """

    id = fields.Id(required=True)
    version = fields.Integer(required=True)
    register = fields.Choice(Register, required=True)
    year = fields.Integer(required=True)
    number = fields.Integer(required=True)
    received_at = fields.Moment(required=True)
    reference = fields.Text(required=True, blank=True)
    dated = fields.Date(required=True, allow_none=True)
    sender = fields.Text(required=True)
    recipient = fields.Text(required=True)
    subject = fields.Text(required=True)
    urgency = fields.Choice(Urgency, required=True)
    secrecy = fields.Choice(Secrecy, required=True)
    deadline = fields.Moment(required=True, allow_none=True)
    channel = fields.Choice(Channel, required=True)
    state = fields.Choice(LetterState, required=True)
    stage = fields.Choice(Stage, required=True, allow_none=True)
    order = fields.Choice(OrderKind, required=True, allow_none=True)
    order_text = fields.Text(required=True, blank=True, lines=True)
    schools = fields.Boolean(required=True)
    groups = fields.Many(fields.Nested(GroupWork), required=True)
    defect = fields.Text(required=True, blank=True, lines=True)
    note = fields.Text(required=True, blank=True, lines=True)
    ended_by = fields.Text(required=True, blank=True, lines=True)
    answered = fields.Text(required=True, blank=True, lines=True)
    due = fields.Date(required=True, allow_none=True)
    late = fields.Boolean(required=True)
    late_days = fields.Integer(required=True)
    last_step_at = fields.Moment(required=True)
    attachments = fields.Integer(required=True)


class LetterPage(Shape):
    """A page of letters; `next` is the cursor of the page behind it. `total` is exact (null where it
    was not asked for); `years` are those in which there are letters, newest first."""

    items = fields.Many(fields.Nested(LetterRow), max=1000, required=True)
    next = fields.Text(required=True, allow_none=True)
    total = fields.Integer(required=True, allow_none=True)
    years = fields.Many(fields.Integer(), required=True)
    actions = fields.Many(fields.Text(), required=True)


class ListLetters(Query):
    """The letters of my organisation that I may read: the receive register, filtered and sorted.

    `q` is any part of subject, number, sender or endorsements. `unattended`: open, and no step for
    as many days as the organisation chose (ข้อ 50). `year` is the register's (พ.ศ.); `first_day`
    and `last_day` are days of receipt (Bangkok). Without `count` the total is left out: to count
    what a common word finds takes longer than to show the first of it.
    """

    service = "correspondence"
    answer = LetterPage
    count = fields.Boolean(load_default=True)
    q = fields.Text(max=200, blank=True, load_default="")
    year = fields.Integer(
        strict=False, min=FIRST_YEAR, max=LAST_YEAR, load_default=None, allow_none=True
    )
    register = fields.Choice(Register, load_default=Register.GENERAL)
    state = fields.Choice(LetterState, load_default=None, allow_none=True)
    urgency = fields.Choice(Urgency, load_default=None, allow_none=True)
    channel = fields.Choice(Channel, load_default=None, allow_none=True)
    group = fields.Id(load_default=None, allow_none=True)
    officer = fields.Id(load_default=None, allow_none=True)
    first_day = fields.Date(load_default=None, allow_none=True)
    last_day = fields.Date(load_default=None, allow_none=True)
    open = fields.Boolean(load_default=False)
    overdue = fields.Boolean(load_default=False)
    unattended = fields.Boolean(load_default=False)
    sort = fields.Choice(LetterSort, load_default=LetterSort.NUMBER_DESC)
    limit = fields.Integer(strict=False, min=1, max=1000, load_default=50)
    cursor = fields.Text(max=2000, load_default=None, allow_none=True)


class TaskAnswer(Shape):
    """A letter that waits for me, and what I will do with it; `group` where a group's part waits."""

    kind = fields.Choice(TaskKind, required=True)
    group = fields.Id(required=True, allow_none=True)
    since = fields.Moment(required=True)
    due = fields.Date(required=True, allow_none=True)
    late = fields.Boolean(required=True)
    late_days = fields.Integer(required=True)
    letter = fields.Nested(LetterRow, required=True)


class TaskPage(Shape):
    items = fields.Many(fields.Nested(TaskAnswer), required=True)
    next = fields.Text(required=True, allow_none=True)
    total = fields.Integer(required=True)
    late = fields.Integer(required=True)


class MyTasks(Query):
    """What waits for me: late first, then by urgency and due day, then what has waited longest."""

    service = "correspondence"
    answer = TaskPage
    kind = fields.Choice(TaskKind, load_default=None, allow_none=True)
    limit = fields.Integer(strict=False, min=1, max=200, load_default=50)
    cursor = fields.Text(max=400, load_default=None, allow_none=True)


class Charged(Shape):
    """A group that an order names; `lead`: as the one whose business it is (เจ้าของเรื่อง)."""

    name = fields.Text(required=True)
    lead = fields.Boolean(required=True)


class Endorsement(Shape):
    """A line of the chain of endorsements (เกษียน): who, in what capacity, when, what.

    `event` is the type of event that it stands for; `signature` the lines under the name.
    """

    event = fields.Text(required=True)
    at = fields.Moment(required=True)
    actor = fields.Text(required=True)
    signature = fields.Many(fields.Text(blank=True), required=True)
    text = fields.Text(required=True, blank=True, lines=True)
    order = fields.Choice(OrderKind, required=True, allow_none=True)
    group = fields.Text(required=True, allow_none=True)
    group_name = fields.Text(required=True, blank=True)
    officer = fields.Text(required=True, allow_none=True)
    groups = fields.Many(fields.Nested(Charged), required=True)
    schools = fields.Boolean(required=True)
    due = fields.Date(required=True, allow_none=True)
    attachments = fields.Many(fields.Nested(AttachmentAnswer), required=True)


class LetterStep(Endorsement):
    """Anything that happened to a letter, as the log holds it."""

    version = fields.Integer(required=True)
    number = fields.Integer(required=True, allow_none=True)


class GroupActions(Shape):
    """What I may do now for one group."""

    group = fields.Id(required=True)
    actions = fields.Many(fields.Text(), required=True)


class Duplicate(Shape):
    """Another letter with the same ที่, ลงวันที่ and จาก."""

    id = fields.Id(required=True)
    register = fields.Choice(Register, required=True)
    year = fields.Integer(required=True)
    number = fields.Integer(required=True)
    received_at = fields.Moment(required=True)
    subject = fields.Text(required=True)
    state = fields.Choice(LetterState, required=True)


class LetterAnswer(LetterRow):
    """A letter whole. `actions` are the commands I may send now, by method name (`order_letter`),
    the likeliest first; `group_actions` those that need a group.

    `desk_held`: somebody holds today the desk on which it lies; else it waits until somebody does,
    or the clerk fetches it back. `arrival` is what lay in the tray, where it came that way.
    """

    organisation = fields.Id(required=True)
    organisation_name = fields.Text(required=True)
    arrival = fields.Id(required=True, allow_none=True)
    files = fields.Many(fields.Nested(AttachmentAnswer), required=True)
    chain = fields.Many(fields.Nested(Endorsement), max=2000, required=True)
    history = fields.Many(fields.Nested(LetterStep), max=2000, required=True)
    duplicates = fields.Many(fields.Nested(Duplicate), required=True)
    desk_held = fields.Boolean(required=True)
    actions = fields.Many(fields.Text(), required=True)
    group_actions = fields.Many(fields.Nested(GroupActions), required=True)


class GetLetter(Query):
    """One letter, with its files, endorsements, groups and all that happened to it."""

    service = "correspondence"
    answer = LetterAnswer
    id = fields.Id(required=True)


class GetAttachment(Query):
    """The facts of a file of a letter (or of a report on it), for one who may read the letter."""

    service = "correspondence"
    answer = AttachmentAnswer
    id = fields.Id(required=True)
    attachment = fields.Id(required=True)


class Duplicates(Shape):
    items = fields.Many(fields.Nested(Duplicate), required=True)


class FindDuplicates(Query):
    """Letters of my organisation with the same ที่, ลงวันที่ and จาก, among those I may read."""

    service = "correspondence"
    answer = Duplicates
    reference = fields.Text(max=100, blank=True, load_default="")
    dated = fields.Date(load_default=None, allow_none=True)
    sender = fields.Text(max=300, blank=True, load_default="")


class Party(StrEnum):
    SENDER = "sender"
    RECIPIENT = "recipient"


class Suggestions(Shape):
    items = fields.Many(fields.Text(), required=True)


class SuggestParties(Query):
    """Senders or recipients used before that contain `q`, the most used first."""

    service = "correspondence"
    answer = Suggestions
    column = fields.Choice(Party, required=True)
    q = fields.Text(max=200, blank=True, load_default="")


class Count(Shape):
    """How many letters fall under `key` (a state, an urgency, a month `2026-02`, a group's id)."""

    key = fields.Text(required=True)
    count = fields.Integer(required=True)


class SummaryAnswer(Shape):
    """The register of a year in figures, of the letters that I may read."""

    year = fields.Integer(required=True)
    years = fields.Many(fields.Integer(), required=True)
    total = fields.Integer(required=True)
    open = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    unattended = fields.Integer(required=True)
    by_state = fields.Many(fields.Nested(Count), required=True)
    by_urgency = fields.Many(fields.Nested(Count), required=True)
    by_month = fields.Many(fields.Nested(Count), required=True)
    by_group = fields.Many(fields.Nested(Count), required=True)


class LetterSummary(Query):
    """The register of a year (พ.ศ.; the present one by default) in figures (ข้อ 50)."""

    service = "correspondence"
    answer = SummaryAnswer
    year = fields.Integer(
        strict=False, min=FIRST_YEAR, max=LAST_YEAR, load_default=None, allow_none=True
    )


class RoutingAnswer(Shape):
    version = fields.Integer(required=True)
    central_head = fields.Boolean(required=True)
    deputy = fields.Boolean(required=True)
    group_head = fields.Boolean(required=True)
    unattended_days = fields.Integer(required=True)
    actions = fields.Many(fields.Text(), required=True)


class GetRouting(Query):
    """Which steps the letters of my organisation pass (version 0: the default)."""

    service = "correspondence"
    answer = RoutingAnswer
