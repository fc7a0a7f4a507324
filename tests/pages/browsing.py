"""Pages as a person meets them: read by the eye's text, left by their links and forms."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


@dataclass
class Form:
    """A form on a page with what stands in its fields."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._silent = 0
        self._select: str | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag in ("script", "style"):
            self._silent += 1
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif self.forms and "name" in given:
            self._take_field(tag, given)
        elif tag == "option" and self._select:
            fields = self.forms[-1].fields
            if "selected" in given or not fields[self._select]:  # as browsers do, else the first
                fields[self._select] = [given.get("value", "")]

    def _take_field(self, tag: str, given: dict[str, str]) -> None:
        fields, name = self.forms[-1].fields, given["name"]
        if tag == "select":
            self._select = name
            fields.setdefault(name, [])
        elif tag == "textarea":
            self._area = name
            fields[name] = [""]
        elif tag == "input" and (
            given.get("type") not in ("checkbox", "radio") or "checked" in given
        ):
            fields.setdefault(name, []).append(given.get("value", ""))
        elif tag == "input":
            fields.setdefault(name, [])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent -= 1
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1].fields[self._area][0] += data
        elif not self._silent:
            self.words.append(data)


class Page:
    """What was answered to one request."""

    def __init__(self, response: TestResponse) -> None:
        self.response, self.status = response, response.status_code
        reader = _Reader()
        reader.feed(response.text)
        self.text = re.sub(r"\s+", " ", " ".join(reader.words)).replace("\u00a0", " ")
        self.links, self.forms = reader.links, reader.forms

    def form(self, *names: str) -> Form:
        """The form that has all these fields."""
        found = [form for form in self.forms if set(names) <= form.fields.keys()]
        assert len(found) == 1, [list(form.fields) for form in self.forms]
        return found[0]

    def form_named(self, name: str) -> Form:
        """The form of a page of several that goes by this name."""
        found = [form for form in self.forms if form.fields.get("form") == [name]]
        assert len(found) == 1, [form.fields.get("form") for form in self.forms]
        return found[0]


class Browser:
    """Goes from page to page, follows redirects, and fills forms in."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.at = ""

    def open(self, address: str) -> Page:
        response = self.client.get(address, follow_redirects=True)
        self.at = response.request.full_path.rstrip("?")
        return Page(response)

    def send(self, form: Form, **values: Any) -> Page:
        """Send the form as it stands, but with these values (None: left out)."""
        data = {name: list(standing) for name, standing in form.fields.items()}
        for name, value in values.items():
            data[name] = [] if value is None else value if isinstance(value, list) else [value]
        response = self.client.post(form.action or self.at, data=data, follow_redirects=True)
        if response.history:
            self.at = response.request.full_path.rstrip("?")
        return Page(response)
