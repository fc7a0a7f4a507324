"""A way to a server that can be cut, closed, and made to swallow what is sent without a word."""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.infra.processes import Proxy, cut

CAN_SWALLOW = os.getuid() == 0 and shutil.which("iptables") is not None


class Network(Proxy):
    """Open from the start."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.listen()

    def _accept(self, listener: socket.socket) -> None:
        """A server that is away is no reason to be away oneself."""
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return  # closed
            try:
                far = socket.create_connection(self._target)
            except OSError:
                cut(near)
                continue
            self._open += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._copy, args=(one, other), daemon=True).start()

    @contextmanager
    def swallowing(self) -> Iterator[None]:
        """No packet arrives, and nobody is told: not even that one was sent in vain."""
        rules = [f"-i lo -p tcp --{end} {self.port} -j DROP" for end in ("dport", "sport")]
        done = []
        try:
            for rule in rules:
                subprocess.run(f"iptables -w -I INPUT {rule}".split(), check=True)
                done.append(rule)
            yield
        finally:
            for rule in done:
                subprocess.run(f"iptables -w -D INPUT {rule}".split(), check=True)
