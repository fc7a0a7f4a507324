"""My work (งานของฉัน): what waits for me, late first, and the steps that one press takes."""

from collections import Counter
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway import sessions
from gateway.pages import names
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.frame import manages_people, reads_letters
from gateway.pages.language import _
from gateway.pages.letters import words
from infra.errors import Problem, Unauthenticated
from services.correspondence.contract import (
    AcknowledgeLetter,
    AssignLetter,
    CloseGroupWork,
    EndorseLetter,
    MyTasks,
    OrderLetter,
    ProposeLetter,
    ReceiveByGroup,
    ReportResult,
    TaskKind,
)

# The command by which each kind of task is done.
STEPS = {
    TaskKind.PROPOSE: ProposeLetter,
    TaskKind.ENDORSE: EndorseLetter,
    TaskKind.ORDER: OrderLetter,
    TaskKind.RECEIVE: ReceiveByGroup,
    TaskKind.ASSIGN: AssignLetter,
    TaskKind.ACKNOWLEDGE: AcknowledgeLetter,
    TaskKind.REPORT: ReportResult,
    TaskKind.CLOSE: CloseGroupWork,
}
# Those that need nothing typed, so that several can be marked and done at once.
PRESSED = (TaskKind.RECEIVE, TaskKind.ACKNOWLEDGE, TaskKind.CLOSE)
_MOST_MARKED = 200


@pages.get("/")
def my_work() -> AnyResponse | str:
    actor = sessions.current().actor
    if not reads_letters(actor):
        return redirect(url_for("pages.people" if manages_people(actor) else "pages.settings"))
    kind = request.args.get("kind") or None
    page = sessions.ask(MyTasks, kind=kind, cursor=request.args.get("cursor") or None)
    everything = sessions.ask(MyTasks, limit=1) if kind else page
    names.know(words.people_in([task["letter"] for task in page["items"]]))
    return render_template(
        "my_work.html",
        tasks=page,
        kind=kind,
        total=everything["total"],
        late=everything["late"],
        counts=_counts(page, kind, everything["total"]),
        steps={kind.value: step.method() for kind, step in STEPS.items()},
        pressed=PRESSED,
        form=Form(name="marked"),
        may_register=words.may_register(actor),
    )


def _counts(page: dict[str, Any], kind: str | None, total: int) -> dict[str, int]:
    """How many tasks there are of each kind that there is."""
    if kind is None and page["next"] is None and not request.args.get("cursor"):
        found = Counter(task["kind"] for task in page["items"])
    else:
        found = Counter()
        for one in TaskKind if total else ():
            number = sessions.ask(MyTasks, kind=one.value, limit=1)["total"]
            found[one.value] = number
    return {one: found[one] for one in TaskKind if found[one] or one == kind}


@pages.post("/work/marked")
def do_marked() -> Response:
    """Take the step of each marked task (`one`: of that alone): each is kind:letter:group."""
    form = Form(name="marked")
    done, refused = 0, list[str]()
    tasks = form.many("one") or form.many("task")
    for index, task in enumerate(tasks[:_MOST_MARKED]):
        kind, letter, group = (*task.split(":"), "", "")[:3]
        if kind not in PRESSED:
            continue
        try:
            body = {"id": letter, "group": group}
            sessions.send(STEPS[TaskKind(kind)], body, key=f"{form.key}.{index}")
            done += 1
        except Unauthenticated:
            raise
        except Problem as problem:
            refused.append(_(problem.detail))
    return see(_tray(), _account(done, refused))


def _tray() -> str:
    kind = request.form.get("kind", "")
    return url_for("pages.my_work", kind=kind if kind in list(TaskKind) else None)


def _account(done: int, refused: list[str]) -> str:
    said = _("ทำแล้ว %(number)s เรื่อง", number=done)
    if not done and not refused:
        return _("ยังไม่ได้เลือกเรื่อง")
    if refused:
        said += " · " + _("ทำไม่ได้ %(number)s เรื่อง: %(why)s", number=len(refused), why=refused[0])
    return said
