"""Shelf and reader in Nameko containers, as `amnuay serve` runs services.

`python -m tests.infra.house SERVICE...` reads settings, as JSON, from standard input, says `ready`,
and serves until it is told to stop. The environment may name titles that the reader stumbles at.
"""

import os
import sys
from pathlib import Path
from typing import Any


def settings(given: dict[str, Any]) -> Any:
    """Settings as they came through JSON."""
    from infra.settings import Settings

    paths = {name: Path(given[name]) for name in ("data", "files")}
    return Settings(**(given | paths | {"mail_back_off": tuple(given["mail_back_off"])}))


def main(names: list[str]) -> int:
    from amnuay import green

    green.patch()
    import msgspec

    from amnuay import house
    from infra import logs, migrate
    from infra.messaging import service
    from tests.infra.shelf.service import ReaderService, ShelfService

    services = {"shelf": ShelfService, "reader": ReaderService}
    migrate.service_class = services.__getitem__
    service.IDLE = 1.0  # type: ignore[assignment]
    ReaderService.broken = set(filter(None, os.environ.get("BROKEN", "").split(",")))
    chosen = settings(msgspec.json.decode(sys.stdin.readline()))
    logs.configure("info")
    home = house.House(chosen, names, host="127.0.0.1")
    house.serve_health(home.health, chosen.health_port)
    return home.keep(opened=_say_ready)


def _say_ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
