"""Two people at one draft: what the second has that differs from what the first saved."""

from dataclasses import dataclass
from typing import Any

import msgspec

from gateway.pages import names
from gateway.pages.documents.content import PREFIX, begun
from gateway.pages.forms import Form
from gateway.pages.language import N_, _
from gateway.pages.letters import words as letters
from services.correspondence.contract import FORMS, DocumentKind, Urgency

_SAVES = ("DraftSaved", "DocumentDrafted")
_OTHERS = {
    "urgency": N_("ชั้นความเร็ว"),
    "deadline_day": N_("ด่วนภายในวันที่"),
    "deadline_time": N_("เวลา"),
    "circular": N_("หนังสือเวียน"),
    "thai_digits": N_("เลขไทย"),
    "signatory": N_("ผู้ลงนาม"),
    "typist": N_("ผู้พิมพ์"),
    "checker": N_("ผู้ตรวจ"),
    "recipients": N_("ผู้รับ"),
}
_FLAGS = ("circular", "thai_digits")


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field with what was typed here and what is saved now; `value` is the saved one as the form
    holds it."""

    name: str
    label: str
    mine: str
    theirs: str
    value: str
    flag: bool = False


def differing(form: Form, now: dict[str, Any], called: dict[str, str]) -> list[Difference]:
    """The fields that differ, in the order of the form; `called` are the names of posts by id."""
    saved = begun(now)
    fields = FORMS[DocumentKind(now["kind"])].fields
    labels = {PREFIX + field.name: field.label for field in fields} | _OTHERS
    found = []
    for name, label in labels.items():
        typed = ("1" if form.flag(name) else "") if name in _FLAGS else form.text(name)
        value = str(saved[name])
        if _same(name, typed, value):
            continue
        found.append(
            Difference(
                name=name,
                label=_(label),
                mine=_shown(name, typed, called),
                theirs=_shown(name, value, called),
                value=value,
                flag=name in _FLAGS,
            )
        )
    return found


def last_saved(document: dict[str, Any]) -> dict[str, Any] | None:
    """The step by which the draft was saved last."""
    saves = [step for step in document["history"] if step["event"] in _SAVES]
    return saves[-1] if saves else None


def _same(name: str, typed: str, saved: str) -> bool:
    if name == "recipients":
        return bool(_decoded(typed) == _decoded(saved))
    return typed == saved.strip()


def _decoded(recipients: str) -> Any:
    try:
        return msgspec.json.decode(recipients or "[]")
    except msgspec.DecodeError:
        return recipients


def _shown(name: str, value: str, called: dict[str, str]) -> str:
    """The value as people read it."""
    if not value:
        return ""
    match name:
        case "urgency":
            return _(letters.URGENCY[Urgency(value)]) if value in list(Urgency) else value
        case "circular" | "thai_digits":
            return _("ใช่")
        case "typist" | "checker":
            return names.person(value)
        case "signatory":
            return called.get(value, value)
        case "recipients":
            return _("%(number)s ราย", number=value.count('"name"'))
    return value
