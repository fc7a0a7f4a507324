"""The file store: what people attach, kept once under the SHA-256 of its content.

A file first waits as an upload, which belongs to whoever sent it; a command claims it, and only
then does it become content. Uploads that nobody claims are swept away.
"""

import errno
import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, BinaryIO, Protocol
from uuid import NAMESPACE_OID, uuid5

import msgspec

from infra import filetypes
from infra.errors import DISK_FULL, Invalid, KeyReused, NotFound, TooLarge, Unavailable
from infra.ids import new_id

_CHUNK = 64 * 1024
_UPLOADS_LIVE = timedelta(days=1)
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Stream(Protocol):
    """What a request's body offers."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file taken in: `size` in bytes, `media_type` by its content."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str


class _Record(msgspec.Struct):
    upload: Upload
    owner: str
    received_at: datetime


class FileStore:
    """Files under `root`, each of at most `limit` bytes; processes share it by the file system."""

    def __init__(self, root: Path, limit: int) -> None:
        self._content = root / "content"
        self._uploads = root / "uploads"
        self.limit = limit

    def receive(
        self, stream: Stream, name: str, owner: str, now: datetime, key: str | None = None
    ) -> Upload:
        """Take in a file of `owner`. Whatever goes wrong, nothing of it stays.

        The same file under the same `key` of theirs is taken in once. Raises KeyReused for another
        file under it, TooLarge, UnsupportedMedia (not of an accepted type, or not what its name
        says), Invalid (empty), Unavailable (the disk is full), and whatever reading the stream raises.
        """
        with _room():
            return self._receive(stream, name, owner, now, key)

    def _receive(
        self, stream: Stream, name: str, owner: str, now: datetime, key: str | None
    ) -> Upload:
        self._uploads.mkdir(parents=True, exist_ok=True)
        id = new_id() if key is None else str(uuid5(NAMESPACE_OID, f"{owner}:{key}"))
        part = self._uploads / f"{new_id()}.part"
        try:
            size, sha256 = self._write(stream, part)
            name, media_type = filetypes.check(part, clean_name(name))
            upload = Upload(id=id, name=name, media_type=media_type, size=size, sha256=sha256)
            known = self._record(id) if key is not None else None
            if known is not None:
                if known.upload != upload:
                    raise KeyReused()
                part.unlink()
                return upload
            os.replace(part, self._uploads / id)
            record = _Record(upload, owner, now)
            _write_whole(self._uploads / f"{id}.json", msgspec.json.encode(record))
        except BaseException:
            part.unlink(missing_ok=True)
            if self._record(id) is None:
                (self._uploads / id).unlink(missing_ok=True)
            raise
        return upload

    def claim(self, id: str, owner: str) -> Upload:
        """Keep an upload of `owner` for good. May be repeated, since commands are retried.

        Raises NotFound where there is none, or it is another's, Unavailable (the disk is full).
        """
        record = self._record(id)
        if record is None or record.owner != owner:
            raise NotFound("ไม่พบไฟล์ที่แนบ หรือแนบไว้นานเกินหนึ่งวัน กรุณาแนบใหม่")
        with _room():
            self._keep(id, record)
        return record.upload

    def _keep(self, id: str, record: _Record) -> None:
        kept = self._place(record.upload.sha256)
        kept.parent.mkdir(parents=True, exist_ok=True)
        waiting = self._uploads / id
        try:
            if kept.exists():
                waiting.unlink(missing_ok=True)
            else:
                os.replace(waiting, kept)
                _sync_folder(kept.parent)
        except FileNotFoundError:
            if not kept.exists():
                raise NotFound("ไม่พบไฟล์ที่แนบ กรุณาแนบใหม่") from None

    def keep(self, content: bytes, name: str, media_type: str) -> Upload:
        """Keep for good what a service made itself; the facts of it, under a fresh id.

        What is left of a process that died meanwhile is swept. Raises Unavailable (the disk is full).
        """
        sha256 = hashlib.sha256(content).hexdigest()
        with _room():
            self._write_content(self._place(sha256), content)
        return Upload(
            id=new_id(), name=name, media_type=media_type, size=len(content), sha256=sha256
        )

    def _write_content(self, kept: Path, content: bytes) -> None:
        if kept.exists():
            return
        self._uploads.mkdir(parents=True, exist_ok=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = self._uploads / f"{new_id()}.part"
        try:
            with part.open("xb") as file:
                file.write(content)
                _flush(file)
            os.replace(part, kept)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _sync_folder(kept.parent)

    def waiting(self, id: str, owner: str) -> tuple[Upload, Path]:
        """An upload of `owner` that nobody has claimed, to be read where it is. Raises NotFound."""
        record, place = self._record(id), self._uploads / id
        if record is None or record.owner != owner or not place.is_file():
            raise NotFound("ไม่พบไฟล์ที่แนบ หรือแนบไว้นานเกินหนึ่งวัน กรุณาแนบใหม่")
        return record.upload, place

    def path(self, sha256: str) -> Path:
        """Where a claimed file's content is. Raises NotFound."""
        place = self._place(sha256)
        if not place.is_file():
            raise NotFound("ไม่พบไฟล์")
        return place

    def open(self, sha256: str) -> BinaryIO:
        """A claimed file's content. Raises NotFound."""
        return self.path(sha256).open("rb")

    def verify(self, sha256: str) -> bool:
        """Whether the content is there and still has this hash."""
        place = self._place(sha256)
        if not place.is_file():
            return False
        with place.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256

    def damaged(self) -> Iterator[str]:
        """The names of those kept files whose content no longer fits their name."""
        for place in sorted(self._content.glob("*/*/*")):
            if not self.verify(place.name):
                yield place.name

    def sweep(self, now: datetime) -> int:
        """Remove what has waited unclaimed for more than a day; returns how many uploads went."""
        swept = 0
        for file in self._uploads.glob("*.json"):
            record = self._record(file.stem)
            if record and now - record.received_at > _UPLOADS_LIVE:
                (self._uploads / file.stem).unlink(missing_ok=True)
                file.unlink(missing_ok=True)
                swept += 1
        for left in self._uploads.glob("*"):
            if left.suffix != ".json" and not left.with_suffix(".json").exists():
                age = now.timestamp() - left.stat(follow_symlinks=False).st_mtime
                if age > _UPLOADS_LIVE.total_seconds():
                    left.unlink(missing_ok=True)
        return swept

    def _write(self, stream: Stream, part: Path) -> tuple[int, str]:
        digest, size = hashlib.sha256(), 0
        with part.open("xb") as file:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > self.limit:
                    raise TooLarge(f"ไฟล์ใหญ่ได้ไม่เกิน {self.limit // 1024 // 1024:,} MB")
                digest.update(chunk)
                file.write(chunk)
            _flush(file)
        if size == 0:
            raise Invalid("ไฟล์ว่างเปล่า กรุณาเลือกไฟล์ใหม่", fields={"file": ["ไฟล์ว่างเปล่า"]})
        return size, digest.hexdigest()

    def _record(self, id: str) -> _Record | None:
        if not re.fullmatch("[0-9a-f-]{36}", id):
            return None
        try:
            return msgspec.json.decode((self._uploads / f"{id}.json").read_bytes(), type=_Record)
        except FileNotFoundError:
            return None

    def _place(self, sha256: str) -> Path:
        if not re.fullmatch("[0-9a-f]{64}", sha256):
            raise NotFound("ไม่พบไฟล์")
        return self._content / sha256[:2] / sha256[2:4] / sha256


@contextmanager
def _room() -> Iterator[None]:
    """Raises Unavailable where there is no room for what is written."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise Unavailable(DISK_FULL) from error


def clean_name(name: str) -> str:
    """The file's own name: without folders and invisible characters, at most 200 characters."""
    last = _UNSEEN.sub("", unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1]))
    stem, dot, extension = last.strip(" .").rpartition(".")
    if not dot:
        stem, extension = extension, ""
    return f"{stem[:190].strip() or 'ไฟล์แนบ'}{dot}{extension[:9]}"


def _write_whole(place: Path, content: bytes) -> None:
    part = place.with_name(f"{new_id()}.part")  # of our own: another may write the same just now
    with part.open("wb") as file:
        file.write(content)
        _flush(file)
    os.replace(part, place)
    _sync_folder(place.parent)


def _flush(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
