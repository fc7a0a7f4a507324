"""What happened to a letter, in words: the chain of endorsements, and the whole history by day."""

from collections.abc import Iterator
from typing import Any

from gateway.pages import dates, names
from gateway.pages.language import N_, _
from gateway.pages.letters.words import ORDER
from services.correspondence.contract import (
    AttachmentsAdded,
    GroupWorkClosed,
    LetterAcknowledged,
    LetterAssigned,
    LetterClosed,
    LetterEndorsed,
    LetterForwarded,
    LetterOrdered,
    LetterProposed,
    LetterReceived,
    LetterReceivedByGroup,
    LetterReturnedByGroup,
    LetterSentBack,
    OrderKind,
    ProgressNoted,
    RegistrationCancelled,
    RegistrationCorrected,
    ReportSentBack,
    ResultReported,
    SenderAcknowledged,
)

Step = dict[str, Any]

# What was done, in words that the step's own columns fill.
_DONE: dict[str, str] = {
    kind.__name__: words
    for kind, words in (
        (LetterReceived, N_("ลงทะเบียนรับ เลขที่ %(number)s")),
        (RegistrationCorrected, N_("แก้ไขทะเบียน")),
        (AttachmentsAdded, N_("เพิ่มเอกสาร %(files)s ไฟล์")),
        (SenderAcknowledged, N_("ตอบรับผู้ส่งแล้ว")),
        (LetterProposed, N_("เสนอ")),
        (LetterEndorsed, N_("เกษียน")),
        (LetterSentBack, N_("ส่งกลับแก้ไข")),
        (LetterOrdered, N_("สั่งการ")),
        (LetterReceivedByGroup, N_("%(group)s ลงรับ เลขที่ %(number)s")),
        (LetterReturnedByGroup, N_("%(group)s ส่งคืน")),
        (LetterAssigned, N_("มอบหมาย %(officer)s")),
        (LetterAcknowledged, N_("รับทราบ")),
        (ProgressNoted, N_("บันทึกความคืบหน้า")),
        (ResultReported, N_("รายงานผล")),
        (ReportSentBack, N_("ส่งกลับให้ดำเนินการเพิ่ม")),
        (GroupWorkClosed, N_("%(group)s ดำเนินการเสร็จสิ้น")),
        (LetterClosed, N_("ปิดเรื่อง")),
        (RegistrationCancelled, N_("ยกเลิกเลข")),
        (LetterForwarded, N_("ส่งต่อหน่วยงานอื่น")),
    )
}


def people_in(letter: dict[str, Any]) -> Iterator[str]:
    """Whose names the letter's page needs."""
    for step in letter["history"]:
        yield step["actor"]
        if step["officer"]:
            yield step["officer"]
    for work in letter["groups"]:
        if work["officer"]:
            yield work["officer"]


def told(steps: list[Step]) -> list[Step]:
    """The steps with `done` (what, in words), `details`, and what the timeline wants of them."""
    return [
        {
            **step,
            "at_day": dates.as_day(step["at"]).isoformat(),
            "seat": step["signature"],
            "done": done(step),
            "details": list(details(step)),
        }
        for step in steps
    ]


def done(step: Step) -> str:
    """What was done, in a few words."""
    words = _DONE.get(step["event"])
    if words is None:
        return str(step["event"])
    return _(
        words,
        number=step.get("number") or "",
        files=len(step["attachments"]),
        group=step["group_name"],
        officer=names.person(step["officer"]),
    )


def details(step: Step) -> Iterator[str]:
    """What an order or an assignment asks for, line by line."""
    if step["event"] == LetterOrdered.__name__:
        yield from _ordered(step)
    if step["due"]:
        yield _("กำหนดภายใน %(day)s", day=dates.long_day(step["due"]))


def _ordered(step: Step) -> Iterator[str]:
    lead, *supporting = [names.group(id) or id for id in step["groups"]] or [""]
    if step["order"] == OrderKind.ACT and lead:
        yield _("มอบ %(group)s เป็นเจ้าของเรื่อง", group=lead)
    elif step["order"]:
        yield _(ORDER[step["order"]])
    if supporting:
        yield _("ร่วมดำเนินการ: %(groups)s", groups=", ".join(supporting))
    if step["schools"]:
        yield _("แจ้งโรงเรียนในสังกัด")
