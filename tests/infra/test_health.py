"""What supervisor and Prometheus are told."""

from typing import Any

import msgspec
import pytest

from infra.health import Health


def fail() -> bool:
    raise ConnectionError("away")


@pytest.mark.parametrize(
    ("alive", "ready", "healthz", "readyz"),
    [
        (True, lambda: True, 200, 200),
        (True, lambda: False, 200, 503),
        (True, fail, 200, 503),
        (False, lambda: True, 503, 503),
    ],
)
def test_alive_is_one_thing_and_ready_another(
    alive: bool, ready: Any, healthz: int, readyz: int
) -> None:
    health = Health()
    health.alive["relay"] = lambda: alive
    health.ready["database"] = ready
    status, kind, body = health.respond("/healthz")
    assert (status, kind, msgspec.json.decode(body)) == (
        healthz,
        "application/json",
        {"relay": alive},
    )
    assert health.respond("/readyz")[0] == readyz


def test_metrics_are_prometheus_text() -> None:
    status, kind, body = Health().respond("/metrics")
    assert status == 200
    assert kind.startswith("text/plain")
    names = ("amnuay_command_seconds", "amnuay_unpublished", "amnuay_log_position", "amnuay_parked")
    assert all(f"# HELP {name} ".encode() in body for name in names)


def test_over_wsgi() -> None:
    health = Health()
    health.ready["database"] = fail
    told: list[Any] = []
    body = health.wsgi({"PATH_INFO": "/readyz"}, lambda *answer: told.append(answer))
    assert told[0][0] == "503 Service Unavailable"
    assert b"".join(body) == b'{"database":false}'
    assert health.respond("/other")[0] == 404
