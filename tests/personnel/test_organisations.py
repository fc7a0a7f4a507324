"""Organisations, groups, people and posts: who manages them, who sees them."""

from collections import Counter

import pytest

from infra.errors import Forbidden, Invalid, NotFound, OutOfOrder, Stale, Taken
from infra.identity import Role
from services.personnel.contract import (
    AddGroup,
    AddOrganisation,
    AddPerson,
    ChangeGroup,
    ChangeOrganisation,
    ChangePerson,
    ChangePost,
    CloseGroup,
    CloseOrganisation,
    ClosePost,
    Contact,
    CreatePost,
    ErasePerson,
    FillPost,
    GetOrganisation,
    GetPerson,
    GetPost,
    ListGroups,
    ListOrganisations,
    ListPeople,
    ListPosts,
    Names,
    OfficeName,
    VacatePost,
)
from services.personnel.people import ERASED
from tests.personnel.office import COMMAND_LINE, Office, race

UNKNOWN = "01900000-0000-7000-8000-000000000000"


def test_there_is_one_office_and_no_code_or_name_twice(office: Office) -> None:
    for kind in ("office", "school"):
        with pytest.raises(OutOfOrder):
            office.send(AddOrganisation, kind=kind, code="5005", name="สพป.ตัวอย่าง เขต 5")
    with pytest.raises(Taken) as error:
        office.send(AddOrganisation, kind="school", code="50050001", name="บ้านใหม่")
    assert set(error.value.fields) == {"code"}
    school = office.schools["บ้านแม่ลาย"]
    with pytest.raises(Taken) as error:
        office.send(ChangeOrganisation, id=school, code="50050002", name="บ้านดอยคํา")
    assert set(error.value.fields) == {"name"}
    school = office.schools["บ้านดอยคำ"]
    office.send(ChangeOrganisation, id=school, code="50050001", name="บ้านดอยคำ", short_name="ดอย")
    assert office.ask(GetOrganisation, id=school)["short_name"] == "ดอย"


def test_of_several_who_add_the_same_school_one_does(office: Office) -> None:
    def add(name: str) -> None:
        office.send(AddOrganisation, kind="school", code="50050009", name=name)

    assert Counter(race(add, ["ก", "ข", "ค"])) == {"has it": 1, "taken": 2}


def test_a_school_closes_when_nobody_is_in_its_posts(office: Office) -> None:
    school = office.schools["บ้านดอยคำ"]
    with pytest.raises(OutOfOrder):
        office.send(CloseOrganisation, id=school, reason="รวมสถานศึกษา")
    teacher = {"id": office.posts["teacher"], "person": office.people["teacher"]}
    office.send(VacatePost, **teacher, last_day="2026-02-15")
    office.send(CloseOrganisation, id=school, reason="รวมสถานศึกษา")
    with pytest.raises(OutOfOrder):
        office.send(CloseOrganisation, id=school, reason="รวมสถานศึกษา")
    for command, wish in (
        (AddPerson, {"first_name": "ก", "last_name": "ข"}),
        (AddGroup, {"name": "ก"}),
        (CreatePost, {"role": "school_clerk", "title": "ธุรการ"}),
    ):
        with pytest.raises(OutOfOrder):
            office.send(command, organisation=school, **wish)
    names = [one["name"] for one in office.ask(ListOrganisations)["items"]]
    assert names == ["สพป.ตัวอย่าง เขต 5", "บ้านแม่ลาย"]
    office.send(AddOrganisation, kind="school", code="50050001", name="บ้านดอยคำ")
    with pytest.raises(OutOfOrder):
        office.send(CloseOrganisation, id=office.id, reason="ยุบ")


