"""An office with its people, as the tests of correspondence know it: a harness that is told of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from infra.clock import SettableClock
from infra.contract import Command, Query
from infra.errors import Unavailable
from infra.identity import Actor, Capacity, Confirmation, Role, Seat, Signer
from services.correspondence.contract import (
    FORMS,
    AcknowledgeLetter,
    AssignLetter,
    CloseGroupWork,
    DocumentKind,
    DraftDocument,
    EndorseDraft,
    EndorseLetter,
    GetDocument,
    GetLetter,
    ListDocuments,
    ListLetters,
    MyDocuments,
    MyTasks,
    OrderKind,
    OrderLetter,
    ProposeLetter,
    ReceiveByGroup,
    RegisterLetter,
    ReportResult,
    SaveDraft,
    SignDocument,
    SubmitDraft,
)
from services.correspondence.service import CorrespondenceService
from services.personnel.contract import (
    GroupAdded,
    Names,
    OrganisationAdded,
    OrganisationKind,
    PostCreated,
    PostFilled,
)
from tests.harness import PRIVATE_KEY, Harness

MONDAY = datetime(2026, 2, 16, 3, 0, tzinfo=UTC)  # 10:00 in Bangkok


def id_of(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))


OFFICE, SCHOOL, OTHER_OFFICE = id_of("office"), id_of("school"), id_of("other office")
CENTRAL, PLAN, FINANCE, ELSEWHERE = (
    id_of("central"),
    id_of("plan"),
    id_of("finance"),
    id_of("elsewhere"),
)
GROUPS = {
    CENTRAL: (OFFICE, "กลุ่มอำนวยการ"),
    PLAN: (OFFICE, "กลุ่มนโยบายและแผน"),
    FINANCE: (OFFICE, "กลุ่มบริหารงานการเงินและสินทรัพย์"),
    ELSEWHERE: (OTHER_OFFICE, "กลุ่มอำนวยการ"),
}


def actor(name: str, role: Role, group: str | None = None, organisation: str = OFFICE) -> Actor:
    seat = Seat(
        post=id_of(f"post of {name}"),
        organisation=organisation,
        group=group,
        role=role,
        title=f"ตำแหน่งของ {name}",
    )
    return Actor(person=id_of(name), organisation=organisation, seats=(seat,))


CLERK = actor("clerk", Role.CENTRAL_CLERK, CENTRAL)
REGISTRAR = actor("registrar", Role.REGISTRAR, CENTRAL)
CENTRAL_HEAD = actor("central head", Role.GROUP_HEAD, CENTRAL)
DEPUTY = actor("deputy", Role.DEPUTY)
DIRECTOR = actor("director", Role.DIRECTOR)
SECRETARY = actor("secretary", Role.SECRETARY, CENTRAL)
AUDITOR = actor("auditor", Role.AUDITOR)
ADMIN = actor("admin", Role.ADMINISTRATOR, CENTRAL)
PLAN_HEAD = actor("plan head", Role.GROUP_HEAD, PLAN)
PLAN_CLERK = actor("plan clerk", Role.GROUP_CLERK, PLAN)
PLAN_OFFICER = actor("plan officer", Role.OFFICER, PLAN)
PLAN_OFFICER_2 = actor("second plan officer", Role.OFFICER, PLAN)
FINANCE_HEAD = actor("finance head", Role.GROUP_HEAD, FINANCE)
FINANCE_CLERK = actor("finance clerk", Role.GROUP_CLERK, FINANCE)
FINANCE_OFFICER = actor("finance officer", Role.OFFICER, FINANCE)
SCHOOL_CLERK = actor("school clerk", Role.SCHOOL_CLERK, None, SCHOOL)
SCHOOL_DIRECTOR = actor("school director", Role.SCHOOL_DIRECTOR, None, SCHOOL)
OTHER_CLERK = actor("other clerk", Role.CENTRAL_CLERK, ELSEWHERE, OTHER_OFFICE)
OTHER_REGISTRAR = actor("other registrar", Role.REGISTRAR, ELSEWHERE, OTHER_OFFICE)

PEOPLE = {name: one for name, one in globals().items() if isinstance(one, Actor)}


def acting(who: Actor, post_of: Actor) -> Actor:
    """`who`, who acts in the other's post besides (รักษาราชการแทน)."""
    post, own = post_of.seats[0], who.seats[0]
    seat = Seat(
        post=post.post,
        organisation=post.organisation,
        group=post.group,
        role=post.role,
        title=post.title,
        capacity=Capacity.ACTING,
        own_title=own.title,
    )
    return Actor(person=who.person, organisation=who.organisation, seats=(own, seat))


class Personnel:
    """In the place of the RPC client: knows what everybody is called."""

    def __init__(self) -> None:
        self.away = False

    def call(self, contract: type[Query], params: dict[str, Any], **_context: Any) -> Any:
        assert contract is Names
        if self.away:
            raise Unavailable()
        names = {one.person: name for name, one in (PEOPLE | SIGNERS).items()}
        return {"items": [{"id": id, "name": name_of(names[id])} for id in params["ids"]]}

    def stop(self) -> None:
        pass


