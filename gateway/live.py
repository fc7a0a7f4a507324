"""What open pages are told at once: streams of server-sent events, woken by the broker's broadcast."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from prometheus_client import Gauge

from infra.errors import Throttled, Unavailable

MOST_STREAMS = 400
MOST_STREAMS_PER_PERSON = 12

_streams = Gauge("amnuay_live_streams", "Open streams of server-sent events")


class Stream:
    """One open page's mailbox: which of its topics moved since it last looked."""

    def __init__(self, live: "Live", person: str, topics: tuple[str, ...]) -> None:
        self.person, self.topics = person, topics
        self._live = live
        self._moved: set[str] = set(topics)
        self._signal = threading.Event()
        self._signal.set()

    def tell(self, topic: str) -> None:
        self._moved.add(topic)
        self._signal.set()

    def wait(self, seconds: float) -> set[str]:
        """The topics that moved, as soon as one has; empty after `seconds` of silence."""
        self._signal.wait(seconds)
        self._signal.clear()
        moved, self._moved = self._moved, set()
        return moved

    def close(self) -> None:
        self._live.close(self)


class Live:
    """The open streams by topic: `bell:<person>`, `letter:<id>`."""

    def __init__(self) -> None:
        self._by_topic: defaultdict[str, set[Stream]] = defaultdict(set)
        self._by_person: defaultdict[str, int] = defaultdict(int)
        self._count = 0
        self._lock = threading.Lock()
        self.stopped = False

    def open(self, person: str, *topics: str) -> Stream:
        """A stream of these topics, all of them counted as moved at first.

        Raises Unavailable (too many are open here) or Throttled (by this person).
        """
        with self._lock:
            if self.stopped or self._count >= MOST_STREAMS:
                raise Unavailable("มีผู้เปิดหน้าจออยู่มาก หน้านี้จะไม่ปรับให้เองชั่วคราว", retry_after=60)
            if self._by_person[person] >= MOST_STREAMS_PER_PERSON:
                raise Throttled("เปิดหน้าจอพร้อมกันมากเกินไป", retry_after=60)
            stream = Stream(self, person, topics)
            self._count += 1
            self._by_person[person] += 1
            for topic in topics:
                self._by_topic[topic].add(stream)
        _streams.inc()
        return stream

    def close(self, stream: Stream) -> None:
        with self._lock:
            for topic in stream.topics:
                self._by_topic[topic].discard(stream)
                if not self._by_topic[topic]:
                    del self._by_topic[topic]
            self._count -= 1
            self._by_person[stream.person] -= 1
            if not self._by_person[stream.person]:
                del self._by_person[stream.person]
        _streams.dec()

    def tell(self, topic: str) -> None:
        """Something happened to `topic`."""
        with self._lock:
            streams = list(self._by_topic.get(topic, ()))
        for stream in streams:
            stream.tell(topic)

    def tell_all(self) -> None:
        """Something may have been missed: every stream looks again."""
        with self._lock:
            topics = list(self._by_topic)
        for topic in topics:
            self.tell(topic)

    def stop(self) -> None:
        """End all streams."""
        self.stopped = True
        self.tell_all()
