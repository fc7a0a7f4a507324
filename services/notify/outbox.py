"""The e-mails that are to leave: which are due, who is sending which, and whether the server is there.

Replicas share the outbox. Who wants to send a message claims it first; a claim ends by itself, so
that a replica that dies keeps nothing. These tables are no part of the record.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Table,
    Text,
    and_,
    delete,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from infra.database import UtcMoment
from infra.mail import ServerRest, rest_table
from infra.metrics import Figure
from services.notify.contract import Channel, DeliveryState
from services.notify.views import deliveries, notifications

CLAIM = timedelta(minutes=2)

metadata = MetaData()

claims = Table(
    "mail_claims",
    metadata,
    Column("notification", Text, primary_key=True),
    Column("until", UtcMoment, nullable=False),
)

server = ServerRest(rest_table(metadata), "smtp")


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A notification that is due to leave by e-mail."""

    id: str
    person: str
    title: str
    body: str
    link: str


def due(connection: Connection, now: datetime, limit: int) -> list[Mail]:
    """What is to leave now, the longest due first; nothing while the server is let rest."""
    if server.resting(connection, now):
        return []
    claimed = select(claims.c.notification).where(claims.c.until > now)
    rows = connection.execute(
        select(
            notifications.c.id,
            notifications.c.person,
            notifications.c.title,
            notifications.c.body,
            notifications.c.link,
        )
        .join(deliveries, deliveries.c.notification == notifications.c.id)
        .where(_is_due(now), notifications.c.id.not_in(claimed))
        .order_by(deliveries.c.next_try, notifications.c.id)
        .limit(limit)
    )
    return [Mail(**row._asdict()) for row in rows]


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        deliveries.c.channel == Channel.EMAIL,
        deliveries.c.state == DeliveryState.WAITING,
        deliveries.c.next_try <= now,
    )


def claim(connection: Connection, id: str, now: datetime) -> bool:
    """Whether the message is ours to send; False where another replica has it, or had it."""
    claimed = connection.execute(
        _insert(connection)(claims)
        .values(notification=id, until=now + CLAIM)
        .on_conflict_do_update(
            index_elements=["notification"],
            set_={"until": now + CLAIM},
            where=claims.c.until <= now,
        )
        .returning(claims.c.notification)
    )
    if claimed.first() is None:
        return False
    # Another may have sent and released it since we saw it due; the claim is ours now, so look.
    here = deliveries.c.notification == id
    still = connection.execute(select(deliveries.c.notification).where(here, _is_due(now)))
    return still.first() is not None


def release(connection: Connection, id: str) -> None:
    connection.execute(delete(claims).where(claims.c.notification == id))


def figures(connection: Connection) -> Iterator[Figure]:
    """For Prometheus: how many e-mails wait or were given up, and whether the server is away."""
    told = (DeliveryState.WAITING, DeliveryState.FAILED)
    counted = connection.execute(
        select(deliveries.c.state, func.count().label("number"))
        .where(deliveries.c.channel == Channel.EMAIL, deliveries.c.state.in_(told))
        .group_by(deliveries.c.state)
    )
    found = {row.state: row.number for row in counted}
    for state in told:
        yield Figure("amnuay_emails", found.get(state, 0), (state.value,))
    yield Figure("amnuay_mail_server_away", server.away(connection) is not None)


def _insert(connection: Connection) -> Any:
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
