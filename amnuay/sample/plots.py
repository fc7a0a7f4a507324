"""What happens to the sample's letters: 200 plots over two calendar years, step by step.

Plots are plain data, the same for the same day; `stage` plays them.
"""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from amnuay.sample import office_hours, people
from infra import thai
from infra.clock import BANGKOK, bangkok_date

_DATA = tomllib.loads((Path(__file__).parent / "letters.toml").read_text("utf-8"))
_SUBJECTS: list[dict[str, Any]] = _DATA["subjects"]
_SENDERS: dict[str, dict[str, str]] = _DATA["senders"]
_WORDS: dict[str, list[str]] = _DATA["words"]
_SEED = 25695

COUNT = 200
RECENT = timedelta(days=35)


class Verb(StrEnum):
    """A step of W1 (domain/workflows)."""

    REGISTER = "register"
    PROPOSE = "propose"
    ENDORSE = "endorse"
    ORDER = "order"
    RECEIVE = "receive"  # by a group
    RETURN = "return"
    ASSIGN = "assign"
    ACKNOWLEDGE = "acknowledge"
    PROGRESS = "progress"
    REPORT = "report"
    CLOSE = "close"
    CANCEL = "cancel"
    FORWARD = "forward"


@dataclass(frozen=True, kw_only=True)
class Step:
    """`who` (a person's key) does `verb` at `at`; `group` is a group's key, `due` a date."""

    at: datetime
    who: str
    verb: Verb
    text: str = ""
    group: str | None = None
    groups: tuple[str, ...] = ()
    officer: str | None = None
    due: date | None = None


@dataclass(frozen=True, kw_only=True)
class Plot:
    """One letter and all that happens to it."""

    sender: str
    reference: str
    dated: date
    subject: str
    urgency: str
    secrecy: str | None = None
    school: int | None = None
    attached: bool = False
    deadline: datetime | None = None
    defect: str = ""
    steps: list[Step] = field(default_factory=list)


class Fate(StrEnum):
    """How far a letter gets."""

    REGISTERED = "registered"
    PROPOSED = "proposed"
    ENDORSED = "endorsed"
    ORDERED = "ordered"
    RECEIVED = "received"
    RETURNED = "returned"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    OVERDUE = "overdue"
    REPORTED = "reported"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    FORWARDED = "forwarded"


# The fates of the recent letters, oldest first.
_RECENT_FATES = [
    *[Fate.OVERDUE] * 7,
    *[Fate.CLOSED] * 6,
    *[Fate.IN_PROGRESS] * 8,
    *[Fate.REPORTED] * 4,
    *[Fate.CANCELLED, Fate.FORWARDED],
    *[Fate.ASSIGNED] * 5,
    *[Fate.RETURNED] * 3,
    *[Fate.RECEIVED] * 5,
    *[Fate.ORDERED] * 6,
    *[Fate.ENDORSED] * 5,
    *[Fate.PROPOSED] * 5,
    *[Fate.REGISTERED] * 5,
]
_PAST = COUNT - len(_RECENT_FATES)


def plots(now: datetime) -> list[Plot]:
    """The plots of an office whose present is `now`, in the order of registration."""
    luck = random.Random(_SEED)
    today = now.astimezone(BANGKOK).date()
    recent = today - RECENT
    first_year = (recent - timedelta(days=30)).year - 1
    past = office_hours.open_days(date(first_year, 1, 2), recent - timedelta(days=1))
    lately = office_hours.open_days(recent, today - timedelta(days=1))
    days = sorted(luck.choices(past, k=_PAST))
    days += _spread(lately, len(_RECENT_FATES))
    fates = [_past_fate(luck) for _ in range(_PAST)] + _RECENT_FATES
    subjects = _subjects(luck)
    found: list[Plot] = []
    before = office_hours.at(days[0], 8, 30)
    for index, (day, fate) in enumerate(zip(days, fates, strict=True)):
        minutes = luck.randrange(6, 40)
        opens = office_hours.at(day, 8, 30, luck.randrange(60))
        registered = office_hours.later(max(opens, before), minutes)
        before = registered
        writer = _Writer(luck, now, registered, fate, next(subjects), secrecy=_secrecy(index))
        found.append(writer.plot())
    _repeat(found)
    return found


