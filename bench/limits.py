"""What the machine could do at all: the drivers alone, with nothing of ours around them."""

import sqlite3
import time
from typing import Any
from urllib.parse import urlsplit

import psycopg2

from bench.child import Go, repeat, serve
from bench.recording import INSERT


def connect(url: str) -> Any:
    if url.startswith("sqlite"):
        connection = sqlite3.connect(urlsplit(url).path[1:])
        connection.execute("PRAGMA journal_mode=WAL")
        return connection
    return psycopg2.connect(url.replace("+psycopg2", ""))


def prepare(go: Go, url: str, table: str) -> None:
    connection = connect(url)
    connection.cursor().execute(table.replace("bigserial", "integer") if "sqlite" in url else table)
    connection.commit()
    go()


def insert(go: Go, url: str, writers: int, seconds: float) -> float:
    """Inserts by one process, each committed."""
    del writers
    connection = connect(url)

    def one() -> None:
        connection.cursor().execute(INSERT)
        connection.commit()

    go()
    started = time.perf_counter()
    return repeat(seconds, one) / (time.perf_counter() - started)


if __name__ == "__main__":
    serve(prepare, insert)
