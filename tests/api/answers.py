"""What answers are held against."""

from typing import Any

import msgspec
from werkzeug.test import TestResponse


def problem(response: TestResponse, status: int, type: str) -> dict[str, Any]:
    """The problem's body, after a look that it is one, in Thai."""
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.content_type == "application/problem+json"
    body: dict[str, Any] = msgspec.json.decode(response.data)
    assert body["type"] == type
    assert body["status"] == status
    assert any("\u0e00" <= letter <= "\u0e7f" for letter in body["title"])
    assert any("\u0e00" <= letter <= "\u0e7f" for letter in body["detail"])
    return body
