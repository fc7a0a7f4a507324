"""The JSON API: a table of routes over the services' contracts, and one handler for them all."""

from flask import Flask


def install(app: Flask) -> None:
    """Add every route of the table to the application."""
