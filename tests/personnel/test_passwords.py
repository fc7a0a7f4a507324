"""Passwords are computed beside the green threads, not in their way."""

import subprocess
import sys

from services.personnel import passwords

_PROGRAM = """
import warnings
warnings.filterwarnings("ignore")
import eventlet
eventlet.monkey_patch()
from services.personnel import passwords

ticks = 0

def tick():
    global ticks
    while True:
        ticks += 1
        eventlet.sleep(0)

eventlet.spawn(tick)
kept = passwords.keep("a password")
after_keeping = ticks
assert passwords.is_right(kept, "a password")
print(after_keeping > 0, ticks > after_keeping)
"""


def test_green_threads_work_on_meanwhile() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["True", "True"]


def test_what_is_kept_tells_nothing_and_fits_one_password() -> None:
    kept = passwords.keep("a password")
    assert kept.startswith("$argon2id$")
    assert kept != passwords.keep("a password")
    assert passwords.is_right(kept, "a password")
    assert not passwords.is_right(kept, "a passwort")
    assert not passwords.is_right(None, "a password that nobody has")
    assert not passwords.is_right("no hash at all", "a password")
