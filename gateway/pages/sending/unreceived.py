"""Documents that somebody has not received in time, that could not be delivered, or that ask for a call."""

from flask import render_template

from gateway import sessions
from gateway.pages.blueprint import pages
from services.correspondence.contract import ListUnreceived


@pages.get("/documents/unreceived")
def unreceived() -> str:
    found = sessions.ask(ListUnreceived)["items"]
    return render_template("sending/unreceived.html", found=found)
