"""Server-sent events for open pages: which of their topics moved. What to show then, the page asks for."""

from collections.abc import Callable, Iterator
from time import monotonic

import msgspec
from flask import Response, request

from gateway import sessions
from gateway.live import Stream
from gateway.pages.blueprint import pages
from gateway.parts import parts
from infra.errors import Forbidden, Invalid, NotFound

HEARTBEAT = 20.0  # seconds; proxies close what is silent for long
LIFETIME = 600.0  # seconds, after which the page comes again and is asked again who it is
MOST_TOPICS = 5

# Who may listen to a kind of topic: a function of what follows the colon, by kind.
_may: dict[str, Callable[[str], bool]] = {}


def may_listen(kind: str, check: Callable[[str], bool]) -> None:
    """Let pages listen to topics `kind:<id>`, where `check(id)` says that the visitor may."""
    _may[kind] = check


may_listen("bell", lambda id: id == sessions.current().actor.person)


@pages.get("/live")
def live() -> Response:
    """A stream of events `moved`, each with the topics and the versions that they are now at."""
    topics = tuple(dict.fromkeys(request.args.get("topics", "").split(",")))
    visitor = sessions.current()
    if len(topics) > MOST_TOPICS:
        raise Invalid()
    for topic in topics:
        kind, _, id = topic.partition(":")
        if kind not in _may or not id:
            raise NotFound()
        if not _may[kind](id):
            raise Forbidden()
    streams = parts().live
    stream = streams.open(visitor.actor.person, *topics)
    response = Response(_events(stream), content_type="text/event-stream; charset=utf-8")
    response.call_on_close(lambda: streams.close(stream))
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # nginx passes each event on at once
    return response


def _events(stream: Stream) -> Iterator[bytes]:
    until = monotonic() + LIFETIME
    yield b"retry: 5000\n\n"
    while not stream.over and monotonic() < until:
        moved = stream.wait(HEARTBEAT)
        if moved:
            yield b"event: moved\ndata: " + msgspec.json.encode(moved) + b"\n\n"
        elif not stream.over:
            yield b": still here\n\n"
