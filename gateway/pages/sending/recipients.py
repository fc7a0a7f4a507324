"""Choosing whom a document goes to: what `templates/sending/picker.html` and its script ask for.

The picker stands in a form; its field `recipients` is a JSON list of `RecipientShape`:

    form = Form({"recipients": recipients.written(document["draft_recipients"])})
    {% include "sending/picker.html" %}
    body = {"recipients": recipients.chosen(form)}
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, jsonify, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway import sessions
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from infra import thai
from infra.errors import Invalid, NotFound, Problem
from services.correspondence.contract import (
    GetDocument,
    ListDeliveries,
    ListRecipientLists,
    RecipientChannel,
    SendDocument,
)
from services.correspondence.contract.documents import RecipientShape
from services.personnel.contract import ListOrganisations, OrganisationKind

Recipient = dict[str, Any]  # as `RecipientShape`

FIELD = "recipients"
_MOST = 1000  # recipients of one document, and organisations that the picker offers
_MOST_FAULTS = 10
_MOST_PASTED = 100_000  # characters
_MAIL = re.compile(r"[^\s<>,;]+@[^\s<>,;]+\.[^\s<>,;]+")
_SCHOOL = "โรงเรียน"


def install(app: Flask) -> None:
    app.jinja_env.filters["recipients"] = read


def written(recipients: Iterable[Recipient]) -> str:
    """The recipients as the picker's field holds them."""
    return json.dumps(list(recipients), ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> list[Recipient]:
    """The recipients in the picker's field; none where it holds something else."""
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    shape = RecipientShape()
    known = isinstance(found, list) and all(
        isinstance(one, dict) and not shape.validate(one) for one in found
    )
    return found if known else []


def chosen(form: Form, name: str = FIELD) -> list[Recipient]:
    """Whom the form names, each once; a field that cannot be read is refused."""
    text = form.text(name)
    found = read(text)
    if text and text != "[]" and not found:
        form.refuse(name, _("อ่านรายชื่อผู้รับไม่ได้ เลือกผู้รับใหม่"))
    return merged(found)


def merged(recipients: Iterable[Recipient]) -> list[Recipient]:
    """Each recipient once, where it stood first."""
    found: dict[tuple[str, ...], Recipient] = {}
    for one in recipients:
        found.setdefault(_identity(one), one)
    return list(found.values())


def name_faults(form: Form, recipients: list[Recipient], field: str = FIELD) -> None:
    """Say of whom each fault is that the service found among the recipients sent as `field`."""
    faults = form.problem.fields if form.problem else {}
    named = [
        f"{recipients[int(place)]['name']}: {message}"
        for name, place, *_rest in (path.split(".") for path in faults if path.count(".") > 1)
        if name == field and place.isdecimal() and int(place) < len(recipients)
        for message in faults[".".join((name, place, *_rest))]
    ]
    if named:
        form.errors[FIELD] = named[:_MOST_FAULTS]


def _identity(one: Recipient) -> tuple[str, ...]:
    if one.get("organisation"):
        return (one["organisation"],)
    address = str(one.get("address") or "").lower()
    if one["channel"] == RecipientChannel.EMAIL and address:
        return ("email", address)
    return (one["channel"], thai.fold(one["name"]), thai.fold(address))


def kept() -> dict[str, Any]:
    """The lists that this organisation keeps (`items`), and those outside the system to whom it sent
    before (`used`); neither where the service does not answer."""
    try:
        return sessions.ask(ListRecipientLists)
    except Problem:
        return {"items": [], "used": []}


def organisations() -> list[dict[str, Any]]:
    """The organisations on the system but the visitor's own."""
    own, found, cursor = sessions.current().actor.organisation, list[dict[str, Any]](), None
    while True:
        page = sessions.ask(ListOrganisations, limit=500, cursor=cursor)
        found += page["items"]
        cursor = page["next"]
        if cursor is None or len(found) >= _MOST:
            return [one for one in found if one["id"] != own and not one["closed"]]


def on_the_system(organisation: dict[str, Any]) -> Recipient:
    return {
        "organisation": organisation["id"],
        "name": organisation["name"],
        "channel": RecipientChannel.SYSTEM.value,
        "address": "",
    }


@pages.get("/recipients/choices")
def recipient_choices() -> Response:
    """All that the picker offers: organisations, kept lists, and those outside whom lists name or to
    whom letters went before."""
    known = kept()
    listed = [one for some in known["items"] for one in some["members"] if not one["organisation"]]
    return jsonify(
        organisations=[
            on_the_system(one)
            | {"school": one["kind"] == OrganisationKind.SCHOOL, "code": one["code"]}
            for one in organisations()
        ],
        lists=[{name: one[name] for name in ("id", "name", "members")} for one in known["items"]],
        outside=merged([*known["used"], *listed]),
    )


@pages.post("/recipients/matches")
def match_recipients() -> Response:
    """Names pasted line by line, as recipients; what is not known comes back with what is like it."""
    typed = request.form.get("names", "")
    if len(typed) > _MOST_PASTED:
        raise Invalid()
    found, unknown = matches(typed.splitlines()[:_MOST], organisations())
    return jsonify(found=merged(found), unknown=unknown)


def matches(
    lines: Iterable[str], known: list[dict[str, Any]]
) -> tuple[list[Recipient], list[dict[str, Any]]]:
    """The recipients that the lines name: by code, by name, or by the only name that contains what
    stands there; a line with an e-mail address is someone outside. And the lines that name nobody."""
    codes, names = {one["code"]: one for one in known}, defaultdict[str, list[Any]](list)
    for one in known:
        names[_plain(one["name"])].append(one)
    found, unknown = list[Recipient](), list[dict[str, Any]]()
    for line in lines:
        text = re.sub(r"^\s*[\d๐-๙]{1,4}\s*[.)]\s*", "", line).strip(" \t,;-•")
        if not text:
            continue
        mail = _MAIL.search(text)
        if mail:
            found.append(_outside(text, mail.group()))
            continue
        meant = [codes[text]] if text in codes else _meant(_plain(text), names)
        if len(meant) == 1:
            found.append(on_the_system(meant[0]))
        else:
            unknown.append({"line": text[:300], "like": [one["name"] for one in meant[:5]]})
    return found, unknown


def _meant(plain: str, names: dict[str, list[Any]]) -> list[Any]:
    """The organisations of that name; else those whose names contain it."""
    if not plain:
        return []
    return names.get(plain) or [
        one for name, some in names.items() if plain in name for one in some
    ]


def _plain(name: str) -> str:
    """A name without what people leave out: โรงเรียน in front, space, brackets' remarks."""
    return thai.fold(re.sub(r"\(.*?\)", "", name)).removeprefix(_SCHOOL).replace(" ", "")


def _outside(text: str, address: str) -> Recipient:
    name = text.replace(address, "").strip(" <>,;-\t") or address
    return {
        "organisation": None,
        "name": name[:300],
        "channel": RecipientChannel.EMAIL.value,
        "address": address[:500],
    }


@pages.route("/documents/<uuid:id>/sending", methods=["GET", "POST"])
def send_document(id: Any) -> AnyResponse:
    """Send a numbered document to those chosen in its draft, or to others that are chosen here."""
    document = sessions.ask(GetDocument, id=str(id))
    matrix = sessions.ask(ListDeliveries, id=str(id))
    if SendDocument.method() not in matrix["actions"]:
        raise NotFound()
    begun = [] if matrix["total"] else document["draft_recipients"]
    form = Form({FIELD: written(begun)})
    if form.sent:
        recipients = chosen(form)
        if not recipients:
            form.refuse(FIELD, _("เลือกผู้รับอย่างน้อยหนึ่งราย"))
        body = {"id": document["id"], "recipients": recipients}
        answer = form.send(SendDocument, body)
        name_faults(form, recipients)
        if answer is not None:
            said = _("ส่งแล้ว ถึงผู้รับ %(number)s ราย", number=f"{answer['deliveries']:,}")
            return see(url_for("pages.document_recipients", id=id), said)
        return form.render("sending/send.html", form=form, it=document)
    return Response(render_template("sending/send.html", form=form, it=document))
