"""Answers kept for a moment, so that a page need not ask for the same name twice in a row."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from infra.clock import Clock


class Recent:
    """What was learnt within the last `seconds`; at most `most` things."""

    def __init__(self, clock: Clock, seconds: int = 30, most: int = 5000) -> None:
        self._clock, self._lives, self._most = clock, timedelta(seconds=seconds), most
        self._kept: OrderedDict[Hashable, tuple[datetime, Any]] = OrderedDict()
        self._lock = Lock()

    def find(self, key: Hashable) -> Any:
        """What is known of `key`, or None."""
        with self._lock:
            found = self._kept.get(key)
        return found[1] if found and found[0] > self._clock() else None

    def keep(self, key: Hashable, value: Any) -> None:
        with self._lock:
            self._kept[key] = (self._clock() + self._lives, value)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def get(self, key: Hashable, ask: Callable[[], Any]) -> Any:
        found = self.find(key)
        if found is None:
            found = ask()
            self.keep(key, found)
        return found

    def forget(self, key: Hashable) -> None:
        with self._lock:
            self._kept.pop(key, None)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
