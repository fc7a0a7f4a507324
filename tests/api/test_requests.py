"""What holds for every route of the API, tried on one small service."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from infra.ids import new_id
from tests.api.answers import problem
from tests.api.shelf import SECRET, ShelfClient, shelf_app
from tests.harness import Harness
from tests.infra.shelf.service import ShelfService

BEARER = {"Authorization": f"Bearer {SECRET}"}


@pytest.fixture
def made(tmp_path: Any) -> Iterator[tuple[Flask, ShelfClient]]:
    harness = Harness(ShelfService, f"sqlite:///{tmp_path}/shelf.sqlite")
    yield shelf_app(harness)
    harness.close()


@pytest.fixture
def services(made: tuple[Flask, ShelfClient]) -> ShelfClient:
    return made[1]


@pytest.fixture
def api(made: tuple[Flask, ShelfClient]) -> FlaskClient:
    return made[0].test_client()


@pytest.fixture
def shelf(api: FlaskClient) -> str:
    id = new_id()
    assert (
        api.post("/api/shelves", json={"id": id, "name": "ชั้น"}, headers=BEARER).status_code == 201
    )
    return id


def books(services: ShelfClient) -> int:
    """How many events the log holds: refused requests must add none."""
    return len(services.harnesses["shelf"].events())


def put(api: FlaskClient, shelf: str, **more: Any) -> TestResponse:
    arguments: dict[str, Any] = {"json": {"title": "เล่มหนึ่ง"}} | more
    arguments["headers"] = BEARER | arguments.get("headers", {})
    return api.post(f"/api/shelves/{shelf}/books", **arguments)


def test_a_new_thing_is_201_with_its_place_and_version(api: FlaskClient) -> None:
    id = new_id()
    response = api.post("/api/shelves", json={"id": id, "name": "ชั้น"}, headers=BEARER)
    assert response.status_code == 201
    assert response.headers["Location"] == f"/api/shelves/{id}"
    assert response.headers["ETag"] == '"1"'
    assert response.json == {"id": id, "version": 1}


def test_every_answer_carries_the_safety_headers(api: FlaskClient, shelf: str) -> None:
    for response in (
        api.get(f"/api/shelves/{shelf}", headers=BEARER),
        api.get("/api/nothing"),
        api.get("/nothing"),
        api.get("/api/openapi.json"),
    ):
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert response.headers["X-Request-Id"]


def test_the_request_id_travels_to_the_service_and_back(
    api: FlaskClient, services: ShelfClient, shelf: str
) -> None:
    response = put(api, shelf, headers={"X-Request-Id": "from-outside.1"})
    assert response.headers["X-Request-Id"] == "from-outside.1"
    assert services.harnesses["shelf"].events()[-1].correlation_id == "from-outside.1"


@pytest.mark.parametrize("given", ["a b", "x" * 65, "<script>", "ก"])
def test_a_doubtful_request_id_is_replaced(api: FlaskClient, given: str) -> None:
    response = api.get("/api/nothing", headers={"X-Request-Id": given.encode().decode("latin-1")})
    assert response.headers["X-Request-Id"] != given


@pytest.mark.parametrize(
    "header", [None, "Bearer", "Bearer ", "Bearer short", "Basic Y2xlcms6eA==", f"Bearer {SECRET}x"]
)
def test_without_a_session_nothing_is_done(
    api: FlaskClient, services: ShelfClient, header: str | None
) -> None:
    before = books(services)
    headers = {"Authorization": header} if header else {}
    response = api.post("/api/shelves", json={"id": new_id(), "name": "ก"}, headers=headers)
    problem(response, 401, "unauthenticated")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert books(services) == before


BAD_BODIES = {
    "unknown field": ({"json": {"title": "ก", "colour": "แดง"}}, 422, "invalid", "colour"),
    "missing field": ({"json": {}}, 422, "invalid", "title"),
    "no body": ({"json": None}, 422, "invalid", "title"),
    "wrong type": ({"json": {"title": 5}}, 422, "invalid", "title"),
    "null": ({"json": {"title": None}}, 422, "invalid", "title"),
    "too long": ({"json": {"title": "ก" * 501}}, 422, "invalid", "title"),
    "control character": ({"json": {"title": "ก\x07"}}, 422, "invalid", "title"),
    "line break": ({"json": {"title": "ก\nข"}}, 422, "invalid", "title"),
    "blank": ({"json": {"title": "   "}}, 422, "invalid", "title"),
    "field of the address in the body": (
        {"json": {"title": "ก", "id": new_id()}}, 422, "invalid", "id",
    ),
    "a list": ({"json": []}, 422, "invalid", "_"),
    "1 MB of text": ({"json": {"title": "ก" * 350_000}}, 413, "too-large", None),
    "not JSON": ({"data": b"title=x"}, 400, "malformed", None),
    "not UTF-8": ({"data": b'{"title":"\xa1"}'}, 400, "malformed", None),
    "a key twice": ({"data": b'{"title":"a","title":"b"}'}, 400, "malformed", None),
    "NaN": ({"data": b'{"title":NaN}'}, 400, "malformed", None),
    "1e999": ({"data": b'{"title":1e999}'}, 400, "malformed", None),
    "a number of 5,000 digits": (
        {"data": b'{"title":' + b"9" * 5000 + b"}"}, 400, "malformed", None,
    ),
    "half a surrogate": ({"data": b'{"title":"\\ud800"}'}, 400, "malformed", None),
    "half a surrogate as a key": ({"data": b'{"\\udc00":1}'}, 400, "malformed", None),
    "deep": ({"data": b'{"title":' + b"[" * 30 + b"]" * 30 + b"}"}, 400, "malformed", None),
    "very deep": ({"data": b"[" * 100_000}, 400, "malformed", None),
    "another media type": (
        {"data": b"{}", "content_type": "text/plain"}, 415, "unsupported-media", None,
    ),
    "a form": ({"data": {"title": "x"}, "content_type": None}, 415, "unsupported-media", None),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_bad_body_is_refused_and_changes_nothing(
    api: FlaskClient, services: ShelfClient, shelf: str, name: str
) -> None:
    arguments, status, type, field = BAD_BODIES[name]
    if "data" in arguments and "content_type" not in arguments:
        arguments = arguments | {"content_type": "application/json"}
    before = books(services)
    response = api.post(f"/api/shelves/{shelf}/books", headers=BEARER, **arguments)
    body = problem(response, status, type)
    if field is not None:
        assert field in body["fields"]
    assert books(services) == before


def test_every_field_at_fault_is_named_at_once(api: FlaskClient) -> None:
    response = api.post("/api/shelves", json={"id": "x", "name": "", "more": 1}, headers=BEARER)
    assert problem(response, 422, "invalid")["fields"].keys() == {"id", "name", "more"}


@pytest.mark.parametrize("query", ["x=1", "id=1"])
def test_an_unknown_parameter_is_refused(api: FlaskClient, shelf: str, query: str) -> None:
    problem(api.get(f"/api/shelves/{shelf}?{query}", headers=BEARER), 422, "invalid")


def test_a_repeated_parameter_is_refused(api: FlaskClient, shelf: str) -> None:
    response = api.get(f"/api/shelves/{shelf}?x=1&x=2", headers=BEARER)
    assert problem(response, 422, "invalid")["fields"] == {"x": ["ระบุได้ครั้งเดียว"]}


@pytest.mark.parametrize("id", ["x", "%00", "..%2f..", "ก", new_id()])
def test_an_address_of_nothing_is_not_found(api: FlaskClient, id: str) -> None:
    problem(
        api.post(f"/api/shelves/{id}/books", json={"title": "ก"}, headers=BEARER), 404, "not-found"
    )


def test_other_methods_are_refused_with_those_allowed(api: FlaskClient, shelf: str) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        response = api.open(f"/api/shelves/{shelf}", method=method, headers=BEARER)
        problem(response, 405, "method-not-allowed")
        assert "GET" in response.headers["Allow"]


def test_a_repeated_key_gives_the_same_answer_and_no_second_thing(
    api: FlaskClient, services: ShelfClient, shelf: str
) -> None:
    key = {"Idempotency-Key": "once-1"}
    first = put(api, shelf, headers=key)
    before = books(services)
    again = put(api, shelf, headers=key)
    assert (first.status_code, first.json) == (again.status_code, again.json)
    assert books(services) == before


def test_a_key_with_another_body_is_refused(api: FlaskClient, shelf: str) -> None:
    key = {"Idempotency-Key": "once-2"}
    put(api, shelf, headers=key)
    problem(put(api, shelf, json={"title": "อื่น"}, headers=key), 422, "key-reused")


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "ก".encode().decode("latin-1")])
def test_a_doubtful_key_is_refused(api: FlaskClient, shelf: str, key: str) -> None:
    body = problem(put(api, shelf, headers={"Idempotency-Key": key}), 422, "invalid")
    assert "Idempotency-Key" in body["fields"]


def test_if_match(api: FlaskClient, services: ShelfClient, shelf: str) -> None:
    assert put(api, shelf, headers={"If-Match": '"1"'}).headers["ETag"] == '"2"'
    before = books(services)
    for stale in ('"1"', '"3"', 'W/"2"', "2", '"x"', '"1", "2"', '"99999999999999999999"'):
        problem(put(api, shelf, headers={"If-Match": stale}), 412, "stale")
    assert books(services) == before
    assert put(api, shelf, headers={"If-Match": "*"}).status_code == 201


def test_a_step_that_cannot_be_taken_yet_is_a_conflict(
    api: FlaskClient, services: ShelfClient, shelf: str
) -> None:
    before = books(services)
    response = api.post(f"/api/shelves/{shelf}/loans", json={"title": "ไม่มี"}, headers=BEARER)
    assert problem(response, 409, "out-of-order")["detail"] == "ไม่มีหนังสือเล่มนี้"
    assert books(services) == before


@pytest.mark.parametrize("down", ["shelf", "personnel"])
def test_a_service_that_is_down_is_a_503_until_it_is_back(
    api: FlaskClient, services: ShelfClient, shelf: str, down: str
) -> None:
    services.harnesses["shelf"].clock.advance(minutes=1)  # the session is no longer remembered
    with services.without(down):
        response = put(api, shelf)
        problem(response, 503, "unavailable")
        assert int(response.headers["Retry-After"]) > 0
    assert put(api, shelf).status_code == 201


def test_a_page_says_so_as_well(api: FlaskClient, services: ShelfClient) -> None:
    response = api.get("/nothing")
    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert "ไม่พบ" in response.get_data(as_text=True)


class TestCookies:
    """A browser sends its cookie by itself, so a change must carry the CSRF token too."""

    @pytest.fixture(autouse=True)
    def _cookie(self, api: FlaskClient) -> None:
        api.set_cookie("amnuay_session", SECRET)

    @pytest.fixture
    def csrf(self) -> str:
        import hashlib
        import hmac

        return hmac.new(SECRET.encode(), b"amnuay-csrf", hashlib.sha256).hexdigest()

    def test_reading_needs_the_cookie_alone(self, api: FlaskClient) -> None:
        id = new_id()
        api.post("/api/shelves", json={"id": id, "name": "ก"}, headers=BEARER)
        assert api.get(f"/api/shelves/{id}").status_code == 200

    @pytest.mark.parametrize("headers", [{}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "0" * 64}])
    def test_without_the_token_nothing_is_changed(
        self, api: FlaskClient, services: ShelfClient, headers: dict[str, str]
    ) -> None:
        response = api.post("/api/shelves", json={"id": new_id(), "name": "ก"}, headers=headers)
        problem(response, 403, "forbidden")
        assert books(services) == 0

    def test_with_the_token_it_is(self, api: FlaskClient, csrf: str) -> None:
        headers = {"X-CSRF-Token": csrf}
        response = api.post("/api/shelves", json={"id": new_id(), "name": "ก"}, headers=headers)
        assert response.status_code == 201

    def test_another_site_is_refused_even_with_it(self, api: FlaskClient, csrf: str) -> None:
        headers = {"X-CSRF-Token": csrf, "Sec-Fetch-Site": "cross-site"}
        response = api.post("/api/shelves", json={"id": new_id(), "name": "ก"}, headers=headers)
        problem(response, 403, "forbidden")

    def test_a_bearer_token_needs_none(self, api: FlaskClient) -> None:
        response = api.post("/api/shelves", json={"id": new_id(), "name": "ก"}, headers=BEARER)
        assert response.status_code == 201


def test_a_session_that_ended_is_not_remembered_for_long(
    api: FlaskClient, services: ShelfClient, shelf: str
) -> None:
    assert put(api, shelf).status_code == 201
    services.ended = True
    services.harnesses["shelf"].clock.advance(seconds=31)
    problem(put(api, shelf), 401, "unauthenticated")
