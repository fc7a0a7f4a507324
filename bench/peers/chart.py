"""The picture of how cost grows with the number of letters."""

import matplotlib

from bench.child import Go, serve

matplotlib.use("svg")


def draw(go: Go, path: str, series: dict[str, list[list[float]]]) -> None:
    """A line a series of (letters, milliseconds), both axes logarithmic."""
    from matplotlib import pyplot

    go()
    figure, axes = pyplot.subplots(figsize=(8, 5))
    for (name, points), mark in zip(series.items(), "osD^v", strict=False):
        axes.plot(*zip(*points, strict=True), marker=mark, label=name)
    axes.set(xscale="log", yscale="log", xlabel="letters", ylabel="p95, ms")
    axes.grid(True, which="both", alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    serve(draw)
