"""By which documents a received letter was answered (ข้อ 39), and whether one may draft an answer."""

import re
from typing import Any

from gateway import sessions
from infra.errors import Problem
from infra.identity import Actor, Role
from services.correspondence.contract import GetDocument, ListDocuments

_REFERENCE = re.compile(r"หนังสือที่ (.+) ลงวันที่ ")
_WRITES_NOTHING = (Role.AUDITOR, Role.ADMINISTRATOR)
_MOST = 20


def answers(letter: dict[str, Any]) -> list[dict[str, Any]]:
    """The answering documents that the visitor may read, as `GetDocument` tells them."""
    references = dict.fromkeys(_REFERENCE.findall(letter["answered"]))
    return [found for one in references if (found := _answer(letter["id"], one))]


def _answer(letter: str, reference: str) -> dict[str, Any] | None:
    try:
        rows = sessions.ask(ListDocuments, q=reference[:200], numbered=True, limit=_MOST)["items"]
        for row in rows:
            if row["reference"] == reference:
                found = sessions.ask(GetDocument, id=row["id"])
                if found["reply_to"] and found["reply_to"]["id"] == letter:
                    return found
    except Problem:
        return None  # the letter can be read without
    return None


def may_answer(actor: Actor, letter: dict[str, Any]) -> bool:
    """Whether the visitor may draft an answer: classified letters are not answered here."""
    writes = any(seat.role not in _WRITES_NOTHING for seat in actor.seats)
    return writes and letter["secrecy"] == "none" and letter["state"] != "cancelled"
