"""A small office for the tests: two groups, a handful of people in their posts, and two schools."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from infra.contract import Command, Query
from infra.errors import Problem
from infra.identity import Actor
from services.personnel.contract import (
    AddGroup,
    AddOrganisation,
    AddPerson,
    AppointActing,
    Authenticate,
    CreatePost,
    FillPost,
    GetPost,
    LogIn,
    OpenAccount,
    WhoHolds,
)
from services.personnel.service import PersonnelService
from tests.harness import Harness

COMMAND_LINE = Actor(person="service:amnuay", organisation="")
BEGINNING = date(2025, 10, 1)


class Office:
    """An office at work. `people`, `posts`, `groups`, `schools` hold ids by the names used here."""

    def __init__(self, database_url: str) -> None:
        self.harness = Harness(PersonnelService, database_url)
        self.people: dict[str, str] = {}
        self.posts: dict[str, str] = {}
        self.id = self.send(
            AddOrganisation, kind="office", code="5005", name="สพป.ตัวอย่าง เขต 5", short_name="สพป."
        )["id"]
        self.groups = {
            name: self.send(AddGroup, organisation=self.id, name=name, central=central)["id"]
            for name, central in (("กลุ่มอำนวยการ", True), ("กลุ่มนโยบายและแผน", False))
        }
        self.schools = {
            name: self.send(AddOrganisation, kind="school", code=code, name=name)["id"]
            for code, name in (("50050001", "บ้านดอยคำ"), ("50050002", "บ้านแม่ลาย"))
        }
        self.employ("director", "ผอ.เขต", "director")
        self.employ("deputy", "รอง ผอ.เขต", "deputy")
        self.employ("officer", "นักวิเคราะห์นโยบายและแผน", "officer", group="กลุ่มนโยบายและแผน")
        self.employ("admin", "ผู้ดูแลระบบ", "administrator")
        for name, school in zip(("teacher", "neighbour"), self.schools.values(), strict=True):
            self.employ(name, "ผู้อำนวยการโรงเรียน", "school_director", organisation=school)

    def close(self) -> None:
        self.harness.close()

    def employ(
        self, name: str, title: str, role: str, group: str | None = None, organisation: str = ""
    ) -> None:
        """Add a person called `name`, and give them a new post of the same name here."""
        home = organisation or self.id
        person = self.send(
            AddPerson,
            organisation=home,
            prefix="นาย",
            first_name=name,
            last_name="ใจดี",
            email=f"{name}@example.org",
            phone="0 5310 0000",
        )["id"]
        group = self.groups[group] if group else None
        post = self.send(CreatePost, organisation=home, role=role, title=title, group=group)["id"]
        self.people[name], self.posts[name] = person, post
        self.fill(name, name, BEGINNING)

    def fill(self, post: str, person: str, first: date, last: date | None = None) -> dict[str, Any]:
        return self.send(
            FillPost, id=self.posts[post], person=self.people[person], **_days(first, last)
        )

    def appoint(
        self,
        post: str,
        person: str,
        first: date,
        last: date | None = None,
        capacity: str = "acting",
        **more: Any,
    ) -> dict[str, Any]:
        return self.send(
            AppointActing,
            id=self.posts[post],
            person=self.people[person],
            capacity=capacity,
            order="คำสั่งที่ 1/2569",
            **_days(first, last),
            **more,
        )

    def send(self, command: type[Command], by: Actor = COMMAND_LINE, **body: Any) -> dict[str, Any]:
        return self.harness.send(by, command, **body)

    def ask(self, query: type[Query], by: Actor = COMMAND_LINE, **params: Any) -> dict[str, Any]:
        return self.harness.ask(by, query, **params)

    def account(self, name: str) -> None:
        """`name` can log in with `password of <name>`."""
        password = f"password of {name}"
        person = self.people[name]
        self.send(OpenAccount, id=person, username=name, password=password, must_change=False)

    def log_in(self, name: str, password: str | None = None) -> dict[str, Any]:
        password = f"password of {name}" if password is None else password
        return self.harness.send(None, LogIn, username=name, password=password)

    def actor(self, session: dict[str, Any] | str, post: str | None = None) -> Actor:
        """Whom a session's token speaks of."""
        secret = session if isinstance(session, str) else session["token"]
        token = self.harness.ask(None, Authenticate, session=secret, post=post)["token"]
        return self.harness.parts.verifier.verify(token, self.harness.clock())

    def acting_as(self, name: str) -> Actor:
        """The actor who `name` is after log-in."""
        self.account(name)
        return self.actor(self.log_in(name))

    def ask_acting(self, post: str, person: str) -> str:
        """The newest appointment of `person` in a post."""
        shown = self.ask(GetPost, id=self.posts[post])["actings"]
        return str(next(one["id"] for one in shown if one["person"] == self.people[person]))

    def directors(self, day: date | None = None) -> list[tuple[str, list[str]]]:
        """Who exercises the director's post on `day` (today), each with the signature's lines."""
        given = {"day": day.isoformat()} if day else {}
        found = self.ask(WhoHolds, role="director", **given)["items"]
        names = {id: name for name, id in self.people.items()}
        return [(names[one["person"]], one["seat"]["signature"]) for one in found]


def _days(first: date, last: date | None) -> dict[str, str | None]:
    return {"first_day": first.isoformat(), "last_day": last.isoformat() if last else None}


def race(step: Callable[[str], Any], racers: Sequence[str]) -> list[str]:
    """Let all take the step at once: `has it`, or the type of the problem, for each."""
    start = threading.Barrier(len(racers))

    def run(racer: str) -> str:
        start.wait()
        try:
            step(racer)
        except Problem as problem:
            return problem.type
        return "has it"

    with ThreadPoolExecutor(len(racers)) as pool:
        return list(pool.map(run, racers))
