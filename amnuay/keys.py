"""`amnuay keys`: fresh keys for an office."""

import click


@click.command(short_help="Print fresh keys for an office.")
def keys() -> None:
    """Print fresh keys, as lines for an environment file.

    The private key goes to `personnel` alone; the service key to the five services and not to the
    gateway. New keys end all sessions.
    """
    from amnuay.environment import make_keys

    made = make_keys()
    click.echo(f"AMNUAY_IDENTITY_PRIVATE_KEY={made.private_key}")
    click.echo(f"AMNUAY_IDENTITY_PUBLIC_KEY={made.public_key}")
    click.echo(f"AMNUAY_SERVICE_KEY={made.service_key}")
