"""The names under which a letter's files leave (annex 7)."""

from dataclasses import replace

from infra import thai
from services.correspondence.contract import Attachment, DocumentPolicySet, LetterSent
from services.correspondence.documents import file_name


def named(policy: DocumentPolicySet, letter: LetterSent) -> tuple[Attachment, ...]:
    """The letter's file and its enclosures, under the names of annex 7."""
    number = _number(policy, letter)
    parts = (policy.roman, policy.unit, letter.dated.year + thai.ERA, number)
    first = replace(letter.frozen, name=file_name(*parts))
    following = (
        replace(one, name=file_name(*parts, part=place, end=one.name.rpartition(".")[2].lower()))
        for place, one in enumerate(letter.enclosures, 1)
    )
    return (first, *following)


def _number(policy: DocumentPolicySet, letter: LetterSent) -> str:
    """The running number in a ที่: "ว 12" of "ศธ 04000/ว 12", "5" of "5/2569"."""
    for code in (policy.code, *(one.code for one in policy.group_codes)):
        if code and letter.reference.startswith(f"{code}/"):
            return letter.reference.removeprefix(f"{code}/")
    return letter.reference.removesuffix(f"/{letter.dated.year + thai.ERA}")
