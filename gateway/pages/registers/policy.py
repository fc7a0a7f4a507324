"""What the organisation chose about its documents: codes and series, desks, what stands at their head."""

from typing import Any

from flask import Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway import sessions
from gateway.api import files
from gateway.pages import names
from gateway.pages.blueprint import pages
from gateway.pages.documents import words
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from gateway.parts import parts
from infra.errors import NotFound
from services.correspondence.contract import GetDocumentPolicy, Numbering, Series, SetDocumentPolicy
from services.personnel.contract import Me, OrganisationKind

_TEXTS = ("code", "letterhead", "address", "phone", "email", "english_name", "roman", "unit")
_APART = ("circulars_apart", "certificates_apart")
_PNG = b"\x89PNG"


@pages.route("/settings/documents", methods=["GET", "POST"])
def document_policy() -> AnyResponse:
    now, groups = sessions.ask(GetDocumentPolicy), names.groups()
    codes = {one["group"]: one["code"] for one in now["group_codes"]}
    begun = now | {f"code-{group}": code for group, code in codes.items()}
    begun |= {name: "apart" if now[name] else "shared" for name in _APART}
    form = Form(begun | {"emblem": []}, version=now["version"])
    if form.sent:
        group_codes = [
            {"group": one["id"], "code": form.text(f"code-{one['id']}")}
            for one in groups
            if form.text(f"code-{one['id']}")
        ]
        body: dict[str, Any] = {name: form.text(name) for name in _TEXTS}
        body |= {name: form.text(name) == "apart" for name in _APART}
        body |= {
            "group_codes": group_codes,
            "by_group": form.many("by_group"),
            "numbering": form.text("numbering"),
            "group_head": form.flag("group_head"),
            "deputy": form.flag("deputy"),
            "emblem": next(iter(form.many("emblem")), None),
            "unreceived_days": form.whole("unreceived_days"),
        }
        if form.send(SetDocumentPolicy, body):
            return see(url_for("pages.document_policy"), _("บันทึกแล้ว มีผลกับหนังสือที่ออกเลขจากนี้ไป"))
    return form.render(
        "registers/policy.html",
        form=form,
        now=now,
        codes=codes,
        groups=groups,
        school=sessions.ask(Me)["organisation_kind"] == OrganisationKind.SCHOOL,
        series_options=[(one.value, _(words.SERIES[one])) for one in Series],
        numbering_options=[
            (Numbering.ON_SIGNING.value, _("ทันทีที่ลงนาม")),
            (Numbering.BY_CLERK.value, _("สารบรรณกลางออกเลขหลังลงนาม")),
        ],
    )


@pages.get("/settings/documents/emblem")
def emblem() -> Response:
    """The picture at the head of the organisation's documents."""
    sha256 = sessions.ask(GetDocumentPolicy)["emblem"]
    if not sha256:
        raise NotFound()
    with parts().files.open(sha256) as content:
        picture = content.read()
    kind = "image/png" if picture.startswith(_PNG) else "image/jpeg"
    response = Response(picture, content_type=kind)
    response.headers["Content-Security-Policy"] = files.SHOWN
    return response
