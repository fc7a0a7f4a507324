"""W1 through the containers: a letter comes in, is ordered on, acted on, closed; all by the JSON API."""

from collections.abc import Callable

import pytest

from services.correspondence.contract import LetterState
from tests.docker.conftest import SERVICES, Answer, House, Person, until

pytestmark = pytest.mark.docker

PASSWORD = "รหัสผ่านยาวพอ-"  # and the user name
POSTS = {
    "clerk": ("central_clerk", "central", "เจ้าพนักงานธุรการ"),
    "deputy": ("deputy", None, "รองผู้อำนวยการสำนักงาน"),
    "director": ("director", None, "ผู้อำนวยการสำนักงาน"),
    "groupclerk": ("group_clerk", "plan", "เจ้าพนักงานธุรการ"),
    "head": ("group_head", "plan", "ผู้อำนวยการกลุ่มนโยบายและแผน"),
    "officer": ("officer", "plan", "นักวิเคราะห์นโยบายและแผน"),
}


@pytest.fixture(scope="module")
def office(house: House) -> dict[str, Person]:
    """An administrator made on the command line makes the office's people; all are logged in."""
    names = ["--first-name", "ดูแล", "--last-name", "ทดสอบ", "--office", "สพป.ทดสอบ", "--code", "1"]
    told = house.compose("run", "--rm", "migrate", "user", "administrator", "admin", *names)
    admin = house.log_in("admin", told.split()[-1])
    home = admin.get("/api/me")["organisation"]
    groups = {
        key: admin.post("/api/groups", organisation=home, name=name, central=key == "central")["id"]
        for key, name in {"central": "กลุ่มอำนวยการ", "plan": "กลุ่มนโยบายและแผน"}.items()
    }
    people = {}
    for key, (role, group, title) in POSTS.items():
        person = admin.post("/api/people", organisation=home, first_name=key, last_name="ทดสอบ")[
            "id"
        ]
        post = admin.post(
            "/api/posts", organisation=home, group=groups.get(group or ""), role=role, title=title
        )["id"]
        admin.post(f"/api/posts/{post}/holdings", person=person, first_day="2025-10-01")
        account = {"username": key, "password": PASSWORD + key, "must_change": False}
        admin.post(f"/api/people/{person}/account", **account)
        people[key] = house.log_in(key, PASSWORD + key)
    until(_knows(people["director"], "/api/rooms"), "resources answers")
    return people


def test_every_service_runs_twice(house: House) -> None:
    names = list(house.containers())
    for service in SERVICES:
        assert sum(f"{service}" in name for name in names) == 2


def test_from_registration_to_closing(office: dict[str, Person]) -> None:
    clerk, deputy, director = office["clerk"], office["deputy"], office["director"]
    scan = clerk.upload("หนังสือ.pdf", PDF)
    letter = clerk.post(
        "/api/letters",
        reference="ศธ 04001/ว 12",
        dated="2026-02-16",
        sender="สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน",
        recipient="ผู้อำนวยการสำนักงาน",
        subject="การจัดสรรงบประมาณ",
        urgency="urgent",
        uploads=[scan],
    )
    here = f"/api/letters/{letter['id']}"
    assert letter["number"] == 1

    _waits(clerk, "propose", letter)
    clerk.post(f"{here}/proposals", text="เห็นควรมอบกลุ่มนโยบายและแผน")
    _waits(deputy, "endorse", letter)
    deputy.post(f"{here}/endorsements", text="เห็นชอบ")
    _waits(director, "order", letter)
    me = office["officer"].get("/api/me")
    plan = next(seat["group"] for seat in me["seats"])
    director.post(f"{here}/orders", kind="act", text="ดำเนินการ", lead=plan, due="2027-02-20")

    group = f"{here}/groups/{plan}"
    _waits(office["groupclerk"], "receive", letter)
    assert office["groupclerk"].post(f"{group}/receipts")["number"] == 1
    _waits(office["head"], "assign", letter)
    office["head"].post(f"{group}/assignments", officer=me["id"], text="มอบ")
    _waits(office["officer"], "acknowledge", letter)
    office["officer"].post(f"{group}/acknowledgements")
    office["officer"].post(f"{group}/progress-notes", text="แจ้งโรงเรียนแล้ว")
    office["officer"].post(f"{group}/results", text="เสร็จแล้ว")
    _waits(office["head"], "close", letter)
    office["head"].post(f"{group}/closure")

    whole = director.get(here)
    assert whole["state"] == LetterState.CLOSED
    events = [step["event"] for step in whole["history"]]
    assert (events[0], events[-1]) == ("LetterReceived", "LetterClosed")
    for person in office.values():
        assert person.get("/api/tasks")["items"] == []


def test_whoever_had_something_to_do_was_told_once(office: dict[str, Person]) -> None:
    for who in ("director", "groupclerk", "officer"):
        until(lambda who=who: _told(office[who]) != [], f"{who} is told")  # type: ignore[misc]
        told = [(each["kind"], each["title"], each["link"]) for each in _told(office[who])]
        assert len(told) == len(set(told))


def test_what_was_acknowledged_outlives_the_death_of_a_replica(
    house: House, office: dict[str, Person]
) -> None:
    clerk = office["clerk"]
    first = clerk.post("/api/letters", sender="ก", recipient="ข", subject="ก่อน")
    house.compose("kill", "-s", "KILL", "correspondence")
    house.compose("up", "-d", "--no-recreate", "--scale", "correspondence=2", "correspondence")
    until(_knows(clerk, f"/api/letters/{first['id']}"), "correspondence is back")
    second = clerk.post("/api/letters", sender="ก", recipient="ข", subject="หลัง")
    assert second["number"] == first["number"] + 1


def _waits(person: Person, kind: str, letter: Answer) -> None:
    """It waits for this person to do that with the letter."""
    until(
        lambda: (
            (kind, letter["id"])
            in [(task["kind"], task["letter"]["id"]) for task in person.get("/api/tasks")["items"]]
        ),
        f"{kind} waits",
        30,
    )


def _told(person: Person) -> list[Answer]:
    items: list[Answer] = person.get("/api/notifications")["items"]
    return items


def _knows(person: Person, path: str) -> Callable[[], bool]:
    def answers() -> bool:
        try:
            person.get(path)
        except AssertionError:
            return False
        return True

    return answers


PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""
