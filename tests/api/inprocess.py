"""All services in this process, called as the RPC client would, without Nameko and without a broker."""

from contextlib import contextmanager
from typing import Any

import msgspec

from infra.errors import Problem, Unavailable
from tests.harness import Harness, follow


class InProcess:
    """A client over harnesses; what it carries goes through JSON, as on the wire."""

    def __init__(self, harnesses: dict[str, Harness]) -> None:
        self.harnesses = harnesses
        self.down: set[str] = set()
        self.calls: list[dict[str, Any]] = []

    def call(
        self,
        contract: Any,
        body: dict[str, Any],
        *,
        token: str | None = None,
        correlation_id: str | None = None,
        idempotency_key: str | None = None,
        if_match: int | None = None,
        deadline: float | None = None,
    ) -> dict[str, Any]:
        context = {
            "auth_token": token,
            "correlation_id": correlation_id,
            "idempotency_key": idempotency_key,
            "if_match": if_match,
        }
        self.calls.append({"contract": contract, "body": body, **context})
        if contract.service in self.down or contract.service not in self.harnesses:
            raise Unavailable()
        instance = self.harnesses[contract.service].parts.instance(context)
        carried = msgspec.json.decode(msgspec.json.encode(body))
        reply = getattr(instance, contract.method())(carried)
        reply = msgspec.json.decode(msgspec.json.encode(reply))
        if "problem" in reply:
            raise Problem.from_dict(reply["problem"])
        answer: dict[str, Any] = reply["ok"]
        return answer

    def stop(self) -> None:
        """There is nothing that listens."""

    def deliver(self) -> None:
        """Let every service take in what the others have published."""
        for subscriber in self.harnesses.values():
            for source in subscriber.parts.subscribers:
                follow(subscriber, self.harnesses[source])

    @contextmanager
    def without(self, service: str) -> Any:
        self.down.add(service)
        try:
            yield
        finally:
            self.down.discard(service)
