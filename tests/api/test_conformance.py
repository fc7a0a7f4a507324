"""Whatever is sent to the API, the answer is one that its OpenAPI document speaks of, and never a 5xx.

Requests are made up from the document itself, half of them against it, with ids of things that
there are, and sent by people of different roles.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gateway.api.openapi import document
from gateway.api.routes import ROUTES
from tests.api.office import Office, opened

ROLES = ("admin", "clerk", "director", "head", "officer")
VERSIONS = (None, None, "*", '"1"', "1")
EXAMPLES = 12  # for each operation, half of them bad
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    allow_header_conformance,
    negative_data_rejection,
]
# A doubtful If-Match is a version that never was.
REFUSED = {"expected-statuses": ["400", "401", "403", "404", "409", "412", "413", "415", "422"]}

_ids: list[str] = []
schemathesis.openapi.format(
    "uuid", st.one_of(st.integers(0, 999).map(lambda n: _ids[n % len(_ids)]), st.uuids().map(str))
)
schema = schemathesis.openapi.from_dict(
    document(ROUTES),
    config=schemathesis.Config.from_dict({"checks": {"negative_data_rejection": REFUSED}}),
)
OPERATIONS = [
    (path, method)
    for path, operations in document(ROUTES)["paths"].items()
    for method in operations
]


@pytest.fixture(scope="module")
def furnished(built_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office in which there is something of everything."""
    with opened(built_office, tmp_path_factory.mktemp("conformance")) as office:
        _ids[:] = [*office.known.people.values(), *office.known.groups.values()]
        _ids.extend([*office.known.posts.values(), *office.known.organisations.values()])
        yield office


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda part: part)
def test_every_answer_conforms(furnished: Office, path: str, method: str) -> None:
    operation = schema[path][method]
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, role=st.sampled_from(ROLES), version=st.sampled_from(VERSIONS))
    def try_it(case: Any, role: str, version: str | None) -> None:
        case.headers["Authorization"] = f"Bearer {furnished.token(role)}"
        case.headers.pop("If-Match", None)
        if version is not None:
            case.headers["If-Match"] = version
        response = case.call(app=furnished.app)
        case.validate_response(response, checks=CHECKS)

    try_it()
