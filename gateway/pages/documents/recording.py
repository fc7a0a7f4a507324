"""Recording a document that was signed on paper, with its scan: it takes its number here."""

from flask import Response, request, url_for

from gateway import sessions
from gateway.pages import names
from gateway.pages.blueprint import pages
from gateway.pages.documents import words
from gateway.pages.documents.numbering import kept_numbers
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from gateway.pages.letters import words as letters
from infra.errors import Forbidden, Problem
from services.correspondence.contract import ListDocuments, RecordDocument
from services.personnel.contract import ListPosts


@pages.route("/documents/record", methods=["GET", "POST"])
def record_document() -> Response:
    if RecordDocument.method() not in sessions.ask(ListDocuments, limit=1)["actions"]:
        raise Forbidden()
    begun = {"kind": "external", "urgency": "normal", "dated": _("วันนี้")} | _director()
    form = Form(begun | {"reply_to": request.args.get("reply_to", "")})
    if form.sent:
        body = {
            "kind": form.text("kind"),
            "group": form.optional("group"),
            "circular": form.flag("circular"),
            "dated": form.date("dated"),
            "recipient": form.text("recipient"),
            "subject": " ".join(form.text("subject").split()),
            "urgency": form.text("urgency"),
            "signer": form.text("signer"),
            "signature": form.lines("signature"),
            "reservation": form.optional("reservation"),
            "reply_to": form.optional("reply_to"),
            "uploads": form.many("uploads"),
        }
        if not body["uploads"]:
            form.refuse("uploads", _("แนบไฟล์สแกนของฉบับที่ลงนามแล้ว"))
        answer = form.send(RecordDocument, body)
        if answer is not None:
            return see(url_for("pages.document", id=answer["id"], numbered=1))
    return form.render(
        "documents/record.html",
        form=form,
        kind_options=[(kind.value, _(name)) for kind, name in words.KIND.items()],
        urgency_options=letters.options(letters.URGENCY),
        group_options=[(one["id"], one["name"]) for one in names.groups()],
        reservations=kept_numbers(),
    )


def _director() -> dict[str, str]:
    """Who signs most of what is signed on paper."""
    try:
        posts = sessions.ask(ListPosts)["items"]
    except Problem:
        return {}
    chief = next((post for post in posts if post["role"] in words.SIGNING[:2]), None)
    return {"signer": chief["holder_name"], "signature": chief["title"]} if chief else {}
