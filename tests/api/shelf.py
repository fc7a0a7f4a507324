"""The API over one small service, for what holds whatever the services are."""

from typing import Any

from flask import Flask

from gateway.api.table import Route
from gateway.app import create_app
from gateway.live import Live
from gateway.parts import Parts
from gateway.visitors import Sessions
from infra.errors import Unauthenticated
from infra.files import FileStore
from infra.health import Health
from infra.identity import Actor
from services.personnel.contract import Authenticate, LogOut
from tests.api.inprocess import InProcess
from tests.harness import PUBLIC_KEY, Harness
from tests.infra.shelf.contract import BuildShelf, GetShelf, PutBook, TakeBook

SECRET = "a session secret that is long enough"
PERSON = "0190a8a0-0000-7000-8000-000000000001"
ROUTES = (
    Route(method="POST", path="/api/shelves", contract=BuildShelf, status=201),
    Route(method="GET", path="/api/shelves/<id>", contract=GetShelf),
    Route(method="POST", path="/api/shelves/<id>/books", contract=PutBook, status=201),
    Route(method="POST", path="/api/shelves/<id>/loans", contract=TakeBook),
)


class ShelfClient(InProcess):
    """Plays `personnel` for one session; carries everything else to the shelf service."""

    def __init__(self, harness: Harness) -> None:
        super().__init__({"shelf": harness})
        self.ended = False

    def call(self, contract: Any, body: dict[str, Any], **context: Any) -> dict[str, Any]:
        if contract is Authenticate:
            if "personnel" in self.down:
                return super().call(contract, body, **context)
            if self.ended or body["session"] != SECRET:
                raise Unauthenticated()
            actor = Actor(person=PERSON, organisation="library")
            return {"token": self.harnesses["shelf"].token(actor)}
        if contract is LogOut:
            self.ended = True
            return {}
        return super().call(contract, body, **context)


def shelf_app(harness: Harness) -> tuple[Flask, ShelfClient]:
    client = ShelfClient(harness)
    parts = Parts(
        settings=harness.settings,
        clock=harness.clock,
        client=client,
        sessions=Sessions(client, PUBLIC_KEY, harness.clock),
        files=FileStore(harness.settings.files, harness.settings.upload_limit),
        live=Live(),
        health=Health(),
    )
    return create_app(parts, ROUTES), client