def name_of(person: str) -> str:
    """What somebody is called, by the name of PEOPLE."""
    return "นาย" + "".join(_THAI[letter] for letter in person.lower() if letter in _THAI)


_THAI = dict(zip("abcdefghijklmnopqrstuvwxyz", "กขคงจฉชซดตถทธนบปผพฟมยรลวสห", strict=True))


# Twenty to whom the director delegated his signature, for when they all sign at once.
SIGNERS = {
    letter: acting(actor(f"signer {letter}", Role.DEPUTY), DIRECTOR)
    for letter in "abcdefghijklmnopqrst"
}


class Office(Harness):
    """The service with the directory learnt, and the steps of W1 as short sentences."""

    def __init__(
        self, database_url: str, now: datetime = MONDAY, told: bool = False, **settings: Any
    ) -> None:
        clock = SettableClock(now)
        super().__init__(CorrespondenceService, database_url, clock, prepared=told, **settings)
        self.personnel = Personnel()
        self.parts.client = self.personnel  # type: ignore[assignment]
        if not told:
            self.tell()

    def tell(self) -> None:
        """Let it learn the directory."""
        for id, kind, name in (
            (OFFICE, OrganisationKind.OFFICE, "สำนักงานเขตพื้นที่การศึกษาตัวอย่าง"),
            (SCHOOL, OrganisationKind.SCHOOL, "โรงเรียนตัวอย่าง"),
            (OTHER_OFFICE, OrganisationKind.OFFICE, "สำนักงานเขตพื้นที่การศึกษาอื่น"),
        ):
            added = OrganisationAdded(
                kind=kind, parent=None, code=id[:8], name=name, short_name=name
            )
            self.deliver("personnel", f"organisation-{id}", added)
        for id, (organisation, name) in GROUPS.items():
            central = id in (CENTRAL, ELSEWHERE)
            group = GroupAdded(organisation=organisation, name=name, central=central)
            self.deliver("personnel", f"group-{id}", group)
        for person in PEOPLE.values():
            self.seat(person)

    def seat(self, person: Actor) -> None:
        """Let the directory know of a person's posts."""
        for seat in person.seats:
            created = PostCreated(
                organisation=seat.organisation, group=seat.group, role=seat.role, title=seat.title
            )
            filled = PostFilled(person=person.person, first_day=date(2020, 1, 1), last_day=None)
            self.deliver("personnel", f"post-{seat.post}", created)
            self.deliver("personnel", f"post-{seat.post}", filled, version=2)

    def upload(self, who: Actor, name: str = "หนังสือ.txt", content: bytes = b"letter") -> str:
        taken = self.parts.files.receive(BytesIO(content), name, who.person, self.clock())
        return taken.id

    def do(self, who: Actor, step: type[Command], id: str, **body: Any) -> dict[str, Any]:
        """A step a minute after the one before."""
        self.clock.advance(minutes=1)
        return self.send(who, step, id=id, **body)

    def register(self, who: Actor = CLERK, **columns: Any) -> str:
        """A registered letter's id."""
        self.clock.advance(minutes=1)
        id: str = self.send(who, RegisterLetter, **(LETTER | columns))["id"]
        return id

    def proposed(self, **columns: Any) -> str:
        """A letter on the deputy's desk."""
        id = self.register(**columns)
        self.do(CLERK, ProposeLetter, id, text="เห็นควรมอบกลุ่มนโยบายและแผน")
        return id

    def endorsed(self, **columns: Any) -> str:
        """A letter on the director's desk."""
        id = self.proposed(**columns)
        self.do(DEPUTY, EndorseLetter, id)
        return id

    def ordered(self, *supporting: str, lead: str = PLAN, **columns: Any) -> str:
        """A letter that groups are to act on."""
        id = self.endorsed(**columns)
        self.order(id, lead=lead, supporting=list(supporting))
        return id

    def order(self, id: str, **wish: Any) -> dict[str, Any]:
        return self.do(DIRECTOR, OrderLetter, id, **({"kind": OrderKind.ACT} | wish))

    def received(self, *supporting: str, **columns: Any) -> str:
        id = self.ordered(*supporting, **columns)
        self.do(PLAN_CLERK, ReceiveByGroup, id, group=PLAN)
        return id

    def assigned(self, *supporting: str, **columns: Any) -> str:
        id = self.received(*supporting, **columns)
        self.do(PLAN_HEAD, AssignLetter, id, group=PLAN, officer=PLAN_OFFICER.person)
        return id

    def acknowledged(self, *supporting: str, **columns: Any) -> str:
        id = self.assigned(*supporting, **columns)
        self.do(PLAN_OFFICER, AcknowledgeLetter, id, group=PLAN)
        return id

    def reported(self, *supporting: str, **columns: Any) -> str:
        id = self.acknowledged(*supporting, **columns)
        self.do(PLAN_OFFICER, ReportResult, id, group=PLAN, text="ส่งข้อมูลให้ผู้เกี่ยวข้องแล้ว")
        return id

    def closed(self, **columns: Any) -> str:
        id = self.reported(**columns)
        self.do(PLAN_HEAD, CloseGroupWork, id, group=PLAN)
        return id

    def letter(self, who: Actor, id: str) -> dict[str, Any]:
        return self.ask(who, GetLetter, id=id)

    def letters(self, who: Actor, **params: Any) -> dict[str, Any]:
        return self.ask(who, ListLetters, **params)

    def subjects(self, who: Actor = CLERK, **params: Any) -> list[str]:
        return [row["subject"] for row in self.letters(who, **params)["items"]]

    def tasks(self, who: Actor, **params: Any) -> list[tuple[str, str]]:
        """(kind, the letter's id) of what waits for somebody."""
        items = self.ask(who, MyTasks, **params)["items"]
        return [(item["kind"], item["letter"]["id"]) for item in items]

    def types(self, id: str, kind: str = "letter") -> list[str]:
        return [recorded.type for recorded in self.events(f"{kind}-{id}")]

    def begun(
        self, who: Actor = PLAN_OFFICER, kind: str = DocumentKind.EXTERNAL, **wish: Any
    ) -> str:
        """An empty draft's id."""
        self.clock.advance(minutes=1)
        id: str = self.send(who, DraftDocument, kind=kind, **wish)["id"]
        return id

    def drafted(
        self, who: Actor = PLAN_OFFICER, kind: str = DocumentKind.EXTERNAL, **wish: Any
    ) -> str:
        """A draft that lacks nothing."""
        id = self.begun(who, kind)
        self.do(who, SaveDraft, id, **draft(kind, **wish))
        return id

    def submitted(self, who: Actor = PLAN_OFFICER, **wish: Any) -> str:
        """A draft on the desk of the group's head."""
        id = self.drafted(who, **wish)
        self.do(who, SubmitDraft, id)
        return id

    def to_sign(self, **wish: Any) -> str:
        """A draft of the planning group on the director's desk."""
        id = self.submitted(**wish)
        self.do(PLAN_HEAD, EndorseDraft, id)
        self.do(DEPUTY, EndorseDraft, id)
        return id

    def sign(self, who: Actor, id: str) -> dict[str, Any]:
        self.clock.advance(minutes=1)
        return self.send(who, SignDocument, id=id, confirmation=self.confirmation(who, id))

    def confirmation(self, who: Actor, id: str, how: str = "password") -> str:
        """What `personnel` gives for a password."""
        confirmed = Confirmation(person=who.person, subject=id, how=how)
        return Signer(PRIVATE_KEY).confirm(confirmed, self.clock())

    def numbered(self, **wish: Any) -> str:
        """A document that the director signed, with its number."""
        id = self.to_sign(**wish)
        self.sign(DIRECTOR, id)
        return id

    def document(self, who: Actor, id: str) -> dict[str, Any]:
        return self.ask(who, GetDocument, id=id)

    def documents(self, who: Actor, **params: Any) -> dict[str, Any]:
        return self.ask(who, ListDocuments, **params)

    def desk(self, who: Actor) -> list[str]:
        """The documents that wait for somebody."""
        return [row["id"] for row in self.ask(who, MyDocuments)["items"]]


