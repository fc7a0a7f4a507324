"""`python -m bench`: measure, print the table, write RESULTS.md and results.json beside this file."""

import argparse
import importlib
import sys
import time
import traceback

from bench import report
from bench.report import Options, Row
from infra import logs
from tests import servers

FAMILIES = (
    "recording",
    "rebuilding",
    "following",
    "commands",
    "latency",
    "pages",
    "searching",
    "memory",
    "scaling",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured")
    parser.add_argument("--seconds", type=float, default=3, help="how long a measurement takes")
    parser.add_argument("--size", type=float, default=1, help="a factor on all sizes")
    parser.add_argument("--only", choices=FAMILIES, nargs="+", default=FAMILIES)
    given = parser.parse_args()
    options = Options(rounds=given.rounds, seconds=given.seconds, size=given.size)
    logs.configure("error")
    started, before = time.time(), report.load()
    found: list[Row] = []
    failed: list[str] = []
    with servers.servers() as missing:
        if missing:
            sys.exit("; ".join(missing.values()))
        for family in given.only:
            try:
                for row in importlib.import_module(f"bench.{family}").rows(options):
                    sys.stdout.write(report.line(row) + "\n")
                    sys.stdout.flush()
                    found.append(row)
            except Exception:
                traceback.print_exc()
                failed.append(family)
    if given.only is FAMILIES:
        report.write(found, options, started, (before, report.load()))
    if failed:
        sys.stderr.write(f"Not measured to the end: {', '.join(failed)}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
