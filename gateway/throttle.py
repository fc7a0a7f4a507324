"""How often those who need not log in may ask: some at once, after that one in a while.

Each address has its allowance, and all together have one. Every gateway process counts for itself.
"""

import math
from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

from flask import request

from infra.errors import Throttled

EACH = (60, timedelta(seconds=1))  # at once, and one more each
ALL = (600, timedelta(milliseconds=20))
_ALL, _MOST_KEPT = "all", 10_000


class Throttle:
    """For each address the moment when all that it used will have come back."""

    def __init__(self) -> None:
        self._used: OrderedDict[str, datetime] = OrderedDict()
        self._lock = Lock()

    def take(self, now: datetime) -> None:
        """Use one of this request's address. Raises Throttled with the seconds to wait."""
        with self._lock:
            self._take(_ALL, *ALL, now)
            self._take(_address(), *EACH, now)
            while len(self._used) > _MOST_KEPT:
                self._used.popitem(last=False)

    def _take(self, key: str, tries: int, every: timedelta, now: datetime) -> None:
        used_until = max(self._used.get(key, now), now) + every
        wait = used_until - now - tries * every
        if wait > timedelta(0):
            raise Throttled(retry_after=max(1, math.ceil(wait.total_seconds())))
        self._used[key] = used_until
        self._used.move_to_end(key)


def _address() -> str:
    """Who asks, as the server before this one says, if there is one. Whoever makes that up is still
    held to what all have together."""
    said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return f"by {said[:60] or request.remote_addr}"
