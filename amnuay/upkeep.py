"""Looking after the logs: `amnuay rebuild`, `amnuay verify`, `amnuay parked`."""

import signal
from typing import TYPE_CHECKING

import click

from amnuay.progress import Progress

if TYPE_CHECKING:
    from infra.eventstore.store import Store
    from infra.settings import Settings


@click.command(short_help="Fill a service's read tables anew from its log.")
@click.argument("service")
def rebuild(service: str) -> None:
    """Fill the read tables of SERVICE anew from its log, then put them in the place of the old ones.

    The service may be at work meanwhile. Ctrl-C stops it; the next time it goes on from there.
    """
    from amnuay import environment
    from infra import migrate
    from infra.errors import Unavailable
    from infra.eventstore import rebuild as rebuilding

    settings, names = environment.for_upkeep()
    _known(service, names)
    stopped: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _: stopped.append(received))
    store = _store(settings, service)
    show = Progress()
    try:
        done = rebuilding.rebuild(
            store,
            migrate.definition(service).read_tables,
            progress=lambda done, total: show(done, total, f"{done:,} of {total:,} events"),
            keep_on=lambda: not stopped,
        )
    except Unavailable as busy:
        raise click.ClickException(f"{busy.detail}; `amnuay rebuild {service}` goes on") from busy
    finally:
        store.database.dispose()
    if not done:
        raise click.ClickException(
            f"stopped half-way; `amnuay rebuild {service}` goes on from there"
        )
    click.echo(f"{service}: the read tables are rebuilt")


@click.command(short_help="Look for events that were edited, swapped or cut out.")
@click.argument("service", required=False)
def verify(service: str | None) -> None:
    """Look for events that were edited, swapped or cut out: in the log of SERVICE, or in all.

    Where all are looked at, a subscription that is ahead of its source's log is a fault, too (one
    database was put back without the others). Each fault is named by stream, version and position; the exit status is then 1.
    """
    from amnuay import environment
    from infra.database import Database
    from infra.eventstore import verify as verifying

    settings, names = environment.for_upkeep()
    if service is not None:
        names = [_known(service, names)]
    found = 0
    for name in names:
        database = Database(settings.database(name))
        faults = list(verifying.verify(database))
        database.dispose()
        found += len(faults)
        for fault in faults:
            click.echo(f"{name}: {fault}")
        if not faults:
            click.echo(f"{name}: nothing is wrong with the log")
    if service is None:
        ahead = _ahead(settings, names)
        found += len(ahead)
        for told in ahead:
            click.echo(told)
    if found:
        raise click.ClickException(f"{found} faults")


@click.command(short_help="List, and retry, events that could not be taken in.")
@click.option("--retry", is_flag=True, help="Try to take them in again, each stream in its order.")
def parked(retry: bool) -> None:
    """List the events that a subscription could not take in, and those that wait behind them.

    With --retry they are tried again; those that fail once more stay parked. The exit status is 1
    while any is left.
    """
    from amnuay import environment

    settings, names = environment.for_upkeep()
    left = 0
    for name in names:
        if retry:
            _retry(settings, name)
        left += _list_parked(settings, name)
    if left:
        raise click.ClickException(f"{left} events are parked")
    click.echo("Nothing is parked.")


def _ahead(settings: "Settings", names: list[str]) -> list[str]:
    from infra import dump
    from infra.database import Database

    databases = {name: Database(settings.database(name)) for name in names}
    found = dump.ahead(databases)
    for database in databases.values():
        database.dispose()
    return found


def _list_parked(settings: "Settings", service: str) -> int:
    from sqlalchemy import select

    from infra.clock import bangkok
    from infra.database import Database
    from infra.eventstore.tables import parked as table

    database = Database(settings.database(service))
    with database.read() as connection:
        rows = connection.execute(select(table).order_by(table.c.source, table.c.position)).all()
    database.dispose()
    for row in rows:
        why = row.error or "waits behind an earlier event of its stream"
        click.echo(
            f"{service} from {row.source}, position {row.position}: {row.type} of {row.stream},"
            f" {row.attempts} tries, parked {bangkok(row.parked_at):%Y-%m-%d %H:%M}: {why}"
        )
    return len(rows)


def _retry(settings: "Settings", service: str) -> None:
    from infra import migrate
    from infra.messaging.runtime import Parts

    parts = Parts(migrate.service_class(service), settings)
    for source, subscriber in parts.subscribers.items():
        done, _ = subscriber.retry_parked()
        if done:
            click.echo(f"{service} from {source}: {done} events taken in")
    parts.close()


def _store(settings: "Settings", service: str) -> "Store":
    from infra import migrate
    from infra.database import Database
    from infra.eventstore.store import Store

    definition = migrate.definition(service)
    return Store(Database(settings.database(service)), definition.types, definition.project)


def _known(service: str, names: list[str]) -> str:
    if service not in names:
        raise click.BadParameter(f"{service} is none of {', '.join(names)}")
    return service
