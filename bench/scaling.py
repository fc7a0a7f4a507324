"""Replicas of one service: how much more they carry, and what sets the ceiling."""

from collections.abc import Iterator
from pathlib import Path

from bench import child
from bench.commands import house
from bench.report import Options, Row, percentile
from tests.api.letters import LETTER
from tests.api.server import ready

CLIENTS = 16
REPLICAS = (1, 2, 3)


def rows(options: Options) -> Iterator[Row]:
    with house() as home:
        token = home.gateway.token("clerk")
        first = 0.0
        for replicas in REPLICAS:
            if replicas > 1:
                ready(*home._start("correspondence"))
            before = _spent()
            [found] = child.run(
                child.OURS,
                "bench.clients",
                "post",
                url=f"{home.gateway.url}/api/letters",
                body=LETTER,
                token=token,
                clients=CLIENTS,
                seconds=options.seconds * 2,
            )
            idle = _idle(before, _spent())
            first = first or found["rate"]
            p50, p95 = (percentile(found["took"], part) * 1000 for part in (0.5, 0.95))
            yield Row(
                work=f"letters registered over HTTP by {CLIENTS} clients, replicas: {replicas}",
                unit="/s",
                ours=found["rate"],
                peer=first,
                limit=None,
                ratio=found["rate"] / first,
                reach=0.8,
                note=f"p50 {p50:.0f} ms, p95 {p95:.0f} ms; the machine's processors were idle for"
                f" {idle:.0%} of the time. The peer: one replica. Gateway, services, broker, database"
                " and clients share the processors; where these are not idle, they set the ceiling.",
            )


def _spent() -> list[int]:
    """What the processors have spent their time on so far."""
    return [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]


def _idle(before: list[int], after: list[int]) -> float:
    spent = [late - early for early, late in zip(before, after, strict=True)]
    return (spent[3] + spent[4]) / max(1, sum(spent))
