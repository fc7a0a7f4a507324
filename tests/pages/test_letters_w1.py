"""W1 by forms of pages: a letter from the registry to its closing, each step by whose it is."""

from collections.abc import Callable

import pytest

from tests.api.office import Office
from tests.pages.browsing import Browser
from tests.pages.letters import (
    COLUMNS,
    do,
    offered,
    ordered,
    pdf,
    post,
    proposed,
    received,
    registered,
)

Browse = Callable[[str], Browser]


def test_a_letter_is_ordered_acted_on_reported_and_closed(browse: Browse, office: Office) -> None:
    plan = office.known.groups["plan"]
    clerk, director, officer = browse("clerk"), browse("director"), browse("officer")
    upload = office.upload("clerk", pdf(2), "หนังสือ.pdf")
    form = clerk.open("/letters/new").form("reference")
    clerk.send(form, **COLUMNS, urgency="very_urgent", uploads=upload)
    letter = clerk.at.removeprefix("/letters/new?after=")
    page = do(clerk, letter, "propose_letter", text="เห็นควรมอบกลุ่มนโยบายและแผน")
    assert "เสนอแล้ว" in page.text
    assert offered(page).isdisjoint({"propose_letter", "order_letter"})
    assert "ขณะนี้อยู่ที่ รองผู้อำนวยการ" in page.text
    do(browse("deputy"), letter, "endorse_letter", text="เห็นชอบตามเสนอ")

    page = director.open(f"/letters/{letter}")
    assert "เห็นชอบตามเสนอ" in page.text
    page = director.send(
        page.form_named("order_letter"),
        choice="schools",
        lead=plan,
        supporting=[office.known.groups["finance"], plan],
        due="20 ก.พ. 69",
        text="แจ้งโรงเรียนภายในสัปดาห์นี้",
    )
    assert "สั่งการแล้ว" in page.text
    assert "มอบ กลุ่มนโยบายและแผน เป็นเจ้าของเรื่อง" in page.text
    assert "ร่วมดำเนินการ: กลุ่มบริหารงานการเงินและสินทรัพย์" in page.text
    assert "แจ้งโรงเรียนในสังกัด" in page.text
    assert "กำหนดภายใน วันศุกร์ที่ 20 กุมภาพันธ์ 2569" in page.text

    page = do(browse("groupclerk"), letter, f"receive_by_group.{plan}")
    assert "ลงรับเข้ากลุ่มแล้ว เลขที่ 1/2569" in page.text
    head = browse("head")
    page = do(
        head,
        letter,
        f"assign_letter.{plan}",
        officer=office.known.people["officer"],
        due="19 ก.พ. 69",
    )
    assert "มอบหมาย นายทำ ทดสอบ" in page.text
    assert "รับทราบแล้ว" in do(officer, letter, f"acknowledge_letter.{plan}").text
    do(officer, letter, f"note_progress.{plan}", text="แจ้งแล้ว 60 โรงเรียน")
    report = office.upload("officer", pdf(), "สรุปผล.pdf")
    page = do(officer, letter, f"report_result.{plan}", text="แจ้งครบแล้ว", uploads=report)
    assert "สรุปผล.pdf" in page.text
    page = do(head, letter, f"send_report_back.{plan}", reason="ขอรายชื่อโรงเรียน")
    do(officer, letter, f"report_result.{plan}", text="แนบรายชื่อแล้ว")
    finance = office.known.groups["finance"]
    do(browse("financehead"), letter, f"return_by_group.{finance}", reason="ไม่เกี่ยวข้อง")
    do(head, letter, f"close_group_work.{plan}", text="ครบถ้วน")
    page = clerk.open(f"/letters/{letter}")
    assert "ปิดเรื่องแล้ว" in page.text
    for said in ("แจ้งแล้ว 60 โรงเรียน", "ขอรายชื่อโรงเรียน", "แนบรายชื่อแล้ว", "ไม่เกี่ยวข้อง"):
        assert said in page.text
    assert "LetterOrdered" in page.text


