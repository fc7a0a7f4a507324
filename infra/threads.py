"""Work that would hold up all green threads, done in a real one."""

import sys
from collections.abc import Callable
from typing import TypeVar, cast

Answer = TypeVar("Answer")


def unhindered(work: Callable[[], Answer]) -> Answer:
    """`work()` in a real thread where eventlet has patched threads, else here."""
    if "eventlet" in sys.modules:
        from eventlet import patcher, tpool

        if patcher.is_monkey_patched("thread"):
            return cast(Answer, tpool.execute(work))
    return work()
