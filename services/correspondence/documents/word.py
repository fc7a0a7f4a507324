"""The sheet as DOCX, for those who must edit it elsewhere."""

import io

from docx import Document

from services.correspondence.contract.forms import FORMS
from services.correspondence.documents.sheet import Sheet


def docx(sheet: Sheet) -> bytes:
    """The sheet's words, editable."""
    paper = Document()
    for field in FORMS[sheet.kind].fields:
        for parts in sheet.entries(field.name):
            paper.add_paragraph(" ".join(parts))
    made = io.BytesIO()
    paper.save(made)
    return made.getvalue()
