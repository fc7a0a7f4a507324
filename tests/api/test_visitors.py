"""How long the gateway remembers who a session's secret belongs to."""

from datetime import datetime
from typing import Any

from gateway.visitors import Sessions
from infra.clock import BANGKOK, SettableClock
from infra.identity import Actor, Signer
from tests.harness import PRIVATE_KEY, PUBLIC_KEY

SECRET = "a session secret that is long enough"


class Personnel:
    """Answers Authenticate, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.clock = SettableClock(datetime(2026, 2, 16, 23, 59, 50, tzinfo=BANGKOK))

    def call(self, contract: Any, body: dict[str, Any], **context: Any) -> dict[str, Any]:
        self.asked += 1
        actor = Actor(person=f"asked {self.asked}", organisation="office")
        return {"token": Signer(PRIVATE_KEY).sign(actor, self.clock())}


def test_seats_of_yesterday_are_not_remembered_beyond_midnight() -> None:
    personnel = Personnel()
    sessions = Sessions(personnel, PUBLIC_KEY, personnel.clock)
    found = []
    for seconds in (0, 9, 1, 29, 1):
        personnel.clock.advance(seconds=seconds)
        found.append(sessions.visitor(SECRET, None, by_cookie=True).actor.person)
    assert found == ["asked 1", "asked 1", "asked 2", "asked 2", "asked 3"]
