"""What an organisation chooses about its documents, and how their ที่ reads by it."""

from base64 import b64decode
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.errors import Forbidden, Invalid, OutOfOrder, Stale
from services.correspondence import series
from services.correspondence.contract import (
    DocumentKind,
    DocumentPolicySet,
    GetDocumentPolicy,
    GroupCode,
    RecordDocument,
    Series,
    SetDocumentPolicy,
)
from services.correspondence.policy import default
from tests.correspondence.office import (
    CLERK,
    DIRECTOR,
    FINANCE,
    OFFICE,
    OTHER_CLERK,
    PLAN,
    PLAN_OFFICER,
    SCHOOL_DIRECTOR,
    Office,
)

WISH: dict[str, Any] = {
    "code": "ศธ 04123",
    "group_codes": [{"group": PLAN, "code": "ศธ 04123.2"}],
    "circulars_apart": True,
    "certificates_apart": True,
    "by_group": [],
    "numbering": "on_signing",
    "group_head": True,
    "deputy": True,
    "letterhead": "สำนักงานเขตพื้นที่การศึกษาตัวอย่าง",
    "address": "ถนนตัวอย่าง\nอำเภอตัวอย่าง 50000",
    "phone": "0 5300 0000",
    "email": "saraban@example.go.th",
    "english_name": "Example Educational Service Area Office",
    "roman": "MOE",
    "unit": "04123",
    "unreceived_days": 5,
}
FINANCE_HAS_THE_CODE = [{"group": FINANCE, "code": "ศธ 04123.2"}]
NEW_YEAR = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)  # midnight in Bangkok
PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def policy(**chosen: Any) -> DocumentPolicySet:
    return DocumentPolicySet(**(vars(default(OFFICE, school=False)) | chosen))


@pytest.mark.parametrize(
    ("chosen", "kind", "circular", "expected"),
    [
        ({}, DocumentKind.EXTERNAL, False, "ศธ 04123/7"),
        ({}, DocumentKind.EXTERNAL, True, "ศธ 04123/ว 7"),
        ({"circulars_apart": False}, DocumentKind.MEMORANDUM, True, "ศธ 04123/ว 7"),
        ({}, DocumentKind.ORDER, False, "7/2569"),
        ({}, DocumentKind.CERTIFICATE, False, "7/2569"),
        ({"certificates_apart": False}, DocumentKind.CERTIFICATE, False, "ศธ 04123/7"),
        ({"code": ""}, DocumentKind.SEALED, False, "7"),
    ],
)
def test_how_a_reference_reads(
    chosen: dict[str, Any], kind: DocumentKind, circular: bool, expected: str
) -> None:
    present = policy(**({"code": "ศธ 04123"} | chosen))
    wanted = series.series_of(present, kind, circular)
    assert series.reference(present, wanted, PLAN, 2569, 7, circular) == expected


def test_a_group_with_a_code_of_its_own() -> None:
    present = policy(
        code="ศธ 04123",
        group_codes=(GroupCode(group=PLAN, code="ศธ 04123.2"),),
        by_group=(Series.ORDER,),
    )
    assert series.reference(present, Series.SEND, PLAN, 2569, 7, False) == "ศธ 04123.2/7"
    assert series.reference(present, Series.ORDER, PLAN, 2569, 7, False) == "ศธ 04123.2 7/2569"
    assert series.owner_of(present, Series.ORDER, PLAN) == PLAN
    assert series.owner_of(present, Series.SEND, PLAN) is None
    # One without a code numbers with the organisation: its numbers would read as theirs.
    assert series.owner_of(present, Series.ORDER, FINANCE) is None
    assert series.reference(present, Series.ORDER, FINANCE, 2569, 7, False) == "7/2569"


def test_circulars_by_either_policy() -> None:
    apart, shared = policy(), policy(circulars_apart=False)
    year = (OFFICE, None, 2569)
    letters = [series.series_key(one, Series.SEND, *year) for one in (apart, shared)]
    circulars = [
        series.series_key(one, series.series_of(one, DocumentKind.EXTERNAL, True), *year)
        for one in (apart, shared)
    ]
    assert letters[0] == letters[1] == circulars[1] != circulars[0]


