"""People at work through the gateway's JSON API, who remember what they were answered.

What gets no answer is sent again, with the same Idempotency-Key, until it has one.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from typing import Any

import msgspec

from infra.clock import BANGKOK, bangkok_date, fiscal_year, system_clock
from infra.ids import new_id
from tests.api.letters import LETTER
from tests.api.office import Known
from tests.api.server import Server

STUBBORN = 120.0  # seconds for which a command is sent again and again
PAUSE = 0.3  # seconds before it is sent again


@dataclass
class Sent:
    """A command, the events that it records where it is carried out, and how it was answered.

    `events` is empty where it must be refused. `mark` is found in what it wrote, if it wrote any.
    """

    who: str
    path: str
    events: tuple[str, ...]
    key: str
    mark: str | None
    status: int = 0
    answer: dict[str, Any] = field(default_factory=dict)
    tries: int = 0
    seconds: float = 0.0

    @property
    def done(self) -> bool:
        return self.status in (200, 201)


@dataclass
class Ledger:
    """What all clients have sent, in the order of the answers, and what they had to see meanwhile."""

    sent: list[Sent] = field(default_factory=list)
    unanswered: list[Sent] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0  # seconds that one request took
    notes: list[str] = field(default_factory=list)
    afterwards: list[Callable[[], None]] = field(default_factory=list)  # before it is audited

    def done(self) -> list[Sent]:
        return [one for one in self.sent if one.done]

    def refused(self) -> list[Sent]:
        return [one for one in self.sent if not one.done]


_PEOPLE = (
    *("clerk", "deputy", "director", "groupclerk", "head", "officer", "centralhead"),
    "school",
)


class _Unanswered(Exception):
    """Nobody answers, for longer than anybody would ask."""


class _Wrong(Exception):
    """The answer is none that this command may get."""


class Driver:
    """`clients` at work, from `start` to `stop`; what they begin they finish as far as it is answered."""

    def __init__(self, gateway: Server, known: Known, ledger: Ledger, clients: int = 4) -> None:
        self._gateway, self._known, self.ledger = gateway, known, ledger
        self._clients = [_Client(self, number) for number in range(clients)]
        self._threads: list[threading.Thread] = []
        self._stopped = threading.Event()
        self.set: str = ""

    def prepare(self) -> None:
        """Log everybody in, and make what the clients work with: a room and an indicator each."""
        for who in _PEOPLE:
            self._gateway.token(who)
        offered = self._gateway.ask("GET", "/api/standard-sets", who="centralhead")[2]["offered"]
        adopted = {"code": offered[0]["code"], "first_fiscal_year": fiscal_year(system_clock())}
        self.set = self.send("centralhead", "/api/standard-sets", adopted, "StandardSetAdopted")[
            "id"
        ]
        for client in self._clients:
            client.prepare()

    def start(self) -> None:
        self._stopped.clear()
        self._threads = [threading.Thread(target=client.work) for client in self._clients]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(2 * STUBBORN)
            assert not thread.is_alive(), "a client hangs"

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    def wait_for(self, more: int, seconds: float = 90.0) -> None:
        """Until so many more commands are answered."""
        wanted, deadline = len(self.ledger.sent) + more, time.monotonic() + seconds
        while len(self.ledger.sent) < wanted:
            assert time.monotonic() < deadline, "the house does not go on"
            time.sleep(0.05)

    def send(
        self, who: str, path: str, body: dict[str, Any], *events: str, refused: tuple[int, ...] = ()
    ) -> dict[str, Any]:
        """Have it carried out, once, or `refused`. Raises where nobody answers for too long."""
        mark = next(
            (v for v in body.values() if isinstance(v, str) and v.startswith("mark-")), None
        )
        sent = Sent(who, path, events, new_id(), mark and mark.split()[0])
        started = time.monotonic()
        while True:
            sent.tries += 1
            status, answer = self._ask(sent, body)
            if status not in (0, 503):
                break
            if time.monotonic() - started > STUBBORN:
                self.ledger.unanswered.append(sent)
                raise _Unanswered(path)
            time.sleep(PAUSE)
        sent.status, sent.answer, sent.seconds = status, answer, time.monotonic() - started
        self.ledger.sent.append(sent)
        if status not in (refused or (200, 201)):
            got = f"{status} {answer.get('type')}, {answer.get('detail')}"
            self.ledger.complaints.append(f"{path} of {who}: {got} at try {sent.tries}")
            raise _Wrong(self.ledger.complaints[-1])
        return answer

    def upload(self, who: str) -> str:
        """A file of theirs, for any number of commands; its id."""
        connection = HTTPConnection("127.0.0.1", self._gateway.port, timeout=30)
        with closing(connection):
            headers = {"Authorization": f"Bearer {self._gateway.token(who)}"}
            connection.request("POST", "/api/uploads?name=paper.txt", b"paper", headers)
            id: str = msgspec.json.decode(connection.getresponse().read())["id"]
        return id

    def arrived(self, who: str, subject: str) -> str | None:
        """The letter in their tray, once it is there; None where nobody waits for it any longer."""
        started = time.monotonic()
        while not self.stopped and time.monotonic() - started < STUBBORN:
            with suppress(OSError, HTTPException):
                status, _, page = self._gateway.ask("GET", "/api/arrivals?limit=200", who=who)
                for row in page["items"] if status == 200 else ():
                    if row["subject"] == subject:
                        return str(row["id"])
            time.sleep(PAUSE)
        return None

    def _ask(self, sent: Sent, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        key, started = {"Idempotency-Key": sent.key}, time.monotonic()
        try:
            status, headers, answer = self._gateway.ask("POST", sent.path, body, sent.who, **key)
        except (OSError, HTTPException, AssertionError) as error:
            self.ledger.tally[type(error).__name__] += 1
            return 0, {}
        finally:
            self.ledger.slowest = max(self.ledger.slowest, time.monotonic() - started)
        self.ledger.tally[str(status)] += 1
        if status == 503 and "Retry-After" not in headers:
            self.ledger.complaints.append(f"{sent.path}: 503 without Retry-After")
        return status, answer


class _Client:
    """One who registers, orders, works, sends, books and reports."""

    def __init__(self, driver: Driver, number: int) -> None:
        self._driver, self._send = driver, driver.send
        self._known = driver._known
        self._rng = random.Random(number)
        self._number = number
        self._slots = 0
        tomorrow = system_clock().astimezone(BANGKOK) + timedelta(days=1)
        self._first = tomorrow.replace(minute=0, second=0, microsecond=0)
        self._room = self._indicator = self._paper = ""

    def prepare(self) -> None:
        room = {"name": f"mark-room{self._number}", "capacity": 20}
        self._room = self._send("clerk", "/api/rooms", room, "RoomAdded")["id"]
        self._paper = self._driver.upload("clerk")
        named = {"standard_set": self._driver.set, "standard": 1, "name": _mark()}
        named["code"] = f"{self._number}"
        made = self._send("centralhead", "/api/indicators", named, "IndicatorNamed")
        self._indicator = f"/api/indicators/{made['id']}"
        owner = {"owner": self._known.people["officer"], "group": self._known.groups["plan"]}
        self._send("centralhead", f"{self._indicator}/assignments", owner, "IndicatorAssigned")

    def work(self) -> None:
        jobs = (self._letter, self._letter, self._circular, self._booking, self._report)
        while not self._driver.stopped:
            with suppress(_Wrong, _Unanswered):
                self._rng.choice(jobs)()

    def _letter(self) -> None:
        send, group = self._send, self._known.groups["plan"]
        new = LETTER | {"subject": _mark()}
        letter = f"/api/letters/{send('clerk', '/api/letters', new, 'LetterReceived')['id']}"
        if self._rng.random() < 0.15:
            gone = {"reason": _mark()}
            send("clerk", f"{letter}/cancellation", gone, "RegistrationCancelled")
            return
        send("clerk", f"{letter}/proposals", {"text": _mark()}, "LetterProposed")
        if self._rng.random() < 0.3:
            send("clerk", f"{letter}/proposals", {"text": _mark()}, refused=(409,))
        send("deputy", f"{letter}/endorsements", {"text": _mark()}, "LetterEndorsed")
        if self._rng.random() < 0.3:
            body = {"kind": "act", "text": _mark(), "lead": group}
            send("officer", f"{letter}/orders", body, refused=(403, 404))
        order = {"kind": "act", "text": _mark(), "lead": group}
        send("director", f"{letter}/orders", order, "LetterOrdered")
        if self._driver.stopped:
            return
        part = f"{letter}/groups/{group}"
        send("groupclerk", f"{part}/receipts", {}, "LetterReceivedByGroup")
        assigned = {"officer": self._known.people["officer"], "text": _mark()}
        send("head", f"{part}/assignments", assigned, "LetterAssigned")
        send("officer", f"{part}/acknowledgements", {}, "LetterAcknowledged")
        send("officer", f"{part}/results", {"text": _mark()}, "ResultReported")
        send("head", f"{part}/closure", {"text": _mark()}, "GroupWorkClosed", "LetterClosed")

    def _circular(self) -> None:
        """Sent to a school, and registered there as soon as it lies in the tray."""
        subject = f"เวียน {new_id()}"
        paper = {
            "kind": "external",
            "dated": bangkok_date(system_clock()).isoformat(),
            "recipient": "โรงเรียนในสังกัด",
            "subject": subject,
            "signer": _mark(),
            "uploads": [self._paper],
        }
        numbered = ("DocumentRecorded", "DocumentSigned", "DocumentNumbered")
        made = self._send("clerk", "/api/documents/papers", paper, *numbered)
        school = {"organisation": self._known.organisations["school"], "channel": "system"}
        to = {"recipients": [school | {"name": "ผู้อำนวยการโรงเรียน"}]}
        self._send("clerk", f"/api/documents/{made['id']}/sendings", to, "LetterSent")
        arrival = self._driver.arrived("school", subject)
        if arrival is not None:
            taken = ("ArrivalRegistered", "LetterReceived")
            note = {"note": _mark()}
            self._send("school", f"/api/arrivals/{arrival}/registration", note, *taken)

    def _booking(self) -> None:
        starts = self._first + timedelta(hours=self._slots % 9000)
        self._slots += 1
        wish = {
            "room": self._room,
            "starts": _iso(starts),
            "ends": _iso(starts + timedelta(hours=1)),
            "purpose": _mark(),
            "attendees": 10,
        }
        asked = self._send("officer", "/api/bookings", wish, "TimeAsked", "BookingRequested")
        booking = f"/api/bookings/{asked['id']}"
        given = ("TimeTaken", "BookingConfirmed")
        self._send("centralhead", f"{booking}/confirmation", {"note": _mark()}, *given)
        if self._rng.random() < 0.4:
            self._send("officer", "/api/bookings", wish | {"purpose": _mark()}, refused=(409,))

    def _report(self) -> None:
        when = {"fiscal_year": fiscal_year(system_clock()), "round": 6}
        report = when | {"result": _mark()}
        self._send("officer", f"{self._indicator}/reports", report, "IndicatorReported")
        if self._rng.random() < 0.5:
            back = when | {"reason": _mark()}
            self._send("centralhead", f"{self._indicator}/report-returns", back, "ReportReturned")
        if self._rng.random() < 0.3:
            wrong = report | {"result": _mark(), "round": 7}
            self._send("officer", f"{self._indicator}/reports", wrong, refused=(422,))


def _mark() -> str:
    return f"mark-{new_id()}"


def _iso(moment: datetime) -> str:
    return moment.isoformat()
