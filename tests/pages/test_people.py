"""People, posts, acting, groups, schools and import, by the administrator."""

from collections.abc import Callable

import pytest

from gateway.pages import roles
from infra.identity import Role
from tests.api.office import PASSWORD, Office
from tests.pages.browsing import Browser

Browse = Callable[[str], Browser]


@pytest.mark.parametrize(
    "address",
    [
        "/people",
        "/people/new",
        "/posts",
        "/posts/new",
        "/acting",
        "/groups",
        "/groups/new",
        "/schools",
        "/schools/new",
        "/import",
    ],
)
def test_every_page_of_the_directory_opens_for_the_administrator(
    browse: Browse, address: str
) -> None:
    assert browse("admin").open(address).status == 200


def test_others_may_look_but_are_offered_nothing(browse: Browse, office: Office) -> None:
    clerk = browse("clerk")
    page = clerk.open("/people")
    assert not {"/import", "/people/new"} & {link.split("?")[0] for link in page.links}
    page = clerk.open(f"/people/{office.known.people['officer']}")
    assert [form for form in page.forms if "form" in form.fields] == []
    form = clerk.open("/people/new").form("first_name")
    before = office.counts()
    assert clerk.send(form, first_name="ก", last_name="ข").status == 403
    assert office.counts() == before


def test_a_person_is_added_given_an_account_and_a_post(browse: Browse, stranger: Browser) -> None:
    admin = browse("admin")
    page = admin.send(
        admin.open("/people/new").form("first_name"), first_name="มานี", last_name="ใจดี"
    )
    assert "ยังไม่มีบัญชี" in page.text
    person = admin.at
    page = admin.send(page.form_named("open"), username="manee", password="สั้น")
    assert page.status == 422
    assert page.form_named("open").fields["username"] == ["manee"]
    page = admin.send(page.form_named("open"), password="รหัสผ่านแรกของมานี")
    assert "เปิดบัญชีผู้ใช้แล้ว" in page.text

    form = admin.open("/posts/new").form("role", "title")
    page = admin.send(form, title="นักวิชาการศึกษา", role="officer")
    assert "ยังไม่เคยมีผู้ดำรงตำแหน่ง" in page.text
    page = admin.send(page.form_named("fill"), person=person.split("/")[-1], first_day="1 ก.พ. 69")
    assert "มานี ใจดี" in page.text
    assert "1 ก.พ. 69" in page.text
    assert "นักวิชาการศึกษา" in admin.open("/people?q=มานี").text

    form = stranger.open("/login").form("username")
    page = stranger.send(form, username="manee", password="รหัสผ่านแรกของมานี")
    assert stranger.at == "/settings/password"  # whoever has a given password chooses their own
    new = "เลือกเองยาวพอสมควร"
    page = stranger.send(page.form("new"), current="รหัสผ่านแรกของมานี", new=new, again=new + "x")
    assert "ไม่ตรงกับรหัสผ่านใหม่" in page.text
    page = stranger.send(page.form("new"), current="ผิด", new=new, again=new)
    assert page.status in (401, 422)
    page = stranger.send(page.form("new"), current="รหัสผ่านแรกของมานี", new=new, again=new)
    assert "เปลี่ยนรหัสผ่านแล้ว" in page.text


def test_whoever_acts_for_another_sees_in_which_capacity_and_can_switch(
    browse: Browse, office: Office
) -> None:
    admin, deputy = browse("admin"), browse("deputy")
    page = admin.open(f"/posts/{office.known.posts['director']}")
    page = admin.send(
        page.form_named("acting"),
        person=office.known.people["deputy"],
        first_day="วันนี้",
        last_day="20 ก.พ. 69",
        order="คำสั่งที่ 5/2569",
    )
    assert "รักษาราชการแทน 16 ก.พ. 69 20 ก.พ. 69 คำสั่งที่ 5/2569" in page.text
    assert "คำสั่งที่ 5/2569" in admin.open("/acting").text
    office.clock.advance(minutes=1)  # what the gateway kept of the two is asked anew
    away = browse("director").open("/")
    assert "มีผู้ปฏิบัติหน้าที่แทนอยู่" in away.text
    assert f"/posts/{office.known.posts['director']}" in browse("director").open("/acting").links
    page = deputy.open("/settings")
    assert "รักษาราชการแทน ผู้อำนวยการสำนักงาน" in page.text
    switch = page.form("post") if [f for f in page.forms if "post" in f.fields] else page.forms[0]
    assert switch.action == "/acting-from"
    page = deputy.send(switch, post=office.known.posts["director"])
    assert "รักษาราชการแทน ผู้อำนวยการสำนักงาน" in page.text

    back = browse("director")
    page = back.open(f"/posts/{office.known.posts['director']}")
    page = back.send(page.form_named("end"), last_day="เมื่อวาน")
    assert "บันทึกวันสิ้นสุดแล้ว" in page.text
    office.clock.advance(minutes=1)
    assert "/standards" in browse("director").open("/settings").links


def test_a_locked_account_no_longer_logs_in(
    browse: Browse, office: Office, stranger: Browser
) -> None:
    admin = browse("admin")
    page = admin.open(f"/people/{office.known.people['finance']}")
    page = admin.send(page.form_named("lock"))
    assert "ระงับอยู่" in page.text
    form = stranger.open("/login").form("username")
    page = stranger.send(form, username="finance", password=PASSWORD + "finance")
    assert page.status in (401, 403)
    page = admin.open(f"/people/{office.known.people['finance']}")
    assert "ใช้ได้" in admin.send(page.form_named("unlock")).text


