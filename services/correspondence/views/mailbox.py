"""The checks of central mailboxes, as they were put on record."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Integer, Table, Text, insert, select

from infra.database import UtcMoment
from infra.eventstore.events import Recorded
from services.correspondence.contract import MailboxChecked
from services.correspondence.views.tables import metadata

mailbox_checks = Table(
    "mailbox_checks",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcMoment, nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("found", Integer, nullable=False),
)


def project(connection: Connection, recorded: Recorded) -> None:
    match recorded.event:
        case MailboxChecked() as event:
            row = {"organisation": event.organisation, "version": recorded.version}
            row |= {"at": event.at, "by": event.by, "found": event.found}
            connection.execute(insert(mailbox_checks), row)


def checks_since(
    connection: Connection, organisation: str, since: datetime
) -> list[dict[str, Any]]:
    """The checks from `since` on, the latest first."""
    query = select(mailbox_checks.c.at, mailbox_checks.c.by, mailbox_checks.c.found).where(
        mailbox_checks.c.organisation == organisation, mailbox_checks.c.at >= since
    )
    return [row._asdict() for row in connection.execute(query.order_by(mailbox_checks.c.at.desc()))]


def first_check(connection: Connection, organisation: str) -> datetime | None:
    query = select(mailbox_checks.c.at).where(mailbox_checks.c.organisation == organisation)
    return connection.execute(query.order_by(mailbox_checks.c.version).limit(1)).scalar()
