"""A document as it is printed: what its organisation chose, what it says, who signs."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from infra.files import FileStore
from services.correspondence.contract import FORMS, DocumentPolicySet, Series
from services.correspondence.document import Document
from services.correspondence.documents import Sheet, file_name
from services.personnel.contract import directory

_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is taken for another
_CODE = 16  # characters


def new_code() -> str:
    """A code by which a document is looked up in public: nobody guesses one."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_CODE))


def organisation_name(connection: Connection, id: str) -> str:
    found = directory.organisation_of(connection, id)
    return found.name if found else ""


def sheet_of(
    connection: Connection,
    files: FileStore,
    document: Document,
    policy: DocumentPolicySet,
    *,
    content: Mapping[str, str] | None = None,
    signer: str = "",
    signature: tuple[str, ...] = (),
    reference: str = "",
    dated: date | None = None,
    signed_at: datetime | None = None,
    qr: str | None = None,
    draft: bool = False,
    **chosen: Any,
) -> Sheet:
    """The document to be printed with that `content` (else its own); without a number, a blank.

    `chosen` is what may differ from the draft: urgency, circular, thai_digits.
    """
    named = organisation_name(connection, document.organisation)
    as_drafted = {
        name: getattr(document.draft, name) for name in ("urgency", "circular", "thai_digits")
    }
    signed = FORMS[document.begun.kind].signed
    return Sheet(
        kind=document.begun.kind,
        content=document.draft.content if content is None else content,
        organisation=named,
        letterhead=policy.letterhead or named,
        address=policy.address,
        phone=policy.phone,
        email=policy.email,
        emblem=_emblem(files, policy.emblem),
        reference=reference,
        dated=dated,
        signer=signer if signed else "",
        signature=signature if signed else (),
        signed_at=signed_at if signed else None,
        qr=qr,
        draft=draft,
        **(as_drafted | chosen),
    )


def _emblem(files: FileStore, sha256: str) -> bytes | None:
    if not sha256:
        return None
    with files.open(sha256) as file:
        return file.read()


def frozen_name(
    document: Document, policy: DocumentPolicySet, series: Series, year: int, number: int
) -> str:
    """The name of the file that a document is frozen in (annex 7)."""
    if series is Series.SEND:
        numbered = str(number)
    elif series is Series.CIRCULAR:
        numbered = f"ว{number}"
    else:
        numbered = f"{FORMS[document.begun.kind].title}_{number}"
    return file_name(policy.roman, policy.unit, year, numbered)
