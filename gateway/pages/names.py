"""Names of people and groups, who are known to all services but `personnel` by id alone."""

from collections.abc import Iterable
from typing import Any

import structlog
from flask import Flask, current_app

from gateway import sessions
from gateway.pages.language import _
from gateway.pages.recent import Recent
from infra.errors import Problem
from services.personnel.contract import ListGroups, Names

_MOST = 500  # ids in one question
_log = structlog.get_logger()


def install(app: Flask) -> None:
    app.extensions["amnuay_names"] = Recent(app.extensions["amnuay"].clock)
    app.jinja_env.filters |= {"person": person, "person_title": title, "group_name": group}


def recent() -> Recent:
    kept: Recent = current_app.extensions["amnuay_names"]
    return kept


def know(ids: Iterable[str | None]) -> None:
    """Learn the names of these people in one question, before the page is rendered.

    Where `personnel` does not answer, the page is shown without them.
    """
    wanted = sorted({id for id in ids if id and ":" not in id and recent().find(id) is None})
    for start in range(0, len(wanted), _MOST):
        batch = wanted[start : start + _MOST]
        try:
            found = sessions.ask(Names, ids=batch)["items"]
        except Problem as problem:
            _log.warning("names-missing", type=problem.type)
            return
        for row in found:
            recent().keep(row["id"], row)


def person(id: str | None) -> str:
    """The person's name; this system itself for what no person did."""
    if not id:
        return ""
    if id.startswith("service:"):
        return _("ระบบ")
    return str(_row(id).get("name") or _("ไม่ทราบชื่อ"))


def title(id: str | None) -> str:
    """The title of the person's first post today."""
    return str(_row(id).get("title", "")) if id else ""


def group(id: str | None) -> str:
    """The name of a group of the visitor's organisation."""
    return next((one["name"] for one in groups() if one["id"] == id), "") if id else ""


def groups() -> list[dict[str, Any]]:
    """The groups of the visitor's organisation; empty where `personnel` does not answer."""
    organisation = sessions.current().actor.organisation
    key = ("groups", organisation)
    try:
        return list(recent().get(key, lambda: sessions.ask(ListGroups)["items"]))
    except Problem as problem:
        _log.warning("groups-missing", type=problem.type)
        return []


def forget(*keys: Any) -> None:
    """What was just changed is asked for again."""
    for key in keys:
        recent().forget(key)


def _row(id: str) -> dict[str, Any]:
    if recent().find(id) is None and ":" not in id:
        know([id])
    return recent().find(id) or {}
