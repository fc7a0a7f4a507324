"""Twenty people sign at the same instant, from several processes: each paper has its own number."""

import json
import re
import subprocess
import sys
from contextlib import ExitStack
from typing import Any

from infra.thai import to_thai_digits
from services.correspondence.contract import AuditNumbers, Series, VerifyDocument
from tests.correspondence.conftest import Told
from tests.correspondence.office import CLERK, SIGNERS, name_of, opened
from tests.correspondence.papers import choose
from tests.harness import fresh_database

_PROCESSES = 4
_SIGN = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
import pypdfium2
from services.correspondence.contract import SignDocument
from tests.correspondence.office import SIGNERS, opened

def words(place):
    pages = pypdfium2.PdfDocument(place)
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)

wanted = json.loads(sys.argv[2])
with opened(sys.argv[1], told=True) as office, ThreadPoolExecutor(len(wanted)) as pool:
    given = [
        (SIGNERS[letter], {"id": id, "confirmation": office.confirmation(SIGNERS[letter], id)})
        for letter, id in wanted
    ]
    print("ready", file=sys.stderr, flush=True)
    sys.stdin.readline()
    signed = [pool.submit(office.send, who, SignDocument, **body) for who, body in given]
    done = [one.result() for one in signed]
    for one in done:
        one["words"] = words(office.parts.files.path(one["sha256"]))
    print(json.dumps(done), file=sys.stderr)
"""


def _signing(url: str, wanted: list[tuple[str, str]]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", _SIGN, url, json.dumps(wanted)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _signed_at_once(url: str, wanted: list[tuple[str, str]]) -> list[dict[str, Any]]:
    with ExitStack() as running:
        processes = [
            running.enter_context(_signing(url, wanted[part::_PROCESSES]))
            for part in range(_PROCESSES)
        ]
        for one in processes:
            assert one.stderr is not None
            assert one.stderr.readline() == "ready\n"
        for one in processes:
            assert one.stdin is not None
            one.stdin.write("go\n")
            one.stdin.flush()
        told = [one.communicate(timeout=60)[1] for one in processes]
    assert [one.returncode for one in processes] == [0] * _PROCESSES, told
    return [done for each in told for done in json.loads(each)]


def test_twenty_sign_at_the_same_instant(told: Told) -> None:
    with (
        fresh_database("postgresql", like=told["postgresql"]) as url,
        opened(url, told=True) as office,
    ):
        choose(office)
        ids = {letter: office.to_sign(content={"subject": f"ฉบับ {letter}"}) for letter in SIGNERS}
        done = _signed_at_once(url, list(ids.items()))
        by_id = {one["id"]: one for one in done}
        assert sorted(one["number"] for one in done) == list(range(1, 21))
        for letter, id in ids.items():
            said, row = by_id[id], office.document(CLERK, id)
            assert (row["number"], row["reference"]) == (said["number"], said["reference"])
            assert row["signer"] == SIGNERS[letter].person
            assert row["frozen"]["sha256"] == said["sha256"]
            shown = office.ask(None, VerifyDocument, code=row["code"])
            assert (shown["reference"], shown["sha256"]) == (row["reference"], said["sha256"])
            assert shown["subject"] == f"ฉบับ {letter}"
            number = re.escape(to_thai_digits(row["reference"].replace(" ", "")))
            assert re.search(number + "[^๐-๙]", said["words"])
            assert f"({name_of(letter)})" in said["words"]
            assert row["code"] in said["words"]
        register = office.documents(CLERK, series="send", year=2569, sort="number")["items"]
        assert [row["number"] for row in register] == list(range(1, 21))
        audit = office.ask(CLERK, AuditNumbers, series=Series.SEND, year=2569)["items"]
        assert [one["document"] for one in audit] == [row["id"] for row in register]
        live = office.tables()
        office.rebuild()
        assert office.tables() == live
