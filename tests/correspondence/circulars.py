"""Letters that go out to many schools, as the tests of sending know them."""

from collections.abc import Sequence
from typing import Any

from infra.identity import Actor, Role
from services.correspondence.contract import (
    ListArrivals,
    ListDeliveries,
    RecordDocument,
    RegisterArrival,
    SendDocument,
)
from services.personnel.contract import OrganisationAdded, OrganisationKind
from tests.correspondence.office import CLERK, Office, actor, id_of

NUMBERED: dict[str, Any] = {
    "kind": "external",
    "circular": True,
    "dated": "2026-02-16",
    "recipient": "ผู้อำนวยการโรงเรียนในสังกัดทุกโรงเรียน",
    "subject": "แจ้งปฏิทินการรับนักเรียน",
    "signer": "นางสาวสมหญิง ใจดี",
}


def school(number: int) -> str:
    return id_of(f"school {number}")


def school_clerk(number: int) -> Actor:
    return actor(f"clerk of school {number}", Role.SCHOOL_CLERK, None, school(number))


def open_schools(office: Office, count: int) -> None:
    """So many schools, each with a clerk."""
    told = office.parts.subscribers["personnel"].position()  # by whomever
    for number in range(count):
        name = f"โรงเรียนบ้านที่ {number}"
        added = OrganisationAdded(
            kind=OrganisationKind.SCHOOL, parent=None, code=str(number), name=name, short_name=name
        )
        stream = f"organisation-{school(number)}"
        office.deliver("personnel", stream, added, position=None if number else told + 1)
        office.seat(school_clerk(number))


def on_system(number: int) -> dict[str, Any]:
    """A school as a recipient."""
    name = f"ผู้อำนวยการโรงเรียนบ้านที่ {number}"
    return {"organisation": school(number), "name": name, "channel": "system"}


def by(channel: str, name: str = "ห้างหุ้นส่วนจำกัดตัวอย่าง", address: str = "") -> dict[str, Any]:
    return {"name": name, "channel": channel, "address": address}


def numbered(office: Office, who: Actor = CLERK, **columns: Any) -> str:
    """A document with its number, not sent."""
    office.clock.advance(minutes=1)
    uploads = [office.upload(who, "หนังสือ.txt", b"circular"), office.upload(who, "แนบ.txt", b"form")]
    wish = NUMBERED | {"uploads": uploads} | columns
    id: str = office.send(who, RecordDocument, **wish)["id"]
    return id


def sent(
    office: Office, recipients: Sequence[dict[str, Any]], who: Actor = CLERK, **columns: Any
) -> str:
    """A document that was sent, and has reached whom it reaches at once."""
    id = numbered(office, who, **columns)
    office.do(who, SendDocument, id, recipients=list(recipients))
    settle(office)
    return id


def settle(office: Office) -> None:
    """Let the service follow what it recorded itself, until nothing follows from it."""
    office.relay()
    while office.parts.subscribers[office.name].catch_up():
        office.relay()


def matrix(office: Office, id: str, who: Actor = CLERK) -> dict[str, Any]:
    return office.ask(who, ListDeliveries, id=id)


def states(office: Office, id: str, who: Actor = CLERK) -> list[str]:
    return [row["state"] for row in matrix(office, id, who)["items"]]


def tray(office: Office, who: Actor, **params: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = office.ask(who, ListArrivals, **params)["items"]
    return items


def register(office: Office, who: Actor, **columns: Any) -> dict[str, Any]:
    """Register the first letter in the tray."""
    [first, *_] = tray(office, who)
    return office.do(who, RegisterArrival, first["id"], **columns)
