"""A small office on the real services, in this process: built by real commands, then copied.

`build` makes the SQLite files once; `opened` gives a test its own copy, with the gateway over it.
Tests have it as the fixture `office`.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
from flask import Flask
from flask.testing import FlaskClient

from gateway.app import create_app
from gateway.live import Live
from gateway.pages import names
from gateway.parts import Parts
from gateway.visitors import Sessions
from infra import migrate
from infra.clock import SettableClock
from infra.contract import Command
from infra.files import FileStore
from infra.health import Health
from infra.identity import Actor
from infra.settings import SERVICES
from services.personnel import contract as personnel
from tests.api.inprocess import InProcess
from tests.harness import PUBLIC_KEY, Harness

NOW = datetime(2026, 2, 16, 3, 0, tzinfo=UTC)  # Monday 16 February 2569, 10:00 in Bangkok
COMMAND_LINE = Actor(person="service:amnuay", organisation="")
UPLOAD_LIMIT = 1024 * 1024  # bytes
PASSWORD = "รหัสผ่านยาวพอ-"  # and the user name

GROUPS = {
    "central": "กลุ่มอำนวยการ",
    "plan": "กลุ่มนโยบายและแผน",
    "finance": "กลุ่มบริหารงานการเงินและสินทรัพย์",
}
# key (also the user name) → (home, first name, [(role, group, title)])
PEOPLE: dict[str, tuple[str, str, list[tuple[str, str | None, str]]]] = {
    "admin": ("office", "ดูแล", [("administrator", "central", "นักวิชาการคอมพิวเตอร์")]),
    "clerk": ("office", "รับ", [("central_clerk", "central", "เจ้าพนักงานธุรการ")]),
    "registrar": ("office", "ลับ", [("registrar", "central", "นายทะเบียนข้อมูลข่าวสารลับ")]),
    "centralhead": ("office", "กลั่นกรอง", [("group_head", "central", "ผู้อำนวยการกลุ่มอำนวยการ")]),
    "deputy": ("office", "รอง", [("deputy", None, "รองผู้อำนวยการสำนักงาน")]),
    "director": ("office", "สั่ง", [("director", None, "ผู้อำนวยการสำนักงาน")]),
    "groupclerk": ("office", "ลงรับ", [("group_clerk", "plan", "เจ้าพนักงานธุรการ")]),
    "head": ("office", "มอบ", [("group_head", "plan", "ผู้อำนวยการกลุ่มนโยบายและแผน")]),
    "officer": ("office", "ทำ", [("officer", "plan", "นักวิเคราะห์นโยบายและแผน")]),
    "finance": ("office", "เงิน", [("officer", "finance", "นักวิชาการเงินและบัญชี")]),
    "financehead": ("office", "คลัง", [("group_head", "finance", "ผู้อำนวยการกลุ่มการเงิน")]),
    "auditor": ("office", "ตรวจ", [("auditor", None, "ผู้ตรวจสอบ")]),
    "school": ("school", "ครู", [("school_clerk", None, "ธุรการโรงเรียน")]),
}


@dataclass(frozen=True, kw_only=True)
class Known:
    """The ids of what was built, by key."""

    organisations: dict[str, str]
    groups: dict[str, str]
    people: dict[str, str]
    posts: dict[str, str]
    tokens: dict[str, str] = field(default_factory=dict)  # a session of each person


@dataclass(frozen=True, kw_only=True)
class Office:
    """The services at work, and the gateway over them."""

    client: InProcess
    parts: Parts
    clock: SettableClock
    known: Known

    @property
    def app(self) -> Flask:
        """The gateway, which calls the services of this office from now on."""
        return _gateway(self.parts)

    def token(self, who: str) -> str:
        """A session of this person."""
        return self.known.tokens[who]

    def log_in(self, who: str) -> str:
        """Another session of this person."""
        body = {"username": who, "password": PASSWORD + who}
        answer = self.app.test_client().post("/api/tokens", json=body)
        assert answer.status_code == 201, answer.text
        token: str = answer.json["token"]
        return token

    def as_(self, who: str) -> FlaskClient:
        """The API as this person's program calls it."""
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.token(who)}"
        return client

    def browser(self, who: str) -> FlaskClient:
        """The pages as this person's browser asks for them."""
        client = self.app.test_client()
        client.set_cookie("amnuay_session", self.token(who))
        return client

    def upload(self, who: str, content: bytes, name: str) -> str:
        answer = self.as_(who).post("/api/uploads", data={"file": (BytesIO(content), name)})
        assert answer.status_code == 201, answer.text
        id: str = answer.json["id"]
        return id

    def settle(self) -> None:
        """Let all services take in what the others have published."""
        self.client.deliver()

    def counts(self) -> dict[str, int]:
        """How many events each service's log holds: what is refused must add none."""
        return {name: len(one.events()) for name, one in self.client.harnesses.items()}


