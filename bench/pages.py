"""The pages of daily work at 5,000 letters and at 500,000; what a first page sends."""

from collections.abc import Iterator
from urllib.parse import quote

from playwright.sync_api import Response

from bench import child
from bench.letters import shelf
from bench.report import HERE, Options, Row, percentile
from tests.api.office import PASSWORD
from tests.chromium import launched

FEW, MANY = 5_000, 500_000
SIZES = (1_000, FEW, 50_000, MANY)
TIMES = 25
SEARCH = "a search"
KILOBYTES = 150


def rows(options: Options) -> Iterator[Row]:
    few, many = options.sized(FEW), options.sized(MANY)
    found = {size: _measure(options.sized(size), options) for size in SIZES}
    _draw({options.sized(size): of for size, of in found.items()})
    before, after = found[FEW], found[MANY]
    for name in (name for name in before if name != SEARCH):
        yield Row(
            work=f"{name} at {many:,} letters, p95",
            unit="ms",
            ours=after[name] * 1000,
            peer=before[name] * 1000,
            limit=None,
            ratio=before[name] / after[name],
            reach=1 / 1.5,
            note=f"HTML, by the gateway, one client. The peer: the same at {few:,} letters. The rows"
            " were made in the read tables by COPY; the letter shown was registered by command.",
        )
    sent, other = _first_page()
    yield Row(
        work="first useful page in Chromium",
        unit="KB",
        ours=sent / 1000,
        peer=None,
        limit=KILOBYTES,
        ratio=KILOBYTES * 1000 / sent,
        reach=1,
        note="What is sent, as it is sent (compressed), for the clerk's first page after logging in,"
        f" an empty cache, without fonts; {other} KB of fonts besides.",
    )


def _measure(count: int, options: Options) -> dict[str, float]:
    """The p95 of each page, in seconds."""
    here = shelf()
    here.fill(count)
    paths = {
        "a page of the receive register": "/letters",
        "a letter's page": f"/letters/{here.letter}",
        "my work": "/",
        SEARCH: f"/api/letters?q={quote('กลางวัน')}",
    }
    took: list[list[float]] = [[] for _ in paths]
    for _ in range(options.rounds):
        [found] = child.run(
            child.OURS,
            "bench.clients",
            "get",
            url=here.home.gateway.url,
            paths=list(paths.values()),
            token=here.home.gateway.token("clerk"),
            times=TIMES,
        )
        for one, more in zip(took, found, strict=True):
            one.extend(more)
    return {name: percentile(one, 0.95) for name, one in zip(paths, took, strict=True)}


def _draw(found: dict[int, dict[str, float]]) -> None:
    """How the cost grows, as a picture beside the results."""
    series = {
        name: [[size, figures[name] * 1000] for size, figures in found.items()]
        for name in next(iter(found.values()))
    }
    child.run(
        child.PEERS, "bench.peers.chart", "draw", path=str(HERE / "growth.svg"), series=series
    )


def _first_page() -> tuple[int, int]:
    """Bytes sent for the first page after logging in, and kilobytes of fonts."""
    sizes: dict[str, int] = {"font": 0, "other": 0}

    def count(response: Response) -> None:
        kind = "font" if response.request.resource_type == "font" else "other"
        size = response.request.sizes()
        sizes[kind] += size["responseBodySize"] + size["responseHeadersSize"]

    with launched() as browser:
        page = browser.new_context(base_url=shelf().home.gateway.url).new_page()
        page.goto("/")
        page.get_by_label("ชื่อผู้ใช้").fill("clerk")
        page.get_by_label("รหัสผ่าน").fill(PASSWORD + "clerk")
        page.get_by_role("button", name="เข้าสู่ระบบ").click()
        page.wait_for_load_state("load")
        cookies = page.context.cookies()
        fresh = browser.new_context(base_url=shelf().home.gateway.url)
        fresh.add_cookies(cookies)  # type: ignore[arg-type]
        first = fresh.new_page()
        finished = []
        first.on("requestfinished", lambda request: finished.append(request))
        first.goto("/", wait_until="load")
        for request in finished:
            answer = request.response()
            if answer is not None and "/live" not in request.url:
                count(answer)
    return sizes["other"], round(sizes["font"] / 1000)
