"""Whatever is sent to the API, the answer is one that its OpenAPI document speaks of, and never a 5xx.

Requests are made up from the document itself, half of them against it, about things that there are,
and sent by people of different roles.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
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
from tests.api.letters import do, ordered, pdf, registered
from tests.api.office import PASSWORD, PEOPLE, Office, opened
from tests.pages.circulars import (
    deliveries,
    numbered,
    on_system,
    outside,
    sent,
    settled,
    waiting,
)
from tests.pages.documents import CONTENT, signed, to_sign, written
from tests.personnel.authenticator import Authenticator

ROLES = ("admin", "clerk", "director", "head", "officer")
VERSIONS = (None, None, "*", '"1"', "1")
EXAMPLES = 8  # for each operation, half of them bad
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

_ids: defaultdict[str, list[str]] = defaultdict(list)  # what there is, by the noun of its address
_any = st.integers(0, 999).map(
    lambda n: (all := [id for ids in _ids.values() for id in ids])[n % len(all)]
)
schemathesis.openapi.format("uuid", st.one_of(_any, st.uuids().map(str)))
DOCUMENT = document(ROUTES) | {"security": []}  # every request is given its session below
schema = schemathesis.openapi.from_dict(
    DOCUMENT, config=schemathesis.Config.from_dict({"checks": {"negative_data_rejection": REFUSED}})
)
OPERATIONS = [(path, method) for path, found in DOCUMENT["paths"].items() for method in found]


@pytest.fixture(scope="module")
def furnished(built_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office in which there is something of everything."""
    with opened(built_office, tmp_path_factory.mktemp("conformance")) as office:
        _ids.clear()
        _furnish(office)
        yield office


def _furnish(office: Office) -> None:
    known = office.known
    # Whoever sends requests must be able to go on doing so.
    _ids["people"] = [known.people[who] for who in PEOPLE if who not in ROLES]
    _ids["posts"] = [known.posts[who] for who in PEOPLE if who not in ROLES]
    _ids["groups"] = [known.groups["plan"], known.groups["finance"]]
    _ids["organisations"] = [known.organisations["school"]]
    acting = do(
        office,
        "admin",
        f"/api/posts/{known.posts['deputy']}/actings",
        person=known.people["finance"],
        capacity="acting",
        first_day="2026-03-01",
        order="คำสั่งที่ 1/2569",
    )
    _ids["actings"] = [acting["acting"]]
    scan = office.upload("clerk", pdf(), "หนังสือ.pdf")
    letters = [ordered(office, uploads=[scan]), registered(office)]
    do(office, "clerk", f"{letters[1]}/proposals", text="เสนอ")
    work = f"{letters[0]}/groups/{known.groups['plan']}"
    do(office, "groupclerk", f"{work}/receipts")
    do(office, "head", f"{work}/assignments", officer=known.people["officer"])
    _ids["letters"] = [letter.rpartition("/")[2] for letter in (*letters, registered(office))]
    _ids["attachments"] = [office.as_("clerk").get(letters[0]).json["files"][0]["id"]]
    room = do(office, "clerk", "/api/rooms", name="ห้องประชุม", capacity=20)["id"]
    _ids["rooms"] = [room]
    for hour in (9, 10):
        _ids["bookings"] += [
            do(
                office,
                "officer",
                "/api/bookings",
                room=room,
                starts=f"2026-02-20T{hour:02}:00:00+07:00",
                ends="2026-02-20T12:00:00+07:00",
                purpose="ประชุม",
                attendees=5,
            )["id"]
        ]
    adopted = do(
        office, "director", "/api/standard-sets", code="five-standards", first_fiscal_year=2568
    )["id"]
    indicator = do(
        office,
        "director",
        "/api/indicators",
        standard_set=adopted,
        standard=1,
        code="1.1",
        name="ตัวบ่งชี้ทดสอบ",
    )["id"]
    address = f"/api/indicators/{indicator}"
    owner = {"owner": known.people["officer"], "group": known.groups["plan"]}
    do(office, "director", f"{address}/assignments", **owner)
    paper = office.upload("officer", pdf(), "หลักฐาน.pdf")
    report = {"fiscal_year": 2568, "round": 12, "result": "ดี", "uploads": [paper]}
    do(office, "officer", f"{address}/reports", **report)
    _ids["passkeys"] = [_passkey(office, "officer")]
    _ids["indicators"] = [indicator]
    _ids["evidence"] = [office.as_("officer").get(address).json["reports"][0]["evidence"][0]["id"]]
    _furnish_documents(office)
    _furnish_sending(office)
    _furnish_importing(office)
    office.settle()
    told = office.as_("officer").get("/api/notifications").json["items"]
    _ids["notifications"] = [one["id"] for one in told]


