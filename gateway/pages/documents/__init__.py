"""Pages of the documents that an office makes (หนังสือส่ง): the list, drafting with the page as it will
print, review, signing, numbering, and the public page that says what is on record of one."""

from flask import Flask

from gateway import sessions
from gateway.pages.documents import (
    beginning,
    document,
    editor,
    files,
    keeping,
    listing,
    numbering,
    recording,
    verifying,
    words,
)
from gateway.pages.live import may_listen
from services.correspondence.contract import GetDocument

__all__ = [
    "beginning",
    "document",
    "editor",
    "files",
    "keeping",
    "listing",
    "numbering",
    "recording",
    "verifying",
]


def install(app: Flask) -> None:
    words.install(app)
    # Who may not read a document is told that there is none.
    may_listen("document", lambda id: bool(sessions.ask(GetDocument, id=id)))
