"""What a message needs to be understood is read before it is taken in, and it is acknowledged last."""

from typing import Any

import msgspec
import pytest

from infra.errors import Unavailable
from infra.messaging.service import _Intake

MESSAGE = {
    "source": "correspondence",
    "id": "1",
    "stream": "letter-1",
    "version": 1,
    "position": 1,
    "type": "LetterProposed",
    "schema": 1,
    "recorded_at": "2026-02-16T03:00:00+00:00",
    "organisation": "",
    "actor": "",
    "correlation_id": "",
    "causation_id": None,
    "data": "{}",
    "last": {},
}


class Noted:
    """Writes down what it is asked to do; `away` says that its source does not answer."""

    source = "noted"

    def __init__(self, name: str, book: list[str], away: bool = False) -> None:
        self.name, self.book, self.away = name, book, away

    def catch_up(self) -> None:
        if self.away:
            raise Unavailable
        self.book.append(f"{self.name} read")

    def receive(self, message: Any) -> None:
        self.book.append(f"{self.name} took in")

    @property
    def body(self) -> bytes:
        return msgspec.json.encode(MESSAGE)

    def ack(self) -> None:
        self.book.append("acknowledged")


def test_the_directory_is_read_before_the_letter() -> None:
    book: list[str] = []
    intake: Any = _Intake(Noted("letters", book), [Noted("directory", book)])  # type: ignore[arg-type, list-item]
    intake(Noted("message", book))
    assert book == ["directory read", "letters took in", "acknowledged"]


def test_while_the_directory_is_away_the_letter_waits() -> None:
    book: list[str] = []
    intake: Any = _Intake(Noted("letters", book), [Noted("directory", book, away=True)])  # type: ignore[arg-type, list-item]
    with pytest.raises(Unavailable):
        intake(Noted("message", book))
    assert book == []
