"""A command over HTTP, through RPC, to the store and back."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import child
from bench.child import Child
from bench.recording import TABLE
from bench.report import Options, Row, alternate
from tests import servers
from tests.amnuay.processes import free_port
from tests.e2e.house import House
from tests.harness import fresh_database

CLIENTS = 8


def rows(options: Options) -> Iterator[Row]:
    seconds = options.seconds
    with house() as home, bare("Writer", "Gate") as peer:
        token = home.gateway.token("admin")

        def post(url: str, body: dict[str, object], token: str | None = None) -> float:
            [found] = child.run(
                child.OURS,
                "bench.clients",
                "post",
                url=url,
                body=body,
                token=token,
                clients=CLIENTS,
                seconds=seconds,
            )
            return float(found["rate"])

        room = {"name": "ห้องประชุม", "capacity": 20}
        found = alternate(
            options.rounds,
            ours=lambda: post(f"{home.gateway.url}/api/rooms", room, token),
            peer=lambda: post(f"http://127.0.0.1:{peer.port}/", room),
            limit=lambda: float(
                child.run(
                    child.OURS,
                    "bench.bare",
                    "call",
                    broker=peer.broker,
                    clients=CLIENTS,
                    seconds=seconds,
                )[0]
            ),
        )
    yield Row(
        work=f"command over HTTP, {CLIENTS} clients",
        unit="/s",
        ours=found["ours"],
        peer=found["peer"],
        limit=found["limit"],
        ratio=found["ours"] / found["peer"],
        reach=0.8,
        note="`POST /api/rooms` through the real gateway (session, token, body checked) to"
        " `resources`: one event with its row, published. The peer: bare nameko, an HTTP handler"
        " calling an RPC that does one insert. The limit: that RPC called directly.",
    )


@contextmanager
def house() -> Iterator[House]:
    """The whole house on PostgreSQL and RabbitMQ, with a small office in it."""
    with ExitStack() as opened:
        broker = opened.enter_context(servers.virtual_host(os.environ["AMNUAY_BROKER_URL"]))
        folder = Path(opened.enter_context(TemporaryDirectory()))
        yield House(folder, broker, opened)


@dataclass(frozen=True, kw_only=True)
class Bare:
    """Bare nameko at work: its broker, its database, the port of its gate."""

    broker: str
    database: str
    port: int


@contextmanager
def bare(*services: str) -> Iterator[Bare]:
    """Bare nameko's services, a process each."""
    with ExitStack() as opened:
        broker = opened.enter_context(servers.virtual_host(os.environ["AMNUAY_BROKER_URL"]))
        database = opened.enter_context(fresh_database("postgresql"))
        child.run(child.OURS, "bench.limits", "prepare", url=database, table=TABLE)
        port = free_port()
        for service in services:
            process = Child(
                child.OURS,
                "bench.bare",
                "keep",
                service=service,
                url=database,
                broker=broker,
                port=port,
            )
            opened.callback(process.kill)
            process.ready()
        yield Bare(broker=broker, database=database, port=port)
