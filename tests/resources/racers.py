"""A process that confirms bookings: `python -m tests.resources.racers DATABASE_URL BOOKING...`.

It says `ready`, waits for a line, confirms all at once, and prints how many it was granted.
"""

import sys
from functools import partial

from infra.errors import OutOfOrder
from tests.infra.test_store import at_once
from tests.resources.meeting_house import MeetingHouse


def confirmed(house: MeetingHouse, id: str) -> bool:
    """Whether it was granted; the losers are told that it is out of order."""
    try:
        house.confirm(id)
    except OutOfOrder:
        return False
    return True


def main(url: str, ids: list[str]) -> None:
    house = MeetingHouse(url, prepared=True)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    granted = at_once(*(partial(confirmed, house, id) for id in ids))
    house.close()
    sys.stdout.write(f"{sum(granted)}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
