"""One round of reading the central mailbox: its inbox and what the server holds for unwanted.

One replica reads at a time, by a lease; were there two, each message would still be taken in once.
"""

import time
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from infra.errors import Unavailable
from infra.eventstore.store import Work
from infra.ids import new_id
from infra.logs import describe
from infra.mail import TIMEOUT, ServerAway
from infra.messaging.runtime import Runtime
from infra.threads import unhindered
from services.correspondence.mailbox.checks import Mailbox
from services.correspondence.mailbox.imap import Head, ImapConnection
from services.correspondence.mailbox.owner import calendar_of, owner_of
from services.correspondence.mailbox.parsing import Post, headers_alone, parse, twin
from services.correspondence.mailbox.tables import folders, imap, lease, troubles
from services.correspondence.mailbox.taking import Place, is_known, take

LEASE = timedelta(minutes=5)
CHUNK = 50  # messages whose heads are asked for at once
LARGE = 5 * 1024 * 1024  # bytes beyond which it is noted that a message is about to be read
TRIES = 3
MOST = 60 * 1024 * 1024  # bytes beyond which a message is left where it is, and said to be there
_NAME = "imap"
_PAUSES = tuple(timedelta(minutes=one) for one in (1, 1, 2, 5, 10))  # while the server is away
_TROUBLES = tuple(timedelta(minutes=one) for one in (5, 30, 120, 720))
_log = structlog.get_logger()


class Busy(Exception):
    """Another replica reads just now, or it is not time yet."""


def read_mailbox(runtime: Runtime, at_once: bool = False, patience: float | None = None) -> int:
    """Take in what is new; how many letters there were. `at_once`: though it is not time yet.
    `patience`: seconds after which the rest is left for the next round.

    Raises Busy, and ServerAway where the mailbox could not be read to its end.
    """
    holder = new_id()
    with runtime.database.begin() as connection:
        now = runtime.clock()
        if imap.resting(connection, now) and not at_once:
            raise Busy
        organisation = owner_of(connection, runtime.settings)
        wait = timedelta(seconds=0 if at_once else runtime.settings.saraban_poll_seconds)
        if organisation is None or not _take_lease(connection, holder, now, wait):
            raise Busy
    return _Round(runtime, holder, organisation, patience).run()


class _Round:
    """One reading by the holder of the lease."""

    def __init__(
        self, runtime: Runtime, holder: str, organisation: str, patience: float | None
    ) -> None:
        self._runtime, self._holder, self._organisation = runtime, holder, organisation
        self._patience = patience
        self._begun = time.monotonic()
        self._found = 0

    def run(self) -> int:
        settings = self._runtime.settings
        timeout = TIMEOUT if self._patience is None else min(TIMEOUT, self._patience)
        try:
            with ImapConnection(settings.saraban_imap_url, timeout) as server:
                for folder, junk in server.folders(settings.saraban_junk):
                    self._read_folder(server, folder, junk)
        except ServerAway as away:
            _log.warning("mailbox-away", service="correspondence", reason=str(away))
            with self._runtime.database.begin() as connection:
                imap.note_away(connection, str(away), self._runtime.clock(), _PAUSES)
                _give_back(connection, self._holder, self._runtime.clock())
            raise
        except BaseException:
            with self._runtime.database.begin() as connection:
                _give_back(connection, self._holder, self._runtime.clock())
            raise
        self._runtime.execute(self._done)
        return self._found

    def _done(self, work: Work) -> None:
        imap.note_back(work.connection)
        _give_back(work.connection, self._holder, work.now, read_at=work.now)
        mailbox = work.find(Mailbox, self._organisation) or Mailbox(self._organisation)
        if mailbox.check_by_system(work.now, self._found, calendar_of(self._runtime.settings)):
            work.save(mailbox)

    def _read_folder(self, server: ImapConnection, folder: str, junk: bool) -> None:
        validity = server.select(folder)
        with self._runtime.database.read() as connection:
            last = _last_uid(connection, folder, validity)
            again = _troubled(connection, folder, validity, self._runtime.clock())
        new = server.after(last, self._runtime.settings.saraban_since)
        for uids in (again, new):
            for start in range(0, len(uids), CHUNK):
                chunk = uids[start : start + CHUNK]
                heads = server.heads(chunk)
                for head in heads:
                    if self._out_of_patience():
                        return
                    self._read_message(server, (folder, validity, head.uid), head, junk)
                    self._keep_lease()
                gone = set(chunk) - {head.uid for head in heads}
                with self._runtime.database.begin() as connection:
                    for uid in gone:
                        connection.execute(delete(troubles).where(_here((folder, validity, uid))))
                    if uids is new:
                        _note_last(connection, folder, validity, chunk[-1])

    def _out_of_patience(self) -> bool:
        return self._patience is not None and time.monotonic() - self._begun > self._patience

    def _keep_lease(self) -> None:
        with self._runtime.database.begin() as connection:
            if not _renew(connection, self._holder, self._runtime.clock()):
                raise Busy

    def _read_message(
        self, server: ImapConnection, key: tuple[str, int, int], head: Head, junk: bool
    ) -> None:
        """Take one message in. What is wrong with it alone does not hold the others up, not even if
        a large one ends the process: after some tries only its headers are read."""
        known_as = twin(head.fields, head.size)
        with self._runtime.database.read() as connection:
            known, tries = is_known(connection, known_as), _tries(connection, key)
        if not known:
            if head.size > LARGE:
                with self._runtime.database.begin() as connection:
                    _note_trouble(connection, key, "", self._runtime.clock())
            post = _fetch(server, head, whole=head.size <= MOST and tries < TRIES)
            if post is None:
                return
            place = Place(twin=known_as, spam=junk, at=head.at or self._runtime.clock())
            try:
                self._found += take(self._runtime, self._organisation, post, place)
            except Unavailable:  # the database, or the disk: that is waited for
                raise
            except Exception as error:
                _log.exception("mail-not-taken", service="correspondence", error=describe(error))
                with self._runtime.database.begin() as connection:
                    _note_trouble(connection, key, describe(error), self._runtime.clock())
                return
        with self._runtime.database.begin() as connection:
            connection.execute(delete(troubles).where(_here(key)))
        server.mark_seen(head.uid)


