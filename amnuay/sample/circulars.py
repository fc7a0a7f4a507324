"""The sample's letters that go out: a circular to all schools with what has come back of it, others
under way, what waits in the trays of the office and of the sample school, lists, the mailbox's checks."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select

from amnuay.sample import office_hours, papers, people
from amnuay.sample.services import COMMAND_LINE, Services
from infra.clock import bangkok_date
from infra.eventstore.store import Work
from infra.identity import Actor
from services.correspondence import contract as letters
from services.correspondence.delivery import Delivery
from services.correspondence.mailbox import outbox, parsing, taking
from services.personnel import contract as personnel

As = Callable[[str], Actor]
Act = tuple[datetime, str, Callable[[], None]]

SOURCE = "correspondence"
ALL, SOME, FEW = 102, 40, 12  # schools that a circular goes to
REGISTERED, ANSWERED = 87, 6  # of the first circular's; one refuses it, the others wait
_SEED = 5102
_DUST = "มาตรการป้องกันฝุ่นละอองขนาดเล็ก (PM 2.5) ในสถานศึกษา และการรายงานผลการดำเนินงาน"
_SIGNER = "นายธีรเดช วงศ์ตะวันธรรม"
_MAYOR = {
    "name": "เทศบาลตำบลทุ่งเอื้อง (ตัวอย่าง)",
    "channel": "email",
    "address": "saraban@thungueang.example",
}
_HEALTH = {
    "name": "โรงพยาบาลส่งเสริมสุขภาพตำบล (ตัวอย่าง)",
    "channel": "email",
    "address": "saraban@health.example",
}
_DISTRICT = {"name": "ที่ว่าการอำเภอ (ตัวอย่าง)", "channel": "messenger", "address": ""}
_TEMPLE = {
    "name": "เจ้าอาวาสวัดทุ่งเอื้อง (ตัวอย่าง)",
    "channel": "post",
    "address": "99 หมู่ 1 ตำบลทุ่งเอื้อง (ตัวอย่าง)",
}
_NAMES = ("สุดารัตน์", "วราภรณ์", "กมลชนก", "ศิริพร", "อรทัย", "นงลักษณ์", "เบญจวรรณ", "จิราพร")


def acts(services: Services, now: datetime, by: As, schools: Sequence[str]) -> Iterator[Act]:
    """What is done, when and in which service; none of it after `now`. `schools` are their ids."""
    return _Circulars(services, now, by, schools).acts()


class _Circulars:
    def __init__(self, services: Services, now: datetime, by: As, schools: Sequence[str]) -> None:
        self._services, self._by, self._schools = services, by, schools
        today = bangkok_date(now)
        self._days = office_hours.open_days(today - timedelta(days=40), today - timedelta(days=1))
        self._luck = random.Random(_SEED)
        self._clerks: dict[int, tuple[str, str]] = {}  # person and school, by the school's number
        self._documents: dict[str, str] = {}

    def acts(self) -> Iterator[Act]:
        first = self._day(-12)
        yield office_hours.at(first, 8, 35), "personnel", self._staff
        yield office_hours.at(first, 9), SOURCE, self._keep
        yield from self._sent()
        yield from self._receipts(self._order())
        yield from self._checks()
        yield (
            self._at(-1, 13, 10),
            SOURCE,
            lambda: self._mail("ขอเชิญร่วมกิจกรรมวันเด็กแห่งชาติ", 13, True),
        )
        yield (
            self._at(-1, 16, 40),
            SOURCE,
            lambda: self._mail("ขอความอนุเคราะห์ข้อมูลนักเรียน", 16, False),
        )

    def _day(self, place: int) -> date:
        return self._days[place]

    def _at(self, place: int, hour: int, minute: int = 0) -> datetime:
        return office_hours.at(self._day(place), hour, minute)

    def _order(self) -> list[int]:
        """The other schools in the order in which they receive the first circular."""
        others = list(range(2, ALL + 1))
        self._luck.shuffle(others)
        return others

    def _staff(self) -> None:
        """A clerk for each school that has nobody yet."""
        send, began = self._services.send, date(self._day(-12).year - 1, 10, 1).isoformat()
        for number, school in enumerate(self._schools[1:], 2):
            name = _NAMES[number % len(_NAMES)]
            body = {"prefix": "นางสาว", "first_name": name, "last_name": f"ตัวอย่าง {number}"}
            person = send(COMMAND_LINE, personnel.AddPerson, organisation=school, **body)["id"]
            post = {"organisation": school, "role": "school_clerk", "title": "ครูธุรการ"}
            made = send(COMMAND_LINE, personnel.CreatePost, **post)["id"]
            send(COMMAND_LINE, personnel.FillPost, id=made, person=person, first_day=began)
            self._clerks[number] = (person, school)

    def _clerk(self, number: int) -> Actor:
        return self._by("school") if number == 1 else self._services.actor(*self._clerks[number])

    def _school(self, number: int) -> dict[str, Any]:
        return {
            "organisation": self._schools[number - 1],
            "name": people.school_name(number),
            "channel": "system",
        }

    def _keep(self) -> None:
        """The office's lists of recipients."""
        send, clerk = self._services.send, self._by("clerk")
        lists = {
            "อำเภอห้วยน้ำริน (ตัวอย่าง)": [self._school(number) for number in range(1, 35)],
            "โรงเรียนขนาดเล็ก": [self._school(number) for number in range(3, ALL, 3)],
            "กลุ่มเครือข่ายทุ่งเอื้อง": [self._school(number) for number in range(20, 32)],
            "หน่วยงานในพื้นที่": [_MAYOR, _HEALTH, _DISTRICT],
        }
        for name, members in lists.items():
            send(clerk, letters.KeepRecipientList, name=name, members=members)

    def _sent(self) -> Iterator[Act]:
        subjects = {
            "dust": _DUST,
            "meeting": "ขอเชิญประชุมผู้บริหารสถานศึกษาในสังกัด ประจำเดือน",
            "data": "การตรวจสอบข้อมูลนักเรียนรายบุคคล (DMC) ภาคเรียนที่ 2",
            "place": "ขอความอนุเคราะห์สถานที่จัดการแข่งขันทักษะทางวิชาการ",
        }
        schools = [self._school(number) for number in range(1, ALL + 1)]
        plan: list[tuple[str, datetime, str, list[dict[str, Any]]]] = [
            ("dust", self._at(-9, 10), "very_urgent", [*schools, _MAYOR]),
            ("place", self._at(-2, 11), "normal", [_DISTRICT, _TEMPLE]),
            ("meeting", self._at(-1, 14), "most_urgent", schools[:SOME]),
            ("data", self._at(-1, 15, 30), "normal", schools[:FEW]),
        ]
        for key, at, urgency, to in plan:
            yield at, SOURCE, self._later(self._send, key, subjects[key], at, urgency, to)
        yield self._at(-9, 10, 20), SOURCE, self._bounce

    def _send(
        self, key: str, subject: str, at: datetime, urgency: str, to: list[dict[str, Any]]
    ) -> None:
        clerk, many = self._by("clerk"), len(to) > 2
        recipient = "ผู้อำนวยการโรงเรียนในสังกัด" if many else "ผู้รับตามรายชื่อ"
        body = {"subject": subject, "urgency": urgency, "recipient": recipient, "circular": many}
        self._documents[key] = self._record(clerk, at, people.OFFICE, _SIGNER, **body)
        self._services.send(clerk, letters.SendDocument, id=self._documents[key], recipients=to)

    def _record(self, who: Actor, at: datetime, sender: str, signer: str, **body: Any) -> str:
        """A document signed on paper, numbered; its id."""
        paper = {"sender": sender, "reference": "(ตัวอย่าง)", "dated": at.date(), "urgency": None}
        content = papers.letter_pdf(paper | {"subject": body["subject"]}, body["recipient"])
        upload = self._services.upload(content, f"{body['subject'][:60]}.pdf", who.person)
        found: str = self._services.send(
            who,
            letters.RecordDocument,
            kind="external",
            dated=at.date().isoformat(),
            signer=signer,
            uploads=[upload],
            **body,
        )["id"]
        return found

    def _bounce(self) -> None:
        """The e-mail to the municipality comes back, twice."""
        reason = "550 5.1.1 ไม่มีที่อยู่อีเมลนี้ที่ปลายทาง"
        [row] = [one for one in self._deliveries("dust") if one["channel"] == "email"]

        def fail(work: Work) -> None:
            delivery = work.load(Delivery, row["id"])
            for _ in range(2):
                delivery.fail("", self._by("clerk").person, row["address"], reason)
            work.save(delivery)
            mail = select(outbox.mails.c.id).where(outbox.mails.c.delivery == row["id"])
            outbox.note_failed(work.connection, work.connection.execute(mail).scalar_one(), reason)

        self._runtime().execute(fail)

    def _deliveries(self, key: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._ask(
            self._by("clerk"), letters.ListDeliveries, id=self._documents[key]
        )["items"]
        return found

    def _receipts(self, order: list[int]) -> Iterator[Act]:
        """Who registers the first circular and when, who gives it back, answers, or is reminded."""
        at = self._at(-9, 10, 30)
        for place, number in enumerate([1, *order[: REGISTERED - 1]]):
            at = office_hours.later(at, self._luck.expovariate(1 / (6 if place < 50 else 45)))
            at = min(at, self._at(-2, 16) + timedelta(seconds=place))
            yield at, SOURCE, self._later(self._register, number)
        yield self._at(-8, 9), SOURCE, self._later(self._refuse, order[REGISTERED])
        yield self._at(-1, 9), SOURCE, self._remind
        for place, number in enumerate(order[:ANSWERED]):
            at = self._at(-1 if place % 2 else -2, 10, 10 * place)
            yield at, SOURCE, self._later(self._answer, number, at)
        yield self._at(-2, 15), SOURCE, self._take_answers
        for place, number in enumerate(range(3, 15)):
            yield self._at(-1, 14, 10 + 3 * place), SOURCE, self._later(self._register, number)

    def _waiting(self, clerk: Actor) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._ask(clerk, letters.ListArrivals)["items"]
        return found

    def _register(self, number: int) -> None:
        clerk = self._clerk(number)
        for arrival in self._waiting(clerk):
            self._services.send(clerk, letters.RegisterArrival, id=arrival["id"])

    def _refuse(self, number: int) -> None:
        clerk = self._clerk(number)
        arrival = next(one for one in self._waiting(clerk) if one["subject"] == _DUST)
        reason = "โรงเรียนรวมกับโรงเรียนหลักแล้ว กรุณาส่งถึงโรงเรียนหลัก (ตัวอย่าง)"
        self._services.send(clerk, letters.RefuseArrival, id=arrival["id"], reason=reason)

    def _remind(self) -> None:
        late = [
            one for one in self._deliveries("dust") if one["late"] and one["state"] == "delivered"
        ]
        body = {"id": self._documents["dust"], "deliveries": [one["id"] for one in late[::2]]}
        self._services.send(self._by("clerk"), letters.RemindRecipients, **body)

    def _answer(self, number: int, at: datetime) -> None:
        clerk, name = self._clerk(number), people.school_name(number)
        letter = self._ask(clerk, letters.ListLetters, q=_DUST, limit=1)["items"][0]
        subject = "รายงานผลการดำเนินงานป้องกันฝุ่นละอองขนาดเล็ก (PM 2.5)"
        body = {"subject": subject, "recipient": f"ผู้อำนวยการ{people.SHORT}"}
        answer = self._record(clerk, at, name, "ผู้อำนวยการโรงเรียน", reply_to=letter["id"], **body)
        office = self._by("clerk").organisation
        to = [{"organisation": office, "name": people.OFFICE, "channel": "system"}]
        self._services.send(clerk, letters.SendDocument, id=answer, recipients=to)

    def _take_answers(self) -> None:
        """The office registers the answers that have come; those of the next day wait."""
        clerk = self._by("clerk")
        for arrival in self._waiting(clerk):
            self._services.send(clerk, letters.RegisterArrival, id=arrival["id"])

    def _checks(self) -> Iterator[Act]:
        """The mailbox was looked into twice a working day, but for one afternoon."""
        for place in range(-5, 0):
            for hour in (9, 14):
                if (place, hour) != (-3, 14):
                    yield self._at(place, hour, 5), SOURCE, self._check

    def _check(self) -> None:
        self._services.send(self._by("clerk"), letters.CheckMailbox)

    def _mail(self, subject: str, hour: int, spam: bool) -> None:
        """An e-mail that came to the central mailbox."""
        message = EmailMessage()
        message["From"] = f"{_HEALTH['name']} <{_HEALTH['address']}>"
        message["Subject"], message["Message-ID"] = subject, f"<{hour}@health.example>"
        message.set_content("เรียน ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา\n\nขอส่งหนังสือตามไฟล์ที่แนบ")
        at = self._services.clock()
        paper: dict[str, Any] = {
            "sender": _HEALTH["name"],
            "reference": "ชม 99032/7",
            "urgency": None,
        }
        paper |= {"dated": at.date(), "subject": subject}
        content = papers.letter_pdf(paper, f"ผู้อำนวยการ{people.SHORT}")
        message.add_attachment(content, "application", "pdf", filename="หนังสือนำส่ง.pdf")
        place = taking.Place(twin=f"{hour}", spam=spam, at=at)
        post = parsing.parse(message.as_bytes())
        taking.take(self._runtime(), self._by("clerk").organisation, post, place)

    def _ask(self, who: Actor, contract: Any, **params: Any) -> dict[str, Any]:
        return self._services.ask(who, contract, **params)

    def _runtime(self) -> Any:
        return self._services.parts[SOURCE].instance({}).runtime

    @staticmethod
    def _later(act: Callable[..., None], *arguments: Any) -> Callable[[], None]:
        return lambda: act(*arguments)
