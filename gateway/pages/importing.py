"""Loading people or schools from a spreadsheet: first a trial that changes nothing, then in earnest."""

from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.pages import names
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from services.personnel.contract import ImportDirectory


@pages.route("/import", methods=["GET", "POST"])
def import_directory() -> AnyResponse:
    form = Form({"kind": request.args.get("kind", "people")})
    load = Form(name="load")
    sent = load if load.sent else form
    report: dict[str, Any] | None = None
    if sent.sent:
        report = _send(sent)
        if report and report["loaded"]:
            names.recent().clear()
            said = _(
                "นำเข้าแล้ว เพิ่ม %(new)s แก้ไข %(changed)s เหมือนเดิม %(same)s",
                new=report["new"],
                changed=report["changed"],
                same=report["same"],
            )
            kind = sent.text("kind")
            address = url_for("pages.schools" if kind == "schools" else "pages.people")
            return see(address, said)
    return sent.render("people/import.html", form=form, load=load, sent=sent, report=report)


def _send(form: Form) -> dict[str, Any] | None:
    """Try the file (the first form), or load it (the second, offered when nothing is wrong)."""
    uploads = form.many("upload")
    if not uploads:
        form.refuse("upload", _("เลือกไฟล์ก่อน"))
        return None
    body = {"kind": form.text("kind"), "upload": uploads[0], "dry_run": form.name != "load"}
    return form.send(ImportDirectory, body)
