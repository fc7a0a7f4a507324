"""A process that is killed while somebody signs: there is a number with its paper, or neither."""

import json
import signal
import subprocess
import sys
from typing import Any

import pytest

from infra.files import FileStore
from services.correspondence.contract import AuditNumbers, Series, SignDocument
from tests.correspondence.office import CLERK, DIRECTOR, Office

_SIGN = """
import json, os, signal, sys
from pathlib import Path
from infra.eventstore.store import Store, Work
from infra.files import FileStore
from services.correspondence.contract import SignDocument
from tests.correspondence.office import DIRECTOR, opened

url, files, id, point = json.loads(sys.argv[1])
owner, method = {"kept": (FileStore, "keep"), "saved": (Work, "save"), "done": (Store, "execute")}[point]
carry_out = getattr(owner, method)

def and_die(*args, **kwargs):
    carry_out(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)

with opened(url, told=True, files=Path(files)) as office:
    setattr(owner, method, and_die)
    body = {"id": id, "confirmation": office.confirmation(DIRECTOR, id)}
    office.send(DIRECTOR, SignDocument, idempotency_key="the signature", **body)
"""


def _sign_and_die(office: Office, id: str, point: str) -> None:
    url = office.parts.database.url.render_as_string(hide_password=False)
    told = json.dumps([url, str(office.settings.files), id, point])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _SIGN, told],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize("point", ["kept", "saved", "done"])
def test_killed_as_soon_as_it_was(office: Office, point: str) -> None:
    """Its file kept, its events saved but not committed, its transaction done but not answered."""
    id, another = office.to_sign(), office.to_sign()
    _sign_and_die(office, id, point)
    signed = point == "done"
    assert office.document(DIRECTOR, id)["state"] == ("numbered" if signed else "to_sign")
    assert office.sign(DIRECTOR, another)["number"] == (2 if signed else 1)
    # Who had no answer asks again, with the same key.
    body: dict[str, Any] = {"id": id, "confirmation": office.confirmation(DIRECTOR, id)}
    done = office.send(DIRECTOR, SignDocument, idempotency_key="the signature", **body)
    assert done["number"] == (1 if signed else 2)
    assert office.types(id, "document").count("DocumentNumbered") == 1
    files: FileStore = office.parts.files
    assert files.verify(done["sha256"])
    assert list(files.damaged()) == []
    audit = office.ask(CLERK, AuditNumbers, series=Series.SEND, year=2569)["items"]
    assert [one["state"] for one in audit] == ["document", "document"]
