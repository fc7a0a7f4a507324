"""`amnuay migrate`: the tables of the services' databases."""

import tempfile
from pathlib import Path

import click


@click.command(short_help="Bring the databases to their newest migrations.")
@click.option("--check", is_flag=True, help="Change nothing; do the migrations make these tables?")
def migrate(check: bool) -> None:
    """Bring each service's database to its newest migration.

    It may be repeated, and run beside a house at work. With --check the migrations are tried on
    empty databases of their own, and what they leave different from the tables as declared is named.
    """
    if check:
        _check()
        return
    from amnuay import environment
    from infra import migrate as migrations
    from infra.database import Database

    settings, names = environment.for_upkeep()
    for name in names:
        database = Database(settings.database(name))
        migrations.upgrade(name, database)
        database.dispose()
        click.echo(f"{name}: at its newest migration")


def _check() -> None:
    from infra import migrate as migrations
    from infra.database import Database
    from infra.settings import SERVICES

    found = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in SERVICES:
            database = Database(f"sqlite:///{Path(folder) / name}.sqlite")
            migrations.upgrade(name, database)
            for difference in migrations.differences(name, database):
                click.echo(f"{name}: {difference}")
                found += 1
            database.dispose()
    if found:
        raise click.ClickException("the migrations do not make the tables as they are declared")
    click.echo("The migrations make the tables as they are declared.")
