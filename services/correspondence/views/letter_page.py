"""One letter whole: its line in the register, its files, the chain of endorsements, its history."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from infra.clock import bangkok_date
from infra.eventstore.events import Recorded
from infra.thai import format_date
from services.correspondence.contract import (
    GroupWorkClosed,
    LetterAnswered,
    LetterAssigned,
    LetterEndorsed,
    LetterForwarded,
    LetterOrdered,
    LetterProposed,
    LetterReceived,
    LetterReturnedByGroup,
    LetterSentBack,
    ReportSentBack,
    ResultReported,
)
from services.correspondence.letter import Letter
from services.correspondence.rights import Reach
from services.correspondence.views.rows import letter_rows
from services.correspondence.views.summary import duplicates
from services.correspondence.views.tables import letters
from services.personnel.contract import directory

# What stands on the letter itself (เกษียน); the rest is history only.
_CHAIN = (
    LetterProposed,
    LetterEndorsed,
    LetterSentBack,
    LetterOrdered,
    LetterReturnedByGroup,
    LetterAssigned,
    ResultReported,
    ReportSentBack,
    GroupWorkClosed,
)


def letter_page(
    connection: Connection, reach: Reach, letter: Letter, stream: list[Recorded], now: datetime
) -> dict[str, Any]:
    """LetterAnswer without the actions."""
    found = connection.execute(select(letters).where(letters.c.id == letter.id)).all()
    [row] = letter_rows(connection, letter.organisation, found, now)
    names = directory.group_names(connection, letter.organisation)
    organisation = directory.organisation_of(connection, letter.organisation)
    history = [
        _step(recorded, names) | {"signature": _signature(connection, recorded)}
        for recorded in stream
    ]
    columns = letter.columns
    twins = (columns["reference"], columns["dated"], columns["sender"])
    return row | {
        "organisation_name": organisation.name if organisation else "",
        "arrival": next(
            (one.event.arrival for one in stream if isinstance(one.event, LetterReceived)), None
        ),
        "files": list(letter.files.values()),
        "chain": [
            step
            for step, recorded in zip(history, stream, strict=True)
            if isinstance(recorded.event, _CHAIN)
        ],
        "history": history,
        "duplicates": duplicates(connection, reach, *twins, but=letter.id),
    }


def _step(recorded: Recorded, names: dict[str, str]) -> dict[str, Any]:
    event: Any = recorded.event
    group = getattr(event, "group", None)
    return {
        "event": recorded.type,
        "version": recorded.version,
        "at": recorded.recorded_at,
        "actor": recorded.actor,
        "text": _text(event),
        "order": getattr(event, "kind", None),
        "group": group,
        "group_name": names.get(group or "", ""),
        "officer": getattr(event, "officer", None),
        "groups": [
            {"name": names.get(one.group, ""), "lead": one.lead}
            for one in getattr(event, "groups", ())
        ],
        "schools": getattr(event, "schools", False),
        "due": getattr(event, "due", None),
        "attachments": list(getattr(event, "attachments", ())),
        "number": getattr(event, "number", None),
    }


def _signature(connection: Connection, recorded: Recorded) -> list[str]:
    """The lines under the name: as recorded, or those of the officer's post in the group that day."""
    seat, group = getattr(recorded.event, "seat", None), getattr(recorded.event, "group", None)
    if seat is None and group is not None:
        day = bangkok_date(recorded.recorded_at)
        held = directory.holders(connection, day, person=recorded.actor, group=group)
        seat = held[0].seat if held else None
    return seat.signature() if seat else []


def _text(event: Any) -> str:
    if isinstance(event, LetterAnswered):
        return f"ส่งออกโดยหนังสือที่ {event.reference} ลงวันที่ {format_date(event.dated)}"
    if isinstance(event, LetterForwarded):
        return f"{event.to}: {event.reason}"
    return next(
        (getattr(event, name) for name in ("text", "reason", "how") if hasattr(event, name)), ""
    )
