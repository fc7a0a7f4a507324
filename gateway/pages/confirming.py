"""Confirming before one signs: by the password typed, or by a passkey whose ceremony the page has held.

The form has the fields of `confirming.fields` (templates/macros/confirming.html) and the page
`passkey.js`; then

    if proof := confirmation(form, id):
        form.send(SignDocument, {"id": id, "confirmation": proof})
"""

from urllib.parse import urlsplit

from flask import request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway import sessions
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from services.personnel.contract import (
    AddPasskey,
    ConfirmByPassword,
    ListPasskeys,
    Me,
    RemovePasskey,
)


def confirmation(form: Form, subject: str) -> str | None:
    """What proves that the visitor confirmed `subject`; None with the form's `errors` set."""
    if made := form.text("confirmation"):
        return made
    key = form.key  # is the signature's, not this command's
    body = {"subject": subject, "password": request.form.get("password", "")}
    answer = form.send(ConfirmByPassword, body)
    form.key = key
    return answer["confirmation"] if answer else None


@pages.route("/settings/passkeys", methods=["GET", "POST"])
def passkeys() -> AnyResponse:
    form = Form(name="add")
    if form.sent:
        body = {"name": form.text("name"), "credential": form.text("credential")}
        if form.send(AddPasskey, body):
            return see(url_for("pages.passkeys"), _("เพิ่มพาสคีย์แล้ว ใช้ยืนยันเมื่อลงนามได้ทันที"))
    found = sessions.ask(ListPasskeys)
    return form.render(
        "settings/passkeys.html",
        form=form,
        me=sessions.ask(Me),
        passkeys=found["items"],
        site=found["site"],
        elsewhere=urlsplit(found["site"]).netloc != request.host,
        removing=Form(name="remove"),
    )


@pages.post("/settings/passkeys/<id>/removal")
def remove_passkey(id: str) -> AnyResponse:
    sessions.send(RemovePasskey, {"id": id}, key=Form(name="remove").key)
    return see(url_for("pages.passkeys"), _("นำพาสคีย์ออกแล้ว"))
