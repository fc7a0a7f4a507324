"""What the gateway is made of, put together once and handed to the Flask application."""

from dataclasses import dataclass, field
from typing import cast

from flask import current_app

from gateway.live import Live
from gateway.throttle import Throttle
from gateway.visitors import Client, Sessions
from infra.clock import Clock
from infra.files import FileStore
from infra.health import Health
from infra.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Parts:
    settings: Settings
    clock: Clock
    client: Client
    sessions: Sessions
    files: FileStore
    live: Live
    health: Health
    strangers: Throttle = field(default_factory=Throttle)


def parts() -> Parts:
    """The parts of the application that serves this request."""
    return cast(Parts, current_app.extensions["amnuay"])
