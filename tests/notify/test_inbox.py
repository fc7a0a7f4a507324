"""What a person has been told: read, unread, in pages; and what they want to be told of."""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.errors import Invalid, NotFound, Unauthenticated
from services.notify.contract import (
    GetPreferences,
    Kind,
    ListNotifications,
    MarkAllRead,
    MarkRead,
    SetPreferences,
    UnreadCount,
)
from tests.correspondence.office import DEPUTY, DIRECTOR
from tests.notify.mailserver import MailServer
from tests.notify.test_sending import mail_of, mailing, raise_one
from tests.notify.town import Notify, Told


@pytest.fixture
def mailed(told: Told) -> Iterator[Notify]:
    """With e-mail, whose server is never asked."""
    with mailing(told, MailServer()) as notify:
        yield notify


def unread(notify: Notify, who: Any = DEPUTY) -> int:
    count: int = notify.ask(who, UnreadCount)["unread"]
    assert notify.ask(who, ListNotifications, unread=True)["total"] == count
    return count


def test_reading(notify: Notify) -> None:
    ids = [raise_one(notify, cause=str(n)) for n in range(3)]
    theirs = raise_one(notify, DIRECTOR)
    assert (unread(notify), unread(notify, DIRECTOR)) == (3, 1)
    with pytest.raises(NotFound):
        notify.send(DEPUTY, MarkRead, id=theirs)
    notify.clock.advance(minutes=1)
    notify.send(DEPUTY, MarkRead, id=ids[0])
    first = len(notify.events())
    notify.send(DEPUTY, MarkRead, id=ids[0])
    assert len(notify.events()) == first
    assert unread(notify) == 2
    shown = {one["id"]: one for one in notify.ask(DEPUTY, ListNotifications)["items"]}
    assert shown[ids[0]]["read_at"] == notify.clock().isoformat()
    assert shown[ids[1]]["read_at"] is None
    assert notify.send(DEPUTY, MarkAllRead) == {"count": 2}
    assert notify.send(DEPUTY, MarkAllRead) == {"count": 0}
    assert (unread(notify), unread(notify, DIRECTOR)) == (0, 1)
    live = notify.tables()
    notify.rebuild()
    assert notify.tables() == live


def test_the_newest_comes_first_page_by_page(notify: Notify) -> None:
    ids = []
    for n in range(5):
        ids.append(raise_one(notify, cause=str(n)))
        notify.clock.advance(seconds=n % 2)  # some are of the same moment
    found, cursor = [], None
    while True:
        page = notify.ask(DEPUTY, ListNotifications, limit=2, cursor=cursor)
        found += [(one["raised_at"], one["id"]) for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert {id for _, id in found} == set(ids)
    assert found == sorted(found, reverse=True)


def prefer(notify: Notify, kind: Kind, in_app: bool, email: bool) -> dict[str, Any]:
    items = [{"kind": kind, "in_app": in_app, "email": email}]
    answer = notify.send(DEPUTY, SetPreferences, items=items)
    return next(one for one in answer["items"] if one["kind"] == kind)


def test_channels_are_switched_off_by_kind(mailed: Notify) -> None:
    everything = mailed.ask(DEPUTY, GetPreferences)
    assert everything["email_available"] is True
    assert {one["kind"] for one in everything["items"]} == set(Kind)
    assert all(one["in_app"] and one["email"] and one["title"] for one in everything["items"])
    raise_one(mailed, cause="both")
    assert prefer(mailed, Kind.LETTER_PROPOSED, True, False)["email"] is False
    raise_one(mailed, cause="in the application alone")
    prefer(mailed, Kind.LETTER_PROPOSED, False, True)
    raise_one(mailed, cause="by mail alone")
    prefer(mailed, Kind.LETTER_PROPOSED, False, False)
    raise_one(mailed, cause="not at all")
    prefer(mailed, Kind.LETTER_DUE, False, False)  # another kind changes nothing of this
    assert [one.channels for one in mailed.raised()] == [
        ("in_app", "email"),
        ("in_app",),
        ("email",),
    ]
    assert unread(mailed) == 2
    assert len(mail_of(mailed)) == 1  # of what the list shows
    raise_one(mailed, DIRECTOR, "others are told")
    assert unread(mailed, DIRECTOR) == 1
    prefer(mailed, Kind.LETTER_PROPOSED, True, True)
    raise_one(mailed, cause="both again")
    assert mailed.raised()[-1].channels == ("in_app", "email")


def test_preferences_that_cannot_be(mailed: Notify) -> None:
    for items in (
        [],
        [{"kind": "gossip", "in_app": True, "email": True}],
        [{"kind": "letter_due"}],
    ):
        with pytest.raises(Invalid):
            mailed.send(DEPUTY, SetPreferences, items=items)
    with pytest.raises(Unauthenticated):
        mailed.ask(None, GetPreferences)
    assert mailed.events() == []
