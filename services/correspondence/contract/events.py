"""What happens to letters that come in, published as `correspondence.events`.

The events of classified letters are of the same types and never leave the service.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from infra.eventstore.events import Event
from infra.identity import Seat


class Urgency(StrEnum):
    """ชั้นความเร็ว (ข้อ 28); normal is the absence of one."""

    NORMAL = "normal"
    URGENT = "urgent"  # ด่วน
    VERY_URGENT = "very_urgent"  # ด่วนมาก
    MOST_URGENT = "most_urgent"  # ด่วนที่สุด


class Secrecy(StrEnum):
    """ชั้นความลับ. ลับที่สุด is never taken in electronically (ข้อ 29)."""

    NONE = "none"
    SECRET = "secret"  # ลับ
    VERY_SECRET = "very_secret"  # ลับมาก
    MOST_SECRET = "most_secret"  # ลับที่สุด


class Channel(StrEnum):
    """How a letter came."""

    PAPER = "paper"  # ส่งด้วยมือ
    POST = "post"  # ไปรษณีย์
    EMAIL = "email"
    SYSTEM = "system"  # ระบบสารบรรณอิเล็กทรอนิกส์อื่น
    FAX = "fax"


class Register(StrEnum):
    """The register in which a letter stands; classified ones have one of their own."""

    GENERAL = "general"  # ทะเบียนหนังสือรับ
    SECRET = "secret"  # ทะเบียนหนังสือลับ


class Stage(StrEnum):
    """On whose desk a letter lies on its way to the order."""

    CLERK = "clerk"  # สารบรรณกลาง (a school's clerk)
    CENTRAL_HEAD = "central_head"  # ผอ.กลุ่มอำนวยการ
    DEPUTY = "deputy"  # รอง ผอ.สพท.
    DIRECTOR = "director"  # ผอ.สพท. (a school's director)


class OrderKind(StrEnum):
    """What the director orders (สั่งการ)."""

    INFORM = "inform"  # ทราบ
    ACT = "act"  # มอบกลุ่มดำเนินการ
    FILE = "file"  # เก็บ


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that came with a letter; its content lies in the file store under `sha256`."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class LetterReceived(Event):
    """A letter was registered (ลงทะเบียนรับ, form 13) under `number` of `year` (พ.ศ.).

    `reference` is its ที่, `dated` its ลงวันที่, `sender` จาก, `recipient` ถึง, `subject` เรื่อง;
    `deadline` is its "ด่วนภายใน"; `defect` what was missing or wrong with it (ข้อ 36); `arrival` is
    how it came, where it lay in the tray before.
    """

    schema = 2
    organisation: str
    register: Register
    year: int
    number: int
    reference: str
    dated: date | None
    sender: str
    recipient: str
    subject: str
    urgency: Urgency
    secrecy: Secrecy
    deadline: datetime | None
    channel: Channel
    defect: str
    note: str
    attachments: tuple[Attachment, ...]
    seat: Seat
    arrival: str | None = None


@dataclass(frozen=True, kw_only=True)
class RegistrationCorrected(Event):
    """A slip in the registration was corrected; all columns as they stand now. The number stays."""

    reference: str
    dated: date | None
    sender: str
    recipient: str
    subject: str
    urgency: Urgency
    deadline: datetime | None
    channel: Channel
    defect: str
    note: str
    reason: str
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class AttachmentsAdded(Event):
    """Files were added to a letter (a scan, an enclosure that came later)."""

    attachments: tuple[Attachment, ...]
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class SenderAcknowledged(Event):
    """The sender was told that the letter has come (ตอบรับ)."""

    how: str
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class LetterProposed(Event):
    """The clerk summed the letter up and proposed it upward (เสนอ); it lies with `stage` now.

    `route` are the desks that it passes, `stage` first; `group_head` whether the heads of groups
    alone assign and close it. Both stay with the letter, whatever the routing becomes.
    """

    text: str
    stage: Stage
    seat: Seat
    route: tuple[Stage, ...] = ()
    group_head: bool = True


@dataclass(frozen=True, kw_only=True)
class LetterEndorsed(Event):
    """A superior endorsed it on its way (เกษียน); it lies with `stage` now."""

    text: str
    stage: Stage
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class LetterSentBack(Event):
    """A superior sent it back to the clerk for change (ส่งกลับแก้ไข), or the clerk fetched it back."""

    reason: str
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A group that an order names: `lead` (เจ้าของเรื่อง) or supporting."""

    group: str
    lead: bool


@dataclass(frozen=True, kw_only=True)
class LetterOrdered(Event):
    """The director's order (เกษียนสั่งการ). `schools`: the schools are to be told (แจ้งโรงเรียน)."""

    kind: OrderKind
    text: str
    groups: tuple[Charge, ...]
    schools: bool
    due: date | None
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class LetterReceivedByGroup(Event):
    """A group took it into its own register, under `number` of `year`."""

    group: str
    year: int
    number: int
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class LetterReturnedByGroup(Event):
    """A group gave it back as none of its business; given back by its lead it lies with the clerk again."""

    group: str
    lead: bool
    reason: str
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class LetterAssigned(Event):
    """The head of a group assigned it to a person (มอบหมาย), perhaps anew."""

    group: str
    officer: str
    text: str
    due: date | None
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class LetterAcknowledged(Event):
    """The officer has seen it (รับทราบ)."""

    group: str
    officer: str


@dataclass(frozen=True, kw_only=True)
class ProgressNoted(Event):
    """The officer wrote down how far it has come (การปฏิบัติ)."""

    group: str
    officer: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ResultReported(Event):
    """The officer reported it done (รายงานผล)."""

    group: str
    officer: str
    text: str
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, kw_only=True)
class ReportSentBack(Event):
    """The head of the group wants more done before it is closed (ส่งกลับแก้ไข)."""

    group: str
    officer: str
    reason: str
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class GroupWorkClosed(Event):
    """A group is done with it."""

    group: str
    text: str
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class LetterClosed(Event):
    """All concerned are done (ปิดเรื่อง); or the order asked for nothing to be done."""


@dataclass(frozen=True, kw_only=True)
class RegistrationCancelled(Event):
    """The registration is void (ยกเลิกเลข): the number stays used, with the reason."""

    reason: str
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class LetterForwarded(Event):
    """It was addressed wrongly and went on to whom it is for."""

    to: str
    reason: str
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class LetterAnswered(Event):
    """It was answered (ส่งออกโดยหนังสือที่ … ลงวันที่ …, ข้อ 39): by `document`, whose ที่ is `reference`."""

    document: str
    reference: str
    dated: date


@dataclass(frozen=True, kw_only=True)
class RoutingSet(Event):
    """Which steps an organisation's letters pass (ข้อ 39 ¶3), and after how many days without a step
    an open letter counts as unattended (ข้อ 50)."""

    organisation: str
    central_head: bool
    deputy: bool
    group_head: bool
    unattended_days: int


def _not_from_the_tray(received: dict[str, Any]) -> dict[str, Any]:
    return received | {"arrival": None}


UPCASTERS = {("LetterReceived", 1): _not_from_the_tray}
