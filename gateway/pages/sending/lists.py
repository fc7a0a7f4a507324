"""Lists of recipients that the office keeps: by district, size, network; made, changed, dropped."""

from uuid import UUID

from flask import render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway import sessions
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from gateway.pages.sending.recipients import FIELD, chosen, name_faults, written
from infra.errors import Forbidden, NotFound
from services.correspondence.contract import (
    DropRecipientList,
    KeepRecipientList,
    ListRecipientLists,
)

KEEP, DROP = KeepRecipientList.method(), DropRecipientList.method()


@pages.get("/settings/recipients")
def recipient_lists() -> str:
    found = sessions.ask(ListRecipientLists)
    return render_template(
        "sending/lists.html", found=found["items"], may_keep=KEEP in found["actions"]
    )


@pages.route("/settings/recipients/new", methods=["GET", "POST"])
def new_recipient_list() -> AnyResponse:
    if KEEP not in sessions.ask(ListRecipientLists)["actions"]:
        raise Forbidden()
    form = Form({FIELD: "[]"})
    if form.sent and _kept(form, None):
        return see(url_for("pages.recipient_lists"), _("เก็บรายชื่อแล้ว"))
    return form.render("sending/list.html", form=form, it=None)


@pages.route("/settings/recipients/<uuid:id>", methods=["GET", "POST"])
def recipient_list(id: UUID) -> AnyResponse:
    found = sessions.ask(ListRecipientLists)
    it = next((one for one in found["items"] if one["id"] == str(id)), None)
    if it is None:
        raise NotFound()
    form = Form({"name": it["name"], FIELD: written(it["members"])}, version=it["version"])
    drop = Form(version=it["version"], name=DROP)
    if form.sent and _kept(form, it["id"]):
        return see(url_for("pages.recipient_lists"), _("เก็บรายชื่อแล้ว"))
    if drop.sent and drop.send(DropRecipientList, {"id": it["id"]}) is not None:
        return see(url_for("pages.recipient_lists"), _("เลิกใช้รายชื่อแล้ว"))
    shown = drop if drop.sent else form
    return shown.render(
        "sending/list.html", form=form, drop=drop, it=it, may_keep=KEEP in found["actions"]
    )


def _kept(form: Form, id: str | None) -> bool:
    members = chosen(form)
    if not members:
        form.refuse(FIELD, _("เลือกผู้รับอย่างน้อยหนึ่งราย"))
    if not form.text("name"):
        form.refuse("name", _("ต้องกรอกช่องนี้"))
    body = {"id": id, "name": form.text("name"), "members": members}
    kept = form.send(KeepRecipientList, body, {"members": FIELD})
    name_faults(form, members, "members")
    return kept is not None
