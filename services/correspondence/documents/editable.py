"""The sheet as DOCX, for those who must edit it elsewhere: the same words in the same order as on paper,
set nearly so."""

from collections.abc import Callable
from typing import Any

from docx.shared import Cm

from services.correspondence.contract.documents import DocumentKind
from services.correspondence.contract.forms import FORMS
from services.correspondence.documents.sheet import URGENCY, Sheet, lines
from services.correspondence.documents.word import BLANK, Paper

_HEADED = {  # what the date stands behind; nothing where the office and the day close it
    DocumentKind.ORDER: "สั่ง ณ วันที่",
    DocumentKind.RULE: "ประกาศ ณ วันที่",
    DocumentKind.REGULATION: "ประกาศ ณ วันที่",
    DocumentKind.ANNOUNCEMENT: "ประกาศ ณ วันที่",
    DocumentKind.STATEMENT: "",
    DocumentKind.NEWS: "",
}


def docx(sheet: Sheet) -> bytes:
    """The sheet as a Word document. Blocks for some tens of milliseconds."""
    paper = Paper(sheet)
    _FORMS.get(sheet.kind, _headed)(paper, sheet)
    return paper.content()


def _external(paper: Paper, sheet: Sheet) -> None:
    paper.emblem(sheet.emblem, Cm(3))
    _urgency(paper, sheet)
    head = [*lines(sheet.words(sheet.letterhead)), *lines(sheet.words(sheet.address))]
    paper.beside(f"ที่ {_reference(sheet)}", head)
    paper.line(_day(sheet), left=Cm(7.5))
    paper.labelled("เรื่อง", sheet.field("subject"))
    paper.line(sheet.field("salutation"))
    paper.listed("อ้างถึง", sheet.entries("references"))
    paper.listed("สิ่งที่ส่งมาด้วย", sheet.entries("enclosures"))
    paper.blocks(sheet.blocks("body"))
    paper.centred([sheet.field("closing")], left=Cm(2.2), before=12)
    _signature(paper, sheet, left=Cm(2.2))
    _foot(paper, sheet)


def _memorandum(paper: Paper, sheet: Sheet) -> None:
    paper.emblem(sheet.emblem, Cm(1.5), align="left")
    _urgency(paper, sheet)
    paper.line("บันทึกข้อความ", align="center", before=0, bold=True, points=29)
    unit = sheet.field("unit")
    phone = f"โทร. {sheet.telephone}" if sheet.telephone else ""
    paper.labelled("ส่วนราชการ", f"{unit} {phone}".strip())
    paper.beside(f"ที่  {_reference(sheet)}", [f"วันที่  {_day(sheet)}"])
    paper.labelled("เรื่อง", sheet.field("subject"))
    paper.line(sheet.field("salutation"))
    paper.listed("อ้างถึง", sheet.entries("references"))
    paper.listed("สิ่งที่ส่งมาด้วย", sheet.entries("enclosures"))
    paper.blocks(sheet.blocks("body"))
    _signature(paper, sheet)


def _sealed(paper: Paper, sheet: Sheet) -> None:
    paper.emblem(sheet.emblem, Cm(3))
    _urgency(paper, sheet)
    paper.line(f"ที่ {_reference(sheet)}", before=0)
    paper.labelled("ถึง", sheet.field("salutation"))
    paper.listed("สิ่งที่ส่งมาด้วย", sheet.entries("enclosures"))
    paper.blocks(sheet.blocks("body"))
    paper.centred(lines(sheet.words(sheet.letterhead)), left=Cm(5), before=12)
    paper.centred(["", "(ตราชื่อส่วนราชการ)", "", _day(sheet)], left=Cm(5))
    _foot(paper, sheet)


def _headed(paper: Paper, sheet: Sheet) -> None:
    issuer, subject, edition = map(sheet.field, ("issuer", "subject", "edition"))
    paper.emblem(sheet.emblem, Cm(3))
    title = f"{FORMS[sheet.kind].title}{issuer}"
    edition = f"ฉบับที่ {edition}" if edition and "ฉบับ" not in edition else edition
    year = sheet.date["year"] if sheet.date else "........"
    match sheet.kind:
        case DocumentKind.ORDER:
            heading = [title, f"ที่ {_reference(sheet)}", f"เรื่อง {subject}"]
        case DocumentKind.RULE | DocumentKind.REGULATION:
            heading = [title, f"ว่าด้วย{subject}", f"({edition})" if edition else "", f"พ.ศ. {year}"]
        case _:
            heading = [title, f"เรื่อง {subject}", edition]
    for text in (*filter(None, heading), "_" * 20):
        paper.line(text, align="center", before=0)
    paper.blocks(sheet.blocks("grounds"))
    paper.blocks(sheet.blocks("body"))
    if dated := _HEADED[sheet.kind]:
        paper.line(f"{dated} {_official_day(sheet)}", left=Cm(5), before=12)
        _signature(paper, sheet)
    else:
        paper.centred([issuer, _day(sheet)], before=12)


