"""A way to a server that can be cut, closed, and made to swallow what is sent without a word."""

import socket

from tests.infra.processes import Proxy, cut


class Network(Proxy):
    """What was swallowed is gone, and so is the connection that it was sent on: nothing more
    comes through it, though neither end is told. New ones work when the network is back."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.listen()

    def _copy(self, one: socket.socket, other: socket.socket) -> None:
        lost = False
        try:
            while data := one.recv(65536):
                lost = lost or self.silent.is_set()
                if not lost:
                    other.sendall(data)
        except OSError:
            pass
        finally:
            cut(one)
            cut(other)
