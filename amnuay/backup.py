"""`amnuay backup` and `amnuay restore`: all services and their files, as one consistent story.

Each database is written in one snapshot, a subscriber always before its sources, and the files
last: so a subscription is at most behind its source, which it makes good by itself from the log,
and every file that a database speaks of is there.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from amnuay.kept import Manifest
    from infra.database import Database
    from infra.settings import Settings

UNFINISHED = ".unfinished"


@click.command(short_help="Copy all services' data and files to a folder, while they work.")
@click.argument("folder", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """Copy the databases of all services, and the files, to FOLDER, which must not be there yet.

    The services may be at work. The keys are not in it: keep a copy of the environment (`.env`, or
    keys.json of `amnuay run`) elsewhere. It does hold all that people entrusted to the office, so
    keep it as safe as the office itself.
    """
    from amnuay import environment, kept
    from infra.dump import Misfit

    settings, names = environment.for_upkeep()
    if folder.exists():
        raise click.ClickException(f"{folder} is there already")
    unfinished = folder.with_name(folder.name + UNFINISHED)
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    try:
        with _databases(settings, names) as databases:
            made = kept.write(databases, settings.files, unfinished)
    except Misfit as misfit:
        raise click.ClickException(str(misfit)) from misfit
    os.sync()
    unfinished.rename(folder)
    click.echo(f"{made.files:,} files\nThe backup is in {folder}.")


@click.command(short_help="Put a backup in the place of the data of all services, or of some.")
@click.argument(
    "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), required=False
)
@click.argument("services", metavar="[SERVICE]...", nargs=-1)
@click.option("--align", is_flag=True, help="Restore nothing; hold subscriptions against sources.")
@click.option("--yes", is_flag=True, help="Replace what is there without asking.")
def restore(folder: Path | None, services: tuple[str, ...], align: bool, yes: bool) -> None:
    """Put the backup in FOLDER in the place of the data of all services, or of each SERVICE named.

    No service may be at work meanwhile; databases and broker are. What happened since the backup is
    lost, and messages about it are taken out of the queues. Then each subscription is held against
    its source: one that is ahead (its source alone was put back) is brought to the source's end, and
    named; one that is behind catches up by itself when its service starts. Files are only added.

    After a restore by other means (PostgreSQL's own), `amnuay restore --align` does that last part.
    """
    from amnuay import environment, kept
    from infra import dump

    if (folder is None) is not align:
        raise click.UsageError("name the backup's folder, or say --align")
    settings, names = environment.for_upkeep()
    manifest = None if folder is None else kept.read(folder)
    with _databases(settings, names) as databases:
        _require_rest(databases)
        if folder is not None and manifest is not None:
            _load(settings, databases, folder, manifest, services, yes)
        kept.forget_messages(settings.broker_url, names)
        for told in dump.align(databases):
            click.echo(told)
    click.echo("All subscriptions fit their sources. The services may be started.")


def _load(
    settings: "Settings",
    databases: "dict[str, Database]",
    folder: Path,
    manifest: "Manifest",
    services: tuple[str, ...],
    yes: bool,
) -> None:
    from amnuay import kept
    from infra import dump
    from infra.clock import bangkok

    chosen = services or tuple(manifest.services)
    for name in chosen:
        if name not in manifest.services or name not in databases:
            raise click.BadParameter(f"{name} is not in the backup, or has no database here")
    held = [name for name in chosen if not dump.is_empty(databases[name])]
    if held and not yes:
        click.confirm(f"Replace all that is kept in {', '.join(held)}?", abort=True)
    kept.copy_files(folder / kept.FILES, settings.files)
    for name in chosen:
        part = manifest.services[name]
        try:
            dump.load(name, databases[name], folder / part.file, part.stand)
        except dump.Misfit as misfit:
            raise click.ClickException(f"{part.file}: {misfit}") from misfit
        click.echo(
            f"{name}: {part.stand.numbered:,} events, as of {bangkok(manifest.made_at):%Y-%m-%d %H:%M}"
        )


def _require_rest(databases: "dict[str, Database]") -> None:
    from infra.dump import is_at_work

    working = [name for name, database in databases.items() if is_at_work(database)]
    if working:
        raise click.ClickException(
            f"{', '.join(working)} at work: stop all services first (one that was killed counts as"
            " at work for 20 seconds)"
        )


@contextmanager
def _databases(settings: "Settings", names: Sequence[str]) -> "Iterator[dict[str, Database]]":
    from infra.database import Database

    databases = {name: Database(settings.database(name)) for name in names}
    try:
        yield databases
    finally:
        for database in databases.values():
            database.dispose()
