"""The file names that annex 7 prescribes: `2564_OPM0913_56.pdf`, and `2564_OPM0913_56_1.pdf` for an
enclosure."""

import re

from infra import thai

_RESERVED = re.compile(r"[\x00-\x20<>:\"/\\|?*\x7f]+")


def file_name(
    roman: str, unit: str, year: int, number: int | str, part: int | None = None, end: str = "pdf"
) -> str:
    """`roman` and `unit` are the sender's by annex 7, `year` is พ.ศ., `number` the letter's; `part`
    counts its enclosures from 1. Characters that file systems reserve become `_`."""
    parts = [str(year), f"{roman}{unit}", str(number), "" if part is None else str(part)]
    clean = (_RESERVED.sub("_", thai.to_arabic_digits(each.strip())).strip("_.") for each in parts)
    return "_".join(filter(None, clean)) + f".{end}"
