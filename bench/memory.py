"""What a service holds in memory as commands go by."""

from collections.abc import Iterator
from pathlib import Path

from bench import child
from bench.commands import house
from bench.report import Options, Row
from tests.api.letters import LETTER
from tests.infra.processes import until

WARM, COMMANDS = 500, 5_000
ROUND = 5.0  # seconds
GROWTH = 1.1


def rows(options: Options) -> Iterator[Row]:
    with house() as home:
        token = home.gateway.token("clerk")
        process = home._correspondence.process.pid

        def send(seconds: float) -> int:
            [found] = child.run(
                child.OURS,
                "bench.clients",
                "post",
                url=f"{home.gateway.url}/api/letters",
                body=LETTER,
                token=token,
                clients=8,
                seconds=seconds,
            )
            return len(found["took"])

        sent = send(ROUND)
        while sent < options.sized(WARM):
            sent += send(ROUND)
        before = memory(process)
        wanted = options.sized(COMMANDS)
        while sent < wanted:
            sent += send(ROUND * 2)
        until(home._settled, 120)
        after = memory(process)
    yield Row(
        work=f"a service's memory after {sent:,} commands",
        unit="MB",
        ours=after,
        peer=before,
        limit=None,
        ratio=before / after,
        reach=1 / GROWTH,
        note=f"`correspondence`, registering letters. The peer: the same process after the first"
        f" {options.sized(WARM):,}. Flat: at most {GROWTH:.0%} of that. `--only memory --size 20` sends"
        " 100,000.",
    )


def memory(process: int) -> float:
    """What the process holds, in MB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
