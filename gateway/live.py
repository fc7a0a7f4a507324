"""What open pages are told at once: streams of server-sent events, woken by the broker's broadcast."""

import threading
from collections import defaultdict

from prometheus_client import Gauge

from infra.errors import Unavailable

MOST_STREAMS = 1000
MOST_STREAMS_PER_PERSON = 6

Moved = dict[str, int | None]  # topic → the version that it is now at, where that is known

_open_streams = Gauge("amnuay_live_streams", "Open streams of server-sent events")


class Stream:
    """One open page's mailbox: which of its topics moved since it last looked."""

    def __init__(self, person: str, topics: tuple[str, ...]) -> None:
        self.person, self.topics = person, topics
        self.over = False
        self._moved: Moved = {}
        self._signal = threading.Event()

    def tell(self, topic: str, version: int | None) -> None:
        self._moved[topic] = version
        self._signal.set()

    def end(self) -> None:
        """Let whoever waits here go home."""
        self.over = True
        self._signal.set()

    def wait(self, seconds: float) -> Moved:
        """The topics that moved, as soon as one has; empty after `seconds` of silence."""
        self._signal.wait(seconds)
        self._signal.clear()
        moved, self._moved = self._moved, {}
        return moved


class Live:
    """The open streams by topic: `bell:<person>`, `letter:<id>`."""

    def __init__(self) -> None:
        self._by_topic: defaultdict[str, set[Stream]] = defaultdict(set)
        self._open: dict[Stream, None] = {}
        self._lock = threading.Lock()
        self.stopped = False

    def open(self, person: str, *topics: str) -> Stream:
        """A stream of these topics; `close` it. Raises Unavailable where too many are open here.

        That a browser went on to the next page is noticed only when it is next written to, so a
        person's oldest stream ends when they open one too many.
        """
        stream = Stream(person, topics)
        with self._lock:
            if self.stopped or len(self._open) >= MOST_STREAMS:
                raise Unavailable("มีผู้เปิดหน้าจออยู่มาก หน้านี้จะไม่ปรับให้เองชั่วคราว", retry_after=60)
            mine = [one for one in self._open if one.person == person and not one.over]
            if len(mine) >= MOST_STREAMS_PER_PERSON:
                mine[0].end()
            self._open[stream] = None
            for topic in topics:
                self._by_topic[topic].add(stream)
            _open_streams.set(len(self._open))
        return stream

    def close(self, stream: Stream) -> None:
        with self._lock:
            self._open.pop(stream, None)
            for topic in stream.topics:
                self._by_topic[topic].discard(stream)
                if not self._by_topic[topic]:
                    del self._by_topic[topic]
            _open_streams.set(len(self._open))

    def tell(self, topic: str, version: int | None = None) -> None:
        """Something happened to `topic`, which is now at `version`."""
        with self._lock:
            streams = list(self._by_topic.get(topic, ()))
        for stream in streams:
            stream.tell(topic, version)

    def tell_all(self) -> None:
        """Something may have been missed: every stream looks for itself."""
        with self._lock:
            streams = list(self._open)
        for stream in streams:
            for topic in stream.topics:
                stream.tell(topic, None)

    def stop(self) -> None:
        """End all streams."""
        self.stopped = True
        with self._lock:
            streams = list(self._open)
        for stream in streams:
            stream.end()