def _certificate(paper: Paper, sheet: Sheet) -> None:
    paper.emblem(sheet.emblem, Cm(3))
    head = [*lines(sheet.words(sheet.letterhead)), *lines(sheet.words(sheet.address))]
    paper.beside(f"เลขที่ {_reference(sheet)}", head)
    paper.blocks(sheet.blocks("body"))
    paper.line(f"ให้ไว้ ณ วันที่ {_official_day(sheet)}", left=Cm(5), before=12)
    _signature(paper, sheet)


def _minutes(paper: Paper, sheet: Sheet) -> None:
    subject = sheet.field("subject")
    title = subject if subject.startswith("รายงานการประชุม") else f"รายงานการประชุม{subject}"
    held = sheet.field("held")
    for text in (
        title,
        f"ครั้งที่ {sheet.field('session')}",
        f"เมื่อ{held}" if held.startswith("วัน") else f"เมื่อวันที่ {held}",
        f"ณ {sheet.field('place')}",
    ):
        paper.line(text, align="center", before=0, bold=True)
    people = {"present": "ผู้มาประชุม", "absent": "ผู้ไม่มาประชุม", "attending": "ผู้เข้าร่วมประชุม"}
    for name, label in people.items():
        entries = sheet.entries(name)
        if entries:
            paper.line(label, bold=True)
        for number, parts in enumerate(entries, 1):
            paper.line(f"{sheet.digits(str(number))}. " + "\t".join(parts), left=Cm(0.6), before=0)
    paper.line(f"เริ่มประชุมเวลา {sheet.field('opened')}")
    paper.blocks(sheet.blocks("body"))
    paper.line(f"เลิกประชุมเวลา {sheet.field('closed')}")
    paper.centred(["", "", f"({sheet.field('recorder')})", "ผู้จดรายงานการประชุม"])
    if sheet.signer:
        _signature(paper, sheet)
        paper.centred(["ผู้ตรวจรายงานการประชุม"])


def _other(paper: Paper, sheet: Sheet) -> None:
    if sheet.reference:
        paper.line(f"ที่ {_reference(sheet)}", before=0)
    paper.line(sheet.field("subject"), align="center", bold=True)
    paper.blocks(sheet.blocks("body"))
    _signature(paper, sheet)


_FORMS: dict[DocumentKind, Callable[[Paper, Sheet], None]] = {
    DocumentKind.EXTERNAL: _external,
    DocumentKind.MEMORANDUM: _memorandum,
    DocumentKind.SEALED: _sealed,
    DocumentKind.CERTIFICATE: _certificate,
    DocumentKind.MINUTES: _minutes,
    DocumentKind.OTHER: _other,
}


def _urgency(paper: Paper, sheet: Sheet) -> None:
    if word := URGENCY[sheet.urgency]:
        paper.line(word, before=0, bold=True, points=32, red=True)


def _reference(sheet: Sheet) -> str:
    return sheet.words(sheet.reference) or BLANK


def _day(sheet: Sheet) -> str:
    return " ".join(sheet.date.values()) if sheet.date else BLANK


def _official_day(sheet: Sheet) -> str:
    return " พ.ศ. ".join(sheet.date.values()) if sheet.date else BLANK


def _signature(paper: Paper, sheet: Sheet, **place: Any) -> None:
    name = sheet.words(sheet.signer) or BLANK
    paper.centred(["", "", "", f"({name})", *sheet.position], **place)


def _foot(paper: Paper, sheet: Sheet) -> None:
    phone, email = sheet.telephone, sheet.words(sheet.email)
    paper.line("", before=0)
    for text in (
        sheet.field("unit"),
        f"โทร. {phone}" if phone else "",
        f"ไปรษณีย์อิเล็กทรอนิกส์ {email}" if email else "",
    ):
        if text:
            paper.line(text, before=0)
    paper.listed("สำเนาส่ง", sheet.entries("copies"))
