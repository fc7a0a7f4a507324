"""Services in Nameko containers, as `amnuay serve` runs them: `python -m tests.integration.house SERVICE...`

Settings come as JSON on standard input; `ready` is said when all consumers are attached. `POST /`
calls a service by RPC (`tests.infra.house.Control`).
"""

import sys
from datetime import timedelta


def main(names: list[str]) -> int:
    from amnuay import green

    green.patch()
    import msgspec

    from amnuay import house
    from infra import logs
    from infra.eventstore import relay
    from infra.messaging import service
    from services.correspondence.mailbox import outbox, reading
    from tests.infra.house import Control, _say_ready, settings

    service.IDLE = 1  # type: ignore[assignment]
    reading.LEASE = outbox.CLAIM = timedelta(seconds=4)
    relay.LEASE, relay.RENEWED = 4, 1  # seconds for which one that was killed is waited for
    chosen = settings(msgspec.json.decode(sys.stdin.readline()))
    logs.configure("info")
    home = house.House(chosen, names, host="127.0.0.1")
    home.health.wsgi = Control(chosen, home.health.wsgi)  # type: ignore[method-assign]
    house.serve_health(home.health, chosen.health_port)
    return home.keep(opened=_say_ready)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
