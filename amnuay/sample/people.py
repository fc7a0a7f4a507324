"""Who is in the sample office, read from `people.toml` and `schools.csv`."""

import csv
import tomllib
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_DATA = tomllib.loads((_FOLDER / "people.toml").read_text("utf-8"))

OFFICE: str = _DATA["office"]
SHORT: str = _DATA["short"]
GROUPS: dict[str, str] = _DATA["groups"]
PEOPLE: list[dict[str, Any]] = _DATA["people"]
LOGINS = tuple(person["login"] for person in PEOPLE if "login" in person)


@cache
def schools() -> list[tuple[str, str]]:
    """(code, name) of the 102 invented schools."""
    with (_FOLDER / "schools.csv").open(encoding="utf-8", newline="") as file:
        return [(row["code"], row["name"]) for row in csv.DictReader(file)]


def school_name(number: int) -> str:
    """The name of the school that is `number`th in the list, from 1."""
    return schools()[number - 1][1]


def head_of(group: str) -> str:
    return _holder(group, "group_head")


def clerk_of(group: str) -> str:
    return _holder(group, "group_clerk")


def officer_of(group: str) -> str:
    """Who does the group's work; in the smallest, its head."""
    try:
        return _holder(group, "officer")
    except LookupError:
        return head_of(group)


def _holder(group: str, role: str) -> str:
    for person in PEOPLE:
        for post in person["posts"]:
            if post["role"] == role and post.get("group") == group:
                key: str = person["key"]
                return key
    raise LookupError(f"nobody is {role} in {group}")


def acting_period(today: date) -> tuple[date, date]:
    """Some weeks before `today`, in which the second deputy acted as director (รักษาราชการแทน)."""
    first = today - timedelta(days=200)
    return first, first + timedelta(days=24)


def chief_on(day: date, today: date) -> str:
    first, last = acting_period(today)
    return "deputy2" if first <= day <= last else "director"
