"""The tray (รอลงทะเบียนรับ): letters sent on the system or by e-mail, the most urgent and oldest first.

One press registers what came on the system; an e-mail's columns are filled in on its own page.
"""

from typing import Any

from flask import Response, render_template, request, url_for

from gateway import sessions
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from infra.errors import Problem, Unauthenticated
from services.correspondence.contract import (
    ArrivalSource,
    ArrivalState,
    GetLetter,
    ListArrivals,
    RegisterArrival,
)

_LIMIT = 100
_MOST_MARKED = 200


@pages.get("/letters/tray")
def tray() -> str:
    """What waits; `?state=` what became of the others, `?breached=1` e-mails acknowledged too late."""
    asked = {
        name: request.args[name] for name in ("state", "source", "cursor") if request.args.get(name)
    }
    breached = bool(request.args.get("breached"))
    found = sessions.ask(ListArrivals, **asked, breached=breached, limit=_LIMIT)
    plain = not breached and asked.keys() <= {"cursor"}
    return render_template(
        "sending/tray.html",
        found=found,
        state=asked.get("state", ArrivalState.WAITING.value),
        source=asked.get("source"),
        breached=breached,
        waiting=found["total"] if plain else waiting(),
        source_options=[(source.value, source) for source in ArrivalSource],
        before=registered_before(),
        form=Form(name="marked"),
        may_register=RegisterArrival.method() in found["actions"],
    )


@pages.get("/letters/tray/count")
def tray_count() -> Response:
    """How many wait, for the rail."""
    number = waiting()
    return Response(f"{number:,}" if number else "", content_type="text/plain; charset=utf-8")


def waiting() -> int:
    """How many letters wait in the tray."""
    total: int = sessions.ask(ListArrivals, limit=1)["total"]
    return total


def registered_before() -> dict[str, Any] | None:
    """The letter that was registered just now (`?after=`)."""
    id = request.args.get("after", "")
    if len(id) != 36:
        return None
    try:
        return sessions.ask(GetLetter, id=id)
    except Problem:
        return None


@pages.post("/letters/tray/registrations")
def register_arrivals() -> Response:
    """Register the one that was pressed (`one`), or all that are marked (`task`), as they came."""
    form = Form(name="marked")
    done, refused = list[dict[str, Any]](), list[str]()
    for index, id in enumerate((form.many("one") or form.many("task"))[:_MOST_MARKED]):
        try:
            done.append(sessions.send(RegisterArrival, {"id": id}, key=f"{form.key}.{index}"))
        except Unauthenticated:
            raise
        except Problem as problem:
            refused.append(_(problem.detail))
    if len(done) == 1 and not refused:
        return see(url_for("pages.tray", after=done[0]["id"]))
    numbers = [f"{answer['number']}/{answer['year']}" for answer in done]
    return see(url_for("pages.tray"), _account(numbers, refused))


def _account(numbers: list[str], refused: list[str]) -> str:
    if not numbers and not refused:
        return _("ยังไม่ได้เลือกเรื่อง")
    said = _("ลงทะเบียนรับแล้ว %(number)s เรื่อง", number=len(numbers))
    if len(numbers) == 1:
        said += " · " + _("เลขรับ %(number)s", number=numbers[0])
    elif numbers:
        said += " · " + _("เลขรับ %(first)s ถึง %(last)s", first=numbers[0], last=numbers[-1])
    if refused:
        said += " · " + _("ทำไม่ได้ %(number)s เรื่อง: %(why)s", number=len(refused), why=refused[0])
    return said
