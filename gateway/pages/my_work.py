"""My work (งานของฉัน): what waits for me, late first, and the steps that one press takes.

Beside the letters to act on stand the documents to check, sign, mend or number, and for clerks
what waits in the tray: the first of each, and the way to the rest.
"""

from collections import Counter
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway import sessions
from gateway.pages import names
from gateway.pages.blueprint import pages
from gateway.pages.documents import words as documents
from gateway.pages.documents.listing import Filters, address_of
from gateway.pages.forms import Form, see
from gateway.pages.frame import manages_people, reads_letters, registers_letters
from gateway.pages.language import _
from gateway.pages.letters import words
from infra.contract import Query
from infra.errors import Problem, Unauthenticated
from services.correspondence.contract import (
    AcknowledgeLetter,
    AssignLetter,
    CloseGroupWork,
    EndorseLetter,
    ListArrivals,
    MyDocuments,
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
_BESIDE = 5  # documents, and letters in the tray, before the way to the rest


@pages.get("/")
def my_work() -> AnyResponse | str:
    actor = sessions.current().actor
    if not reads_letters(actor):
        return redirect(url_for("pages.people" if manages_people(actor) else "pages.settings"))
    kind = request.args.get("kind") or None
    cursor = request.args.get("cursor") or None
    asked: dict[str, tuple[type[Query], dict[str, Any]]] = {
        "tasks": (MyTasks, {"kind": kind, "cursor": cursor})
    }
    if kind:
        asked["everything"] = (MyTasks, {"limit": 1})
    elif not cursor:
        asked["documents"] = (MyDocuments, {"limit": _BESIDE})
        if registers_letters(actor):
            asked["arrivals"] = (ListArrivals, {"limit": _BESIDE})
    found = sessions.ask_together(asked)
    page, everything = _answer(found["tasks"]), _answer(found.get("everything", found["tasks"]))
    beside = {
        name: None if isinstance(answer, Problem) else answer
        for name, answer in found.items()
        if name in ("documents", "arrivals")
    }
    names.know(
        words.people_in([task["letter"] for task in page["items"]])
        | documents.people_in((beside.get("documents") or {"items": []})["items"])
    )
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
        beside=beside,
        filters=Filters("waiting"),
        address_of=address_of,
        may_register=words.may_register(actor),
    )


@pages.get("/work/count")
def work_count() -> Response:
    """How many letters and documents wait for me, for the rail."""
    found = sessions.ask_together(
        {"tasks": (MyTasks, {"limit": 1}), "documents": (MyDocuments, {"limit": 1})}
    )
    known = [answer["total"] for answer in found.values() if not isinstance(answer, Problem)]
    number = sum(known)
    return Response(f"{number:,}" if number else "", content_type="text/plain; charset=utf-8")


def _answer(found: dict[str, Any] | Problem) -> dict[str, Any]:
    if isinstance(found, Problem):
        raise found
    return found


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
