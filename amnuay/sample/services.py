"""All services in this process without a broker, worked by hand: for loading the sample office.

Commands go in where RPC would bring them, and events are read from one service's log into another's
as after a restart. Time stands where it is put.
"""

import io
from datetime import date, datetime
from typing import Any

from sqlalchemy import event

from infra import migrate
from infra.clock import SettableClock, bangkok_date
from infra.contract import Command, Query
from infra.errors import Problem
from infra.identity import Actor, Confirmation, Seat, Signer, service_token
from infra.ids import new_id
from infra.messaging.runtime import Parts
from infra.settings import SERVICES, Settings
from services.personnel.contract import directory

COMMAND_LINE = Actor(person="service:amnuay", organisation="")


class Services:
    """The five services on the databases of `settings`, with one clock."""

    def __init__(self, settings: Settings, now: datetime) -> None:
        self.settings = settings
        self.clock = SettableClock(now)
        self._signer = Signer(settings.private_key)
        self._seats: dict[tuple[str, date], tuple[Seat, ...]] = {}
        self.parts = {name: self._open(name) for name in SERVICES}

    def _open(self, name: str) -> Parts:
        parts = Parts(
            migrate.service_class(name),
            self.settings,
            self.clock,
            publish=lambda _, message: self._bring(name, message),
        )
        parts.client = self  # type: ignore[assignment]
        if parts.database.dialect == "sqlite":
            # What is half loaded is thrown away, so nothing need be on the disk before the end.
            event.listen(parts.database.engine, "connect", _hurry)
        migrate.upgrade(name, parts.database)
        return parts

    def send(self, actor: Actor, contract: type[Command], **body: Any) -> dict[str, Any]:
        """Carry a command out; raises its Problem. `body` holds JSON values."""
        return self.call(contract, body, token=self._token(actor))

    def ask(self, actor: Actor, contract: type[Query], **params: Any) -> dict[str, Any]:
        """Answer a question; raises its Problem. `params` holds JSON values."""
        return self.call(contract, params, token=self._token(actor))

    def confirmation(self, actor: Actor, subject: str) -> str:
        """What proves that the actor confirmed `subject` by password."""
        confirmed = Confirmation(person=actor.person, subject=subject, how="password")
        return self._signer.confirm(confirmed, self.clock())

    def actor(self, person: str, organisation: str) -> Actor:
        """The person with the seats from which they act today."""
        day = bangkok_date(self.clock())
        if (person, day) not in self._seats:
            with self.parts["personnel"].database.read() as connection:
                self._seats[person, day] = directory.seats(connection, person, day)
        return Actor(person=person, organisation=organisation, seats=self._seats[person, day])

    def upload(self, content: bytes, name: str, owner: str) -> str:
        """Put a file of `owner` where a command will claim it; its id."""
        files = self.parts["correspondence"].files
        return files.receive(io.BytesIO(content), name, owner, self.clock()).id

    def deliver(self, *sources: str) -> None:
        """Let the others take in what these services (all, if none is named) have published."""
        for name in sources or SERVICES:
            while self.parts[name].relay.run_once():
                pass

    def _bring(self, source: str, message: dict[str, Any]) -> None:
        for parts in self.parts.values():
            if source in parts.subscribers:
                parts.subscribers[source].receive(message)

    def close(self) -> None:
        for parts in self.parts.values():
            parts.relay.stop()
            parts.database.dispose()

    def _token(self, actor: Actor) -> str:
        if actor.is_service:
            name = actor.person.removeprefix("service:")
            return service_token(name, self.settings.service_key, self.clock())
        return self._signer.sign(actor, self.clock())

    # What follows stands in for the RPC client of each service.

    def call(
        self, contract: type[Command] | type[Query], body: dict[str, Any], **context: Any
    ) -> dict[str, Any]:
        context.pop("deadline", None)
        return self._answer(
            contract.service, contract.method(), body, {"correlation_id": new_id()} | context
        )

    def request(
        self, service: str, method: str, payload: dict[str, Any], context: dict[str, Any]
    ) -> dict[str, Any]:
        return self._answer(service, method, payload["kwargs"]["body"], context)

    def _answer(
        self, service: str, method: str, body: dict[str, Any], context: dict[str, Any]
    ) -> dict[str, Any]:
        context = {"auth_token": context.pop("token", None)} | context
        reply = getattr(self.parts[service].instance(context), method)(body)
        if "problem" in reply:
            raise Problem.from_dict(reply["problem"])
        answer: dict[str, Any] = reply["ok"]
        return answer

    def start(self) -> None:
        """There is nothing to listen to."""

    def stop(self) -> None:
        """Nor to stop."""


def _hurry(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")