def _fetch(server: ImapConnection, head: Head, whole: bool) -> Post | None:
    raw = server.message(head.uid) if whole else server.headers(head.uid)
    if raw is None:
        return None
    post = unhindered(lambda: parse(raw))  # seconds, where it brings large files
    return post if whole else headers_alone(post)


def _take_lease(connection: Connection, holder: str, now: datetime, wait: timedelta) -> bool:
    """Whether the mailbox is ours to read: nobody reads it, and it is `wait` since the last time."""
    row = {"holder": holder, "until": now + LEASE, "begun_at": now}
    free = and_(lease.c.until <= now, lease.c.begun_at <= now - wait)
    claimed = (
        _insert(connection)(lease)
        .values(name=_NAME, **row)
        .on_conflict_do_update(index_elements=["name"], set_=row, where=free)
        .returning(lease.c.name)
    )
    return connection.execute(claimed).first() is not None


def _renew(connection: Connection, holder: str, now: datetime) -> bool:
    ours = update(lease).where(lease.c.holder == holder).values(until=now + LEASE)
    return connection.execute(ours).rowcount == 1


def _give_back(connection: Connection, holder: str, now: datetime, **values: Any) -> None:
    ours = update(lease).where(lease.c.holder == holder)
    connection.execute(ours.values(until=now, **values))


def last_read(connection: Connection) -> datetime | None:
    """When the mailbox was last read to its end."""
    return connection.execute(select(lease.c.read_at)).scalar()


def error(connection: Connection) -> str:
    """Why the mailbox, or messages in it, could not be read the last time; empty where all is well."""
    away = imap.away(connection)
    if away is not None:
        return str(away.reason)
    left = len(connection.execute(select(troubles.c.uid).where(troubles.c.reason != "")).all())
    return f"มีอีเมล {left} ฉบับที่ระบบอ่านไม่ได้ กรุณาเปิดดูในกล่องจดหมาย" if left else ""


def _last_uid(connection: Connection, folder: str, validity: int) -> int:
    """Up to which UID the folder was read; 0 where its UIDs have been given anew."""
    query = select(folders.c.last_uid)
    query = query.where(folders.c.name == folder, folders.c.validity == validity)
    return connection.execute(query).scalar() or 0


def _note_last(connection: Connection, folder: str, validity: int, uid: int) -> None:
    values = {"validity": validity, "last_uid": uid}
    further = or_(folders.c.validity != validity, folders.c.last_uid < uid)
    noted = _insert(connection)(folders).values(name=folder, **values)
    connection.execute(
        noted.on_conflict_do_update(index_elements=["name"], set_=values, where=further)
    )


def _troubled(connection: Connection, folder: str, validity: int, now: datetime) -> list[int]:
    query = select(troubles.c.uid).where(
        troubles.c.folder == folder, troubles.c.validity == validity, troubles.c.next_try <= now
    )
    return list(connection.execute(query.order_by(troubles.c.uid)).scalars())


def _note_trouble(
    connection: Connection, key: tuple[str, int, int], reason: str, now: datetime
) -> None:
    known = _tries(connection, key)
    pause = _TROUBLES[min(known, len(_TROUBLES) - 1)]
    row = dict(zip(("folder", "validity", "uid"), key, strict=True))
    more = {"tries": known + 1, "reason": reason, "next_try": now + pause}
    noted = _insert(connection)(troubles).values(row | more)
    connection.execute(noted.on_conflict_do_update(index_elements=list(row), set_=more))


def _tries(connection: Connection, key: tuple[str, int, int]) -> int:
    return connection.execute(select(troubles.c.tries).where(_here(key))).scalar() or 0


def _here(key: tuple[str, int, int]) -> Any:
    folder, validity, uid = key
    here = troubles.c
    return and_(here.folder == folder, here.validity == validity, here.uid == uid)


def _insert(connection: Connection) -> Any:
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