def test_organisations_are_found_and_listed_in_pages(office: Office) -> None:
    for number, name in enumerate(["บ้านขุน", "บ้านเกาะ", "แม่โถวิทยา", "ก้านเหลือง", "โรงเรียนใหญ่"]):
        office.send(AddOrganisation, kind="school", code=f"9{number}", name=name)
    whole = office.ask(ListOrganisations, kind="school")
    names = [one["name"] for one in whole["items"]]
    assert names == [
        "ก้านเหลือง", "บ้านเกาะ", "บ้านขุน", "บ้านดอยคำ", "บ้านแม่ลาย", "แม่โถวิทยา", "โรงเรียนใหญ่",
    ]  # fmt: skip
    found, cursor = [], None
    while True:
        page = office.ask(ListOrganisations, kind="school", limit=2, cursor=cursor)
        found += page["items"]
        assert page["total"] == 7
        if (cursor := page["next"]) is None:
            break
    assert found == whole["items"]
    assert [one["code"] for one in office.ask(ListOrganisations, q="ดอยคํา")["items"]] == [
        "50050001"
    ]
    assert [one["name"] for one in office.ask(ListOrganisations, q="๕๐๐๕๐๐๐๒")["items"]] == [
        "บ้านแม่ลาย"
    ]
    assert office.ask(ListOrganisations, q="%")["items"] == []


def test_one_group_at_a_time_does_general_administration(office: Office) -> None:
    def central() -> list[str]:
        return [one["name"] for one in office.ask(ListGroups)["items"] if one["central"]]

    plan = office.groups["กลุ่มนโยบายและแผน"]
    assert central() == ["กลุ่มอำนวยการ"]
    office.send(ChangeGroup, id=plan, name="กลุ่มแผน", central=True)
    assert central() == ["กลุ่มแผน"]
    ids = list(office.groups.values())
    office.send(ChangeGroup, id=plan, name="กลุ่มแผน", central=False)
    assert central() == []
    race(lambda id: office.send(ChangeGroup, id=id, name=f"กลุ่ม {id}", central=True), ids)
    assert len(central()) == 1
    office.send(AddGroup, organisation=office.id, name="กลุ่มใหม่", central=True)
    assert central() == ["กลุ่มใหม่"]
    with pytest.raises(Taken):
        office.send(AddGroup, organisation=office.id, name="กลุ่มใหม่")


def test_a_group_closes_when_it_has_no_open_post(office: Office) -> None:
    plan, post = office.groups["กลุ่มนโยบายและแผน"], office.posts["officer"]
    with pytest.raises(OutOfOrder):
        office.send(CloseGroup, id=plan)
    shown = {one["name"]: one["people"] for one in office.ask(ListGroups)["items"]}
    assert shown == {"กลุ่มอำนวยการ": 0, "กลุ่มนโยบายและแผน": 1}
    title = "นักวิเคราะห์นโยบายและแผน"
    office.send(ChangePost, id=post, group=office.groups["กลุ่มอำนวยการ"], title=title)
    office.send(CloseGroup, id=plan)
    with pytest.raises(Invalid):
        office.send(ChangePost, id=post, group=plan, title=title)
    with pytest.raises(Invalid):
        office.send(CreatePost, organisation=office.id, group=plan, role="officer", title="ก")


def test_posts_are_listed_from_the_director_down(office: Office) -> None:
    group = office.groups["กลุ่มอำนวยการ"]
    for role, title in (("officer", "ก"), ("group_head", "ผอ.กลุ่ม")):
        office.send(CreatePost, organisation=office.id, group=group, role=role, title=title)
    shown = office.ask(ListPosts)["items"]
    assert [(one["title"], one["holder_name"]) for one in shown] == [
        ("ผอ.เขต", "นายdirector ใจดี"),
        ("รอง ผอ.เขต", "นายdeputy ใจดี"),
        ("ผู้ดูแลระบบ", "นายadmin ใจดี"),
        ("ผอ.กลุ่ม", ""),
        ("ก", ""),
        ("นักวิเคราะห์นโยบายและแผน", "นายofficer ใจดี"),
    ]
    closing = {"id": shown[4]["id"], "last_day": "2026-02-15"}
    office.send(ClosePost, **closing)
    assert len(office.ask(ListPosts)["items"]) == 5
    assert office.ask(GetPost, id=closing["id"])["closed_after"] == "2026-02-15"


