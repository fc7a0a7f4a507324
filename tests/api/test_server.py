"""What only a real server shows: uploads that break off, many open streams, stopping at work, a broker
that goes away and comes back."""

import signal
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPException
from pathlib import Path

import pytest

from amnuay.house import GRACE
from infra.ids import new_id
from tests.amnuay.processes import PATIENCE
from tests.api.letters import LETTER, pdf
from tests.api.office import PEOPLE
from tests.api.server import Answer, Server, Street, answered, ready, served_in_one_process
from tests.infra.processes import until
from tests.infra.test_rpc import Proxy

HALF = 100_000
BARE = {"Content-Type": "application/octet-stream"}


@pytest.fixture(scope="module")
def server(built_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    with served_in_one_process(built_office, folder, UPLOAD_LIMIT_MB=1) as server:
        yield server


def left_behind(server: Server) -> list[Path]:
    return [path for path in (server.files / "uploads").glob("*") if path.is_file()]


def total(server: Server) -> int:
    found: int = server.ask("GET", "/api/letters", who="clerk")[2]["total"]
    return found


def test_an_upload_that_breaks_off_leaves_nothing(server: Server) -> None:
    for path, headers in (
        ("/api/uploads?name=x.pdf", BARE),
        ("/api/uploads", {"Content-Type": "multipart/form-data; boundary=x"}),
    ):
        begun = server.begin(path, "clerk", 2 * HALF, **headers)
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="x.pdf"\r\n\r\n'
        begun.sendall((head if "multipart" in headers["Content-Type"] else b"") + b"%PDF-")
        begun.sendall(b"x" * HALF)
        if headers is BARE:
            until(lambda: left_behind(server))
        begun.close()
        until(lambda: not left_behind(server))


def test_a_chunk_that_breaks_off_leaves_nothing(server: Server) -> None:
    chunked = {"Transfer-Encoding": "chunked"} | BARE
    begun = server.begin("/api/uploads?name=x.pdf", "clerk", None, **chunked)
    begun.sendall(b"10000\r\n%PDF-" + b"x" * (HALF // 2))
    begun.shutdown(socket.SHUT_WR)
    status, _, problem = answered(begun)
    assert (status, problem["type"]) == (400, "malformed")
    until(lambda: not left_behind(server))


def test_a_body_that_ends_too_soon_is_told_so(server: Server) -> None:
    begun = server.begin("/api/uploads?name=x.pdf", "clerk", 2 * HALF, **BARE)
    begun.sendall(b"%PDF-" + b"x" * HALF)
    begun.shutdown(socket.SHUT_WR)
    status, _, problem = answered(begun)
    assert (status, problem["type"]) == (400, "malformed")
    assert left_behind(server) == []


def test_a_letter_that_breaks_off_is_not_registered(server: Server) -> None:
    before = total(server)
    begun = server.begin("/api/letters", "clerk", 5000, **{"Content-Type": "application/json"})
    begun.sendall(b'{"subject": "')
    begun.close()
    status, headers, _ = server.ask("POST", "/api/letters", LETTER, "clerk")
    assert status == 201
    assert total(server) == before + 1
    assert headers["Location"].startswith("/api/letters/")


def test_a_body_of_unknown_length_has_the_same_limit(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as sock:
        sock.sendall(
            b"POST /api/uploads?name=x.pdf HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
            + f"Authorization: Bearer {server.token('clerk')}\r\n\r\n".encode()
        )
        chunk = b"10000\r\n" + b"%PDF-" + b"x" * (0x10000 - 5) + b"\r\n"
        for _ in range(17):
            sock.sendall(chunk)
        status, _, problem = answered(sock)
    assert (status, problem["type"]) == (413, "too-large")
    until(lambda: not left_behind(server))


@pytest.mark.parametrize("size", [40_000, 200_000])
def test_a_head_without_end_is_refused(server: Server, size: int) -> None:
    for head in (b"GET /" + b"x" * size, b"GET / HTTP/1.1\r\nX: " + b"x" * size):
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as sock:
            sock.sendall(head + b"\r\n\r\n")
            assert sock.recv(12).split()[1] in (b"400", b"404", b"414", b"431")
    assert server.ask("GET", "/api/me", who="clerk")[0] == 200


def test_a_question_may_be_long(server: Server) -> None:
    ids = ",".join([new_id() for _ in range(500)])
    assert server.ask("GET", f"/api/names?ids={ids}", who="clerk")[::2] == (200, {"items": []})


def listening(server: Server, who: str, person: str) -> socket.socket:
    """An open page's stream."""
    sock = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    sock.sendall(
        f"GET /live?topics=bell:{person} HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {server.token(who)}\r\n\r\n".encode()
    )
    return sock


def test_open_streams_hold_no_worker(server: Server) -> None:
    """More of them than the gateway has workers, and work goes on beside them."""
    with ExitStack() as opened:
        streams = []
        for who in list(PEOPLE)[:7]:
            person = server.ask("GET", "/api/me", who=who)[2]["id"]
            for _ in range(10):
                streams.append(opened.enter_context(listening(server, who, person)))
        for sock in streams:
            assert sock.recv(15) == b"HTTP/1.1 200 OK"
        for _ in range(5):
            assert server.ask("GET", "/api/me", who="clerk")[0] == 200
        assert server.ask("POST", "/api/letters", LETTER, "clerk")[0] == 201


def test_what_is_at_work_is_finished_before_it_stops(built_office: Path, tmp_path: Path) -> None:
    with served_in_one_process(built_office, tmp_path, UPLOAD_LIMIT_MB=1) as server:
        content = pdf() + b"\n" * HALF
        begun = server.begin("/api/uploads?name=x.pdf", "clerk", len(content), **BARE)
        begun.sendall(content[:HALF])
        until(lambda: left_behind(server))
        person = server.ask("GET", "/api/me", who="clerk")[2]["id"]
        with listening(server, "clerk", person) as page:
            assert page.recv(15) == b"HTTP/1.1 200 OK"
            server.running.process.send_signal(signal.SIGTERM)
            begun.sendall(content[HALF:])
            assert answered(begun)[0] == 201
            assert server.running.process.wait(GRACE) == 0  # open pages do not hold it up


def test_it_stops_though_requests_keep_coming(
    built_office: Path, tmp_path: Path, rabbitmq_url: str
) -> None:
    """What has begun is answered; others are turned away, and try elsewhere."""
    with ExitStack() as opened:
        street = Street(built_office, tmp_path, rabbitmq_url, opened)
        personnel, server = street.start("personnel"), street.gateway()
        ready(*personnel)
        ready(server.running, server.port)
        server.token("clerk")
        seen: Counter[int | str] = Counter()

        def ask_on_and_on() -> None:
            while not seen["refused"]:
                try:
                    seen[server.ask("GET", "/api/me", who="clerk")[0]] += 1
                except ConnectionRefusedError:
                    seen["refused"] += 1
                except (ConnectionError, HTTPException):
                    seen["turned away"] += 1

        askers = [threading.Thread(target=ask_on_and_on) for _ in range(6)]
        for asker in askers:
            asker.start()
        until(lambda: seen[200] > 20)
        assert server.running.stop() == 0, server.running.said
        for asker in askers:
            asker.join()
        assert seen.keys() <= {200, "refused", "turned away"}


@pytest.fixture
def proxy(rabbitmq_url: str) -> Iterator[Proxy]:
    proxy = Proxy(rabbitmq_url)
    proxy.listen()
    yield proxy
    proxy.close()


def test_a_service_and_the_broker_go_away_and_come_back(
    built_office: Path, tmp_path: Path, proxy: Proxy
) -> None:
    """503 meanwhile; then work goes on in the same processes, and nothing was done twice."""
    with ExitStack() as opened:
        street = Street(built_office, tmp_path, proxy.url, opened)
        personnel, letters = street.start("personnel"), street.start("correspondence")
        server = street.gateway()

        def register(key: str) -> Answer:
            return server.ask("POST", "/api/letters", LETTER, "clerk", **{"Idempotency-Key": key})

        def refused(key: str) -> None:
            status, headers, problem = register(key)
            assert (status, problem["type"]) == (503, "unavailable")
            assert int(headers["Retry-After"]) > 0

        for one in (personnel, letters, (server.running, server.port)):
            ready(*one)
        assert register("first")[2]["number"] == 1

        assert letters[0].stop() == 0
        refused("second")
        letters = street.start("correspondence")
        until(lambda: register("second")[0] == 201, PATIENCE)

        proxy.close()
        refused("third")
        proxy.listen()
        until(lambda: register("third")[0] == 201, PATIENCE)

        assert [register(key)[2]["number"] for key in ("first", "second", "third")] == [1, 2, 3]
        assert total(server) == 3
        for process, _ in (personnel, letters, (server.running, server.port)):
            assert process.process.poll() is None, process.said
