"""`amnuay serve`: services, or the gateway, as processes of their own."""

import sys

import click

_CHOICES = ("personnel", "correspondence", "resources", "standards", "notify", "gateway")


@click.command(short_help="Serve services, or the gateway, on PostgreSQL and RabbitMQ.")
@click.argument(
    "services", metavar="SERVICE...", nargs=-1, required=True, type=click.Choice(_CHOICES)
)
def serve(services: tuple[str, ...]) -> None:
    """Serve personnel, correspondence, resources, standards, notify or gateway.

    One a process is best: when one fails, its supervisor starts it anew and the others work on.
    Databases and broker are named by AMNUAY_DATABASE_URL_<SERVICE> (or AMNUAY_DATABASE_URL) and
    AMNUAY_BROKER_URL, keys by AMNUAY_IDENTITY_PUBLIC_KEY, AMNUAY_SERVICE_KEY and, for personnel,
    AMNUAY_IDENTITY_PRIVATE_KEY; files are shared at AMNUAY_FILES.

    /healthz, /readyz and /metrics are at AMNUAY_HEALTH_PORT (9100); the gateway's at its own,
    AMNUAY_PORT (8000). SIGTERM lets work at hand be finished.
    """
    from amnuay import green

    green.patch()
    from amnuay import environment, house
    from infra import logs

    settings = environment.served(services)
    logs.configure(settings.log_level)
    house.wait_for_databases(settings, services)
    home = house.House(settings, services, host="0.0.0.0")
    if environment.GATEWAY not in services:
        house.serve_health(home.health, settings.health_port)
    sys.exit(home.keep())