def _furnish_documents(office: Office) -> None:
    """One that has its number, one that lies with the director, a draft, and what goes with them."""
    documents = [signed(office), to_sign(office), written(office)]
    _ids["documents"] = documents
    enclosed = office.upload("officer", pdf(), "แนบ.pdf")
    do(office, "officer", f"/api/documents/{documents[2]}/enclosures", uploads=[enclosed])
    found = [office.as_("officer").get(f"/api/documents/{one}").json for one in documents]
    _ids["enclosures"] = [found[2]["enclosures"][0]["id"]]
    _ids["documents files"] = [found[0]["frozen"]["id"]]
    _ids["verifications"] = [found[0]["code"]]
    kept = {"name": "แม่แบบ", "kind": "external", "content": CONTENT}
    _ids["document-templates"] = [do(office, "head", "/api/document-templates", **kept)["id"]]
    ahead = {"series": "order", "count": 2, "expires": "2026-03-01", "reason": "คำสั่งย้าย"}
    _ids["reservations"] = [do(office, "clerk", "/api/reservations", **ahead)["id"]]


def _furnish_sending(office: Office) -> None:
    """A document that the office sent to the school and to others, one in the office's own tray, and
    a kept list."""
    school = on_system(office.known.organisations["school"])
    documents = [sent(office, school, outside("messenger")), numbered(office)]
    _ids["documents"] += documents
    _ids["documents files"] += [
        office.as_("clerk").get(f"/api/documents/{documents[0]}").json["frozen"]["id"]
    ]
    _ids["deliveries"] = [one["id"] for one in deliveries(office, documents[0])]
    to = on_system(office.known.organisations["office"], "สำนักงาน")
    for subject in ("ส่งรายงาน", "ส่งข้อมูล"):
        answer = numbered(office, "school", subject=subject, circular=False)
        do(office, "school", f"/api/documents/{answer}/sendings", recipients=[to])
    settled(office)
    _ids["arrivals"] = [one["id"] for one in waiting(office, "clerk")]
    arrived = office.as_("clerk").get(f"/api/arrivals/{_ids['arrivals'][0]}").json
    _ids["arrivals files"] = [arrived["files"][0]["id"]]
    kept = {"name": "ทุกโรงเรียน", "members": [school]}
    _ids["recipient-lists"] = [do(office, "clerk", "/api/recipient-lists", **kept)["id"]]


def _furnish_importing(office: Office) -> None:
    """An old register that was checked, and one that is still to be."""
    for number in (1, 2):
        content = f"เลขทะเบียนรับ,เรื่อง\n{number},ทดสอบ\n".encode()
        upload = office.upload("clerk", content, "ทะเบียน.csv")
        wish = {"register": "receive", "year": 2568, "upload": upload}
        _ids["register-imports"] += [do(office, "clerk", "/api/register-imports", **wish)["id"]]
        if number == 1:
            office.client.harnesses["correspondence"].parts.instance().carry_imports()


def _passkey(office: Office, who: str) -> str:
    """A passkey of somebody's; its id."""
    proof = {"subject": office.known.people[who], "password": PASSWORD + who}
    confirmed = do(office, who, "/api/me/confirmations", **proof)
    offered = do(office, who, "/api/me/passkeys/offers", **confirmed)
    credential = Authenticator("http://localhost:8000").make(offered["options"])
    id: str = do(office, who, "/api/me/passkeys", name="โทรศัพท์", credential=credential)["id"]
    return id


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
    @given(
        case=cases,
        role=st.sampled_from(ROLES),
        version=st.sampled_from(VERSIONS),
        chosen=st.integers(0, 9),
    )
    def try_it(case: Any, role: str, version: str | None, chosen: int) -> None:
        token = furnished.log_in("auditor") if path == "/api/tokens/current" else None
        case.headers["Authorization"] = f"Bearer {token or furnished.token(role)}"
        case.headers.pop("If-Match", None)
        if version is not None:
            case.headers["If-Match"] = version
        if chosen < 7:
            case.path_parameters = case.path_parameters and dict(_present(path, chosen))
        response = case.call(app=_closing(furnished.app))
        case.validate_response(response, checks=CHECKS)

    try_it()


def _closing(app: Any) -> Callable[..., Iterable[bytes]]:
    """The application with its answers read and closed, as servers do."""

    def closing(environ: Any, start_response: Any) -> list[bytes]:
        answer = app(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()

    return closing


def _present(path: str, chosen: int) -> Iterator[tuple[str, str]]:
    """Names in the path with ids of things that there are."""
    words = path.split("/")
    for noun, name in pairwise(words):
        if name.startswith("{"):
            there = _ids[
                {"failures": "notifications", "files": f"{words[2]} files"}.get(noun, noun)
            ]
            yield name[1:-1], there[chosen % len(there)]


@pytest.mark.parametrize("path", [path for path, method in OPERATIONS if method == "get"])
def test_every_question_has_an_answer(furnished: Office, path: str) -> None:
    """Of the requests above many must have come through: these are the things they were about."""
    for name, value in _present(path, 0):
        path = path.replace(f"{{{name}}}", value)
    asked = {
        "/api/letters/suggestions": "?column=sender",
        "/api/room-calendar": "?first_day=2026-02-16&last_day=2026-02-22",
        "/api/names": f"?ids={furnished.known.people['officer']}",
        "/api/office-holders": "?role=director",
        "/api/numbers": "?series=order&year=2569",
    }
    statuses = {
        furnished.as_(who).get(path + asked.get(path, ""), buffered=True).status_code
        for who in ROLES
    }
    assert 200 in statuses
