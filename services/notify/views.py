"""Notifications, deliveries and preferences as they are listed."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)

from infra import paging
from infra.database import UtcMoment
from infra.eventstore.events import Recorded
from services.notify.contract import (
    Channel,
    DeliveryState,
    Kind,
    NoticeUrgency,
    NotificationRaised,
    NotificationRead,
)
from services.notify.notification import (
    ChannelUnused,
    NotificationFailed,
    NotificationRetried,
    NotificationSent,
    first_state,
)
from services.notify.preferences import PreferencesSet

metadata = MetaData()

# `in_app` is false for what was only mailed; the list and the bell do not show it.
notifications = Table(
    "notifications",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("person", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("in_app", Boolean, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("raised_at", UtcMoment, nullable=False),
    Column("read_at", UtcMoment),
)
Index(
    "notifications_person",
    notifications.c.person,
    notifications.c.raised_at,
    notifications.c.id,
)
Index("notifications_unread", notifications.c.person, notifications.c.read_at)

deliveries = Table(
    "deliveries",
    metadata,
    Column("notification", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try", UtcMoment),
    Column("at", UtcMoment, nullable=False),
)
Index("deliveries_due", deliveries.c.channel, deliveries.c.state, deliveries.c.next_try)

preferences = Table(
    "preferences",
    metadata,
    Column("person", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("off", Text, nullable=False),
)


def project(connection: Connection, recorded: Recorded) -> None:
    at = recorded.recorded_at
    match recorded.event:
        case NotificationRaised() as event:
            _raised(connection, recorded, event)
        case NotificationRead():
            _notification(connection, recorded, read_at=at)
        case NotificationSent() as event:
            state = {"state": DeliveryState.SENT, "reason": "", "next_try": None}
            _delivery(connection, recorded, event.channel, **state)
        case NotificationFailed() as event:
            _delivery(
                connection,
                recorded,
                event.channel,
                state=DeliveryState.WAITING if event.next_try else DeliveryState.FAILED,
                reason=event.reason,
                attempts=event.attempt,
                next_try=event.next_try,
            )
        case ChannelUnused() as event:
            state = {"state": DeliveryState.UNUSED, "reason": event.reason, "next_try": None}
            _delivery(connection, recorded, event.channel, **state)
        case NotificationRetried() as event:
            again: dict[str, Any] = {"attempts": 0, "next_try": at}
            _delivery(connection, recorded, event.channel, state=DeliveryState.WAITING, **again)
        case PreferencesSet() as event:
            person = recorded.aggregate_id
            off = msgspec.json.encode(event.off).decode()
            connection.execute(delete(preferences).where(preferences.c.person == person))
            row = {"person": person, "version": recorded.version, "off": off}
            connection.execute(insert(preferences), row)


def _raised(connection: Connection, recorded: Recorded, event: NotificationRaised) -> None:
    connection.execute(
        insert(notifications).values(
            id=recorded.aggregate_id,
            version=recorded.version,
            person=event.person,
            kind=event.kind,
            in_app=Channel.IN_APP in event.channels,
            title=event.title,
            body=event.body,
            link=event.link,
            urgency=event.urgency,
            raised_at=recorded.recorded_at,
        )
    )
    for channel in event.channels:
        state = first_state(channel)
        connection.execute(
            insert(deliveries).values(
                notification=recorded.aggregate_id,
                channel=channel,
                person=event.person,
                state=state,
                reason="",
                attempts=0,
                next_try=recorded.recorded_at if state is DeliveryState.WAITING else None,
                at=recorded.recorded_at,
            )
        )


def _notification(connection: Connection, recorded: Recorded, **values: Any) -> None:
    here = notifications.c.id == recorded.aggregate_id
    connection.execute(update(notifications).where(here).values(version=recorded.version, **values))


def _delivery(connection: Connection, recorded: Recorded, channel: Channel, **values: Any) -> None:
    _notification(connection, recorded)
    connection.execute(
        update(deliveries)
        .where(deliveries.c.notification == recorded.aggregate_id, deliveries.c.channel == channel)
        .values(at=recorded.recorded_at, **values)
    )


def list_notifications(
    connection: Connection, person: str, params: dict[str, Any]
) -> dict[str, Any]:
    """A page of NotificationPage."""
    shown = (notifications.c.person == person) & notifications.c.in_app
    if params["unread"]:
        shown &= notifications.c.read_at.is_(None)
    query = select(notifications).where(shown)
    keys = (notifications.c.raised_at, notifications.c.id)
    rows, following = _page(connection, query, keys, params)
    by_id = _deliveries(connection, [row.id for row in rows])
    return {
        "items": [_answer(row) | {"deliveries": by_id.get(row.id, [])} for row in rows],
        "next": following,
        "total": connection.execute(
            select(func.count()).select_from(notifications).where(shown)
        ).scalar_one(),
        "unread": count_unread(connection, person),
    }


def _answer(row: Row[Any]) -> dict[str, Any]:
    return row._asdict() | {"kind": Kind(row.kind), "urgency": NoticeUrgency(row.urgency)}


def _deliveries(connection: Connection, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    query = select(deliveries).where(deliveries.c.notification.in_(ids))
    for row in connection.execute(query.order_by(deliveries.c.channel.desc())):
        states = {"channel": Channel(row.channel), "state": DeliveryState(row.state)}
        found.setdefault(row.notification, []).append(row._asdict() | states)
    return found


def unread(connection: Connection, person: str) -> list[str]:
    """The ids of a person's unread notifications."""
    query = select(notifications.c.id).where(
        notifications.c.person == person,
        notifications.c.in_app,
        notifications.c.read_at.is_(None),
    )
    return list(connection.execute(query).scalars())


