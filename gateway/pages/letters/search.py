"""Search over all letters that the visitor may read, of every year, and beside them the documents made here."""

from typing import Any

from flask import render_template, request

from gateway import sessions
from gateway.pages import names
from gateway.pages.blueprint import pages
from gateway.pages.letters import words
from infra.identity import Role
from services.correspondence.contract import ListDocuments, ListLetters, Register

_LIMIT = 50
_DOCUMENTS = 3


@pages.get("/search")
def search() -> str:
    asked = request.args.get("q", "").strip()
    found: dict[str, Any] | None = None
    made: dict[str, Any] | None = None
    secret = 0
    register = request.args.get("register") or Register.GENERAL.value
    if asked:
        found = sessions.ask(
            ListLetters,
            q=asked,
            register=register,
            cursor=request.args.get("cursor") or None,
            limit=_LIMIT,
            count=False,
        )
        names.know(words.people_in(found["items"]))
        if register == Register.GENERAL and not request.args.get("cursor"):
            made = sessions.ask(ListDocuments, q=asked[:200], limit=_DOCUMENTS)
        if sessions.current().actor.has(Role.REGISTRAR):
            other = Register.SECRET if register == Register.GENERAL else Register.GENERAL
            secret = sessions.ask(ListLetters, q=asked, register=other.value, limit=1)["total"]
    return render_template(
        "letters/search.html",
        asked=asked,
        found=found,
        made=made,
        register=register,
        elsewhere=secret,
    )
