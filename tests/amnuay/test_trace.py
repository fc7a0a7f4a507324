"""The story of one request: its events in all services, and who has taken them in."""

import re
from pathlib import Path

import pytest
from sqlalchemy import insert

from amnuay.trace import progress, story, tell
from infra.database import Database
from infra.eventstore.store import Work
from infra.eventstore.tables import parked
from services.notify.notification import Notification
from tests.amnuay.processes import amnuay
from tests.api.letters import registered
from tests.api.office import Office

CORRELATION = "seen-in-the-browser.1"


def databases(office: Office) -> dict[str, Database]:
    return {name: one.parts.database for name, one in office.client.harnesses.items()}


@pytest.fixture
def proposed(office: Office) -> Office:
    """A letter has been proposed in one request; nobody has heard of it yet."""
    letter = registered(office)
    office.settle()
    answer = office.as_("clerk").post(
        f"{letter}/proposals",
        json={"text": "เพื่อโปรดพิจารณา"},
        headers={"X-Request-Id": CORRELATION},
    )
    assert answer.status_code in (200, 201), answer.text
    assert answer.headers["X-Request-Id"] == CORRELATION
    return office


def test_from_the_browser_to_the_last_handler_it_is_one_story(proposed: Office) -> None:
    proposed.settle()
    steps = story(databases(proposed), CORRELATION)
    first, *rest = steps
    assert (first.service, first.type) == ("correspondence", "LetterProposed")
    assert first.actor == proposed.known.people["clerk"]
    raised = [step for step in rest if step.type == "NotificationRaised"]
    assert raised
    assert {(step.service, step.actor) for step in raised} == {("notify", "service:notify")}
    assert {step.causation_id for step in raised} <= {first.id}
    heard = {one.subscriber: one for one in progress(databases(proposed), steps)}
    assert heard["notify"].source == "correspondence"
    assert heard["notify"].handled >= 1
    assert heard["notify"].waiting == heard["notify"].parked == ()


def test_what_becomes_of_an_e_mail_belongs_to_the_story_of_its_notice(proposed: Office) -> None:
    proposed.settle()
    raised = story(databases(proposed), CORRELATION)[-1]
    runtime = proposed.client.harnesses["notify"].parts.instance().runtime

    def note(work: Work) -> None:
        one = work.load(Notification, raised.stream.removeprefix("notification-"))
        one.mark_read()
        work.save(one)

    runtime.execute(note, about=raised.stream)
    last = story(databases(proposed), CORRELATION)[-1]
    assert (last.stream, last.version) == (raised.stream, 2)
    assert last.causation_id == raised.id


def test_what_is_not_taken_in_yet_is_named(proposed: Office) -> None:
    steps = story(databases(proposed), CORRELATION)
    (heard,) = progress(databases(proposed), steps)
    assert heard.waiting == tuple(step.id for step in steps if step.published)
    assert steps[0].position is None
    assert (
        "notify from correspondence: 0 taken in, waiting: correspondence unnumbered"
        in "\n".join(tell(steps, [heard]))
    )


def test_what_is_parked_is_named(proposed: Office) -> None:
    proposed.settle()
    steps = story(databases(proposed), CORRELATION)
    first = steps[0]
    notify = proposed.client.harnesses["notify"]
    row = {
        "source": "correspondence", "position": first.position, "stream": first.stream,
        "type": first.type, "message": "{}", "attempts": 4, "parked_at": notify.clock(),
    }  # fmt: skip
    with notify.parts.database.begin() as connection:
        connection.execute(insert(parked).values(row))
    heard = list(progress(databases(proposed), steps))
    assert [one.parked for one in heard if one.subscriber == "notify"] == [(first.id,)]
    assert f"PARKED: correspondence {first.position}" in "\n".join(tell(steps, heard))


def test_an_effect_stands_after_its_cause_though_its_clock_is_behind(proposed: Office) -> None:
    proposed.clock.advance(minutes=-1)
    proposed.settle()
    cause, *effects = story(databases(proposed), CORRELATION)
    assert cause.service == "correspondence"
    assert effects
    assert all(effect.at < cause.at for effect in effects)


def test_from_the_command_line(proposed: Office, tmp_path: Path) -> None:
    proposed.settle()
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/office"}
    told = amnuay("trace", CORRELATION, **settings)
    assert told.returncode == 0, told.stderr
    first, second = told.stdout.splitlines()[:2]
    place = re.search("correspondence [0-9]+", first)
    assert place
    assert "LetterProposed" in first
    assert "2026-02-16 10:00:00" in first
    assert second.endswith(f"because of {place[0]}")
    nothing = amnuay("trace", "never-seen", **settings)
    assert nothing.returncode == 1
    assert "bears never-seen" in nothing.stderr
