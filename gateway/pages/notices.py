"""What I was told: the notifications, what I want to be told of, and e-mail that did not arrive."""

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway import sessions
from gateway.pages import names
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, inner, see
from gateway.pages.language import _
from services.notify.contract import (
    GetPreferences,
    ListFailedMail,
    ListNotifications,
    MailStatus,
    MarkAllRead,
    MarkRead,
    RetryMail,
    SetPreferences,
)

_URGENCY = {"urgent": "ด่วน", "very_urgent": "ด่วนมาก", "most_urgent": "ด่วนที่สุด"}


@pages.get("/notifications")
def notifications() -> str:
    unread = request.args.get("unread") == "true"
    cursor = request.args.get("cursor")
    found = sessions.ask(ListNotifications, unread=unread, cursor=cursor)
    for one in found["items"]:  # its urgency stands before it as a tag
        one["title"] = one["title"].removeprefix(f"{_URGENCY.get(one['urgency'], '')} ").strip()
    return render_template("notices/list.html", found=found, unread=unread, form=Form())


@pages.post("/notifications/read")
def mark_all_read() -> Response:
    form = Form()
    count = (form.send(MarkAllRead, {}) or {"count": 0})["count"]
    if form.problem:
        raise form.problem
    said = _("ทำเครื่องหมายว่าอ่านแล้ว %(count)s รายการ", count=count)
    return see(url_for("pages.notifications"), said)


@pages.post("/notifications/<id>")
def open_notification(id: str) -> AnyResponse:
    """Mark it as read, and go where it points."""
    form = Form()
    form.send(MarkRead, {"id": id})
    return redirect(inner(request.form.get("link", "")), 303)


@pages.route("/settings/notifications", methods=["GET", "POST"])
def preferences() -> AnyResponse:
    now = sessions.ask(GetPreferences)
    chosen = [
        f"{item['kind']}:{channel}"
        for item in now["items"]
        for channel in ("in_app", "email")
        if item[channel]
    ]
    form = Form({"told": chosen}, version=now["version"])
    if form.sent:
        ticked = set(form.many("told"))
        items = [
            {
                "kind": item["kind"],
                "in_app": f"{item['kind']}:in_app" in ticked,
                "email": f"{item['kind']}:email" in ticked,
            }
            for item in now["items"]
        ]
        if form.send(SetPreferences, {"items": items}):
            return see(url_for("pages.preferences"), _("บันทึกแล้ว"))
    return form.render("notices/preferences.html", form=form, now=now)


@pages.get("/settings/mail")
def failed_mail() -> str:
    """Whether e-mail goes out, and what of it did not; for administrators."""
    status = sessions.ask(MailStatus)
    found = sessions.ask(ListFailedMail, cursor=request.args.get("cursor"))
    names.know(row["person"] for row in found["items"])
    return render_template("notices/mail.html", status=status, found=found, form=Form())


@pages.post("/settings/mail/<id>/retry")
def retry_mail(id: str) -> Response:
    form = Form()
    form.send(RetryMail, {"id": id})
    if form.problem:
        raise form.problem
    return see(url_for("pages.failed_mail"), _("จะส่งอีกครั้งในไม่กี่วินาที"))