def test_people_are_found_by_name_title_group_and_role(office: Office) -> None:
    officer = office.acting_as("officer")

    def found(**params: str) -> list[str]:
        page = office.ask(ListPeople, by=officer, **params)
        assert page["total"] == len(page["items"])
        return [one["name"].split()[0].removeprefix("นาย") for one in page["items"]]

    assert found() == ["admin", "deputy", "director", "officer"]
    assert found(q="OFFIC") == ["officer"]
    assert found(q="ผอ.เขต") == ["deputy", "director"]
    assert found(group=office.groups["กลุ่มนโยบายและแผน"]) == ["officer"]
    assert found(role="director") == ["director"]
    assert found(q="_") == []
    assert found(organisation=office.schools["บ้านดอยคำ"]) == ["teacher"]
    first = office.ask(ListPeople, by=officer, limit=3)
    rest = office.ask(ListPeople, by=officer, limit=3, cursor=first["next"])
    assert (first["total"], len(first["items"]), len(rest["items"])) == (4, 3, 1)


def test_changing_a_person_acts_on_the_version_that_was_seen(office: Office) -> None:
    seen = office.ask(GetPerson, id=office.people["officer"])
    wish = {"id": seen["id"], "first_name": "ใหม่", "last_name": "ใจดี", "email": "n@example.org"}
    office.harness.send(COMMAND_LINE, ChangePerson, if_match=seen["version"], **wish)
    with pytest.raises(Stale):
        office.harness.send(COMMAND_LINE, ChangePerson, if_match=seen["version"], **wish)
    again = office.ask(GetPerson, id=seen["id"])
    assert (again["name"], again["version"]) == ("ใหม่ ใจดี", seen["version"] + 1)
    office.send(ChangePerson, **wish)
    assert office.ask(GetPerson, id=seen["id"])["version"] == again["version"]
    with pytest.raises(Invalid) as error:
        office.send(ChangePerson, **wish | {"email": "no address"})
    assert set(error.value.fields) == {"email"}


def test_only_administrators_manage(office: Office) -> None:
    wishes = [
        (AddOrganisation, {"kind": "school", "code": "1", "name": "ก"}),
        (ChangeOrganisation, {"id": office.id, "code": "1", "name": "ก"}),
        (AddGroup, {"organisation": office.id, "name": "ก"}),
        (AddPerson, {"organisation": office.id, "first_name": "ก", "last_name": "ข"}),
        (ErasePerson, {"id": office.people["officer"]}),
        (CreatePost, {"organisation": office.id, "role": "director", "title": "ก"}),
        (ClosePost, {"id": office.posts["officer"], "last_day": "2026-02-16"}),
    ]
    director, admin = office.acting_as("director"), office.acting_as("admin")
    for command, body in wishes:
        with pytest.raises(Forbidden):
            office.send(command, by=director, **body)
    assert office.ask(ListGroups, by=director)["actions"] == []
    assert office.ask(ListGroups, by=admin)["actions"] == ["add_group"]
    for organisation in office.schools.values():
        office.send(AddPerson, by=admin, organisation=organisation, first_name="ก", last_name="ข")


def test_a_school_sees_itself_and_no_other(office: Office) -> None:
    teacher = office.acting_as("teacher")
    own, other = office.schools["บ้านดอยคำ"], office.schools["บ้านแม่ลาย"]
    assert office.ask(ListPeople, by=teacher)["total"] == 1
    assert office.ask(GetPerson, by=teacher, id=teacher.person)["organisation"] == own
    for query, params in (
        (ListPeople, {"organisation": other}),
        (ListPeople, {"organisation": office.id}),
        (ListPosts, {"organisation": other}),
        (ListGroups, {"organisation": office.id}),
        (GetPerson, {"id": office.people["neighbour"]}),
        (GetPost, {"id": office.posts["neighbour"]}),
        (GetPerson, {"id": UNKNOWN}),
        (GetPost, {"id": UNKNOWN}),
    ):
        with pytest.raises(NotFound):
            office.ask(query, by=teacher, **params)
    with pytest.raises(NotFound):
        office.send(ErasePerson, by=teacher, id=office.people["neighbour"])
    known = office.ask(Names, by=teacher, ids=[*office.people.values(), UNKNOWN])["items"]
    assert office.people["neighbour"] not in {one["id"] for one in known}
    assert len(known) == len(office.people) - 1


