"""Pages of letters on their way: the tray of arrivals, whom a document goes to, and who has received it."""

from flask import Flask

from gateway import sessions
from gateway.pages.live import may_listen
from gateway.pages.sending import (
    arrival,
    files,
    lists,
    mailbox,
    matrix,
    messenger,
    recipients,
    tray,
    unreceived,
    words,
)

__all__ = [
    "arrival",
    "files",
    "lists",
    "mailbox",
    "matrix",
    "messenger",
    "recipients",
    "tray",
    "unreceived",
]


def install(app: Flask) -> None:
    words.install(app)
    recipients.install(app)
    matrix.install(app)
    # That something moved is no secret within an organisation; what it was, the services decide.
    for topic in ("tray", "deliveries"):
        may_listen(topic, lambda id: id == sessions.current().actor.organisation)
