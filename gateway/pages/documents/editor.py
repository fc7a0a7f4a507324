"""The editor of a draft: the fields of its kind, the page as it will print beside them, and saving that
neither loses nor overwrites anything.

The script of the page sends the same form as the button does, and is answered in JSON.
"""

from typing import Any
from uuid import UUID

import msgspec
from flask import Response, render_template, request, url_for

from gateway import sessions
from gateway.pages import dates, names
from gateway.pages.blueprint import pages
from gateway.pages.documents import conflicts, files, words
from gateway.pages.documents.content import NAMES, PREFIX, begun, read_draft, read_preview
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from gateway.pages.letters import words as letters
from gateway.parts import parts
from infra.errors import Problem, Stale
from infra.ids import new_id
from services.correspondence.contract import (
    FORMS,
    AddEnclosures,
    DocumentKind,
    GetDocument,
    KeepTemplate,
    ListTemplates,
    RemoveEnclosure,
    SaveDraft,
    SubmitDraft,
)
from services.personnel.contract import ListPeople, ListPosts

JSON = "application/json"


@pages.route("/documents/<uuid:id>/edit", methods=["GET", "POST"])
def edit_document(id: UUID) -> Response:
    found = sessions.ask(GetDocument, id=str(id))
    if SaveDraft.method() not in found["actions"]:
        return see(url_for("pages.document", id=id))
    form = Form(begun(found), found["version"])
    if form.sent and request.headers.get("Accept") == JSON:
        return _saved_by_script(form, found)
    if form.sent:
        if _save(form, found) is not None:
            return _next(form, found)
        found = sessions.ask(GetDocument, id=str(id))
        if isinstance(form.problem, Stale) and not conflicts.differing(form, found, {}):
            form.problem = None  # it was this very text that was saved before
            form.moved_on(found["version"])
            return _next(form, found)
        form.version = found["version"]
    return form.render("documents/edit.html", **_context(form, found))


@pages.post("/documents/<uuid:id>/preview")
def preview_draft(id: UUID) -> Response:
    """The pages as they will print of what is typed, saved or not."""
    found = sessions.ask(GetDocument, id=str(id))
    form = Form(name=request.form.get("form", ""))
    typed = read_preview(form, DocumentKind(found["kind"]))
    drawn = files.preview(found, **typed)
    missing = drawn["missing"] | ({} if typed["signatory"] else {"signatory": _("เลือกผู้ลงนาม")})
    return _json({"pages": drawn["pages"], "missing": missing})


def _save(form: Form, found: dict[str, Any]) -> dict[str, Any] | None:
    """Save what the form holds, take in its uploads, take off what it removes; None if refused."""
    kind = DocumentKind(found["kind"])
    saved = form.send(SaveDraft, {"id": found["id"], **read_draft(form, kind)}, NAMES)
    if saved is None:
        return None
    removed, uploads = form.text("remove"), form.many("uploads")
    try:
        for contract, wanted in (
            (AddEnclosures, {"uploads": uploads} if uploads else None),
            (RemoveEnclosure, {"attachment": removed} if removed else None),
        ):
            if wanted:
                changed = sessions.send(contract, {"id": found["id"], **wanted}, key=new_id())
                saved["version"] = changed["version"]
    except Problem as problem:
        form.problem = problem
        return None
    finally:
        form.moved_on(saved["version"])
    return saved


def _next(form: Form, found: dict[str, Any]) -> Response:
    """After the button: on to where the draft goes, or back to writing."""
    here = url_for("pages.edit_document", id=found["id"])
    match form.text("then"):
        case "submit":
            body = {"id": found["id"], "text": form.text("note")}
            if form.send(SubmitDraft, body, NAMES | {"text": "note"}) is not None:
                return see(url_for("pages.document", id=found["id"]), _("เสนอแล้ว"))
            for field in form.errors:
                if field.startswith(PREFIX) and not form.text(field):
                    form.errors[field] = [_("ต้องกรอกก่อนเสนอ")]
        case "template":
            form.moved_on(None)
            kind = DocumentKind(found["kind"])
            body = {
                "name": form.text("template_name"),
                "kind": kind.value,
                "content": read_draft(form, kind)["content"],
            }
            if form.send(KeepTemplate, body, NAMES | {"name": "template_name"}) is not None:
                return see(here, _("เก็บเป็นแม่แบบแล้ว ใช้เริ่มร่างฉบับใหม่ได้ที่ “ร่างหนังสือ”"))
        case _:
            return see(here, _("บันทึกแล้ว"))
    found = sessions.ask(GetDocument, id=found["id"])
    form.version = found["version"]
    return form.render("documents/edit.html", **_context(form, found))


