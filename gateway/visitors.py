"""Who is asking: an opaque session secret turned into an actor and the token that proves it."""

import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from infra.clock import Clock, next_day
from infra.contract import Command, Query
from infra.errors import Unauthenticated
from infra.identity import Actor, Verifier
from services.personnel.contract import Authenticate

KEPT = timedelta(seconds=30)  # how long a revoked session may still be honoured here
MOST_KEPT = 5000


class Client(Protocol):
    """Whatever carries a command or query to its service: `infra.messaging.rpc.Client`."""

    def call(
        self,
        contract: type[Command] | type[Query],
        body: dict[str, Any],
        *,
        token: str | None = None,
        correlation_id: str | None = None,
        idempotency_key: str | None = None,
        if_match: int | None = None,
    ) -> dict[str, Any]: ...


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """One who is logged in: `session` is the secret kept by browser or program, `token` is signed."""

    session: str
    post: str | None
    actor: Actor
    token: str
    by_cookie: bool

    @property
    def csrf(self) -> str:
        """What a form of this session must bring along; it cannot be guessed from outside."""
        return hmac.new(self.session.encode(), b"amnuay-csrf", hashlib.sha256).hexdigest()


class Sessions:
    """Asks `personnel` who a session's secret belongs to, and remembers the answer briefly."""

    def __init__(self, client: Client, public_key: str, clock: Clock) -> None:
        self._client = client
        # The gateway never accepts a service's token, so the key for those is one nobody has.
        self._verifier = Verifier(public_key, secrets.token_hex(32))
        self._clock = clock
        self._known: OrderedDict[tuple[str, str | None], tuple[datetime, str, Actor]] = (
            OrderedDict()
        )
        self._lock = threading.Lock()

    def visitor(
        self, session: str, post: str | None, by_cookie: bool, correlation_id: str | None = None
    ) -> Visitor:
        """The visitor of `session`, acting from `post` alone where one is given.

        Raises Unauthenticated where the session is unknown, ended or expired.
        """
        if not 16 <= len(session) <= 200 or not session.isascii():
            raise Unauthenticated()
        token, actor = self._find(session, post, correlation_id)
        return Visitor(session=session, post=post, actor=actor, token=token, by_cookie=by_cookie)

    def forget(self, session: str) -> None:
        """A session that has ended is not honoured a moment longer."""
        digest = _digest(session)
        with self._lock:
            for key in [key for key in self._known if key[0] == digest]:
                del self._known[key]

    def _find(
        self, session: str, post: str | None, correlation_id: str | None
    ) -> tuple[str, Actor]:
        key, now = (_digest(session), post), self._clock()
        with self._lock:
            known = self._known.get(key)
        if known is not None and known[0] > now:
            return known[1:]
        body = {"session": session} | ({"post": post} if post else {})
        token: str = self._client.call(Authenticate, body, correlation_id=correlation_id)["token"]
        actor = self._verifier.verify(token, now)
        until = min(now + KEPT, next_day(now))  # posts are held by the day, tokens end with it
        with self._lock:
            self._known[key] = (until, token, actor)
            self._known.move_to_end(key)
            while len(self._known) > MOST_KEPT:
                self._known.popitem(last=False)
        return token, actor


def _digest(session: str) -> str:
    return hashlib.sha256(session.encode()).hexdigest()
