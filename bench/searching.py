"""Finding a part of a Thai text among half a million letters."""

import time
from collections.abc import Iterator
from urllib.parse import quote

from sqlalchemy import text

from bench import child
from bench.letters import Shelf, shelf
from bench.pages import MANY
from bench.report import Options, Row, percentile

TIMES = 10
MOST = 100  # ms
# From the middle of words and over their borders; one that few letters have; one that none has.
WORDS = ("ฝุ่นละออง", "กลางวันประจำ", "ครูผู้ช่วยของ", "บ้านห้วยแก้ว", "31407", "งบประมาณ 4711", "ไม่มีคำนี้")


def rows(options: Options) -> Iterator[Row]:
    here = shelf()
    here.fill(options.sized(MANY))
    paths = [f"/api/letters?count=false&q={quote(word)}" for word in WORDS]
    took: list[list[float]] = [[] for _ in paths]
    for _ in range(options.rounds):
        [found] = child.run(
            child.OURS,
            "bench.clients",
            "get",
            url=here.home.gateway.url,
            paths=paths,
            token=here.home.gateway.token("clerk"),
            times=TIMES,
        )
        for one, more in zip(took, found, strict=True):
            one.extend(more)
    ours = percentile([one for found in took for one in found], 0.95) * 1000
    like, missed, full, lookup, counting = _others(here)
    slowest = max(zip(took, WORDS, strict=True), key=lambda one: percentile(one[0], 0.95))
    yield Row(
        work=f"Thai substring search among {here.count:,} letters through the API, p95",
        unit="ms",
        ours=ours,
        peer=like,
        limit=lookup,
        ratio=MOST / ours,
        reach=1,
        note=f"Reach: {MOST} ms. The first 50, as the pages ask; the exact total, which they ask for"
        f" afterwards, took {counting:.0f} ms for the commonest word. {len(WORDS)} searches, the slowest “{slowest[1]}”"
        f" ({percentile(slowest[0], 0.95) * 1000:.0f} ms). The peer: `ILIKE '%…%'` on the same table,"
        " p95; the limit: a letter looked up by its number. PostgreSQL's `simple` full text finds"
        f" {full}.",
    )
    yield Row(
        work="letters that `ILIKE` finds and the search misses",
        unit="letters",
        ours=missed,
        peer=0,
        limit=None,
        ratio=0 if missed else 1,
        reach=1,
        note="Totals compared for each of those searches.",
    )


def _others(here: Shelf) -> tuple[float, int, str, float, float]:
    """`ILIKE`: p95 in ms; what we miss; what full text finds; a look-up and our slowest count, in ms."""
    took, counted, missed, all_found, full_found = [], [], 0, 0, 0
    with here.database.read() as connection:
        for word in WORDS:
            likes = " AND ".join(f"folded ILIKE :w{n}" for n, _ in enumerate(word.split()))
            values = {f"w{n}": f"%{one}%" for n, one in enumerate(word.split())}
            started = time.perf_counter()
            found = connection.execute(
                text(f"SELECT count(*) FROM texts WHERE {likes}"), values
            ).scalar_one()
            took.append(time.perf_counter() - started)
            full = "to_tsvector('simple', folded) @@ plainto_tsquery('simple', :word)"
            full_found += connection.execute(
                text(f"SELECT count(*) FROM texts WHERE {full}"), {"word": word}
            ).scalar_one()
            started = time.perf_counter()
            _, _, answer = here.home.gateway.ask(
                "GET", f"/api/letters?q={quote(word)}", None, "clerk"
            )
            counted.append(time.perf_counter() - started)
            missed += max(0, found - answer["total"])
            all_found += found
        started = time.perf_counter()
        connection.execute(text("SELECT * FROM letters WHERE id = :id"), {"id": here.letter}).one()
        lookup = (time.perf_counter() - started) * 1000
    full_text = f"{full_found:,} of {all_found:,}"
    return percentile(took, 0.95) * 1000, missed, full_text, lookup, max(counted) * 1000
