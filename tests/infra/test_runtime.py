"""Commands as the runtime carries them out."""

from typing import Any

from infra.eventstore.store import Conflict, Read, Work
from infra.identity import Actor
from infra.messaging.runtime import Runtime
from tests.harness import Harness
from tests.infra.shelf.contract import BuildShelf, GetShelf
from tests.infra.shelf.service import ShelfService

ID = "0190a8a0-0000-7000-8000-000000000001"
READER = Actor(person="reader", organisation="library")


def test_each_attempt_has_the_body_whole_and_the_work_before_is_done_once(
    harness_database: str,
) -> None:
    harness = Harness(ShelfService, harness_database)
    seen: list[dict[str, Any]] = []

    def before(runtime: Runtime, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        assert actor == READER
        return body | {"added": len(seen)}

    def handler(service: Any, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        seen.append(dict(body))
        body.clear()
        if len(seen) < 3:
            raise Conflict("shelf")
        return {"id": ID, "version": 1}

    instance = harness.parts.instance({"auth_token": harness.token(READER)})
    wish = {"id": ID, "name": "A"}
    reply = instance.runtime.run_command(instance, BuildShelf, handler, wish, before)
    assert reply["ok"]["version"] == 1
    assert seen == [{**wish, "added": 0}] * 3
    harness.close()


def test_a_question_too_has_its_work_before_once(harness_database: str) -> None:
    harness = Harness(ShelfService, harness_database)

    def before(runtime: Runtime, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        assert actor == READER
        return params | {"asked": "of another service"}

    def handler(service: Any, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        return {"name": params["asked"], "books": 0}

    instance = harness.parts.instance({"auth_token": harness.token(READER)})
    reply = instance.runtime.run_query(instance, GetShelf, handler, {"id": ID}, before)
    assert reply["ok"]["name"] == "of another service"
    harness.close()
