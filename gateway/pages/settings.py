"""My own settings, and for administrators the way to those of the office."""

from flask import url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway import sessions
from gateway.pages import names
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from services.correspondence.contract import GetRouting, SetRouting
from services.personnel.contract import ChangePassword, Me

SHORTEST_PASSWORD = 8  # what `personnel` holds people to, told before they type


@pages.get("/settings")
def settings() -> AnyResponse:
    return Form().render("settings/index.html", me=sessions.ask(Me))


@pages.route("/settings/password", methods=["GET", "POST"])
def change_password() -> AnyResponse:
    form, me = Form(), sessions.ask(Me)
    if form.sent:
        new = form.text("new")
        if new != form.text("again"):
            form.refuse("again", _("ไม่ตรงกับรหัสผ่านใหม่"))
        session = sessions.current().session
        body = {"session": session, "current": form.text("current"), "new": new}
        if form.send(ChangePassword, body) is not None:
            names.forget(("me", me["id"]))
            return see(url_for("pages.settings"), _("เปลี่ยนรหัสผ่านแล้ว"))
    return form.render("settings/password.html", form=form, me=me, least=SHORTEST_PASSWORD)


@pages.route("/settings/routing", methods=["GET", "POST"])
def routing() -> AnyResponse:
    """Which steps a letter passes on its way to the one who acts on it."""
    now = sessions.ask(GetRouting)
    form = Form(now, version=now["version"])
    if form.sent:
        steps = {name: form.flag(name) for name in ("central_head", "deputy", "group_head")}
        if form.send(SetRouting, steps | {"unattended_days": form.whole("unattended_days")}):
            return see(url_for("pages.routing"), _("บันทึกแล้ว มีผลกับหนังสือที่ลงทะเบียนจากนี้ไป"))
    return form.render("settings/routing.html", form=form, now=now)
