"""The sample's rooms and bookings, standards and indicators: what happens when, and who does it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from amnuay.sample import office_hours
from amnuay.sample.services import Services
from infra.clock import bangkok_date, fiscal_year
from infra.identity import Actor
from services.resources import contract as resources
from services.standards import contract as standards

As = Callable[[str], Actor]

ROOMS: dict[str, dict[str, Any]] = {
    "large": {
        "name": "ห้องประชุมใหญ่ (ตัวอย่าง)",
        "place": "อาคารอำนวยการ ชั้น 2",
        "capacity": 180,
        "equipment": ["เครื่องฉาย", "เครื่องเสียง", "ไมโครโฟนประชุม 40 จุด"],
    },
    "small": {
        "name": "ห้องประชุมเล็ก (ตัวอย่าง)",
        "place": "อาคารอำนวยการ ชั้น 1",
        "capacity": 24,
        "equipment": ["จอโทรทัศน์ 75 นิ้ว", "กล้องประชุมทางไกล"],
    },
    "training": {
        "name": "ห้องอบรมคอมพิวเตอร์ (ตัวอย่าง)",
        "place": "อาคารเอนกประสงค์",
        "capacity": 40,
        "equipment": ["คอมพิวเตอร์ 40 เครื่อง", "เครื่องฉาย"],
    },
}

# (days from today, room, hour, hours, who, purpose, people, what becomes of it)
BOOKINGS: list[tuple[int, str, int, int, str, str, int, str]] = [
    (-6, "large", 9, 3, "plan.officer", "ประชุมผู้บริหารสถานศึกษาในสังกัด", 120, "confirm"),
    (-3, "small", 13, 2, "finance.officer", "ตรวจรับพัสดุประจำปี", 8, "confirm"),
    (-1, "small", 9, 3, "personnel.officer", "ประชุมคณะกรรมการกลั่นกรองการย้าย", 15, "confirm"),
    (0, "training", 16, 1, "supervision.officer", "ทดสอบระบบสอบออนไลน์", 12, "confirm"),
    (1, "large", 9, 7, "supervision.officer", "อบรมการจัดการเรียนรู้เชิงรุก รุ่นที่ 1", 150, "confirm"),
    (1, "small", 9, 2, "plan.officer", "ประชุมกลั่นกรองแผนปฏิบัติการ", 12, "confirm"),
    (2, "small", 13, 3, "education.officer", "ประชุมทุนการศึกษา", 10, "wait"),
    (2, "small", 14, 2, "finance.officer", "ชี้แจงการเบิกจ่าย", 18, "wait"),
    (3, "training", 9, 6, "central.officer", "อบรมการใช้ระบบสารบรรณ", 36, "confirm"),
    (4, "large", 13, 3, "education.officer", "ประชุมเตรียมงานศิลปหัตถกรรมนักเรียน", 90, "wait"),
    (6, "large", 9, 3, "plan.officer", "ประชุมคณะทำงานงบประมาณ", 60, "refuse"),
    (8, "small", 10, 2, "supervision.officer", "ประชุมศึกษานิเทศก์", 14, "confirm"),
]

# Official names are for each office to enter; these only say so.
INDICATOR = "ตัวบ่งชี้ตัวอย่างของมาตรฐานที่ {n} (รอกรอกชื่อทางการ)"
OWNERS = {1: "plan", 2: "plan", 3: "supervision", 4: "personnel", 5: "education"}
RESULT = "ดำเนินการตามแผนแล้วร้อยละ 60 ของกิจกรรม (ข้อมูลตัวอย่าง)"


def acts(
    services: Services, now: datetime, by: As, groups: dict[str, str]
) -> Iterator[tuple[datetime, str, Callable[[], None]]]:
    """What is done, when and in which service; none of it after `now`."""
    begins = now - timedelta(days=45)
    rooms: dict[str, str] = {}

    def furnish() -> None:
        for key, room in ROOMS.items():
            rooms[key] = services.send(by("clerk"), resources.AddRoom, **room)["id"]

    yield begins, "resources", furnish
    for place, booking in enumerate(BOOKINGS):
        yield from _booking(services, now, by, rooms, place, booking)
    yield begins + timedelta(minutes=1), "standards", lambda: _adopt(services, now, by, groups)


def _booking(
    services: Services,
    now: datetime,
    by: As,
    rooms: dict[str, str],
    place: int,
    booking: tuple[int, str, int, int, str, str, int, str],
) -> Iterator[tuple[datetime, str, Callable[[], None]]]:
    days, room, hour, hours, who, purpose, attendees, fate = booking
    starts = office_hours.at(bangkok_date(now) + timedelta(days=days), hour)
    asked = min(now - timedelta(minutes=30), starts - timedelta(days=2)) - timedelta(minutes=place)
    ids: list[str] = []

    def request() -> None:
        body = {
            "room": rooms[room],
            "starts": starts.isoformat(),
            "ends": (starts + timedelta(hours=hours)).isoformat(),
            "purpose": purpose,
            "attendees": attendees,
        }
        ids.append(services.send(by(who), resources.RequestBooking, **body)["id"])

    def decide() -> None:
        chief = by("central.head")
        if fate == "confirm":
            services.send(chief, resources.ConfirmBooking, id=ids[0])
        elif fate == "refuse":
            reason = "ใช้ห้องประชุมเล็กได้ เนื่องจากจำนวนผู้เข้าประชุมไม่มาก"
            services.send(chief, resources.RefuseBooking, id=ids[0], reason=reason)

    yield asked, "resources", request
    yield asked + timedelta(minutes=20), "resources", decide


def _adopt(services: Services, now: datetime, by: As, groups: dict[str, str]) -> None:
    """Adopt the five standards; an indicator for each, some of them reported."""
    year = fiscal_year(now)
    chief = by("central.head")
    adopted = services.send(
        chief, standards.AdoptStandardSet, code="five-standards", first_fiscal_year=year - 1
    )["id"]
    for number, group in OWNERS.items():
        indicator = services.send(
            chief,
            standards.NameIndicator,
            standard_set=adopted,
            standard=number,
            code=f"{number}.1",
            name=INDICATOR.format(n=number),
        )["id"]
        officer = by(f"{group}.officer")
        services.send(
            chief,
            standards.AssignIndicator,
            id=indicator,
            owner=officer.person,
            group=groups[group],
        )
        if number <= 3:
            body = {"fiscal_year": year - 1, "round": 12, "result": RESULT, "figure": "60"}
            services.send(officer, standards.ReportIndicator, id=indicator, **body)
        if number == 1:
            body = {"fiscal_year": year - 1, "round": 12}
            services.send(chief, standards.VerifyReport, id=indicator, **body)
