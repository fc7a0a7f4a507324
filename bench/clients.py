"""Clients of an HTTP server, each with a connection of its own that is kept."""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from bench.child import Go, repeat, serve

TRIES = 5


class Client:
    """One connection."""

    def __init__(self, url: str, token: str | None) -> None:
        self._parsed = urlsplit(url)
        self._connection = http.client.HTTPConnection(self._parsed.netloc, timeout=60)
        self._headers = {"Content-Type": "application/json"}
        if token:  # a program's and a browser's
            self._headers["Authorization"] = f"Bearer {token}"
            self._headers["Cookie"] = f"amnuay_session={token}"

    def ask(self, method: str, path: str, body: Any = None) -> bytes:
        """The answer. Where the server says that it is not ready, it is asked again, as it says."""
        content = None if body is None else json.dumps(body).encode()
        for _ in range(TRIES):
            self._connection.request(method, path, content, self._headers)
            answer = self._connection.getresponse()
            said = answer.read()
            if answer.status != 503:
                break
            time.sleep(float(answer.headers.get("Retry-After", 1)))
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {said[:300]!r}")
        return said


def post(
    go: Go, url: str, body: dict[str, Any], token: str | None, clients: int, seconds: float
) -> dict[str, Any]:
    """POST the same again and again: how many a second, and how long each took, in seconds."""
    took: list[float] = []

    def work(client: Client) -> int:
        def once() -> None:
            started = time.perf_counter()
            client.ask("POST", path, body)
            took.append(time.perf_counter() - started)

        return repeat(seconds, once)

    path = urlsplit(url).path
    all_clients = [Client(url, token) for _ in range(clients)]
    for client in all_clients:
        client.ask("POST", path, body)
    go()
    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        done = sum(pool.map(work, all_clients))
    return {"rate": done / (time.perf_counter() - started), "took": took}


def get(go: Go, url: str, paths: list[str], token: str, times: int) -> list[list[float]]:
    """GET each path so many times, in turn: how long each took, in seconds."""
    client = Client(url, token)
    for path in paths:
        client.ask("GET", path)
    go()
    took: list[list[float]] = [[] for _ in paths]
    for _ in range(times):
        for found, path in zip(took, paths, strict=True):
            started = time.perf_counter()
            client.ask("GET", path)
            found.append(time.perf_counter() - started)
    return took


if __name__ == "__main__":
    serve(post, get)
