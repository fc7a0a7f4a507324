"""The office's own templates (แม่แบบ): what drafts begin from."""

from flask import Response, url_for

from gateway import sessions
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from services.correspondence.contract import DropTemplate, ListTemplates


@pages.route("/documents/templates", methods=["GET", "POST"])
def document_templates() -> Response:
    form = Form()
    if form.sent and form.send(DropTemplate, {"id": form.text("drop")}) is not None:
        return see(url_for("pages.document_templates"), _("ลบแม่แบบแล้ว ฉบับที่ร่างไว้แล้วไม่เปลี่ยน"))
    return form.render("documents/templates.html", form=form, found=sessions.ask(ListTemplates))
