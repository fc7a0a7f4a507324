"""`amnuay serve`: services as processes of their own, on PostgreSQL and RabbitMQ."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from amnuay.environment import Keys, make_keys
from tests.amnuay.processes import PATIENCE, amnuay, environment, free_port, running, status
from tests.harness import fresh_database


@pytest.fixture(scope="module")
def keys() -> Keys:
    return make_keys()


@pytest.fixture
def settings(keys: Keys, tmp_path: Path) -> dict[str, str | Path | int]:
    """All that a service needs, apart from a database that is there and a broker."""
    return {
        "IDENTITY_PRIVATE_KEY": keys.private_key,
        "IDENTITY_PUBLIC_KEY": keys.public_key,
        "SERVICE_KEY": keys.service_key,
        "BROKER_URL": f"amqp://guest:guest@127.0.0.1:{free_port()}/",
        "DATABASE_URL_PERSONNEL": f"postgresql://nobody@127.0.0.1:{free_port()}/personnel",
        "HEALTH_PORT": free_port(),
        "FILES": tmp_path / "files",
        "DATA": tmp_path,
    }


@pytest.fixture
def database() -> Iterator[str]:
    with fresh_database("postgresql") as url:
        yield url


@pytest.mark.parametrize(
    ("service", "named"),
    [
        (
            "personnel",
            ["SERVICE_KEY", "IDENTITY_PRIVATE_KEY", "DATABASE_URL_PERSONNEL"],
        ),
        (
            "notify",
            ["SERVICE_KEY", "DATABASE_URL_NOTIFY"],
        ),
        ("gateway", []),
    ],
)
def test_it_refuses_to_start_without_what_it_needs(service: str, named: list[str]) -> None:
    refused = amnuay("serve", service)
    assert refused.returncode == 1
    names = ", ".join(f"AMNUAY_{name}" for name in ["BROKER_URL", "IDENTITY_PUBLIC_KEY", *named])
    assert refused.stderr == f"Error: not set: {names}\n"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("BROKER_URL", "memory://", "cannot share a broker in memory"),
        ("SERVICE_KEY", "too short", "shorter than 32 characters"),
        ("IDENTITY_PUBLIC_KEY", "no key", "AMNUAY_IDENTITY_PUBLIC_KEY is no key"),
        ("IDENTITY_PRIVATE_KEY", "no key", "AMNUAY_IDENTITY_PRIVATE_KEY is no key"),
        ("IDENTITY_PRIVATE_KEY", make_keys().private_key, "not of one pair"),
    ],
)
def test_it_refuses_to_start_with_a_setting_that_cannot_be_right(
    settings: dict[str, str | Path | int], name: str, value: str, told: str
) -> None:
    refused = amnuay("serve", "personnel", **settings | {name: value})
    assert refused.returncode == 1
    assert told in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.postgresql
def test_it_refuses_to_start_on_a_database_that_is_not_migrated(
    settings: dict[str, str | Path | int], database: str
) -> None:
    refused = amnuay("serve", "personnel", **settings | {"DATABASE_URL_PERSONNEL": database})
    assert refused.returncode == 1
    assert "the database of personnel is not migrated" in refused.stderr


@pytest.mark.postgresql
def test_a_replica_serves_until_it_is_told_to_stop(
    settings: dict[str, str | Path | int], database: str, rabbitmq_url: str, tmp_path: Path
) -> None:
    settings |= {"DATABASE_URL_PERSONNEL": database, "BROKER_URL": rabbitmq_url}
    assert amnuay("migrate", **settings).returncode == 0
    with running(tmp_path, "serve", "personnel", **settings) as one:
        base = f"http://127.0.0.1:{settings['HEALTH_PORT']}"
        one.until(lambda: status(f"{base}/readyz") == 200)
        assert status(f"{base}/healthz") == 200
        assert status(f"{base}/metrics") == 200
        assert status(f"{base}/") == 404
        assert one.stop() == 0
        assert "Traceback" not in one.said


def test_it_waits_for_its_database_and_can_be_stopped_meanwhile(
    settings: dict[str, str | Path | int], tmp_path: Path
) -> None:
    with running(tmp_path, "serve", "personnel", **settings) as waiting:
        waiting.until(lambda: "database-waits" in waiting.said)
        assert waiting.stop() != 0


@pytest.mark.postgresql
def test_it_waits_for_its_broker_and_can_be_stopped_meanwhile(
    settings: dict[str, str | Path | int], database: str, tmp_path: Path
) -> None:
    settings |= {"DATABASE_URL_PERSONNEL": database}
    assert amnuay("migrate", **settings).returncode == 0
    with running(tmp_path, "serve", "personnel", **settings) as waiting:
        waiting.until(lambda: status(f"http://127.0.0.1:{settings['HEALTH_PORT']}/healthz") == 503)
        told = time.monotonic()
        assert waiting.stop() == 0
        assert time.monotonic() - told < 5


DYING = """
from amnuay import green
green.patch()
import sys, eventlet
from amnuay import house
from infra import settings
from tests.infra.shelf.service import ShelfService
from tests.harness import settings as settings_of, prepare
from infra.messaging.runtime import Parts
from pathlib import Path

folder = Path(sys.argv[1])
given = settings_of(folder, {"shelf": f"sqlite:///{folder}/shelf.sqlite"}, broker_url="memory://localhost/")
parts = Parts(ShelfService, given); prepare(parts); parts.close()
house._service_class = lambda name: ShelfService
home = house.House(given, ["shelf"], "127.0.0.1")
(container,) = home._runner.containers

def die():
    eventlet.sleep(0.5)
    raise RuntimeError("a reply could not be sent")

sys.exit(home.keep(lambda: container.spawn_managed_thread(die)))
"""


def test_it_ends_with_a_fault_when_a_container_dies(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", DYING, str(tmp_path)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert ended.returncode == 1, ended.stderr
    assert "a reply could not be sent" in ended.stderr
