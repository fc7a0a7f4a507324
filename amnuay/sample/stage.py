"""Loading the sample office: its directory, letters, documents, rooms and standards, step by step in their time."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from amnuay.sample import circulars, documents, office_hours, papers, people, plots, things
from amnuay.sample.plots import Plot, Step, Verb
from amnuay.sample.services import COMMAND_LINE, Services
from infra.clock import Clock, bangkok_date, system_clock
from infra.settings import Settings
from services.correspondence import contract as letters
from services.correspondence.contract import OrderKind, Urgency
from services.notify.contract import MarkAllRead
from services.personnel import contract as personnel

Progress = Callable[[int, int, str], None]

URGENCY_THAI = {
    Urgency.URGENT: "ด่วน",
    Urgency.VERY_URGENT: "ด่วนมาก",
    Urgency.MOST_URGENT: "ด่วนที่สุด",
}
_WORDS = {
    "personnel": "บุคลากรของโรงเรียน",
    "correspondence": "หนังสือรับและหนังสือส่ง",
    "resources": "ห้องประชุม",
    "standards": "มาตรฐาน",
    "notify": "การแจ้งเตือน",
}
UNREAD_DAYS = 4  # older notifications have been read


def load(settings: Settings, progress: Progress, clock: Clock = system_clock) -> None:
    """Load the sample office into the empty databases of `settings`, as of now.

    `progress` is told how many steps of how many are done, and what is being done.
    """
    now = clock()
    found = plots.plots(now)
    opened = office_hours.at(found[0].steps[0].at.date(), 7)
    services = Services(settings, opened)
    try:
        _Stage(services, now, progress, found).play()
    finally:
        services.close()


class _Stage:
    def __init__(
        self, services: Services, now: datetime, progress: Progress, found: list[Plot]
    ) -> None:
        self._services, self._now, self._progress, self._plots = services, now, progress, found
        self._letters: dict[int, str] = {}

    def play(self) -> None:
        self._progress(0, 1, "บุคลากรและโรงเรียน")
        self._directory()
        acts = sorted(self._acts(), key=lambda act: act[0])
        for done, (at, source, act) in enumerate(acts, 1):
            self._services.clock.set(at)
            act()
            self._services.deliver(source)
            self._progress(done, len(acts), _WORDS[source])

    def _acts(self) -> Iterator[tuple[datetime, str, Callable[[], None]]]:
        """What is done when, and in which service."""
        for index, plot, step in plots.timeline(self._plots):
            yield step.at, "correspondence", _later(self._letter_step, index, plot, step)
        yield from documents.acts(self._services, self._now, self._as, self.schools)
        yield from circulars.acts(self._services, self._now, self._as, self.schools)
        yield from things.acts(self._services, self._now, self._as, self.group_ids)
        read = self._now - timedelta(days=UNREAD_DAYS)
        for person in people.PEOPLE:
            yield read, "notify", _later(self._read_all, person["key"])

    def _directory(self) -> None:
        send = self._services.send
        office = send(
            COMMAND_LINE,
            personnel.AddOrganisation,
            kind="office",
            code="99990000",
            name=people.OFFICE,
            short_name=people.SHORT,
        )["id"]
        self.schools = [
            send(COMMAND_LINE, personnel.AddOrganisation, kind="school", code=code, name=name)["id"]
            for code, name in people.schools()
        ]
        self.group_ids = {
            key: send(
                COMMAND_LINE,
                personnel.AddGroup,
                organisation=office,
                name=name,
                central=key == "central",
            )["id"]
            for key, name in people.GROUPS.items()
        }
        self.people: dict[str, str] = {}
        self.organisations: dict[str, str] = {}
        posts: dict[str, list[str]] = {}
        for one in people.PEOPLE:
            home = self.schools[one["school"] - 1] if "school" in one else office
            self._person(one, home, posts)
        self._acting(posts)
        self._services.deliver()

    def _person(self, one: dict[str, Any], home: str, posts: dict[str, list[str]]) -> None:
        send, key = self._services.send, one["key"]
        prefix, first, last = one["name"]
        id = send(
            COMMAND_LINE,
            personnel.AddPerson,
            organisation=home,
            prefix=prefix,
            first_name=first,
            last_name=last,
            email=f"{key}@amnuay.example",
        )["id"]
        self.people[key], self.organisations[key] = id, home
        began = date(bangkok_date(self._services.clock()).year - 1, 10, 1).isoformat()
        for post in one["posts"]:
            made = send(
                COMMAND_LINE,
                personnel.CreatePost,
                organisation=home,
                group=self.group_ids.get(post.get("group")),
                role=post["role"],
                title=post["title"],
            )["id"]
            posts.setdefault(key, []).append(made)
            send(COMMAND_LINE, personnel.FillPost, id=made, person=id, first_day=began)
        if "login" in one:
            send(
                COMMAND_LINE,
                personnel.OpenAccount,
                id=id,
                username=one["login"],
                password=f"sample-{one['login']}",
                must_change=False,
            )

    def _acting(self, posts: dict[str, list[str]]) -> None:
        first, last = people.acting_period(bangkok_date(self._now))
        self._services.send(
            COMMAND_LINE,
            personnel.AppointActing,
            id=posts["director"][0],
            person=self.people["deputy2"],
            own_post=posts["deputy2"][0],
            capacity="acting",
            first_day=first.isoformat(),
            last_day=last.isoformat(),
            order="คำสั่ง (ตัวอย่าง) ที่ 999",
        )

    def _as(self, key: str) -> Any:
        return self._services.actor(self.people[key], self.organisations[key])

    def _read_all(self, key: str) -> None:
        self._services.send(self._as(key), MarkAllRead)

    def _letter_step(self, index: int, plot: Plot, step: Step) -> None:
        if step.verb is Verb.REGISTER:
            self._letters[index] = self._register(plot, step)
            return
        command, body = _command(step)
        if step.group is not None:
            body["group"] = self.group_ids[step.group]
        if step.groups:
            lead, *supporting = (self.group_ids[key] for key in step.groups)
            body |= {"lead": lead, "supporting": supporting}
        if step.officer is not None:
            body["officer"] = self.people[step.officer]
        if step.due is not None and step.due >= bangkok_date(step.at):
            body["due"] = step.due.isoformat()
        self._services.send(self._as(step.who), command, id=self._letters[index], **body)

    def _register(self, plot: Plot, step: Step) -> str:
        actor = self._as(step.who)
        recipient = f"ผู้อำนวยการ{people.OFFICE}"
        uploads = []
        if plot.attached:
            paper = {
                "sender": plot.sender,
                "reference": plot.reference,
                "dated": plot.dated,
                "subject": plot.subject,
                "urgency": URGENCY_THAI.get(Urgency(plot.urgency)),
            }
            content = papers.letter_pdf(paper, recipient)
            uploads.append(self._services.upload(content, f"{plot.subject[:60]}.pdf", actor.person))
        answer = self._services.send(
            actor,
            letters.RegisterLetter,
            reference=plot.reference,
            dated=plot.dated.isoformat(),
            sender=plot.sender,
            recipient=recipient,
            subject=plot.subject,
            urgency=plot.urgency,
            secrecy=plot.secrecy or "none",
            deadline=plot.deadline.isoformat() if plot.deadline else None,
            channel="system" if plot.sender.startswith("สำนัก") else "paper",
            defect=plot.defect,
            uploads=uploads,
        )
        id: str = answer["id"]
        return id


def _command(step: Step) -> tuple[type[Any], dict[str, Any]]:
    """The command that a step stands for, with the text where that belongs."""
    match step.verb:
        case Verb.PROPOSE:
            return letters.ProposeLetter, {"text": step.text}
        case Verb.ENDORSE:
            return letters.EndorseLetter, {"text": step.text}
        case Verb.ORDER:
            quiet = OrderKind.FILE if step.text.endswith("เก็บ") else OrderKind.INFORM
            kind = OrderKind.ACT if step.groups else quiet
            return letters.OrderLetter, {"kind": kind.value, "text": step.text}
        case Verb.RECEIVE:
            return letters.ReceiveByGroup, {}
        case Verb.RETURN:
            return letters.ReturnByGroup, {"reason": step.text}
        case Verb.ASSIGN:
            return letters.AssignLetter, {"text": step.text}
        case Verb.ACKNOWLEDGE:
            return letters.AcknowledgeLetter, {}
        case Verb.PROGRESS:
            return letters.NoteProgress, {"text": step.text}
        case Verb.REPORT:
            return letters.ReportResult, {"text": step.text}
        case Verb.CLOSE:
            return letters.CloseGroupWork, {"text": step.text}
        case Verb.CANCEL:
            return letters.CancelRegistration, {"reason": step.text}
        case Verb.FORWARD:
            return letters.ForwardLetter, {"to": "หน่วยงานผู้รับตามจ่าหน้า", "reason": step.text}
    raise LookupError(step.verb)


def _later(act: Callable[..., None], *arguments: Any) -> Callable[[], None]:
    return lambda: act(*arguments)
