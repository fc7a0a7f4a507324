"""How an organisation numbers, reviews and heads its documents: its own choice, one stream each."""

import re
from collections.abc import Collection
from typing import Any

from infra.errors import Invalid
from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from infra.identity import Seat
from services.correspondence.contract import DocumentPolicySet, GroupCode, Numbering, Series
from services.correspondence.series import LETTERS

UNRECEIVED_DAYS = 3
_ROMAN = re.compile("[A-Z]*")
_UNIT = re.compile("[0-9]*")
_EMAIL = re.compile(r"([^@\s]+@[^@\s]+\.[^@\s]+)?")
_AS_IT_IS = ("circulars_apart", "certificates_apart", "numbering", "group_head", "deputy")
_TEXTS = ("letterhead", "address", "phone", "email", "english_name", "roman", "unit")


def default(organisation: str, school: bool) -> DocumentPolicySet:
    """What holds for an organisation that has chosen nothing. A school has no deputy between."""
    return DocumentPolicySet(
        organisation=organisation,
        code="",
        group_codes=(),
        circulars_apart=True,
        certificates_apart=True,
        by_group=(),
        numbering=Numbering.ON_SIGNING,
        group_head=True,
        deputy=not school,
        letterhead="",
        address="",
        phone="",
        email="",
        english_name="",
        roman="",
        unit="",
        emblem="",
        unreceived_days=UNRECEIVED_DAYS,
        seat=None,
    )


class DocumentPolicy(Aggregate):
    """The choices of one organisation, which is its id."""

    kind = "policy"

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.chosen: DocumentPolicySet | None = None
        self.codes: dict[str, set[str]] = {}  # who ever had a code: groups, or the organisation

    @property
    def organisation(self) -> str:
        return self.id

    def choose(
        self,
        seat: Seat,
        wish: dict[str, Any],
        emblem: str | None,
        school: bool,
        groups: Collection[str],
        begun: Collection[Series],
        circulars_begun: bool,
    ) -> None:
        """`wish` is a checked SetDocumentPolicy, `emblem` the SHA-256 of a new picture.

        `groups` are the organisation's; `begun` are the series in which numbers were taken this
        year, `circulars_begun`: for a circular. What would give the same ที่ twice in a year is
        refused. Raises Invalid, OutOfOrder.
        """
        before = self.chosen or default(self.id, school)
        faults = _faults(wish, school, groups)
        if circulars_begun and wish["circulars_apart"] != before.circulars_apart:
            faults["circulars_apart"] = [
                "ปีนี้ออกเลขหนังสือเวียนไปแล้ว เปลี่ยนได้เมื่อขึ้นปีใหม่ ก่อนออกเลขหนังสือเวียนฉบับแรก"
            ]
        changed = set(wish["by_group"]) ^ set(before.by_group)
        if changed & set(begun) & set(LETTERS):
            faults["by_group"] = [
                "ปีนี้ออกเลขในทะเบียนนี้ไปแล้ว เปลี่ยนได้เมื่อขึ้นปีใหม่ ก่อนออกเลขแรก เพื่อให้เลขที่ไม่ซ้ำ"
            ]
        if begun and wish["by_group"] and self._moves_a_code(wish):
            faults["group_codes"] = ["รหัสนี้เคยเป็นของผู้อื่น เปลี่ยนได้เมื่อขึ้นปีใหม่ ก่อนออกเลขแรก เพื่อให้เลขที่ไม่ซ้ำ"]
        if faults:
            raise Invalid(fields=faults)
        chosen = DocumentPolicySet(
            organisation=self.id,
            code=wish["code"],
            group_codes=tuple(GroupCode(**one) for one in wish["group_codes"]),
            by_group=tuple(dict.fromkeys(wish["by_group"])),
            emblem=before.emblem if emblem is None else emblem,
            unreceived_days=wish["unreceived_days"],
            seat=seat,
            **{name: wish[name] for name in (*_AS_IT_IS, *_TEXTS)},
        )
        self.require(_contents(chosen) != _contents(before), "เหมือนกับที่ตั้งไว้แล้ว")
        self.record(chosen)

    def apply(self, event: Event) -> None:
        match event:
            case DocumentPolicySet():
                self.chosen = event
                self.codes.setdefault(event.code, set()).add(self.id)
                for one in event.group_codes:
                    self.codes.setdefault(one.code, set()).add(one.group)

    def _moves_a_code(self, wish: dict[str, Any]) -> bool:
        """Whether somebody is to have a code that was another's before."""
        wanted = [(one["code"], one["group"]) for one in wish["group_codes"]]
        wanted += [(wish["code"], self.id)] if wish["code"] else []
        return any(self.codes.get(code, set()) - {owner} for code, owner in wanted)


def _contents(chosen: DocumentPolicySet) -> dict[str, Any]:
    return vars(chosen) | {"seat": None}


def _faults(wish: dict[str, Any], school: bool, groups: Collection[str]) -> dict[str, Any]:
    """What cannot be so, by field. A code bears the number behind a stroke, so it ends with none."""
    faults: dict[str, Any] = {}
    if school and wish["deputy"]:
        faults["deputy"] = ["โรงเรียนไม่มีขั้นตอนนี้"]
    if wish["code"].endswith("/"):
        faults["code"] = ["ไม่ต้องใส่เครื่องหมาย / ท้ายรหัส ระบบใส่ให้หน้าเลข"]
    own = [one["group"] for one in wish["group_codes"]]
    codes = [one["code"] for one in wish["group_codes"]]
    if len(set(own)) < len(own):
        faults["group_codes"] = ["กลุ่มหนึ่งมีรหัสได้รหัสเดียว"]
    elif set(own) - set(groups):
        faults["group_codes"] = ["ไม่พบกลุ่มนี้ในหน่วยงาน"]
    elif any(code.endswith("/") for code in codes):
        faults["group_codes"] = ["ไม่ต้องใส่เครื่องหมาย / ท้ายรหัส ระบบใส่ให้หน้าเลข"]
    elif wish["by_group"] and len({*codes, wish["code"]}) <= len(codes):
        faults["group_codes"] = ["รหัสของกลุ่มต้องไม่ซ้ำกัน และไม่ซ้ำกับรหัสของหน่วยงาน เพื่อให้เลขที่ไม่ซ้ำ"]
    if wish["by_group"] and not codes:
        faults["by_group"] = ["ต้องกำหนดรหัสของกลุ่มก่อน จึงแยกเลขรายกลุ่มได้"]
    for name, pattern, message in (
        ("roman", _ROMAN, "ใช้ได้เฉพาะอักษรโรมันตัวใหญ่ เช่น MOE"),
        ("unit", _UNIT, "ใช้ได้เฉพาะเลขอารบิก เช่น 04123"),
        ("email", _EMAIL, "ที่อยู่ไปรษณีย์อิเล็กทรอนิกส์ไม่ถูกต้อง เช่น saraban@example.go.th"),
    ):
        if not pattern.fullmatch(wish[name]):
            faults[name] = [message]
    return faults