def test_chosen_and_changed(office: Office) -> None:
    before = office.ask(PLAN_OFFICER, GetDocumentPolicy)
    assert (before["version"], before["deputy"], before["actions"]) == (0, True, [])
    office.send(CLERK, SetDocumentPolicy, **WISH)
    chosen = office.ask(CLERK, GetDocumentPolicy)
    assert chosen == WISH | {
        "version": 1,
        "emblem": "",
        "actions": [SetDocumentPolicy.method()],
    }
    with pytest.raises(OutOfOrder):
        office.send(DIRECTOR, SetDocumentPolicy, **WISH)
    office.send(DIRECTOR, SetDocumentPolicy, **(WISH | {"unreceived_days": 7}), if_match=1)
    with pytest.raises(Stale):
        office.send(DIRECTOR, SetDocumentPolicy, **(WISH | {"unreceived_days": 9}), if_match=1)
    assert office.ask(OTHER_CLERK, GetDocumentPolicy)["version"] == 0
    with pytest.raises(Forbidden):
        office.send(PLAN_OFFICER, SetDocumentPolicy, **WISH)
    live = office.tables()
    office.rebuild()
    assert office.tables() == live


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"code": "ศธ 04123/"}, "code"),
        ({"roman": "moe"}, "roman"),
        ({"unit": "๐๔๑๒๓"}, "unit"),
        ({"email": "saraban"}, "email"),
        ({"group_codes": [{"group": OFFICE, "code": "ศธ 1"}]}, "group_codes"),
        ({"group_codes": WISH["group_codes"] * 2}, "group_codes"),
        ({"by_group": ["order"], "group_codes": []}, "by_group"),
        ({"by_group": ["send"], "code": "ศธ 04123.2"}, "group_codes"),
        ({"unreceived_days": 0}, "unreceived_days"),
    ],
)
def test_what_cannot_be(small_office: Office, wish: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        small_office.send(CLERK, SetDocumentPolicy, **(WISH | wish))
    assert list(refused.value.fields) == [field]


def test_a_school_has_no_deputy(small_office: Office) -> None:
    assert small_office.ask(SCHOOL_DIRECTOR, GetDocumentPolicy)["deputy"] is False
    school = WISH | {"group_codes": []}
    with pytest.raises(Invalid) as refused:
        small_office.send(SCHOOL_DIRECTOR, SetDocumentPolicy, **school)
    assert list(refused.value.fields) == ["deputy"]
    small_office.send(SCHOOL_DIRECTOR, SetDocumentPolicy, **(school | {"deputy": False}))


def test_an_emblem_is_kept_until_there_is_another(small_office: Office) -> None:
    def chosen(name: str, content: bytes, **wish: Any) -> str:
        upload = small_office.upload(CLERK, name, content)
        small_office.send(CLERK, SetDocumentPolicy, **(WISH | {"emblem": upload} | wish))
        emblem: str = small_office.ask(CLERK, GetDocumentPolicy)["emblem"]
        return emblem

    kept = chosen("ครุฑ.png", PNG)
    assert small_office.parts.files.path(kept).read_bytes() == PNG
    small_office.send(CLERK, SetDocumentPolicy, **(WISH | {"phone": ""}))
    assert small_office.ask(CLERK, GetDocumentPolicy)["emblem"] == kept
    for name, content in (("ครุฑ.txt", b"emblem"), ("ครุฑ.png", PNG[:40])):
        with pytest.raises(Invalid) as refused:
            chosen(name, content)
        assert list(refused.value.fields) == ["emblem"]
    assert small_office.ask(CLERK, GetDocumentPolicy)["emblem"] == kept


def test_what_would_give_a_reference_twice_waits_for_the_new_year(small_office: Office) -> None:
    small_office.send(CLERK, SetDocumentPolicy, **WISH)
    paper = {
        "kind": "external",
        "group": PLAN,
        "circular": True,
        "dated": "2026-02-16",
        "recipient": "ผู้อำนวยการโรงเรียน",
        "subject": "เรื่อง",
        "signer": "ผู้ลงนาม",
    }

    def number() -> str:
        uploads = [small_office.upload(CLERK, "สแกน.pdf", b"%PDF-1.4\n%%EOF\n")]
        done = small_office.send(CLERK, RecordDocument, uploads=uploads, **paper)
        reference: str = done["reference"]
        return reference

    assert number() == "ศธ 04123.2/ว 1"
    for field, wish in (
        ("circulars_apart", {"circulars_apart": False}),
        ("by_group", {"by_group": ["circular"]}),
        ("group_codes", {"by_group": ["order"], "group_codes": FINANCE_HAS_THE_CODE}),
    ):
        with pytest.raises(Invalid) as refused:
            small_office.send(CLERK, SetDocumentPolicy, **(WISH | wish))
        assert list(refused.value.fields) == [field]
    small_office.clock.set(NEW_YEAR)
    small_office.send(CLERK, SetDocumentPolicy, **(WISH | {"by_group": ["circular"]}))
    assert number() == "ศธ 04123.2/ว 1"  # of another year