def draft(kind: str = DocumentKind.EXTERNAL, **wish: Any) -> dict[str, Any]:
    """The body of a SaveDraft that lacks nothing; `content` adds to the content."""
    form = FORMS[DocumentKind(kind)]
    content = {one.name: CONTENT.get(one.name, one.label) for one in form.fields if one.required}
    usual: dict[str, Any] = {
        "urgency": "normal",
        "deadline": None,
        "circular": False,
        "signatory": DIRECTOR.seats[0].post,
        "typist": None,
        "checker": None,
        "recipients": [],
    }
    return usual | wish | {"content": content | wish.get("content", {})}


CONTENT = {
    "subject": "ขอเชิญประชุมผู้บริหารสถานศึกษา",
    "salutation": "เรียน ผู้อำนวยการโรงเรียนตัวอย่าง",
    "body": "ด้วยสำนักงานจะจัดประชุมผู้บริหารสถานศึกษา จึงเรียนมาเพื่อเข้าร่วมประชุม",
    "closing": "ขอแสดงความนับถือ",
    "unit": "กลุ่มนโยบายและแผน",
}
LETTER: dict[str, Any] = {
    "reference": "ศธ 04001/ว 123",
    "dated": "2026-02-10",
    "sender": "สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน",
    "recipient": "ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา",
    "subject": "ขอเชิญประชุมผู้บริหารสถานศึกษาประจำเดือนกุมภาพันธ์",
}


@contextmanager
def opened(
    database_url: str, now: datetime = MONDAY, told: bool = False, **settings: Any
) -> Iterator[Office]:
    """An office on that database; `told` where it knows of its people already."""
    office = Office(database_url, now, told, **settings)
    try:
        yield office
    finally:
        office.close()
