"""Taking over the registers of another system: a file is checked, its report read, then it is loaded."""

from typing import Any

from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway import sessions
from gateway.documents.spreadsheets import BOM, csv_line
from gateway.pages import names
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.language import N_, _
from infra.errors import NotFound
from services.correspondence.contract import (
    CheckImport,
    GetImport,
    ImportedRegister,
    ImportState,
    ListImports,
    LoadImport,
    StopImport,
)

REGISTERS = {
    ImportedRegister.RECEIVE: N_("ทะเบียนหนังสือรับ"),
    ImportedRegister.SEND: N_("ทะเบียนหนังสือส่ง"),
    ImportedRegister.ORDER: N_("ทะเบียนคำสั่ง"),
}
STATES = {
    ImportState.CHECKING: N_("กำลังตรวจ"),
    ImportState.CHECKED: N_("ตรวจแล้ว รอยืนยัน"),
    ImportState.LOADING: N_("กำลังนำเข้า"),
    ImportState.DONE: N_("นำเข้าครบ"),
    ImportState.STOPPED: N_("หยุดไว้"),
    ImportState.FAILED: N_("อ่านไฟล์ไม่ได้"),
}
# The headings of an empty file of each register; others are understood as well.
HEADINGS = {
    ImportedRegister.RECEIVE: (
        *("เลขทะเบียนรับ", "วันที่รับ", "ที่", "ลงวันที่", "จาก", "ถึง", "เรื่อง"),
        *("การปฏิบัติ", "หมายเหตุ", "ชั้นความเร็ว", "ปี พ.ศ."),
    ),
    ImportedRegister.SEND: (
        *("เลขทะเบียนส่ง", "ที่", "ลงวันที่", "จาก", "ถึง", "เรื่อง"),
        *("การปฏิบัติ", "หมายเหตุ", "ชั้นความเร็ว", "ปี พ.ศ."),
    ),
    ImportedRegister.ORDER: ("คำสั่งที่", "สั่ง ณ วันที่", "เรื่อง", "ถึง", "หมายเหตุ", "ปี พ.ศ."),
}
_SHOWN = 500  # faults on the page; the rest is in the file


@pages.route("/settings/registers", methods=["GET", "POST"])
def register_imports() -> AnyResponse:
    """What was taken over so far, and the form for another file."""
    form = Form({"register": ImportedRegister.RECEIVE.value})
    if form.sent:
        uploads = form.many("upload")
        if not uploads:
            form.refuse("upload", _("เลือกไฟล์ก่อน"))
        else:
            chosen = {"register": form.text("register"), "upload": uploads[0]}
            body: dict[str, Any] = {**chosen, "year": form.whole("year")}
            if (answer := form.send(CheckImport, body)) is not None:
                return see(url_for("pages.register_import", id=answer["id"]))
    found = sessions.ask(ListImports)["items"]
    names.know({one["by"] for one in found})
    return form.render(
        "importing/list.html",
        form=form,
        found=found,
        registers=REGISTERS,
        states=STATES,
        headings=HEADINGS,
    )


@pages.route("/settings/registers/<id>", methods=["GET", "POST"])
def register_import(id: str) -> AnyResponse:
    """One import: its report, how far it is, and the one thing to do next."""
    load, stop = Form(name="load"), Form(name="stop")
    for form, command in ((load, LoadImport), (stop, StopImport)):
        if form.sent and form.send(command, {"id": id}) is not None:
            return see(url_for("pages.register_import", id=id))
    context = _context(id)
    if request.headers.get("HX-Request"):
        part = Response(render_template("importing/progress.html", **context))
        if context["job"]["state"] not in (ImportState.CHECKING, ImportState.LOADING):
            part.headers["HX-Refresh"] = "true"  # there is more to show than how far it is
        return part
    sent = stop if stop.sent else load
    return sent.render("importing/job.html", load=load, stop=stop, **context)


@pages.get("/settings/registers/<id>/faults.csv")
def register_import_faults(id: str) -> Response:
    """All that was found, for a spreadsheet beside the file."""
    job = sessions.ask(GetImport, id=id)
    lines = [[_("แถว"), _("คอลัมน์"), _("สิ่งที่พบ"), _("ค่าในไฟล์"), _("ผล")]]
    for one in job["faults"]:
        left_out = _("ไม่นำเข้า") if one["fatal"] else ""
        lines.append([one["row"], one["column"], one["message"], one["value"], left_out])
    return _csv(f"faults-{id[:8]}.csv", lines)


@pages.get("/settings/registers/<register>.csv")
def register_import_form(register: str) -> Response:
    """An empty file with its headings."""
    if register not in list(ImportedRegister):
        raise NotFound()
    return _csv(f"{register}.csv", [list(HEADINGS[ImportedRegister(register)])])


def _context(id: str) -> dict[str, Any]:
    job = sessions.ask(GetImport, id=id)
    names.know({job["by"]})
    return {
        "job": job,
        "shown": job["faults"][:_SHOWN],
        "fatal": sum(one["fatal"] for one in job["faults"]),
        "takeable": job["rows"] - job["skipped"],
        "registers": REGISTERS,
        "states": STATES,
    }


def _csv(name: str, lines: list[list[Any]]) -> Response:
    response = Response(BOM + b"".join(map(csv_line, lines)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
