"""Where a line of Thai may end: between words, found by a dictionary, and never in one.

Typst parts Thai by a model that at times cuts a word in two (คุ|ณ|ภาพ), so what must stay whole is
handed to it in boxes.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from infra import thai

_RUN = re.compile("[\u0e01-\u0e3a\u0e40-\u0e4e]+")
_MONTHS = "|".join(re.escape(name) for name in (*thai.MONTHS, *thai.SHORT_MONTHS))
_DIGIT = "[0-9๐-๙]"
_DAY = rf"{_DIGIT}{{1,2}} (?:{_MONTHS})"
# What stays on one line though it has a space: a number and its word, a date, a mark of repetition;
# and a person's names, which no dictionary has, each by itself.
_BOUND = re.compile(
    rf"{_DAY}(?: พ\.ศ\.)?(?: {_DIGIT}{{2,4}})?"
    rf"|(?:ครั้งที่|ฉบับที่|วาระที่|ข้อ|มาตรา|เขต|เวลา|จำนวน|หน้า|ที่|พ\.ศ\.) (?!{_DAY}){_DIGIT}[^\s\u0e01-\u0e4e]*"
    rf"(?: น\.)?"
    r"|(?<=\S) ๆ"
    r"|(?P<person>(?:นาย|นางสาว|นาง)[\u0e01-\u0e4e]{2,14} (?:[\u0e01-\u0e4e]{2,16}(?![\u0e01-\u0e4e]))?)"
)
# What the dictionary lacks, or parts.
_OFFICIAL = """
เขตพื้นที่ ครั้งที่ ฉบับที่ ลงวันที่ แนวทาง ชำนาญการ ชำนาญการพิเศษ แผนปฏิบัติการ ตัวชี้วัด จุดเน้น ประกันคุณภาพ
บริหารจัดการ บริหารงานบุคคล พนักงานราชการ รักษาราชการแทน ปฏิบัติราชการแทน ยุวกาชาด รายงานผล ศึกษานิเทศก์
วิทยฐานะ มัธยมศึกษา ประถมศึกษา สิ่งที่ส่งมาด้วย ผู้อำนวยการ ดำเนินการ ดำเนินงาน ความเรียบร้อย จัดการศึกษา
การขับเคลื่อน
"""
_LONGEST = 30  # characters; what is longer must be parted somewhere
_CLOSING = tuple(")]}”’,;:!?%")
_ADDRESS = re.compile(r"[^/?&=._-]{0,29}[/?&=._-]{1,30}|[^/?&=._-]{1,30}")  # parts of a long one
_LEADING = "เแโใไ"
_FOLLOWING = re.compile("[\u0e2f-\u0e3a\u0e45-\u0e4e]")  # what cannot begin a word


@lru_cache(maxsize=2000)
def pieces(text: str) -> tuple[str, ...]:
    """`text` in pieces: spaces, and what stays whole, with a place to break before and behind it."""
    made: list[str] = [""]
    place = 0
    for found in _BOUND.finditer(text):
        _fill(made, text[place : found.start()])
        first, *others = re.split("( )", found[0]) if found["person"] else [found[0]]
        made[-1] += first
        made += others
        place = found.end()
    _fill(made, text[place:])
    return tuple(filter(None, made))


def pieces_in(data: Any) -> dict[str, tuple[str, ...]]:
    """The pieces of every text in `data` (dictionaries and lists), for `flow` of house.typ."""
    return {text: pieces(text) for text in _texts(data)}


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for part in value.values():
                yield from _texts(part)
        case list() | tuple():
            for part in value:
                yield from _texts(part)


def _fill(made: list[str], text: str) -> None:
    """Add `text` to the pieces: each space by itself, each Thai word a new piece, all else to the
    last."""
    for token in re.split(r"(\s+|[\u0e01-\u0e3a\u0e40-\u0e4e]+)", text):
        if token.isspace():
            made += [token, ""]
        elif _RUN.fullmatch(token):
            if made[-1].endswith(_CLOSING):
                made.append("")
            first, *others = words(token)
            made[-1] += first
            made += others
        else:
            first, *others = [token] if len(token) <= _LONGEST else _ADDRESS.findall(token)
            made[-1] += first
            made += others


def words(run: str) -> list[str]:
    """Thai letters without a space between, as words: as few as may be, the longest first.

    Letters that belong to no word stay together, as many as have room on a line.
    """
    lengths = _dictionary()
    size = len(run)
    ends = [at for at in range(1, size) if _may_part(run, at)] + [size]
    places = set(ends)
    # For each place: what the way to it costs (unknown letters, words, squares of their lengths),
    # where its last word begins, and whether it is one.
    best: dict[int, tuple[tuple[int, int, int], int, bool]] = {0: ((0, 0, 0), 0, True)}
    for start, after in pairwise([0, *ends]):
        unknown, count, squares = best[start][0]
        ways = [((unknown + after - start, count + 1, squares), after, False)]
        for length, known in lengths.get(run[start : start + 2], ()):
            end = start + length
            if end in places and run[start:end] in known:
                ways.append(((unknown, count + 1, squares - length * length), end, True))
        for cost, end, word in ways:
            if end not in best or cost <= best[end][0]:
                best[end] = (cost, start, word)
    return _read(run, best)


def _read(run: str, best: Mapping[int, tuple[tuple[int, int, int], int, bool]]) -> list[str]:
    made: list[str] = []
    end, joined = len(run), False
    while end:
        _, start, word = best[end]
        if not word and joined and len(made[-1]) < _LONGEST:
            made[-1] = run[start:end] + made[-1]
        else:
            made.append(run[start:end])
        end, joined = start, not word
    return made[::-1]


def _may_part(run: str, at: int) -> bool:
    return run[at - 1] not in _LEADING and not _FOLLOWING.match(run[at])


@cache
def _dictionary() -> dict[str, list[tuple[int, frozenset[str]]]]:
    """Words by their first two letters, and of those by length."""
    text = files("newmm_tokenizer").joinpath("words_th.txt").read_text("utf-8-sig")
    found: dict[str, dict[int, set[str]]] = {}
    for word in (text + _OFFICIAL).split():
        if len(word) <= _LONGEST and _RUN.fullmatch(word):
            found.setdefault(word[:2], {}).setdefault(len(word), set()).add(word)
    return {
        begun: [(length, frozenset(known)) for length, known in sorted(by_length.items())]
        for begun, by_length in found.items()
    }