def _saved_by_script(form: Form, found: dict[str, Any]) -> Response:
    saved = _save(form, found)
    if saved is not None:
        now = sessions.ask(GetDocument, id=found["id"])
        return _json(
            {
                "version": now["version"],
                "missing": now["missing"],
                "saved": _("บันทึกแล้ว %(time)s", time=dates.clock_time(parts().clock())),
                "enclosures": render_template("documents/enclosures.html", it=now),
            }
        )
    if isinstance(form.problem, Stale):
        return _told_of_another(form, sessions.ask(GetDocument, id=found["id"]))
    problem = form.problem or Problem()
    faults = [
        {"field": field, "message": " ".join(_(one) for one in messages)}
        for field, messages in form.errors.items()
    ]
    answer = {"detail": _(problem.detail), "errors": faults}
    response = _json(answer, problem.status)
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def _told_of_another(form: Form, now: dict[str, Any]) -> Response:
    """Somebody else saved meanwhile: both versions of what differs, side by side, to choose from."""
    differing = conflicts.differing(form, now, dict(_signatories(now["signatory"])))
    saver = conflicts.last_saved(now)
    if saver:
        names.know([saver["actor"]])
    shown = render_template("documents/conflict.html", it=now, differing=differing, saver=saver)
    return _json({"html": shown if differing else "", "version": now["version"]}, 412)


def _context(form: Form, found: dict[str, Any]) -> dict[str, Any]:
    kind = DocumentKind(found["kind"])
    names.know([found["drafter"], *(step["actor"] for step in found["history"])])
    returned = [step for step in found["history"] if step["event"] == "DraftReturned"]
    return {
        "form": form,
        "it": found,
        "shape": FORMS[kind],
        "missing": found["missing"],
        "returned": returned[-1] if returned and found["state"] == "returned" else None,
        "saver": conflicts.last_saved(found),
        "urgency_options": letters.options(letters.URGENCY),
        "signatories": _signatories(found["signatory"]),
        "people": _people(),
        "may_keep": KeepTemplate.method() in sessions.ask(ListTemplates)["actions"],
        "drawn": _drawn(found),
    }


def _signatories(chosen: str | None) -> list[tuple[str, str]]:
    """The posts that may sign, with who holds each; none where `personnel` does not answer."""
    try:
        posts = sessions.ask(ListPosts)["items"]
    except Problem:
        return []
    signing = [post for post in posts if post["role"] in words.SIGNING or post["id"] == chosen]
    signing.sort(key=lambda post: words.SIGNING.index(post["role"]))
    return [
        (post["id"], " · ".join(filter(None, (post["title"], post["holder_name"]))))
        for post in signing
    ]


def _people() -> list[tuple[str, str]]:
    """The people of the organisation; none where `personnel` does not answer."""
    try:
        found = sessions.ask(ListPeople, limit=500)["items"]
    except Problem:
        return []
    return [
        (one["id"], " · ".join([one["name"], *(seat["title"] for seat in one["seats"][:1])]))
        for one in found
    ]


def _drawn(found: dict[str, Any]) -> int:
    """How many pages it will have; none where they cannot be drawn now, for it to be written all the same."""
    try:
        return len(files.preview(found)["pages"])
    except Problem:
        return 0


def _json(answer: dict[str, Any], status: int = 200) -> Response:
    response = Response(msgspec.json.encode(answer), status, content_type=JSON)
    response.headers["Cache-Control"] = "no-store"
    return response
