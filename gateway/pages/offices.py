"""The office's groups and its schools."""

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway import sessions
from gateway.pages import names
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from gateway.pages.people import organisation
from infra.errors import NotFound
from services.personnel.contract import (
    AddGroup,
    AddOrganisation,
    ChangeGroup,
    ChangeOrganisation,
    CloseGroup,
    CloseOrganisation,
    GetOrganisation,
    ListGroups,
    ListOrganisations,
)


@pages.get("/groups")
def groups() -> str:
    home = organisation()
    found = sessions.ask(ListGroups, organisation=home["id"])
    return render_template("people/groups.html", found=found, home=home)


@pages.route("/groups/new", methods=["GET", "POST"])
def add_group() -> AnyResponse:
    home, form = organisation(), Form()
    if form.sent:
        body = {"organisation": home["id"], "name": form.text("name")}
        if form.send(AddGroup, body | {"central": form.flag("central")}):
            return _group_changed(home["id"], _("เพิ่มกลุ่มแล้ว"))
    return form.render("people/group.html", form=form, home=home, group=None)


@pages.route("/groups/<id>", methods=["GET", "POST"])
def group(id: str) -> AnyResponse:
    home = organisation()
    every = sessions.ask(ListGroups, organisation=home["id"])["items"]
    found = next((one for one in every if one["id"] == id), None)
    if found is None:
        raise NotFound()
    form = Form(found, version=found["version"])
    close = Form(version=found["version"], name="close")
    body = {"id": id, "name": form.text("name"), "central": form.flag("central")}
    if form.sent and form.send(ChangeGroup, body):
        return _group_changed(home["id"], _("บันทึกแล้ว"))
    if close.sent and close.send(CloseGroup, {"id": id}):
        return _group_changed(home["id"], _("ยุบกลุ่มแล้ว"))
    shown = close if close.sent else form
    return shown.render("people/group.html", form=form, close=close, home=home, group=found)


def _group_changed(home: str, said: str) -> AnyResponse:
    names.forget(("groups", home))
    return see(url_for("pages.groups", organisation=home), said)


@pages.get("/schools")
def schools() -> str:
    q = request.args.get("q", "").strip()[:200]
    cursor = request.args.get("cursor")
    found = sessions.ask(ListOrganisations, kind="school", q=q, limit=200, cursor=cursor)
    return render_template("people/schools.html", found=found, q=q)


@pages.route("/schools/new", methods=["GET", "POST"])
def add_school() -> AnyResponse:
    form = Form()
    if form.sent and form.send(AddOrganisation, {"kind": "school"} | _body(form)):
        said = _("เพิ่ม %(name)s แล้ว", name=form.text("name"))
        return see(url_for("pages.schools"), said)
    return form.render("people/school.html", form=form, school=None)


@pages.route("/schools/<id>", methods=["GET", "POST"])
def school(id: str) -> AnyResponse:
    """A school, or the office itself: what it is called, and the way to its people and posts."""
    found = sessions.ask(GetOrganisation, id=id)
    form = Form(found, version=found["version"])
    close = Form(version=found["version"], name="close")
    here = url_for("pages.school", id=id)
    if form.sent and form.send(ChangeOrganisation, {"id": id} | _body(form)):
        names.recent().clear()
        return see(here, _("บันทึกแล้ว"))
    if close.sent and close.send(CloseOrganisation, {"id": id, "reason": close.text("reason")}):
        said = _("บันทึกการเลิก %(name)s แล้ว", name=found["name"])
        return see(url_for("pages.schools"), said)
    shown = close if close.sent else form
    return shown.render("people/school.html", form=form, close=close, school=found)


def _body(form: Form) -> dict[str, Any]:
    return {name: form.text(name) for name in ("code", "name", "short_name")}
