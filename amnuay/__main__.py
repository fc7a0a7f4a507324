"""The command line: `amnuay --help` explains itself."""

import warnings

import click

from amnuay.backup import backup, restore
from amnuay.keys import keys
from amnuay.migrate import migrate
from amnuay.run import run
from amnuay.sampling import load_sample
from amnuay.serve import serve
from amnuay.trace import trace
from amnuay.upkeep import parked, rebuild, verify
from amnuay.users import user

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="amnuay")
def main() -> None:
    """Amnuay (อำนวย), the back office of a Thai Educational Service Area Office.

    To look at it: `amnuay run`. For an office: `amnuay migrate` once a release, then
    `amnuay serve` for each service and for the gateway, on PostgreSQL and RabbitMQ.

    Settings are environment variables (AMNUAY_DATABASE_URL, AMNUAY_BROKER_URL, …). Where
    AMNUAY_DATABASE_URL is not set, a command means the data of `amnuay run` in AMNUAY_DATA (./data).
    """


for command in (
    run,
    serve,
    migrate,
    load_sample,
    user,
    keys,
    rebuild,
    verify,
    parked,
    trace,
    backup,
    restore,
):
    main.add_command(command)

if __name__ == "__main__":
    main(prog_name="amnuay")
