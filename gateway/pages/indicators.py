"""One indicator: who answers for it, its reports with their evidence, and what the visitor may do."""

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway import sessions
from gateway.api.files import download
from gateway.pages import names
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from gateway.parts import parts
from infra.clock import fiscal_year
from services.personnel.contract import ListPeople
from services.standards.contract import (
    AssignIndicator,
    GetEvidence,
    GetIndicator,
    RenameIndicator,
    ReportIndicator,
    ReturnReport,
    VerifyReport,
)


@pages.route("/indicators/<id>", methods=["GET", "POST"])
def indicator(id: str) -> AnyResponse:
    """The indicator, and a form for each thing that may be done to it."""
    found = sessions.ask(GetIndicator, id=id)
    version = found["version"]
    rename = Form({"name": found["name"]}, version, "rename")
    assign = Form({"owner": f"{found['owner']}:{found['group']}"}, version, "assign")
    verify, send_back = Form(version=version, name="verify"), Form(version=version, name="return")
    here = url_for("pages.indicator", id=id)
    if rename.sent and rename.send(RenameIndicator, {"id": id, "name": rename.text("name")}):
        return see(here, _("บันทึกแล้ว"))
    if assign.sent:
        owner, _colon, group = assign.text("owner").partition(":")
        body = {"id": id, "owner": owner, "group": group}
        if assign.send(AssignIndicator, body, names={"group": "owner"}):
            return see(here, _("มอบหมายแล้ว ผู้รับผิดชอบได้รับแจ้งแล้ว"))
    if verify.sent:
        body = {"id": id, "note": verify.text("note")} | _round(verify)
        if verify.send(VerifyReport, body):
            return see(here, _("ตรวจแล้ว ผู้รายงานได้รับแจ้งแล้ว"))
    if send_back.sent:
        body = {"id": id, "reason": send_back.text("reason")} | _round(send_back)
        if send_back.send(ReturnReport, body):
            return see(here, _("ส่งกลับแก้ไขแล้ว ผู้รายงานได้รับแจ้งแล้ว"))
    _know(found)
    shown = next((form for form in (rename, assign, verify, send_back) if form.sent), rename)
    return shown.render(
        "standards/indicator.html",
        indicator=found,
        rename=rename,
        assign=assign,
        verify=verify,
        send_back=send_back,
        owners=_owners() if "assign_indicator" in found["actions"] else [],
        asked=_asked_round(),
    )


def _round(form: Form) -> dict[str, Any]:
    return {"fiscal_year": form.whole("fiscal_year"), "round": form.whole("round")}


def _asked_round() -> tuple[str, str]:
    """The round whose form was sent, so that it is shown open again."""
    return request.form.get("fiscal_year", ""), request.form.get("round", "")


def _know(found: dict[str, Any]) -> None:
    people = [found["owner"], *(report["reporter"] for report in found["reports"])]
    steps = [step[who] for step in found["history"] for who in ("actor", "person")]
    names.know([*people, *steps])


def _owners() -> list[tuple[str, str]]:
    """Everybody with a post in a group, as (`person:group`, words)."""
    people = sessions.ask(ListPeople, limit=500)["items"]
    return [
        (f"{person['id']}:{seat['group']}", f"{person['name']} · {seat['group_name']}")
        for person in people
        for seat in {
            seat["group"]: seat
            for seat in person["seats"]
            if seat["group"] and not seat["capacity"]
        }.values()
    ]


@pages.route("/indicators/<id>/report", methods=["GET", "POST"])
def report_indicator(id: str) -> AnyResponse:
    """Report a round's result with evidence, or change what was reported."""
    found = sessions.ask(GetIndicator, id=id)
    year, months = _wanted(found)
    before = next(
        (
            report
            for report in found["reports"]
            if (report["fiscal_year"], report["round"]) == (year, months)
        ),
        None,
    )
    begun: dict[str, Any] = {"fiscal_year": year, "round": months}
    if before:
        kept = [evidence["id"] for evidence in before["evidence"]]
        begun |= {"result": before["result"], "figure": before["figure"], "kept": kept}
    form = Form(begun, version=found["version"])
    if form.sent:
        body = {
            "id": id,
            "result": form.text("result"),
            "figure": form.figure("figure"),
            "uploads": form.many("uploads"),
            "kept": form.many("kept"),
        } | _round(form)
        if form.send(ReportIndicator, body):
            return see(url_for("pages.indicator", id=id), _("รายงานผลแล้ว ผู้ตรวจได้รับแจ้งแล้ว"))
    return form.render("standards/report.html", form=form, indicator=found, before=before)


def _wanted(found: dict[str, Any]) -> tuple[int, int]:
    """The fiscal year and round to report: as asked, else this year's first that is not reported."""
    present = fiscal_year(parts().clock())
    year, months = request.values.get("fiscal_year", ""), request.values.get("round", "")
    if year.isdecimal() and months.isdecimal() and len(year) == 4 and len(months) <= 2:
        return int(year), int(months)
    done = {
        report["round"]
        for report in found["reports"]
        if report["fiscal_year"] == present and report["state"] != "returned"
    }
    rounds = sorted(found["rounds"])
    return present, next((one for one in rounds if one not in done), rounds[-1])


@pages.get("/indicators/<id>/evidence/<evidence>")
def evidence(id: str, evidence: str) -> Response:
    file = sessions.ask(GetEvidence, id=id, evidence=evidence)
    return download(file, inline=request.args.get("inline") == "true")
