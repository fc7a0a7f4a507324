"""What stands around every page: the rail of places, organisation and acting post, bell, person.

It must also stand around the page that says a service is down, so whatever it cannot learn is left out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from flask import Flask, Response, current_app, g, request, url_for

from gateway import problems, sessions
from gateway.pages import dates, names
from gateway.pages.blueprint import pages
from gateway.pages.forms import SAID_COOKIE
from gateway.pages.language import N_
from gateway.visitors import Visitor
from infra.errors import Problem
from infra.identity import Actor, Role
from services.notify.contract import UnreadCount
from services.personnel.contract import Me


def reads_letters(actor: Actor) -> bool:
    """An administrator manages people and reads no letters."""
    return any(seat.role is not Role.ADMINISTRATOR for seat in actor.seats)


def registers_letters(actor: Actor) -> bool:
    return actor.has(Role.CENTRAL_CLERK, Role.SCHOOL_CLERK)


def sees_tray(actor: Actor) -> bool:
    """Whether there may be something in the tray for the visitor; what they see, the service decides."""
    others = (Role.OFFICER, Role.GROUP_CLERK, Role.ADMINISTRATOR)
    return any(seat.role not in others for seat in actor.seats)


def manages_people(actor: Actor) -> bool:
    return actor.has(Role.ADMINISTRATOR)


def anybody(actor: Actor) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place in the rail; `prefixes` are the addresses that belong to it. `count` answers with how
    many things wait there, for those who see it; `moved` is the topic by which it is asked again."""

    endpoint: str
    name: str
    icon: str
    prefixes: tuple[str, ...]
    may: Callable[[Actor], bool] = anybody
    count: str = ""
    counts: Callable[[Actor], bool] = anybody
    moved: str = ""


PLACES = (
    Place(
        endpoint="pages.my_work",
        name=N_("งานของฉัน"),
        icon="work",
        prefixes=("/work",),
        may=reads_letters,
        count="pages.work_count",
        moved="bell",
    ),
    Place(
        endpoint="pages.register",
        name=N_("หนังสือรับ"),
        icon="inbox",
        prefixes=("/letters", "/search"),
        may=reads_letters,
        count="pages.tray_count",
        counts=registers_letters,
        moved="tray",
    ),
    Place(
        endpoint="pages.documents",
        name=N_("หนังสือส่ง"),
        icon="send",
        prefixes=("/documents",),
        may=reads_letters,
    ),
    Place(
        endpoint="pages.rooms",
        name=N_("จองทรัพยากร"),
        icon="calendar",
        prefixes=("/rooms", "/bookings"),
    ),
    Place(
        endpoint="pages.standards",
        name=N_("มาตรฐาน"),
        icon="standards",
        prefixes=("/standards", "/indicators"),
        may=reads_letters,
    ),
    Place(
        endpoint="pages.people",
        name=N_("บุคลากร"),
        icon="people",
        prefixes=("/people", "/posts", "/acting", "/groups", "/schools", "/import"),
        may=manages_people,
    ),
    Place(endpoint="pages.settings", name=N_("ตั้งค่า"), icon="cog", prefixes=("/settings",)),
)


class Frame:
    """What the frame shows to the visitor of this request, asked for when it is needed."""

    @cached_property
    def visitor(self) -> Visitor | None:
        try:
            return sessions.find()
        except Problem:
            return None

    @cached_property
    def me(self) -> dict[str, Any] | None:
        """The answer to `Me`; None for a stranger, or where `personnel` does not answer."""
        if self.visitor is None:
            return None
        actor, kept = self.visitor.actor, names.recent()
        key = ("me", actor.person)
        found: dict[str, Any] | None = kept.find(key)
        if found is None or found["organisation"] != actor.organisation:  # they act elsewhere now
            try:
                found = sessions.ask(Me)
            except Problem:
                return None
            kept.keep(key, found)
        return found

    @property
    def csrf(self) -> str:
        return self.visitor.csrf if self.visitor else ""

    @property
    def seats(self) -> list[dict[str, Any]]:
        return self.me["seats"] if self.me else []

    @property
    def seat(self) -> dict[str, Any] | None:
        """The post that the visitor chose to act from; None: from all of theirs."""
        post = self.visitor.post if self.visitor else None
        return next((seat for seat in self.seats if seat["post"] == post), None)

    @property
    def places(self) -> list[Place]:
        actor = self.visitor.actor if self.visitor else None
        if actor is None:
            return []
        return [place for place in PLACES if self.has(place.endpoint) and place.may(actor)]

    def counts(self, place: Place) -> bool:
        """Whether the visitor sees how many things wait at the place."""
        actor = self.visitor.actor if self.visitor else None
        return actor is not None and self.has(place.count) and place.counts(actor)

    def topic(self, place: Place) -> str:
        """What is listened to for what moves at the place: the bell is a person's, all else a house's."""
        assert self.visitor is not None
        actor = self.visitor.actor
        return f"{place.moved}:{actor.person if place.moved == 'bell' else actor.organisation}"

    def has(self, endpoint: str) -> bool:
        return endpoint in current_app.view_functions

    def is_here(self, place: Place) -> bool:
        path = request.path
        inside = any(path == one or path.startswith(f"{one}/") for one in place.prefixes)
        return inside or path == url_for(place.endpoint)

    @property
    def reads_letters(self) -> bool:
        return self.visitor is not None and reads_letters(self.visitor.actor)

    @property
    def sees_tray(self) -> bool:
        return self.visitor is not None and sees_tray(self.visitor.actor)

    @property
    def manages_people(self) -> bool:
        return self.visitor is not None and manages_people(self.visitor.actor)

    @cached_property
    def said(self) -> str:
        """What the form before this page has done, shown once."""
        g.said = bool(request.cookies.get(SAID_COOKIE))
        return unquote(request.cookies.get(SAID_COOKIE, ""))[:500]


def install(app: Flask) -> None:
    dates.install(app)
    names.install(app)
    app.jinja_env.globals |= {"this_page": this_page, "came_from": problems.came_from}
    app.context_processor(lambda: {"frame": frame()})
    app.after_request(_forget_said)


def this_page(**changes: str | int | None) -> str:
    """This page's address with parameters changed, or left out where None."""
    wanted: dict[str, Any] = {**request.args.to_dict(), **(request.view_args or {}), **changes}
    kept = {name: value for name, value in wanted.items() if value is not None}
    return url_for(str(request.endpoint), **kept)


def frame() -> Frame:
    """The frame of this request's page."""
    if "frame" not in g:
        g.frame = Frame()
    found: Frame = g.frame
    return found


def _forget_said(response: Response) -> Response:
    if g.get("said") and response.mimetype == "text/html":
        response.delete_cookie(SAID_COOKIE)
    return response


@pages.get("/bell")
def bell() -> Response:
    """The number on the bell, for the page to put in place."""
    unread = sessions.ask(UnreadCount)["unread"]
    return Response(
        str(min(unread, 999)) if unread else "", content_type="text/plain; charset=utf-8"
    )
