"""Sessions: each known by the SHA-256 of a secret that only its holder has."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    Row,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
)

from infra.database import UtcMoment
from infra.errors import Unauthenticated

LIFETIME = timedelta(hours=12)

metadata = MetaData()

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("person", Text, nullable=False, index=True),
    Column("began_at", UtcMoment, nullable=False),
    Column("expires_at", UtcMoment, nullable=False, index=True),
)


def begin(connection: Connection, person: str, now: datetime) -> tuple[str, datetime]:
    """A new session: its secret, and when it expires."""
    secret, expires = secrets.token_urlsafe(32), now + LIFETIME
    row = {"digest": _digest(secret), "person": person, "began_at": now, "expires_at": expires}
    connection.execute(insert(sessions), row)
    return secret, expires


def get(connection: Connection, secret: str, now: datetime) -> Row[Any]:
    """The session of that secret. Raises Unauthenticated where there is none, or no longer."""
    query = select(sessions).where(sessions.c.digest == _digest(secret))
    row = connection.execute(query).first()
    if row is None:
        raise Unauthenticated()
    if row.expires_at <= now:
        raise Unauthenticated("หมดเวลาการเข้าสู่ระบบ กรุณาเข้าสู่ระบบใหม่")
    return row


def end(connection: Connection, secret: str, person: str) -> None:
    """End that session, should it be one of the person's."""
    query = delete(sessions).where(sessions.c.digest == _digest(secret))
    connection.execute(query.where(sessions.c.person == person))


def end_all(connection: Connection, person: str, but: str | None = None) -> None:
    """End the person's sessions, all but the one of the secret `but`."""
    query = delete(sessions).where(sessions.c.person == person)
    if but is not None:
        query = query.where(sessions.c.digest != _digest(but))
    connection.execute(query)


def sweep(connection: Connection, now: datetime) -> None:
    """Forget those that have expired."""
    connection.execute(delete(sessions).where(sessions.c.expires_at <= now))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
