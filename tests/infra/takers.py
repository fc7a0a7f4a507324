"""A process that takes numbers: `python -m tests.infra.takers DATABASE_URL SHELF HOW_MANY`.

It says `ready`, waits for a line, sends that many commands at once, and prints the numbers.
"""

import sys
import threading

from tests.harness import Harness
from tests.infra.conftest import LIBRARIAN
from tests.infra.shelf.contract import PutBook
from tests.infra.shelf.service import ShelfService


def main(url: str, id: str, how_many: int) -> None:
    harness = Harness(ShelfService, url, prepared=True)
    numbers: list[int] = []

    def take(title: str) -> None:
        numbers.append(harness.send(LIBRARIAN, PutBook, id=id, title=title)["number"])

    threads = [threading.Thread(target=take, args=(str(n),)) for n in range(how_many)]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    harness.close()
    sys.stdout.write(" ".join(map(str, numbers)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
