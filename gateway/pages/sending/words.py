"""What the enumerations of sending are called on pages, and by when an e-mail must be acknowledged."""

import re
from collections.abc import Iterable
from typing import Any

from flask import Flask

from gateway.pages import dates
from gateway.pages.language import N_, language
from services.correspondence.contract import (
    ArrivalSource,
    ArrivalState,
    DeliveryState,
    RecipientChannel,
)

DELIVERY = {
    DeliveryState.WAITING: (N_("รอส่ง"), "plain"),
    DeliveryState.SENT: (N_("ส่งแล้ว"), "plain"),
    DeliveryState.DELIVERED: (N_("ถึงผู้รับ"), "blue"),
    DeliveryState.REGISTERED: (N_("ลงทะเบียนรับแล้ว"), "green"),
    DeliveryState.ACKNOWLEDGED: (N_("ตอบรับแล้ว"), "green"),
    DeliveryState.ANSWERED: (N_("ตอบกลับแล้ว"), "green"),
    DeliveryState.UNDELIVERABLE: (N_("ส่งไม่ถึง"), "red"),
    DeliveryState.REFUSED: (N_("ผู้รับส่งคืน"), "red"),
}
CHANNEL = {
    RecipientChannel.SYSTEM: N_("ทางระบบ"),
    RecipientChannel.EMAIL: N_("อีเมล"),
    RecipientChannel.MESSENGER: N_("สมุดส่งหนังสือ"),
    RecipientChannel.POST: N_("ไปรษณีย์"),
}
SOURCE = {
    ArrivalSource.SYSTEM: N_("ทางระบบ"),
    ArrivalSource.EMAIL: N_("อีเมล"),
}
ARRIVAL = {
    ArrivalState.WAITING: (N_("รอลงทะเบียนรับ"), "amber"),
    ArrivalState.REGISTERED: (N_("ลงทะเบียนรับแล้ว"), "green"),
    ArrivalState.REFUSED: (N_("ส่งคืนแล้ว"), "plain"),
}


RECEIVED = (DeliveryState.REGISTERED, DeliveryState.ACKNOWLEDGED, DeliveryState.ANSWERED)
FAILED = (DeliveryState.UNDELIVERABLE, DeliveryState.REFUSED)
_PAPER = (RecipientChannel.MESSENGER, RecipientChannel.POST)


def install(app: Flask) -> None:
    app.jinja_env.globals["sending"] = {
        "delivery": DELIVERY,
        "channel": CHANNEL,
        "source": SOURCE,
        "arrival": ARRIVAL,
    }
    app.jinja_env.filters |= {
        "deadline": deadline,
        "brief": brief,
        "short_name": short_name,
        "present": present,
        "received_number": received_number,
    }


def received(row: dict[str, Any]) -> bool:
    """Whether a recipient has it, as they said themselves, or signed for its paper."""
    by_hand = row["channel"] in _PAPER and row["state"] == DeliveryState.DELIVERED
    return by_hand or row["state"] in RECEIVED


def received_number(rows: Iterable[dict[str, Any]]) -> int:
    """How many of the recipients have it."""
    return sum(map(received, rows))


def deadline(value: Any) -> str:
    """A moment to come, as people say it: 10:00 น. พรุ่งนี้."""
    local = dates.as_moment(value)
    days = (local.date() - dates.today()).days
    english = language() == "en"
    names = {
        -1: "yesterday" if english else "เมื่อวาน",
        0: "today" if english else "วันนี้",
        1: "tomorrow" if english else "พรุ่งนี้",
    }
    return f"{dates.clock_time(local)} {names.get(days) or dates.short_day(local)}"


def brief(value: Any) -> str:
    """A moment in a column: 09:30 today, else 15 ก.พ. 09:30, with the year where it is another."""
    if value is None:
        return ""
    local = dates.as_moment(value)
    if local.date() == dates.today():
        return f"{local:%H:%M}"
    day = dates.short_day(local)
    if local.year == dates.today().year:
        day = day[: -len(day.replace("\u00a0", " ").rpartition(" ")[2]) - 1]
    return f"{day} {local:%H:%M}"


def short_name(name: str) -> str:
    """A school's name in little room: without the word for school, and what stands in brackets."""
    return re.sub(r"\s*\(.*", "", name.removeprefix("โรงเรียน")) or name


def present(params: dict[str, Any]) -> dict[str, Any]:
    """What of an address's parameters is set."""
    return {name: value for name, value in params.items() if value}
