"""The papers in the sample's letters: small PDFs, each marked as a sample."""

from datetime import date
from pathlib import Path
from typing import Any

from infra import thai
from infra.typesetting import typeset

_LETTER = Path(__file__).parent / "letter.typ"


def letter_pdf(letter: dict[str, Any], recipient: str) -> bytes:
    """The letter that was received: `sender`, `reference`, `dated`, `subject`, `urgency` (in Thai)."""
    dated: date = letter["dated"]
    return typeset(
        _LETTER,
        {
            "sender": letter["sender"],
            "reference": letter["reference"] or "-",
            "date": thai.format_date(dated),
            "subject": letter["subject"],
            "recipient": recipient,
            "urgency": letter["urgency"],
            "thai_digits": True,
        },
    )
