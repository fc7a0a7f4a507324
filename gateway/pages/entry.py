"""Coming and going: log-in, log-out, the post one acts from, the language."""

from contextlib import suppress

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway import sessions
from gateway.pages import forms, frame, names
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, inner, see
from gateway.pages.language import COOKIE, _
from infra.errors import NotFound, Problem, Unauthenticated
from services.personnel.contract import LogIn, Me, OfficeName

_YEAR = 365 * 24 * 3600


# Where one may go with a password that another chose.
_BEFORE_ONE_S_OWN = (
    "pages.change_password", "pages.log_in", "pages.log_out", "pages.switch_language", "pages.asset",
)  # fmt: skip


@pages.before_request
def own_password_first() -> AnyResponse | None:
    """Whoever has a password that another chose chooses their own before anything else."""
    if request.endpoint in _BEFORE_ONE_S_OWN:
        return None
    me = frame.frame().me
    # What is remembered may be older than the change.
    if not me or not me["must_change_password"] or not sessions.ask(Me)["must_change_password"]:
        return None
    address = url_for("pages.change_password")
    if request.headers.get("HX-Request"):
        return Response(headers={"HX-Redirect": address})
    return redirect(address, 303)


@pages.route("/login", methods=["GET", "POST"])
def log_in() -> AnyResponse:
    wanted = inner(request.values.get("next", ""))
    form = Form({"next": wanted})
    if not form.sent:
        return redirect(wanted, 303) if sessions.find() else _door(form)
    username, password = form.text("username"), request.form.get("password", "")
    for name, given in (("username", username), ("password", password)):
        if not given:
            form.refuse(name, _("ต้องกรอกช่องนี้"))
    if form.errors:
        return _door(form)
    try:
        LogIn.check({"username": username, "password": password})
        session = sessions.log_in(username, password)
    except Problem as problem:
        form.problem = problem
        return _door(form)
    names.forget(("me", session["person"]))  # a new password may be another's choice
    response = see(url_for("pages.change_password") if session["must_change_password"] else wanted)
    sessions.keep(response, session["token"])
    return response


def _door(form: Form) -> Response:
    """The log-in page under the office's name; under this system's alone where that is not known."""
    try:
        office = names.recent().get("office name", lambda: sessions.ask(OfficeName)["name"])
    except Problem:
        office = ""
    return form.render("login.html", form=form, office=office)


@pages.post("/logout")
def log_out() -> Response:
    response = see(url_for("pages.log_in"))
    with suppress(Unauthenticated):
        sessions.log_out(response)
    return response


@pages.post("/acting-from")
def act_from() -> Response:
    """Act from one of my posts alone, or from all of them."""
    post = request.form.get("post") or None
    if post is not None and post not in {seat["post"] for seat in sessions.ask(Me)["seats"]}:
        raise NotFound()
    response = forms.back()
    sessions.act_from(response, post)
    return response


@pages.post("/language")
def switch_language() -> Response:
    """Read the pages in the other language from now on."""
    response = forms.back()
    chosen = "en" if request.form.get("language") == "en" else "th"
    response.set_cookie(COOKIE, chosen, max_age=_YEAR, samesite="Lax", httponly=True)
    return response
