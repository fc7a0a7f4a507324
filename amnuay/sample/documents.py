"""The documents that the sample office makes: drafts, in review, to be signed, numbered, sent, void."""

import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from amnuay.sample import office_hours, papers, people
from amnuay.sample.services import Services
from infra.clock import bangkok_date
from infra.identity import Actor
from services.correspondence import contract as letters

As = Callable[[str], Actor]
Act = tuple[datetime, str, Callable[[], None]]

_DATA = tomllib.loads((Path(__file__).parent / "documents.toml").read_text("utf-8"))
_CHOSEN = {
    "circulars_apart": True,
    "certificates_apart": True,
    "numbering": "on_signing",
    "group_head": True,
    "deputy": True,
    "unreceived_days": 3,
}
# What happens on the way to each fate; `deputy` passes it on where the route has that desk.
_WAYS = {
    "draft": (),
    "in_review": ("submit",),
    "returned": ("submit", "return"),
    "to_sign": ("submit", "endorse", "deputy"),
    "numbered": ("submit", "endorse", "deputy", "sign"),
    "sent": ("submit", "endorse", "deputy", "sign", "dispatch"),
    "cancelled": ("submit", "endorse", "deputy", "sign", "cancel"),
}


def acts(services: Services, now: datetime, by: As, schools: list[str]) -> Iterator[Act]:
    """What is done when; none of it after `now`."""
    begins = now - timedelta(days=45)
    chosen = _CHOSEN | _DATA["policy"]

    def choose() -> None:
        services.send(by("director"), letters.SetDocumentPolicy, **chosen)

    yield begins, "correspondence", choose
    today = bangkok_date(now)
    days = office_hours.open_days(today - timedelta(days=40), today - timedelta(days=1))
    for place, one in enumerate(_DATA["documents"]):
        at = office_hours.at(days[-one["ago"]], 9, 10 + place)
        yield from _Writing(services, by, one, schools).acts(at)
    yield from _from_outside(services, by, office_hours.at(days[-3], 10))


class _Writing:
    """One document, from its first word to its fate."""

    def __init__(self, services: Services, by: As, one: dict[str, Any], schools: list[str]) -> None:
        self._services, self._by, self._one, self._schools = services, by, one, schools
        self._drafter = one["who"]
        self._head = people.head_of(one["who"].split(".")[0])
        self._id = ""

    def acts(self, at: datetime) -> Iterator[Act]:
        steps = ("begin", *_WAYS[self._one["fate"]])
        for place, step in enumerate(steps):
            moment = at + timedelta(minutes=23 * place)
            yield moment, "correspondence", getattr(self, f"_{step}")
        if self._one["fate"] == "sent":
            yield at + timedelta(minutes=150), "correspondence", self._receive

    def _send(self, who: str, contract: Any, **body: Any) -> dict[str, Any]:
        return self._services.send(self._by(who), contract, id=self._id, **body)

    def _begin(self) -> None:
        actor, one = self._by(self._drafter), self._one
        begun = self._services.send(actor, letters.DraftDocument, kind=one["kind"])
        self._id = begun["id"]
        found = self._services.ask(actor, letters.GetDocument, id=self._id)
        content = {name: text.strip() for name, text in one["content"].items()}
        self._send(
            self._drafter,
            letters.SaveDraft,
            content=content,
            urgency=one.get("urgency", "normal"),
            deadline=None,
            circular=one.get("circular", False),
            signatory=found["signatory"],
            typist=actor.person,
            checker=None,
            recipients=self._recipients(),
        )

    def _recipients(self) -> list[dict[str, Any]]:
        """The first so many schools, all of them on the system."""
        wanted = self._one.get("schools", 0)
        named = [people.school_name(number) for number in range(1, wanted + 1)]
        return [
            {"organisation": id, "name": name, "channel": "system"}
            for id, name in zip(self._schools, named, strict=False)
        ]

    def _submit(self) -> None:
        self._send(self._drafter, letters.SubmitDraft, text="เพื่อโปรดพิจารณา")

    def _endorse(self) -> None:
        self._send(self._head, letters.EndorseDraft, text="ตรวจแล้วถูกต้อง")

    def _deputy(self) -> None:
        self._send("deputy", letters.EndorseDraft, text="เห็นควรลงนาม")

    def _return(self) -> None:
        said = _DATA["remarks"]
        remark = {"field": "body", "quote": said["quote"], "text": said["remark"]}
        self._send(self._head, letters.ReturnDraft, text=said["text"], comments=[remark])

    def _sign(self) -> None:
        director = self._by("director")
        confirmation = self._services.confirmation(director, self._id)
        self._send("director", letters.SignDocument, confirmation=confirmation)

    def _dispatch(self) -> None:
        self._send(self._drafter, letters.SendDocument)

    def _cancel(self) -> None:
        reason = "วันที่ในหนังสือคลาดเคลื่อน จะออกหนังสือฉบับใหม่แทน"
        self._send("director", letters.CancelNumber, reason=reason)

    def _receive(self) -> None:
        """The first school, which is at work in the sample, enters what has come into its register."""
        clerk = self._by("school")
        waiting = self._services.ask(clerk, letters.ListArrivals)["items"]
        for one in waiting[:1]:
            self._services.send(clerk, letters.RegisterArrival, id=one["id"])


def _from_outside(services: Services, by: As, at: datetime) -> Iterator[Act]:
    """One that was signed by hand, recorded with its scan."""
    subject = "รายงานข้อมูลจำนวนนักเรียนรายโรงเรียน"
    recipient = "ศึกษาธิการจังหวัดเชียงใหม่"

    def record() -> None:
        clerk = by("clerk")
        day = bangkok_date(services.clock())
        paper = {
            "sender": people.OFFICE,
            "reference": "ศธ 04999/(ตัวอย่าง)",
            "dated": day,
            "subject": subject,
            "urgency": None,
        }
        scan = services.upload(papers.letter_pdf(paper, recipient), f"{subject}.pdf", clerk.person)
        services.send(
            clerk,
            letters.RecordDocument,
            kind="external",
            dated=day.isoformat(),
            recipient=recipient,
            subject=subject,
            signer="นายธีรเดช วงศ์ตะวันธรรม",
            signature=[f"ผู้อำนวยการ{people.OFFICE}"],
            uploads=[scan],
        )

    yield at, "correspondence", record