def test_a_group_that_joins_later_is_not_called_the_one_whose_business_it_is(
    browse: Browse, office: Office
) -> None:
    letter = ordered(office)
    finance, director = office.known.groups["finance"], browse("director")
    page = director.open(f"/letters/{letter}")
    page = director.send(page.form_named("order_letter"), choice="act", supporting=finance)
    assert page.text.count("มอบ กลุ่มนโยบายและแผน เป็นเจ้าของเรื่อง") > 0
    assert "ร่วมดำเนินการ: กลุ่มบริหารงานการเงินและสินทรัพย์" in page.text
    assert "มอบ กลุ่มบริหารงานการเงินและสินทรัพย์ เป็นเจ้าของเรื่อง" not in page.text


@pytest.mark.parametrize(("choice", "word"), [("inform", "ทราบ"), ("file", "เก็บ")])
def test_an_order_that_asks_for_nothing_takes_one_choice(
    browse: Browse, office: Office, choice: str, word: str
) -> None:
    letter = proposed(office)
    page = do(browse("director"), letter, "order_letter", choice=choice)
    assert "ปิดเรื่องแล้ว" in page.text
    assert f"สั่งการ {word}" in page.text


def test_an_order_without_a_group_is_asked_for_one_and_keeps_the_text(
    browse: Browse, office: Office
) -> None:
    letter, director = proposed(office), browse("director")
    page = do(director, letter, "order_letter", text="เร่งดำเนินการ", due="32 ก.พ.")
    assert page.status == 422
    assert "กลุ่มเจ้าของเรื่อง: เลือกกลุ่มเจ้าของเรื่อง" in page.text
    kept = page.form_named("order_letter").fields
    assert kept["text"] == ["เร่งดำเนินการ"]
    assert kept["due"] == ["32 ก.พ."]


def test_a_stale_page_says_so_keeps_what_was_typed_and_can_be_sent_again(
    browse: Browse, office: Office
) -> None:
    clerk, letter = browse("clerk"), registered(office)
    page = clerk.open(f"/letters/{letter}")
    do(browse("clerk"), letter, "correct_registration", subject="เรื่องใหม่", reason="พิมพ์ผิด")
    page = clerk.send(page.form_named("propose_letter"), text="พิมพ์ไว้ก่อนแล้ว")
    assert page.status == 412
    assert "มีผู้แก้ไขข้อมูลนี้" in page.text
    assert "เรื่องใหม่" in page.text
    form = page.form_named("propose_letter")
    assert form.fields["text"] == ["พิมพ์ไว้ก่อนแล้ว"]
    assert "เสนอแล้ว" in clerk.send(form).text


def test_a_step_that_somebody_else_took_is_refused_with_the_text_kept(
    browse: Browse, office: Office
) -> None:
    clerk, letter = browse("clerk"), registered(office)
    page = clerk.open(f"/letters/{letter}")
    do(browse("clerk"), letter, "propose_letter", text="เร็วกว่า")
    late = page.form_named("propose_letter")
    late.fields["form_version"] = ["2"]
    page = clerk.send(late, text="ช้ากว่า")
    assert page.status == 409
    assert page.form_named("propose_letter").fields["text"] == ["ช้ากว่า"]
    assert "เร็วกว่า" in page.text


def test_a_group_gives_back_what_is_not_its_business(browse: Browse, office: Office) -> None:
    letter = ordered(office)
    plan = office.known.groups["plan"]
    page = do(browse("groupclerk"), letter, f"return_by_group.{plan}", reason="เป็นงานบุคคล")
    page = browse("clerk").open(f"/letters/{letter}")
    assert "ส่งกลับ รอเสนอใหม่" in page.text
    assert "เป็นงานบุคคล" in page.text
    assert "propose_letter" in offered(page)