def build(folder: Path) -> None:
    """Make the office's databases in `folder`."""
    with _services(folder) as client:
        known = populate(client)
        client.deliver()
        office = _office(client, known)
        known.tokens.update((who, office.log_in(who)) for who in PEOPLE)
        for harness in client.harnesses.values():
            harness.parts.relay.stop()
            harness.parts.relay.run()  # it gives its lease back, which the copies will want
    (folder / "known.json").write_bytes(msgspec.json.encode(known))


@contextmanager
def opened(template: Path, folder: Path) -> Iterator[Office]:
    """A copy in `folder` of the office built in `template`, at work."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    known = msgspec.json.decode((folder / "known.json").read_bytes(), type=Known)
    with _services(folder, prepared=True) as client:
        yield _office(client, known)


def _office(client: InProcess, known: Known) -> Office:
    one = client.harnesses["personnel"]
    parts = Parts(
        settings=one.settings,
        clock=one.clock,
        client=client,
        sessions=Sessions(client, PUBLIC_KEY, one.clock),
        files=FileStore(one.settings.files, one.settings.upload_limit),
        live=Live(),
        health=Health(),
    )
    return Office(client=client, parts=parts, clock=one.clock, known=known)


_app: Flask | None = None


def _gateway(parts: Parts) -> Flask:
    """One application for all tests, since making one takes longer than most tests."""
    global _app
    if _app is None:
        _app = create_app(parts)
    elif _app.extensions["amnuay"] is not parts:
        _app.extensions["amnuay"] = parts
        names.install(_app)
    return _app


@contextmanager
def _services(folder: Path, prepared: bool = False) -> Iterator[InProcess]:
    clock = SettableClock(NOW)
    client = InProcess({})
    try:
        for name in SERVICES:
            harness = Harness(
                migrate.service_class(name),
                f"sqlite:///{folder}/{name}.sqlite",
                clock,
                prepared=prepared,
                files=folder / "files",
                upload_limit=UPLOAD_LIMIT,
            )
            harness.parts.client = client  # type: ignore[assignment]
            client.harnesses[name] = harness
        yield client
    finally:
        for harness in client.harnesses.values():
            harness.close()


def populate(client: InProcess) -> Known:
    """Set up the organisations, groups, people, posts and accounts, by commands to `personnel`."""

    def send(command: type[Command], **body: Any) -> str:
        id: str = client.harnesses["personnel"].send(COMMAND_LINE, command, **body)["id"]
        return id

    add = personnel.AddOrganisation
    organisations = {
        "office": send(add, kind="office", code="99990000", name="สำนักงานเขตพื้นที่การศึกษาทดสอบ"),
        "school": send(add, kind="school", code="99990001", name="โรงเรียนทดสอบ"),
    }
    office = organisations["office"]
    groups = {
        key: send(personnel.AddGroup, organisation=office, name=name, central=key == "central")
        for key, name in GROUPS.items()
    }
    people, posts = {}, {}
    for key, (home, name, held) in PEOPLE.items():
        home = organisations[home]
        people[key] = send(
            personnel.AddPerson, organisation=home, prefix="นาย", first_name=name, last_name="ทดสอบ"
        )
        for role, group, title in held:
            posts[key] = send(
                personnel.CreatePost,
                organisation=home,
                group=groups.get(group or ""),
                role=role,
                title=title,
            )
            send(personnel.FillPost, id=posts[key], person=people[key], first_day="2025-10-01")
        send(
            personnel.OpenAccount,
            id=people[key],
            username=key,
            password=PASSWORD + key,
            must_change=False,
        )
    return Known(organisations=organisations, groups=groups, people=people, posts=posts)
