"""The directory of people, for the administrator: who there is, their data and their accounts."""

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway import sessions
from gateway.pages import beginning, names, roles
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.frame import manages_people
from gateway.pages.language import N_, _
from infra.contract import Command
from services.personnel.contract import (
    AddPerson,
    ChangePerson,
    ErasePerson,
    GetOrganisation,
    GetPerson,
    ListGroups,
    ListPeople,
    LockAccount,
    OpenAccount,
    ResetPassword,
    UnlockAccount,
)

DATA = ("prefix", "first_name", "last_name", "email", "phone")


def organisation() -> dict[str, Any]:
    """The organisation whose people, posts or groups are looked at: my own, or a school of it."""
    asked = request.values.get("organisation") or sessions.current().actor.organisation
    return sessions.ask(GetOrganisation, id=asked)


@pages.get("/people")
def people() -> str:
    home = organisation()
    wanted = {name: request.args.get(name) or None for name in ("group", "role", "cursor")}
    q = request.args.get("q", "").strip()[:200]
    found = sessions.ask(ListPeople, organisation=home["id"], q=q, **wanted)
    groups = sessions.ask(ListGroups, organisation=home["id"])["items"]
    mine = home["id"] == sessions.current().actor.organisation
    begins = mine and not request.args and manages_people(sessions.current().actor)
    return render_template(
        "people/list.html",
        found=found,
        home=home,
        q=q,
        groups=groups,
        steps=beginning.steps(groups) if begins else [],
        roles=roles.options(),
    )


@pages.route("/people/new", methods=["GET", "POST"])
def add_person() -> AnyResponse:
    home, form = organisation(), Form()
    if form.sent:
        made = form.send(AddPerson, {"organisation": home["id"]} | _data(form))
        if made:
            said = _("เพิ่มบุคคลแล้ว ขั้นต่อไป เปิดบัญชีผู้ใช้และให้ดำรงตำแหน่ง")
            return see(url_for("pages.person", id=made["id"]), said)
    return form.render("people/new.html", form=form, home=home)


@pages.route("/people/<id>", methods=["GET", "POST"])
def person(id: str) -> AnyResponse:
    """A person, and a form for each thing that may be done to their data and account."""
    found = sessions.ask(GetPerson, id=id)
    begun: dict[str, dict[str, Any]] = {
        "data": found,
        "open": {"must_change": True},
        "reset": {"must_change": True},
    }
    forms = {name: Form(begun.get(name), found["version"], name) for name in _DONE}
    for name, form in forms.items():
        contract, said = _DONE[name]
        if form.sent and form.send(contract, {"id": id} | _body(name, form)) is not None:
            names.forget(id, ("me", id))
            gone = name == "erase"
            address = url_for("pages.people") if gone else url_for("pages.person", id=id)
            return see(address, _(said))
    shown = next((form for form in forms.values() if form.sent), forms["data"])
    return shown.render("people/person.html", person=found, forms_by_name=forms)


def _data(form: Form) -> dict[str, Any]:
    return {name: form.text(name) for name in DATA}


def _body(name: str, form: Form) -> dict[str, Any]:
    match name:
        case "data":
            return _data(form)
        case "open":
            account = {name: form.text(name) for name in ("username", "password")}
            return account | {"must_change": form.flag("must_change")}
        case "reset":
            return {"password": form.text("password"), "must_change": form.flag("must_change")}
    return {}


# form → (command, what is said afterwards)
_DONE: dict[str, tuple[type[Command], str]] = {
    "data": (ChangePerson, N_("บันทึกแล้ว")),
    "open": (OpenAccount, N_("เปิดบัญชีผู้ใช้แล้ว แจ้งชื่อผู้ใช้และรหัสผ่านให้เจ้าตัวทราบ")),
    "reset": (ResetPassword, N_("ตั้งรหัสผ่านใหม่แล้ว แจ้งรหัสผ่านให้เจ้าตัวทราบ")),
    "lock": (LockAccount, N_("ระงับบัญชีแล้ว")),
    "unlock": (UnlockAccount, N_("เปิดใช้บัญชีอีกครั้งแล้ว")),
    "erase": (ErasePerson, N_("ลบข้อมูลส่วนบุคคลแล้ว")),
}
