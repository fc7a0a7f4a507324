"""Loading people or schools from a spreadsheet: first a trial that changes nothing, then in earnest."""

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.pages import names, roles
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from infra.errors import NotFound
from services.personnel.contract import ImportDirectory

# The headings of a file of each kind, those first that it must have.
HEADINGS = {
    "people": (
        ("ชื่อ", "นามสกุล"),
        ("คำนำหน้า", "อีเมล", "โทรศัพท์", "หน่วยงาน", "กลุ่ม", "บทบาท", "ตำแหน่ง", "วันแรก"),
    ),
    "schools": (("รหัส", "ชื่อ"), ("ชื่อย่อ",)),
}


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
    return sent.render(
        "people/import.html",
        form=form,
        load=load,
        sent=sent,
        report=report,
        headings=HEADINGS,
        roles=roles.WORDS.values(),
    )


@pages.get("/import/<kind>.csv")
def import_form(kind: str) -> Response:
    """An empty file with its headings, to be filled in with a spreadsheet."""
    if kind not in HEADINGS:
        raise NotFound()
    needed, others = HEADINGS[kind]
    response = Response("\ufeff" + ",".join([*needed, *others]) + "\r\n", mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return response


def _send(form: Form) -> dict[str, Any] | None:
    """Try the file (the first form), or load it (the second, offered when nothing is wrong)."""
    uploads = form.many("upload")
    if not uploads:
        form.refuse("upload", _("เลือกไฟล์ก่อน"))
        return None
    body = {"kind": form.text("kind"), "upload": uploads[0], "dry_run": form.name != "load"}
    return form.send(ImportDirectory, body)
