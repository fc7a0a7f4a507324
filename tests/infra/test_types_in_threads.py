"""Types that threads meet at once for the first time: msgspec would bring the process down."""

import subprocess
import sys

import pytest

MANY = """
import sys, threading
from infra.eventstore.events import EventTypes
from infra.identity import Actor
import msgspec
from services.resources.contract import BookingConfirmed

sys.setswitchinterval(1e-6)
seat = {"post": "p", "organisation": "o", "group": None, "role": "deputy", "title": "t"}
actor = {"person": "p", "organisation": "o", "seats": [seat | {"capacity": "acting"}]}
booking = {"room": "r", "requester": "q", "starts": "2026-02-16T03:00:00Z"}
booking |= {"ends": "2026-02-16T04:00:00Z", "note": "", "seat": seat}
types, data = EventTypes.of([BookingConfirmed]), msgspec.json.encode(booking).decode()
meet = {
    "actor": lambda: msgspec.convert(actor, type=Actor),
    "event": lambda: types.decode("BookingConfirmed", 1, data),
}[sys.argv[1]]
barrier = threading.Barrier(16)

def run():
    barrier.wait()
    for _ in range(20):
        meet()

threads = [threading.Thread(target=run) for _ in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.parametrize("what", ["actor", "event"])
def test_threads_may_meet_a_type_at_once(what: str) -> None:
    """It came about five times in six."""
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", MANY, what], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
