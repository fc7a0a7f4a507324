"""`amnuay run`: the whole house in one process, with a sample office on the first start."""

import fcntl
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click


@click.command(short_help="Run everything in one process, with a sample office.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Where to listen; 0.0.0.0 lets others in, and everybody knows the sample's passwords.",
)
@click.option("--empty", is_flag=True, help="Start with an empty office, without the sample.")
def run(host: str, empty: bool) -> None:
    """Run everything in this process, on SQLite files, with the broker in memory.

    The data are in AMNUAY_DATA (./data), the pages at AMNUAY_PORT (8000). On an empty data folder a
    sample office is loaded first. Ctrl-C stops.
    """
    from amnuay import green

    green.patch()
    from amnuay import environment, house, sampling
    from infra import logs

    settings = environment.embedded()
    logs.configure(settings.log_level)
    with _alone(settings.data):
        _require_port(host, settings.port)
        office = settings.data / environment.OFFICE
        if not office.exists():
            click.echo(f"Making an office in {settings.data}, once.", err=True)
            sampling.prepare(office, sample=not empty)
        sampling.migrate_all(settings)
        home = house.House(settings, environment.EVERYTHING, host)
        status = home.keep(lambda: _greet(home.address(), office))
    click.echo("Stopped." if status == 0 else "Stopped by a fault; start again.", err=True)
    sys.exit(status)


def _greet(address: str, office: Path) -> None:
    from amnuay import sampling

    if sampling.is_sample(office):
        click.echo(sampling.log_ins())
    click.echo(f"Amnuay is at {address}  (Ctrl-C stops it)")


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Only one process may run on a data folder."""
    with (data / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException(f"another `amnuay run` works in {data}") from None
        yield


def _require_port(host: str, port: int) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"port {port} cannot be had ({error.strerror}); another: AMNUAY_PORT=8001"
            ) from None