def count_unread(connection: Connection, person: str) -> int:
    return connection.execute(
        select(func.count())
        .select_from(notifications)
        .where(
            notifications.c.person == person,
            notifications.c.in_app,
            notifications.c.read_at.is_(None),
        )
    ).scalar_one()


def preferences_of(connection: Connection, person: str) -> tuple[int, dict[Kind, list[Channel]]]:
    """The version of a person's preferences (0: never set) and the channels off by kind."""
    row = connection.execute(select(preferences).where(preferences.c.person == person)).first()
    if row is None:
        return 0, {}
    return row.version, msgspec.json.decode(row.off, type=dict[Kind, list[Channel]])


def list_failed(connection: Connection, params: dict[str, Any]) -> dict[str, Any]:
    """A page of FailedMailPage."""
    failed = (deliveries.c.channel == Channel.EMAIL) & (deliveries.c.state == DeliveryState.FAILED)
    table = notifications.join(deliveries, deliveries.c.notification == notifications.c.id)
    query = (
        select(
            notifications,
            deliveries.c.at.label("failed_at"),
            deliveries.c.attempts,
            deliveries.c.reason,
        )
        .select_from(table)
        .where(failed)
    )
    keys = (notifications.c.raised_at, notifications.c.id)
    rows, following = _page(connection, query, keys, params)
    return {
        "items": [_answer(row) for row in rows],
        "next": following,
        "total": count_mail(connection, DeliveryState.FAILED),
    }


def count_mail(connection: Connection, state: DeliveryState) -> int:
    return connection.execute(
        select(func.count())
        .select_from(deliveries)
        .where(deliveries.c.channel == Channel.EMAIL, deliveries.c.state == state)
    ).scalar_one()


def _page(
    connection: Connection, query: Select[Any], keys: tuple[Any, Any], params: dict[str, Any]
) -> tuple[list[Row[Any]], str | None]:
    """The rows of a page, newest first, and the cursor behind it."""
    if params["cursor"] is not None:
        query = query.where(tuple_(*keys) < paging.keys(params["cursor"], datetime, str))
    rows = connection.execute(
        query.order_by(*(key.desc() for key in keys)).limit(params["limit"] + 1)
    ).all()
    page = list(rows[: params["limit"]])
    if len(rows) == len(page):
        return page, None
    return page, paging.cursor(page[-1].raised_at, page[-1].id)
