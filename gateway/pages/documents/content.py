"""A draft as its form holds it: the fields of its kind, who signs, how urgent, to whom."""

from typing import Any

import msgspec

from gateway.pages.dates import as_day, as_moment
from gateway.pages.forms import Form
from gateway.pages.language import _
from infra import thai
from services.correspondence.contract import FORMS, DocumentKind, Field

PREFIX = "c-"  # before the names of the content's fields

# Fields of the commands that go by another name in the form.
NAMES = {"deadline": "deadline_day"} | {
    f"{path}{field.name}": PREFIX + field.name
    for form in FORMS.values()
    for field in form.fields
    for path in ("content.", "")
}


def begun(document: dict[str, Any]) -> dict[str, Any]:
    """What stands in the form of a draft as it is saved."""
    content, deadline = document["content"], document["deadline"]
    fields = FORMS[DocumentKind(document["kind"])].fields
    return {PREFIX + field.name: content.get(field.name, "") for field in fields} | {
        "urgency": document["urgency"],
        "deadline_day": thai.format_date(as_day(deadline), "short") if deadline else "",
        "deadline_time": f"{as_moment(deadline):%H:%M}" if deadline else "",
        "circular": "1" if document["circular"] else "",
        "thai_digits": "1" if document["thai_digits"] else "",
        "signatory": document["signatory"] or "",
        "typist": document["typist"] or "",
        "checker": document["checker"] or "",
        "recipients": written(document["draft_recipients"]),
    }


def read_draft(form: Form, kind: DocumentKind) -> dict[str, Any]:
    """What SaveDraft takes, but for the document's id."""
    deadline = None
    if form.text("deadline_day") or form.text("deadline_time"):
        deadline = form.moment("deadline_day", "deadline_time")
    return read_preview(form, kind) | {
        "deadline": deadline,
        "typist": form.optional("typist"),
        "checker": form.optional("checker"),
        "recipients": recipients(form),
    }


def read_preview(form: Form, kind: DocumentKind) -> dict[str, Any]:
    """What stands on the paper, as PreviewDraft takes it."""
    return {
        "content": {field.name: form.text(PREFIX + field.name) for field in FORMS[kind].fields},
        "urgency": form.text("urgency"),
        "circular": form.flag("circular"),
        "signatory": form.optional("signatory"),
        "thai_digits": form.flag("thai_digits"),
    }


def recipients(form: Form) -> list[Any]:
    """To whom it goes: a list of `RecipientShape` as JSON in the one field `recipients`."""
    try:
        found = msgspec.json.decode(form.text("recipients") or "[]", type=list[dict[str, Any]])
    except msgspec.MsgspecError:
        form.refuse("recipients", _("อ่านรายชื่อผู้รับไม่ได้ เลือกใหม่"))
        return []
    return found


def written(found: list[dict[str, Any]]) -> str:
    """Recipients as the form's field holds them."""
    return msgspec.json.encode(found).decode() if found else ""


def label(field: Field) -> str:
    return _(field.label)
