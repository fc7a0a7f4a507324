"""The sample office of `amnuay run`: loaded whole, found again, usable by its log-ins."""

import json
import signal
import urllib.request
from pathlib import Path
from typing import Any

from amnuay.sample.people import LOGINS
from amnuay.sample.plots import COUNT
from tests.amnuay.processes import free_port, running, status

LOADED = 600.0  # seconds after which the sample must be there on the slowest machine


def test_a_sample_killed_while_loading_is_loaded_anew_and_found_again(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    with running(tmp_path, "run", DATA=data, PORT=port) as killed:
        killed.until(lambda: "10 %" in killed.said)
        killed.stop(signal.SIGKILL)
    assert not (data / "office").exists()

    with running(tmp_path, "run", DATA=data, PORT=port) as first:
        first.until(lambda: "Ctrl-C" in first.said, LOADED)
        assert status(f"http://127.0.0.1:{port}/healthz") == 200
        for name in LOGINS:
            assert f"sample-{name}" in first.said
        registered = _register(port)
        assert registered["total"] >= COUNT - 10  # the secret ones are nobody's business
        assert first.stop(signal.SIGINT) == 0

    with running(tmp_path, "run", DATA=data, PORT=port) as second:
        second.until(lambda: status(f"http://127.0.0.1:{port}/healthz") == 200)
        assert " %" not in second.said
        assert _register(port) == registered
        assert second.stop(signal.SIGINT) == 0


def _register(port: int) -> dict[str, Any]:
    """The receive register as the sample's clerk sees it."""
    base = f"http://127.0.0.1:{port}/api"
    token = _send(f"{base}/tokens", {"username": "clerk", "password": "sample-clerk"})["token"]
    return _send(f"{base}/letters", None, {"Authorization": f"Bearer {token}"})


def _send(url: str, body: Any, headers: dict[str, str] | None = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        url, data, {"Content-Type": "application/json"} | (headers or {})
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        found: dict[str, Any] = json.load(answer)
    return found
