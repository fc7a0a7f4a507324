"""Posts: who holds which, from when until when, and who acts in it, by which order."""

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway import sessions
from gateway.pages import dates, names, roles
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.language import N_, _
from gateway.pages.people import organisation
from infra.contract import Command
from services.personnel.contract import (
    AppointActing,
    ChangePost,
    ClosePost,
    CreatePost,
    EndActing,
    FillPost,
    GetPost,
    ListActing,
    ListGroups,
    ListPeople,
    ListPosts,
    VacatePost,
)


@pages.get("/posts")
def posts() -> str:
    home = organisation()
    found = sessions.ask(ListPosts, organisation=home["id"])
    vacant = request.args.get("vacant") == "true"
    shown = [post for post in found["items"] if not (vacant and post["holder"])]
    return render_template(
        "people/posts.html",
        found=found,
        shown=shown,
        vacant=vacant,
        empty=sum(not post["holder"] for post in found["items"]),
        home=home,
    )


@pages.route("/posts/new", methods=["GET", "POST"])
def add_post() -> AnyResponse:
    home, form = organisation(), Form({"group": request.args.get("group", "")})
    if form.sent:
        body = {
            "organisation": home["id"],
            "group": form.optional("group"),
            "role": form.text("role"),
            "title": form.text("title"),
        }
        if made := form.send(CreatePost, body):
            said = _("เพิ่มตำแหน่งแล้ว ขั้นต่อไป ให้บุคคลดำรงตำแหน่ง")
            return see(url_for("pages.post", id=made["id"]), said)
    choices = _choices(home["id"]) | {"roles": roles.options(home["kind"])}
    return form.render("people/new_post.html", form=form, home=home, **choices)


@pages.route("/posts/<id>", methods=["GET", "POST"])
def post(id: str) -> AnyResponse:
    """A post, and a form for each thing that may be done to it."""
    found = sessions.ask(GetPost, id=id)
    today = dates.short_day(dates.today()).replace("\u00a0", " ")
    begun = {
        "change": found,
        "fill": {"first_day": today},
        "vacate": {"person": found["holder"], "last_day": today},
        "acting": {"first_day": today, "capacity": "acting"},
        "end": {"last_day": today},
        "close": {"last_day": today},
    }
    forms = {name: Form(begun[name], found["version"], name) for name in _DONE}
    for name, form in forms.items():
        contract, said = _DONE[name]
        if form.sent and form.send(contract, {"id": id} | _body(name, form, found["organisation"])):
            names.recent().clear()  # whoever's seats changed sees it at once
            return see(url_for("pages.post", id=id), _(said))
    people = [one["person"] for one in (*found["holdings"], *found["actings"])]
    names.know(people)
    shown = next((form for form in forms.values() if form.sent), forms["fill"])
    choices = _choices(found["organisation"]) if found["actions"] else {}
    return shown.render(
        "people/post.html",
        post=found,
        forms_by_name=forms,
        held_by=list(dict.fromkeys(one["person"] for one in found["holdings"])),
        **choices,
    )


def _choices(home: str) -> dict[str, Any]:
    """The people and groups of an organisation, to choose from."""
    people = sessions.ask(ListPeople, organisation=home, limit=500)["items"]
    groups = sessions.ask(ListGroups, organisation=home)["items"]
    return {
        "people": [(one["id"], _with_title(one)) for one in people],
        "groups": [(one["id"], one["name"]) for one in groups],
    }


def _with_title(person: dict[str, Any]) -> str:
    own = next((seat["title"] for seat in person["seats"] if not seat["capacity"]), "")
    return f"{person['name']} · {own}" if own else str(person["name"])


def _own_post(person: str, home: str) -> str | None:
    """The post that stands above the capacity when the person signs: their first own one."""
    found = sessions.ask(ListPosts, organisation=home)["items"]
    return next((post["id"] for post in found if post["holder"] == person), None)


def _body(name: str, form: Form, home: str) -> dict[str, Any]:
    match name:
        case "change":
            return {"title": form.text("title"), "group": form.optional("group")}
        case "fill":
            days = {"first_day": form.date("first_day"), "last_day": form.date("last_day")}
            return {"person": form.text("person")} | days
        case "vacate":
            return {"person": form.text("person"), "last_day": form.date("last_day")}
        case "acting":
            person = form.text("person")
            return {
                "person": person,
                "own_post": _own_post(person, home),
                "capacity": form.text("capacity"),
                "first_day": form.date("first_day"),
                "last_day": form.date("last_day"),
                "order": form.text("order"),
            }
        case "end":
            return {"acting": form.text("acting"), "last_day": form.date("last_day")}
    return {"last_day": form.date("last_day")}


# form → (command, what is said afterwards)
_DONE: dict[str, tuple[type[Command], str]] = {
    "fill": (FillPost, N_("บันทึกผู้ดำรงตำแหน่งแล้ว")),
    "vacate": (VacatePost, N_("บันทึกวันพ้นตำแหน่งแล้ว")),
    "acting": (AppointActing, N_("บันทึกผู้ปฏิบัติหน้าที่แทนแล้ว")),
    "end": (EndActing, N_("บันทึกวันสิ้นสุดแล้ว")),
    "change": (ChangePost, N_("บันทึกแล้ว")),
    "close": (ClosePost, N_("บันทึกการยุบตำแหน่งแล้ว")),
}


@pages.get("/acting")
def acting() -> str:
    """Who acts for whom: today, or ever."""
    every = request.args.get("all") == "true"
    day = None if every else dates.today().isoformat()
    found = sessions.ask(ListActing, day=day)
    return render_template("people/acting.html", found=found, every=every)
