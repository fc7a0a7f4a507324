"""`amnuay …`, with a clock that can be put wrong and handlers that can be made to fail: for the drill.

The file named by AMNUAY_FAULTS says how, from one moment to the next; `Faults` is what it holds.
"""

import os
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec


class Faults(msgspec.Struct, forbid_unknown_fields=True):
    """`clock`: seconds that it is ahead. `handler`: `fail` (one event in `one_in`, every time),
    `hang` (likewise), `slow` (each event takes a second); none when empty."""

    clock: float = 0.0
    handler: str = ""
    one_in: int = 100


def write(place: Path, faults: Faults) -> None:
    part = place.with_suffix(".part")
    part.write_bytes(msgspec.json.encode(faults))
    part.rename(place)


def hit(event: str, one_in: int) -> bool:
    """Whether this event is one of those; the same ones each time."""
    return zlib.crc32(event.encode()) % one_in == 0


def _read() -> Faults:
    return msgspec.json.decode(Path(os.environ["AMNUAY_FAULTS"]).read_bytes(), type=Faults)


def _clock() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=_read().clock)


def _meddle() -> None:
    """Before any other module takes the clock from where it is."""
    import infra.clock

    infra.clock.system_clock = _clock
    import time

    from infra.messaging.subscriber import Subscriber

    handle = Subscriber._handle

    def meddled(self, connection, message):  # type: ignore[no-untyped-def]
        faults = _read()
        if faults.handler and self.source != "personnel":
            chosen = hit(message["id"], faults.one_in)
            if faults.handler == "fail" and chosen:
                raise RuntimeError("made to fail")
            if faults.handler == "hang" and chosen:
                time.sleep(3600)
            if faults.handler == "slow":
                time.sleep(1)
        handle(self, connection, message)

    Subscriber._handle = meddled  # type: ignore[method-assign]


if __name__ == "__main__":
    from amnuay import green

    green.patch()
    _meddle()
    from amnuay.__main__ import main

    main(prog_name="amnuay")
