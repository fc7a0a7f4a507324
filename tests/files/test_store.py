"""The file store keeps what was claimed, and nothing of what went wrong."""

import errno
import io
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.errors import Invalid, NotFound, TooLarge, Unavailable, UnsupportedMedia
from infra.files import FileStore, clean_name
from tests.infra.test_store import at_once

NOW = datetime(2026, 2, 15, 2, 30, tzinfo=UTC)
PDF = b"%PDF-1.7\n" + b"x" * 200_000
LIMIT = 1024 * 1024


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path, LIMIT)


def files(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*") if path.is_file())


class Parts:
    """A stream that hands out these parts; an exception among them is raised."""

    def __init__(self, *parts: bytes | BaseException) -> None:
        self._parts: Iterator[bytes | BaseException] = iter(parts)

    def read(self, size: int, /) -> bytes:
        part = next(self._parts, b"")
        if isinstance(part, BaseException):
            raise part
        return part


def test_a_claimed_file_is_kept_by_its_content(store: FileStore) -> None:
    upload = store.receive(io.BytesIO(PDF), "หนังสือ.pdf", "somchai", NOW)
    assert (upload.name, upload.media_type, upload.size) == (
        "หนังสือ.pdf",
        "application/pdf",
        len(PDF),
    )
    with pytest.raises(NotFound):
        store.open(upload.sha256)
    assert store.claim(upload.id, "somchai") == upload
    assert store.claim(upload.id, "somchai") == upload
    with store.open(upload.sha256) as file:
        assert file.read() == PDF
    assert store.verify(upload.sha256)
    assert store.path(upload.sha256).relative_to(store.path(upload.sha256).parents[3]) == Path(
        "content", upload.sha256[:2], upload.sha256[2:4], upload.sha256
    )


def test_the_same_content_is_kept_once(store: FileStore, tmp_path: Path) -> None:
    for owner, name in (("a", "one.pdf"), ("b", "two.pdf")):
        store.claim(store.receive(io.BytesIO(PDF), name, owner, NOW).id, owner)
    assert len(files(tmp_path / "content")) == 1
    assert [name for name in files(tmp_path / "uploads") if not name.endswith(".json")] == []


def test_nobody_else_claims_it(store: FileStore) -> None:
    upload = store.receive(io.BytesIO(PDF), "a.pdf", "somchai", NOW)
    for id, owner in ((upload.id, "somsri"), ("../" * 12, "somchai"), ("0" * 36, "somchai")):
        with pytest.raises(NotFound):
            store.claim(id, owner)


@pytest.mark.parametrize(
    ("stream", "name", "problem"),
    [
        (Parts(), "a.pdf", Invalid),
        (Parts(PDF[:100], OSError("the client went away")), "a.pdf", OSError),
        (Parts(PDF[:100], KeyboardInterrupt()), "a.pdf", KeyboardInterrupt),
        (Parts(PDF[:100], OSError(errno.ENOSPC, "disk full")), "a.pdf", Unavailable),
        (Parts(*[PDF] * 6), "a.pdf", TooLarge),
        (Parts(b"MZ\x90\x00" + b"\x00" * 100), "a.pdf", UnsupportedMedia),
        (Parts(PDF), "a.exe", UnsupportedMedia),
    ],
    ids=[
        "empty",
        "interrupted",
        "stopped",
        "disk full",
        "too large",
        "not what it says",
        "unwanted",
    ],
)
def test_what_goes_wrong_leaves_nothing(
    store: FileStore, tmp_path: Path, stream: Parts, name: str, problem: type[BaseException]
) -> None:
    with pytest.raises(problem):
        store.receive(stream, name, "somchai", NOW)
    assert files(tmp_path) == []


def test_exactly_the_limit_is_accepted(store: FileStore) -> None:
    full = PDF + b"y" * (LIMIT - len(PDF))
    assert store.receive(io.BytesIO(full), "a.pdf", "somchai", NOW).size == LIMIT
    with pytest.raises(TooLarge, match="1 MB"):
        store.receive(io.BytesIO(full + b"!"), "a.pdf", "somchai", NOW)


def test_unclaimed_uploads_go_after_a_day(store: FileStore, tmp_path: Path) -> None:
    kept = store.receive(io.BytesIO(PDF), "kept.pdf", "somchai", NOW)
    waiting = store.receive(io.BytesIO(PDF), "waiting.pdf", "somchai", NOW)
    store.claim(kept.id, "somchai")
    crashed = tmp_path / "uploads" / "crashed.part"
    crashed.write_bytes(b"half")
    os.utime(crashed, (NOW.timestamp(), NOW.timestamp()))
    assert store.sweep(NOW + timedelta(hours=24)) == 0
    assert store.sweep(NOW + timedelta(hours=25)) == 2
    assert files(tmp_path) == [kept.sha256]
    with pytest.raises(NotFound):
        store.claim(waiting.id, "somchai")
    assert store.verify(kept.sha256)


def test_changed_content_is_found(store: FileStore) -> None:
    first, second = (
        store.receive(io.BytesIO(PDF + extra), "a.pdf", "somchai", NOW) for extra in (b"1", b"2")
    )
    for upload in (first, second):
        store.claim(upload.id, "somchai")
    assert list(store.damaged()) == []
    store.path(first.sha256).write_bytes(PDF)
    assert list(store.damaged()) == [first.sha256]
    assert not store.verify(first.sha256)
    assert store.verify(second.sha256)
    assert not store.verify("0" * 64)


def test_many_claim_the_same_content_at_once(store: FileStore) -> None:
    uploads = [store.receive(io.BytesIO(PDF), "a.pdf", "somchai", NOW) for _ in range(8)]
    ready = threading.Barrier(8)
    claimed: list[str] = []

    def claim(id: str) -> None:
        ready.wait()
        claimed.append(store.claim(id, "somchai").id)

    threads = [threading.Thread(target=claim, args=(upload.id,)) for upload in uploads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(upload.id for upload in uploads)
    assert store.verify(uploads[0].sha256)


def test_what_a_service_made_is_kept_by_its_content(store: FileStore, tmp_path: Path) -> None:
    first = store.keep(PDF, "2569_MOE04001_1.pdf", "application/pdf")
    again = store.keep(PDF, "2569_MOE04001_1.pdf", "application/pdf")
    assert (first.name, first.size, first.sha256) == (again.name, len(PDF), again.sha256)
    assert first.id != again.id
    assert store.verify(first.sha256)
    assert files(tmp_path) == [first.sha256]
    assert store.sweep(NOW + timedelta(days=30)) == 0


def test_what_cannot_be_kept_leaves_nothing(
    store: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "disk full")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(Unavailable):
            store.keep(PDF, "a.pdf", "application/pdf")
    assert files(tmp_path) == []
    assert store.verify(store.keep(PDF, "a.pdf", "application/pdf").sha256)


@pytest.mark.parametrize("sha256", ["../../etc/passwd", "", "A" * 64, "0" * 63])
def test_only_hashes_name_content(store: FileStore, sha256: str) -> None:
    with pytest.raises(NotFound):
        store.path(sha256)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\som\\งาน.pdf", "งาน.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("a\u202egpj.pdf", "agpj.pdf"),
        ("ก" * 300 + ".pdf", "ก" * 190 + ".pdf"),
        (".pdf", "pdf"),
        ("", "ไฟล์แนบ"),
        ("a\r\nX: y.pdf", "aX: y.pdf"),
    ],
)
def test_names_are_cleaned(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_the_same_file_under_the_same_key_may_come_at_the_same_moment(store: FileStore) -> None:
    """A request that is repeated while the first is at work."""

    for key in "abcde":
        found = at_once(
            *[lambda key=key: store.receive(io.BytesIO(PDF), "ก.pdf", "somchai", NOW, key)] * 8
        )
        assert found == [store.receive(io.BytesIO(PDF), "ก.pdf", "somchai", NOW, key)] * 8