def _spread(days: list[date], count: int) -> list[date]:
    return [days[index * len(days) // count] for index in range(count)]


def _past_fate(luck: random.Random) -> Fate:
    return luck.choices([Fate.CLOSED, Fate.CANCELLED, Fate.FORWARDED, Fate.OVERDUE], [60, 2, 2, 1])[
        0
    ]


def _secrecy(index: int) -> str | None:
    return {90: "secret", 150: "very_secret", _PAST + 20: "secret"}.get(index)


def _subjects(luck: random.Random) -> Iterator[dict[str, Any]]:
    while True:
        yield from luck.sample(_SUBJECTS, len(_SUBJECTS))


def _repeat(found: list[Plot]) -> None:
    """Let one letter come twice (the same ที่, ลงวันที่ and จาก), as happens with paper and e-mail."""
    twice = next(n for n, plot in enumerate(found) if n > 20 and plot.reference)
    copy = next(
        n for n, plot in enumerate(found) if n > twice and plot.steps[-1].verb is Verb.CANCEL
    )
    original = found[twice]
    found[copy] = Plot(
        sender=original.sender,
        reference=original.reference,
        dated=original.dated,
        subject=original.subject,
        urgency=original.urgency,
        school=original.school,
        steps=found[copy].steps,
    )


class _Writer:
    """Writes one plot: the steps follow one another in office hours, and none is after `now`."""

    def __init__(
        self,
        luck: random.Random,
        now: datetime,
        registered: datetime,
        fate: Fate,
        subject: dict[str, Any],
        secrecy: str | None,
    ) -> None:
        self._luck, self._now, self._at, self._fate = luck, now, registered, fate
        self._given, self._secrecy = subject, secrecy
        self._lead: str = subject["lead"]
        self._groups: tuple[str, ...] = (self._lead, *subject.get("with", ()))
        self._steps: list[Step] = []
        self._inform = bool(subject.get("inform")) and fate is Fate.CLOSED

    def plot(self) -> Plot:
        registered = self._at
        clerk = "registrar" if self._secrecy else "clerk"
        self._add(clerk, Verb.REGISTER, wait=0)
        if not self._secrecy:
            self._live()
        day = registered.date()
        dated = day - timedelta(days=self._luck.randrange(1, 9))
        school = self._luck.randrange(1, 103) if self._given["from"] == "school" else None
        sender = _SENDERS[self._given["from"]]
        number = self._luck.randrange(12, 4200) if school is None else self._luck.randrange(2, 190)
        urgency: str = self._given.get("urgency", "normal")
        return Plot(
            sender=people.school_name(school) if school else sender["name"],
            reference=sender["ref"].format(n=number, school=f"{school or 0:03}"),
            dated=dated,
            subject=_fill(self._given["text"], dated, self._luck),
            urgency=urgency,
            secrecy=self._secrecy,
            school=school,
            attached=self._luck.random() < 0.45 or registered > self._now - RECENT,
            deadline=_deadline(registered) if urgency == "most_urgent" else None,
            defect=self._pick("defects") if self._luck.random() < 0.04 else "",
            steps=[step for step in self._steps if step.at <= self._now],
        )

    def _live(self) -> None:
        if self._fate is Fate.REGISTERED:
            return
        if self._fate is Fate.CANCELLED:
            return self._add("clerk", Verb.CANCEL, "cancellations", wait=200)
        if self._fate is Fate.FORWARDED:
            return self._add("clerk", Verb.FORWARD, "forwards", wait=60)
        self._add(
            "clerk", Verb.PROPOSE, "proposals_inform" if self._inform else "proposals", wait=90
        )
        if self._fate is Fate.PROPOSED:
            return
        self._add(
            self._luck.choice(["deputy", "deputy", "deputy2"]), Verb.ENDORSE, "opinions", wait=150
        )
        if self._fate is Fate.ENDORSED:
            return
        self._order()

    def _order(self) -> None:
        self._wait(240)
        today = bangkok_date(self._now)
        chief = people.chief_on(self._at.date(), today)
        if self._inform:
            words = self._luck.choice(["orders_inform", "orders_file"])
            return self._step(chief, Verb.ORDER, words)
        due = self._at.date() + timedelta(days=self._given.get("days", 7))
        if self._fate is Fate.OVERDUE:
            due = self._at.date() + timedelta(days=5)
        elif self._at > self._now - RECENT and self._fate is not Fate.CLOSED:
            due = max(due, today + timedelta(days=self._luck.randrange(0, 12)))
        self._step(chief, Verb.ORDER, "orders", groups=self._groups, due=due)
        if self._fate is Fate.ORDERED:
            return
        if self._fate is Fate.RETURNED:
            clerk = people.clerk_of(self._lead)
            return self._add(clerk, Verb.RETURN, "returns", wait=200, group=self._lead)
        ordered = self._at
        for group in self._groups:
            self._at = ordered
            self._in_group(group, due)

    def _in_group(self, group: str, due: date) -> None:
        head, clerk, officer = (
            people.head_of(group),
            people.clerk_of(group),
            people.officer_of(group),
        )
        self._add(clerk, Verb.RECEIVE, wait=120, group=group)
        if self._fate is Fate.RECEIVED:
            return
        self._add(head, Verb.ASSIGN, "assignments", wait=200, group=group, officer=officer, due=due)
        if self._fate is Fate.ASSIGNED:
            return
        self._add(officer, Verb.ACKNOWLEDGE, wait=200, group=group)
        self._add(officer, Verb.PROGRESS, "progress", wait=700, group=group)
        open_lead = self._fate in (Fate.IN_PROGRESS, Fate.OVERDUE) and group == self._lead
        if open_lead:
            return
        self._add(officer, Verb.REPORT, "results", wait=900, group=group)
        if self._fate is Fate.REPORTED and group == self._lead:
            return
        self._add(head, Verb.CLOSE, wait=300, group=group)

    def _add(self, who: str, verb: Verb, words: str = "", *, wait: int, **more: Any) -> None:
        if wait:
            self._wait(wait)
        self._step(who, verb, words, **more)

    def _step(self, who: str, verb: Verb, words: str = "", **more: Any) -> None:
        text = self._pick(words) if words else ""
        self._steps.append(Step(at=self._at, who=who, verb=verb, text=text, **more))

    def _wait(self, minutes: int) -> None:
        self._at = office_hours.later(self._at, minutes * self._luck.uniform(0.4, 1.3))

    def _pick(self, words: str) -> str:
        return self._luck.choice(_WORDS[words]).format(lead=people.GROUPS[self._lead])


def _fill(text: str, day: date, luck: random.Random) -> str:
    return text.format(
        month=thai.MONTHS[day.month - 1],
        year=day.year + thai.ERA,
        fiscal=day.year + thai.ERA + (day.month >= 10),
        semester=1 if 5 <= day.month <= 10 else 2,
        n=luck.randrange(1, 13),
    )


def _deadline(registered: datetime) -> datetime:
    return office_hours.later(registered, 480)


def timeline(found: list[Plot]) -> Iterator[tuple[int, Plot, Step]]:
    """Every step of every plot, in the order in which they happen, each with its plot's place."""
    steps = [
        (step.at, index, n) for index, plot in enumerate(found) for n, step in enumerate(plot.steps)
    ]
    for _, index, n in sorted(steps):
        yield index, found[index], found[index].steps[n]
