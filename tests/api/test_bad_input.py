"""What is wrong is refused with a word on what to mend, and changes nothing in any service."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import jwt
import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from infra.errors import Unauthenticated
from infra.identity import Actor, Role, Seat, Signer, new_keys, service_token
from infra.ids import new_id
from services.correspondence.contract import ListLetters, RegisterLetter
from tests.api.answers import problem
from tests.api.letters import LETTER, do, ordered, pdf, registered
from tests.api.office import NOW, PASSWORD, Office

THAI_DATE = "๒๕๖๙-๐๒-๑๐"


@pytest.fixture
def unchanged(office: Office) -> Iterator[None]:
    """Nothing may have happened when the test is over; the test begins with an empty register."""
    before = office.counts()
    yield
    assert office.counts() == before
    assert office.as_("clerk").get("/api/letters").json["total"] == 0


LETTERS: dict[str, tuple[dict[str, Any], int, str]] = {
    "unknown field": ({"colour": "แดง"}, 422, "colour"),
    "missing field": ({"subject": ...}, 422, "subject"),
    "wrong type": ({"subject": 5}, 422, "subject"),
    "wrong type, a list": ({"uploads": "x"}, 422, "uploads"),
    "null": ({"sender": None}, 422, "sender"),
    "blank": ({"recipient": "  "}, 422, "recipient"),
    "too long": ({"subject": "ก" * 1001}, 422, "subject"),
    "1 MB of text": ({"subject": "ก" * 350_000}, 413, ""),
    "1 MB of text in a note": ({"note": "x" * 1_048_576}, 413, ""),
    "control characters": ({"subject": "การ\x00ป้องกัน"}, 422, "subject"),
    "bell": ({"sender": "สพฐ.\x07"}, 422, "sender"),
    "line break in one line": ({"subject": "หนึ่ง\nสอง"}, 422, "subject"),
    "29 February 2568": ({"dated": "2025-02-29"}, 422, "dated"),
    "29 February 2568, in that era": ({"dated": "2568-02-29"}, 422, "dated"),
    "no day": ({"dated": "2026-13-45"}, 422, "dated"),
    "in the future": ({"dated": "2026-02-17"}, 422, "dated"),
    "in Thai digits": ({"dated": THAI_DATE}, 422, "dated"),
    "not a date": ({"dated": 20260210}, 422, "dated"),
    "without its time zone": ({"deadline": "2026-02-18T16:30:00"}, 422, "deadline"),
    "no list": ({"uploads": {}}, 422, "uploads"),
    "no such urgency": ({"urgency": "ด่วน"}, 422, "urgency"),
    "no such upload": ({"uploads": [new_id()]}, 404, ""),
}


@pytest.mark.parametrize("name", LETTERS)
@pytest.mark.usefixtures("unchanged")
def test_a_letter_that_cannot_be_registered(office: Office, name: str) -> None:
    changes, status, field = LETTERS[name]
    body = {key: value for key, value in (LETTER | changes).items() if value is not ...}
    answer = office.as_("clerk").post("/api/letters", json=body)
    kinds = {422: "invalid", 413: "too-large", 404: "not-found"}
    found = problem(answer, status, kinds[status])
    if field:
        assert field in found["fields"]
        assert all(thai(message) for message in found["fields"][field])


def thai(text: str) -> bool:
    return any("\u0e00" <= letter <= "\u0e7f" for letter in text)


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/api/letters?limit=๕๐", "limit"),
        ("/api/letters?year=๒๕๖๙", "year"),
        ("/api/letters?year=2569.0", "year"),
        ("/api/letters?cursor=x", "cursor"),
        ("/api/letters?limit=0", "limit"),
        ("/api/letters?state=lost", "state"),
        ("/api/letters?first_day=2025-02-29", "first_day"),
        ("/api/letters?colour=red", "colour"),
        ("/api/letters?open=1", "open"),
        ("/api/letters?open=", "open"),
        ("/api/names?ids=", "ids.0"),
        ("/api/names", "ids"),
        ("/api/letters/suggestions", "column"),
    ],
)
@pytest.mark.usefixtures("unchanged")
def test_a_question_that_makes_no_sense(office: Office, address: str, field: str) -> None:
    assert field in problem(office.as_("clerk").get(address), 422, "invalid")["fields"]


@pytest.mark.parametrize("days", ["7", "๗", 7.0, True, 0, 91])
@pytest.mark.usefixtures("unchanged")
def test_a_number_is_a_number(office: Office, days: Any) -> None:
    body = {"central_head": False, "deputy": True, "group_head": True, "unattended_days": days}
    answer = office.as_("director").post("/api/routing", json=body)
    assert problem(answer, 422, "invalid")["fields"].keys() == {"unattended_days"}


FILES: dict[str, tuple[bytes, str, int, str]] = {
    "text that says it is a PDF": ("ไม่ใช่ PDF".encode(), "หนังสือ.pdf", 415, "unsupported-media"),
    "a program that says it is a picture": (b"MZ\x90\x00" * 9, "ภาพ.png", 415, "unsupported-media"),
    "a picture that says it is a PDF": (b"\x89PNG\r\n\x1a\n" + b"x" * 99, "x.pdf", 415, "unsupported-media"),
    "a page with script": (b"<script>alert(1)</script>", "x.html", 415, "unsupported-media"),
    "nothing": (b"", "หนังสือ.pdf", 422, "invalid"),
    "above the limit": (b"%PDF-" + b"x" * 1024 * 1024, "หนังสือ.pdf", 413, "too-large"),
    "far above the limit": (b"%PDF-" + b"x" * 3 * 1024 * 1024, "หนังสือ.pdf", 413, "too-large"),
}  # fmt: skip


@pytest.mark.parametrize("bare", [False, True], ids=["form", "bare body"])
@pytest.mark.parametrize("name", FILES)
@pytest.mark.usefixtures("unchanged")
def test_a_file_that_is_not_taken(office: Office, name: str, bare: bool) -> None:
    content, file_name, status, type = FILES[name]
    api = office.as_("clerk")
    if bare:
        answer = api.post(
            "/api/uploads",
            query_string={"name": file_name},
            data=content,
            content_type="application/octet-stream",
        )
    else:
        boundary, form = encode_multipart({"file": FileStorage(BytesIO(content), file_name)})
        kind = f"multipart/form-data; boundary={boundary}"
        answer = api.post("/api/uploads", data=form, content_type=kind)
    problem(answer, status, type)
    assert left_behind(office) == []


def left_behind(office: Office) -> list[Path]:
    folder = office.client.harnesses["personnel"].settings.files
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.usefixtures("unchanged")
def test_anothers_upload_cannot_be_attached(office: Office) -> None:
    theirs = office.upload("director", pdf(), "ของผู้อำนวยการ.pdf")
    answer = office.as_("clerk").post("/api/letters", json=LETTER | {"uploads": [theirs]})
    problem(answer, 404, "not-found")


def test_upon_an_old_version_nothing_is_done(office: Office) -> None:
    letter = registered(office)
    seen = office.as_("clerk").get(letter).headers["ETag"]
    do(office, "clerk", f"{letter}/proposals", text="เสนอ")
    before = office.counts()
    answer = office.as_("clerk").post(
        f"{letter}/cancellation", json={"reason": "ซ้ำ"}, headers={"If-Match": seen}
    )
    problem(answer, 412, "stale")
    assert office.counts() == before


class TestRepeating:
    """With the same Idempotency-Key a command is carried out once, however often it is sent."""

    KEY = {"Idempotency-Key": "ลงรับ-1".encode().hex()}

    def test_the_same_letter_is_answered_for_and_not_registered_again(self, office: Office) -> None:
        api = office.as_("clerk")
        first = api.post("/api/letters", json=LETTER, headers=self.KEY)
        before = office.counts()
        again = api.post("/api/letters", json=LETTER, headers=self.KEY)
        assert (again.status_code, again.data) == (first.status_code, first.data)
        assert again.headers["Location"] == first.headers["Location"]
        assert office.counts() == before
        assert api.get("/api/letters").json["total"] == 1

    def test_another_letter_under_that_key_is_refused(self, office: Office) -> None:
        api = office.as_("clerk")
        api.post("/api/letters", json=LETTER, headers=self.KEY)
        before = office.counts()
        other = api.post("/api/letters", json=LETTER | {"subject": "อื่น"}, headers=self.KEY)
        problem(other, 422, "key-reused")
        assert office.counts() == before

    def test_a_file_is_taken_in_once(self, office: Office) -> None:
        def upload(who: str, content: bytes) -> Any:
            file = {"file": (BytesIO(content), "หนังสือ.pdf")}
            return office.as_(who).post("/api/uploads", data=file, headers=self.KEY)

        first = upload("clerk", pdf())
        assert upload("clerk", pdf()).json == first.json
        problem(upload("clerk", pdf() + b"\n"), 422, "key-reused")
        assert upload("director", pdf()).json["id"] != first.json["id"]
        body = LETTER | {"uploads": [first.json["id"]]}
        assert office.as_("clerk").post("/api/letters", json=body).status_code == 201
        assert upload("clerk", pdf()).json == first.json

    def test_anothers_key_is_another(self, office: Office) -> None:
        office.as_("clerk").post("/api/letters", json=LETTER, headers=self.KEY)
        theirs = office.as_("school").post("/api/letters", json=LETTER, headers=self.KEY)
        assert theirs.status_code == 201
        assert theirs.json["number"] == 1  # in the school's own register

    def test_what_was_refused_may_be_mended_under_the_same_key(self, office: Office) -> None:
        api = office.as_("clerk")
        problem(
            api.post("/api/letters", json=LETTER | {"dated": "2026-02-17"}, headers=self.KEY),
            422,
            "invalid",
        )
        assert api.post("/api/letters", json=LETTER, headers=self.KEY).status_code == 201


OUT_OF_ORDER: dict[str, tuple[str, str, dict[str, Any]]] = {
    "ordered before it is proposed": ("director", "orders", {"kind": "inform"}),
    "endorsed before it is proposed": ("deputy", "endorsements", {}),
    "sent back before it is proposed": ("director", "returns", {"reason": "ขอข้อมูลเพิ่ม"}),
}


@pytest.mark.parametrize("name", OUT_OF_ORDER)
def test_a_step_out_of_order(office: Office, name: str) -> None:
    letter = registered(office)
    who, path, body = OUT_OF_ORDER[name]
    before = office.counts()
    problem(office.as_(who).post(f"{letter}/{path}", json=body), 409, "out-of-order")
    assert office.counts() == before


@pytest.mark.parametrize(
    ("who", "path", "body"),
    [
        ("head", "closure", {}),
        ("head", "assignments", {"officer": "officer"}),
        ("head", "result-returns", {"reason": "ขอเพิ่ม"}),
    ],
)
def test_a_group_cannot_do_the_last_thing_first(
    office: Office, who: str, path: str, body: dict[str, Any]
) -> None:
    letter = ordered(office)
    body = {key: office.known.people.get(value, value) for key, value in body.items()}
    before = office.counts()
    address = f"{letter}/groups/{office.known.groups['plan']}/{path}"
    problem(office.as_(who).post(address, json=body), 409, "out-of-order")
    assert office.counts() == before


@pytest.mark.parametrize("path", ["closure", "receipts", "acknowledgements"])
def test_nothing_is_closed_before_the_order(office: Office, path: str) -> None:
    letter = registered(office)
    before = office.counts()
    address = f"{letter}/groups/{office.known.groups['plan']}/{path}"
    for who in ("clerk", "director", "head", "officer"):
        assert office.as_(who).post(address, json={}).status_code in (403, 404, 409)
    assert office.counts() == before


class TestRights:
    @pytest.mark.parametrize(
        ("who", "path", "body"),
        [
            ("auditor", "proposals", {"text": "เสนอ"}),
            ("clerk", "orders", {"kind": "inform"}),
            ("deputy", "orders", {"kind": "inform"}),
            ("director", "cancellation", {"reason": "ซ้ำ"}),
        ],
    )
    def test_who_may_read_but_not_do_it_is_told_so(
        self, office: Office, who: str, path: str, body: dict[str, Any]
    ) -> None:
        letter = registered(office)
        before = office.counts()
        problem(office.as_(who).post(f"{letter}/{path}", json=body), 403, "forbidden")
        assert office.counts() == before

    @pytest.mark.parametrize("who", ["officer", "director", "admin", "auditor", "registrar"])
    @pytest.mark.usefixtures("unchanged")
    def test_others_do_not_register(self, office: Office, who: str) -> None:
        problem(office.as_(who).post("/api/letters", json=LETTER), 403, "forbidden")

    @pytest.mark.parametrize("who", ["admin", "school", "officer", "finance"])
    def test_who_may_not_read_it_cannot_learn_that_it_is_there(
        self, office: Office, who: str
    ) -> None:
        letter = registered(office)
        before = office.counts()
        hidden = problem(office.as_(who).get(letter), 404, "not-found")
        absent = problem(office.as_(who).get(f"/api/letters/{new_id()}"), 404, "not-found")
        assert hidden == absent
        hidden = problem(
            office.as_(who).post(f"{letter}/cancellation", json={"reason": "ซ้ำ"}), 404, "not-found"
        )
        assert hidden == absent
        assert office.counts() == before

    def test_a_classified_letter_is_there_for_its_registrar_alone(self, office: Office) -> None:
        letter = registered(office, "registrar", secrecy="secret", subject="เรื่องลับมากพอ")
        assert office.as_("registrar").get(letter).status_code == 200
        for who in office.known.people.keys() - {"registrar"}:
            problem(office.as_(who).get(letter), 404, "not-found")
            answer = office.as_(who).post(f"{letter}/proposals", json={"text": "เสนอ"})
            problem(answer, 404, "not-found")
            for register in ("general", "secret"):
                found = office.as_(who).get(
                    "/api/letters", query_string={"q": "ลับมาก", "register": register}
                )
                assert found.json["total"] == 0
            assert office.as_(who).get("/api/letters/summary").json["total"] == 0
            assert office.as_(who).get("/api/letters/suggestions?column=sender").json["items"] == []
            assert "เรื่องลับ" not in office.as_(who).get("/api/letters/register.csv").text

    @pytest.mark.usefixtures("unchanged")
    def test_the_gravest_class_is_never_taken_in(self, office: Office) -> None:
        for who in ("clerk", "registrar"):
            answer = office.as_(who).post("/api/letters", json=LETTER | {"secrecy": "most_secret"})
            assert answer.status_code in (403, 422)
            assert thai(answer.json["detail"])


class TestSessions:
    def test_a_session_ends_by_itself(self, office: Office) -> None:
        token = office.token("clerk")
        before = office.counts()
        office.clock.advance(hours=12, seconds=1)
        headers = {"Authorization": f"Bearer {token}"}
        answer = office.app.test_client().post("/api/letters", json=LETTER, headers=headers)
        problem(answer, 401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert office.counts() == before

    def test_guessing_is_slowed_down(self, office: Office) -> None:
        api = office.app.test_client()
        wrong, right = ({"username": "clerk", "password": it} for it in ("เดา", PASSWORD + "clerk"))
        for _ in range(5):
            problem(api.post("/api/tokens", json=wrong), 401, "wrong-password")
        answer = api.post("/api/tokens", json=right)
        problem(answer, 429, "throttled")
        office.clock.advance(seconds=int(answer.headers["Retry-After"]))
        assert api.post("/api/tokens", json=right).status_code == 201

    @pytest.mark.usefixtures("unchanged")
    def test_a_session_cannot_be_made_up(self, office: Office) -> None:
        mine = office.client.harnesses["personnel"].token(CLERK_MADE_UP)
        for token in ("x" * 43, office.token("clerk")[:-1] + "_", mine, "ก" * 30):
            headers = {"Authorization": f"Bearer {token}".encode().decode("latin-1")}
            answer = office.app.test_client().post("/api/letters", json=LETTER, headers=headers)
            problem(answer, 401, "unauthenticated")

    @pytest.mark.usefixtures("unchanged")
    def test_what_reaches_a_service_without_a_token_is_refused_there(self, office: Office) -> None:
        key = office.client.harnesses["personnel"].settings.service_key
        forged = Signer(new_keys()[0]).sign(CLERK_MADE_UP, NOW)
        by_no_key = jwt.encode({"exp": 2**33, "actor": {}}, "", algorithm="none")
        spoken_as = jwt.encode(
            {"exp": 2**33, "actor": {"person": "somebody", "organisation": "", "seats": []}},
            key,
            algorithm="HS256",
        )
        old = Signer(office.client.harnesses["personnel"].settings.private_key).sign(
            CLERK_MADE_UP, NOW - timedelta(days=1)
        )
        other_key = service_token("correspondence", "another key, as long as it must be", NOW)
        for token in (None, "", "x", forged, by_no_key, spoken_as, old, other_key):
            with pytest.raises(Unauthenticated):
                office.client.call(RegisterLetter, LETTER, token=token)
            with pytest.raises(Unauthenticated):
                office.client.call(ListLetters, {}, token=token)


CLERK_MADE_UP = Actor(
    person=new_id(),
    organisation="somewhere",
    seats=(
        Seat(
            post=new_id(),
            organisation="somewhere",
            group=None,
            role=Role.CENTRAL_CLERK,
            title="ไม่มีจริง",
        ),
    ),
)


@pytest.mark.parametrize("down", ["correspondence", "personnel"])
def test_a_service_that_is_down_loses_nothing_and_doubles_nothing(
    office: Office, down: str
) -> None:
    office.token("clerk")
    office.clock.advance(minutes=1)  # the session is no longer remembered
    key = {"Idempotency-Key": "once"}
    with office.client.without(down):
        answer = office.as_("clerk").post("/api/letters", json=LETTER, headers=key)
        problem(answer, 503, "unavailable")
        assert int(answer.headers["Retry-After"]) > 0
    for _ in range(2):
        answer = office.as_("clerk").post("/api/letters", json=LETTER, headers=key)
        assert (answer.status_code, answer.json["number"]) == (201, 1)
    assert office.as_("clerk").get("/api/letters").json["total"] == 1


@pytest.mark.parametrize("down", ["notify", "resources", "standards"])
def test_what_does_not_need_a_service_goes_on_without_it(office: Office, down: str) -> None:
    with office.client.without(down):
        assert office.as_("clerk").post("/api/letters", json=LETTER).status_code == 201
