"""What a service offers: commands and queries as marshmallow schemas, declared in its `contract`.

The same class is used by the gateway (to check a body before it is sent), by the service (which
checks it again: the gateway is not trusted) and by the OpenAPI document.
"""

import re
from typing import Any, ClassVar

import marshmallow

from infra import fields
from infra.errors import Invalid


class Shape(marshmallow.Schema):
    """A body or an answer, of exactly the fields that it declares."""

    class Meta:
        unknown = marshmallow.RAISE

    error_messages = {
        "unknown": "ไม่รู้จักช่องนี้",
        "type": "ต้องเป็นออบเจกต์ JSON",
    }

    @classmethod
    def check(cls, body: Any) -> dict[str, Any]:
        """The body as Python values. Raises Invalid with a Thai message at each field at fault."""
        try:
            loaded: dict[str, Any] = cls().load(body)
        except marshmallow.ValidationError as error:
            raise Invalid(fields=flatten(error.messages)) from error
        return loaded


def flatten(messages: Any, path: str = "") -> dict[str, list[str]]:
    """marshmallow's nested messages as `{"attachments.0.name": [...]}`; the whole body is `_`."""
    if isinstance(messages, list):
        return {path or "_": [str(message) for message in messages]}
    if isinstance(messages, str):
        return {path or "_": [messages]}
    found: dict[str, list[str]] = {}
    for key, value in messages.items():
        below = path if key == "_schema" else f"{path}.{key}" if path else str(key)
        found |= flatten(value, below)
    return found


class Done(Shape):
    """The answer to a command: what it changed, and the version it is now at."""

    id = fields.Id(required=True)
    version = fields.Integer(required=True)


class _Call(Shape):
    """`public` ones need no token (log-in)."""

    service: ClassVar[str]
    answer: ClassVar[type[Shape]]
    public: ClassVar[bool] = False

    @classmethod
    def method(cls) -> str:
        """The RPC method's name: `RegisterLetter` → `register_letter`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


class Command(_Call):
    """A wish to change something.

    Where its answer is a secret it is not `remembered`: an Idempotency-Key then means nothing to it.
    `proofs` are fields that prove the right to it and ask for nothing: who asks again under the same
    key may bring fresh ones.
    """

    answer: ClassVar[type[Shape]] = Done
    remembered: ClassVar[bool] = True
    proofs: ClassVar[tuple[str, ...]] = ()


class Query(_Call):
    """A question; its fields are the parameters."""
