"""`amnuay user`: who can log in when nobody can."""

import click


@click.group(short_help="Make an administrator, reset a password.")
def user() -> None:
    """Make an administrator, or give somebody a new password."""
