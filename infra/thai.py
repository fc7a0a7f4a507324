"""Thai as people write and read it: digits, Buddhist-era dates, text folded for search, and
alphabetical order.
"""

import re
import unicodedata
import zlib
from datetime import date, datetime, time, timedelta
from typing import Literal

from infra.clock import bangkok

DateStyle = Literal["long", "short", "numeric"]

ERA = 543  # Buddhist year = Gregorian year + 543

MONTHS = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
SHORT_MONTHS = (
    "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.",
    "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
)  # fmt: skip
WEEKDAYS = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")
_ENGLISH_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

_TO_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_TO_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


def to_thai_digits(text: str) -> str:
    return text.translate(_TO_THAI)


def to_arabic_digits(text: str) -> str:
    return text.translate(_TO_ARABIC)


def format_date(day: date, style: DateStyle = "long", thai_digits: bool = False) -> str:
    """`day` in the Buddhist era: 15 กุมภาพันธ์ 2569, 15 ก.พ. 69 or 15/02/2569."""
    year = day.year + ERA
    match style:
        case "long":
            text = f"{day.day} {MONTHS[day.month - 1]} {year}"
        case "short":
            text = f"{day.day} {SHORT_MONTHS[day.month - 1]} {year % 100:02}"
        case "numeric":
            text = f"{day.day:02}/{day.month:02}/{year}"
    return to_thai_digits(text) if thai_digits else text


def format_time(moment: time | datetime, thai_digits: bool = False) -> str:
    """09:30 น.; an aware datetime is first brought to Bangkok."""
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        moment = bangkok(moment)
    text = f"{moment:%H:%M} น."
    return to_thai_digits(text) if thai_digits else text


def format_moment(moment: datetime, style: DateStyle = "short", thai_digits: bool = False) -> str:
    """An aware datetime on a Bangkok wall clock: 15 ก.พ. 69 09:30 น."""
    local = bangkok(moment)
    return f"{format_date(local.date(), style, thai_digits)} {format_time(local, thai_digits)}"


def parse_date(text: str, today: date) -> date:
    """The day that somebody typed, as `15 ก.พ. 69`, `15/2/2569`, `๑๕ กุมภาพันธ์ ๒๕๖๙`,
    `2026-02-15`, `วันนี้`, `ศุกร์หน้า`, `อีก 3 วัน`.

    A year of two digits is Buddhist; of four, whichever era makes it near; none is this year.
    Raises ValueError with a Thai message that says what to mend.
    """
    words = fold(text).replace("ฯ", "")
    return _named_day(words, today) or _written_day(words, today)


def parse_time(text: str) -> time:
    """The time that somebody typed: `9.30`, `09:30 น.`, `0930`, `9 น.`, `เที่ยง`.

    Raises ValueError with a Thai message.
    """
    words = re.sub(r"\s*(น|นาฬิกา|hrs?)\.?$", "", fold(text)).strip()
    if words == "เที่ยง":
        return time(12)
    if words == "เที่ยงคืน":
        return time(0)
    found = re.fullmatch(r"(\d{1,2})(?:\s?[.:]\s?(\d{2})(?:[.:]\d{2})?)?|(\d{1,2})(\d{2})", words)
    if not found:
        raise ValueError("อ่านเวลาไม่ได้ ลองพิมพ์แบบ 9.30 หรือ 09:30")
    hour, minute = int(found[1] or found[3]), int(found[2] or found[4] or 0)
    if hour > 23 or minute > 59:
        raise ValueError("เวลาต้องอยู่ระหว่าง 00:00 ถึง 23:59 น.")
    return time(hour, minute)


_RELATIVE = {
    "วันนี้": 0, "today": 0, "พรุ่งนี้": 1, "วันพรุ่งนี้": 1, "tomorrow": 1,
    "มะรืน": 2, "มะรืนนี้": 2, "วันมะรืน": 2, "เมื่อวาน": -1, "เมื่อวานนี้": -1, "yesterday": -1,
    "เมื่อวานซืน": -2, "วานซืน": -2,
}  # fmt: skip
_WEEKDAY_NAMES = {name: number for number, name in enumerate(WEEKDAYS)} | {"พฤหัส": 3}
_WEEKDAY = "|".join(sorted(_WEEKDAY_NAMES, key=len, reverse=True))
_SPAN = r"(\d{1,4}) ?(วัน|สัปดาห์|อาทิตย์)"
_FIXED_OFFSET = re.compile(rf"อีก ?{_SPAN}|{_SPAN}(?:ที่แล้ว|ก่อน)")


def _named_day(words: str, today: date) -> date | None:
    if words in _RELATIVE:
        return today + timedelta(_RELATIVE[words])
    if found := _FIXED_OFFSET.fullmatch(words):
        count = int(found[1] or found[3]) * (1 if (found[2] or found[4]) == "วัน" else 7)
        return today + timedelta(count if found[1] else -count)
    found = re.fullmatch(rf"(?:วัน)?({_WEEKDAY}) ?(นี้|หน้า|ที่แล้ว|ก่อน)?", words)
    if not found:
        return None
    weekday = _WEEKDAY_NAMES[found[1]]
    this_week = today + timedelta(weekday - today.weekday())
    match found[2]:
        case "นี้":
            return this_week
        case "หน้า":
            return this_week + timedelta(7)
        case None:
            return today + timedelta((weekday - today.weekday()) % 7)
    return this_week - timedelta(7)


