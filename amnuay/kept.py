"""A backup's folder: its manifest, the order in which databases are taken, the files beside them."""

import hashlib
import shutil
from collections.abc import Sequence
from datetime import datetime
from graphlib import TopologicalSorter
from pathlib import Path

import click
import msgspec

from infra import dump, migrate
from infra.clock import system_clock
from infra.database import Database
from infra.messaging.broker import Broker
from infra.messaging.runtime import subscriptions

FORMAT = 1
MANIFEST = "manifest.json"
FILES = "files"  # below the backup: the file store as it was


class Part(msgspec.Struct, kw_only=True):
    """One service's database in a backup: its file, that file's hash, where it stood."""

    file: str
    sha256: str
    stand: dump.Stand


class Manifest(msgspec.Struct, kw_only=True):
    """What a backup holds; written last."""

    format: int
    made_at: datetime
    services: dict[str, Part]
    files: int


def write(databases: dict[str, Database], files: Path, folder: Path) -> Manifest:
    """Fill `folder`, the manifest last. Raises Misfit where a database has no tables."""
    made_at, services = system_clock(), {}
    for name in order(list(databases)):
        place = folder / f"{name}.{'sqlite' if databases[name].dialect == 'sqlite' else 'zip'}"
        stand = dump.dump(databases[name], place)
        services[name] = Part(file=place.name, sha256=_hash(place), stand=stand)
        click.echo(f"{name}: {stand.numbered:,} events, {place.stat().st_size:,} bytes")
    made = Manifest(
        format=FORMAT,
        made_at=made_at,
        services=services,
        files=copy_files(files, folder / FILES),
    )
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(made)))
    return made


def order(names: Sequence[str]) -> list[str]:
    """Each subscriber before its sources."""
    graph: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(names, ()))
    for name in names:
        for found in subscriptions(migrate.service_class(name)):
            if found.source in names and found.source != name:
                graph.add(found.source, name)
    return list(graph.static_order())


def read(folder: Path) -> Manifest:
    """The backup's manifest. Raises ClickException where a part is missing, or is of another."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise click.ClickException(f"{folder} holds no whole backup: {error}") from error
    if manifest.format != FORMAT:
        raise click.ClickException(f"{folder} is of format {manifest.format}, not {FORMAT}")
    for part in manifest.services.values():
        place = folder / part.file
        if not place.is_file() or _hash(place) != part.sha256:
            raise click.ClickException(
                f"{place} is missing, damaged, or of another backup; nothing was changed"
            )
    return manifest


def copy_files(source: Path, target: Path) -> int:
    """Copy what `target` lacks of the file store at `source`; how many there are.

    Kept files are never changed, so those that are there need no second look.
    """
    copied = 0
    for place in (*source.glob("uploads/*"), *source.glob("content/*/*/*")):
        kept = target / place.relative_to(source)
        if place.suffix == ".part":
            continue
        copied += 1
        if kept.exists():
            continue
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_name(f"{kept.name}.part")
        try:
            shutil.copyfile(place, part)
        except FileNotFoundError:  # an upload that was claimed meanwhile; its content comes later
            copied -= 1
            continue
        if place.parent.name != "uploads" and _hash(part) != place.name:
            click.echo(f"{place}: its content is damaged; it is copied as it is", err=True)
        part.rename(kept)
    return copied


def forget_messages(broker_url: str, names: Sequence[str]) -> None:
    """Empty the subscriptions' queues: what was published is in the logs, or is no more."""
    broker = Broker(broker_url)
    if broker.embedded:
        return
    try:
        for name in names:
            for found in subscriptions(migrate.service_class(name)):
                broker.forget(name, found.source)
    except OSError as error:
        raise click.ClickException(
            f"the data are restored, but the broker is away ({error}): its queues may hold messages"
            " about what is no more. Let it run and restore again"
        ) from error


def _hash(place: Path) -> str:
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
