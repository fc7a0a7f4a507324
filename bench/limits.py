"""What the machine could do at all: the drivers alone, with nothing of ours around them."""

import json
import sqlite3
import tempfile
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


def decode(go: Go, url: str, events: int, seconds: float) -> float:
    """`json.loads` of the longest stream's rows: events a second."""
    connection = connect(url)
    cursor = connection.cursor()
    cursor.execute("SELECT stream FROM events GROUP BY stream ORDER BY count(*) DESC LIMIT 1")
    [stream] = cursor.fetchone()
    query = "SELECT data FROM events WHERE stream = %s ORDER BY version"

    def once() -> None:
        cursor.execute(query, [stream])
        assert len([json.loads(data) for (data,) in cursor.fetchall()]) == events

    go()
    started = time.perf_counter()
    return repeat(seconds, once) * events / (time.perf_counter() - started)


def copy(go: Go, url: str) -> float:
    """`COPY` of the read table's rows into another: rows a second."""
    connection = connect(url)
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE copied (LIKE slips INCLUDING ALL)")
    with tempfile.TemporaryFile() as file:
        cursor.copy_expert("COPY slips TO STDOUT", file)
        file.seek(0)
        go()
        started = time.perf_counter()
        cursor.copy_expert("COPY copied FROM STDIN", file)
        connection.commit()
        seconds = time.perf_counter() - started
    return float(cursor.rowcount / seconds)


def follow(go: Go, url: str, page: int) -> float:
    """How long it takes to read the log's rows, in pages."""
    connection = connect(url)
    cursor = connection.cursor()
    query = "SELECT * FROM events WHERE position > %s AND published ORDER BY position LIMIT %s"
    go()
    started, position = time.perf_counter(), 0
    while True:
        cursor.execute(query, [position, page])
        rows = cursor.fetchall()
        connection.commit()
        if len(rows) < page:
            return time.perf_counter() - started
        position = rows[-1][1]


if __name__ == "__main__":
    serve(prepare, insert, decode, copy, follow)
