"""The central mailbox (saraban@): how it stands, and that it was looked into twice a working day (annex 6)."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from flask import Response, url_for

from gateway import sessions
from gateway.pages import dates, names
from gateway.pages.blueprint import pages
from gateway.pages.forms import Form, see
from gateway.pages.language import _
from services.correspondence.contract import CheckMailbox, MailboxStatus

_DAYS = 7
_NOON = 12
HALVES = ("morning", "afternoon")


@pages.route("/settings/mailbox", methods=["GET", "POST"])
def mailbox() -> Response:
    form = Form()
    if form.sent:
        answer = form.send(CheckMailbox, {})
        if answer is not None:
            said = _("ตรวจแล้ว พบหนังสือใหม่ %(number)s ฉบับ", number=answer["count"])
            return see(url_for("pages.mailbox"), said)
    now = sessions.ask(MailboxStatus)
    names.know(one["by"] for one in now["checks"])
    return form.render(
        "sending/mailbox.html",
        form=form,
        now=now,
        days=_grid(now),
        may_check=CheckMailbox.method() in now["actions"],
    )


def _grid(now: dict[str, Any]) -> list[dict[str, Any]]:
    """The last days, today first, each with its checks in the morning and in the afternoon."""
    checks = defaultdict[tuple[date, str], list[dict[str, Any]]](list)
    for one in now["checks"]:
        at = dates.as_moment(one["at"])
        checks[at.date(), HALVES[at.hour >= _NOON]].append(one)
    missed = {tuple(one.split()) for one in now["missed"]}
    days = [dates.today() - timedelta(n) for n in range(_DAYS)]
    return [
        {
            "day": day,
            "halves": [
                {
                    "name": half,
                    "checks": checks[day, half],
                    "missed": (day.isoformat(), half) in missed,
                }
                for half in HALVES
            ],
        }
        for day in days
    ]