def _month_names() -> dict[str, int]:
    names: dict[str, int] = {}
    for number in range(12):
        short, english = SHORT_MONTHS[number], _ENGLISH_MONTHS[number]
        full = MONTHS[number]
        stem = re.sub("(คม|ยน|พันธ์)$", "", full)
        for name in (full, stem, short.replace(".", ""), english, english[:3]):
            names[name] = number + 1
    return names | {"sept": 9}


_MONTH_NUMBERS = _month_names()
_UNREADABLE = "อ่านวันที่ไม่ได้ ลองพิมพ์แบบ 15 ก.พ. 69 หรือ 15/2/2569"


def _written_day(words: str, today: date) -> date:
    words = re.sub(rf"^(?:วัน)?(?:(?:{_WEEKDAY}) ?)?(?:ที่ ?)?(?=\d)", "", words)
    if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", words):
        return _day(int(found[3]), int(found[2]), found[1], None)
    if found := re.fullmatch(r"(\d{1,2}) ?[-/. ] ?(\d{1,2})(?: ?[-/. ] ?(\d{4}|\d{2}))?", words):
        return _day(int(found[1]), int(found[2]), found[3] or str(today.year), None)
    found = re.fullmatch(
        r"(\d{1,2}) ?[-/]? ?(?:เดือน ?)?([^\d]+?) ?[-/,]? ?"
        r"(?:(พ\.? ?ศ\.?|ค\.? ?ศ\.?) ?)?(\d{4}|\d{2})?",
        words,
    )
    month = _MONTH_NUMBERS.get(re.sub("[. ]", "", found[2])) if found else None
    if not found or not month:
        raise ValueError(_UNREADABLE)
    return _day(int(found[1]), month, found[4] or str(today.year), found[3])


def _day(day: int, month: int, year: str, era: str | None) -> date:
    if not 1 <= month <= 12:
        raise ValueError(f"ไม่มีเดือนที่ {month}")
    number = int(year) + (2500 if len(year) == 2 else 0)
    gregorian = number if era and era[0] == "ค" else number - ERA
    if not era and len(year) == 4 and number <= 2200:
        gregorian = number
    if not 1900 <= gregorian <= 2200:
        raise ValueError(f"ปี {year} อยู่นอกช่วง พ.ศ. 2443 ถึง 2743")
    try:
        return date(gregorian, month, day)
    except ValueError:
        missing = f"{day} {MONTHS[month - 1]} {gregorian + ERA}"
        raise ValueError(f"ไม่มีวันที่ {missing} ในปฏิทิน") from None


_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPLIT_AM = re.compile("\u0e4d([\u0e48-\u0e4b]*)\u0e32")  # nikhahit, tone marks, sara aa
_TONE_AFTER_AM = re.compile("\u0e33([\u0e48-\u0e4b]+)")


def fold(text: str) -> str:
    """`text` as search compares it: what looks the same on paper becomes the same.

    Both spellings of สระอำ (and a tone mark on either side), เเ typed for แ, Thai and Arabic
    digits, letter case, invisible characters and runs of space. Folding twice changes nothing.
    """
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).lower()
    text = unicodedata.normalize("NFC", to_arabic_digits(text))
    text = _SPLIT_AM.sub("\\1\u0e33", text)
    text = _TONE_AFTER_AM.sub("\\1\u0e33", text).replace("เเ", "แ")
    return " ".join(unicodedata.normalize("NFC", text).split())


def grams(text: str) -> list[int]:
    """The distinct pairs and triples of characters in the folded text, each as a signed 32-bit hash.

    Those of any part of the folded text are among those of the whole, so they rule out rows
    before the comparison proper. The same in every process and on every machine.
    """
    folded = fold(text)
    parts = {folded[i : i + n] for n in (2, 3) for i in range(len(folded) - n + 1)}
    return sorted({_signed(zlib.crc32(part.encode())) for part in parts})


def needles(text: str) -> list[int]:
    """Some of the grams of `text`, enough to look it up by: together they touch every character.

    Empty for a single character, by which nothing can be ruled out.
    """
    folded = fold(text)
    size = min(3, len(folded))
    starts = {*range(0, len(folded) - size + 1, 3), len(folded) - size}
    parts = {folded[start : start + size] for start in starts} if size > 1 else set()
    return sorted({_signed(zlib.crc32(part.encode())) for part in parts})


def _signed(number: int) -> int:
    return number - 2**32 if number >= 2**31 else number


_LEADING_VOWEL = re.compile("([เแโใไ])([ก-ฮ])")
_MARKS = re.compile("[\u0e47-\u0e4c\u0e4e]")  # maitaikhu, the tone marks, thanthakhat, yamakkan


def sort_key(text: str) -> str:
    """A key whose code-point order is Thai dictionary order: a leading vowel counts after its
    consonant, and tone marks only where all else is equal."""
    folded = fold(text)
    whole = _LEADING_VOWEL.sub(r"\2\1", folded)
    letters = _MARKS.sub("", whole)
    return letters if letters == folded else f"{letters}\t{whole}"
