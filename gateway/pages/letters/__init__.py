"""Pages of letters that came in: the register, registering, a letter and what is done to it, search."""

from flask import Flask

from gateway import sessions
from gateway.pages.letters import (
    files,
    letter,
    register,
    registering,
    search,
    summary,
    survey,
    words,
)
from gateway.pages.live import may_listen
from services.correspondence.contract import GetLetter

__all__ = ["files", "letter", "register", "registering", "search", "summary", "survey"]


def install(app: Flask) -> None:
    words.install(app)
    # Who may not read a letter is told that there is none.
    may_listen("letter", lambda id: bool(sessions.ask(GetLetter, id=id)))
