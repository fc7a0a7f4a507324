"""Letters made quickly by the API, where a test is about what comes after."""

from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

import msgspec

from tests.e2e.house import House

COLUMNS = {
    "sender": "สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน",
    "recipient": "ผู้อำนวยการสำนักงาน",
    "subject": "ขอเชิญประชุมผู้บริหารสถานศึกษา",
}


def post(house: House, who: str, address: str, **body: Any) -> dict[str, Any]:
    status, _headers, answer = house.gateway.ask("POST", address, body, who)
    assert status in (200, 201), answer
    made: dict[str, Any] = answer
    return made


def made(house: House, who: str, address: str, **body: Any) -> str:
    """The id of what was made."""
    id: str = post(house, who, address, **body)["id"]
    return id


def uploaded(house: House, who: str, content: bytes, name: str) -> str:
    """A file that a command may claim; its id."""
    headers = {
        "Authorization": f"Bearer {house.gateway.token(who)}",
        "Content-Type": "application/octet-stream",
    }
    address = f"{house.gateway.url}/api/uploads?name={quote(name)}"
    with urlopen(Request(address, content, headers)) as answer:
        id: str = msgspec.json.decode(answer.read())["id"]
    return id


def registered(house: House, who: str = "clerk", **columns: Any) -> str:
    """A letter in the register; its id."""
    return made(house, who, "/api/letters", **COLUMNS | columns)


def proposed(house: House, **columns: Any) -> str:
    """A letter that lies with the director."""
    letter = registered(house, **columns)
    post(house, "clerk", f"/api/letters/{letter}/proposals", text="เพื่อโปรดพิจารณา")
    post(house, "deputy", f"/api/letters/{letter}/endorsements")
    return letter


def assigned(house: House, **columns: Any) -> str:
    """A letter that lies with the officer of the group of plans, who has taken notice of it."""
    letter, plan = proposed(house, **columns), house.known.groups["plan"]
    here = f"/api/letters/{letter}"
    order = {"kind": "act", "lead": plan, "text": "ดำเนินการ"}
    post(house, "director", f"{here}/orders", **order)
    post(house, "groupclerk", f"{here}/groups/{plan}/receipts")
    officer = house.known.people["officer"]
    post(house, "head", f"{here}/groups/{plan}/assignments", officer=officer)
    post(house, "officer", f"{here}/groups/{plan}/acknowledgements")
    return letter
