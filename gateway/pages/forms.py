"""A form: read as people write, checked, sent as a command, and shown again with all that was typed.

    form = Form()
    if form.sent:
        body = {"name": form.text("name"), "capacity": form.whole("capacity")}
        if form.send(AddRoom, body):
            return see(url_for("pages.rooms"), _("เพิ่มห้องแล้ว"))
    return form.render("rooms/new.html", form=form)

Every form carries a key that it is sent with once, however often the button is pressed, and the version
of what it was made from. Fields of the command that go by another name in the form are mapped by `names`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Response, make_response, redirect, render_template, request

from gateway import sessions
from gateway.pages.dates import read_date, read_time
from gateway.pages.language import _
from infra import thai
from infra.clock import BANGKOK
from infra.contract import Command
from infra.errors import (
    Invalid,
    KeyReused,
    NotFound,
    Problem,
    Stale,
    Unauthenticated,
    WrongPassword,
)
from infra.ids import new_id

SAID_COOKIE = "amnuay_said"
KEY_FIELD, VERSION_FIELD = "form_key", "form_version"


class Form:
    """What somebody typed into a form, or what stands in it to begin with, and what is wrong with it.

    `values` are the values to begin with, by field; `version` the version of the thing that is changed.
    `name` tells this form from others on its page.
    """

    def __init__(
        self,
        values: Mapping[str, Any] | None = None,
        version: int | None = None,
        name: str = "",
    ) -> None:
        self.name = name
        self.sent = request.method == "POST" and request.form.get("form", "") == name
        self.errors: dict[str, list[str]] = {}
        self.problem: Problem | None = None
        self._begun = dict(values or {})
        self._labels: dict[str, str] = {}
        self.version = version
        seen = request.form.get(VERSION_FIELD, "") if self.sent else ""
        self._seen = int(seen) if re.fullmatch("[0-9]{1,15}", seen) else version
        key = request.form.get(KEY_FIELD, "") if self.sent else ""
        self.key = key if re.fullmatch("[0-9a-f-]{36}", key) else new_id()

    def value(self, name: str) -> str:
        """What the field shows: what was typed, or the value to begin with."""
        if self.sent:
            return request.form.get(name, "")
        found = self._begun.get(name)
        return "" if found is None else str(found)

    def meanwhile(self, name: str) -> str | None:
        """What the field has become by somebody else's doing while this form was open, if it has."""
        if not isinstance(self.problem, Stale) or name not in self._begun:
            return None
        now = str(self._begun[name] or "")
        return now if now != self.text(name) else None

    def named(self, name: str, label: str) -> str:
        """Lets the summary of errors call the field by the label above it."""
        self._labels[name] = label
        return ""

    def faults(self) -> list[tuple[str, str, str]]:
        """(field, label, message) of all that must be mended, in the order of the fields on the page."""
        places = {name: place for place, name in enumerate(self._labels)}
        fields = sorted(self.errors, key=lambda name: places.get(name, len(places)))
        return [
            (name, self._labels.get(name, ""), one) for name in fields for one in self.errors[name]
        ]

    def values(self, name: str) -> list[str]:
        """What is chosen in a field that takes several."""
        if self.sent:
            return request.form.getlist(name)
        return [str(value) for value in self._begun.get(name) or ()]

    def text(self, name: str) -> str:
        """What was typed, without space around it and with the line ends of this world."""
        return request.form.get(name, "").replace("\r\n", "\n").strip()

    def optional(self, name: str) -> str | None:
        """What was typed; None where nothing was."""
        return self.text(name) or None

    def lines(self, name: str) -> list[str]:
        """The lines typed, without empty ones."""
        return [line.strip() for line in self.text(name).splitlines() if line.strip()]

    def many(self, name: str) -> list[str]:
        return [value for value in request.form.getlist(name) if value]

    def flag(self, name: str) -> bool:
        return name in request.form

    def whole(self, name: str) -> int | None:
        """A whole number, in Thai or Arabic digits; None where nothing was typed."""
        text = thai.to_arabic_digits(self.text(name)).replace(",", "")
        if not text:
            return None
        if not text.isdecimal() or len(text) > 15:
            self.refuse(name, "ต้องเป็นจำนวนเต็ม เช่น 12")
            return None
        return int(text)

    def figure(self, name: str) -> str | None:
        """A number with decimals, as text in Arabic digits."""
        return thai.to_arabic_digits(self.text(name)).replace(",", "") or None

    def date(self, name: str) -> str | None:
        """A day as people write it, in ISO 8601; None where nothing was typed."""
        found = self._read(name, read_date)
        return found.isoformat() if found else None

    def moment(self, day: str, clock: str) -> str | None:
        """The moment of a day field and a time field, in ISO 8601 with Bangkok's offset."""
        date, time = self._read(day, read_date), self._read(clock, read_time)
        if date is None or time is None:
            for name, found in ((day, date), (clock, time)):
                if found is None and name not in self.errors:
                    self.refuse(name, "ต้องกรอกช่องนี้")
            return None
        return datetime.combine(date, time, BANGKOK).isoformat()

    def moved_on(self, version: int | None) -> None:
        """What this form's first command changed is at `version` now; the next one acts upon that."""
        self.version = self._seen = version

    def refuse(self, name: str, message: str) -> None:
        """The field must be mended, as `message` says."""
        if message not in self.errors.setdefault(name, []):
            self.errors[name].append(message)
        self.problem = self.problem or Invalid()

    def send(
        self,
        contract: type[Command],
        body: dict[str, Any],
        names: Mapping[str, str] | None = None,
    ) -> dict[str, Any] | None:
        """Carry the command out: its answer, or None with `errors` and `problem` set.

        Raises NotFound and Unauthenticated: then there is no page to show the form on.
        """
        names = names or {}
        try:
            contract.check(body)
        except Invalid as problem:
            self._take(problem, names)
            for field in self.errors:
                if field in request.form and not self.text(field):
                    self.errors[field] = ["ต้องกรอกช่องนี้"]  # whatever else an empty text is not
        if self.errors:
            self.problem = self.problem or Invalid()
            return None
        try:
            answer = sessions.send(contract, body, key=self.key, if_match=self._seen)
            self.key = new_id()  # what is sent from this page next is something else
            return answer
        except WrongPassword as problem:
            self._take(problem, names)
        except (NotFound, Unauthenticated):
            raise
        except KeyReused:
            self.key = new_id()
            self.problem = KeyReused(
                _("รายการนี้บันทึกไปแล้วเมื่อส่งครั้งก่อน ดูผลก่อน แล้วส่งอีกครั้งเฉพาะเมื่อต้องการทำซ้ำ")
            )
        except Problem as problem:
            self._take(problem, names)
        return None

    def render(self, template: str, **context: Any) -> Response:
        """The page with this form on it, with the status of what went wrong."""
        response = make_response(render_template(template, **context))
        if self.problem is not None:
            response.status_code = self.problem.status
            if self.problem.retry_after is not None:
                response.headers["Retry-After"] = str(self.problem.retry_after)
        return response

    def _take(self, problem: Problem, names: Mapping[str, str]) -> None:
        self.problem = problem
        for path, messages in problem.fields.items():
            field = names.get(path) or names.get(path.split(".")[0]) or path.split(".")[0]
            if field not in self.errors:
                self.errors[field] = list(dict.fromkeys(messages))

    def _read(self, name: str, read: Callable[[str], Any]) -> Any:
        text = self.text(name)
        if not text:
            return None
        try:
            return read(text)
        except ValueError as error:
            self.refuse(name, str(error))
            return None


def see(address: str, said: str = "") -> Response:
    """After a form: go to `address`, which shows once what was done."""
    response = make_response(redirect(address, 303))
    if said:
        response.set_cookie(SAID_COOKIE, quote(said), max_age=60, httponly=True, samesite="Lax")
    return response


def back() -> Response:
    """To the page from which a small form in the frame was sent."""
    return see(inner(request.form.get("next", "")))


def inner(address: str) -> str:
    """`address` if it is one of this site's pages, else the first page."""
    parts = urlsplit(address)
    plain = address.isprintable() and "\\" not in address
    inside = address.startswith("/") and not address.startswith("//") and not parts.netloc
    return address if plain and inside and not parts.scheme else "/"