def test_an_order_may_be_added_to_but_is_not_put_forward(browse: Browse, office: Office) -> None:
    letter, director = ordered(office), browse("director")
    page = director.open(f"/letters/{letter}")
    assert "สั่งการเพิ่ม" in page.text
    form = page.form_named("order_letter")
    assert "lead" not in form.fields
    assert "เลือกกลุ่มที่จะมอบเพิ่ม" in director.send(form, choice="act").text
    page = director.send(form, choice="act", supporting=office.known.groups["finance"])
    assert "กลุ่มบริหารงานการเงินและสินทรัพย์ รอลงรับ" in page.text


def test_the_clerk_fetches_back_what_lies_on_another_s_desk(browse: Browse, office: Office) -> None:
    letter = proposed(office)
    nobody = "วันนี้ไม่มีผู้ปฏิบัติหน้าที่ในตำแหน่งนี้"
    page = browse("clerk").open(f"/letters/{letter}")
    assert "ดึงกลับมาแก้ไข" in page.text
    assert nobody not in page.text
    assert "ส่งกลับแก้ไข" in browse("director").open(f"/letters/{letter}").text
    left = {"person": office.known.people["director"], "last_day": "2026-02-15"}
    post(office, "admin", f"/api/posts/{office.known.posts['director']}/vacancies", **left)
    office.settle()
    assert nobody in browse("clerk").open(f"/letters/{letter}").text
    page = do(browse("clerk"), letter, "send_letter_back", reason="เสนอผิดเรื่อง")
    assert "กลับมาที่สารบรรณแล้ว" in page.text
    assert "propose_letter" in offered(page)


def test_each_is_offered_their_own_steps_alone(browse: Browse, office: Office) -> None:
    letter = ordered(office)
    steps = {
        who: offered(browse(who).open(f"/letters/{letter}"))
        for who in ("director", "groupclerk", "head", "auditor")
    }
    assert steps["director"] == {"order_letter"}
    assert {"receive_by_group", "return_by_group"} <= steps["groupclerk"]
    assert "order_letter" not in steps["head"]
    assert steps["auditor"] == set()


def test_the_tray_names_the_step_and_the_page_opens_its_form(
    browse: Browse, office: Office
) -> None:
    letter = registered(office)
    page = browse("clerk").open("/")
    way = f"/letters/{letter}?do=propose_letter#offers"
    assert way in page.links


def test_after_a_step_the_next_one_is_a_press_away(browse: Browse, office: Office) -> None:
    first, second = registered(office), registered(office, reference="2", subject="ฉบับที่สอง")
    page = do(browse("clerk"), first, "propose_letter", text="เพื่อโปรดทราบ")
    assert "เรื่องถัดไปที่รอคุณ (1) : ฉบับที่สอง" in page.text.replace("(1):", "(1) :")
    assert f"/letters/{second}" in page.links
    assert "เรื่องถัดไป" not in do(browse("clerk"), second, "propose_letter", text="ทราบ").text


def test_a_letter_is_read_without_the_names_of_people(browse: Browse, office: Office) -> None:
    letter, head = received(office), browse("head")
    head.open("/settings")  # who asks is known for a moment
    with office.client.without("personnel"):
        page = head.open(f"/letters/{letter}")
    assert page.status == 200
    assert COLUMNS["subject"] in page.text


def test_a_forged_form_is_none_of_the_page_s(browse: Browse, office: Office) -> None:
    letter = registered(office)
    clerk, before = browse("clerk"), office.counts()
    form = clerk.open(f"/letters/{letter}").form_named("propose_letter")
    for name in ("", "no_such", f"assign_letter.{office.known.groups['plan']}", "assign_letter.x"):
        form.fields["form"] = [name]
        assert clerk.send(form).status == 404
    assert clerk.send(form, csrf="forged").status == 403
    assert office.counts() == before
