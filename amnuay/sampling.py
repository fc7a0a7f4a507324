"""The sample office, loaded whole or not at all; and `amnuay load-sample`."""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from amnuay.progress import Progress

if TYPE_CHECKING:
    from infra.settings import Settings

LOADING = "loading"  # below AMNUAY_DATA, beside the office that it will become
_MARK = "sample"


@click.command("load-sample", short_help="Load the sample office into empty databases.")
def load_sample() -> None:
    """Load the sample office into empty, migrated databases: invented people, schools and letters.

    Its passwords are known to everybody. `amnuay run` does this by itself.
    """
    from amnuay import environment
    from amnuay.sample import stage

    settings, _ = environment.for_upkeep()
    _require_empty(settings)
    stage.load(settings, Progress())
    click.echo(log_ins())


def prepare(loaded: Path, sample: bool) -> None:
    """Make the office at `loaded`, a folder that is not there yet; one half made before is dropped."""
    from amnuay import environment

    loading = loaded.with_name(LOADING)
    shutil.rmtree(loading, ignore_errors=True)
    loading.mkdir()
    settings = environment.embedded(LOADING)
    migrate_all(settings)
    if sample:
        from amnuay.sample import stage

        stage.load(settings, Progress())
        (loading / _MARK).touch()
    os.sync()  # it was written in haste
    loading.rename(loaded)


def is_sample(office: Path) -> bool:
    """Whether the office in that folder is the sample."""
    return (office / _MARK).exists()


def migrate_all(settings: "Settings") -> None:
    from infra import migrate
    from infra.database import Database
    from infra.settings import SERVICES

    for name in SERVICES:
        database = Database(settings.database(name))
        migrate.upgrade(name, database)
        database.dispose()


def log_ins() -> str:
    """The sample's log-ins, to be shown."""
    from amnuay.sample.people import LOGINS

    lines = [f"  {name:<12} sample-{name}" for name in LOGINS]
    return "\n".join(["Sample log-ins (name, password):", *lines])


def _require_empty(settings: "Settings") -> None:
    from sqlalchemy import select

    from infra.database import Database
    from infra.eventstore.tables import events
    from infra.settings import SERVICES

    for name in SERVICES:
        database = Database(settings.database(name))
        with database.read() as connection:
            if connection.execute(select(events.c.seq).limit(1)).first():
                raise click.ClickException(f"the database of {name} is not empty")
        database.dispose()