def test_personal_data_are_shown_to_administrators_and_the_person(office: Office) -> None:
    officer, deputy = office.acting_as("officer"), office.acting_as("deputy")
    admin = office.acting_as("admin")
    for actor, shown in ((officer, True), (admin, True), (deputy, False)):
        answer = office.ask(GetPerson, by=actor, id=officer.person)
        assert answer["name"] == "นายofficer ใจดี"
        assert answer["email"] == ("officer@example.org" if shown else "")
        assert answer["phone"] == ("0 5310 0000" if shown else "")
        assert (answer["account"] is not None) is shown
        assert ("change_person" in answer["actions"]) is (actor is admin)
    with pytest.raises(Forbidden):
        office.ask(Contact, by=admin, ids=[officer.person])
    found = office.ask(Contact, ids=[officer.person, UNKNOWN])["items"]
    assert [one["email"] for one in found] == ["officer@example.org"]


def test_who_was_erased_has_no_name_but_stays_on_record(office: Office) -> None:
    officer = office.acting_as("officer")
    with pytest.raises(OutOfOrder):
        office.send(ErasePerson, id=officer.person)
    post = {"id": office.posts["officer"], "person": officer.person}
    office.send(VacatePost, **post, last_day="2026-02-15")
    office.send(ErasePerson, id=officer.person)
    assert office.ask(Names, ids=[officer.person])["items"] == [
        {"id": officer.person, "name": ERASED, "title": ""}
    ]
    answer = office.ask(GetPerson, id=officer.person)
    assert (answer["name"], answer["email"], answer["account"]) == (ERASED, "", None)
    assert len(answer["holdings"]) == 1
    assert office.ask(Contact, ids=[officer.person])["items"] == []
    with pytest.raises(OutOfOrder):
        office.send(ChangePerson, id=officer.person, first_name="ก", last_name="ข")
    with pytest.raises(Invalid):
        office.fill("officer", "officer", office.harness.clock().date())


def test_nobody_gets_a_post_while_being_erased(office: Office) -> None:
    wish = {"organisation": office.id, "last_name": "ตัวอย่าง"}
    for number in range(3):
        person = office.send(AddPerson, first_name=f"คนที่ {number}", **wish)["id"]
        post = office.send(CreatePost, organisation=office.id, role="officer", title="ก")["id"]

        def step(name: str, person: str = person, post: str = post) -> None:
            if name == "erase":
                office.send(ErasePerson, id=person)
            else:
                office.send(FillPost, id=post, person=person, first_day="2026-02-16")

        assert race(step, ["fill", "erase"]).count("has it") == 1


@pytest.mark.parametrize("role", Role)
def test_a_post_has_a_role_that_there_is_in_such_an_organisation(
    office: Office, role: Role
) -> None:
    school = next(iter(office.schools.values()))
    for organisation, elsewhere in (
        (office.id, {Role.SCHOOL_DIRECTOR, Role.SCHOOL_CLERK}),
        (school, {Role.DIRECTOR, Role.DEPUTY, Role.SECRETARY, Role.CENTRAL_CLERK}),
    ):
        wish = {"organisation": organisation, "role": role, "title": "ก"}
        if role not in elsewhere:
            office.send(CreatePost, **wish)
            continue
        with pytest.raises(Invalid) as refused:
            office.send(CreatePost, **wish)
        assert list(refused.value.fields) == ["role"]
        assert "เฉพาะ" in refused.value.fields["role"][0]


def test_anybody_is_told_what_the_office_is_called_and_no_more(office: Office) -> None:
    assert office.harness.ask(None, OfficeName) == {"name": "สพป.ตัวอย่าง เขต 5"}
    change = {"code": "5005", "name": "สพป.ตัวอย่าง เขต 5 (ใหม่)", "short_name": "สพป."}
    office.send(ChangeOrganisation, id=office.id, **change)
    assert office.harness.ask(None, OfficeName) == {"name": "สพป.ตัวอย่าง เขต 5 (ใหม่)"}