def test_a_group_is_added_and_renamed(browse: Browse) -> None:
    admin = browse("admin")
    page = admin.send(admin.open("/groups/new").form("name", "central"), name="กลุ่มนิเทศ")
    assert "กลุ่มนิเทศ" in page.text
    known = {link for link in page.links if link.startswith("/groups/") and "new" not in link}
    for link in known:
        form = admin.open(link).form("name", "central")
        if form.fields["name"] == ["กลุ่มนิเทศ"]:
            page = admin.send(form, name="กลุ่มนิเทศ ติดตาม")
    assert "กลุ่มนิเทศ ติดตาม" in page.text


def test_schools_are_found_by_a_part_of_their_name(browse: Browse) -> None:
    admin = browse("admin")
    form = admin.open("/schools/new").form("code")
    page = admin.send(form, code="99990002", name="โรงเรียนบ้านดอยคำ")
    assert "เพิ่ม โรงเรียนบ้านดอยคำ แล้ว" in page.text
    page = admin.open("/schools?q=ดอย")
    assert "โรงเรียนบ้านดอยคำ" in page.text
    assert "โรงเรียนทดสอบ" not in page.text
    assert "ไม่พบโรงเรียน ลองคำที่สั้นลง" in admin.open("/schools?q=ไม่มี").text
    admin.at = "/schools/new"
    taken = admin.send(form, code="99990002", name="อีกแห่ง", form_key="")
    assert taken.status in (409, 422)
    assert taken.form("code").fields["name"] == ["อีกแห่ง"]


def test_an_import_is_tried_first_and_loaded_when_nothing_is_wrong(
    browse: Browse, office: Office
) -> None:
    admin = browse("admin")
    wrong = "รหัส,ชื่อ\n99990010,โรงเรียนหนึ่ง\n,โรงเรียนไร้รหัส\n".encode()
    form = admin.open("/import?kind=schools").form("kind")
    before = office.counts()
    page = admin.send(form, upload=office.upload("admin", wrong, "schools.csv"))
    assert "พบข้อผิดพลาด 1 แห่งใน 2 แถว" in page.text
    assert "3 รหัส ต้องกรอกช่องนี้" in page.text
    assert office.counts() == before

    right = "รหัส,ชื่อ\n99990010,โรงเรียนหนึ่ง\n99990011,โรงเรียนสอง\n".encode()
    page = admin.send(page.form("kind"), upload=office.upload("admin", right, "schools.csv"))
    assert "ไฟล์ถูกต้องทั้ง 2 แถว" in page.text
    assert office.counts() == before
    page = admin.send(page.form_named("load"))
    assert "นำเข้าแล้ว เพิ่ม 2" in page.text
    assert "โรงเรียนสอง" in page.text


def test_an_import_without_a_file_says_so(browse: Browse) -> None:
    admin = browse("admin")
    page = admin.send(admin.open("/import").form("kind"))
    assert page.status == 422
    assert "ไฟล์: เลือกไฟล์ก่อน" in page.text


def test_a_new_office_is_led_through_its_beginning(browse: Browse, office: Office) -> None:
    admin = browse("admin")
    assert "เริ่มใช้งานสำนักงาน" not in admin.open("/people").text
    form = admin.open(f"/posts/{office.known.posts['director']}").form_named("vacate")
    assert "บันทึกวันพ้นตำแหน่งแล้ว" in admin.send(form, last_day="1 ม.ค. 69").text
    page = admin.open("/people")
    assert "เพิ่มกลุ่มของสำนักงาน เสร็จแล้ว" in page.text
    assert "เพิ่มบุคคลและตำแหน่ง นำเข้าทั้งหมดจากไฟล์ได้" in page.text
    assert "เริ่มใช้งานสำนักงาน" not in browse("clerk").open("/people").text


def test_an_empty_file_to_fill_in_is_one_that_the_import_knows(
    browse: Browse, office: Office
) -> None:
    admin = browse("admin")
    people = [
        f"คนที่{number},ใจดี,,,,,กลุ่มอำนวยการ,{words},ตำแหน่งที่ {number},1 ม.ค. 69"
        for number, (role, words) in enumerate(roles.WORDS.items())
        if role not in (Role.SCHOOL_CLERK, Role.SCHOOL_DIRECTOR)
    ]
    for kind, lines in (("schools", ["99990001,โรงเรียนบ้านทดสอบ,"]), ("people", people)):
        filled = admin.client.get(f"/import/{kind}.csv").data + "\n".join(lines).encode()
        form = admin.open("/import").form("kind")
        page = admin.send(form, kind=kind, upload=office.upload("admin", filled, "ใหม่.csv"))
        assert f"{len(lines)} แถว" in page.text
        assert "ไม่รู้จัก" not in page.text
    assert admin.open("/import/letters.csv").status == 404


def test_an_address_that_cannot_be_is_not_found(browse: Browse) -> None:
    page = browse("admin").open("/posts/xyz")
    assert page.status == 404
    assert "ไม่พบหน้านี้" in page.text
